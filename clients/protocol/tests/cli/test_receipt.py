"""`relay-audit receipt`: proved, not proved, and not to be read are three exit codes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from relay_protocol.cli import main
from relay_protocol.note import (
    COSIGNATURE,
    Checkpoint,
    Note,
    SignerKey,
    VerifierKey,
    add_signatures,
    cosign,
)
from relay_protocol.policy import LogLine, Policy, WitnessLine
from relay_protocol.proof import Proof
from relay_protocol.proof_file import decode_proof, encode_proof
from tests.rogue import RogueHub, busy
from tests.story.shown_ledger import ShownLedger, signing_key, verifier

WITNESS = SignerKey(name="witness.example/w1", kind=COSIGNATURE, private_key=signing_key(77))


@pytest.fixture(scope="module")
def shown() -> ShownLedger:
    """Return a ledger in which an agency has ended a claim, and the hub recorded an approval."""
    ledger = ShownLedger()
    ledger.admit("mirai")
    ledger.admit("sakura", "agency", cosigner="mirai")
    refs = {"claim": f"clm_{'0' * 26}"}
    ledger.state("claim.ended", "sakura", "sakura", refs=refs, body={"reason": "filled"})
    ledger.state("claim.approved", "hub", "sakura", refs=refs, body={"job_kind": "mid-career"})
    return ledger


def receipt(shown: ShownLedger, seq: int) -> bytes:
    return encode_proof(Proof.from_document(shown.prove(seq)))


@pytest.fixture
def file(shown: ShownLedger, tmp_path: Path) -> Path:
    path = tmp_path / "act.tlog-proof"
    path.write_bytes(receipt(shown, 4))
    return path


@pytest.fixture
def register(shown: ShownLedger, tmp_path: Path) -> Path:
    path = tmp_path / "directory.json"
    path.write_text(json.dumps({"items": [shown.prove(seq) for seq in range(4)], "next": None}))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = main(["receipt", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_it_says_who_said_what_when_and_how_it_was_signed(
    file: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, file, "--vkey", shown.vkey, "--lang", "en")
    assert code == 0
    assert "of the 6 entries of the ledger hub.example/ledger, entry 4 is this act" in text
    assert "sakura said at 2026-12-01T03:04:05Z: Claim ended, claim.ended" in text
    assert "reason: filled" in text
    assert "with the organization's key" in text
    assert "was not checked" in text
    assert "What it does not prove:" in text
    assert "That the key is sakura's" in text


def test_it_speaks_japanese(
    file: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, file, "--vkey", shown.vkey, "--lang", "ja")
    assert code == 0
    assert "証明されました" in text
    assert "打診の終了 claim.ended" in text
    assert "証明されていないこと" in text


def test_what_the_hub_has_recorded_is_said_to_be_that(
    file: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(receipt(shown, 5))
    code, text = said(capsys, file, "--vkey", shown.vkey, "--lang", "en")
    assert code == 0
    assert "by the hub's own key" in text
    assert "the hub has recorded so" in text


def test_with_the_register_the_makers_signature_is_checked(
    file: Path, shown: ShownLedger, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seq in (4, 5, 1):
        file.write_bytes(receipt(shown, seq))
        code, text = said(capsys, file, "--vkey", shown.vkey, "--register", register, "--json")
        document = json.loads(text)
        assert (code, document["result"], document["signed"]["checked"]) == (0, "proved", True)
        assert "maker" not in document["not_proved"]


def test_with_the_register_a_strangers_signature_is_refused(
    file: Path, shown: ShownLedger, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = ShownLedger(signing=shown.signing, entries=shown.entries[:4], attested=shown.attested)
    refs = {"claim": f"clm_{'0' * 26}"}
    signed = forged.sign(
        "claim.ended", "sakura", refs=refs, body={"reason": "filled"}, key=signing_key(66)
    )
    file.write_bytes(receipt(forged, forged.enter(signed, "sakura")))
    assert said(capsys, file, "--vkey", shown.vkey)[0] == 0
    code, text = said(capsys, file, "--vkey", shown.vkey, "--register", register, "--lang", "en")
    assert code == 1
    assert "no key of sakura has signed it" in text


def test_a_register_of_another_log_is_refused(
    file: Path, shown: ShownLedger, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = ShownLedger(log_key=signing_key(99))
    register.write_text(json.dumps({"items": [other.prove(0)], "next": None}))
    assert said(capsys, file, "--vkey", shown.vkey, "--register", register)[0] == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"items": 1}', '{"items": [1]}', "[" * 9999])
def test_what_is_no_register_cannot_be_read(
    file: Path,
    shown: ShownLedger,
    register: Path,
    content: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    register.write_text(content)
    assert said(capsys, file, "--vkey", shown.vkey, "--register", register)[0] == 2


def test_while_one_key_of_the_log_follows_another_either_proves_it(
    file: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    old, following = shown.vkey, signing_key(33)
    shown.register("office", following, "log")
    shown.further_log_keys = (following,)
    file.write_bytes(receipt(shown, 1))
    for vkey in (old, verifier(following)):
        assert said(capsys, file, "--vkey", vkey)[0] == 0
    shown.log_key, shown.further_log_keys = following, ()
    file.write_bytes(receipt(shown, 1))
    assert said(capsys, file, "--vkey", verifier(following))[0] == 0
    assert said(capsys, file, "--vkey", old)[0] == 1


def test_another_logs_key_proves_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = ShownLedger(log_key=signing_key(99))
    code, text = said(capsys, file, "--vkey", other.vkey, "--lang", "en")
    assert code == 1
    assert "This receipt does not hold" in text


def test_a_changed_path_proves_nothing(
    file: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = decode_proof(file.read_bytes())
    file.write_bytes(encode_proof(replace(proof, path=(bytes(32), *proof.path[1:]))))
    code, text = said(capsys, file, "--vkey", shown.vkey, "--json")
    assert (code, json.loads(text)["result"]) == (1, "refused")


@pytest.mark.parametrize("content", [b"", b"c2sp.org/tlog-proof@v1\n", bytes(2_000_000)])
def test_what_is_no_receipt_cannot_be_read(
    file: Path, shown: ShownLedger, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    assert said(capsys, file, "--vkey", shown.vkey)[0] == 2


def test_a_file_that_is_not_there_cannot_be_read(
    tmp_path: Path, shown: ShownLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, tmp_path / "none", "--vkey", shown.vkey)[0] == 2


def test_whose_log_it_is_must_be_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["receipt", str(file)])
    assert ended.value.code == 2
    assert "--vkey" in capsys.readouterr().err


def test_a_policys_witnesses_must_have_cosigned(
    file: Path, shown: ShownLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = Policy(
        logs=(LogLine(vkey=VerifierKey.parse(shown.vkey)),),
        witnesses=(WitnessLine(name="w1", vkey=WITNESS.verifier),),
        quorum="w1",
    )
    path = tmp_path / "policy"
    path.write_text(policy.text())
    code, text = said(capsys, file, "--policy", path, "--json")
    assert (code, json.loads(text)["result"]) == (1, "not-witnessed")
    proof = decode_proof(file.read_bytes())
    line = cosign(
        Checkpoint.parse(Note.parse(proof.checkpoint).text), WITNESS, time_s=1_790_000_000
    )
    stranger = replace(line, name="witness.example/other")
    note = add_signatures(proof.checkpoint, [line, stranger])
    file.write_bytes(encode_proof(replace(proof, checkpoint=note)))
    code, text = said(capsys, file, "--policy", path, "--json")
    document = json.loads(text)
    assert (code, document["result"]) == (0, "proved")
    assert document["witnesses"] == {"w1": "2026-09-21T14:13:20Z"}
    assert document["unknown_signatures"] == 1
    assert "same-for-all" not in document["not_proved"]
    code, text = said(capsys, file, "--policy", path, "--lang", "en")
    assert "Witness w1 cosigned at 2026-09-21T14:13:20Z" in text


class TestOnesOwnCopy:
    """A receipt from anybody is a checkpoint that one's own copy must continue."""

    @pytest.fixture
    def hub(self) -> RogueHub:
        opened = RogueHub.opened()
        busy(opened)
        return opened

    def held(
        self, hub: RogueHub, folder: Path, capsys: pytest.CaptureFixture[str], *, lang: str = "en"
    ) -> tuple[int, str, str]:
        """Return how a receipt of entry 20, given at 22 entries, is held against a copy."""
        early = hub.fork()
        early.cut(22)
        (folder / "act").write_bytes(encode_proof(early.prove(20)))
        vkey = hub.log_key.verifier.encode()
        asked = ["receipt", f"{folder}/act", "--vkey", vkey, "--lang", lang]
        code = main([*asked, "--ledger", f"{folder}/copy"])
        told = capsys.readouterr()
        return code, told.out, told.err

    def test_which_continues_it_holds_the_same_act(
        self, hub: RogueHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hub.write_out(tmp_path / "copy")
        code, told, _ = self.held(hub, tmp_path, capsys)
        assert code == 0
        assert f"of {hub.size} entries, continues that ledger: entry 20 is the same act" in told
        _, told, _ = self.held(hub, tmp_path, capsys, lang="ja")
        assert "記載 20 に同じ申告があります" in told
        hub.cut(22)
        hub.write_out(tmp_path / "copy")
        assert self.held(hub, tmp_path, capsys)[0] == 0

    def test_of_another_history_convicts_the_log(
        self, hub: RogueHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = hub.fork()
        other.edit(21, orgs=())
        other.write_out(tmp_path / "copy")
        code, told, _ = self.held(hub, tmp_path, capsys)
        assert code == 1
        assert "signed two histories" in told
        assert "history-rewritten" in told
        _, told, _ = self.held(hub, tmp_path, capsys, lang="ja")
        assert "二つの歴史" in told

    def test_that_is_older_or_of_another_log_or_not_there_says_nothing(
        self, hub: RogueHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.held(hub, tmp_path, capsys)[0] == 2
        older = hub.fork()
        older.cut(21)
        older.write_out(tmp_path / "copy")
        code, _, told = self.held(hub, tmp_path, capsys)
        assert (code, "mirror the ledger once more" in told) == (2, True)
        stranger = hub.fork()
        stranger.log_signer = "another"
        stranger.write_out(tmp_path / "copy")
        code, _, told = self.held(hub, tmp_path, capsys)
        assert (code, "not one of this ledger" in told) == (2, True)
