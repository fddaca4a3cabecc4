"""Counts and times of requests by route pattern, for the operator's monitoring."""

from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from exchange.web.http.requests_log import route

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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

    def count(self, *, method: str, pattern: str, status: int, took_s: float) -> None:
        """Count one answered request."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, pattern, str(status)).inc()
        self._seconds.labels(known, pattern).observe(took_s)

    def note_queue(self, *, waiting: int, oldest_s: float) -> None:
        """Keep how long the ledger's queue is, and the age of its head."""
        self._waiting.set(waiting)
        self._oldest.set(oldest_s)

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
