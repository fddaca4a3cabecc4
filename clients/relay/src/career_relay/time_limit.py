"""An end to requests that never quite stall: one byte now and then keeps no member waiting."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Protocol, cast

_NEW_STREAM = (".connect_tcp.complete", ".start_tls.complete")


class _Stream(Protocol):
    """What httpx calls a connection that it has made."""

    def get_extra_info(self, info: str) -> object:
        """Return something of the connection by its name."""


class TimeLimit:
    """Ends the connection of one client when a request takes too long in all.

    httpx bounds each silence alone. A hub that sends its head letter by letter, or one
    `100 Continue` after the other, would have no end.

    Attributes:
        is_over: whether the last request has taken too long: what came of it is not whole.
    """

    def __init__(self, seconds: float) -> None:
        """Take how long one request may last from its beginning to its answer's last byte."""
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self.is_over = False

    def trace(self, event: str, about: Mapping[str, object]) -> None:
        """Take note of the connection; httpx's `trace` extension, given with each request."""
        if event.endswith(_NEW_STREAM):
            made = cast("_Stream", about["return_value"]).get_extra_info("socket")
            self._socket = made if isinstance(made, socket.socket) else None
            if self.is_over:
                self._cut()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Let the time of one request run."""
        self.is_over = False
        timer = threading.Timer(self._seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        """Let whoever reads from the connection read no more."""
        self.is_over = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._socket.shutdown(socket.SHUT_RDWR)
