from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle, tiles
from relay_protocol.errors import TileError
from relay_protocol.tiles import Bundle, Tile

SIZES = (1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000)
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(max(SIZES))]

Root = Callable[[Sequence[bytes]], bytes]


class Shelf:
    """The tiles of a tree as a log keeps them, and which of them were read."""

    def __init__(self) -> None:
        self.tiles: dict[Tile, bytes] = {}
        self.read_tiles: Counter[Tile] = Counter()

    def read(self, level: int, index: int, width: int) -> bytes:
        tile = Tile(level=level, index=index, width=width)
        self.read_tiles[tile] += 1
        return self.tiles[tile]

    def grow(self, old_size: int, new_size: int) -> dict[Tile, bytes]:
        grown = tiles.grow(self.read, old_size, LEAVES[old_size:new_size])
        self.tiles |= grown
        return grown


@pytest.fixture(scope="module")
def shelves() -> dict[int, Shelf]:
    """Return a shelf for each of SIZES, filled at one go."""
    filled = {size: Shelf() for size in SIZES}
    for size, shelf in filled.items():
        shelf.grow(0, size)
    return filled


def places_of(size: int) -> set[Tile]:
    """Return the places of a tree's tiles, as tlog-tiles defines them."""
    places = set()
    for level in range(8):
        hashes = size // 256**level
        places |= {Tile(level=level, index=index) for index in range(hashes // 256)}
        if hashes % 256:
            places.add(Tile(level=level, index=hashes // 256, width=hashes % 256))
    return places


# Paths.


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 0, 1, "tile/0/000.p/1"),
        (0, 999, 255, "tile/0/999.p/255"),
        (1, 1000, 256, "tile/1/x001/000"),
        (63, 1_234_067, 256, "tile/63/x001/x234/067"),
        (2, 1_234_067, 17, "tile/2/x001/x234/067.p/17"),
        (0, 999_999, 256, "tile/0/x999/999"),
        (0, 1_000_000, 256, "tile/0/x001/x000/000"),
        (0, 2**63 - 1, 256, "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_a_tile_has_its_path_and_the_path_its_tile(
    level: int, index: int, width: int, path: str
) -> None:
    tile = Tile(level=level, index=index, width=width)
    assert tiles.tile_path(level, index, width) == path
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/entries/000"),
        (7, 3, "tile/entries/007.p/3"),
        (1_234_067, 256, "tile/entries/x001/x234/067"),
        (273, 112, "tile/entries/273.p/112"),
    ],
)
def test_a_bundle_has_its_path_and_the_path_its_bundle(index: int, width: int, path: str) -> None:
    bundle = Bundle(index=index, width=width)
    assert tiles.entries_path(index, width) == path
    assert bundle.path == path
    assert tiles.parse_path(path) == bundle


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile",
        "tile/0",
        "tile/0/",
        "tile//000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/entry/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/001",  # as long as it need not be
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/x001//000",
        "tile/0/X001/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",  # a full tile has no width in its path
        "tile/0/000.p/257",
        "tile/0/000.p/1000",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.P/1",
        "tile/0/000 ",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/../0/000",
        "tile/0/%30%30%30",
        "tile/0/x009/x223/x372/x036/x854/x775/808",  # 2^63
        "tile/0/" + "x001/" * 1000 + "000",
    ],
)
def test_a_path_in_any_other_form_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        tiles.parse_path(path)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_place_that_no_tree_has_cannot_be_named(level: int, index: int, width: int) -> None:
    with pytest.raises(TileError):
        Tile(level=level, index=index, width=width)


@pytest.mark.parametrize(("index", "width"), [(-1, 1), (0, 0), (0, 257), (2**63, 1)])
def test_a_bundle_that_no_ledger_has_cannot_be_named(index: int, width: int) -> None:
    with pytest.raises(TileError):
        Bundle(index=index, width=width)
    with pytest.raises(TileError):
        tiles.entries_path(index, width)
    with pytest.raises(TileError):
        tiles.tile_path(0, index, width)


@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_any_place_comes_back_from_its_path(level: int, index: int, width: int) -> None:
    tile = Tile(level=level, index=index, width=width)
    bundle = Bundle(index=index, width=width)
    assert tiles.parse_path(tile.path) == tile
    assert tiles.parse_path(bundle.path) == bundle


@given(st.text(alphabet="tile/enrsx.p0123456789", max_size=30) | st.text(max_size=20))
def test_any_text_is_the_one_path_of_a_place_or_refused(text: str) -> None:
    for path in (text, "tile/" + text):
        try:
            place = tiles.parse_path(path)
        except TileError:
            continue
        assert place.path == path


