"""Entries gone through one by one, until the first of them at which something does not hold."""

from collections.abc import Sequence

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, ProofError, ProtocolError, TileError
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint
from relay_protocol.scan import Run, RunDraft, bundles_of
from relay_protocol.tiles import FULL_WIDTH, Bundle, Tile

ENTRIES, TILES = 3, 4


class Walk:
    """Goes through runs of a ledger in their order, as exactly as it takes to blame.

    Attributes:
        tile_fault: what belongs to part 4, and waits until part 3 is through.
    """

    def __init__(self, source: LogReader, checkpoint: Checkpoint) -> None:
        self.tile_fault: AuditError | None = None
        self._source = source
        self._checkpoint = checkpoint

    def run(self, start: int, end: int, prev: bytes) -> Run:
        """Return what a run of entries comes to, as scan() does.

        Args:
            start: number of the first entry.
            end: number after the last.
            prev: chain.link() of the entry before the first.

        Raises:
            AuditError: an entry is not the one that was signed, or does not follow.
            LogReadError: a bundle or tile cannot be read.
        """
        draft = RunDraft(start=start, first_prev=prev)
        for bundle in bundles_of(start, end, self._checkpoint.size):
            raw = self._source.entry_bundle(bundle.index, bundle.width)
            hashes = self._leaf_tile(bundle)
            first = seq = bundle.index * FULL_WIDTH
            frames = tiles.read_bundle(raw, bundle.width)
            leaves: list[bytes] = []
            is_signed = False
            while True:
                try:
                    one = next(frames)
                except StopIteration:
                    break
                except TileError as error:
                    self._broken_off(bundle, seq, error)
                    break
                leaves.append(merkle.leaf_hash(one))
                if hashes and hashes[seq - first] != leaves[-1] and not is_signed:
                    is_signed = self._blame(seq, leaves[-1], hashes, raw)
                if seq >= start:
                    self._check_entry(one, seq, prev)
                    prev, draft.last = chain.link(one), one
                seq += 1
            draft.add(raw, leaves)
        return draft.done()

    def _leaf_tile(self, bundle: Bundle) -> list[bytes]:
        """Return the hashes of a tile of leaves; none where it is not as long as it should be."""
        tile = Tile(level=0, index=bundle.index, width=bundle.width)
        try:
            return tiles.split_tile(self._source.tile(0, tile.index, tile.width), tile.width)
        except TileError as error:
            self._note_tile_fault(tile, 0, str(error))
            return []

    def _check_entry(self, raw: bytes, seq: int, prev: bytes) -> None:
        """Refuse bytes that are no entry, or stand elsewhere than it says."""
        try:
            entry = Entry.decode(raw)
        except ProtocolError as error:
            raise AuditError(ENTRIES, "entry-malformed", seq=seq, detail=str(error)) from error
        if entry.seq != seq:
            raise AuditError(ENTRIES, "entry-misplaced", seq=seq)
        if entry.prev != prev:
            raise AuditError(ENTRIES, "chain-broken", seq=seq)

    def _blame(self, seq: int, leaf: bytes, hashes: Sequence[bytes], raw: bytes) -> bool:
        """Find out whether the entry or the tile is another one than the log has signed.

        Returns whether the whole bundle is what was signed, so that only its tile is not.

        Args:
            seq: the first place of the bundle at which they differ, or a later one.
            leaf: the entry's hash.
            hashes: what the tile has.
            raw: the bundle.

        Raises:
            AuditError: the entry is another one.
        """
        width = len(hashes)
        tile = Tile(level=0, index=seq // FULL_WIDTH, width=width)
        try:
            own = list(map(merkle.leaf_hash, tiles.decode_bundle(raw, width)))
        except TileError:
            own = []
        is_signed = bool(own) and self._is_signed(seq, leaf, own)
        served = hashes[seq % FULL_WIDTH]
        if not is_signed and (
            self._is_signed(seq, served, hashes) or not self._is_signed(seq, leaf, hashes)
        ):
            raise AuditError(ENTRIES, "entry-changed", seq=seq)
        self._note_tile_fault(tile, seq, "")
        return is_signed

    def _is_signed(self, seq: int, leaf: bytes, beside: Sequence[bytes]) -> bool:
        """Return whether the signed root bears out a leaf, beside the leaves of its tile."""
        size, first = self._checkpoint.size, seq // FULL_WIDTH * FULL_WIDTH
        node = tiles.nodes_of(self._source.tile, size)

        def near_or_far(level: int, index: int) -> bytes:
            at = (index << level) - first
            if level < tiles.TILE_HEIGHT and 0 <= at < len(beside):
                return merkle.root(beside[at : at + (1 << level)])
            return node(level, index)

        try:
            path = merkle.inclusion_path(seq, size, near_or_far)
            return merkle.root_from_path(leaf, seq, size, path) == self._checkpoint.root
        except (ProofError, TileError):
            return False

    def _broken_off(self, bundle: Bundle, seq: int, error: TileError) -> None:
        """Refuse a bundle that ends too early; what trails its last entry waits for part 4."""
        if seq < bundle.index * FULL_WIDTH + bundle.width:
            raise AuditError(ENTRIES, "bundle-cut", seq=seq, detail=bundle.path) from error
        if self.tile_fault is None:
            self.tile_fault = AuditError(TILES, "bytes-beyond", seq=seq, detail=bundle.path)

    def _note_tile_fault(self, tile: Tile, seq: int, detail: str) -> None:
        """Remember the first tile that is not what the entries make of it."""
        if self.tile_fault is None:
            first = max(seq, tile.index * FULL_WIDTH)
            told = f"{tile.path}: {detail}" if detail else tile.path
            self.tile_fault = AuditError(TILES, "tile-changed", seq=first, detail=told)
