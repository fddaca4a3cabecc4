"""The tree cut into tiles, and the entries into bundles, as static files (C2SP tlog-tiles)."""

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from relay_protocol import merkle
from relay_protocol.errors import TileError

TILE_HEIGHT = 8
FULL_WIDTH = 256
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 65_535
CHECKPOINT_PATH = "checkpoint"

TileReader: TypeAlias = Callable[[int, int, int], bytes]
"""Gives the bytes of the tile (level, index, width)."""

# A first group of zeros before others would be a second form of the same number.
_INDEX = r"(?P<index>(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/)*)?[0-9]{3})"
_WIDTH = r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
_PATH = re.compile(rf"tile/(?P<level>0|[1-9][0-9]?|entries)/{_INDEX}{_WIDTH}", re.ASCII)
_MAX_PATH = 64
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tile:
    """The place of a tile: `width` hashes of tree level 8·level, from number 256·index on."""

    level: int
    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        """Refuse what is no tile of any tree."""
        if not 0 <= self.level <= MAX_LEVEL:
            raise TileError(f"no tile has the level {self.level}")
        _require_part(self.index, self.width)

    @property
    def path(self) -> str:
        """Where the tile is served, below the log's address."""
        return tile_path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Bundle:
    """The place of an entry bundle: `width` entries, from number 256·index on."""

    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        """Refuse what is no bundle of any ledger."""
        _require_part(self.index, self.width)

    @property
    def path(self) -> str:
        """Where the bundle is served, below the log's address."""
        return entries_path(self.index, self.width)


def tile_path(level: int, index: int, width: int = FULL_WIDTH) -> str:
    """Return the path of a tile: `tile/<L>/<N>`, and `.p/<W>` where it is partial."""
    return f"tile/{level}/{_part_path(index, width)}"


def entries_path(index: int, width: int = FULL_WIDTH) -> str:
    """Return the path of an entry bundle: `tile/entries/<N>`, and `.p/<W>` where partial."""
    return f"tile/entries/{_part_path(index, width)}"


def parse_path(path: str) -> Tile | Bundle:
    """Return the place that a path names, so that its `path` is this very path again.

    Raises:
        TileError: the path is none of a tile or bundle, or not the one form of it.
    """
    match = _PATH.fullmatch(path) if len(path) <= _MAX_PATH else None
    if match is None:
        raise TileError("not the path of a tile")
    level, number, partial = match.groups()
    index = int(number.replace("/", "").replace("x", ""))
    if partial == str(FULL_WIDTH):
        raise TileError("not the one form of this path")
    width = FULL_WIDTH if partial is None else int(partial)
    if level == "entries":
        return Bundle(index=index, width=width)
    return Tile(level=int(level), index=index, width=width)


def tile_of_node(level: int, index: int, size: int) -> tuple[Tile, int, int]:
    """Return which tile holds a node, and which hashes of it: (tile, first, count).

    The node is the root over these hashes of the tile.

    Args:
        level: height of the complete subtree, 0 for a leaf.
        index: number of the subtree at that level.
        size: leaves of the tree; it settles how wide the tile is.

    Raises:
        TileError: the tree has no such complete subtree.
    """
    if level < 0 or index < 0 or (index + 1) << level > size:
        raise TileError(f"a tree of {size} has no complete subtree ({level}, {index})")
    tile_level, height = divmod(level, TILE_HEIGHT)
    position = index << height
    number, first = divmod(position, FULL_WIDTH)
    width = tile_width(tile_level, number, size)
    return Tile(level=tile_level, index=number, width=width), first, 1 << height


def tiles_of_path(index: int, size: int) -> list[Tile]:
    """Return all tiles that the inclusion path of a leaf reads, in a tree of `size` leaves.

    On each level these are the one over the leaf, and the one at the right edge of the tree.
    """
    found: list[Tile] = []
    level = 0
    while hashes := size >> (TILE_HEIGHT * level):
        over = index >> (TILE_HEIGHT * (level + 1))
        found += [
            Tile(level=level, index=number, width=width)
            for number in sorted({over, hashes >> TILE_HEIGHT})
            if (width := tile_width(level, number, size))
        ]
        level += 1
    return found


def tile_width(level: int, index: int, size: int) -> int:
    """Return how many hashes a tile has in a tree of `size` leaves; 0 where it is not there."""
    hashes = size >> (TILE_HEIGHT * level)
    return max(0, min(FULL_WIDTH, hashes - FULL_WIDTH * index))


def node_from_tiles(read: TileReader, level: int, index: int, size: int) -> bytes:
    """Return the hash of the complete subtree (level, index) of a tree of `size` leaves.

    With `read` and `size` bound it serves merkle's proofs as their NodeGetter.

    Raises:
        TileError: the tree has no such subtree, or the tile is not as long as its width says.
    """
    tile, first, count = tile_of_node(level, index, size)
    raw = _require_hashes(read(tile.level, tile.index, tile.width), tile.width)
    part = raw[first * merkle.HASH_BYTES : (first + count) * merkle.HASH_BYTES]
    return merkle.root(split_tile(part, count))


