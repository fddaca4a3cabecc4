"""Every command of the audit that asks a server, against servers that are no good: it ends.

It ends with 1 or 2 and a sentence, never with a traceback, and never without end.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol import merkle, note, tiles
from relay_protocol.cli import main
from relay_protocol.log_reader import HttpReader
from relay_protocol.pack import seal_pack
from tests.rogue import OCTETS, TEXT, RogueHub, busy
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AUDITOR, LOG, MEMBER, sealing_key
from tests.story.local_hub import Asked, LocalHub, Told

CHECKPOINT = f"/ledger/{tiles.CHECKPOINT_PATH}"
Bend = Callable[[RogueHub, LocalHub, Asked, Told], Told]
"""Gives another answer than the true one."""


@pytest.fixture(scope="module")
def hub() -> RogueHub:
    opened = RogueHub.opened()
    busy(opened)
    HandBooks(ledger=opened).settle("2026-12")
    return opened


@pytest.fixture
def server() -> Iterator[LocalHub]:
    opened = LocalHub()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def pack(hub: RogueHub, tmp_path: Path) -> None:
    """Lay a pack and its key ready, which `trace` asks for."""
    private = sealing_key(AUDITOR)
    (tmp_path / "pack").write_bytes(seal_pack(hub.pack(), private.public_key()))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "reveal.pem").write_bytes(pem)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tool lose patience within a second from now on; nothing else of it is another."""
    patience = {"stall_timeout_s": 0.2, "total_timeout_s": 0.3}
    for name, seconds in patience.items():
        monkeypatch.setitem(HttpReader.__init__.__kwdefaults__ or {}, name, seconds)


COMMANDS: dict[str, Callable[[str, str, Path], list[str]]] = {
    "verify": lambda url, key, _: ["verify", url, "--vkey", key],
    "verify, told no key": lambda url, _key, _: ["verify", url],
    "verify, going on": lambda url, key, folder: [
        *["verify", url, "--vkey", key, "--state", f"{folder}/state"]
    ],
    "verify, keeping a copy": lambda url, key, folder: [
        *["verify", url, "--vkey", key, "--mirror", f"{folder}/kept"]
    ],
    "mirror": lambda url, key, folder: ["mirror", url, f"{folder}/copy", "--vkey", key],
    "watch": lambda url, key, folder: [
        *["watch", url, "--vkey", key, "--state", f"{folder}/watch", "--once"]
    ],
    "trace": lambda url, key, folder: [
        *["trace", f"points:{MEMBER}", url, "--vkey", key],
        *["--pack", f"{folder}/pack", "--key", f"{folder}/reveal.pem"],
    ],
    "sample": lambda url, key, folder: [
        *["sample", url, "--vkey", key, "--n", "3", "--out", f"{folder}/paper.xlsx"]
    ],
}


def dripping(server: LocalHub, told: Told, part: bytes = b"x") -> Told:
    def parts() -> Iterator[bytes]:
        while not server.closing.wait(0.05):
            yield part

    return replace(told, body=parts())


def stalling(server: LocalHub, told: Told) -> Told:
    server.closing.wait(2)
    return told


def endless(told: Told) -> Told:
    def parts() -> Iterator[bytes]:
        while True:
            yield b"x" * 65_536

    return replace(told, body=parts())


def stating(hub: RogueHub, size: str, root: str = "") -> Told:
    """Return a checkpoint, signed by the log, that states what it should not."""
    text = hub.checkpoint().decode().partition("\n\n")[0].split("\n")
    signed = note.sign_note(f"{LOG}\n{size}\n{root or text[2]}\n", hub.log_key)
    return Told(body=signed, headers=TEXT)


def crowded(told: Told) -> Told:
    lines = b"".join(b"\xe2\x80\x94 s%d.example AAAAAAA=\n" % number for number in range(100))
    return replace(told, body=told.body + lines)  # type: ignore[operator]


def of_another_tree(told: Told) -> Told:
    leaf = merkle.leaf_hash(b"another entry")
    assert isinstance(told.body, bytes)
    return replace(told, body=leaf + told.body[32:])


