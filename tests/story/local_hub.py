"""A hub of a few lines on this machine, which answers as a test has written down."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Headers: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, byte for byte as it came over the wire."""

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        """The body's JSON object."""
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer; the body may come in parts, with a wait before each."""

    status: int = 200
    body: bytes | Iterator[bytes] = b"{}"
    headers: Headers = field(default_factory=lambda: {"Content-Type": "application/json"})

    @classmethod
    def of(cls, document: object, status: int = 200) -> "Told":
        """Return an answer in JSON."""
        return cls(status=status, body=json.dumps(document, ensure_ascii=False).encode())

    @classmethod
    def problem(cls, slug: str, status: int, detail: str, **members: object) -> "Told":
        """Return a problem document (RFC 9457)."""
        document = {
            "type": f"/docs/problems#{slug}",
            "title": slug,
            "status": status,
            "detail": detail,
            **members,
        }
        return cls(
            status=status,
            body=json.dumps(document, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/problem+json"},
        )


Answerer: TypeAlias = Callable[[Asked], Told]


class _Server(ThreadingHTTPServer):
    """Serves in threads that nobody has to wait for."""

    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """Say nothing: clients that give up a connection are what some tests are about."""


class LocalHub:
    """Answers as a test has written down, and keeps every request that it got."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.closing = threading.Event()
        self._answers: dict[tuple[str, str], list[Told | Answerer]] = {}
        self._else: Answerer = lambda _: Told.problem("not-found", 404, "There is no such thing.")
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body leave in two parts; without this the second waits for the first.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def log_message(self, *_args: object) -> None:
                """Keep the test's output clean."""

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                told = hub.answer(
                    Asked(
                        method=self.command,
                        path=self.path,
                        headers=dict(self.headers.items()),
                        body=self.rfile.read(length),
                    )
                )
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                parts = [told.body] if isinstance(told.body, bytes) else told.body
                if isinstance(told.body, bytes):
                    self.send_header("Content-Length", str(len(told.body)))
                else:
                    self.send_header("Connection", "close")
                    self.close_connection = True
                self.end_headers()
                try:
                    for part in parts:
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:
                    self.close_connection = True

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def tell(self, method: str, path: str, *answers: Told | Answerer) -> None:
        """Answer a path so: one answer after the other, the last one again and again."""
        self._answers[(method, path)] = list(answers)

    def tell_else(self, answerer: Answerer) -> None:
        """Answer so whatever no test has written an answer for; without it there is nothing."""
        self._else = answerer

    def answer(self, asked: Asked) -> Told:
        """Return the next answer to a request."""
        self.requests.append(asked)
        written = self._answers.get((asked.method, asked.path.partition("?")[0]))
        if not written:
            return self._else(asked)
        told = written.pop(0) if len(written) > 1 else written[0]
        return told if isinstance(told, Told) else told(asked)

    def to(self, path: str) -> Sequence[Asked]:
        """Return the requests to a path, in order."""
        return [asked for asked in self.requests if asked.path.partition("?")[0] == path]

    def close(self) -> None:
        """Stop listening."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
