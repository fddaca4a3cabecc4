"""One line for each request, by route pattern: never a path, a token, a body or an address."""

from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

NO_ROUTE: Final = "(no route)"


def route() -> str:
    """Return the pattern of the route that answers: "/c/<token>", never the path itself."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


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
