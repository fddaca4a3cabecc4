"""One line for each request, by route pattern: never a path, a token, a body or an address."""

import logging
import sys
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

NO_ROUTE: Final = "(no route)"


def route() -> str:
    """Return the pattern of the route that answers: "/c/<token>", never the path itself."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def write_json_lines() -> None:
    """Write what is logged as JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Standard error as it is when something is told: tests and shells redirect it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def keep_log(app: Flask) -> None:
    """Log every request of an app when it is answered."""
    log = structlog.get_logger("exchange.web")

    @app.before_request
    def begin() -> None:
        g.request_id = uuid4().hex
        g.began_s = perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        log.info(
            "answered",
            method=request.method,
            route=route(),
            status=response.status_code,
            ms=round((perf_counter() - g.began_s) * 1000, 1),
        )
        return response
