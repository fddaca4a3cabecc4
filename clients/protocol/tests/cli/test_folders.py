"""A folder keeps each file whole or not at all, and never one outside of it."""

import os
from pathlib import Path

import pytest

from relay_protocol.cli.folders import INCOMING, FolderKeeper
from relay_protocol.cli.refusals import InputError
from relay_protocol.errors import LogMissingError


@pytest.fixture
def keeper(tmp_path: Path) -> FolderKeeper:
    return FolderKeeper.at(tmp_path / "copy")


def test_what_is_written_is_read(keeper: FolderKeeper) -> None:
    keeper.write("tile/0/000.p/1", bytes(32))
    keeper.write("checkpoint", b"first")
    keeper.write("checkpoint", b"second")
    assert keeper.reader.tile(0, 0, 1) == bytes(32)
    assert keeper.read("checkpoint") == b"second"
    assert keeper.read("checkpoint.pending") is None
    assert [one.name for one in (keeper.folder / INCOMING).iterdir()] == []


def test_anybody_may_read_what_is_kept(keeper: FolderKeeper) -> None:
    keeper.write("checkpoint", b"note")
    assert (keeper.folder / "checkpoint").stat().st_mode & 0o777 == 0o644


def test_what_is_removed_is_gone(keeper: FolderKeeper) -> None:
    keeper.write("checkpoint.pending", b"note")
    keeper.remove("checkpoint.pending")
    keeper.remove("checkpoint.pending")
    assert keeper.read("checkpoint.pending") is None


def test_partial_files_are_pruned_and_the_full_one_stays(keeper: FolderKeeper) -> None:
    for path in ("tile/0/000.p/1", "tile/0/000.p/2", "tile/0/001.p/1"):
        keeper.write(path, bytes(64))
    keeper.write("tile/0/000", bytes(256 * 32))
    keeper.prune("tile/0/000")
    keeper.prune("tile/0/000")
    assert keeper.reader.tile(0, 0, 256) == bytes(256 * 32)
    assert not (keeper.folder / "tile/0/000.p").exists()
    assert (keeper.folder / "tile/0/001.p/1").exists()


def test_a_link_out_of_the_folder_is_not_followed(keeper: FolderKeeper, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (keeper.folder / "tile").symlink_to(elsewhere)
    with pytest.raises(InputError, match="outside"):
        keeper.write("tile/1", b"no")
    assert list(elsewhere.rglob("*")) == []
    (keeper.folder / "000.p").symlink_to(elsewhere)
    (elsewhere / "precious").touch()
    keeper.prune("000")
    assert (elsewhere / "precious").exists()


def test_a_link_in_the_place_of_a_file_is_replaced(keeper: FolderKeeper, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (keeper.folder / "checkpoint").symlink_to(precious)
    keeper.write("checkpoint", b"note")
    assert precious.read_bytes() == b"mine"
    assert keeper.read("checkpoint") == b"note"


def test_two_processes_do_not_write_into_one_folder(keeper: FolderKeeper) -> None:
    with keeper.alone(), pytest.raises(InputError, match="another process"), keeper.alone():
        pass
    with keeper.alone():
        pass


def test_what_is_kept_beside_is_named_by_its_content(keeper: FolderKeeper) -> None:
    places = {keeper.keep_beside("checkpoint.other", raw) for raw in (b"one", b"one", b"two")}
    assert {place.read_bytes() for place in places} == {b"one", b"two"}
    assert len(places) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be used"):
        FolderKeeper.at(tmp_path / "copy")


def test_a_place_that_is_taken_by_a_folder_is_refused(keeper: FolderKeeper) -> None:
    (keeper.folder / "checkpoint/within").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written"):
        keeper.write("checkpoint", b"note")
    with pytest.raises(InputError, match="cannot be removed"):
        keeper.remove("checkpoint")
    with pytest.raises(LogMissingError):
        keeper.reader.tile(0, 0, 1)
