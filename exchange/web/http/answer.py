"""What a WSGI application answers, in pieces that a thread can make one by one."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

PIECE_BYTES: Final = 64 * 1024


class Answer:
    """One answer of a WSGI application, made piece by piece; one thread at a time has it.

    Attributes:
        status: known, like the headers, after the first piece.
        is_over: there is no further piece.
    """

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_over = False
        self._app = app
        self._environ = environ
        self._written: list[bytes] = []
        self._chunks: Iterator[bytes] | None = None
        self._close: Callable[[], None] | None = None

    def next_piece(self) -> bytes:
        """Return some more of the body; `is_over` when that was the last of it."""
        try:
            if self._chunks is None:
                iterable = self._app(self._environ, self._start)
                self._close = getattr(iterable, "close", None)
                self._chunks = iter(iterable)
            pieces, size = self._written, 0
            for chunk in self._chunks:
                pieces.append(chunk)
                size += len(chunk)
                if size >= PIECE_BYTES:
                    break
            else:
                self.close()
            self._written = []
            return b"".join(pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the answer, whether all of it was taken or not."""
        self.is_over = True
        if self._close is not None:
            self._close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        """Take status and headers (PEP 3333); nothing is sent yet, so that they may change."""
        del exc_info
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self._written.append
