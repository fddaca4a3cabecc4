"""`relay-audit trace`: told in both languages, as JSON, and only of a sound ledger."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol.cli import main
from relay_protocol.pack import seal_pack
from relay_protocol.points import Cause
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AUDITOR, MEMBER, RULES, HandLedger, sealing_key
from tests.story.hand_relay import HandRelay


@dataclass
class Desk:
    """An auditor's machine with a copy of a ledger, and the pack that opens it."""

    folder: Path
    ledger: HandLedger

    def __post_init__(self) -> None:
        self.copy = self.ledger.write_out(self.folder / "ledger")
        key = sealing_key(AUDITOR)
        self.reveal = self.folder / "reveal.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.reveal.write_bytes(pem)
        self.pack = self.folder / "pack"
        self.pack.write_bytes(seal_pack(self.ledger.pack(), key.public_key()))

    def trace(self, name: str, *more: str | Path) -> int:
        vkey = self.ledger.log_key.verifier.encode()
        opens = ["--pack", self.pack, "--key", self.reveal]
        return main(["trace", *map(str, [name, self.copy, "--vkey", vkey, *opens, *more])])


@pytest.fixture
def relay() -> HandRelay:
    ledger = HandLedger()
    ledger.open()
    walked = HandRelay(ledger=ledger)
    walked.until_confirmed()
    books = HandBooks(ledger=ledger)
    for month in ("2026-12", "2027-01", "2027-02", "2027-03"):
        books.settle(month)
    return walked


@pytest.fixture
def desk(relay: HandRelay, tmp_path: Path) -> Desk:
    return Desk(tmp_path, relay.ledger)


def test_a_slot_is_told_with_all_that_is_behind_it(
    desk: Desk, relay: HandRelay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.trace(f"slots:{MEMBER}", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert f"(slots:{MEMBER}:available)" in said
    assert "A slot for a hire." in said
    assert f"Decided by the rules {RULES.version}" in said
    assert "no auditor has signed it yet" in said
    assert f"entry {relay.seqs[1]} 2026-12-01 Consent given: hub" in said
    assert desk.trace(f"slots:{MEMBER}", "--lang", "ja") == 0
    assert "採用による無償紹介枠です。" in capsys.readouterr().out


def test_a_lot_is_there_as_json(
    desk: Desk, relay: HandRelay, capsys: pytest.CaptureFixture[str]
) -> None:
    lot = Cause(rules=RULES.version, fact=relay.hire, leg="hired").transfer_id()
    assert desk.trace(f"lot:{lot[:10]}", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["lots"]
    assert (one["lot"], one["origin"], one["parts"]) == (lot, "hire", [])
    assert [step["entry"] for step in one["steps"]] == relay.seqs
    assert one["steps"][1]["body"]["notice"] == "2026-12-A"


def test_what_is_closed_is_said_and_not_guessed(
    relay: HandRelay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    relay.ledger.forget(*relay.seqs)
    relay.ledger.count_closed(len(relay.seqs))
    assert Desk(tmp_path, relay.ledger).trace(f"slots:{MEMBER}", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "The fact behind it is closed" in said
    assert "Consent given" not in said


def test_a_name_of_nothing_cannot_be_traced(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.trace("slots:nobody") == 2
    assert "try slots:SLUG or points:SLUG" in capsys.readouterr().err


def test_nothing_is_traced_in_a_ledger_that_is_not_sound(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = next((desk.copy / "tile/entries/000.p").iterdir())
    raw = bytearray(bundle.read_bytes())
    raw[40] ^= 1
    bundle.write_bytes(raw)
    assert desk.trace(f"slots:{MEMBER}", "--json") == 1
    assert json.loads(capsys.readouterr().out)["result"] == "refused"


def test_a_ledger_in_the_place_of_the_slot_is_told_of(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for source in (str(desk.copy), "https://hub.example.jp"):
        with pytest.raises(SystemExit) as ended:
            main(["trace", source, f"slots:{MEMBER}", "--key", str(desk.reveal)])
        assert ended.value.code == 2
        assert f"SLOT comes first (slots:SLUG, points:SLUG or lot:NAME), then {source}" in (
            " ".join(capsys.readouterr().err.split())
        )


def test_a_pack_is_needed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    vkey = desk.ledger.log_key.verifier.encode()
    with pytest.raises(SystemExit) as ended:
        main(["trace", "slots:mirai", str(desk.copy), "--vkey", vkey])
    assert ended.value.code == 2
    assert "--key is needed" in capsys.readouterr().err
