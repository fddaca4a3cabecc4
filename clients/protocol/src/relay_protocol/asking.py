"""One bounded question to a server: its answer in time, in full and no larger, or a refusal."""

import http.client
import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http import HTTPStatus

from relay_protocol.errors import LogDeniedError, LogMissingError, LogReadError
from relay_protocol.time_limit import TimeLimit

TEXT = "text/plain"

_PIECE_BYTES = 2**20
_PROBLEM = "application/problem+json"
_PROBLEM_LIMIT_BYTES = 4_096
_MISSING = frozenset({404, 410})
_DENIED = frozenset({401, 403})
_LENGTH = re.compile(r"[0-9]{1,19}", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def ask(
    request: urllib.request.Request,
    name: str,
    *,
    limit_bytes: int,
    stall_timeout_s: float = 10.0,
    total_timeout_s: float = 60.0,
    tls: ssl.SSLContext | None = None,
) -> bytes:
    """Return the body of a hub's answer to a request, which says in `Accept` what it must be.

    Args:
        request: to an http or https address; what is at hand of the body is sent.
        name: what is asked for, in a refusal's words.
        limit_bytes: the most that the answer may have.
        stall_timeout_s: longest silence of the hub, in seconds.
        total_timeout_s: longest duration, in seconds.
        tls: what a certificate is checked with; made anew where it is left out.

    Raises:
        LogReadError: the hub does not answer in time, answers with anything but 200 and the
            right content type, redirects, or sends nothing or too much.
    """
    pieces: list[bytes] = []
    ask_in_pieces(
        request,
        name,
        pieces.append,
        limit_bytes=limit_bytes,
        stall_timeout_s=stall_timeout_s,
        total_timeout_s=total_timeout_s,
        tls=tls,
    )
    return b"".join(pieces)


def ask_in_pieces(
    request: urllib.request.Request,
    name: str,
    take: Callable[[bytes], object],
    *,
    limit_bytes: int,
    stall_timeout_s: float = 10.0,
    total_timeout_s: float = 60.0,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Hand over the body of a hub's answer as it comes; else the same as ask().

    Args:
        request: to an http or https address; what is at hand of the body is sent.
        name: what is asked for, in a refusal's words.
        take: is given one piece after the other; whole is only what was taken without a refusal.
        limit_bytes: the most that the answer may have.
        stall_timeout_s: longest silence of the hub, in seconds.
        total_timeout_s: longest duration, in seconds.
        tls: what a certificate is checked with; made anew where it is left out.

    Raises:
        LogReadError: as ask() says.
    """
    request.add_header("Accept-Encoding", "identity")
    limit = TimeLimit(total_timeout_s)
    # A proxy cannot reach a hub on this machine.
    remote = urllib.parse.urlsplit(request.full_url).hostname not in _LOOPBACK
    read = 0
    try:
        context = tls or ssl.create_default_context()
        opener = _opener(limit, context, proxies=None if remote else {})
        with limit.running(), opener.open(request, timeout=stall_timeout_s) as response:
            _require_answer(response, name, request.get_header("Accept") or "")
            while piece := response.read(min(_PIECE_BYTES, limit_bytes + 1 - read)):
                read += len(piece)
                if read > limit_bytes:
                    raise LogReadError(f"{name} is larger than {limit_bytes} bytes")
                take(piece)
            rest: int | None = response.length
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LogReadError(f"cannot read {name} from the hub{_why(error)}") from error
    if limit.is_over:
        raise LogReadError(f"the hub takes too long over {name}")
    if rest:
        raise LogReadError(f"the hub's answer to {name} is cut off")
    if not read:
        raise LogReadError(f"{name} is empty")


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens both kinds of connection under one limit of time."""

    def __init__(self, limit: TimeLimit, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._limit = limit
        self._tls = tls

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Return the answer to a request over plain HTTP."""
        limit = self._limit

        class Watched(http.client.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                limit.hold(self.sock)

        return self.do_open(Watched, req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Return the answer to a request over TLS."""
        limit = self._limit

        class Watched(http.client.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                limit.hold(self.sock)

        return self.do_open(Watched, req, context=self._tls)


def _opener(
    limit: TimeLimit, tls: ssl.SSLContext, *, proxies: dict[str, str] | None
) -> urllib.request.OpenerDirector:
    """Return an opener that follows no redirect and judges no status; None: system's proxies."""
    opener = urllib.request.OpenerDirector()
    opener.addheaders = [("User-Agent", "relay-protocol")]
    opener.add_handler(urllib.request.ProxyHandler(proxies))
    opener.add_handler(_Handler(limit, tls))
    return opener


def _require_answer(response: http.client.HTTPResponse, path: str, content_type: str) -> None:
    """Refuse every answer but 200 with the content type and no compression."""
    if response.status in _MISSING:
        raise LogMissingError(f"the hub holds no {path}")
    if response.status != HTTPStatus.OK:
        kind = LogDeniedError if response.status in _DENIED else LogReadError
        raise kind(f"the hub answers {response.status} to {path}{_reason(response)}")
    # get_content_type() takes any malformed one for text/plain; none at all may mean that.
    stated, *others = response.headers.get_all("Content-Type", [""])
    if others or (stated.partition(";")[0].strip().lower() or TEXT) != content_type:
        raise LogReadError(f"{path} is not served as {content_type}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise LogReadError(f"{path} is served compressed, unasked")
    for length in response.headers.get_all("Content-Length", []):
        if not _LENGTH.fullmatch(length):
            raise LogReadError(f"{path} is served with a length that is none")


def _reason(response: http.client.HTTPResponse) -> str:
    """Return what a hub says about a refusal (RFC 9457), after a colon; nothing if nothing."""
    if response.headers.get_content_type() != _PROBLEM:
        return ""
    try:
        problem = json.loads(response.read(_PROBLEM_LIMIT_BYTES))
    except (ValueError, RecursionError):
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return f": {detail}" if isinstance(detail, str) and detail.isprintable() else ""


def _why(error: Exception) -> str:
    """Return what this machine says about a hub that it cannot reach, after a colon, or nothing."""
    found = error.reason if isinstance(error, urllib.error.URLError) else error
    if not isinstance(found, OSError):
        return ""
    said = getattr(found, "verify_message", "") or found.strerror or str(found)
    return f": {said}" if said.isprintable() else ""
