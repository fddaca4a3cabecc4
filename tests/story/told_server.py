"""A server that answers each request with whatever bytes it is told to."""

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"


class Hub(socketserver.ThreadingTCPServer):
    """A server that answers each request with whatever bytes it is told to."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    answer: Callable[[str], Iterable[bytes]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.requests: list[str] = []
        self.stopped = threading.Event()

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_address[1]}/ledger"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader that hangs up is what most of these tests want."""


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        hub = self.server
        assert isinstance(hub, Hub)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(1000)
            if not line:
                return
            head += line
        hub.requests.append(head.decode())
        for part in hub.answer(head.decode().split()[1]):
            self.wfile.write(part)


def answer(
    body: bytes, *, status: str = "200 OK", content_type: str = OCTETS, more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
    return (head + f"Content-Length: {len(body)}\r\n{more}\r\n").encode() + body


def repeat(said: bytes) -> Callable[[str], Iterable[bytes]]:
    """Return what a hub answers that says one thing only."""
    return lambda _path: [said]


@contextmanager
def running() -> Iterator[Hub]:
    """Run a hub on this machine; it answers nothing before a test says what."""
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()
