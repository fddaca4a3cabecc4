"""A run of entries gone through at once, in whatever process: proved sound, or left to the walk."""

import hashlib
import re
import struct
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry, committed_form, is_day, is_shown
from relay_protocol.errors import LogReadError, ProtocolError
from relay_protocol.log_reader import LogReader
from relay_protocol.merkle import HASH_BYTES
from relay_protocol.tiles import FULL_WIDTH, Bundle

RUN_ENTRIES: Final = 64 * FULL_WIDTH
"""How many entries one piece of work has: enough to be worth sending to another process."""

# Hashes are checked all at once, below: here any signs will do.
_FRAMED: Final = re.compile(rb"(..)(" + committed_form(rb".{43}") + rb")", re.DOTALL)
_FROM_URL: Final = bytes.maketrans(b"-_+/", b"+/!!")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What entries in a row come to, each of which follows the one before and stands in its tile.

    Attributes:
        start: number of the first.
        first_prev: what the first names as the one before it, 32 bytes.
        last: bytes of the last.
        roots: of each full bundle the root over its leaves.
        edge: leaf hashes of the last bundle where it is not full.
        digests: of each bundle the SHA-256 of its bytes.
    """

    start: int
    first_prev: bytes
    last: bytes
    roots: bytes
    edge: bytes
    digests: bytes


@dataclass(slots=True, kw_only=True)
class RunDraft:
    """A run in the making, bundle by bundle."""

    start: int
    first_prev: bytes = b""
    last: bytes = b""
    roots: list[bytes] = field(default_factory=list)
    edge: bytes = b""
    digests: list[bytes] = field(default_factory=list)

    def add(self, raw: bytes, leaves: Sequence[bytes]) -> None:
        """Add a bundle with the hashes of its entries."""
        self.digests.append(hashlib.sha256(raw).digest())
        if len(leaves) == FULL_WIDTH:
            self.roots.append(root_of(leaves))
        else:
            self.edge = b"".join(leaves)

    def done(self) -> Run:
        """Return the run."""
        return Run(
            start=self.start,
            first_prev=self.first_prev,
            last=self.last,
            roots=b"".join(self.roots),
            edge=self.edge,
            digests=b"".join(self.digests),
        )


def bundles_of(start: int, end: int, size: int) -> list[Bundle]:
    """Return the bundles that hold entries from a place on, up to another or the ledger's end."""
    return [
        Bundle(index=index, width=tiles.tile_width(0, index, size))
        for index in range(start // FULL_WIDTH, -(-end // FULL_WIDTH))
    ]


def scan(source: LogReader, size: int, start: int, end: int) -> Run | None:
    """Return what a run of entries comes to, or None where it takes a walk to tell what is wrong.

    Of the entries before `start` in the first bundle only the hashes are taken.

    Args:
        source: gives bundles and tiles of leaves.
        size: entries of the ledger.
        start: number of the first entry.
        end: number after the last; a multiple of 256, or the size.
    """
    draft = RunDraft(start=start)
    try:
        for bundle in bundles_of(start, end, size):
            raw = source.entry_bundle(bundle.index, bundle.width)
            first = bundle.index * FULL_WIDTH
            leaves = _at_once(raw, bundle.width, first, draft) if first >= start else None
            if leaves is None:
                leaves = _one_by_one(raw, bundle.width, first, draft)
            if source.tile(0, bundle.index, bundle.width) != b"".join(leaves):
                return None
            draft.add(raw, leaves)
    except (LogReadError, _DoubtError):
        return None
    return draft.done()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over a full tile of hashes."""
    sha256 = hashlib.sha256
    row = leaves
    while len(row) > 1:
        row = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=True)
        ]
    return row[0]


class _DoubtError(Exception):
    """Something is not as it should be; what, and where, is for the walk to find."""


def _at_once(raw: bytes, width: int, first: int, draft: RunDraft) -> list[bytes] | None:
    """Return the leaf hashes of a bundle of committed entries alone, all of them sound.

    None says nothing against the bundle.
    """
    rows = _FRAMED.findall(raw)
    if len(rows) != width:
        return None  # bundles of the ledger's own acts, mostly
    framing, entries, commitments, days, shown, prevs, _, seqs = zip(*rows, strict=True)
    lengths = list(map(len, entries))
    is_sound = (
        sum(lengths) + 2 * width == len(raw)
        and b"".join(framing) == struct.pack(f">{width}H", *lengths)
        and str([*range(first, first + width)])[1:-1].encode() == b", ".join(seqs)
        and all(map(is_day, set(days)))
        and all(map(is_shown, set(shown)))
    )
    if not is_sound:
        return None
    sha256 = hashlib.sha256
    links = [sha256(one).digest() for one in entries]
    if not _are_hashes(commitments) or b"A".join((*prevs[1:], b"")) != _text(links[:-1]):
        return None
    _follow(draft, Entry.decode(entries[0]).prev)
    draft.last = entries[-1]
    return [sha256(b"\x00" + one).digest() for one in entries]


def _one_by_one(raw: bytes, width: int, first: int, draft: RunDraft) -> list[bytes]:
    """Return the leaf hashes of any bundle whose entries are sound."""
    leaves = []
    try:
        for seq, one in enumerate(tiles.read_bundle(raw, width), start=first):
            leaves.append(merkle.leaf_hash(one))
            if seq < draft.start:
                continue
            entry = Entry.decode(one)
            if entry.seq != seq:
                raise _DoubtError
            _follow(draft, entry.prev)
            draft.last = one
    except ProtocolError as error:
        raise _DoubtError from error
    return leaves


def _follow(draft: RunDraft, prev: bytes) -> None:
    """Go on with an entry that names the last one; what the first names is for others to judge."""
    if not draft.last:
        draft.first_prev = prev
    elif prev != chain.link(draft.last):
        raise _DoubtError


def _text(hashes: Sequence[bytes]) -> bytes:
    """Return the base64url texts of hashes of 32 bytes, an A behind each.

    That is the text of 33 bytes, the last of which is zero: all of them are written as one.
    """
    return b2a_base64(b"\x00".join((*hashes, b"")), newline=False).translate(_TO_URL)


def _are_hashes(texts: Sequence[bytes]) -> bool:
    """Return whether texts of 43 signs are the canonical base64url of 32 bytes each."""
    text = b"A".join((*texts, b"")).translate(_FROM_URL)  # as _text() has them
    try:
        raw = a2b_base64(text, strict_mode=True)
    except Base64Error:
        return False
    return raw[HASH_BYTES :: HASH_BYTES + 1] == bytes(len(texts))
