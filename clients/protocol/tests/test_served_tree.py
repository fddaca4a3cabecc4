"""A served tree is read from its root downwards, and no hash counts that the root denies."""

import pytest

from relay_protocol import merkle
from relay_protocol.errors import AuditError, LogMissingError
from relay_protocol.note import Checkpoint
from relay_protocol.served_tree import MAX_HELD, ServedTree, above, edge_tiles
from relay_protocol.tiles import Tile
from tests.story.plain_log import NAME, PlainLog

SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537]


def served(log: PlainLog) -> ServedTree:
    size = len(log.entries)
    return ServedTree(log, Checkpoint(origin=NAME, size=size, root=log.root()))


@pytest.mark.parametrize(
    ("size", "edge"),
    [
        (0, []),
        (1, [(0, 0, 1)]),
        (255, [(0, 0, 255)]),
        (256, [(1, 0, 1)]),
        (257, [(0, 1, 1), (1, 0, 1)]),
        (65_536, [(2, 0, 1)]),
        (65_537, [(0, 256, 1), (2, 0, 1)]),
        (70_000, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]),
    ],
)
def test_the_edge_of_a_tree_are_its_tiles_that_are_not_full(
    size: int, edge: list[tuple[int, int, int]]
) -> None:
    assert [(one.level, one.index, one.width) for one in edge_tiles(size)] == edge


@pytest.mark.parametrize("size", SIZES)
def test_nodes_are_those_of_the_tree(size: int) -> None:
    log = PlainLog.of(size)
    tree = served(log)
    leaves = list(map(merkle.leaf_hash, log.entries))
    for index in {0, size // 2, size - 1}:
        assert tree.node(0, index) == leaves[index]
    height = size.bit_length() - 1
    assert tree.node(height, 0) == merkle.root(leaves[: 1 << height])


def test_the_empty_tree_needs_no_tile() -> None:
    assert served(PlainLog.of(0)).checkpoint.size == 0
    with pytest.raises(AuditError) as refused:
        ServedTree(PlainLog.of(0), Checkpoint(origin=NAME, size=0, root=bytes(32)))
    assert refused.value.code == "tile-changed"


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_false_tile_at_the_edge_is_found_at_once(path: str) -> None:
    log = PlainLog.of(300)
    log.files[path] = bytes(len(log.files[path]))
    with pytest.raises(AuditError) as refused:
        served(log)
    assert (refused.value.part, refused.value.code) == (4, "tile-changed")


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(32 * 45)])
def test_a_tile_of_another_length_is_refused(raw: bytes) -> None:
    log = PlainLog.of(300)
    log.files["tile/0/001.p/44"] = raw
    with pytest.raises(AuditError) as refused:
        served(log)
    assert (refused.value.code, refused.value.seq) == ("tile-changed", 256)


def test_a_false_tile_below_is_found_by_the_tile_above() -> None:
    log = PlainLog.of(70_000)
    honest = log.files["tile/1/000"]
    tree = served(log)
    log.files["tile/1/000"] = bytes(32) + honest[32:]
    with pytest.raises(AuditError) as refused:
        tree.node(0, 300)
    assert refused.value.detail == "tile/1/000"
    log.files["tile/1/000"] = honest
    assert tree.node(0, 300) == merkle.leaf_hash(log.entries[300])
    log.files["tile/0/002"] = bytes(256 * 32)
    with pytest.raises(AuditError) as refused:
        tree.node(0, 600)
    assert (refused.value.detail, refused.value.seq) == ("tile/0/002", 512)


def test_a_tile_is_read_once() -> None:
    log = PlainLog.of(600)
    tree = served(log)
    for index in range(300):
        tree.node(0, index)
    assert log.asked.count("tile/0/000") == 1


def test_only_so_many_tiles_are_held() -> None:
    assert MAX_HELD * 256 * 32 < 10_000_000


def test_a_missing_tile_is_no_false_one() -> None:
    log = PlainLog.of(600)
    tree = served(log)
    del log.files["tile/0/000"]
    with pytest.raises(LogMissingError):
        tree.node(0, 0)


def test_the_tile_above_has_the_width_that_the_tree_gives_it() -> None:
    assert above(Tile(level=0, index=1), 70_000) == Tile(level=1, index=0)
    assert above(Tile(level=0, index=272), 70_000) == Tile(level=1, index=1, width=17)
