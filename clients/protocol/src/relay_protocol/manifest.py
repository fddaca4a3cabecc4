"""What a pack of reveals holds, part by part, in one small document that the hub attests."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, TypeAlias

from relay_protocol import canonical, grammar
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError, PackError

VERSION: Final = 2
HASH_BYTES: Final = 32
MAX_BYTES: Final = 2**26
"""The longest manifest."""
REVEALS_A_PART: Final = 4_096
"""The most reveals of one part."""

Run: TypeAlias = tuple[int, int]
"""Entries one after the other: the first and the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDocuments:
    """What a settled period's attestation gives only the digests of.

    Attributes:
        period: `YYYY-MM`.
        salt: the period's own 32 bytes, from which each member's follow.
        statements: the bytes of every member's statement, by slug.
        netting: the bytes of the netting.
    """

    period: str
    salt: bytes
    statements: tuple[bytes, ...]
    netting: bytes

    def __post_init__(self) -> None:
        """Refuse what is no month, or a salt of another length."""
        if not grammar.is_month(self.period):
            raise PackError("a pack's documents are of a month")
        if len(self.salt) != HASH_BYTES:
            raise PackError(f"a period's salt has {HASH_BYTES} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One part with reveals, as the manifest lists it.

    Attributes:
        first: the entry that its first reveal opens.
        last: the entry that its last reveal opens.
        count: how many reveals it holds.
        digest: SHA-256 of its bytes, 32 bytes.
    """

    first: int
    last: int
    count: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the hub can still open for an auditor, between two places of the ledger.

    Attributes:
        log: the ledger's name.
        auditor: slug of who it is for.
        first: the entry from which on it holds reveals; 0 for a whole pack.
        cut: how many entries it covers.
        until: the last day on which the auditor may use it, `YYYY-MM-DD`.
        checkpoint: a signed note of at least `cut` entries.
        closed: every run of entries before the cut that nobody can open any more, those before
            `first` too.
        parts: those with reveals, in the order of the ledger.
        documents: SHA-256 of each part with the documents of settled periods.
    """

    log: str
    auditor: str
    first: int
    cut: int
    until: str
    checkpoint: bytes
    closed: tuple[Run, ...]
    parts: tuple[Listed, ...]
    documents: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse what belongs to no ledger, and places out of order."""
        try:
            grammar.LOG_NAME.check(self.log, "log")
            grammar.SLUG.check(self.auditor, "auditor")
            grammar.DATE.check(self.until, "until")
        except AttestationError as error:
            raise PackError(f"a pack whose {error}") from error
        if type(self.first) is not int or type(self.cut) is not int:
            raise PackError("a pack's places are numbers")
        if not 0 <= self.first <= self.cut <= canonical.MAX_INTEGER:
            raise PackError("a pack ends before it begins")
        _require_order([(run[0], run[1]) for run in self.closed], 0, self.cut, apart=2)
        _require_order([(one.first, one.last) for one in self.parts], self.first, self.cut, apart=1)
        for one in self.parts:
            if not 1 <= one.count <= min(REVEALS_A_PART, one.last - one.first + 1):
                raise PackError("a part of a pack holds more reveals than it can, or none")
        digests = (*self.documents, *(one.digest for one in self.parts))
        if any(len(digest) != HASH_BYTES for digest in digests):
            raise PackError(f"a part's digest has {HASH_BYTES} bytes")

    def is_over(self, today: date) -> bool:
        """Return whether the day is past on which the pack may still be used."""
        return today > date.fromisoformat(self.until)

    def is_closed(self, seq: int) -> bool:
        """Return whether the hub says that nobody can open an entry any more."""
        place = bisect_right(self.closed, (seq, self.cut)) - 1
        return place >= 0 and self.closed[place][0] <= seq <= self.closed[place][1]

    def encode(self) -> bytes:
        """Return the manifest's canonical bytes.

        Raises:
            PackError: they are too many.
        """
        try:
            return canonical.encode(
                {
                    "auditor": self.auditor,
                    "checkpoint": b64url_encode(self.checkpoint),
                    "closed": self.closed,
                    "cut": self.cut,
                    "documents": [b64url_encode(digest) for digest in self.documents],
                    "first": self.first,
                    "log": self.log,
                    "parts": [
                        [one.first, one.last, one.count, b64url_encode(one.digest)]
                        for one in self.parts
                    ],
                    "until": self.until,
                    "v": VERSION,
                },
                limit_bytes=MAX_BYTES,
            )
        except CanonicalError as error:
            raise PackError("a pack's manifest is too long") from error

    def digest(self) -> bytes:
        """Return the SHA-256 of the manifest's bytes, which the hub attests (pack.made)."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, raw: bytes) -> "Manifest":
        """Return the manifest of its canonical bytes.

        Raises:
            PackError: the bytes are none, or say more than one.
        """
        try:
            match canonical.decode(raw, limit_bytes=MAX_BYTES):
                case {
                    "auditor": str(auditor),
                    "checkpoint": str(checkpoint),
                    "closed": [*closed],
                    "cut": int(cut),
                    "documents": [*documents],
                    "first": int(first),
                    "log": str(log),
                    "parts": [*parts],
                    "until": str(until),
                }:
                    manifest = cls(
                        log=log,
                        auditor=auditor,
                        first=first,
                        cut=cut,
                        until=until,
                        checkpoint=b64url_decode(checkpoint),
                        closed=tuple(map(_run, closed)),
                        parts=tuple(map(_listed, parts)),
                        documents=tuple(b64url_decode(str(digest)) for digest in documents),
                    )
                case _:
                    raise PackError("a manifest that lacks a part")
        except CanonicalError as error:
            raise PackError(f"a manifest in another form: {error}") from error
        if manifest.encode() != raw:
            raise PackError("a manifest with more than its parts")
        return manifest


def closed_runs(held: Iterable[int], cut: int) -> Iterator[Run]:
    """Yield the runs of entries before a cut that are not among those held.

    Args:
        held: the entries that somebody can still open, and the clear ones, in order.
        cut: how many entries there are.
    """
    due = 0
    for seq in held:
        if due < seq:
            yield due, seq - 1
        due = seq + 1
    if due < cut:
        yield due, cut - 1


def _require_order(runs: Sequence[Run], start: int, end: int, *, apart: int) -> None:
    """Refuse runs that overlap, stand in another order, or reach beyond their bounds."""
    if any(first > last for first, last in runs) or any(
        after[0] - before[1] < apart for before, after in pairwise(runs)
    ):
        raise PackError("a manifest's places are not in the order of the ledger")
    if runs and not start <= runs[0][0] <= runs[-1][1] < end:
        raise PackError("a manifest's places lie beyond what it covers")


def _run(value: Value) -> Run:
    """Return a run of entries."""
    match value:
        case [int(first), int(last)] if bool not in {type(first), type(last)}:
            return first, last
        case _:
            raise PackError("closed entries are given by their first and last")


def _listed(value: Value) -> Listed:
    """Return one part as it is listed."""
    match value:
        case [int(first), int(last), int(count), str(digest)] if bool not in {
            type(first),
            type(last),
            type(count),
        }:
            return Listed(first=first, last=last, count=count, digest=b64url_decode(digest))
        case _:
            raise PackError("a part is listed by its first and last entry, count and digest")
