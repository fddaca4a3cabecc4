"""Writes that may be sent twice and happen once: the first answer serves every repetition."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from exchange.domain.errors import (
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    TokenReplayedError,
)
from exchange.services.work import Work
from exchange.store import requests as request_rows
from exchange.vault import answers
from exchange.web.http.authn import Caller

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 128
_LINKED: Final = b"\x00"
"""Begins a kept answer that names receipts; JSON, which one without any is, cannot begin so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One write, as it is recognised when it comes again."""

    actor: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """What was answered the first time.

    Attributes:
        links: values of its Link headers.
    """

    status: int
    body: bytes
    links: tuple[str, ...] = ()


def request_of(*, actor: str, key: str | None, method: str, path: str, body: bytes) -> Request:
    """Return what recognises a write.

    Raises:
        IdempotencyKeyMissingError: the header is missing, or is not 1 to 128 printable letters.
    """
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyMissingError(
            f"A write needs an {HEADER} of 1 to {LONGEST_KEY} printable ASCII characters.",
            detail_ja=f"書き込みには、ASCII 1〜{LONGEST_KEY} 文字の {HEADER} が要ります。",
        )
    content = b"\x00".join((method.encode(), path.encode(), sha256(body).digest()))
    return Request(actor=actor, key=key, digest=sha256(content).digest())


def use_token(work: Work, caller: Caller, request: Request) -> None:
    """Record that a token writes this request, in the transaction of the write itself.

    Raises:
        TokenReplayedError: it has written another request, or this one under another key.
    """
    bound = sha256(request.key.encode() + b"\x00" + request.digest).digest()
    before = request_rows.record_token(
        work.session,
        slug=caller.actor.slug,
        jti=caller.jti,
        request_digest=bound,
        expires_at=caller.expires_at,
    )
    if not hmac.compare_digest(before, bound):
        raise TokenReplayedError("The token's jti was already used for another write.")


def first_answer(work: Work, request: Request) -> FirstAnswer | None:
    """Return the answer given to this request before, or None when this is the first time.

    Whoever gets None holds the key until the end of the transaction: the same request sent at
    the same time waits, and then gets what keep() has left.

    Raises:
        IdempotencyKeyReusedError: the key was used for another request.
    """
    row = request_rows.reserve_answer(
        work.session,
        actor=request.actor,
        key=answers.key_name(request.actor, request.key),
        request_digest=request.digest,
        at=work.now,
    )
    if row is None:
        return None
    if not hmac.compare_digest(row.request_digest, request.digest):
        raise IdempotencyKeyReusedError(
            f"This {HEADER} was used for another request.",
            detail_ja=f"この {HEADER} は、別のリクエストで使われています。",
        )
    body = answers.open_sealed(row.body, actor=request.actor, idempotency_key=request.key)
    links, _, rest = body.removeprefix(_LINKED).partition(_LINKED)
    if not body.startswith(_LINKED):
        return FirstAnswer(status=row.status, body=body)
    return FirstAnswer(status=row.status, body=rest, links=tuple(links.decode().splitlines()))


def keep(
    work: Work, request: Request, *, status: int, body: bytes, links: Sequence[str] = ()
) -> None:
    """Keep the first answer to a request, sealed under the key that only its sender has."""
    if links:
        body = _LINKED + "\n".join(links).encode() + _LINKED + body
    request_rows.keep_answer(
        work.session,
        actor=request.actor,
        key=answers.key_name(request.actor, request.key),
        status=status,
        body=answers.seal(body, actor=request.actor, idempotency_key=request.key),
    )