# Which tiles there are.


def test_a_tree_of_70000_has_the_tiles_of_the_specifications_example() -> None:
    counts = Counter((tile.level, tile.width) for tile in tiles.new_tiles(0, 70_000))
    assert counts == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    assert list(tiles.new_tiles(0, 256)) == [
        Tile(level=0, index=0),
        Tile(level=1, index=0, width=1),
    ]


@pytest.mark.parametrize("size", [0, *SIZES])
def test_from_nothing_on_all_tiles_of_a_tree_are_new(size: int) -> None:
    new = list(tiles.new_tiles(0, size))
    assert set(new) == places_of(size)
    assert len(set(new)) == len(new)


@pytest.mark.parametrize("old_size", [0, 1, 255, 256, 257, 511, 65_535, 65_536])
@pytest.mark.parametrize("added", [0, 1, 255, 256, 257, 70_000])
def test_new_are_the_tiles_that_the_older_tree_had_not(old_size: int, added: int) -> None:
    new = list(tiles.new_tiles(old_size, old_size + added))
    assert set(new) == places_of(old_size + added) - places_of(old_size)


def test_a_ledger_has_a_bundle_for_each_tile_of_leaves() -> None:
    assert list(tiles.new_bundles(0, 513)) == [
        Bundle(index=0),
        Bundle(index=1),
        Bundle(index=2, width=1),
    ]
    assert list(tiles.new_bundles(513, 515)) == [Bundle(index=2, width=3)]
    assert list(tiles.new_bundles(513, 513)) == []


@pytest.mark.parametrize(("old_size", "new_size"), [(2, 1), (-1, 1), (0, 2**63)])
def test_a_ledger_that_shrinks_has_no_new_tiles_but_a_refusal(old_size: int, new_size: int) -> None:
    with pytest.raises(TileError):
        list(tiles.new_tiles(old_size, new_size))
    with pytest.raises(TileError):
        list(tiles.new_bundles(old_size, new_size))


def test_a_tile_is_as_wide_as_the_tree_has_hashes_for_it() -> None:
    widths = [tiles.tile_width(0, 1, size) for size in (0, 255, 256, 257, 511, 512, 513)]
    assert widths == [0, 0, 0, 1, 255, 256, 256]
    assert tiles.tile_width(1, 0, 256 * 256 - 1) == 255
    assert tiles.tile_width(1, 0, 256 * 256) == 256
    assert tiles.tile_width(2, 0, 256 * 256) == 1


# What stands in them.


@pytest.mark.parametrize("size", SIZES)
def test_each_hash_of_a_tile_is_the_root_that_the_specification_says(
    size: int, shelves: dict[int, Shelf], defined_root: Root
) -> None:
    shelf = shelves[size]
    assert set(shelf.tiles) == places_of(size)
    for tile, raw in shelf.tiles.items():
        span = 256**tile.level
        for number, hash_ in enumerate(tiles.split_tile(raw, tile.width), start=256 * tile.index):
            if tile.level or number % 97 == 0:  # of leaves, some
                assert hash_ == defined_root(LEAVES[number * span : (number + 1) * span])


def test_a_tree_grown_in_steps_has_the_same_tiles_as_one_grown_at_once(
    shelves: dict[int, Shelf],
) -> None:
    shelf = Shelf()
    for old_size, new_size in zip((0, *SIZES), SIZES, strict=False):
        grown = shelf.grow(old_size, new_size)
        assert set(grown) == set(tiles.new_tiles(old_size, new_size))
        for tile, raw in grown.items():
            assert raw == shelves[new_size].tiles[tile]


def test_growing_reads_only_the_partial_tiles_that_it_widens() -> None:
    shelf = Shelf()
    shelf.grow(0, 1000)
    shelf.grow(1000, 1010)
    assert shelf.read_tiles == {Tile(level=0, index=3, width=232): 1}
    shelf.grow(1010, 1300)
    del shelf.read_tiles[Tile(level=0, index=3, width=232)]
    assert shelf.read_tiles == {
        Tile(level=0, index=3, width=242): 1,
        Tile(level=1, index=0, width=3): 1,
    }


def test_growing_by_nothing_gives_and_reads_nothing() -> None:
    shelf = Shelf()
    assert shelf.grow(300, 300) == {}
    assert not shelf.read_tiles


