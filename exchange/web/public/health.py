"""How the exchange is: for monitoring, and for whoever reads the API by machine."""

from typing import Final

from flask import Blueprint, Response, current_app, jsonify, request

from exchange.domain.errors import NotFoundError
from exchange.services import witnesses
from exchange.services.witnesses import State
from exchange.store import ledger as ledger_rows
from exchange.web.http import metrics, wiring

OLDEST_WAITING_S: Final = 120
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost", None})

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Answer whether the database answers, the ledger is being written, and witnessed.

    A missed quorum and an alarm are told in the answer, but it stays 200: to take the hub away
    from people would mend neither.
    """
    waiting, oldest_s = _queue()
    ledger = _ledger()
    well = oldest_s <= OLDEST_WAITING_S
    answer = jsonify(
        status=_status(ledger) if well else "late",
        database="ok",
        queue={"waiting": waiting, "oldest_seconds": round(oldest_s)},
        ledger={"size": ledger.size, "quorum": ledger.quorum, "alarms": ledger.alarms},
    )
    return answer, 200 if well else 503


@health.get("/metrics")
def figures() -> Response:
    """Answer all figures to the machine itself; from elsewhere there is nothing here.

    How often a route was answered can tell something about candidates where they are few.
    """
    if request.remote_addr not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise NotFoundError("There is no such page.", detail_ja="ページがありません。")
    waiting, oldest_s = _queue()
    counted = wiring.wiring().metrics
    counted.note_queue(waiting=waiting, oldest_s=oldest_s)
    counted.ledger.note(_ledger(), wiring.hub().clock.now())
    return Response(counted.text(), content_type=metrics.MEDIA_TYPE)


@health.get("/v1/openapi.json")
def openapi() -> Response:
    """Answer the API's document."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return jsonify(api.spec.to_dict())


def _status(ledger: State) -> str:
    """Return in one word how the ledger stands."""
    if ledger.alarms:
        return "alarm"
    return "unwitnessed" if ledger.quorum == "missed" else "ok"


def _ledger() -> State:
    """Return how the ledger stands with its witnesses."""
    hub = wiring.hub()
    with hub.reading() as work:
        return witnesses.state(work, hub.policy)


def _queue() -> tuple[int, float]:
    """Return how many attestations wait for their place, and the seconds the first has waited."""
    with wiring.hub().reading() as work:
        waiting = ledger_rows.queue_length(work.session)
        oldest = ledger_rows.oldest_queued(work.session)
        oldest_s = 0.0 if oldest is None else (work.now - oldest).total_seconds()
    return waiting, max(oldest_s, 0.0)
