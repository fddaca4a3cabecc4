"""The Merkle tree over the ledger's entries: roots, and proofs of inclusion and consistency."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from relay_protocol.errors import ProofError

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeGetter: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index), over 2^level leaves from index·2^level."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry's bytes as a leaf (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a growing tree: all that appending and the root need.

    `size` counts the leaves so far; `edge` holds the roots of the largest complete subtrees,
    from the left, one for each bit of `size` that is set.
    """

    __slots__ = ("edge", "size")

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        """Take up a tree of `size` leaves again at its edge, or begin an empty one.

        Raises:
            ProofError: the edge has not one 32-byte hash for each bit set in size.
        """
        self.size = size
        self.edge = list(edge)
        _require_size(size)
        _require_hashes(self.edge)
        if len(self.edge) != size.bit_count():
            raise ProofError(f"{len(self.edge)} hashes are not the edge of a tree of {size}")

    @classmethod
    def of_tree(cls, size: int, node: NodeGetter) -> "CompactRange":
        """Return the edge of a tree of `size` leaves, read from its complete subtrees."""
        _require_size(size)
        return cls(size, [node(level, index) for level, index in _complete_subtrees(0, size)])

    def append(self, leaf: bytes) -> None:
        """Put a leaf_hash() at the end of the tree.

        Raises:
            ProofError: the hash has not 32 bytes.
        """
        _require_hashes((leaf,))
        carry = self.size
        while carry & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            carry >>= 1
        self.edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it stands, 32 bytes."""
        return _fold(self.edge)


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf_hash() values, 32 bytes (RFC 9162, section 2.1.1).

    Raises:
        ProofError: a hash has not 32 bytes.
    """
    row = list(leaves)
    _require_hashes(row)
    while len(row) > 1:
        # Whoever stands alone at the end is paired in a higher row.
        alone = row[-1:] if len(row) % 2 else []
        row = [*map(node_hash, row[::2], row[1::2]), *alone]
    return row[0] if row else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: NodeGetter) -> list[bytes]:
    """Return the path that proves the leaf at `index` to a tree's root (RFC 9162, 2.1.3.1).

    Args:
        index: the leaf's place, 0 <= index < size.
        size: the number of leaves of the tree proved to.
        node: gives hashes of that tree's complete subtrees.

    Raises:
        ProofError: index lies outside the tree.
    """
    _require_place(index, size)
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old_size: int, new_size: int, node: NodeGetter) -> list[bytes]:
    """Return the path that proves an older tree to be the start of a newer one (2.1.4.1).

    It is empty where the older tree has no leaf, or all of them.

    Args:
        old_size: the number of leaves of the older tree, at most new_size.
        new_size: the number of leaves of the newer tree.
        node: gives hashes of the newer tree's complete subtrees.

    Raises:
        ProofError: the older tree would be the larger one.
    """
    _require_growth(old_size, new_size)
    if old_size in {0, new_size}:
        return []
    path = []
    start, end = 0, new_size
    while end != old_size:
        middle = _split(start, end)
        if old_size <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    if start:  # else the old tree is complete, and its root is known to who checks
        path.append(_range_root(start, end, node))
    return path[::-1]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that an inclusion path implies (RFC 9162, section 2.1.3.2).

    Args:
        leaf: leaf_hash() of the entry, 32 bytes.
        index: the entry's place in the ledger, 0 <= index < size.
        size: the number of leaves of the tree proved to.
        path: sibling hashes of 32 bytes each, from the leaf up to the root.

    Raises:
        ProofError: index lies outside the tree, or path does not fit its place.
    """
    _require_place(index, size)
    _require_hashes((leaf, *path))
    place, last = index, size - 1
    result = leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion path is too long")
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the inclusion path is too short")
    return result


def check_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes
) -> None:
    """Return if a path proves the leaf at `index` to the expected root (2.1.3.2).

    Raises:
        ProofError: it does not.
    """
    _require_hashes((expected_root,))
    if root_from_path(leaf, index, size, path) != expected_root:
        raise ProofError(f"the path does not lead from leaf {index} to the root of {size}")


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Return if a path proves the older tree to be the start of the newer one (2.1.4.2).

    Between trees of one size, and from the empty tree, only the empty path is right.

    Raises:
        ProofError: it does not, or a root has not 32 bytes.
    """
    _require_growth(old_size, new_size)
    _require_hashes((old_root, new_root, *path))
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofError("this is not the root of the empty tree")
    if old_size == new_size and old_root != new_root:
        raise ProofError(f"two roots of one size, {new_size}")
    if old_size in {0, new_size}:
        if path:
            raise ProofError("the consistency path should be empty")
        return
    implied_old, implied_new = _roots_from_path(old_size, old_root, new_size, path)
    if implied_old != old_root:
        raise ProofError(f"the path does not lead to the root of {old_size}")
    if implied_new != new_root:
        raise ProofError(f"the path does not lead to the root of {new_size}")


def _roots_from_path(
    old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return both roots that a consistency path implies, 0 < old_size < new_size."""
    # A complete old tree is a node of the new one: the path leaves it out.
    hashes = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    if not hashes:
        raise ProofError("the consistency path is too short")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("the consistency path is too long")
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the consistency path is too short")
    return old, new


def tree_root(size: int, node: NodeGetter) -> bytes:
    """Return the root of a tree of `size` leaves, read from its complete subtrees."""
    return CompactRange.of_tree(size, node).root()


def _split(start: int, end: int) -> int:
    """Return where the node over leaves [start, end) parts: after 2^k, the largest below n."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _range_root(start: int, end: int, node: NodeGetter) -> bytes:
    """Return the hash of the node over leaves [start, end), complete or not."""
    return _fold([node(level, index) for level, index in _complete_subtrees(start, end)])


def _complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return (level, index) of the complete subtrees of the node over [start, end), from left."""
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        subtrees.append((level, start >> level))
        start += 1 << level
    return subtrees


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees of falling size, or that of the empty tree."""
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def _require_size(size: int) -> None:
    """Refuse a size that no tree can have."""
    if not 0 <= size <= MAX_SIZE:
        raise ProofError(f"no tree has {size} leaves")


def _require_place(index: int, size: int) -> None:
    """Refuse an index outside the tree."""
    _require_size(size)
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} lies outside a tree of {size}")


def _require_growth(old_size: int, new_size: int) -> None:
    """Refuse a newer tree that is smaller than the older."""
    _require_size(new_size)
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {old_size} cannot grow to {new_size}")


def _require_hashes(hashes: Iterable[bytes]) -> None:
    """Refuse what is not a SHA-256 hash by its length."""
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError("a hash has not 32 bytes")
