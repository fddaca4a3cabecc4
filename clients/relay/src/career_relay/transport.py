"""Asking the hub over HTTP: each request signed anew, bounded in time and bytes, tried again."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.errors import (
    Fault,
    HubAnswerError,
    HubRefusedError,
    HubUnreachableError,
    Problem,
)
from career_relay.sent import SentActs
from career_relay.time_limit import TracedLimit
from career_relay.words import Language, Words, same
from relay_protocol.attestation import SignedAttestation
from relay_protocol.jwk import kid_of

Answer = TypeVar("Answer")
Query: TypeAlias = Mapping[str, str | int]

TOKEN_LIVES: Final = timedelta(minutes=4)
MAX_ANSWER_BYTES: Final = 32_000_000
PAGE_ITEMS: Final = 500
MAX_PAGES: Final = 20_000
"""Ten million items: no listing of a scheme is longer, and one without end has one here."""
ATTEMPTS: Final = 5
LONGEST_PAUSE_S: Final = 30.0
STALL_TIMEOUT_S: Final = 15.0
TOTAL_TIMEOUT_S: Final = 120.0

_FIRST_PAUSE_S: Final = 0.25
_LATER: Final = frozenset({429, 502, 503, 504})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The organization that asks, and the key that shows it."""

    slug: str
    key: Ed25519PrivateKey = field(repr=False)

    def token(self, audience: str, now: datetime) -> str:
        """Return a token (JWT, EdDSA) that serves for minutes, and for one write."""
        issued_s = int(now.timestamp())
        return jwt.encode(
            {
                "iss": self.slug,
                "aud": audience,
                "iat": issued_s,
                "exp": issued_s + int(TOKEN_LIVES.total_seconds()),
                "jti": secrets.token_urlsafe(16),
            },
            self.key,
            algorithm="EdDSA",
            headers={"kid": kid_of(self.key.public_key())},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a hub may be silent, take in all, and how often it is asked."""

    stall_s: float = STALL_TIMEOUT_S
    total_s: float = TOTAL_TIMEOUT_S
    attempts: int = ATTEMPTS
    pause: Callable[[float], None] = time.sleep


class _ProblemDocument(msgspec.Struct):
    """The members of a problem document; every one may be missing."""

    type: str = ""
    title: str = ""
    detail: str = ""
    field: str = ""
    mend: str = ""
    errors: tuple[Fault, ...] = ()


class _Page(msgspec.Struct):
    """One page of a listing, its items unread yet."""

    items: list[msgspec.Raw]
    next: str | None


class Transport:
    """A connection to one hub, on behalf of one organization or of nobody."""

    def __init__(
        self,
        hub: str,
        *,
        now: Callable[[], datetime],
        signer: Signer | None = None,
        language: Language = "en",
        patience: Patience | None = None,
        over: httpx.BaseTransport | None = None,
    ) -> None:
        """Take where the hub is and who asks.

        Args:
            hub: its address, for which tokens are made: `https://relay.example.jp`.
            now: gives the instant, aware; tokens are made for it.
            signer: who asks; None for what everybody may read.
            language: in which refusals are worded.
            patience: how long to wait; the defaults suit a working hub.
            over: what carries the requests; the network unless given.
        """
        self.hub = hub.rstrip("/")
        self.now = now
        self.signer = signer
        self.sent: SentActs | None = None
        self._patience = patience or Patience()
        self._limit = TracedLimit(self._patience.total_s)
        self._client = httpx.Client(
            base_url=self.hub,
            transport=over,
            timeout=self._patience.stall_s,
            follow_redirects=False,
            # A proxy cannot reach a hub that runs on this machine.
            trust_env=urlsplit(self.hub).hostname not in _LOOPBACK,
            headers={
                "Accept": f"{_JSON}, {_PROBLEM}",
                "Accept-Encoding": "identity",
                "Accept-Language": language,
                "User-Agent": "career-relay",
            },
        )

    def __enter__(self) -> Self:
        """Lend the connection for a while."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close the connection."""
        self._client.close()

    def read(self, path: str, answers: type[Answer], query: Query | None = None) -> Answer:
        """Return what the hub answers to a reading.

        Args:
            path: below the hub's address, such as `/v1/scheme`.
            answers: the type of the answer; members that it does not name are passed over.
            query: the query's values.

        Raises:
            HubRefusedError: the hub refuses.
            HubUnreachableError: it gives no answer, however often it is asked.
            HubAnswerError: its answer is too large, leads elsewhere or has another form.
        """
        return _decoded(self._ask("GET", path, query=query), answers, path)

    def read_bytes(self, path: str, limit_bytes: int) -> bytes:
        """Return the bytes that the hub serves at a path, such as a tile; refused as in read()."""
        return self._ask("GET", path, accept="*/*", limit_bytes=limit_bytes)

    def read_file(self, path: str, limit_bytes: int, *, wait_s: int = 0) -> bytes:
        """Return a file that may have to be waited for (`Prefer: wait`); refused as in read().

        Args:
            wait_s: how many seconds the hub may wait until the file is ready.
        """
        more = {"Prefer": f"wait={wait_s}"} if wait_s else {}
        accept = f"text/plain, {_PROBLEM}"
        return self._ask("GET", path, accept=accept, limit_bytes=limit_bytes, more=more)

    def pages(self, path: str, of: type[Answer], query: Query | None = None) -> Iterator[Answer]:
        """Yield every item of a listing, page after page; refused as in read()."""
        seen: set[str] = set()
        asked: dict[str, str | int] = {"limit": PAGE_ITEMS, **(query or {})}
        for _ in range(MAX_PAGES):
            page = self.read(path, _Page, asked)
            for raw in page.items:
                yield _decoded(bytes(raw), of, path)
            if page.next is None:
                return
            if page.next in seen:
                raise HubAnswerError(
                    Words(
                        en=f"The hub's listing {path} runs in a circle.",
                        ja=f"ハブの一覧 {path} が同じ所に戻ってきます。",
                    )
                )
            seen.add(page.next)
            asked["cursor"] = page.next
        raise HubAnswerError(
            Words(
                en=f"The hub's listing {path} has more than {MAX_PAGES} pages.",
                ja=f"ハブの一覧 {path} が {MAX_PAGES} ページを超えています。",
            )
        )

    def write(
        self,
        path: str,
        body: object,
        answers: type[Answer],
        *,
        once: str = "",
        acts: Sequence[SignedAttestation] = (),
    ) -> Answer:
        """Return what the hub answers to a write, which happens once however often it is sent.

        Args:
            path: below the hub's address.
            body: what is sent as JSON.
            answers: the type of the answer.
            once: the Idempotency-Key, where the same write may come again in another run; a
                fresh one otherwise.
            acts: what the body holds in our name; kept until their receipts have come.

        Raises:
            HubRefusedError: the hub refuses.
            HubUnreachableError: it gives no answer, however often it is asked.
            HubAnswerError: its answer is too large, leads elsewhere or has another form.
        """
        content = msgspec.json.encode(body)
        key = once or secrets.token_urlsafe(16)
        with self.sent.sending(acts, self.now) if self.sent is not None and acts else nullcontext():
            raw = self._ask("POST", path, content=content, once=key)
        return _decoded(raw, answers, path)

    def not_taken(self, acts: Sequence[SignedAttestation]) -> None:
        """Note of a batch which of its acts the hub has not taken."""
        if self.sent is not None and acts:
            self.sent.not_taken(acts)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        content: bytes | None = None,
        once: str = "",
        accept: str = "",
        limit_bytes: int = MAX_ANSWER_BYTES,
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the body of the hub's answer, asking again while it may yet come."""
        headers = {"Accept": accept, **(more or {})} if accept else {}
        if content is not None:
            headers |= {"Content-Type": _JSON, "Idempotency-Key": once}
        for attempt in range(self._patience.attempts):
            if self.signer is not None:
                token = self.signer.token(self.hub, self.now())
                headers["Authorization"] = f"Bearer {token}"
            request = self._client.build_request(
                method,
                path,
                params=query,
                content=content,
                headers=headers,
                extensions={"trace": self._limit.trace},
            )
            try:
                with self._limit.running():
                    status, answered, raw = self._send(request, limit_bytes)
            except httpx.TransportError as error:
                if attempt + 1 == self._patience.attempts:
                    raise self._unreachable() from error
                self._patience.pause(_pause_s(attempt, ""))
                continue
            if status not in _LATER or attempt + 1 == self._patience.attempts:
                return _accepted(status, answered, raw, path)
            self._patience.pause(_pause_s(attempt, answered.get("Retry-After", "")))
        raise self._unreachable()

    def _send(self, request: httpx.Request, limit_bytes: int) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and body of one answer, read no further than its limits."""
        raw = bytearray()
        response = self._client.send(request, stream=True)
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise _odd(request.url.path, Words(en="compressed, unasked", ja="頼まない圧縮"))
            for part in response.iter_raw():
                raw += part
                if len(raw) > limit_bytes:
                    raise _odd(
                        request.url.path,
                        Words(
                            en=f"more than {limit_bytes} bytes", ja=f"{limit_bytes} バイト超の応答"
                        ),
                    )
        finally:
            response.close()
        if self._limit.is_over:
            raise httpx.ReadTimeout("the answer drips", request=request)
        return response.status_code, response.headers, bytes(raw)

    def _unreachable(self) -> HubUnreachableError:
        return HubUnreachableError(
            Words(
                en=f"The hub at {self.hub} does not answer.",
                ja=f"ハブ({self.hub})から応答がありません。",
            ),
            Words(
                en="Check the address in relay.toml and your network; nothing is lost by"
                " running the command again.",
                ja="relay.toml のアドレスとネットワークを確かめて、もう一度実行してください"
                "(二重に記録されることはありません)。",
            ),
        )


def _accepted(status: int, headers: httpx.Headers, raw: bytes, path: str) -> bytes:
    """Return the body of an answer that is no refusal."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return raw
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise _odd(path, Words(en="a redirection", ja="別の場所への転送"))
    if headers.get("Content-Type", "").partition(";")[0].strip() != _PROBLEM:
        raise _odd(path, Words(en=f"status {status} and no reason", ja=f"理由のない状態 {status}"))
    document = _decoded(raw, _ProblemDocument, path)
    raise HubRefusedError(
        Problem(
            slug=document.type.rpartition("#")[2],
            title=document.title,
            status=status,
            detail=document.detail or document.title,
            field=document.field,
            mend=document.mend,
            faults=document.errors,
        )
    )


def _decoded(raw: bytes, answers: type[Answer], path: str) -> Answer:
    """Return an answer's JSON as a value of a type."""
    try:
        return msgspec.json.decode(raw, type=answers)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise _odd(path, same(f"JSON ({error})")) from error


def _pause_s(attempt: int, retry_after: str) -> float:
    """Return how many seconds to wait: as the hub asks, else twice as long each time."""
    if retry_after.isdecimal():
        return min(float(retry_after), LONGEST_PAUSE_S)
    # Clients that failed together do not come again together.
    spread = 1 + secrets.randbelow(1000) / 1000
    return float(min(_FIRST_PAUSE_S * 2**attempt * spread, LONGEST_PAUSE_S))


def _odd(path: str, what: Words) -> HubAnswerError:
    return HubAnswerError(
        Words(
            en=f"The hub answers {path} with {what.en}.",
            ja=f"ハブが {path} に思いがけない応答をしました: {what.ja}。",
        ),
        Words(
            en="Check that relay.toml names the hub's own address, and your relay is up to date.",
            ja="relay.toml のアドレスがハブのものか、relay が最新かを確かめてください。",
        ),
    )
