"""Applications behind the hub's own server, for trials with slow and hasty clients.

python -m tests.story.behind_gateway NAME PORT
"""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from exchange.cli.run import serve_target
from exchange.web.http import languages, limits, problems
from exchange.web.http.gateway import WholeRequests
from tests.story.machine import CHECKOUT, free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WITHIN_S: Final = 1.0
THREADS: Final = 2
PIECES: Final = 2_000
PIECE: Final = bytes(65_536)
PATIENCE_S: Final = 30.0


def patient() -> WholeRequests:
    """Return the plain application, but one that waits for a body for long."""
    return plain(PATIENCE_S)


def plain(within_s: float = WITHIN_S) -> WholeRequests:
    """Return an application that tells what it was asked; it waits for a body for one second."""
    app = Flask("plain")
    limits.bound(app)
    languages.speak(app)
    problems.refuse_in_words(app)
    closed: list[str] = []

    @app.route("/v1/told/<path:rest>", methods=["GET", "POST"])
    def told(rest: str) -> ResponseReturnValue:
        del rest
        body = request.get_data()
        texts = {name: text for name, text in request.environ.items() if isinstance(text, str)}
        return {"environ": texts, "size": len(body), "first": body[:16].decode("latin-1")}

    @app.get("/v1/closed")
    def told_of_the_end() -> ResponseReturnValue:
        return {"closed": closed}

    @app.get("/v1/large")
    def large() -> ResponseReturnValue:
        answer = Response(PIECE for _ in range(PIECES))
        answer.call_on_close(lambda: closed.append("large"))
        return answer

    @app.get("/v1/broken")
    def broken() -> ResponseReturnValue:
        def chunks() -> Iterator[bytes]:
            yield PIECE
            raise RuntimeError

        answer = Response(chunks())
        answer.call_on_close(lambda: closed.append("broken"))
        return answer

    return WholeRequests(app, threads=THREADS, within_s=within_s)


def written() -> WholeRequests:
    """Return an application that writes its answer by the callable of start_response."""

    def app(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        write = start_response("201 Made", [("X-Twice", "a"), ("X-Twice", "b")])
        write(b"one ")
        return iter((b"two ", b"three"))

    return WholeRequests(app)


@contextmanager
def served(name: str, log: Path) -> Iterator[int]:
    """Serve an application of this module until the end of the block; yield its port."""
    port = free_port()
    with log.open("ab") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.story.behind_gateway", name, str(port)],
            cwd=CHECKOUT,
            stdout=told,
            stderr=told,
        )
    try:
        ends_at = time.monotonic() + PATIENCE_S
        while True:
            assert server.poll() is None, log.read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < ends_at
                time.sleep(0.05)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=PATIENCE_S)


def knock(port: int, request_: bytes) -> socket.socket:
    """Return a connection over which so much of a request was sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    connection.sendall(request_)
    return connection


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what comes until the connection ends."""
    raw = b""
    while chunk := connection.recv(65_536):
        raw += chunk
    connection.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


def told_environ(connection: socket.socket) -> dict[str, str]:
    """Return the texts of the environment that an application tells."""
    environ: dict[str, str] = json.loads(read_answer(connection)[2])["environ"]
    return environ


if __name__ == "__main__":
    serve_target(f"tests.story.behind_gateway:{sys.argv[1]}", "127.0.0.1", int(sys.argv[2]))
