import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from relay_protocol import tiles
from relay_protocol.errors import LogMissingError, LogReadError
from relay_protocol.log_reader import (
    BUNDLE_LIMIT_BYTES,
    CHECKPOINT_LIMIT_BYTES,
    TILE_LIMIT_BYTES,
    FolderReader,
    HttpReader,
    LogReader,
)
from tests.story import told_server
from tests.story.told_server import OCTETS, TEXT, Hub, answer

CHECKPOINT = b"hub.example/ledger\n1\n...\n"
FULL_TILE = b"".join(bytes([number]) * 32 for number in range(256))
FULL_BUNDLE = tiles.encode_bundle(f"entry {number}".encode() for number in range(256))


def serve_folder(folder: Path) -> Callable[[str], Iterable[bytes]]:
    """Return what a hub answers that serves a folder."""

    def answer_to(path: str) -> Iterable[bytes]:
        file = folder / path.removeprefix("/ledger/")
        if not file.is_file():
            return [answer(b"absent", status="404 Not Found")]
        content_type = TEXT if file.name == "checkpoint" else OCTETS
        return [answer(file.read_bytes(), content_type=content_type)]

    return answer_to


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Start a hub on this machine; it answers nothing before a test says what."""
    with told_server.running() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder inside one that is not to be read."""
    served = tmp_path / "served"
    served.mkdir()
    return served


@pytest.fixture(params=["folder", "http"])
def reader(request: pytest.FixtureRequest, folder: Path) -> LogReader:
    """Return each of the two readers over one folder."""
    if request.param == "folder":
        return FolderReader(folder)
    server: Hub = request.getfixturevalue("hub")
    server.answer = serve_folder(folder)
    return HttpReader(server.url())


def put(folder: Path, path: str, raw: bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)


# What both readers do.


def test_the_files_of_a_ledger_are_read_as_they_are(folder: Path, reader: LogReader) -> None:
    put(folder, "checkpoint", CHECKPOINT)
    put(folder, "tile/0/x001/x234/067", FULL_TILE)
    put(folder, "tile/1/004.p/2", bytes(64))
    put(folder, "tile/entries/000", FULL_BUNDLE)
    put(folder, "tile/entries/001.p/1", b"\x00\x01x")
    assert reader.checkpoint() == CHECKPOINT
    assert reader.tile(0, 1_234_067, 256) == FULL_TILE
    assert reader.tile(1, 4, 2) == bytes(64)
    assert reader.entry_bundle(0, 256) == FULL_BUNDLE
    assert reader.entry_bundle(1, 1) == b"\x00\x01x"


def test_what_is_not_there_is_missing(folder: Path, reader: LogReader) -> None:
    assert list(folder.iterdir()) == []
    with pytest.raises(LogMissingError):
        reader.checkpoint()
    with pytest.raises(LogMissingError):
        reader.tile(0, 0, 256)
    with pytest.raises(LogMissingError):
        reader.tile(0, 0, 1)
    with pytest.raises(LogMissingError):
        reader.entry_bundle(0, 256)
    with pytest.raises(LogMissingError):
        reader.entry_bundle(0, 1)


@pytest.mark.parametrize("width", [1, 100, 255])
def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one(
    folder: Path, reader: LogReader, width: int
) -> None:
    put(folder, "tile/0/000", FULL_TILE)
    put(folder, "tile/entries/000", FULL_BUNDLE)
    assert reader.tile(0, 0, width) == FULL_TILE[: 32 * width]
    entries = tiles.decode_bundle(reader.entry_bundle(0, width), width)
    assert entries == [f"entry {number}".encode() for number in range(width)]


def test_a_partial_tile_that_is_there_is_read_and_not_the_full_one(
    folder: Path, reader: LogReader
) -> None:
    put(folder, "tile/0/000", FULL_TILE)
    put(folder, "tile/0/000.p/1", b"\xff" * 32)
    put(folder, "tile/entries/000", FULL_BUNDLE)
    put(folder, "tile/entries/000.p/1", b"\x00\x01x")
    assert reader.tile(0, 0, 1) == b"\xff" * 32
    assert reader.entry_bundle(0, 1) == b"\x00\x01x"


@pytest.mark.parametrize("raw", [FULL_TILE[:-1], FULL_TILE + b"x", FULL_TILE[:32]])
def test_nothing_is_cut_from_a_full_tile_of_the_wrong_length(
    folder: Path, reader: LogReader, raw: bytes
) -> None:
    put(folder, "tile/0/000", raw)
    with pytest.raises(LogReadError):
        reader.tile(0, 0, 1)


@pytest.mark.parametrize("raw", [FULL_BUNDLE[:-1], FULL_BUNDLE + b"x", b"\x00\x01x"])
def test_nothing_is_cut_from_a_full_bundle_of_another_width(
    folder: Path, reader: LogReader, raw: bytes
) -> None:
    put(folder, "tile/entries/000", raw)
    with pytest.raises(LogReadError):
        reader.entry_bundle(0, 1)