def nodes_of(read: TileReader, size: int) -> merkle.NodeGetter:
    """Return the NodeGetter of a tree of `size` leaves that stands in tiles."""

    def node(level: int, index: int) -> bytes:
        return node_from_tiles(read, level, index, size)

    return node


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield the tiles of a tree that it did not have, or not as wide, at its older size.

    From 0 these are all tiles of the tree, each in its greatest width, lowest level first.

    Raises:
        TileError: the older size is below 0 or above the newer.
    """
    _require_growth(old_size, new_size)
    for level in range(MAX_LEVEL + 1):
        old_hashes, new_hashes = (size >> (TILE_HEIGHT * level) for size in (old_size, new_size))
        if not new_hashes:
            return
        for index in range(old_hashes // FULL_WIDTH, -(-new_hashes // FULL_WIDTH)):
            width = tile_width(level, index, new_size)
            if width != tile_width(level, index, old_size):
                yield Tile(level=level, index=index, width=width)


def new_bundles(old_size: int, new_size: int) -> Iterator[Bundle]:
    """Yield the entry bundles that a ledger did not have, or not as wide, at its older size.

    Raises:
        TileError: the older size is below 0 or above the newer.
    """
    for tile in new_tiles(old_size, new_size):
        if tile.level:
            return
        yield Bundle(index=tile.index, width=tile.width)


def grow(read: TileReader, old_size: int, leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """Return the bytes of all new_tiles() that appending leaves brings.

    Only partial tiles at the right edge of the old tree are read, one a level at most.

    Args:
        read: gives the tiles of the tree as it was.
        old_size: leaves of the tree so far.
        leaves: leaf_hash() of each new entry, in order.

    Raises:
        TileError: a tile that was read is not as long as its width says.
    """
    new_size = old_size + len(leaves)
    _require_growth(old_size, new_size)
    grown = {}
    level, hashes = 0, list(leaves)
    while hashes:
        done, kept = divmod(old_size >> (TILE_HEIGHT * level), FULL_WIDTH)
        if kept:
            hashes = [*split_tile(read(level, done, kept), kept), *hashes]
        rows = [hashes[at : at + FULL_WIDTH] for at in range(0, len(hashes), FULL_WIDTH)]
        for index, row in enumerate(rows, start=done):
            grown[Tile(level=level, index=index, width=len(row))] = b"".join(row)
        hashes = [merkle.root(row) for row in rows if len(row) == FULL_WIDTH]
        level += 1
    return grown


def split_tile(raw: bytes, width: int) -> list[bytes]:
    """Return the hashes of a tile's bytes, from the left.

    Raises:
        TileError: the bytes are not exactly `width` hashes.
    """
    _require_hashes(raw, width)
    return [raw[at : at + merkle.HASH_BYTES] for at in range(0, len(raw), merkle.HASH_BYTES)]


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bytes of an entry bundle: for each entry its length in two bytes, and itself.

    Raises:
        TileError: an entry has more than 65,535 bytes, or entries are none or more than 256.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileError(f"an entry of {len(entry)} bytes fits no bundle")
        parts.append(_LENGTH.pack(len(entry)) + entry)
    if not 1 <= len(parts) <= FULL_WIDTH:
        raise TileError(f"{len(parts)} entries make no bundle")
    return b"".join(parts)


def decode_bundle(raw: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle, in order.

    Raises:
        TileError: the bytes end within an entry, or are not exactly `width` entries.
    """
    return list(read_bundle(raw, width))


def read_bundle(raw: bytes, width: int) -> Iterator[bytes]:
    """Yield the entries of a bundle one by one, so that those before a fault are seen.

    Raises:
        TileError: the bytes end within the next entry, or go on after the last.
    """
    _require_part(0, width)
    at = 0
    for index in range(width):
        start = at + _LENGTH.size
        if start > len(raw):
            raise TileError(f"the bundle ends before entry {index} of {width}")
        at = start + _LENGTH.unpack_from(raw, at)[0]
        if at > len(raw):
            raise TileError(f"the bundle ends within entry {index} of {width}")
        yield raw[start:at]
    if at != len(raw):
        raise TileError(f"{len(raw) - at} bytes follow the bundle's {width} entries")


def _part_path(index: int, width: int) -> str:
    """Return `<N>[.p/<W>]`: 1234067 is written `x001/x234/067`."""
    _require_part(index, width)
    groups = f"{index:,}".split(",")
    groups[0] = groups[0].zfill(3)
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return number if width == FULL_WIDTH else f"{number}.p/{width}"


def _require_hashes(raw: bytes, width: int) -> bytes:
    """Return the bytes of a tile; refuse what is not exactly `width` hashes."""
    if len(raw) != width * merkle.HASH_BYTES:
        raise TileError(f"{len(raw)} bytes are no tile of width {width}")
    return raw


def _require_part(index: int, width: int) -> None:
    """Refuse a tile or bundle without a place or a width."""
    if not 0 <= index <= merkle.MAX_SIZE:
        raise TileError(f"no tile has the index {index}")
    if not 1 <= width <= FULL_WIDTH:
        raise TileError(f"no tile is {width} wide")


def _require_growth(old_size: int, new_size: int) -> None:
    """Refuse a ledger that shrinks."""
    if not 0 <= old_size <= new_size <= merkle.MAX_SIZE:
        raise TileError(f"a tree of {old_size} cannot grow to {new_size}")
