"""A tree as somebody serves it in tiles, checked from the signed root downwards as it is read."""

from collections.abc import Iterator
from typing import Protocol

from relay_protocol import merkle, tiles
from relay_protocol.errors import AuditError, TileError
from relay_protocol.note import Checkpoint
from relay_protocol.tiles import FULL_WIDTH, Tile

TILES = 4
"""The part of the audit's plan to which a false tile belongs."""
MAX_HELD = 1_024
"""Tiles that are held at once; beyond it the oldest is read and checked again."""


class TileSource(Protocol):
    """Gives a log's tiles as they are served, as every LogReader does."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile."""


class ServedTree:
    """The tree of one signed checkpoint; no hash of it counts that the root does not bear out.

    A tile is believed once the root over it is the hash that the tile above has for it, and the
    tiles at the right edge once they make the signed root: the first bad one is found at once.
    """

    def __init__(self, source: TileSource, checkpoint: Checkpoint) -> None:
        """Take up the tree of a checkpoint that the log has signed.

        Raises:
            AuditError: the tiles at its right edge do not make its root.
            LogReadError: one of them cannot be read.
        """
        self.checkpoint = checkpoint
        self._source = source
        self._edge: dict[Tile, bytes] = {}
        self._held: dict[Tile, list[bytes]] = {}
        for tile in edge_tiles(checkpoint.size):
            self._edge[tile] = source.tile(tile.level, tile.index, tile.width)
            _split(tile, self._edge[tile])
        if merkle.tree_root(checkpoint.size, self.node) != checkpoint.root:
            raise AuditError(TILES, "tile-changed", detail="the tiles at the right edge")

    def node(self, level: int, index: int) -> bytes:
        """Return the root of the complete subtree (level, index); it serves merkle's proofs.

        Raises:
            AuditError: a tile on the way to it is not what was signed.
            LogReadError: a tile cannot be read.
            TileError: the tree has no such subtree.
        """
        tile, first, count = tiles.tile_of_node(level, index, self.checkpoint.size)
        return merkle.root(self.hashes(tile)[first : first + count])

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return the hashes of a tile of the tree, in its width there.

        Raises:
            AuditError: it, or one above it, is not what was signed.
            LogReadError: one of them cannot be read.
        """
        if tile.width < FULL_WIDTH:
            return _split(tile, self._edge[tile])
        if tile not in self._held:
            root = self.hashes(above(tile, self.checkpoint.size))[tile.index % FULL_WIDTH]
            raw = self._source.tile(tile.level, tile.index, tile.width)
            if len(self._held) >= MAX_HELD:
                del self._held[next(iter(self._held))]
            self._held[tile] = check_tile(tile, raw, root)
        return self._held[tile]


def edge_tiles(size: int) -> Iterator[Tile]:
    """Yield the tiles of a tree that are not full: one a level at most, together the root."""
    for level in range(tiles.MAX_LEVEL + 1):
        index, width = divmod(size >> (tiles.TILE_HEIGHT * level), FULL_WIDTH)
        if width:
            yield Tile(level=level, index=index, width=width)


def above(tile: Tile, size: int) -> Tile:
    """Return the tile that has the root over a full tile of a tree of `size` leaves."""
    level, index = tile.level + 1, tile.index // FULL_WIDTH
    return Tile(level=level, index=index, width=tiles.tile_width(level, index, size))


def check_tile(tile: Tile, raw: bytes, root: bytes) -> list[bytes]:
    """Return the hashes of a full tile, over which the root is as it should be.

    Raises:
        AuditError: the bytes are not those of this tile.
    """
    hashes = _split(tile, raw)
    if merkle.root(hashes) != root:
        raise _changed(tile)
    return hashes


def check_edge(tile: Tile, raw: bytes, hashes: list[bytes]) -> None:
    """Return if the bytes of a tile at the right edge are hashes that the root bears out.

    Raises:
        AuditError: they are not.
    """
    if _split(tile, raw) != hashes:
        raise _changed(tile)


def _split(tile: Tile, raw: bytes) -> list[bytes]:
    """Return the hashes of a tile of the right length."""
    try:
        return tiles.split_tile(raw, tile.width)
    except TileError as error:
        raise _changed(tile) from error


def _changed(tile: Tile) -> AuditError:
    """Return the refusal of a tile, which names the first entry below it."""
    first = tile.index * FULL_WIDTH << (tiles.TILE_HEIGHT * tile.level)
    return AuditError(TILES, "tile-changed", seq=first, detail=tile.path)
