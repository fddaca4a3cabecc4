"""`relay-audit verify`, as an auditor runs it: over a folder and over a hub."""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol import note
from relay_protocol.attestation import from_jws
from relay_protocol.cli import main
from relay_protocol.cli.state import StateFile
from relay_protocol.cli.telling import LONG, Meter
from relay_protocol.encoding import b64url_encode
from relay_protocol.note import SignerKey
from relay_protocol.pack import seal_pack
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import (
    AUDITOR,
    HUB,
    HandLedger,
    sealing_key,
    signing_key,
)
from tests.story.hand_relay import HandRelay
from tests.story.local_hub import Asked, LocalHub, Told


class Desk:
    """An auditor's own machine: its keys, its files, and a copy of the ledger."""

    def __init__(self, folder: Path, ledger: HandLedger) -> None:
        self.folder = folder
        self.ledger = ledger
        self.reveal = self._pem("reveal.pem", sealing_key(AUDITOR))
        self.signing = self._pem("sign.pem", signing_key(AUDITOR))
        self.pack = folder / "pack"
        self.copy = folder / "ledger"
        self.vkey = ledger.log_key.verifier.encode()
        self.receive()

    def receive(self, first: int = 0) -> None:
        """Get a new copy of the ledger, and a pack of all that it holds from a place on."""
        pack = self.ledger.pack(first=first)
        self.pack.write_bytes(seal_pack(pack, sealing_key(AUDITOR).public_key()))
        body = {"digest": b64url_encode(pack.digest()), "until": pack.until}
        self.ledger.state("pack.made", HUB, AUDITOR, body=body)
        self.ledger.write_out(self.copy)

    def verify(self, *more: str | Path, source: str | Path | None = None) -> int:
        """Run the command with the pack and the ledger's key."""
        given = ["--vkey", self.vkey, "--pack", self.pack, "--key", self.reveal, *more]
        return main(["verify", *map(str, [source or self.copy, *given])])

    @property
    def signing_options(self) -> list[str | Path]:
        """What makes the auditor sign."""
        return ["--slug", AUDITOR, "--signing-key", self.signing]

    def _pem(self, name: str, key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> Path:
        path = self.folder / name
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return path


@pytest.fixture
def ledger() -> HandLedger:
    written = HandLedger()
    written.open()
    HandRelay(ledger=written).until_confirmed()
    HandBooks(ledger=written).settle("2026-12")
    return written


@pytest.fixture
def desk(ledger: HandLedger, tmp_path: Path) -> Desk:
    return Desk(tmp_path, ledger)


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def refusal(capsys: pytest.CaptureFixture[str]) -> tuple[object, object, object]:
    told = report(capsys)["refusal"]
    assert isinstance(told, dict)
    return told["part"], told["code"], told["seq"]


def not_established(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    told = report(capsys)["not_established"]
    assert isinstance(told, list)
    return told


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_a_sound_ledger_ends_with_0(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.verify("--lang", "en") == 0
    said = capsys.readouterr()
    assert "Result: sound." in said.out
    assert "Settlements from 2026-12 to 2026-12: 1. They agree." in said.out
    assert "The pack is the very one that the hub attests on the ledger." in said.out
    assert "part 3: 0 of" in said.err


def test_the_report_is_there_in_japanese(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.verify("--lang", "ja") == 0
    assert "結果: 確かめられることは、すべて確かめました。" in capsys.readouterr().out


def test_one_flipped_bit_ends_with_1_and_names_the_entry(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = next((desk.copy / "tile/entries/000.p").iterdir())
    before = sum(2 + len(entry.encode()) for entry in ledger.entries[:20])
    flip(bundle, before + 30)
    assert desk.verify("--json") == 1
    refusal = report(capsys)["refusal"]
    assert isinstance(refusal, dict)
    assert (refusal["part"], refusal["code"], refusal["seq"]) == (3, "entry-changed", 20)


def test_every_file_counts(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    files = [path for path in desk.copy.rglob("*") if path.is_file()]
    assert len(files) == 3
    for file in files:
        honest = file.read_bytes()
        flip(file, len(honest) // 2)
        assert desk.verify() == 1
        file.write_bytes(honest)
    assert desk.verify() == 0
    capsys.readouterr()


def test_a_missing_file_ends_with_2(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.copy / "checkpoint").unlink()
    assert desk.verify() == 2
    assert "relay-audit cannot read this: the folder holds no checkpoint" in capsys.readouterr().err


def test_without_a_pack_the_bytes_alone_are_checked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(desk.copy), "--vkey", desk.vkey, "--json"]) == 0
    document = report(capsys)
    open_questions = document["not_established"]
    assert isinstance(open_questions, list)
    assert "no-pack" in [one["code"] for one in open_questions]


def test_what_was_audited_is_remembered_and_gone_on_from(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    assert desk.verify("--state", state, "--lang", "en") == 0
    assert "by this state file" not in capsys.readouterr().out
    size = ledger.size
    HandRelay(ledger=ledger).until_confirmed()
    desk.receive()
    assert desk.verify("--state", state, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Checkpoints seen before: 1" in said
    assert f"up to entry {size}" in said
    assert "Referrals: 2." in said


def test_a_state_knows_the_ledgers_key(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    state = desk.folder / "state"
    assert desk.verify("--state", state) == 0
    capsys.readouterr()
    assert main(["verify", str(desk.copy), "--state", str(state), "--json"]) == 0
    codes = [one["code"] for one in not_established(capsys)]
    assert "log-key-unpinned" not in codes


def test_a_ledger_that_shrank_is_refused_by_whoever_remembers(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    assert desk.verify("--state", state) == 0
    del ledger.entries[-3:]
    ledger.write_out(desk.copy)
    assert desk.verify("--state", state, "--json") == 1
    capsys.readouterr()
    # What is refused is not remembered, and nothing of it makes one forget.
    assert desk.verify("--state", state, "--json") == 1
    assert refusal(capsys) == (2, "ledger-shrank", ledger.size)


def test_a_ledger_that_was_rewritten_is_refused_by_whoever_remembers(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    assert desk.verify("--state", state) == 0
    del ledger.entries[-3:]
    for count in (0, 0, 0, 0):
        ledger.count_closed(count)
    desk.receive()
    capsys.readouterr()
    for more in ([], ["--whole"]):
        assert desk.verify("--state", state, "--json", *more) == 1
        part, code, _ = refusal(capsys)
        assert (part, code) == (2, "history-rewritten")


def test_the_whole_is_audited_once_more_when_asked_for(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    assert desk.verify("--state", state) == 0
    capsys.readouterr()
    assert desk.verify("--state", state, "--whole", "--json") == 0
    assert "state-trusted" not in [one["code"] for one in not_established(capsys)]
    assert desk.verify("--state", state, "--json") == 0
    assert "state-trusted" in [one["code"] for one in not_established(capsys)]


def test_an_audit_begins_at_a_checkpoint_that_is_remembered(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    state, size = desk.folder / "state", ledger.size
    assert desk.verify("--state", state) == 0
    ledger.count_closed(0)
    desk.receive()
    assert desk.verify("--state", state) == 0
    assert desk.verify("--state", state, "--since", str(size)) == 0
    assert desk.verify("--state", state, "--since", str(size - 1)) == 2
    assert f"there are: {size}, {ledger.size}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"nothing", b"SQLite format 3\x00" + bytes(200), b'{"checkpoints":[],"v":1}']
)
def test_a_file_that_is_no_state_is_refused_with_what_to_do(
    desk: Desk, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    state.write_bytes(content)
    assert desk.verify("--state", state) == 2
    assert "move it away" in capsys.readouterr().err
    assert state.read_bytes() == content


def test_the_state_of_another_ledger_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = HandLedger(log_signer="stranger")
    stranger.open()
    state, copy = desk.folder / "state", stranger.write_out(desk.folder / "stranger")
    assert main(["verify", str(copy), "--state", str(state)]) == 0
    assert desk.verify("--state", state) == 2
    assert "give both, else another --state file" in capsys.readouterr().err


def test_an_incremental_pack_needs_the_state_that_it_presumes(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    # The pack was cut before the entry that tells of it.
    state, cut = desk.folder / "state", ledger.size - 1
    assert desk.verify("--state", state) == 0
    HandRelay(ledger=ledger).until_confirmed()
    desk.receive(first=cut)
    assert desk.verify("--lang", "en") == 2
    assert "ask for a pack with --since 0" in capsys.readouterr().err
    assert desk.verify("--state", state, "--lang", "en") == 0
    assert "Referrals: 2." in capsys.readouterr().out


def test_two_audits_at_once_with_one_state_are_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "state"
    with StateFile.open(state):
        assert desk.verify("--state", state) == 2
    assert "another audit is at work" in capsys.readouterr().err
    assert desk.verify("--state", state) == 0


def test_a_pack_after_its_last_day_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    old = replace(desk.ledger.pack(), until="2020-01-01")
    desk.pack.write_bytes(seal_pack(old, sealing_key(AUDITOR).public_key()))
    assert desk.verify() == 2
    assert "ask for a new one" in capsys.readouterr().err


def test_a_pack_of_another_auditor_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.verify("--slug", "other", "--signing-key", desk.signing) == 2
    assert f"the pack was made for {AUDITOR}" in capsys.readouterr().err


def test_a_key_in_the_ledgers_folder_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = desk.copy / "reveal.pem"
    inside.write_bytes(desk.reveal.read_bytes())
    assert desk.verify("--key", inside) == 2
    assert "move it away" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["txt", "html", "json"])
def test_the_report_is_written_where_it_was_asked_for(
    desk: Desk, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk.folder / f"report.{suffix}"
    assert desk.verify("--report", file, "--lang", "en") == 0
    capsys.readouterr()
    begins = {"txt": "Audit report\n", "html": "<!doctype html>", "json": "{"}[suffix]
    assert file.read_text("utf-8").startswith(begins)


def test_a_month_is_signed_as_sound(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    out, clock = desk.folder / "signed", desk.folder / "clock"
    ahead = (ledger.now - datetime.now(UTC)).total_seconds()
    clock.write_text(str(max(0, round(ahead))), encoding="ascii")
    options = ["--sign", "2026-12", *desk.signing_options, "--out", out, "--clock", clock]
    assert desk.verify(*options, "--lang", "en") == 0
    assert "Signed: the settlement of 2026-12 is sound." in capsys.readouterr().out
    signed = from_jws(json.loads(out.read_bytes())["attestation"])
    signed.check_jws(signing_key(AUDITOR).public_key())
    said = signed.attestation
    assert (said.kind, said.by) == ("period.audited", AUDITOR)
    assert said.body == {"period": "2026-12", "verdict": "sound"}
    # The ledger takes it, and the next audit knows it.
    ledger.now = said.at
    ledger.enter(signed, AUDITOR)
    desk.receive()
    out.unlink()
    assert desk.verify(*options) == 0
    assert "has signed 2026-12 before" in capsys.readouterr().err
    assert not out.exists()


def test_a_month_that_is_not_settled_is_not_signed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    out = desk.folder / "signed"
    assert desk.verify("--sign", "2027-01", *desk.signing_options, "--out", out) == 2
    assert "2027-01 is not settled" in capsys.readouterr().err
    assert not out.exists()


def test_a_refused_ledger_is_not_signed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    flip(desk.copy / "checkpoint", 30)
    out = desk.folder / "signed"
    assert desk.verify("--sign", "2026-12", *desk.signing_options, "--out", out) == 1
    capsys.readouterr()
    assert not out.exists()


def test_a_moved_clock_is_for_demos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = tmp_path / "clock"
    clock.write_text("60", encoding="ascii")
    for demo, code in ((True, 0), (False, 2)):
        ledger = HandLedger(demo=demo, now=datetime(2026, 1, 1, tzinfo=UTC))
        ledger.open()
        copy = ledger.write_out(tmp_path / f"demo-{demo}")
        assert main(["verify", str(copy), "--clock", str(clock)]) == code
    assert "this one is real" in capsys.readouterr().err


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    local = LocalHub()
    yield local
    local.close()


def serve(hub: LocalHub, desk: Desk) -> None:
    """Serve the ledger's files as a hub does: entries to who bears a token."""

    def answer(asked: Asked) -> Told:
        name = asked.path.removeprefix("/ledger/")
        file = desk.copy / name
        if name.startswith("tile/entries") and "Authorization" not in asked.headers:
            return Told.problem("token-missing", 401, "The request has no token.")
        if not asked.path.startswith("/ledger/") or not file.is_file():
            return Told.problem("not-found", 404, "There is no such file.")
        kind = "text/plain" if name == "checkpoint" else "application/octet-stream"
        return Told(body=file.read_bytes(), headers={"Content-Type": kind})

    hub.tell_else(answer)
    hand_out(hub, desk)
    hub.tell("POST", "/v1/auditor/audits", Told.of({}))


def hand_out(hub: LocalHub, desk: Desk) -> None:
    """Have the newest pack at the hub."""
    lines = {"Content-Type": "application/x-ndjson"}
    pack = Told(body=desk.pack.read_bytes(), headers=lines)
    hub.tell("GET", "/v1/auditor/packs/latest", pack)


def over(hub: LocalHub, desk: Desk, *more: str | Path) -> int:
    given = [hub.url, "--vkey", desk.vkey, "--key", desk.reveal, *desk.signing_options, *more]
    return main(["verify", *map(str, given)])


def test_a_hub_is_audited_with_the_pack_that_it_has(
    hub: LocalHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    assert over(hub, desk, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert f"Ledger: {hub.url}" in said
    assert "Settlements from 2026-12 to 2026-12: 1. They agree." in said


def test_a_copy_of_what_comes_over_the_network_is_kept_where_it_was_asked_for(
    hub: LocalHub, desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    kept, state = desk.folder / "kept", desk.folder / "state"
    assert over(hub, desk, "--mirror", kept, "--state", state) == 0
    assert main(["verify", str(kept), "--vkey", desk.vkey]) == 0
    HandRelay(ledger=ledger).until_confirmed()
    desk.receive()
    hand_out(hub, desk)
    assert over(hub, desk, "--mirror", kept, "--state", state, "--lang", "en") == 0
    assert "Referrals: 2." in capsys.readouterr().out
    assert (kept / "checkpoint").read_bytes() == (desk.copy / "checkpoint").read_bytes()


def test_a_fork_is_not_put_over_a_copy_that_was_kept(
    hub: LocalHub, desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    kept = desk.folder / "kept"
    assert over(hub, desk, "--mirror", kept) == 0
    honest = (kept / "checkpoint").read_bytes()
    del ledger.entries[-2:]
    desk.receive()
    capsys.readouterr()
    assert over(hub, desk, "--mirror", kept, "--json") == 1
    assert refusal(capsys)[:2] == (2, "ledger-shrank")
    assert (kept / "checkpoint").read_bytes() == honest


def test_a_hub_is_audited_without_a_copy_where_little_is_new(
    hub: LocalHub, desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    state = desk.folder / "state"
    assert over(hub, desk, "--state", state) == 0
    ledger.count_closed(0)
    desk.receive()
    hand_out(hub, desk)
    assert over(hub, desk, "--state", state, "--lang", "en") == 0
    assert "by this state file" in capsys.readouterr().out


def test_a_quorum_that_the_policy_asks_for_and_that_is_missed_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = SignerKey(
        name="witness.example", kind=note.COSIGNATURE, private_key=signing_key("witness")
    )
    policy = desk.folder / "policy"
    lines = [f"log {desk.vkey}", f"witness w {witness.verifier.encode()}"]
    policy.write_text("\n".join([*lines, "quorum none", ""]), encoding="ascii")
    assert desk.verify("--policy", policy) == 0
    policy.write_text("\n".join([*lines, "quorum w", ""]), encoding="ascii")
    capsys.readouterr()
    assert desk.verify("--policy", policy, "--json") == 1
    assert refusal(capsys)[:2] == (1, "quorum-missed")


def test_one_of_several_keys_suffices(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = HandLedger(log_signer="stranger").log_key.verifier.encode()
    assert desk.verify("--vkey", stranger) == 0
    assert main(["verify", str(desk.copy), "--vkey", stranger]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--whole"], "--since and --whole need --state"),
        (["--since", "5"], "--since and --whole need --state"),
        (["--state", "s", "--since", "5", "--whole"], "--since is a number from 0"),
        (["--state", "s", "--since", "-1"], "--since is a number from 0"),
        (["--mirror", "m"], "--mirror is for a SOURCE that is an address"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    desk: Desk, options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        desk.verify(*options)
    assert refusal.value.code == 2
    assert problem in capsys.readouterr().err


def test_what_is_signed_goes_to_the_hub(
    hub: LocalHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    assert over(hub, desk, "--sign", "2026-12", "--json") == 0
    (asked,) = hub.to("/v1/auditor/audits")
    assert report(capsys)["signed"] == asked.document["attestation"]


def test_a_hub_without_a_pack_is_audited_by_its_bytes(
    hub: LocalHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    hub.tell("GET", "/v1/auditor/packs/latest", Told.problem("not-found", 404, "none"))
    assert over(hub, desk, "--lang", "en") == 0
    assert "Without a pack of reveals no entry was opened." in capsys.readouterr().out


def test_without_a_token_a_hub_hands_out_no_entries(
    hub: LocalHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(hub, desk)
    assert main(["verify", hub.url, "--vkey", desk.vkey]) == 2
    said = capsys.readouterr().err
    assert "the hub answers 401 to tile/entries/" in said
    assert "--signing-key" in said


def test_a_key_for_reveals_needs_the_pack_of_a_copy(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["verify", str(desk.copy), "--vkey", desk.vkey, "--key", str(desk.reveal)]
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    assert "--key needs --pack" in capsys.readouterr().err
    assert main([*given, "--pack", str(desk.pack)]) == 0


def test_a_hub_that_is_not_there_ends_with_2(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = LocalHub()
    gone.close()
    assert main(["verify", gone.url, "--vkey", desk.vkey]) == 2
    said = capsys.readouterr().err
    assert "cannot read checkpoint from the hub: Connection refused" in said
    assert "--signing-key" not in said


def test_progress_is_told_once_a_part_and_now_and_then_in_a_long_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meter = Meter()
    for done in range(0, 3 * LONG, LONG // 2):
        meter(3, done, 3 * LONG)
    meter(5, 0, 3 * LONG)
    assert capsys.readouterr().err.splitlines() == [
        "part 3: 0 of 30,000 (Entries)",
        "part 3: 10,000 of 30,000 (Entries)",
        "part 3: 20,000 of 30,000 (Entries)",
        "part 5: 0 of 30,000 (Organizations, keys and rules)",
    ]
    Meter("ja")(8, 0, 5)
    assert capsys.readouterr().err == ("第8項: 5 件中 0 件(ポイント・無償紹介枠・枠明細書・相殺)\n")


class Impatient(io.StringIO):
    """A terminal whose user presses Ctrl-C at the first sign of life."""

    def write(self, text: str, /) -> int:
        if text.startswith("part "):
            raise KeyboardInterrupt
        return super().write(text)


def test_ctrl_c_ends_it_with_130_and_the_next_run_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = desk.folder / "kansa.audit"
    runs: tuple[tuple[str | Path, ...], ...] = ((), ("--state", state))
    for more in runs:
        screen = Impatient()
        monkeypatch.setattr(sys, "stderr", screen)
        assert desk.verify(*more) == 130
        assert screen.getvalue().endswith("relay-audit was stopped.\n")
        assert ("run it again to go on" in screen.getvalue()) is bool(more)
    monkeypatch.undo()
    assert desk.verify("--state", state) == 0
    capsys.readouterr()
