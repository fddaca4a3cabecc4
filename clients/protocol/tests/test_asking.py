"""One question to a server, whatever it answers; asked as a reader of the ledger asks it."""

import gzip
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from relay_protocol.asking import ask, ask_in_pieces
from relay_protocol.errors import LogDeniedError, LogMissingError, LogReadError
from relay_protocol.log_reader import TILE_LIMIT_BYTES, HttpReader
from tests.story import told_server
from tests.story.told_server import OCTETS, TEXT, Hub, answer, repeat

CHECKPOINT = b"hub.example/ledger\n1\n...\n"
FULL_TILE = b"".join(bytes([number]) * 32 for number in range(256))


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Start a hub on this machine; it answers nothing before a test says what."""
    with told_server.running() as server:
        yield server


@pytest.fixture
def reader(hub: Hub) -> HttpReader:
    """Return a reader of the hub with the patience that readers have."""
    return HttpReader(hub.url())


@pytest.fixture
def quick(hub: Hub) -> HttpReader:
    """Return a reader of the hub that soon loses patience."""
    return HttpReader(hub.url(), stall_timeout_s=0.2, total_timeout_s=0.5)


def asked(hub: Hub) -> Request:
    return Request(f"{hub.url()}/thing", headers={"Accept": OCTETS})  # noqa: S310 (a hub here)


def test_an_answer_is_whole_up_to_its_limit_and_refused_beyond(hub: Hub) -> None:
    hub.answer = repeat(answer(b"12345"))
    assert ask(asked(hub), "the thing", limit_bytes=5) == b"12345"
    with pytest.raises(LogReadError, match="the thing is larger than 4 bytes"):
        ask(asked(hub), "the thing", limit_bytes=4)


def test_a_long_answer_is_handed_over_piece_by_piece(hub: Hub) -> None:
    said = bytes(range(256)) * 10_000
    hub.answer = repeat(answer(said))
    pieces: list[bytes] = []
    ask_in_pieces(asked(hub), "the thing", pieces.append, limit_bytes=len(said))
    assert b"".join(pieces) == said
    assert len(pieces) > 1


def test_a_request_asks_for_plain_bytes_and_sends_no_credentials_of_its_own(hub: Hub) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=TEXT)]
    HttpReader(hub.url()).checkpoint()
    request = hub.requests[0]
    assert request.startswith("GET /ledger/checkpoint HTTP/1.1\r\n")
    assert "Accept-Encoding: identity\r\n" in request
    assert "Authorization" not in request


def test_a_body_in_chunks_is_read(hub: Hub, reader: HttpReader) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {TEXT}\r\nTransfer-Encoding: chunked\r\n\r\n"
    hub.answer = lambda _path: [head.encode(), b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"]
    assert reader.checkpoint() == b"abcde"


def test_a_body_that_ends_with_the_connection_is_read(hub: Hub, reader: HttpReader) -> None:
    hub.answer = lambda _path: [f"HTTP/1.0 200 OK\r\nContent-Type: {TEXT}\r\n\r\nabc".encode()]
    assert reader.checkpoint() == b"abc"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_refused_and_not_followed(hub: Hub, reader: HttpReader, status: str) -> None:
    more = f"Location: {hub.url()}/elsewhere\r\n"
    hub.answer = lambda _path: [answer(CHECKPOINT, status=status, content_type=TEXT, more=more)]
    with pytest.raises(LogReadError, match=status[:3]):
        reader.checkpoint()
    assert len(hub.requests) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_what_the_hub_says_it_has_not_is_missing(hub: Hub, reader: HttpReader, status: str) -> None:
    hub.answer = lambda _path: [answer(b"x", status=status)]
    with pytest.raises(LogMissingError):
        reader.checkpoint()


@pytest.mark.parametrize(
    "status", ["201 Created", "204 None", "206 Partial", "401 No", "403 No", "429 Slow", "500 Oh"]
)
def test_any_other_answer_is_refused_and_not_taken_for_missing(
    hub: Hub, reader: HttpReader, status: str
) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, status=status, content_type=TEXT)]
    with pytest.raises(LogReadError) as refused:
        reader.checkpoint()
    assert not isinstance(refused.value, LogMissingError)


@pytest.mark.parametrize("content_type", ["text/html", OCTETS, "application/json", "", "nonsense"])
def test_a_checkpoint_of_another_content_type_is_refused(
    hub: Hub, reader: HttpReader, content_type: str
) -> None:
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=content_type)]
    if not content_type:  # a static host may know none for a file without an ending
        assert reader.checkpoint() == CHECKPOINT
    else:
        with pytest.raises(LogReadError, match="text/plain"):
            reader.checkpoint()


def test_two_content_types_are_none(hub: Hub, reader: HttpReader) -> None:
    more = f"Content-Type: {OCTETS}\r\n"
    hub.answer = lambda _path: [answer(CHECKPOINT, content_type=TEXT, more=more)]
    with pytest.raises(LogReadError, match="text/plain"):
        reader.checkpoint()


@pytest.mark.parametrize("content_type", ["text/html", TEXT, "application/json", "", "nonsense"])
def test_a_tile_of_another_content_type_is_refused(
    hub: Hub, reader: HttpReader, content_type: str
) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE, content_type=content_type)]
    with pytest.raises(LogReadError, match=OCTETS):
        reader.tile(0, 0, 256)


def test_a_compressed_answer_is_refused(hub: Hub, reader: HttpReader) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE, more="Content-Encoding: gzip\r\n")]
    with pytest.raises(LogReadError, match="compressed"):
        reader.tile(0, 0, 256)


def test_a_bomb_is_not_unpacked_whether_it_says_so_or_not(hub: Hub, reader: HttpReader) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(bomb) < TILE_LIMIT_BYTES
    for coding in ("gzip", "deflate", "br", "x-unheard-of", "identity, gzip"):
        more = f"Content-Encoding: {coding}\r\n"
        hub.answer = repeat(answer(bomb, more=more))
        with pytest.raises(LogReadError, match="compressed"):
            reader.tile(0, 0, 256)
    hub.answer = lambda _path: [answer(bomb)]
    assert reader.tile(0, 0, 256) == bomb  # which is no tile: its length says so
    hub.answer = lambda _path: [answer(bomb, more="Content-Encoding: identity\r\n")]
    assert reader.tile(0, 0, 256) == bomb


@pytest.mark.parametrize("stated", ["-1", "+8192", "abc", "1_0", "0x10", "", "8192, 8192"])
def test_a_length_that_is_no_number_is_refused(hub: Hub, reader: HttpReader, stated: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\nContent-Length: {{}}\r\n\r\n"
    hub.answer = lambda _path: [head.format(8192).encode() + FULL_TILE]
    assert reader.tile(0, 0, 256) == FULL_TILE
    hub.answer = lambda _path: [head.format(stated).encode() + FULL_TILE]
    with pytest.raises(LogReadError, match="length"):
        reader.tile(0, 0, 256)


def test_a_length_beyond_all_limits_is_not_waited_for(hub: Hub, reader: HttpReader) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\nContent-Length: {10**18}\r\n\r\n"
    hub.answer = lambda _path: [head.encode(), *([bytes(9_000)] * 2)]
    with pytest.raises(LogReadError, match="is larger than"):
        reader.tile(0, 0, 256)


def test_a_body_without_end_is_read_up_to_its_limit_only(hub: Hub, reader: HttpReader) -> None:
    def endless(_path: str) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {OCTETS}\r\n\r\n".encode()
        while not hub.stopped.is_set():
            yield bytes(65_536)

    hub.answer = endless
    with pytest.raises(LogReadError, match="is larger than"):
        reader.tile(0, 0, 256)


def test_a_body_shorter_than_it_was_said_to_be_is_refused(hub: Hub, reader: HttpReader) -> None:
    hub.answer = lambda _path: [answer(FULL_TILE)[:-1]]
    with pytest.raises(LogReadError, match="is cut off"):
        reader.tile(0, 0, 256)


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
def test_an_answer_that_is_no_http_is_refused(hub: Hub, reader: HttpReader, raw: bytes) -> None:
    hub.answer = lambda _path: [raw]
    with pytest.raises(LogReadError):
        reader.checkpoint()


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


def test_a_hub_that_does_not_listen_is_refused(hub: Hub) -> None:
    with Hub() as other:
        url = other.url()
    with pytest.raises(LogReadError, match="cannot read checkpoint from the hub: Connection re"):
        HttpReader(url).checkpoint()


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_hub_that_does_not_show_it_to_whoever_asks_is_told_from_one_that_fails(
    hub: Hub, reader: HttpReader, status: str
) -> None:
    hub.answer = repeat(answer(b"", status=status))
    with pytest.raises(LogDeniedError, match=f"answers {status[:3]} to checkpoint"):
        reader.checkpoint()
    hub.answer = repeat(answer(b"", status="500 Internal Server Error"))
    with pytest.raises(LogReadError) as failed:
        reader.checkpoint()
    assert not isinstance(failed.value, LogDeniedError)


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
