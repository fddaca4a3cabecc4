"""Writing the ledger out at the terminal."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.app import create_app
from exchange.config import Settings
from exchange.hub import open_hub
from exchange.services import witnesses
from exchange.vault import keyring
from relay_protocol import note
from relay_protocol.cli import main as audit
from relay_protocol.evidence import Evidence
from relay_protocol.note import SignerKey
from tests.exchange.cli.conftest import Type, said
from tests.story import api, second_reader


def test_publish_writes_checkpoint_and_tiles(scheme: Type, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said(scheme("ledger", "publish", out, "--json")) == {"size": 1}
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert files == ["checkpoint", "tile/0/000.p/1"]


def test_publish_writes_entries_when_asked(scheme: Type, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said(scheme("ledger", "publish", out, "--with-entries", "--json")) == {"size": 1}
    assert (out / "tile/entries/000.p/1").is_file()


def test_a_ledger_of_one_entry_is_published_as_it_is_served_and_a_second_reader_takes_it(
    scheme: Type, tmp_path: Path, translated: None
) -> None:
    out = tmp_path / "out"
    assert said(scheme("ledger", "publish", out, "--with-entries", "--json")) == {"size": 1}
    hub = open_hub(Settings.from_environment())
    with api.visitor(create_app(hub)) as visitor:
        for path in ("checkpoint", "tile/0/000.p/1"):
            assert visitor.get(f"/ledger/{path}").content == (out / path).read_bytes()
        assert visitor.get("/ledger/tile/0/000.p/2").status_code == 404
    read = second_reader.read_folder(out, hub.scheme.ledger_vkey)
    hub.close()
    assert (read.size, read.said[0]["kind"]) == (1, "scheme.opened")


class TestAlarms:
    def test_none_is_a_good_ending(self, scheme: Type) -> None:
        assert said(scheme("ledger", "alarms", "--json")) == {"alarms": []}
        assert "No alarm" in scheme("ledger", "alarms").output

    def test_an_open_one_ends_with_1_and_its_evidence_proves_two_histories(
        self, scheme: Type, tmp_path: Path
    ) -> None:
        forked = raised(tmp_path)
        listed = scheme("ledger", "alarms", "--json")
        assert listed.exit_code == 1
        (alarm,) = json.loads(listed.stdout)["alarms"]
        assert (alarm["witness"], alarm["size"], alarm["proof"], alarm["open"]) == (
            "w1",
            1,
            True,
            True,
        )
        told = scheme("ledger", "alarms", "--out", tmp_path / "evidence.txt")
        assert told.exit_code == 1
        assert "two histories are proven" in told.output
        proof = Evidence.decode((tmp_path / "evidence.txt").read_bytes())
        assert forked in proof.notes
        origin, _, _ = forked.decode().partition("\n")
        key = keyring.load(tmp_path / "keys").signing["log"]
        log = SignerKey(name=origin, kind=note.ED25519, private_key=key).verifier
        assert {proof.check(log).first.root, proof.check(log).second.root} >= {b"\x07" * 32}
        # A third person has this file and the log's key, and no network.
        alone = ["evidence", str(tmp_path / "evidence.txt"), "--vkey"]
        assert audit([*alone, log.encode()]) == 0
        other = SignerKey(name=origin, kind=note.ED25519, private_key=Ed25519PrivateKey.generate())
        assert audit([*alone, other.verifier.encode()]) == 1

    @pytest.mark.parametrize("number", [1, 2])
    def test_the_evidence_may_be_that_of_one_alarm_by_its_number(
        self, scheme: Type, tmp_path: Path, number: int
    ) -> None:
        forked = [raised(tmp_path, root) for root in (b"\x07", b"\x08")]
        out = tmp_path / "evidence.txt"
        scheme("ledger", "alarms", "--number", str(number), "--out", out)
        assert forked[number - 1] in Evidence.decode(out.read_bytes()).notes

    def test_an_alarm_that_is_not_there_has_no_evidence(self, scheme: Type, tmp_path: Path) -> None:
        raised(tmp_path)
        out = tmp_path / "evidence.txt"
        answer = scheme("ledger", "alarms", "--number", "2", "--out", out)
        assert answer.exit_code == 1
        assert "no alarm 2" in answer.output
        assert not out.exists()

    def test_without_proof_there_is_no_evidence_to_write(
        self, scheme: Type, tmp_path: Path
    ) -> None:
        answer = scheme("ledger", "alarms", "--out", tmp_path / "evidence.txt")
        assert answer.exit_code == 1
        assert "prove two histories" in answer.output
        assert not (tmp_path / "evidence.txt").exists()


class TestTheGuard:
    def test_without_it_nothing_is_signed_and_every_command_says_what_to_do(
        self, scheme: Type, tmp_path: Path
    ) -> None:
        assert said(scheme("ledger", "publish", tmp_path / "out", "--json")) == {"size": 1}
        (tmp_path / "var" / "published-checkpoint").unlink()
        refused = scheme("ledger", "publish", tmp_path / "out")
        assert refused.exit_code == 1
        assert "exchange ledger guard" in refused.output
        mended = scheme("ledger", "guard", "--from", tmp_path / "out" / "checkpoint", "--json")
        assert said(mended) == {"size": 1}
        assert said(scheme("ledger", "publish", tmp_path / "out", "--json")) == {"size": 1}

    def test_may_be_put_back_by_trusting_the_database(self, scheme: Type, tmp_path: Path) -> None:
        scheme("ledger", "publish", tmp_path / "out")
        (tmp_path / "var" / "published-checkpoint").write_bytes(b"")
        assert said(scheme("ledger", "guard", "--trust-database", "--json")) == {"size": 1}
        assert scheme("ledger", "publish", tmp_path / "out").exit_code == 0

    def test_needs_one_of_the_two_ways(self, scheme: Type, tmp_path: Path) -> None:
        scheme("ledger", "publish", tmp_path / "out")
        both = ("--trust-database", "--from", tmp_path / "out" / "checkpoint")
        assert scheme("ledger", "guard").exit_code == 2
        assert scheme("ledger", "guard", *both).exit_code == 2


def raised(folder: Path, root: bytes = b"\x07") -> bytes:
    """Raise an alarm in the scheme of a folder, and return what its witness holds."""
    hub = open_hub(Settings.from_environment())
    hub.sequence()
    signer = SignerKey(
        name=hub.scheme.origin, kind=note.ED25519, private_key=hub.keyring.signing["log"]
    )
    text = note.Checkpoint(origin=hub.scheme.origin, size=1, root=root * 32).text()
    forked = note.sign_note(text, signer)
    with hub.noting() as work:
        witnesses.raise_alarm(work, "w1", status=422, size=1, theirs=forked)
    hub.close()
    assert (folder / "var").is_dir()
    return forked
