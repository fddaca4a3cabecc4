import gzip
import os
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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

CHECKPOINT = b"hub.example/ledger\n1\n...\n"
FULL_TILE = b"".join(bytes([number]) * 32 for number in range(256))
FULL_BUNDLE = tiles.encode_bundle(f"entry {number}".encode() for number in range(256))
OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"


class Hub(socketserver.ThreadingTCPServer):
    """A server that answers each request with whatever bytes it is told to."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    answer: Callable[[str], Iterable[bytes]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.requests: list[str] = []
        self.stopped = threading.Event()

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_address[1]}/ledger"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader that hangs up is what most of these tests want."""


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        hub = self.server
        assert isinstance(hub, Hub)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(1000)
            if not line:
                return
            head += line
        hub.requests.append(head.decode())
        for part in hub.answer(head.decode().split()[1]):
            self.wfile.write(part)


def answer(
    body: bytes, *, status: str = "200 OK", content_type: str = OCTETS, more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
    return (head + f"Content-Length: {len(body)}\r\n{more}\r\n").encode() + body


def repeat(said: bytes) -> Callable[[str], Iterable[bytes]]:
    """Return what a hub answers that says one thing only."""
    return lambda _path: [said]


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
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def quick(hub: Hub) -> HttpReader:
    """Return a reader of the hub that soon loses patience."""
    return HttpReader(hub.url(), stall_timeout_s=0.2, total_timeout_s=0.5)


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


def test_a_request_asks_for_plain_bytes_and_sends_no_credentials_of_its_own(hub: Hub) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=TEXT)]
    HttpReader(hub.url()).checkpoint()
    request = hub.requests[0]
    assert request.startswith("GET /ledger/checkpoint HTTP/1.1\r\n")
    assert "Accept-Encoding: identity\r\n" in request
    assert "Authorization" not in request


def test_a_body_in_chunks_is_read(hub: Hub, quick: HttpReader) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {TEXT}\r\nTransfer-Encoding: chunked\r\n\r\n"
    hub.answer = lambda _path: [head.encode(), b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"]
    assert quick.checkpoint() == b"abcde"


def test_a_body_that_ends_with_the_connection_is_read(hub: Hub, quick: HttpReader) -> None:
    hub.answer = lambda _path: [f"HTTP/1.0 200 OK\r\nContent-Type: {TEXT}\r\n\r\nabc".encode()]
    assert quick.checkpoint() == b"abc"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_refused_and_not_followed(hub: Hub, quick: HttpReader, status: str) -> None:
    more = f"Location: {hub.url()}/elsewhere\r\n"
    hub.answer = lambda _path: [answer(CHECKPOINT, status=status, content_type=TEXT, more=more)]
    with pytest.raises(LogReadError, match=status[:3]):
        quick.checkpoint()
    assert len(hub.requests) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_what_the_hub_says_it_has_not_is_missing(hub: Hub, quick: HttpReader, status: str) -> None:
    hub.answer = lambda _path: [answer(b"x", status=status)]
    with pytest.raises(LogMissingError):
        quick.checkpoint()


@pytest.mark.parametrize(
    "status", ["201 Created", "204 None", "206 Partial", "401 No", "403 No", "429 Slow", "500 Oh"]
)
def test_any_other_answer_is_refused_and_not_taken_for_missing(
    hub: Hub, quick: HttpReader, status: str
) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, status=status, content_type=TEXT)]
    with pytest.raises(LogReadError) as refused:
        quick.checkpoint()
    assert not isinstance(refused.value, LogMissingError)


@pytest.mark.parametrize("content_type", ["text/html", OCTETS, "application/json", "", "nonsense"])
def test_a_checkpoint_of_another_content_type_is_refused(
    hub: Hub, quick: HttpReader, content_type: str
) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=content_type)]
    if not content_type:  # a static host may know none for a file without an ending
        assert quick.checkpoint() == CHECKPOINT
    else:
        with pytest.raises(LogReadError, match="text/plain"):
            quick.checkpoint()


