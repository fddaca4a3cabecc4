"""The ledger's own bytes: checkpoint, history, entries, tree and tiles, without any reveal."""

from collections.abc import Sequence
from dataclasses import dataclass

from relay_protocol import chain, merkle, note, tiles
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, NoteError, ProofError, ProtocolError, TileError
from relay_protocol.findings import Figure, Telling
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint, VerifierKey

CHECKPOINT, HISTORY, ENTRIES, TILES = 1, 2, 3, 4


class GrownTree:
    """A Merkle tree with all its complete subtrees, so that every size of it has a root."""

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def leaves(self) -> Sequence[bytes]:
        """The leaves' hashes, in order."""
        return self._levels[0]

    def append(self, leaf: bytes) -> None:
        """Put a leaf_hash() at the end."""
        level, complete = 0, leaf
        while True:
            row = self._levels[level]
            row.append(complete)
            if len(row) % 2:
                return
            complete = merkle.node_hash(row[-2], row[-1])
            level += 1
            if level == len(self._levels):
                self._levels.append([])

    def node(self, level: int, index: int) -> bytes:
        """Return the root of the complete subtree (level, index)."""
        return self._levels[level][index]

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return merkle.tree_root(size, self.node)

    def tile(self, tile: tiles.Tile) -> bytes:
        """Return the bytes that a tile of this tree has."""
        first = tile.index * tiles.FULL_WIDTH
        row = self._levels[tile.level * tiles.TILE_HEIGHT]
        return b"".join(row[first : first + tile.width])


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A ledger that was read whole, and whose bytes belong together.

    Attributes:
        log: the key that signs its checkpoints.
        checkpoint: what that key has signed.
        note: the checkpoint as it was signed.
        entries: every entry, in order.
        tree: the tree over them.
    """

    log: VerifierKey
    checkpoint: Checkpoint
    note: bytes
    entries: tuple[Entry, ...]
    tree: GrownTree


def check_structure(
    source: LogReader, pinned: VerifierKey | None, earlier: Sequence[Checkpoint], tell: Telling
) -> Copy:
    """Return the ledger of a source, once parts 1 to 4 of the plan hold.

    Args:
        source: where its files are.
        pinned: the key that signs its checkpoints; without one, entry 0 is taken at its word.
        earlier: every checkpoint of it that was seen before.
        tell: takes down what holds, and how far it is.

    Raises:
        AuditError: something does not hold.
        LogReadError: a file cannot be read.
    """
    raw = source.checkpoint()
    log = pinned or _key_of_entry_0(source, raw, tell)
    checkpoint = _open(raw, log)
    figures: dict[str, Figure] = {"log": log.name, "size": checkpoint.size}
    tell.establish(CHECKPOINT, "checkpoint-signed", figures)
    tell.cannot("no-witnesses")
    _check_history(source, checkpoint, earlier, tell)
    walk = _Walk(source, checkpoint, tell)
    entries = walk.entries()
    tell.establish(ENTRIES, "entries-follow", {"size": checkpoint.size})
    tell.establish(TILES, "tiles-recomputed", {"tiles": walk.check_tiles()})
    return Copy(log=log, checkpoint=checkpoint, note=raw, entries=tuple(entries), tree=walk.tree)


def _open(raw: bytes, log: VerifierKey) -> Checkpoint:
    """Return the checkpoint of a note that the log has signed."""
    try:
        checkpoint, _ = note.open_checkpoint(raw, log)
    except NoteError as error:
        raise AuditError(CHECKPOINT, "checkpoint-invalid", detail=str(error)) from error
    if not checkpoint.size:
        raise AuditError(CHECKPOINT, "ledger-empty")
    return checkpoint


def _key_of_entry_0(source: LogReader, raw: bytes, tell: Telling) -> VerifierKey:
    """Return the key that entry 0 names, where nobody has told which one it should be."""
    width = tiles.tile_width(0, 0, _stated_size(raw))
    bundle = source.entry_bundle(0, width)
    try:
        first = Entry.decode(next(tiles.read_bundle(bundle, width)))
        keys = SignedAttestation(wire=first.signed_bytes or b"").attestation.body.get("keys")
        key = VerifierKey.parse(str(keys["log"]) if isinstance(keys, dict) else "")
    except ProtocolError as error:
        raise AuditError(CHECKPOINT, "log-key-unknown", detail=str(error)) from error
    tell.cannot("log-key-unpinned", {"key": key.encode()})
    return key


def _stated_size(raw: bytes) -> int:
    """Return the size that a checkpoint states which nobody has verified yet."""
    try:
        size = Checkpoint.parse(note.Note.parse(raw).text).size
    except NoteError as error:
        raise AuditError(CHECKPOINT, "checkpoint-invalid", detail=str(error)) from error
    if not size:
        raise AuditError(CHECKPOINT, "ledger-empty")
    return size


def _check_history(
    source: LogReader, checkpoint: Checkpoint, earlier: Sequence[Checkpoint], tell: Telling
) -> None:
    """Refuse a ledger that does not continue what was seen of it before."""
    node = tiles.nodes_of(source.tile, checkpoint.size)
    for one in earlier:
        seen = f"the checkpoint of {one.size} entries"
        if one.size > checkpoint.size:
            raise AuditError(HISTORY, "ledger-shrank", seq=checkpoint.size, detail=seen)
        if one.size == checkpoint.size and one.root != checkpoint.root:
            raise AuditError(HISTORY, "two-histories", detail=seen)
        try:
            path = merkle.consistency_path(one.size, checkpoint.size, node)
            merkle.check_consistency(one.size, one.root, checkpoint.size, checkpoint.root, path)
        except (ProofError, TileError) as error:
            raise AuditError(HISTORY, "history-rewritten", detail=seen) from error
    if earlier:
        figures = {"checkpoints": len(earlier), "size": max(one.size for one in earlier)}
        tell.establish(HISTORY, "history-continues", figures)
    else:
        tell.cannot("no-history")


class _Walk:
    """One pass over a ledger's files, from the first entry to the last tile."""

    def __init__(self, source: LogReader, checkpoint: Checkpoint, tell: Telling) -> None:
        self.tree = GrownTree()
        self._source = source
        self._checkpoint = checkpoint
        self._tell = tell
        self._prev = chain.FIRST_PREV
        # What belongs to part 4 waits until part 3 is through.
        self._tile_fault: AuditError | None = None

    def entries(self) -> list[Entry]:
        """Return every entry, each of which follows the one before and is a leaf of the tree."""
        entries: list[Entry] = []
        for bundle in tiles.new_bundles(0, self._checkpoint.size):
            self._tell.progress(ENTRIES, len(entries), self._checkpoint.size)
            raw = self._source.entry_bundle(bundle.index, bundle.width)
            hashes = self._leaf_tile(bundle.index, bundle.width)
            frames = tiles.read_bundle(raw, bundle.width)
            while True:
                try:
                    one = next(frames)
                except StopIteration:
                    break
                except TileError as error:
                    self._broken_off(bundle, len(entries), error)
                    break
                served = hashes[len(entries) % tiles.FULL_WIDTH] if hashes else None
                entries.append(self._entry(one, len(entries), served))
        if self.tree.root(self._checkpoint.size) != self._checkpoint.root:
            raise AuditError(ENTRIES, "root-differs")
        return entries

    def check_tiles(self) -> int:
        """Return how many tiles there are, all of which are what the entries make of them."""
        if self._tile_fault is not None:
            raise self._tile_fault
        count = 0
        for tile in tiles.new_tiles(0, self._checkpoint.size):
            count += 1
            if tile.level:
                self._check_tile(tile, self._source.tile(tile.level, tile.index, tile.width))
        for path, raw in self._source.tile_files():
            self._check_file(path, raw)
        return count

    def _leaf_tile(self, index: int, width: int) -> list[bytes]:
        """Return the hashes of a tile of leaves; none where it is not as long as it should be."""
        tile = tiles.Tile(level=0, index=index, width=width)
        try:
            return tiles.split_tile(self._source.tile(0, index, width), width)
        except TileError as error:
            self._note_tile_fault(tile, 0, str(error))
            return []

    def _entry(self, raw: bytes, seq: int, served: bytes | None) -> Entry:
        """Return the entry of its bytes, which are those at that place of the tree."""
        leaf = merkle.leaf_hash(raw)
        if served is not None and served != leaf:
            self._blame(seq, leaf, served)
        try:
            entry = Entry.decode(raw)
        except ProtocolError as error:
            raise AuditError(ENTRIES, "entry-malformed", seq=seq, detail=str(error)) from error
        if entry.seq != seq:
            raise AuditError(ENTRIES, "entry-misplaced", seq=seq)
        if entry.prev != self._prev:
            raise AuditError(ENTRIES, "chain-broken", seq=seq)
        self._prev = chain.link(raw)
        self.tree.append(leaf)
        return entry

    def _blame(self, seq: int, leaf: bytes, served: bytes) -> None:
        """Find out whether the entry or the tile is another one than the log has signed."""
        size, root = self._checkpoint.size, self._checkpoint.root
        try:
            path = merkle.inclusion_path(seq, size, tiles.nodes_of(self._source.tile, size))
            if merkle.root_from_path(served, seq, size, path) != root:
                merkle.check_inclusion(leaf, seq, size, path, root)
                width = tiles.tile_width(0, seq // tiles.FULL_WIDTH, size)
                tile = tiles.Tile(level=0, index=seq // tiles.FULL_WIDTH, width=width)
                self._note_tile_fault(tile, seq, "")
                return
        except (ProofError, TileError) as error:
            raise AuditError(ENTRIES, "entry-changed", seq=seq) from error
        raise AuditError(ENTRIES, "entry-changed", seq=seq)

    def _broken_off(self, bundle: tiles.Bundle, seq: int, error: TileError) -> None:
        """Refuse a bundle that ends too early; what trails its last entry waits for part 4."""
        if seq < bundle.index * tiles.FULL_WIDTH + bundle.width:
            raise AuditError(ENTRIES, "bundle-cut", seq=seq, detail=bundle.path) from error
        if self._tile_fault is None:
            self._tile_fault = AuditError(TILES, "bytes-beyond", seq=seq, detail=bundle.path)

    def _note_tile_fault(self, tile: tiles.Tile, seq: int, detail: str) -> None:
        """Remember the first tile that is not what the entries make of it."""
        if self._tile_fault is None:
            first = max(seq, tile.index * tiles.FULL_WIDTH)
            told = f"{tile.path}: {detail}" if detail else tile.path
            self._tile_fault = AuditError(TILES, "tile-changed", seq=first, detail=told)

    def _check_tile(self, tile: tiles.Tile, served: bytes) -> None:
        """Refuse a tile that is not what the entries make of it, and name the first of them."""
        own = self.tree.tile(tile)
        if served == own:
            return
        places = range(0, len(own), merkle.HASH_BYTES)
        differs = (
            at for at in places if served[at:][: merkle.HASH_BYTES] != own[at:][: merkle.HASH_BYTES]
        )
        first = next(differs, len(own) - merkle.HASH_BYTES) // merkle.HASH_BYTES
        seq = (tile.index * tiles.FULL_WIDTH + first) << (tiles.TILE_HEIGHT * tile.level)
        raise AuditError(TILES, "tile-changed", seq=seq, detail=tile.path)

    def _check_file(self, path: str, raw: bytes) -> None:
        """Refuse a file that is no part of this ledger, or another part than it says."""
        try:
            part = tiles.parse_path(path)
        except TileError as error:
            raise AuditError(TILES, "file-unknown", detail=path) from error
        level = part.level if isinstance(part, tiles.Tile) else 0
        if part.width > tiles.tile_width(level, part.index, self._checkpoint.size):
            raise AuditError(TILES, "file-beyond", detail=path)
        if isinstance(part, tiles.Tile):
            self._check_tile(part, raw)
            return
        first = part.index * tiles.FULL_WIDTH
        try:
            leaves = list(map(merkle.leaf_hash, tiles.decode_bundle(raw, part.width)))
        except TileError as error:
            raise AuditError(TILES, "bytes-beyond", detail=path) from error
        if leaves != self.tree.leaves[first : first + part.width]:
            raise AuditError(TILES, "bundle-changed", seq=first, detail=path)
