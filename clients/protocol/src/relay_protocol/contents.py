"""What stands in the parts of a pack, as bytes: reveals, and documents of settled periods."""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from relay_protocol import canonical
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import CanonicalError, PackError
from relay_protocol.manifest import REVEALS_A_PART, CloseDocuments, Listed

AIM_BYTES: Final = 2**22
"""A part is full once it has so many bytes, or REVEALS_A_PART reveals."""
MAX_BYTES: Final = 2**24
"""The longest part: a document longer than AIM_BYTES stands alone in its own."""
PERIOD_BYTES: Final = 2**28
"""The most bytes of one period's documents."""

_HEAD = struct.Struct(">QI")
_REVEAL_BYTES: Final = 2**17

Reveals: TypeAlias = list[tuple[int, bytes]]
"""The number of each entry and the bytes that open it, in the order of the ledger."""


def gather(reveals: Iterable[tuple[int, bytes]]) -> Iterator[Reveals]:
    """Yield what goes into each part, in the order of the ledger; only one is held at a time."""
    part: Reveals = []
    size = 0
    for seq, raw in reveals:
        if part and (len(part) == REVEALS_A_PART or size + len(raw) > AIM_BYTES):
            yield part
            part, size = [], 0
        part.append((seq, raw))
        size += len(raw)
    if part:
        yield part


def encode_reveals(reveals: Reveals) -> bytes:
    """Return the bytes of a part: for each reveal u64 number ‖ u32 length ‖ bytes.

    Raises:
        PackError: a number or length is none.
    """
    try:
        return b"".join(_HEAD.pack(seq, len(raw)) + raw for seq, raw in reveals)
    except struct.error as error:
        raise PackError("a reveal without the number of an entry, or too long") from error


def list_reveals(reveals: Reveals, raw: bytes) -> Listed:
    """Return how the manifest lists a part.

    Args:
        reveals: at least one.
        raw: encode_reveals() of them.
    """
    return Listed(
        first=reveals[0][0],
        last=reveals[-1][0],
        count=len(reveals),
        digest=hashlib.sha256(raw).digest(),
    )


def decode_reveals(raw: bytes, listed: Listed) -> Reveals:
    """Return the reveals of a part's bytes.

    Raises:
        PackError: they are not those that are listed.
    """
    reveals: Reveals = []
    at, before = 0, -1
    try:
        while at < len(raw):
            seq, length = _HEAD.unpack_from(raw, at)
            at += _HEAD.size + length
            if seq <= before or at > len(raw) or length > _REVEAL_BYTES:
                raise PackError("a part's reveals are cut, or not in the order of the ledger")
            reveals.append((seq, raw[at - length : at]))
            before = seq
    except struct.error as error:
        raise PackError("a part ends in the middle of a reveal") from error
    if len(reveals) != listed.count or (reveals[0][0], before) != (listed.first, listed.last):
        raise PackError("a part holds other reveals than are listed")
    return reveals


def encode_documents(closes: Iterable[CloseDocuments]) -> Iterator[bytes]:
    """Yield the bytes of the parts with the documents of settled periods, one after the other."""
    part: list[list[str]] = []
    size = 0
    for close in closes:
        for name, raw in (
            ("salt", close.salt),
            ("netting", close.netting),
            *(("statement", one) for one in close.statements),
        ):
            text = b64url_encode(raw)
            if part and size + len(text) > AIM_BYTES:
                yield _documents(part)
                part, size = [], 0
            part.append([close.period, name, text])
            size += len(text) + 32
    if part:
        yield _documents(part)


def decode_documents(parts: Iterable[bytes]) -> Iterator[CloseDocuments]:
    """Yield the documents of each settled period, the oldest first.

    Raises:
        PackError: they are not complete, or stand in another order.
    """
    pending = _Pending()
    for raw in parts:
        try:
            value = canonical.decode(raw, limit_bytes=MAX_BYTES)
        except CanonicalError as error:
            raise PackError("a part with documents is not canonical") from error
        if not isinstance(value, list) or not value:
            raise PackError("a part with documents is a list")
        for one in value:
            match one:
                case [str(period), "salt", str(text)]:
                    if pending.period:
                        yield pending.done()
                    pending.begin(period, _octets(text))
                case [str(period), "netting", str(text)] if pending.wants_netting(period):
                    pending.netting = pending.counted(_octets(text))
                case [str(period), "statement", str(text)] if pending.wants_statement(period):
                    pending.statements.append(pending.counted(_octets(text)))
                case _:
                    raise PackError("the documents of a period are not complete")
    if pending.period:
        yield pending.done()


class _Pending:
    """The documents of a period, as far as they have come."""

    def __init__(self) -> None:
        self.period = ""
        self.netting: bytes | None = None
        self.statements: list[bytes] = []
        self._salt = b""
        self._bytes = 0

    def begin(self, period: str, salt: bytes) -> None:
        """Begin with the next period."""
        if period <= self.period:
            raise PackError("the documents of periods stand in another order")
        self.period, self._salt, self.netting, self.statements = period, salt, None, []
        self._bytes = 0

    def counted(self, raw: bytes) -> bytes:
        """Return a document once it is counted."""
        self._bytes += len(raw)
        if self._bytes > PERIOD_BYTES:
            raise PackError("the documents of a period are too many")
        return raw

    def wants_netting(self, period: str) -> bool:
        """Return whether the netting is what comes next."""
        return period == self.period and self.netting is None

    def wants_statement(self, period: str) -> bool:
        """Return whether a statement may come next."""
        return period == self.period and self.netting is not None

    def done(self) -> CloseDocuments:
        """Return the documents of the period."""
        if self.netting is None:
            raise PackError("the documents of a period are not complete")
        return CloseDocuments(
            period=self.period,
            salt=self._salt,
            statements=tuple(self.statements),
            netting=self.netting,
        )


def _documents(part: list[list[str]]) -> bytes:
    """Return the bytes of a part with documents."""
    try:
        return canonical.encode(part, limit_bytes=MAX_BYTES)
    except CanonicalError as error:
        raise PackError("a document is too long for a pack") from error


def _octets(text: str) -> bytes:
    """Return the bytes of a text in base64url."""
    try:
        return b64url_decode(text)
    except CanonicalError as error:
        raise PackError("a part of a pack is not base64url") from error
