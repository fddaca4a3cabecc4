"""A ledger whose bytes were checked: they stay where they are, and are held to what was checked."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, ProofError, TileError
from relay_protocol.grown_tree import GrownTree
from relay_protocol.log_reader import LogReader
from relay_protocol.merkle import HASH_BYTES
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.scan import Run
from relay_protocol.served_tree import ServedTree
from relay_protocol.tiles import FULL_WIDTH, TILE_HEIGHT, Tile

ENTRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The edge of a ledger that was found sound, at which the next audit of it begins.

    Attributes:
        size: how many entries were checked.
        edge: the roots of their largest complete subtrees, from the left.
        prev: chain.link() of the last of them.
        day: the day of the last of them, `YYYY-MM-DD`; "" before the first.
    """

    size: int = 0
    edge: tuple[bytes, ...] = ()
    prev: bytes = chain.FIRST_PREV
    day: str = ""

    def __post_init__(self) -> None:
        """Refuse an edge that is none of a tree of this size.

        Raises:
            ProofError: it is none.
        """
        merkle.CompactRange(self.size, self.edge)

    @property
    def root(self) -> bytes:
        """The root over what was checked, 32 bytes."""
        return merkle.CompactRange(self.size, self.edge).root()

    @property
    def crown(self) -> tuple[bytes, ...]:
        """Those of the edge that stand over whole tiles of leaves."""
        return self.edge[: (self.size >> TILE_HEIGHT).bit_count()]


class Trunk:
    """The tree over a ledger: what stands over whole tiles in memory, leaves read when asked for.

    What an earlier audit has checked comes from the source's tiles, held to the signed root.

    Attributes:
        crown: the tree over the roots of tiles of leaves, from the frontier on.
    """

    def __init__(self, source: LogReader, checkpoint: Checkpoint, begun: Frontier) -> None:
        """Take up the tree of a checkpoint where an earlier audit ended."""
        self.crown = GrownTree(begun.size >> TILE_HEIGHT, begun.crown)
        self._source = source
        self._checkpoint = checkpoint
        self._first_bundle = begun.size // FULL_WIDTH
        self._digests = bytearray()
        self._served: ServedTree | None = None
        self._at_hand: tuple[int, list[bytes]] = (-1, [])

    def add(self, run: Run) -> None:
        """Add a run of entries at the end."""
        for at in range(0, len(run.roots), HASH_BYTES):
            self.crown.append(run.roots[at : at + HASH_BYTES])
        self._digests += run.digests
        if run.edge:
            count = len(run.edge) // HASH_BYTES
            self._at_hand = (self._checkpoint.size // FULL_WIDTH, tiles.split_tile(run.edge, count))

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, at most as many as the checkpoint has."""
        return merkle.tree_root(size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Return the root of the complete subtree (level, index); it serves merkle's proofs.

        Raises:
            AuditError: the source has other bytes than those that were checked.
            LogReadError: they cannot be read.
            ProofError: the tree has no such subtree.
        """
        if index < 0 or (index + 1) << level > self._checkpoint.size:
            raise ProofError(f"no complete subtree ({level}, {index})")
        if level < TILE_HEIGHT:
            bundle, first = divmod(index << level, FULL_WIDTH)
            return merkle.root(self.leaves(bundle)[first : first + (1 << level)])
        if self.crown.holds(level - TILE_HEIGHT, index):
            return self.crown.node(level - TILE_HEIGHT, index)
        return self._tree_as_served().node(level, index)

    def leaves(self, index: int) -> list[bytes]:
        """Return the leaf hashes of a bundle."""
        if self._at_hand[0] != index:
            if self._digest(index):
                hashes = list(map(merkle.leaf_hash, self.bundle(index)))
            else:
                hashes = self._leaves_as_served(index)
            self._at_hand = (index, hashes)
        return self._at_hand[1]

    def bundle(self, index: int) -> list[bytes]:
        """Return the bytes of the entries of a bundle, which are those that were checked.

        Raises:
            AuditError: they are others.
            LogReadError: they cannot be read.
        """
        width = tiles.tile_width(0, index, self._checkpoint.size)
        raw = self._source.entry_bundle(index, width)
        changed = AuditError(ENTRIES, "source-changed", seq=index * FULL_WIDTH)
        digest = self._digest(index)
        if digest and hashlib.sha256(raw).digest() != digest:
            raise changed
        try:
            held = tiles.decode_bundle(raw, width)
        except TileError as error:
            raise changed from error
        if not digest and list(map(merkle.leaf_hash, held)) != self._leaves_as_served(index):
            raise changed
        return held

    def _digest(self, index: int) -> bytes:
        """Return the SHA-256 of a bundle as it was checked in this audit; b"" if it was not."""
        at = (index - self._first_bundle) * HASH_BYTES
        return bytes(self._digests[at : at + HASH_BYTES]) if at >= 0 else b""

    def _leaves_as_served(self, index: int) -> list[bytes]:
        """Return the leaf hashes of a bundle from its tile, which the signed root bears out."""
        width = tiles.tile_width(0, index, self._checkpoint.size)
        return self._tree_as_served().hashes(Tile(level=0, index=index, width=width))

    def _tree_as_served(self) -> ServedTree:
        """Return the tree in the source's tiles."""
        if self._served is None:
            self._served = ServedTree(self._source, self._checkpoint)
        return self._served


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A ledger whose bytes were seen to belong together; they stay where they are.

    Each method that reads raises AuditError where the source has other bytes than those that
    were checked, and LogReadError where they cannot be read.

    Attributes:
        log: the key that has signed its checkpoint.
        checkpoint: what that key has signed.
        note: the checkpoint as it was signed.
        trunk: the tree over its entries.
        end: where the next audit of it begins.
    """

    log: VerifierKey
    checkpoint: Checkpoint
    note: bytes
    trunk: Trunk
    end: Frontier

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, at most as many as the checkpoint has."""
        return self.trunk.root(size)

    def leaf(self, seq: int) -> bytes:
        """Return the leaf_hash() of an entry."""
        return self.trunk.node(0, seq)

    def entry(self, seq: int) -> Entry:
        """Return one entry, read again.

        Raises:
            ProofError: there is none of this number.
        """
        if not 0 <= seq < self.checkpoint.size:
            raise ProofError(f"entry {seq} lies outside a ledger of {self.checkpoint.size}")
        index, place = divmod(seq, FULL_WIDTH)
        return Entry.decode(self.trunk.bundle(index)[place])

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Yield the entries from a place on, each bundle read again, in bounded memory."""
        for index in range(start // FULL_WIDTH, -(-self.checkpoint.size // FULL_WIDTH)):
            first = index * FULL_WIDTH
            yield from Entry.decode_all(self.trunk.bundle(index)[max(0, start - first) :])

    def frontier(self) -> Frontier:
        """Return where the next audit of this ledger begins."""
        return self.end