WHEREVER: dict[str, Bend] = {
    "redirects": lambda _h, server, _a, told: replace(
        told, status=302, headers={"Location": f"{server.url}/elsewhere"}, body=b""
    ),
    "stalls": lambda _h, server, _a, told: stalling(server, told),
    "drips": lambda _h, server, _a, told: dripping(server, told),
    "streams without end": lambda _h, _s, _a, told: endless(told),
    "says another type": lambda _h, _s, _a, told: replace(
        told, headers={"Content-Type": "text/html"}
    ),
    "says a type that is none": lambda _h, _s, _a, told: replace(
        told, headers={"Content-Type": "text"}
    ),
    "packs": lambda _h, _s, _a, told: replace(
        told,
        body=gzip.compress(bytes(5_000_000)),
        headers={**told.headers, "Content-Encoding": "gzip"},
    ),
    "packs and does not say so": lambda _h, _s, _a, told: replace(
        told, body=gzip.compress(bytes(100_000))
    ),
    "sends nothing": lambda _h, _s, _a, told: replace(told, body=b""),
    "fails": lambda _h, _s, _a, told: replace(told, status=500),
}
CHECKPOINTS: dict[str, Bend] = {
    "101 signatures": lambda _h, _s, _a, told: crowded(told),
    "base64 in another form": lambda hub, _s, _a, _t: stating(hub, "30", "A" * 42 + "B="),
    "a size with a leading zero": lambda hub, _s, _a, _t: stating(hub, "030"),
    "a size of 2^63": lambda hub, _s, _a, _t: stating(hub, str(2**63)),
    "a size beyond all measure": lambda hub, _s, _a, _t: stating(hub, str(2**63 - 1)),
    "nothing entered": lambda hub, _s, _a, _t: stating(hub, "0"),
}


def ends(
    hub: RogueHub, server: LocalHub, folder: Path, command: str, bent: Callable[[Asked], Told]
) -> int:
    """Return how a command ends when a server answers so."""
    server.tell_else(bent)
    url = f"{server.url}/ledger"
    return main(COMMANDS[command](url, hub.log_key.verifier.encode(), folder))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_good_is_read(
    hub: RogueHub, server: LocalHub, tmp_path: Path, command: str
) -> None:
    assert ends(hub, server, tmp_path, command, hub.answer) == 0


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bend", WHEREVER)
@pytest.mark.parametrize("where", ["at its checkpoint", "behind its checkpoint"])
def test_a_server_that_is_no_good_is_left(
    hub: RogueHub,
    server: LocalHub,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    bend: str,
    where: str,
) -> None:
    grown = hub.fork()
    if command == "verify, going on" or (command, where) == ("watch", "behind its checkpoint"):
        # The state is that of an honest day; since then there is more.
        assert ends(hub, server, tmp_path, command, hub.answer) == 0
        grown.count_closed(0)

    def bent(asked: Asked) -> Told:
        told = grown.answer(asked)
        is_there = (asked.path == CHECKPOINT) == (where == "at its checkpoint")
        return WHEREVER[bend](grown, server, asked, told) if is_there else told

    # Whoever waits for a good server waits as long as ever.
    hurry(monkeypatch)
    assert ends(grown, server, tmp_path, command, bent) in {1, 2}
    assert "".join(capsys.readouterr())


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bend", CHECKPOINTS)
def test_a_checkpoint_that_cannot_be_is_refused_by_every_command(
    hub: RogueHub, server: LocalHub, tmp_path: Path, command: str, bend: str
) -> None:
    if command == "watch":  # what it sees first it can compare with nothing
        assert ends(hub, server, tmp_path, command, hub.answer) == 0

    def bent(asked: Asked) -> Told:
        told = hub.answer(asked)
        return CHECKPOINTS[bend](hub, server, asked, told) if asked.path == CHECKPOINT else told

    assert ends(hub, server, tmp_path, command, bent) in {1, 2}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_tile_of_another_tree_is_refused_by_every_command_that_reads_tiles(
    hub: RogueHub, server: LocalHub, tmp_path: Path, command: str
) -> None:
    grown = hub.fork()
    if command == "watch":
        assert ends(hub, server, tmp_path, command, hub.answer) == 0
        grown.count_closed(0)

    def bent(asked: Asked) -> Told:
        told = grown.answer(asked)
        return of_another_tree(told) if asked.path.startswith("/ledger/tile/0/") else told

    assert ends(grown, server, tmp_path, command, bent) in {1, 2}


def test_what_is_served_in_these_tests_is_what_a_hub_serves(hub: RogueHub) -> None:
    asked = Asked(method="GET", path=CHECKPOINT, headers={}, body=b"")
    assert hub.answer(asked).headers == TEXT
    (tile,) = [one for one in tiles.new_tiles(0, hub.size) if not one.level]
    assert hub.answer(replace(asked, path=f"/ledger/{tile.path}")).headers == OCTETS
