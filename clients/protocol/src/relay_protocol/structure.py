"""The ledger's own bytes: checkpoint, history, entries, tree and tiles, without any reveal."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import closing
from typing import TypeAlias

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogReadError, ProofError, TileError
from relay_protocol.findings import Telling
from relay_protocol.ledger_copy import Copy, Frontier, Trunk
from relay_protocol.log_reader import LogReader
from relay_protocol.merkle import HASH_BYTES
from relay_protocol.note import Checkpoint
from relay_protocol.scan import RUN_ENTRIES, Run, scan
from relay_protocol.tiles import FULL_WIDTH, TILE_HEIGHT, Tile
from relay_protocol.trust import Trust, open_checkpoint
from relay_protocol.walk import Walk

HISTORY, ENTRIES, TILES = 2, 3, 4
IN_FLIGHT = 8
"""Runs that are given to other processes before the first of them is asked for."""

_Scanned: TypeAlias = tuple[int, int, Run | None]
"""The first entry of a run, the one after its last, and what scan() has found of it."""


def check_structure(
    source: LogReader,
    trust: Trust,
    earlier: Sequence[Checkpoint],
    tell: Telling,
    *,
    since: Frontier | None = None,
    hands: Executor | None = None,
) -> Copy:
    """Return the ledger of a source, once parts 1 to 4 of the plan hold.

    Args:
        source: where its files are; with hands it must be one that can be sent to them.
        trust: whom the auditor believes about its checkpoint.
        earlier: every checkpoint of it that was seen before.
        tell: takes down what holds, and how far it is.
        since: where an earlier, sound audit ended: what it has checked is not read again.
        hands: other processes to go through entries side by side; what is found is the same.

    Raises:
        AuditError: something does not hold.
        LogReadError: a file cannot be read, or another process has ended.
    """
    raw = source.checkpoint()
    log, checkpoint = open_checkpoint(raw, source, trust, tell)
    begun = since or Frontier()
    seen = [*earlier, Checkpoint(origin=log.name, size=begun.size, root=begun.root)]
    _check_history(source, checkpoint, seen if since else earlier, tell)
    survey = _Survey(source, checkpoint, begun, tell)
    end = survey.check_entries(hands)
    tell.establish(ENTRIES, "entries-follow", {"size": checkpoint.size})
    tell.establish(TILES, "tiles-recomputed", {"tiles": survey.check_tiles()})
    return Copy(log=log, checkpoint=checkpoint, note=raw, trunk=survey.trunk, end=end)


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


class _Survey:
    """One pass over a ledger's files, from where an earlier audit ended to the last tile.

    Attributes:
        trunk: the tree over the entries.
    """

    def __init__(
        self, source: LogReader, checkpoint: Checkpoint, begun: Frontier, tell: Telling
    ) -> None:
        self.trunk = Trunk(source, checkpoint, begun)
        self._source = source
        self._checkpoint = checkpoint
        self._begun = begun
        self._tell = tell
        self._walk = Walk(source, checkpoint)

    def check_entries(self, hands: Executor | None) -> Frontier:
        """Return the ledger's end, once each entry follows the one before and is a leaf."""
        size, prev, last = self._checkpoint.size, self._begun.prev, b""
        with closing(self._scanned(hands)) as scanned:
            for start, end, found in scanned:
                self._tell.progress(ENTRIES, start, size)
                run = found
                if run is None or run.first_prev != prev:
                    run = self._walk.run(start, end, prev)
                self.trunk.add(run)
                last, prev = run.last, chain.link(run.last)
        if self.trunk.root(size) != self._checkpoint.root:
            raise AuditError(ENTRIES, "root-differs")
        if not last:
            return self._begun
        edge = merkle.CompactRange.of_tree(size, self.trunk.node).edge
        return Frontier(size=size, edge=tuple(edge), prev=prev, day=Entry.decode(last).day)

    def check_tiles(self) -> int:
        """Return how many tiles there are, all of which are what the entries make of them."""
        if self._walk.tile_fault is not None:
            raise self._walk.tile_fault
        count = 0
        for tile in tiles.new_tiles(self._begun.size, self._checkpoint.size):
            count += 1
            if tile.level:
                self._check_tile(tile, self._source.tile(tile.level, tile.index, tile.width))
        for path in self._source.paths():
            self._check_file(path)
        return count

    def _scanned(self, hands: Executor | None) -> Generator[_Scanned, None, None]:
        """Yield what scan() finds of each run of entries, in their order."""
        source, size = self._source, self._checkpoint.size
        runs = _runs(self._begun.size, size)
        if hands is None or size - self._begun.size <= RUN_ENTRIES:
            for start, end in runs:
                yield start, end, scan(source, size, start, end)
            return
        waiting: deque[tuple[int, int, Future[Run | None]]] = deque()
        try:
            for start, end in runs:
                waiting.append((start, end, hands.submit(scan, source, size, start, end)))
                if len(waiting) == IN_FLIGHT:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        except BrokenExecutor as error:
            raise LogReadError("a process that was to read the ledger has ended") from error
        finally:
            for _, _, one in waiting:
                one.cancel()

    def _check_tile(self, tile: Tile, served: bytes) -> None:
        """Refuse a tile that is not what the entries make of it, and name the first of them."""
        if tile.level == 0:
            own, known = b"".join(self.trunk.leaves(tile.index)[: tile.width]), 0
        else:
            level, first = TILE_HEIGHT * (tile.level - 1), tile.index * FULL_WIDTH
            known = max(0, self.trunk.crown.first(level) - first)
            own = self.trunk.crown.run(level, first + known, tile.width - known)
        start = known * HASH_BYTES
        if served[start:] == own and self._bears_out_frontier(tile, served[:start]):
            return
        places = range(start, tile.width * HASH_BYTES, HASH_BYTES)
        differs = (
            at
            for at in places
            if served[at : at + HASH_BYTES] != own[at - start : at - start + HASH_BYTES]
        )
        last = tile.width - 1 if served[start:] != own else 0
        at = next(differs, last * HASH_BYTES) // HASH_BYTES
        seq = (tile.index * FULL_WIDTH + at) << (TILE_HEIGHT * tile.level)
        raise AuditError(TILES, "tile-changed", seq=seq, detail=tile.path)

    def _bears_out_frontier(self, tile: Tile, served: bytes) -> bool:
        """Return whether hashes that an earlier audit has checked are still those of its edge."""
        at, crown = 0, self.trunk.crown
        for level in reversed(range(TILE_HEIGHT)):
            height = TILE_HEIGHT * (tile.level - 1) + level
            count = HASH_BYTES << level
            if at + count <= len(served):
                edge = crown.node(height, (self._begun.size >> TILE_HEIGHT >> height) - 1)
                hashes = tiles.split_tile(served[at : at + count], 1 << level)
                if merkle.root(hashes) != edge:
                    return False
                at += count
        return at == len(served)

    def _check_file(self, path: str) -> None:
        """Refuse a file that is no part of this ledger, or another part than it says."""
        told = path if path.isprintable() else ascii(path)
        try:
            part = tiles.parse_path(path)
        except TileError as error:
            raise AuditError(TILES, "file-unknown", detail=told) from error
        level = part.level if isinstance(part, Tile) else 0
        width = tiles.tile_width(level, part.index, self._checkpoint.size)
        if part.width > width:
            raise AuditError(TILES, "file-beyond", detail=told)
        first = part.index * FULL_WIDTH
        if part.width == width or (first + part.width) << TILE_HEIGHT * level <= self._begun.size:
            return  # it was read already, in this audit or the one before
        raw = self._source.file(path)
        if isinstance(part, Tile):
            self._check_tile(part, raw)
            return
        try:
            leaves = list(map(merkle.leaf_hash, tiles.decode_bundle(raw, part.width)))
        except TileError as error:
            raise AuditError(TILES, "bytes-beyond", detail=told) from error
        if leaves != self.trunk.leaves(part.index)[: part.width]:
            raise AuditError(TILES, "bundle-changed", seq=first, detail=told)


def _runs(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs in which entries are gone through, cut where their numbers are round."""
    while start < end:
        cut = min(end, (start // RUN_ENTRIES + 1) * RUN_ENTRIES)
        yield start, cut
        start = cut


def _next(waiting: deque[tuple[int, int, Future[Run | None]]]) -> _Scanned:
    """Return what was found of the run that was given away first."""
    start, end, found = waiting.popleft()
    return start, end, found.result()
