"""A copy of a log kept file by file: nothing counts that the signed root does not bear out."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, TypeVar

from relay_protocol import merkle, tiles
from relay_protocol.errors import AuditError, LogReadError, TileError
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint
from relay_protocol.served_tree import ServedTree, above, check_edge, check_tile, edge_tiles
from relay_protocol.tiles import FULL_WIDTH, Bundle, Tile

CHECKPOINT, HISTORY, ENTRIES = 1, 2, 3
"""The parts of the audit's plan to which a false checkpoint, a fork, a false bundle belong."""
MAX_ENTRIES: Final = 100_000_000
IN_FLIGHT: Final = 2
"""Downloads that are under way at once, at most."""
PENDING_PATH: Final = "checkpoint.pending"
"""Where the signed checkpoint lies whose files are still being fetched."""

Opener: TypeAlias = Callable[[bytes], Checkpoint]
"""Gives the checkpoint of a note that the log has signed; raises NoteError at any other."""

Part = TypeVar("Part", Tile, Bundle)


class Keeper(Protocol):
    """Keeps the files of a copy, each of them whole or not at all."""

    @property
    def reader(self) -> LogReader:
        """What is kept so far, read as any other log."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a signed note of the copy; None where there is none."""

    def write(self, path: str, raw: bytes) -> None:
        """Keep a file durably, in place of any other at its path."""

    def remove(self, path: str) -> None:
        """Keep a file no longer, if it was kept."""

    def prune(self, path: str) -> None:
        """Keep the partial files no longer of a tile or bundle that is full now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """A copy that is complete.

    Attributes:
        checkpoint: what the copy holds.
        note: that checkpoint as it was signed.
        before: entries that the copy held before; 0 where there was none.
        files: how many were fetched.
    """

    checkpoint: Checkpoint
    note: bytes
    before: int
    files: int


class ForkError(AuditError):
    """A log has signed what does not continue what it signed before.

    Attributes:
        kept: the checkpoint that was kept, as it was signed.
        other: the one that contradicts it, or has fewer entries, as it was signed.
    """

    def __init__(self, code: str, *, size: int, kept: bytes, other: bytes) -> None:
        super().__init__(HISTORY, code, detail=f"the checkpoint of {size} entries")
        self.kept = kept
        self.other = other


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A checkpoint that was kept: as it was signed, and what it says."""

    note: bytes
    checkpoint: Checkpoint


