"""How the exchange is: for monitoring, and for whoever reads the API by machine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, request

from exchange.domain.errors import NotFoundError
from exchange.services import witnesses
from exchange.services.witnesses import State
from exchange.store import ledger as ledger_rows
from exchange.store import transaction
from exchange.web.http import metrics, wiring

OLDEST_WAITING_S: Final = 120
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost", None})

health = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the exchange stands at a moment.

    Attributes:
        waiting: how many attestations wait for their place in the ledger.
        oldest_s: how long the first of them has waited, in seconds.
        uncovered_s: how long the first entry has waited for a published checkpoint, in seconds.
    """

    waiting: int
    oldest_s: float
    uncovered_s: float
    ledger: State

    @property
    def is_late(self) -> bool:
        """Whether an attestation has waited too long for its place, or for a checkpoint."""
        return max(self.oldest_s, self.uncovered_s) > OLDEST_WAITING_S

    @property
    def word(self) -> str:
        """In one word how the exchange stands."""
        if self.is_late:
            return "late"
        if self.ledger.alarms:
            return "alarm"
        return "unwitnessed" if self.ledger.quorum == "missed" else "ok"


@health.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer whether the database answers, the ledger is being written, and witnessed.

    A missed quorum and an alarm are told in the answer, but it stays 200: to take the hub away
    from people would mend neither.
    """
    standing = _standing()
    if standing is None:
        return jsonify(status="down", database="away"), 503
    ledger = standing.ledger
    answer = jsonify(
        status=standing.word,
        database="ok",
        queue={"waiting": standing.waiting, "oldest_seconds": round(standing.oldest_s)},
        ledger={
            "size": ledger.size,
            "uncovered_seconds": round(standing.uncovered_s),
            "quorum": ledger.quorum,
            "alarms": ledger.alarms,
        },
    )
    return answer, 503 if standing.is_late else 200


@health.get("/metrics")
def figures() -> Response:
    """Answer all figures to the machine itself; from elsewhere there is nothing here.

    How often a route was answered can tell something about candidates where they are few.
    """
    if request.remote_addr not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise NotFoundError("There is no such page.", detail_ja="ページがありません。")
    hub, counted = wiring.hub(), wiring.wiring().metrics
    standing = _standing()
    counted.note_database(answers=standing is not None)
    if standing is not None:
        counted.note_queue(waiting=standing.waiting, oldest_s=standing.oldest_s)
        counted.ledger.note(standing.ledger, hub.clock.now(), uncovered_s=standing.uncovered_s)
    counted.note_worker(hub.worker_age_s())
    return Response(counted.text(), content_type=metrics.MEDIA_TYPE)


@health.get("/v1/openapi.json")
def openapi() -> Response:
    """Answer the API's document."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return jsonify(api.spec.to_dict())


def _standing() -> Standing | None:
    """Return how the exchange stands, or None while its database takes nothing."""
    hub = wiring.hub()
    try:
        with hub.reading() as work:
            ledger = witnesses.state(work, hub.policy)
            waiting = ledger_rows.queue_length(work.session)
            queued = ledger_rows.oldest_queued(work.session)
            uncovered = ledger_rows.oldest_beyond(work.session, ledger.size)
            now = work.now
    except Exception as error:
        if transaction.is_away(error):
            return None
        raise
    return Standing(
        waiting=waiting,
        oldest_s=_since(queued, now),
        uncovered_s=_since(uncovered, now),
        ledger=ledger,
    )


def _since(at: datetime | None, now: datetime) -> float:
    """Return the seconds since a moment; none before it, nor where there was none."""
    return 0.0 if at is None else max((now - at).total_seconds(), 0.0)
