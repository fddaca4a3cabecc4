from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle, tiles
from relay_protocol.errors import ProofError
from relay_protocol.grown_tree import GrownTree

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(600)]

Root = Callable[[Sequence[bytes]], bytes]


def grown(size: int, since: int = 0) -> GrownTree:
    """Return a tree of a size, which was taken up again at an earlier one."""
    start = merkle.CompactRange()
    for leaf in LEAVES[:since]:
        start.append(leaf)
    tree = GrownTree(since, start.edge)
    for leaf in LEAVES[since:size]:
        tree.append(leaf)
    return tree


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 600])
def test_a_grown_tree_has_a_root_for_every_size(size: int, defined_root: Root) -> None:
    assert grown(600).root(size) == defined_root(LEAVES[:size])


def test_a_grown_tree_has_the_tiles_that_growing_writes() -> None:
    tree = grown(600)
    written = tiles.grow(lambda *_: b"", 0, LEAVES)
    assert {tile: tree.tile(tile) for tile in written} == written


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
def test_a_tree_taken_up_again_is_the_same_tree(one: int, two: int, three: int) -> None:
    since, middle, size = sorted((one, two, three))
    whole, resumed = grown(size), grown(size, since)
    assert resumed.root(size) == whole.root(size)
    for level in range(size.bit_length()):
        first, count = resumed.first(level), size >> level
        assert first <= since >> level
        assert resumed.run(level, first, count - first) == whole.run(level, first, count - first)
    if middle >= since and middle.bit_count() <= 1 and resumed.holds(0, middle - 1):
        assert resumed.node(0, middle - 1) == whole.node(0, middle - 1)


def test_of_a_tree_taken_up_again_only_what_came_since_is_kept() -> None:
    tree = grown(600, since=512)
    assert tree.holds(9, 0)
    assert tree.node(9, 0) == grown(600).node(9, 0)
    assert tree.node(0, 512) == LEAVES[512]
    for level, index in ((0, 511), (8, 1), (8, 2), (0, 600), (10, 0)):
        assert not tree.holds(level, index)
        with pytest.raises(ProofError):
            tree.node(level, index)


def test_an_edge_of_another_size_is_refused() -> None:
    assert GrownTree(2, [bytes(32)]).root(2) == bytes(32)
    for size, edge in ((3, [bytes(32)]), (0, [bytes(32)]), (2, [bytes(31)]), (-1, [])):
        with pytest.raises(ProofError):
            GrownTree(size, edge)


@pytest.mark.parametrize("size", [-1, 4])
def test_a_size_that_the_tree_has_not_reached_has_no_root(size: int) -> None:
    tree = grown(3)
    assert tree.root(3) == merkle.root(LEAVES[:3])
    with pytest.raises(ProofError):
        tree.root(size)
