import hashlib
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle
from relay_protocol.encoding import b64_decode
from relay_protocol.errors import ProofError

SIZES = 130
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(SIZES)]

# The roots over the first one to eight of the common test leaves.
RFC_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

Root = Callable[[Sequence[bytes]], bytes]


@pytest.fixture(scope="session")
def root_of(defined_root: Root) -> Callable[[int, int], bytes]:
    """Return the root over LEAVES[start:end], each worked out once."""

    @cache
    def root(start: int, end: int) -> bytes:
        return defined_root(LEAVES[start:end])

    return root


@pytest.fixture(scope="session")
def node(root_of: Callable[[int, int], bytes]) -> merkle.NodeGetter:
    """Return the complete subtrees over LEAVES, by definition."""
    return lambda level, index: root_of(index << level, (index + 1) << level)


def largest_power_below(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def uniform_node(level: int, _index: int) -> bytes:
    """Return the complete subtree of a tree, of any size, whose leaves are all alike."""
    node = merkle.leaf_hash(b"alike")
    for _ in range(level):
        node = merkle.node_hash(node, node)
    return node


def flipped(hash_: bytes) -> bytes:
    return bytes([hash_[0] ^ 1]) + hash_[1:]


def damaged(path: Sequence[bytes]) -> list[list[bytes]]:
    """Return a path with each of its hashes changed, left out or doubled, and made longer."""
    variants = [[*path, LEAVES[0]], [LEAVES[0], *path]]
    for at, one in enumerate(path):
        rest = path[at + 1 :]
        variants.append([*path[:at], flipped(one), *rest])
        variants.append([*path[:at], *rest])
        variants.append([*path[:at], one, one, *rest])
    return variants


def test_the_empty_tree_has_the_hash_of_nothing_as_root() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.EMPTY_ROOT.hex() == empty
    assert merkle.root([]) == merkle.EMPTY_ROOT
    assert merkle.CompactRange().root() == merkle.EMPTY_ROOT


def test_leaves_and_nodes_are_hashed_under_different_first_bytes() -> None:
    assert merkle.leaf_hash(b"entry") == hashlib.sha256(b"\x00entry").digest()
    left, right = bytes(32), bytes([255] * 32)
    assert merkle.node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_common_leaves_have_the_published_roots(
    rfc_leaves: tuple[bytes, ...], size: int
) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in rfc_leaves[:size]]
    assert merkle.root(leaves).hex() == RFC_ROOTS[size - 1]