def test_an_empty_file_is_refused_and_not_taken_for_a_missing_one(
    folder: Path, reader: LogReader
) -> None:
    for path in ("checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"):
        put(folder, path, b"")
    put(folder, "tile/0/000", FULL_TILE)
    put(folder, "tile/entries/000", FULL_BUNDLE)
    for read in (
        reader.checkpoint,
        lambda: reader.tile(0, 0, 1),
        lambda: reader.entry_bundle(0, 1),
    ):
        with pytest.raises(LogReadError, match="is empty"):
            read()


def test_what_trails_a_tile_is_left_for_the_auditor_to_see(folder: Path, reader: LogReader) -> None:
    put(folder, "tile/0/000", FULL_TILE + b"trailing")
    put(folder, "tile/entries/000.p/1", b"\x00\x01xtrailing")
    assert reader.tile(0, 0, 256) == FULL_TILE + b"trailing"
    assert reader.entry_bundle(0, 1) == b"\x00\x01xtrailing"


def test_files_up_to_their_limit_are_read_and_larger_ones_refused(
    folder: Path, reader: LogReader
) -> None:
    for path, limit, read in (
        ("checkpoint", CHECKPOINT_LIMIT_BYTES, reader.checkpoint),
        ("tile/0/000", TILE_LIMIT_BYTES, lambda: reader.tile(0, 0, 256)),
        ("tile/entries/000", BUNDLE_LIMIT_BYTES, lambda: reader.entry_bundle(0, 256)),
    ):
        put(folder, path, bytes(limit))
        assert len(read()) == limit
        put(folder, path, bytes(limit + 1))
        with pytest.raises(LogReadError, match="is larger than"):
            read()


def test_a_full_bundle_of_the_largest_entries_is_within_the_limit(
    folder: Path, reader: LogReader
) -> None:
    raw = tiles.encode_bundle([bytes(65_535)] * 256)
    put(folder, "tile/entries/000", raw)
    assert reader.entry_bundle(0, 256) == raw


# The folder.


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    put(folder, "latest", CHECKPOINT)
    (folder / "checkpoint").symlink_to("latest")
    assert FolderReader(folder).checkpoint() == CHECKPOINT


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    put(folder, "checkpoint", CHECKPOINT)
    (tmp_path / "link").symlink_to(folder)
    assert FolderReader(tmp_path / "link").checkpoint() == CHECKPOINT


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(CHECKPOINT)
    (folder / "checkpoint").symlink_to(tmp_path / "secret")
    with pytest.raises(LogReadError, match="outside"):
        FolderReader(folder).checkpoint()


def test_a_linked_folder_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/0/000", FULL_TILE)
    (folder / "tile").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LogReadError, match="outside"):
        FolderReader(folder).tile(0, 0, 256)


def test_a_circle_of_links_is_refused(folder: Path) -> None:
    (folder / "checkpoint").symlink_to("checkpoint")
    with pytest.raises(LogReadError):
        FolderReader(folder).checkpoint()


def test_a_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "checkpoint").mkdir()
    with pytest.raises(LogReadError):
        FolderReader(folder).checkpoint()


def test_a_file_in_place_of_a_folder_is_refused(folder: Path) -> None:
    put(folder, "tile", b"x")
    with pytest.raises(LogReadError):
        FolderReader(folder).tile(0, 0, 256)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_writes_to_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "checkpoint")
    with pytest.raises(LogReadError, match="no regular file"):
        FolderReader(folder).checkpoint()


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    with pytest.raises(LogMissingError):
        FolderReader(tmp_path / "absent").checkpoint()


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/000", "checkpoint"])
def test_a_name_with_a_zero_byte_or_too_long_is_refused(folder: Path, path: str) -> None:
    put(folder, path, FULL_TILE)
    reader = FolderReader(folder)
    assert reader.file(path) == FULL_TILE
    for other in (f"{path}\x00", path + "x" * 300, path + "/x" * 3_000, "../" + path):
        with pytest.raises(LogReadError):
            reader.file(other)


def test_a_link_that_takes_a_files_place_later_is_looked_at_again(
    folder: Path, tmp_path: Path
) -> None:
    put(folder, "tile/0/000", FULL_TILE)
    put(folder, "tile/0/001", FULL_TILE)
    reader = FolderReader(folder)
    assert reader.tile(0, 0, 256) == FULL_TILE
    (tmp_path / "secret").write_bytes(FULL_TILE)
    (folder / "tile/0/001").unlink()
    (folder / "tile/0/001").symlink_to(tmp_path / "secret")
    with pytest.raises(LogReadError, match="outside"):
        reader.tile(0, 1, 256)
    (folder / "tile/0/001").unlink()
    (folder / "tile/0/001").symlink_to("000")
    assert reader.tile(0, 1, 256) == FULL_TILE


