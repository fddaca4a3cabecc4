"""A Merkle tree that keeps its complete subtrees, so that every size of it has a root."""

from collections.abc import Iterable

from relay_protocol import merkle, tiles
from relay_protocol.errors import ProofError
from relay_protocol.merkle import HASH_BYTES


class GrownTree:
    """The complete subtrees of a growing tree: all of them, or those from some size on.

    Each level is one run of bytes, so that a leaf costs 64 bytes and no object.
    """

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        """Begin an empty tree, or take one of `size` leaves up again at its edge.

        Raises:
            ProofError: the edge is not one of a tree of this size.
        """
        start = merkle.CompactRange(size, edge)
        self.size = size
        self._first: list[int] = []
        self._rows: list[bytearray] = []
        hashes = list(start.edge)
        for level in range(size.bit_length()):
            count = size >> level
            self._first.append(count - count % 2)
            self._rows.append(bytearray(hashes.pop() if count % 2 else b""))

    def append(self, leaf: bytes) -> None:
        """Put a leaf_hash() at the end."""
        level, index, complete = 0, self.size, leaf
        self.size += 1
        while True:
            if level == len(self._rows):
                self._first.append(0)
                self._rows.append(bytearray())
            row = self._rows[level]
            row += complete
            if index % 2 == 0:
                return
            complete = merkle.node_hash(bytes(row[-2 * HASH_BYTES : -HASH_BYTES]), complete)
            level, index = level + 1, index // 2

    def holds(self, level: int, index: int) -> bool:
        """Return whether the root of the complete subtree (level, index) is kept."""
        return level < len(self._rows) and 0 <= self._at(level, index) < len(self._rows[level])

    def node(self, level: int, index: int) -> bytes:
        """Return the root of the complete subtree (level, index).

        Raises:
            ProofError: it is not kept, or not complete.
        """
        if not self.holds(level, index):
            raise ProofError(f"no subtree ({level}, {index}) is kept")
        at = self._at(level, index)
        return bytes(self._rows[level][at : at + HASH_BYTES])

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves.

        Raises:
            ProofError: the tree has not so many, or the size lies before what is kept.
        """
        return merkle.tree_root(size, self.node)

    def first(self, level: int) -> int:
        """Return the number of the first subtree of a level that is kept."""
        return self._first[level] if level < len(self._first) else 0

    def run(self, level: int, first: int, count: int) -> bytes:
        """Return the roots of `count` complete subtrees of a level, the first of them kept."""
        at = self._at(level, first)
        return bytes(self._rows[level][at : at + count * HASH_BYTES])

    def tile(self, tile: tiles.Tile) -> bytes:
        """Return the bytes that a tile of this tree has."""
        return self.run(tile.level * tiles.TILE_HEIGHT, tile.index * tiles.FULL_WIDTH, tile.width)

    def _at(self, level: int, index: int) -> int:
        """Return where in its row a subtree's root stands, or would."""
        return (index - self._first[level]) * HASH_BYTES