@pytest.mark.parametrize("size", range(SIZES + 1))
def test_a_tree_of_any_size_has_the_root_of_the_definition(
    size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    assert merkle.root(LEAVES[:size]) == root_of(0, size)
    assert merkle.tree_root(size, node) == root_of(0, size)


@pytest.mark.parametrize("size", range(SIZES))
def test_a_tree_taken_up_again_at_its_edge_grows_like_one_never_left(
    size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    tree = merkle.CompactRange.of_tree(size, node)
    again = merkle.CompactRange(tree.size, tree.edge)
    again.append(LEAVES[size])
    assert again.size == size + 1
    assert again.root() == root_of(0, size + 1)
    assert tree.size == size
    assert tree.root() == root_of(0, size)


def test_the_edge_holds_complete_subtrees_from_the_largest() -> None:
    tree = merkle.CompactRange()
    for leaf in LEAVES[:7]:
        tree.append(leaf)
    assert tree.edge == [merkle.root(LEAVES[:4]), merkle.root(LEAVES[4:6]), LEAVES[6]]


@pytest.mark.parametrize(
    ("size", "edge"),
    [
        (0, [bytes(32)]),
        (1, []),
        (3, [bytes(32)]),
        (4, [bytes(32), bytes(32)]),
        (1, [bytes(31)]),
        (1, [bytes(33)]),
        (-1, []),
        (2**63, [bytes(32)]),
    ],
)
def test_an_edge_that_is_not_one_of_its_size_is_refused(size: int, edge: list[bytes]) -> None:
    with pytest.raises(ProofError):
        merkle.CompactRange(size, edge)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_leaf_that_is_no_hash_is_refused_and_changes_nothing(length: int) -> None:
    tree = merkle.CompactRange()
    tree.append(LEAVES[0])
    with pytest.raises(ProofError):
        tree.append(bytes(length))
    assert tree.size == 1
    assert tree.root() == LEAVES[0]


def defined_inclusion_path(
    index: int, start: int, end: int, root: Callable[[int, int], bytes]
) -> list[bytes]:
    """Return PATH(index, D[start:end]) of RFC 9162, section 2.1.3.1."""
    if end - start == 1:
        return []
    middle = start + largest_power_below(end - start)
    if start + index < middle:
        return [*defined_inclusion_path(index, start, middle, root), root(middle, end)]
    right = defined_inclusion_path(index - (middle - start), middle, end, root)
    return [*right, root(start, middle)]


@pytest.mark.parametrize("size", range(1, SIZES + 1))
def test_every_leaf_has_the_path_of_the_definition_and_it_is_accepted(
    size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    for index in range(size):
        path = merkle.inclusion_path(index, size, node)
        assert path == defined_inclusion_path(index, 0, size, root_of)
        assert merkle.root_from_path(LEAVES[index], index, size, path) == root_of(0, size)
        merkle.check_inclusion(LEAVES[index], index, size, path, root_of(0, size))


@pytest.mark.parametrize("size", range(1, 34))
def test_a_damaged_inclusion_path_is_refused(
    size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    for index in range(size):
        path = merkle.inclusion_path(index, size, node)
        for variant in damaged(path):
            with pytest.raises(ProofError):
                merkle.check_inclusion(LEAVES[index], index, size, variant, root_of(0, size))


@pytest.mark.parametrize("size", range(2, 34))
def test_an_inclusion_path_proves_no_other_leaf_place_or_root(
    size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    root = root_of(0, size)
    for index in range(size):
        path = merkle.inclusion_path(index, size, node)
        with pytest.raises(ProofError):
            merkle.check_inclusion(flipped(LEAVES[index]), index, size, path, root)
        with pytest.raises(ProofError):
            merkle.check_inclusion(LEAVES[index], (index + 1) % size, size, path, root)
        with pytest.raises(ProofError):
            merkle.check_inclusion(LEAVES[index], index, size, path, root_of(0, size - 1))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (8, 8), (9, 8), (-1, 8), (0, -1)])
def test_a_leaf_outside_the_tree_is_neither_proved_nor_checked(
    index: int, size: int, node: merkle.NodeGetter
) -> None:
    with pytest.raises(ProofError):
        merkle.inclusion_path(index, size, node)
    with pytest.raises(ProofError):
        merkle.root_from_path(LEAVES[0], index, size, [])


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_an_inclusion_proof_of_anything_but_hashes_is_refused(length: int) -> None:
    root = merkle.root(LEAVES[:2])
    merkle.check_inclusion(LEAVES[0], 0, 2, [LEAVES[1]], root)
    with pytest.raises(ProofError):
        merkle.check_inclusion(bytes(length), 0, 2, [LEAVES[1]], root)
    with pytest.raises(ProofError):
        merkle.check_inclusion(LEAVES[0], 0, 2, [bytes(length)], root)
    with pytest.raises(ProofError):
        merkle.check_inclusion(LEAVES[0], 0, 2, [LEAVES[1]], bytes(length))


def defined_consistency_path(
    old_size: int, start: int, end: int, root: Callable[[int, int], bytes], *, known: bool
) -> list[bytes]:
    """Return SUBPROOF(old_size, D[start:end], known) of RFC 9162, section 2.1.4.1."""
    if old_size == end - start:
        return [] if known else [root(start, end)]
    half = largest_power_below(end - start)
    middle = start + half
    if old_size <= half:
        left = defined_consistency_path(old_size, start, middle, root, known=known)
        return [*left, root(middle, end)]
    right = defined_consistency_path(old_size - half, middle, end, root, known=False)
    return [*right, root(start, middle)]


@pytest.mark.parametrize("new_size", range(1, SIZES + 1))
def test_every_older_tree_has_the_path_of_the_definition_and_it_is_accepted(
    new_size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    for old_size in range(1, new_size + 1):
        path = merkle.consistency_path(old_size, new_size, node)
        assert path == defined_consistency_path(old_size, 0, new_size, root_of, known=True)
        merkle.check_consistency(
            old_size, root_of(0, old_size), new_size, root_of(0, new_size), path
        )


@pytest.mark.parametrize("new_size", range(2, 34))
def test_a_damaged_consistency_path_is_refused(
    new_size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    new_root = root_of(0, new_size)
    for old_size in range(1, new_size):
        path = merkle.consistency_path(old_size, new_size, node)
        for variant in [*damaged(path), []]:
            with pytest.raises(ProofError):
                merkle.check_consistency(
                    old_size, root_of(0, old_size), new_size, new_root, variant
                )


@pytest.mark.parametrize("new_size", range(2, 34))
def test_a_consistency_path_proves_no_other_root(
    new_size: int, root_of: Callable[[int, int], bytes], node: merkle.NodeGetter
) -> None:
    new_root = root_of(0, new_size)
    for old_size in range(1, new_size):
        old_root = root_of(0, old_size)
        path = merkle.consistency_path(old_size, new_size, node)
        with pytest.raises(ProofError):
            merkle.check_consistency(old_size, flipped(old_root), new_size, new_root, path)
        with pytest.raises(ProofError):
            merkle.check_consistency(old_size, old_root, new_size, flipped(new_root), path)
        with pytest.raises(ProofError):
            merkle.check_consistency(old_size, old_root, new_size + 64, new_root, path)


def test_a_rewritten_history_is_refused(node: merkle.NodeGetter) -> None:
    rewritten = [LEAVES[0], LEAVES[2], LEAVES[1], *LEAVES[3:8]]
    path = merkle.consistency_path(5, 8, node)
    with pytest.raises(ProofError):
        merkle.check_consistency(5, merkle.root(LEAVES[:5]), 8, merkle.root(rewritten), path)


def test_every_tree_continues_the_empty_one_by_the_empty_path(node: merkle.NodeGetter) -> None:
    root = merkle.root(LEAVES[:8])
    assert merkle.consistency_path(0, 8, node) == []
    merkle.check_consistency(0, merkle.EMPTY_ROOT, 8, root, [])
    merkle.check_consistency(0, merkle.EMPTY_ROOT, 0, merkle.EMPTY_ROOT, [])
    with pytest.raises(ProofError):
        merkle.check_consistency(0, merkle.EMPTY_ROOT, 8, root, [root])
    with pytest.raises(ProofError):
        merkle.check_consistency(0, root, 8, root, [])
    with pytest.raises(ProofError):
        merkle.check_consistency(0, root, 0, root, [])


def test_a_tree_continues_itself_by_the_empty_path_and_no_other(node: merkle.NodeGetter) -> None:
    root = merkle.root(LEAVES[:8])
    assert merkle.consistency_path(8, 8, node) == []
    merkle.check_consistency(8, root, 8, root, [])
    with pytest.raises(ProofError):
        merkle.check_consistency(8, root, 8, root, [root])
    with pytest.raises(ProofError, match="two roots of one size"):
        merkle.check_consistency(8, root, 8, flipped(root), [])


@pytest.mark.parametrize(("old_size", "new_size"), [(2, 1), (1, 0), (-1, 1), (1, 2**63)])
def test_a_tree_that_shrinks_is_neither_proved_nor_checked(
    old_size: int, new_size: int, node: merkle.NodeGetter
) -> None:
    with pytest.raises(ProofError):
        merkle.consistency_path(old_size, new_size, node)
    with pytest.raises(ProofError):
        merkle.check_consistency(old_size, LEAVES[0], new_size, LEAVES[0], [])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_consistency_proof_of_anything_but_hashes_is_refused(length: int) -> None:
    old, new, path = LEAVES[0], merkle.root(LEAVES[:2]), [LEAVES[1]]
    merkle.check_consistency(1, old, 2, new, path)
    for arguments in (
        (1, bytes(length), 2, new, path),
        (1, old, 2, bytes(length), path),
        (1, old, 2, new, [bytes(length)]),
        (2, bytes(length), 2, bytes(length), []),
    ):
        with pytest.raises(ProofError):
            merkle.check_consistency(*arguments)


def test_the_published_paths_are_made_and_accepted(
    rfc_leaves: tuple[bytes, ...], vectors: dict[str, str | list[str]]
) -> None:
    inclusion = list(map(b64_decode, vectors["inclusion_2_of_8"]))
    consistency = list(map(b64_decode, vectors["consistency_3_to_8"]))
    old_root, root = (bytes.fromhex(RFC_ROOTS[size - 1]) for size in (3, 8))
    leaves = [merkle.leaf_hash(leaf) for leaf in rfc_leaves]

    def node(level: int, index: int) -> bytes:
        return merkle.root(leaves[index << level : (index + 1) << level])

    assert merkle.inclusion_path(2, 8, node) == inclusion
    merkle.check_inclusion(leaves[2], 2, 8, inclusion, root)
    assert merkle.consistency_path(3, 8, node) == consistency
    merkle.check_consistency(3, old_root, 8, root, consistency)


@given(st.data(), st.integers(1, merkle.MAX_SIZE))
def test_paths_in_trees_of_any_size_are_short_and_accepted(data: st.DataObject, size: int) -> None:
    nodes = cache(uniform_node)
    index = data.draw(st.integers(0, size - 1))
    root = merkle.tree_root(size, nodes)
    path = merkle.inclusion_path(index, size, nodes)
    assert len(path) <= (size - 1).bit_length()
    merkle.check_inclusion(nodes(0, index), index, size, path, root)

    old_size = index + 1
    path = merkle.consistency_path(old_size, size, nodes)
    assert len(path) <= (size - 1).bit_length() + 1
    merkle.check_consistency(old_size, merkle.tree_root(old_size, nodes), size, root, path)


@given(
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    st.lists(st.binary(min_size=30, max_size=34) | st.just(bytes(32)), max_size=70),
)
def test_whatever_is_offered_as_a_proof_is_accepted_or_refused_and_no_crash(
    first: int, second: int, path: list[bytes]
) -> None:
    with pytest.raises(ProofError):
        merkle.check_inclusion(LEAVES[0], first, second, path, LEAVES[1])
    with pytest.raises(ProofError):
        merkle.check_consistency(first, LEAVES[0], second, LEAVES[1], path)
