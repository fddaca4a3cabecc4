"""A program of the hub that is killed at a named place, as if its machine had lost its power.

python -m tests.story.doomed PLACE serve PORT
python -m tests.story.doomed PLACE exchange WORDS…

PLACE is module:name:when:count. The process kills itself with SIGKILL when the function of that
name is called (`before`), or when it would return (`after`), for the count-th time.
"""

import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import ParamSpec, TypeVar

from werkzeug.serving import WSGIRequestHandler, make_server

from exchange.app import from_environment
from exchange.cli import main as exchange

BEFORE, AFTER = "before", "after"

Parts = ParamSpec("Parts")
Result = TypeVar("Result")


class Quiet(WSGIRequestHandler):
    """Logs no request: the hub's own log tells of it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def doom(place: str) -> None:
    """Let this process be killed at a place.

    Raises:
        AttributeError: there is no such function: a trial must not pass for that.
    """
    module, name, when, times = place.split(":")
    holder: object = importlib.import_module(module)
    *outer, last = name.split(".")
    for part in outer:
        holder = getattr(holder, part)
    setattr(holder, last, _killing(getattr(holder, last), when, int(times)))


def _killing(function: Callable[Parts, Result], when: str, times: int) -> Callable[Parts, Result]:
    """Return a function that does the same until it is called the last time."""
    calls = count(1)

    @functools.wraps(function)
    def doomed(*args: Parts.args, **kwargs: Parts.kwargs) -> Result:
        is_last = next(calls) == times
        if is_last and when == BEFORE:
            _die()
        result = function(*args, **kwargs)
        if is_last and when == AFTER:
            _die()
        return result

    return doomed


def _die() -> None:
    """End at once: no handler runs, nothing is flushed, no transaction is ended."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Run a program of the hub until its place is reached."""
    place, program, *words = arguments
    doom(place)
    if program == "serve":
        app = from_environment()
        make_server(
            "localhost", int(words[0]), app, threaded=True, request_handler=Quiet
        ).serve_forever()
    else:
        exchange(words)


if __name__ == "__main__":
    main(sys.argv[1:])
