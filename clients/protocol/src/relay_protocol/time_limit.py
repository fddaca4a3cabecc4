"""An end to requests that never quite stall: one byte now and then keeps nobody waiting."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class TimeLimit:
    """Ends a connection when a request takes too long in all, however slowly its bytes still drip.

    Libraries bound each silence alone. A server that sends its head letter by letter, or one
    `100 Continue` after the other, would have no end.

    Attributes:
        is_over: whether the last request has taken too long: what came of it is not whole.
    """

    def __init__(self, seconds: float) -> None:
        """Take how long one request may last from its beginning to its answer's last byte."""
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self.is_over = False

    def hold(self, connection: socket.socket | None) -> None:
        """Take the connection that was just made; the one before is of no interest any more."""
        self._socket = connection
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
        """Wake who reads from the connection: there will be no more."""
        self.is_over = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._socket.shutdown(socket.SHUT_RDWR)
