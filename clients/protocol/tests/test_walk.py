"""The walk blames the entry or the tile, whichever the signed root does not bear out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from relay_protocol import chain, merkle, tiles
from relay_protocol.errors import AuditError, LogReadError
from relay_protocol.grown_tree import GrownTree
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint
from relay_protocol.walk import Walk
from tests.story import long_ledger
from tests.story.hand_ledger import LOG

SIZE = 600
WRITTEN = list(long_ledger.entries(SIZE))


@pytest.fixture
def tree(tmp_path: Path) -> GrownTree:
    return long_ledger.write_out(tmp_path, iter(WRITTEN))


@pytest.fixture
def walk(tmp_path: Path, tree: GrownTree) -> Walk:
    stated = Checkpoint(origin=LOG, size=SIZE, root=tree.root(SIZE))
    return Walk(FolderReader(tmp_path), stated)


def change(path: Path, edit: Callable[[bytes], bytes]) -> None:
    path.write_bytes(edit(path.read_bytes()))


def test_a_sound_ledger_is_gone_through_in_one_run_or_several(walk: Walk) -> None:
    whole = walk.run(0, SIZE, chain.FIRST_PREV)
    first = walk.run(0, 256, chain.FIRST_PREV)
    second = walk.run(256, SIZE, chain.link(first.last))
    assert first.roots + second.roots == whole.roots
    assert (second.last, second.edge) == (whole.last, whole.edge)
    assert walk.tile_fault is None


def test_a_run_that_follows_another_entry_is_refused_at_its_first(walk: Walk) -> None:
    with pytest.raises(AuditError, match="part 3: entry 256: chain-broken"):
        walk.run(256, SIZE, bytes(32))


def test_where_entry_and_tile_differ_the_one_that_was_signed_is_right(
    tmp_path: Path, walk: Walk
) -> None:
    tile = tmp_path / tiles.tile_path(0, 1)
    change(tile, lambda raw: raw[:64] + bytes(32) + raw[96:])
    walk.run(0, SIZE, chain.FIRST_PREV)
    assert walk.tile_fault is not None
    found = (walk.tile_fault.part, walk.tile_fault.code, walk.tile_fault.seq)
    assert found == (4, "tile-changed", 258)


def test_an_entry_is_to_blame_where_its_tile_was_signed(tmp_path: Path, walk: Walk) -> None:
    bundle = tmp_path / tiles.entries_path(1)
    change(bundle, lambda raw: raw.replace(b'"seq":258', b'"seq":259'))
    with pytest.raises(AuditError, match="part 3: entry 258: entry-changed"):
        walk.run(0, SIZE, chain.FIRST_PREV)


def test_an_entry_is_to_blame_where_neither_was_signed(tmp_path: Path, walk: Walk) -> None:
    change(tmp_path / tiles.tile_path(0, 1), lambda raw: raw[:64] + bytes(32) + raw[96:])
    bundle = tmp_path / tiles.entries_path(1)
    change(bundle, lambda raw: raw.replace(b'"seq":258', b'"seq":259'))
    with pytest.raises(AuditError, match="part 3: entry 258: entry-changed"):
        walk.run(0, SIZE, chain.FIRST_PREV)


def test_an_entry_before_the_run_in_its_bundle_is_held_to_its_tile(
    tmp_path: Path, walk: Walk
) -> None:
    start = walk.run(0, 256, chain.FIRST_PREV)
    assert start.roots == merkle.root(map(merkle.leaf_hash, WRITTEN[:256]))
    bundle = tmp_path / tiles.entries_path(1)
    change(bundle, lambda raw: raw.replace(b'"seq":258', b'"seq":259'))
    with pytest.raises(AuditError, match="part 3: entry 258: entry-changed"):
        walk.run(300, SIZE, chain.link(WRITTEN[299]))


def test_only_the_first_fault_of_part_4_is_kept(tmp_path: Path, walk: Walk) -> None:
    for index in (1, 0):
        change(tmp_path / tiles.tile_path(0, index), lambda raw: raw[:-1])
    change(tmp_path / tiles.entries_path(1), lambda raw: raw + b"x")
    walk.run(0, SIZE, chain.FIRST_PREV)
    assert walk.tile_fault is not None
    assert (walk.tile_fault.code, walk.tile_fault.seq) == ("tile-changed", 0)


@pytest.mark.parametrize("path", ["tile/0/001", "tile/entries/001"])
def test_a_file_that_is_missing_is_no_fault_of_the_ledger(
    tmp_path: Path, walk: Walk, path: str
) -> None:
    (tmp_path / path).unlink()
    with pytest.raises(LogReadError):
        walk.run(0, SIZE, chain.FIRST_PREV)