def test_two_content_types_are_none(hub: Hub, quick: HttpReader) -> None:
    more = f"Content-Type: {OCTETS}\r\n"
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=TEXT, more=more)]
    with pytest.raises(LogReadError, match="text/plain"):
        quick.checkpoint()


@pytest.mark.parametrize("content_type", ["text/html", TEXT, "application/json", "", "nonsense"])
def test_a_tile_of_another_content_type_is_refused(
    hub: Hub, quick: HttpReader, content_type: str
) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE, content_type=content_type)]
    with pytest.raises(LogReadError, match=OCTETS):
        quick.tile(0, 0, 256)


def test_a_compressed_answer_is_refused(hub: Hub, quick: HttpReader) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE, more="Content-Encoding: gzip\r\n")]
    with pytest.raises(LogReadError, match="compressed"):
        quick.tile(0, 0, 256)


def test_a_bomb_is_not_unpacked_whether_it_says_so_or_not(hub: Hub, quick: HttpReader) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(bomb) < TILE_LIMIT_BYTES
    for coding in ("gzip", "deflate", "br", "x-unheard-of", "identity, gzip"):
        more = f"Content-Encoding: {coding}\r\n"
        hub.answer = repeat(answer(bomb, more=more))
        with pytest.raises(LogReadError, match="compressed"):
            quick.tile(0, 0, 256)
    hub.answer = lambda _path: [answer(bomb)]
    assert quick.tile(0, 0, 256) == bomb  # which is no tile: its length says so
    hub.answer = lambda _path: [answer(bomb, more="Content-Encoding: identity\r\n")]
    assert quick.tile(0, 0, 256) == bomb


@pytest.mark.parametrize("stated", ["-1", "+8192", "abc", "1_0", "0x10", "", "8192, 8192"])
def test_a_length_that_is_no_number_is_refused(hub: Hub, quick: HttpReader, stated: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\nContent-Length: {{}}\r\n\r\n"
    hub.answer = lambda _path: [head.format(8192).encode() + FULL_TILE]
    assert quick.tile(0, 0, 256) == FULL_TILE
    hub.answer = lambda _path: [head.format(stated).encode() + FULL_TILE]
    with pytest.raises(LogReadError, match="length"):
        quick.tile(0, 0, 256)


def test_a_length_beyond_all_limits_is_not_waited_for(hub: Hub, quick: HttpReader) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\nContent-Length: {10**18}\r\n\r\n"
    hub.answer = lambda _path: [head.encode(), *([bytes(9_000)] * 2)]
    with pytest.raises(LogReadError, match="is larger than"):
        quick.tile(0, 0, 256)


def test_a_body_without_end_is_read_up_to_its_limit_only(hub: Hub, quick: HttpReader) -> None:
    def endless(_path: str) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\n\r\n".encode()
        while not hub.stopped.is_set():
            yield bytes(65_536)

    hub.answer = endless
    with pytest.raises(LogReadError, match="is larger than"):
        quick.tile(0, 0, 256)


def test_a_body_shorter_than_it_was_said_to_be_is_refused(hub: Hub, quick: HttpReader) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE)[:-1]]
    with pytest.raises(LogReadError, match="is cut off"):
        quick.tile(0, 0, 256)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na",
    ],
)
def test_an_answer_that_is_no_http_is_refused(hub: Hub, quick: HttpReader, raw: bytes) -> None:
    hub.answer = lambda _path: [raw]
    with pytest.raises(LogReadError):
        quick.checkpoint()


def repeated(hub: Hub, head: bytes, part: bytes) -> Callable[[str], Iterator[bytes]]:
    """Return an answer that goes on after its head with one part after another, slowly."""

    def drip(_path: str) -> Iterator[bytes]:
        yield head
        while not hub.stopped.wait(0.05):
            yield part

    return drip


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", b""),  # silence from the first byte on
        (b"HTTP/1.1 200 OK\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n", b""),
        (b"", b"x"),  # and drops that never end
        (b"HTTP/1.1 200 OK\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 999\r\n\r\n", b"x"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
        ),
    ],
)
def test_a_hub_that_stalls_or_drips_is_given_up_in_time(
    hub: Hub, quick: HttpReader, head: bytes, part: bytes
) -> None:
    hub.answer = repeated(hub, head, part)
    with pytest.raises(LogReadError):
        quick.checkpoint()


