"""A copy that was checked: what it gives is what was checked, or a refusal."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay_protocol import chain, merkle, tiles
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogReadError, ProofError
from relay_protocol.findings import Telling
from relay_protocol.ledger_copy import Copy, Frontier
from relay_protocol.log_reader import FolderReader
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from tests.story import long_ledger
from tests.story.hand_audit import silent
from tests.story.long_ledger import LOG_KEY

SIZE, BEGUN = 1_500, 700
WRITTEN = list(long_ledger.entries(SIZE))
LEAVES = list(map(merkle.leaf_hash, WRITTEN))


def frontier_at(size: int) -> Frontier:
    """Return the edge of the first entries, from its definition."""
    edge = merkle.CompactRange()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    if not size:
        return Frontier()
    last = Entry.decode(WRITTEN[size - 1])
    prev = chain.link(WRITTEN[size - 1])
    return Frontier(size=size, edge=tuple(edge.edge), prev=prev, day=last.day)


def check(folder: Path, since: Frontier | None = None) -> Copy:
    trust = Trust(logs=(LOG_KEY.verifier,))
    return check_structure(FolderReader(folder), trust, (), Telling(silent), since=since)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "ledger"
    long_ledger.write_out(folder, iter(WRITTEN))
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "ledger"))


@pytest.fixture(params=[0, BEGUN, SIZE])
def copy(request: pytest.FixtureRequest, folder: Path) -> Copy:
    """Return a copy checked whole, in part, or not again because there was nothing new."""
    return check(folder, frontier_at(request.param))


def test_a_frontier_is_where_the_next_audit_begins(copy: Copy) -> None:
    assert copy.frontier() == frontier_at(SIZE)
    assert copy.frontier().root == copy.checkpoint.root == merkle.root(LEAVES)


def test_the_edge_of_nothing_is_a_frontier_too() -> None:
    assert Frontier() == frontier_at(0)
    assert Frontier().root == merkle.EMPTY_ROOT


def test_an_edge_that_is_not_one_of_its_size_is_refused() -> None:
    assert Frontier(size=2, edge=(bytes(32),)).root == bytes(32)
    for size, edge in ((1, ()), (2, (bytes(32),) * 2), (2, (bytes(31),)), (-1, ())):
        with pytest.raises(ProofError):
            Frontier(size=size, edge=edge)


def test_entries_are_read_again_from_any_place(copy: Copy) -> None:
    for start in (0, 1, 255, 256, BEGUN - 1, BEGUN, SIZE - 1, SIZE):
        assert list(copy.entries(start)) == list(map(Entry.decode, WRITTEN[start:]))


@pytest.mark.parametrize("seq", [0, 255, 256, BEGUN - 1, BEGUN, SIZE - 1])
def test_each_entry_and_its_leaf_are_found(copy: Copy, seq: int) -> None:
    assert copy.entry(seq) == Entry.decode(WRITTEN[seq])
    assert copy.leaf(seq) == LEAVES[seq]


@pytest.mark.parametrize("seq", [-1, SIZE])
def test_there_is_no_entry_beyond(copy: Copy, seq: int) -> None:
    with pytest.raises(ProofError):
        copy.entry(seq)
    with pytest.raises(ProofError):
        copy.leaf(seq)


def test_every_size_has_its_root_and_a_larger_one_none(copy: Copy) -> None:
    for size in (0, 1, 2, 255, 256, 257, BEGUN - 1, BEGUN, BEGUN + 1, 1_280, SIZE):
        assert copy.root(size) == merkle.root(LEAVES[:size])
    with pytest.raises(ProofError):
        copy.root(SIZE + 1)


def test_its_nodes_prove_what_the_tree_proves(copy: Copy) -> None:
    for seq in (0, 300, BEGUN, SIZE - 1):
        path = merkle.inclusion_path(seq, SIZE, copy.trunk.node)
        merkle.check_inclusion(LEAVES[seq], seq, SIZE, path, copy.checkpoint.root)


def bundle_of(folder: Path, seq: int) -> Path:
    index = seq // tiles.FULL_WIDTH
    return folder / tiles.entries_path(index, tiles.tile_width(0, index, SIZE))


@pytest.mark.parametrize("seq", [3, BEGUN, SIZE - 1])
def test_bytes_that_changed_since_are_refused(folder: Path, copy: Copy, seq: int) -> None:
    bundle = bundle_of(folder, seq)
    raw = bundle.read_bytes()
    for changed in (raw[:60] + b"#" + raw[61:], raw[:-1], raw + b"\x00", raw[:1]):
        bundle.write_bytes(changed)
        with pytest.raises(AuditError) as refusal:
            copy.entry(seq)
        found = (refusal.value.part, refusal.value.code, refusal.value.seq)
        assert found == (3, "source-changed", seq // 256 * 256)
    bundle.write_bytes(raw)
    assert copy.entry(seq) == Entry.decode(WRITTEN[seq])


def test_bytes_that_changed_since_end_what_is_being_read(folder: Path, copy: Copy) -> None:
    reading: Iterator[Entry] = copy.entries()
    assert next(reading) == Entry.decode(WRITTEN[0])
    bundle_of(folder, 256).write_bytes(b"\x00\x01x")
    with pytest.raises(AuditError, match="source-changed"):
        list(reading)


def test_bytes_that_are_gone_cannot_be_read(folder: Path, copy: Copy) -> None:
    bundle_of(folder, 0).unlink()
    with pytest.raises(LogReadError):
        copy.entry(0)


def test_old_tiles_that_changed_since_the_earlier_audit_prove_nothing(folder: Path) -> None:
    copy = check(folder, frontier_at(BEGUN))
    assert copy.root(100) == merkle.root(LEAVES[:100])
    tile = folder / tiles.tile_path(0, 0)
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    again = check(folder, frontier_at(BEGUN))
    for ask in (lambda: again.root(100), lambda: again.entry(3), lambda: again.leaf(0)):
        with pytest.raises(AuditError):
            ask()


@settings(max_examples=20)
@given(st.lists(st.integers(0, SIZE), max_size=3).map(sorted))
def test_an_audit_in_steps_comes_to_the_same_end(pristine: Path, steps: list[int]) -> None:
    """Audit up to each size in turn; the folder holds all, so every size is a full ledger."""
    reader = FolderReader(pristine)
    found = Frontier()
    for size in (*steps, SIZE):
        source = _Earlier(reader, size)
        trust = Trust(logs=(LOG_KEY.verifier,))
        if size:
            copy = check_structure(source, trust, (), Telling(silent), since=found)
            found = copy.frontier()
        assert found == frontier_at(size)


class _Earlier:
    """A ledger as it was when it had fewer entries."""

    def __init__(self, source: FolderReader, size: int) -> None:
        self._source = source
        self._size = size

    def checkpoint(self) -> bytes:
        return long_ledger.signed(self._size, merkle.root(LEAVES[: self._size]))

    def tile(self, level: int, index: int, width: int) -> bytes:
        kept = tiles.tile_width(level, index, SIZE)
        return self._source.tile(level, index, kept)[: 32 * width]

    def entry_bundle(self, index: int, width: int) -> bytes:
        kept = tiles.tile_width(0, index, SIZE)
        held = tiles.decode_bundle(self._source.entry_bundle(index, kept), kept)
        return tiles.encode_bundle(held[:width])

    def paths(self) -> tuple[str, ...]:
        return ()

    def file(self, path: str) -> bytes:
        return self._source.file(path)
