"""Counts and times of requests by route pattern, for the operator's monitoring."""

from datetime import datetime
from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from exchange.services.witnesses import State
from exchange.web.http.requests_log import route

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
QUORUMS: Final = {"none": 1, "met": 1, "missed": 0}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class LedgerFigures:
    """How the ledger stands with its witnesses, as it was noted last."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, words: str, labels: tuple[str, ...] = ()) -> Gauge:
            return Gauge(f"exchange_{name}", words, labels, registry=registry)

        self._size = gauge("checkpoint_size", "Entries under the newest published checkpoint.")
        self._age = gauge("checkpoint_age_seconds", "Time since it was signed.")
        self._uncovered = gauge(
            "uncovered_seconds", "How long the first entry has waited for a published checkpoint."
        )
        self._quorum = gauge("quorum_met", "1 while its witnesses meet the policy, else 0.")
        self._alarms = gauge("alarms", "Alarms of equivocation that nobody has acknowledged.")
        self._succeeded = gauge(
            "witness_success_timestamp_seconds",
            "When a witness cosigned last; 0 for never.",
            ("witness",),
        )
        self._failed = gauge(
            "witness_failure_timestamp_seconds",
            "When a witness gave no answer that counts; 0 for never.",
            ("witness",),
        )
        self._behind = gauge(
            "witness_behind_entries", "Published entries beyond its last cosignature.", ("witness",)
        )

    def note(self, state: State, now: datetime, *, uncovered_s: float = 0.0) -> None:
        """Keep how the ledger stands at a moment.

        Args:
            uncovered_s: how long the first entry has waited for a published checkpoint.
        """
        self._uncovered.set(uncovered_s)
        signed_at = state.signed_at or now
        self._size.set(state.size)
        self._age.set(max((now - signed_at).total_seconds(), 0))
        self._quorum.set(QUORUMS[state.quorum])
        self._alarms.set(state.alarms)
        for one in state.witnesses:
            self._succeeded.labels(one.name).set(_seconds(one.succeeded_at))
            self._failed.labels(one.name).set(_seconds(one.failed_at))
            self._behind.labels(one.name).set(max(state.size - one.size, 0))


class Metrics:
    """What one app has counted since it started; another process counts for itself."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "exchange_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "exchange_request_seconds",
            "Time until the answer stood.",
            ["method", "route"],
            registry=self.registry,
        )
        self._waiting = Gauge(
            "exchange_queue_waiting",
            "Attestations that are not yet in the ledger.",
            registry=self.registry,
        )
        self._oldest = Gauge(
            "exchange_queue_oldest_seconds",
            "Age of the oldest of them.",
            registry=self.registry,
        )

        self._database = Gauge(
            "exchange_database_up",
            "1 while the database answers, else 0: then queue and ledger are as noted last.",
            registry=self.registry,
        )
        self._worker = Gauge(
            "exchange_worker_age_seconds",
            "Time since `exchange worker` last ended a job; +Inf for never.",
            registry=self.registry,
        )
        self.ledger = LedgerFigures(self.registry)

    def count(self, *, method: str, pattern: str, status: int, took_s: float) -> None:
        """Count one answered request."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, pattern, str(status)).inc()
        self._seconds.labels(known, pattern).observe(took_s)

    def note_queue(self, *, waiting: int, oldest_s: float) -> None:
        """Keep how long the ledger's queue is, and the age of its head."""
        self._waiting.set(waiting)
        self._oldest.set(oldest_s)

    def note_database(self, *, answers: bool) -> None:
        """Keep whether the database answers."""
        self._database.set(int(answers))

    def note_worker(self, age_s: float) -> None:
        """Keep how long ago the worker was last at work, in seconds."""
        self._worker.set(age_s)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self.registry)


def measure(app: Flask) -> Metrics:
    """Count every request of an app; return what counts."""
    metrics = Metrics()

    @app.before_request
    def begin() -> None:
        g.metrics_began_s = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        metrics.count(
            method=request.method,
            pattern=route(),
            status=response.status_code,
            took_s=perf_counter() - g.metrics_began_s,
        )
        return response

    return metrics


def _seconds(at: datetime | None) -> float:
    """Return a moment in Unix seconds, 0 where there was none."""
    return 0.0 if at is None else at.timestamp()