def test_growing_from_a_tile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TileError):
        tiles.grow(lambda _level, _index, width: bytes(32 * width + 32), 3, LEAVES[:1])
    with pytest.raises(TileError):
        tiles.grow(lambda _level, _index, _width: b"", -1, LEAVES[:1])


@pytest.mark.parametrize("size", SIZES)
def test_every_kind_of_subtree_is_found_in_the_tiles(
    size: int, shelves: dict[int, Shelf], defined_root: Root
) -> None:
    for level in range(size.bit_length()):
        last = (size >> level) - 1
        for index in {0, last // 2, last}:
            found = tiles.node_from_tiles(shelves[size].read, level, index, size)
            assert found == defined_root(LEAVES[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_out_of_tiles_hold(
    size: int, shelves: dict[int, Shelf], defined_root: Root
) -> None:
    node = tiles.nodes_of(shelves[size].read, size)
    root = defined_root(LEAVES[:size])
    assert merkle.tree_root(size, node) == root
    for index in {0, size // 2, size - 1}:
        path = merkle.inclusion_path(index, size, node)
        merkle.check_inclusion(LEAVES[index], index, size, path, root)
    for old_size in {1, size // 2, size - 1, size} - {0}:
        path = merkle.consistency_path(old_size, size, node)
        merkle.check_consistency(old_size, defined_root(LEAVES[:old_size]), size, root, path)


@pytest.mark.parametrize(
    ("level", "index", "size", "tile", "first", "count"),
    [
        (0, 0, 1, Tile(level=0, index=0, width=1), 0, 1),
        (0, 255, 256, Tile(level=0, index=0), 255, 1),
        (0, 256, 257, Tile(level=0, index=1, width=1), 0, 1),
        (7, 1, 256, Tile(level=0, index=0), 128, 128),
        (7, 2, 384, Tile(level=0, index=1, width=128), 0, 128),
        (8, 0, 256, Tile(level=1, index=0, width=1), 0, 1),
        (8, 255, 65_536, Tile(level=1, index=0), 255, 1),
        (15, 1, 65_536, Tile(level=1, index=0), 128, 128),
        (16, 0, 65_536, Tile(level=2, index=0, width=1), 0, 1),
        (4, 16, 70_000, Tile(level=0, index=1), 0, 16),
    ],
)
def test_a_subtree_lies_in_the_tile_at_or_below_its_level(
    level: int, index: int, size: int, tile: Tile, first: int, count: int
) -> None:
    assert tiles.tile_of_node(level, index, size) == (tile, first, count)


@pytest.mark.parametrize(
    ("level", "index", "size"),
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (8, 0, 255), (8, 1, 511), (-1, 0, 8), (0, -1, 8), (64, 0, 8)],
)
def test_a_subtree_that_the_tree_has_not_is_refused(level: int, index: int, size: int) -> None:
    with pytest.raises(TileError):
        tiles.tile_of_node(level, index, size)


@pytest.mark.parametrize("length", [0, 31, 32, 95, 97, 128])
def test_a_tile_of_any_other_length_than_its_width_is_refused(length: int) -> None:
    assert tiles.split_tile(bytes(96), 3) == [bytes(32)] * 3
    with pytest.raises(TileError):
        tiles.split_tile(bytes(length), 3)
    with pytest.raises(TileError):
        tiles.node_from_tiles(lambda _level, _index, _width: bytes(length), 0, 1, 3)


# Bundles.


def test_a_bundle_is_each_entrys_length_in_two_bytes_and_the_entry() -> None:
    entries = [b"", b"a", b"bc", bytes(65_535)]
    raw = b"\x00\x00" + b"\x00\x01a" + b"\x00\x02bc" + b"\xff\xff" + bytes(65_535)
    assert tiles.encode_bundle(entries) == raw
    assert tiles.decode_bundle(raw, 4) == entries


def test_a_full_bundle_is_taken_and_one_more_entry_refused() -> None:
    raw = tiles.encode_bundle([b"x"] * 256)
    assert tiles.decode_bundle(raw, 256) == [b"x"] * 256
    with pytest.raises(TileError):
        tiles.encode_bundle([b"x"] * 257)
    with pytest.raises(TileError):
        tiles.decode_bundle(raw + b"\x00\x01x", 257)


def test_a_bundle_of_nothing_is_refused() -> None:
    with pytest.raises(TileError):
        tiles.encode_bundle([])
    with pytest.raises(TileError):
        tiles.decode_bundle(b"", 0)


def test_an_entry_too_long_for_its_two_bytes_of_length_is_refused() -> None:
    with pytest.raises(TileError):
        tiles.encode_bundle([bytes(65_536)])


def test_a_bundle_cut_off_anywhere_is_refused() -> None:
    raw = tiles.encode_bundle([b"abc", b"", b"de"])
    for end in range(len(raw)):
        with pytest.raises(TileError):
            tiles.decode_bundle(raw[:end], 3)


@pytest.mark.parametrize("trailing", [b"\x00", b"\x00\x00", b"\x00\x01x", b"more"])
def test_a_bundle_with_trailing_bytes_or_entries_is_refused(trailing: bytes) -> None:
    raw = tiles.encode_bundle([b"abc", b"de"])
    assert tiles.decode_bundle(raw, 2) == [b"abc", b"de"]
    with pytest.raises(TileError):
        tiles.decode_bundle(raw + trailing, 2)


@pytest.mark.parametrize("width", [1, 3, 0, -1, 257])
def test_a_bundle_of_another_width_is_refused(width: int) -> None:
    with pytest.raises(TileError):
        tiles.decode_bundle(tiles.encode_bundle([b"abc", b"de"]), width)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_any_entries_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert tiles.decode_bundle(tiles.encode_bundle(entries), len(entries)) == entries


@given(st.binary(max_size=60), st.integers(1, 5))
def test_any_bytes_are_the_one_bundle_of_their_entries_or_refused(raw: bytes, width: int) -> None:
    try:
        entries = tiles.decode_bundle(raw, width)
    except TileError:
        return
    assert len(entries) == width
    assert tiles.encode_bundle(entries) == raw


def test_the_entries_of_a_bundle_come_one_by_one_until_it_breaks() -> None:
    whole = tiles.encode_bundle([b"one", b"two", b"three"])
    entries = tiles.read_bundle(whole[:-1], 3)
    assert [next(entries), next(entries)] == [b"one", b"two"]
    with pytest.raises(TileError, match="within entry 2"):
        next(entries)


def test_what_trails_a_bundle_is_told_after_its_last_entry() -> None:
    entries = tiles.read_bundle(tiles.encode_bundle([b"one"]) + b"x", 1)
    assert next(entries) == b"one"
    with pytest.raises(TileError, match="1 bytes follow"):
        next(entries)


@given(st.binary(max_size=200), st.integers(-1, 257))
def test_any_bytes_are_the_hashes_of_a_tile_or_refused(raw: bytes, width: int) -> None:
    try:
        hashes = tiles.split_tile(raw, width)
    except TileError:
        return
    assert b"".join(hashes) == raw
    assert len(hashes) == width


@given(st.integers(-1, 70), st.integers(-1, 2**64), st.integers(0, 2**64))
def test_any_node_lies_in_a_tile_of_its_tree_or_is_refused(
    level: int, index: int, size: int
) -> None:
    try:
        tile, first, count = tiles.tile_of_node(level, index, size)
    except TileError:
        return
    assert (index + 1) << level <= size
    assert first + count <= tile.width <= 256


@given(st.data())
def test_a_path_reads_no_tiles_but_those_that_are_named_for_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 2**40) | st.sampled_from([1, 255, 256, 257, 65_536, 70_000]))
    index = data.draw(st.integers(0, size - 1))
    named = tiles.tiles_of_path(index, size)
    read: set[Tile] = set()

    def node(level: int, number: int) -> bytes:
        read.add(tiles.tile_of_node(level, number, size)[0])
        return bytes(merkle.HASH_BYTES)

    merkle.inclusion_path(index, size, node)
    assert read <= set(named)
    assert len(named) == len(set(named))
    assert all(one.width == tiles.tile_width(one.level, one.index, size) for one in named)
    assert max(Counter(one.level for one in named).values()) <= 2


@pytest.mark.parametrize(
    ("index", "size", "places"),
    [
        (0, 1, [Tile(level=0, index=0, width=1)]),
        (255, 256, [Tile(level=0, index=0), Tile(level=1, index=0, width=1)]),
        (
            0,
            70_000,
            [
                Tile(level=0, index=0),
                Tile(level=0, index=273, width=112),
                Tile(level=1, index=0),
                Tile(level=1, index=1, width=17),
                Tile(level=2, index=0, width=1),
            ],
        ),
    ],
)
def test_the_tiles_of_a_path_stand_over_the_leaf_and_at_the_right_edge(
    index: int, size: int, places: list[Tile]
) -> None:
    assert tiles.tiles_of_path(index, size) == places