def quiet(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


def mirror(
    source: LogReader,
    keeper: Keeper,
    opener: Opener,
    *,
    with_entries: bool = True,
    max_entries: int = MAX_ENTRIES,
    progress: Callable[[int, int], None] = quiet,
    hands: Executor | None = None,
) -> Mirrored:
    """Return a copy of a log once it is complete, continued from whatever of it was kept.

    1. The new checkpoint is signed, within the limit, and no step back.
    2. The tiles at the tree's right edge make its root.
    3. The tree continues that of every checkpoint kept before.
    4. Every other tile, from the top down, is what the tile above it says; then each bundle.
    5. The checkpoint is put in place last, and partial files go that are full now.

    Args:
        source: where the log is served.
        keeper: where the copy is kept.
        opener: tells which checkpoints are the log's.
        with_entries: whether bundles of entries are copied beside hashes.
        max_entries: the most that a checkpoint may state; all work is bounded by it.
        progress: is told how many files are done, and how many there are.
        hands: fetches IN_FLIGHT files at once; without it one after the other.

    Raises:
        AuditError: what is served is not what was signed, or (ForkError) not what was kept.
        LogReadError: a file cannot be read, or there would be too many.
        NoteError: the checkpoint is not signed by the log.
    """
    raw = source.checkpoint()
    checkpoint = opener(raw)
    if checkpoint.size > max_entries:
        raise LogReadError(f"{checkpoint.size} entries are more than the {max_entries} allowed")
    whole = _kept(keeper, opener, tiles.CHECKPOINT_PATH)
    seen = [kept for kept in (whole, _kept(keeper, opener, PENDING_PATH)) if kept is not None]
    for kept in seen:
        check_growth(kept, checkpoint, raw)
    tree = ServedTree(source, checkpoint)
    for kept in seen:
        check_continues(kept, tree, raw)
    before = whole.checkpoint.size if whole else 0
    keeper.write(PENDING_PATH, raw)
    copying = _Copying(source=source, keeper=keeper, tree=tree, progress=progress, hands=hands)
    copying.copy(before, with_entries=with_entries)
    keeper.write(tiles.CHECKPOINT_PATH, raw)
    keeper.remove(PENDING_PATH)
    _prune(keeper, before, checkpoint.size)
    return Mirrored(checkpoint=checkpoint, note=raw, before=before, files=copying.fetched)


def check_growth(kept: Kept, checkpoint: Checkpoint, raw: bytes) -> None:
    """Return if a checkpoint is no step back from one that was kept, by what both state.

    Raises:
        ForkError: it has fewer entries, or as many and another root.
    """
    before = kept.checkpoint
    if checkpoint.size < before.size:
        raise ForkError("ledger-shrank", size=checkpoint.size, kept=kept.note, other=raw)
    if checkpoint.size == before.size and checkpoint.root != before.root:
        raise ForkError("two-histories", size=before.size, kept=kept.note, other=raw)


def check_continues(kept: Kept, tree: ServedTree, raw: bytes) -> None:
    """Return if a tree continues a checkpoint that was kept, of no more entries than its own.

    Raises:
        ForkError: it does not: the log has signed two histories.
        AuditError: a tile that is served is not what was signed.
        LogReadError: a tile cannot be read.
    """
    before = kept.checkpoint
    if merkle.tree_root(before.size, tree.node) != before.root:
        raise ForkError("history-rewritten", size=before.size, kept=kept.note, other=raw)


def check_bundle(bundle: Bundle, raw: bytes, leaves: Sequence[bytes]) -> None:
    """Return if the entries of a bundle are the leaves of a tile that was checked.

    Raises:
        AuditError: they are not; it names the first that is not.
    """
    seq = bundle.index * FULL_WIDTH
    try:
        for entry, leaf in zip(tiles.read_bundle(raw, bundle.width), leaves, strict=True):
            if merkle.leaf_hash(entry) != leaf:
                raise AuditError(ENTRIES, "entry-changed", seq=seq, detail=bundle.path)
            seq += 1
    except TileError as error:
        is_whole = seq == bundle.index * FULL_WIDTH + bundle.width
        code = "bytes-beyond" if is_whole else "bundle-cut"
        raise AuditError(ENTRIES, code, seq=seq, detail=bundle.path) from error


@dataclass(slots=True, kw_only=True)
class _Copying:
    """One run that completes a copy.

    Attributes:
        fetched: how many files came from the source.
        done: how many of those that the copy lacked are there now.
        total: how many it lacked.
    """

    source: LogReader
    keeper: Keeper
    tree: ServedTree
    progress: Callable[[int, int], None]
    hands: Executor | None
    fetched: int = 0
    done: int = 0
    total: int = 0
    _parent: tuple[Tile, list[bytes]] | None = None

    def copy(self, before: int, *, with_entries: bool) -> None:
        """Fetch what a copy of `before` entries lacks: tiles from the top down, then bundles."""
        size = self.tree.checkpoint.size
        rows = [_indexes(level, before, size) for level in range(tiles.MAX_LEVEL + 1)]
        bundles = self._bundles(before) if with_entries else range(0)
        self.total = sum(map(len, (*rows, bundles)))
        for level, row in reversed([*enumerate(rows)]):
            for tile, raw in self._lacking(self._tile(level, index) for index in row):
                self._check(tile, raw)
                self._keep(tile, raw)
        for bundle, raw in self._lacking(map(self._bundle, bundles)):
            self._check(bundle, raw)
            self._keep(bundle, raw)

    def _bundles(self, before: int) -> range:
        """Return which bundles a copy of `before` entries may lack; all, if it has had none."""
        count = -(-self.tree.checkpoint.size // FULL_WIDTH)
        if not before:
            return range(count)
        last, width = divmod(before, FULL_WIDTH)
        newest = Bundle(index=last, width=width) if width else Bundle(index=last - 1)
        try:
            _read(self.keeper.reader, newest)
        except LogReadError:
            return range(count)
        return range(last, count)

    def _lacking(self, parts: Iterable[Part]) -> Iterator[tuple[Part, bytes]]:
        """Yield the parts that are not there yet, in order, with the source's bytes."""
        lacking = (part for part in parts if not self._holds(part))
        if self.hands is None:
            yield from ((part, _read(self.source, part)) for part in lacking)
            return
        under_way: deque[tuple[Part, Future[bytes]]] = deque()
        try:
            for part in lacking:
                under_way.append((part, self.hands.submit(_read, self.source, part)))
                if len(under_way) == IN_FLIGHT:
                    first, coming = under_way.popleft()
                    yield first, coming.result()
            while under_way:
                first, coming = under_way.popleft()
                yield first, coming.result()
        finally:
            for _, coming in under_way:
                coming.cancel()

    def _holds(self, part: Tile | Bundle) -> bool:
        """Return whether a part is there already, and is what it should be."""
        try:
            self._check(part, _read(self.keeper.reader, part))
        except (AuditError, LogReadError):
            return False
        self._count()
        return True

    def _check(self, part: Tile | Bundle, raw: bytes) -> None:
        """Refuse a part that is not what the tiles say which were checked before it."""
        if isinstance(part, Bundle):
            leaves = _read(self.keeper.reader, self._tile(0, part.index))
            check_bundle(part, raw, tiles.split_tile(leaves, part.width))
        elif part.width < FULL_WIDTH:
            check_edge(part, raw, self.tree.hashes(part))
        else:
            check_tile(part, raw, self._root_of(part))

    def _root_of(self, tile: Tile) -> bytes:
        """Return the root over a full tile, as the tile above it has it."""
        parent = above(tile, self.tree.checkpoint.size)
        if self._parent is None or self._parent[0] != parent:
            raw = _read(self.keeper.reader, parent)
            self._parent = (parent, tiles.split_tile(raw, parent.width))
        return self._parent[1][tile.index % FULL_WIDTH]

    def _tile(self, level: int, index: int) -> Tile:
        """Return a tile of the tree in its width."""
        width = tiles.tile_width(level, index, self.tree.checkpoint.size)
        return Tile(level=level, index=index, width=width)

    def _bundle(self, index: int) -> Bundle:
        """Return a bundle of the log in its width."""
        return Bundle(index=index, width=self._tile(0, index).width)

    def _keep(self, part: Tile | Bundle, raw: bytes) -> None:
        """Keep a part that was fetched and checked."""
        self.keeper.write(part.path, raw)
        self.fetched += 1
        self._count()

    def _count(self) -> None:
        """Tell that one file more is there."""
        self.done += 1
        self.progress(self.done, self.total)


def _kept(keeper: Keeper, opener: Opener, path: str) -> Kept | None:
    """Return a checkpoint of the copy; None where it has none."""
    note = keeper.read(path)
    return None if note is None else Kept(note=note, checkpoint=opener(note))


def _read(reader: LogReader, part: Tile | Bundle) -> bytes:
    """Return the bytes of a part."""
    if isinstance(part, Bundle):
        return reader.entry_bundle(part.index, part.width)
    return reader.tile(part.level, part.index, part.width)


def _indexes(level: int, before: int, size: int) -> range:
    """Return which tiles of a level a tree has new, or wider, than it had at `before` leaves."""
    old, new = before >> (tiles.TILE_HEIGHT * level), size >> (tiles.TILE_HEIGHT * level)
    return range(old // FULL_WIDTH, -(-new // FULL_WIDTH)) if new > old else range(0)


def _prune(keeper: Keeper, before: int, size: int) -> None:
    """Let go of the partial files of a copy of `before` entries that are full by now."""
    for tile in edge_tiles(before):
        if tiles.tile_width(tile.level, tile.index, size) == FULL_WIDTH:
            keeper.prune(tiles.tile_path(tile.level, tile.index))
            if not tile.level:
                keeper.prune(tiles.entries_path(tile.index))
