"""The ledger as static files: what a reader without our hub finds, whenever the power goes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.domain.errors import NotFoundError
from exchange.hub import Hub
from exchange.services import publication
from exchange.services.checkpoints import OlderDatabaseError
from relay_protocol import merkle, tiles
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import VerifierKey, open_checkpoint
from tests.story.stored_ledger import lengthen


def write(hub: Hub, folder: Path, *, with_entries: bool = True) -> int:
    """Write the ledger out."""
    with hub.reading() as work:
        return publication.write_out(work, folder, with_entries=with_entries)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def inodes(folder: Path) -> dict[str, int]:
    """Return which file each path is, so that one written anew is told."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file()
    }


def require_sound(hub: Hub, folder: Path, size: int) -> None:
    """Check what a reader of a folder can: signature, size, root from tiles, root from entries."""
    reader = FolderReader(folder)
    checkpoint, _ = open_checkpoint(reader.checkpoint(), VerifierKey.parse(hub.scheme.ledger_vkey))
    assert checkpoint.size == size
    assert merkle.tree_root(size, tiles.nodes_of(reader.tile, size)) == checkpoint.root
    leaves = [
        merkle.leaf_hash(entry)
        for bundle in tiles.new_bundles(0, size)
        for entry in tiles.decode_bundle(
            reader.entry_bundle(bundle.index, bundle.width), bundle.width
        )
    ]
    assert merkle.root(leaves) == checkpoint.root


def test_the_written_tiles_have_the_checkpoint_s_root(hub: Hub, tmp_path: Path) -> None:
    assert write(hub, tmp_path / "out") == 17
    require_sound(hub, tmp_path / "out", 17)


@pytest.mark.parametrize(
    ("size", "partial"),
    [
        (255, {"tile/0/000.p/255", "tile/entries/000.p/255"}),
        (256, {"tile/1/000.p/1"}),
        (257, {"tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/001.p/1"}),
        (65_535, {"tile/0/255.p/255", "tile/1/000.p/255", "tile/entries/255.p/255"}),
        (65_536, {"tile/2/000.p/1"}),
        (
            70_000,
            {
                "tile/0/273.p/112",
                "tile/1/001.p/17",
                "tile/2/000.p/1",
                "tile/entries/273.p/112",
            },
        ),
    ],
)
def test_a_ledger_of_any_size_stands_in_its_tiles(
    hub: Hub, tmp_path: Path, size: int, partial: set[str]
) -> None:
    lengthen(hub, size)
    assert write(hub, tmp_path / "out") == size
    require_sound(hub, tmp_path / "out", size)
    assert {path for path in files(tmp_path / "out") if ".p/" in path} == partial


def test_entries_are_written_for_auditors_only(hub: Hub, tmp_path: Path) -> None:
    write(hub, tmp_path / "out", with_entries=False)
    assert not (tmp_path / "out" / "tile" / "entries").exists()
    assert (tmp_path / "out" / "tile" / "0").exists()


def test_nothing_is_written_before_the_first_checkpoint(empty_hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        write(empty_hub, tmp_path / "out")
    assert not (tmp_path / "out").exists()


class TestWritingAgain:
    def test_writes_only_what_is_new_and_comes_to_the_same(self, hub: Hub, tmp_path: Path) -> None:
        grown, anew = tmp_path / "grown", tmp_path / "anew"
        lengthen(hub, 600)
        write(hub, grown)
        before = inodes(grown)
        lengthen(hub, 700)
        write(hub, grown)
        write(hub, anew)
        after = inodes(grown)
        for path in ("tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"):
            assert after[path] == before[path]
        assert after["checkpoint"] != before["checkpoint"]
        # The parts of sizes published there stay, beside those of the newest.
        assert files(grown).items() >= files(anew).items()
        assert set(files(grown)) - set(files(anew)) == {
            "tile/0/002.p/88",
            "tile/entries/002.p/88",
        }

    def test_of_the_same_size_touches_nothing(self, hub: Hub, tmp_path: Path) -> None:
        write(hub, tmp_path / "out")
        before = inodes(tmp_path / "out")
        write(hub, tmp_path / "out")
        assert inodes(tmp_path / "out") == before

    def test_takes_the_parts_away_once_the_tile_stands_whole(
        self, hub: Hub, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        for size in (17, 255, 256):
            lengthen(hub, size)
            write(hub, out)
            parts = {path for path in files(out) if path.startswith("tile/0/000.p/")}
            assert len(parts) == {17: 1, 255: 2, 256: 0}[size]
        assert not (out / "tile/0/000.p").exists()
        assert not (out / "tile/entries/000.p").exists()

    def test_with_entries_brings_those_that_were_left_out_before(
        self, hub: Hub, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        write(hub, out)
        lengthen(hub, 300)
        write(hub, out, with_entries=False)
        lengthen(hub, 600)
        write(hub, out)
        require_sound(hub, out, 600)

    def test_over_a_scratched_checkpoint_writes_everything_anew(
        self, hub: Hub, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        write(hub, out)
        (out / "checkpoint").write_bytes(b"scratched")
        (out / "tile/0/000.p/17").unlink()
        write(hub, out)
        require_sound(hub, out, 17)

    @pytest.mark.parametrize(
        "head",
        [b"localhost:8400/ledger\n18\n", b"localhost:8400/ledger\n16\n", b"elsewhere/ledger\n17\n"],
        ids=["more-than-there-is", "another-history", "another-log"],
    )
    def test_is_refused_over_what_this_database_does_not_contain(
        self, hub: Hub, tmp_path: Path, head: bytes
    ) -> None:
        out = tmp_path / "out"
        write(hub, out)
        root = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        signatures = (out / "checkpoint").read_bytes().partition(b"\n\n")[2]
        (out / "checkpoint").write_bytes(head + root + signatures)
        before = files(out)
        with pytest.raises(OlderDatabaseError, match="does not contain"):
            write(hub, out)
        assert files(out) == before


class TestACrash:
    """Whatever file was the last to be written, the folder is sound, and the next run mends it."""

    @pytest.fixture
    def dies_at(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        """Return what lets the power go before the n-th file gets its name."""

        def prepare(last: int) -> None:
            replace, renamed = Path.replace, iter(range(last))

            def dying(path: Path, target: Path) -> Path:
                if next(renamed, None) is None:
                    raise KeyboardInterrupt
                return replace(path, target)

            monkeypatch.setattr(Path, "replace", dying)

        return prepare

    @pytest.mark.parametrize("engine", ["sqlite"])
    @pytest.mark.parametrize("last", range(7))
    def test_leaves_a_sound_folder(
        self,
        hub: Hub,
        tmp_path: Path,
        dies_at: Callable[[int], None],
        monkeypatch: pytest.MonkeyPatch,
        last: int,
    ) -> None:
        out = tmp_path / "out"
        lengthen(hub, 200)
        write(hub, out)
        lengthen(hub, 300)
        dies_at(last)
        # Six files: a tile and a bundle that are full now, a part of each, one part of the level
        # above, and the checkpoint.
        if last < 6:
            with pytest.raises(KeyboardInterrupt):
                write(hub, out)
            require_sound(hub, out, 200)
        else:
            write(hub, out)
        monkeypatch.undo()
        write(hub, out)
        require_sound(hub, out, 300)
        assert not (out / "tile/0/000.p").exists()