# The hub.


@pytest.mark.parametrize("slashes", ["", "/", "//"])
def test_slashes_at_the_end_of_an_address_make_no_difference(hub: Hub, slashes: str) -> None:
    hub.answer = lambda path: [answer(path.encode(), content_type=TEXT)]
    assert HttpReader(hub.url() + slashes).checkpoint() == b"/ledger/checkpoint"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hub.example/ledger",
        "//hub.example/ledger",
        "ftp://hub.example/ledger",
        "file:///etc/passwd",
        "http:///ledger",
        "https://",
        "https://user@hub.example/ledger",
        "https://user:word@hub.example/ledger",
        "https://hub.example/ledger?size=1",
        "https://hub.example/ledger?",
        "https://hub.example/ledger#top",
        "https://hub.example:port/ledger",
        "https://hub.example:99999/ledger",
        "https://[::1/ledger",
    ],
)
def test_an_address_of_no_log_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(LogReadError):
        HttpReader(url)


def test_each_request_carries_the_headers_that_are_made_for_its_url(hub: Hub) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE)]
    reader = HttpReader(hub.url(), headers=lambda url: {"Authorization": f"Bearer for {url}"})
    reader.tile(0, 0, 256)
    reader.tile(0, 1, 256)
    for request, path in zip(hub.requests, ("tile/0/000", "tile/0/001"), strict=True):
        assert f"Authorization: Bearer for {hub.url()}/{path}\r\n" in request


def test_a_hub_that_loses_a_little_time_over_every_file_is_given_up_too(hub: Hub) -> None:
    """Each answer comes in time; all of them together would take for ever."""

    def late(_path: str) -> Iterator[bytes]:
        hub.stopped.wait(0.02)
        yield answer(FULL_TILE)

    hub.answer = late
    patient = HttpReader(hub.url(), pace_s=60.0, slack_s=0.05)
    for index in range(20):
        assert patient.tile(0, index, 256) == FULL_TILE
    impatient = HttpReader(hub.url(), pace_s=0.0, slack_s=3.0)
    # What its bytes take is no delay: an eighth of a second a tile.
    assert impatient.tile(0, 0, 256) == FULL_TILE

    def later(_path: str) -> Iterator[bytes]:
        hub.stopped.wait(0.5)
        yield answer(FULL_TILE)

    hub.answer = later
    with pytest.raises(LogReadError, match="too slow"):
        any(impatient.tile(0, index, 256) != FULL_TILE for index in range(20))


# What else lies beside the parts that a ledger has.


def test_every_file_below_the_tiles_is_found_known_or_not(folder: Path) -> None:
    put(folder, "checkpoint", CHECKPOINT)
    put(folder, "tile/0/000", FULL_TILE)
    put(folder, "tile/entries/000.p/3", b"entries")
    put(folder, "tile/notes.txt", b"smuggled")
    reader = FolderReader(folder)
    assert {path: reader.file(path) for path in reader.paths()} == {
        "tile/0/000": FULL_TILE,
        "tile/entries/000.p/3": b"entries",
        "tile/notes.txt": b"smuggled",
    }


def test_files_below_the_tiles_are_listed_in_one_order_however_deep_they_lie(folder: Path) -> None:
    deep = "tile/1/" + "a/" * 300 + "b"
    for path in ("tile/1/000", "tile/0/001", "tile/0/000", deep):
        put(folder, path, b"x")
    paths = ["tile/0/000", "tile/0/001", "tile/1/000", deep]
    assert list(FolderReader(folder).paths()) == paths


def test_a_link_below_the_tiles_that_leads_outside_is_refused(folder: Path) -> None:
    put(folder.parent, "secret", b"secret")
    (folder / "tile").mkdir()
    (folder / "tile" / "link").symlink_to(folder.parent / "secret")
    reader = FolderReader(folder)
    assert list(reader.paths()) == ["tile/link"]
    with pytest.raises(LogReadError, match="outside"):
        reader.file("tile/link")


def test_a_linked_folder_below_the_tiles_is_not_gone_along(folder: Path) -> None:
    put(folder.parent, "elsewhere/0/000", FULL_TILE)
    (folder / "tile").mkdir()
    (folder / "tile" / "link").symlink_to(folder.parent / "elsewhere")
    assert list(FolderReader(folder).paths()) == ["tile/link"]
    (folder / "tile" / "link").rename(folder / "link")
    (folder / "tile").rmdir()
    (folder / "link").rename(folder / "tile")
    with pytest.raises(LogReadError, match="outside"):
        list(FolderReader(folder).paths())


def test_a_folder_without_tiles_has_no_files_below_them(folder: Path) -> None:
    assert list(FolderReader(folder).paths()) == []


def test_over_http_nobody_asks_what_else_there_is(hub: Hub) -> None:
    assert HttpReader(hub.url()).paths() == ()
    assert hub.requests == []
