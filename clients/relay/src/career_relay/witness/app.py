"""The witness over HTTP: two addresses of C2SP tlog-witness, and one that says it is alive.

A plain ASGI application: three addresses need no framework, and whoever runs a witness for
others has the fewer parts to keep up to date. It is asynchronous for one reason: a request whose
body drips in must cost no thread, or eight of them would silence the witness.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import NamedTuple, TypeAlias, cast

from career_relay.witness.cosigner import Witness
from career_relay.witness.state import WitnessStateError
from relay_protocol.errors import StaleSizeError, WitnessRefusal
from relay_protocol.witnessing import ADD_CHECKPOINT, MAX_REQUEST_BYTES, SIZE_TYPE

HEALTH = "healthz"
BODY_WITHIN_S = 5.0

_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"
_RETRY_AFTER_S = "5"

Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class _Answer(NamedTuple):
    """Status, body, content type and further headers of an answer."""

    status: HTTPStatus
    body: bytes
    content_type: str = _TEXT
    headers: Mapping[str, str] = {}


class _RequestError(Exception):
    """The request is not read to its end; `answer` says why."""

    def __init__(self, answer: _Answer) -> None:
        super().__init__(answer.status.phrase)
        self.answer = answer


class WitnessApp:
    """Answers `POST add-checkpoint`, `GET <origin hash>/checkpoint` and `GET healthz`."""

    def __init__(self, witness: Witness, *, body_within_s: float = BODY_WITHIN_S) -> None:
        """Take the witness that answers.

        Args:
            witness: the witness.
            body_within_s: for how long it waits for a request's body, in seconds.
        """
        self._witness = witness
        self._body_within_s = body_within_s

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        method = str(scope["method"])
        try:
            answer = await self._answer(method, scope, receive)
        except _RequestError as error:
            answer = error.answer
        except WitnessStateError:
            self._witness.tell({"event": "failed", "reason": "the state cannot be used"})
            answer = _said(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "the witness cannot keep its state, and signs nothing",
                {"Retry-After": _RETRY_AFTER_S},
            )
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        }
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send(
            {"type": "http.response.start", "status": answer.status.value, "headers": encoded}
        )
        body = b"" if method == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, scope: Message, receive: Receive) -> _Answer:
        """Return the answer to one request; what touches the disk runs in a thread."""
        path = str(scope["path"]).lstrip("/")
        if path == ADD_CHECKPOINT:
            if method != "POST":
                return _not_allowed("POST")
            raw = await self._body(scope, receive)
            return await asyncio.to_thread(self._add, raw)
        shown = await asyncio.to_thread(self._shown, path)
        if shown is None:
            return _said(HTTPStatus.NOT_FOUND, "there is nothing here")
        return shown if method in {"GET", "HEAD"} else _not_allowed("GET, HEAD")

    async def _body(self, scope: Message, receive: Receive) -> bytes:
        """Return the body of a request, no longer and no slower than it may be."""
        headers = dict(cast("list[tuple[bytes, bytes]]", scope["headers"]))
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise _RequestError(
                _said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the request uncompressed")
            )
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > MAX_REQUEST_BYTES:
            raise _too_large()
        raw = bytearray()
        try:
            async with asyncio.timeout(self._body_within_s):
                is_more = True
                while is_more:
                    message = await receive()
                    raw += cast("bytes", message.get("body", b""))
                    is_more = message["type"] == "http.request" and bool(message.get("more_body"))
                    if len(raw) > MAX_REQUEST_BYTES:
                        raise _too_large()
        except TimeoutError as error:
            raise _RequestError(
                _said(HTTPStatus.REQUEST_TIMEOUT, "the request takes too long", _CLOSE)
            ) from error
        return bytes(raw)

    def _add(self, raw: bytes) -> _Answer:
        """Return the cosignature for a request's checkpoint, or the refusal as specified."""
        try:
            return _Answer(HTTPStatus.OK, self._witness.add_checkpoint(raw))
        except StaleSizeError as refusal:
            return _Answer(HTTPStatus.CONFLICT, f"{refusal.size}\n".encode(), SIZE_TYPE)
        except WitnessRefusal as refusal:
            return _said(HTTPStatus(refusal.status), str(refusal))

    def _shown(self, path: str) -> _Answer | None:
        """Return what is shown at a path to everybody, or None."""
        if path == HEALTH:
            body = json.dumps(self._witness.health(), ensure_ascii=False).encode()
            return _Answer(HTTPStatus.OK, body + b"\n", _JSON)
        note = self._witness.shown(path)
        return None if note is None else _Answer(HTTPStatus.OK, note)


_CLOSE = {"Connection": "close"}


def _said(status: HTTPStatus, sentence: str, headers: Mapping[str, str] | None = None) -> _Answer:
    return _Answer(status, f"{sentence}\n".encode(), _TEXT, headers or {})


def _not_allowed(methods: str) -> _Answer:
    return _said(HTTPStatus.METHOD_NOT_ALLOWED, "another method", {"Allow": methods})


def _too_large() -> _RequestError:
    return _RequestError(
        _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too large", _CLOSE)
    )


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to the server's beginning and end; the state is opened for each request."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