def test_a_hub_that_loses_a_little_time_over_every_file_is_given_up_too(hub: Hub) -> None:
    """Each answer comes in time; all of them together would take for ever."""

    def late(_path: str) -> Iterator[bytes]:
        hub.stopped.wait(0.02)
        yield answer(FULL_TILE)

    hub.answer = late
    patient = HttpReader(hub.url(), pace_s=60.0, slack_s=0.05)
    for index in range(20):
        assert patient.tile(0, index, 256) == FULL_TILE
    impatient = HttpReader(hub.url(), pace_s=0.0, slack_s=1.0)
    # What its bytes take is no delay: an eighth of a second a tile.
    assert impatient.tile(0, 0, 256) == FULL_TILE

    def later(_path: str) -> Iterator[bytes]:
        hub.stopped.wait(0.3)
        yield answer(FULL_TILE)

    hub.answer = later
    with pytest.raises(LogReadError, match="too slow"):
        any(impatient.tile(0, index, 256) != FULL_TILE for index in range(20))


def test_a_hub_that_does_not_listen_is_refused(hub: Hub) -> None:
    with Hub() as other:
        url = other.url()
    with pytest.raises(LogReadError):
        HttpReader(url).checkpoint()


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(LogReadError):
        HttpReader(f"http://{'a' * 64}.example/ledger").checkpoint()


def test_a_hub_elsewhere_is_reached_through_the_systems_proxy_and_this_machine_is_not(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.answer = lambda path: [answer(path.encode(), content_type=TEXT)]
    monkeypatch.setenv("http_proxy", hub.url())
    monkeypatch.delenv("no_proxy", raising=False)
    through_proxy = HttpReader("http://hub.example/ledger").checkpoint()
    assert through_proxy == b"http://hub.example/ledger/checkpoint"
    assert HttpReader(hub.url()).checkpoint() == b"/ledger/checkpoint"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return the file of a certificate, with its key, that only this machine vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(noon)
        .not_valid_after(noon.replace(year=2120))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    encoded_key = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(encoded_key + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_certificate_is_checked_against_those_that_this_machine_trusts(
    hub: Hub, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    hub.socket = context.wrap_socket(hub.socket, server_side=True)
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=TEXT)]
    url = hub.url("https").replace("127.0.0.1", "localhost")

    with pytest.raises(LogReadError):
        HttpReader(url).checkpoint()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert HttpReader(url).checkpoint() == CHECKPOINT
    with pytest.raises(LogReadError):  # the certificate is for another name
        HttpReader(hub.url("https")).checkpoint()


def test_a_hub_that_drips_under_tls_is_given_up_in_time(
    hub: Hub, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    hub.socket = context.wrap_socket(hub.socket, server_side=True)
    hub.answer = repeated(hub, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = hub.url("https").replace("127.0.0.1", "localhost")
    with pytest.raises(LogReadError):
        HttpReader(url, stall_timeout_s=0.2, total_timeout_s=0.5).checkpoint()


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


# What a hub says of its refusals.

PROBLEM = "application/problem+json"


def test_what_a_hub_says_of_a_refusal_is_told(hub: Hub, quick: HttpReader) -> None:
    body = b'{"detail": "The token has expired."}'
    hub.answer = lambda _path: [answer(body, status="401 No", content_type=PROBLEM)]
    with pytest.raises(LogReadError, match=r"answers 401 to checkpoint: The token has expired\.$"):
        quick.checkpoint()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[1]",
        b'{"detail": 5}',
        b'{"detail": "\\u001b[2J"}',
        b"[" * 4_000,
        b'{"detail": "' + b"x" * 9_000 + b'"}',
    ],
)
def test_what_a_hub_cannot_say_well_is_left_out(hub: Hub, quick: HttpReader, body: bytes) -> None:
    hub.answer = lambda _path: [answer(body, status="401 No", content_type=PROBLEM)]
    with pytest.raises(LogReadError, match=r"answers 401 to checkpoint$"):
        quick.checkpoint()
