"""`relay witness`: from the first key to the evidence file, in words and in JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from career_relay.cli import main
from career_relay.witness.errand import cosign_latest
from career_relay.witness.serving import WitnessSettings, open_witness
from relay_protocol.evidence import Evidence
from relay_protocol.note import COSIGNATURE, Checkpoint, VerifierKey
from relay_protocol.policy import Policy
from tests.story.local_hub import LocalHub, Told
from tests.story.plain_log import NAME, PlainLog

ENGLISH = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None, "COLUMNS": "100"}
JAPANESE = {**ENGLISH, "LANG": "ja_JP.UTF-8"}


@pytest.fixture
def log() -> PlainLog:
    return PlainLog.of(300)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    return ["--key", str(tmp_path / "w.key"), "--state", str(tmp_path / "w.db")]


@pytest.fixture
def begun(files: list[str], tmp_path: Path, log: PlainLog) -> WitnessSettings:
    """Return the settings of a witness that has its key."""
    assert run("new-key", "--name", "w.example", *files).exit_code == 0
    return WitnessSettings(key=tmp_path / "w.key", state=tmp_path / "w.db", log_keys=(log.vkey,))


def run(*arguments: str, environment: dict[str, str | None] = ENGLISH) -> Result:
    return CliRunner().invoke(main, ["witness", *arguments], env=environment)


def test_a_new_key_comes_with_the_line_that_a_policy_takes_as_it_is(
    files: list[str], tmp_path: Path
) -> None:
    result = run("new-key", "--name", "witness.example.jp", *files)
    assert result.exit_code == 0
    line = result.output.splitlines()[-1]
    policy = Policy.parse(f"{line}\nquorum witness.example.jp\n")
    assert policy.witnesses[0].vkey.kind == COSIGNATURE
    assert (tmp_path / "w.key").exists()
    assert (tmp_path / "w.db").exists()


def test_a_new_key_is_told_in_json(files: list[str]) -> None:
    result = run("new-key", "--json", "--name", "w.example", *files)
    told = json.loads(result.output)
    assert told["policy_line"] == f"witness w.example {told['vkey']}"
    assert VerifierKey.parse(told["vkey"]).name == "w.example"


def test_a_second_key_or_file_does_not_take_the_place_of_the_first(
    begun: WitnessSettings, files: list[str]
) -> None:
    before = begun.key.read_bytes()
    for command in (["new-key", "--name", "w.example"], ["new-state"]):
        result = run(*command, *files)
        assert result.exit_code == 2
        assert "already" in result.output
    assert begun.key.read_bytes() == before


def test_a_key_of_other_tools_gets_its_file(
    begun: WitnessSettings, files: list[str], tmp_path: Path, log: PlainLog, local_hub: LocalHub
) -> None:
    begun.state.unlink()
    address = log.serve(local_hub)
    refused = run("sign", "--ledger", address, "--log", log.vkey, *files)
    assert refused.exit_code == 2
    assert "draw a new key and tell the office" in " ".join(refused.output.split())
    assert run("new-state", *files).exit_code == 0
    assert run("sign", "--ledger", address, "--log", log.vkey, *files).exit_code == 0


def test_a_checkpoint_is_cosigned_and_handed_to_the_hub(
    begun: WitnessSettings, files: list[str], log: PlainLog, local_hub: LocalHub
) -> None:
    log.serve(local_hub, "/ledger")
    receipt = {"size": 300, "accepted": ["w"], "quorate": True}
    local_hub.tell("POST", "/v1/witness/cosignatures", Told.of(receipt))
    result = run("sign", "--hub", local_hub.url, "--log", log.vkey, *files)
    assert result.exit_code == 0
    assert "300 entries (the first time)" in result.output
    assert "The hub has taken the line" in result.output
    (asked,) = local_hub.to("/v1/witness/cosignatures")
    kept = open_witness(begun).state.cosigned(NAME)
    assert kept is not None
    assert asked.body == kept.note


def test_any_log_is_cosigned_into_a_file_and_told_in_json(
    begun: WitnessSettings,
    files: list[str],
    log: PlainLog,
    local_hub: LocalHub,
    tmp_path: Path,
) -> None:
    del begun
    policy = tmp_path / "relay.policy"
    policy.write_text(f"log {log.vkey}\nquorum none\n", encoding="utf-8")
    out = tmp_path / "checkpoint"
    arguments = ["--ledger", log.serve(local_hub), "--policy", str(policy), "--out", str(out)]
    first = json.loads(run("sign", "--json", *arguments, *files).output)
    assert (first["origin"], first["size"], first["before"]) == (NAME, 300, None)
    assert out.read_text("utf-8") == first["note"]
    log.grow(400)
    again = run("sign", *arguments, *files)
    assert "400 entries, which continue the 300" in again.output
    assert "400 entries (unchanged since the last time)" in run("sign", *arguments, *files).output
    assert "変わりなし" in run("sign", *arguments, *files, environment=JAPANESE).output


def test_a_log_that_contradicts_itself_ends_with_1_and_its_proof_is_written(
    begun: WitnessSettings, files: list[str], log: PlainLog, local_hub: LocalHub, tmp_path: Path
) -> None:
    nothing = run("alarms", *files)
    assert nothing.exit_code == 0
    assert "No log has contradicted itself" in nothing.output
    cosign_latest(open_witness(begun), log)
    forked = PlainLog.of(300, "another")
    result = run("sign", "--ledger", forked.serve(local_hub), "--log", log.vkey, *files)
    assert result.exit_code == 1
    assert "another history" in " ".join(result.output.split())
    shown = run("alarms", *files)
    assert shown.exit_code == 1
    assert "two roots of one size" in shown.output
    out = tmp_path / "evidence.txt"
    written = run("alarms", "--log", log.vkey, "--out", str(out), *files)
    assert written.exit_code == 1
    assert f"relay-audit evidence {out}" in "".join(written.output.split("\n"))
    proven = Evidence.decode(out.read_bytes()).check(log.key.verifier)
    assert {proven.first.root, proven.second.root} == {log.root(), forked.root()}


def test_alarms_are_told_in_json_and_japanese(
    begun: WitnessSettings, files: list[str], log: PlainLog
) -> None:
    witness = open_witness(begun)
    kept = cosign_latest(witness, log).now
    witness.state.raise_alarm("rollback", kept, log.note(200), kept.checkpoint, at=0)
    told = json.loads(run("alarms", "--json", *files).output)["alarms"]
    assert [(one["kind"], one["origin"]) for one in told] == [("rollback", NAME)]
    assert told[0]["shown"] == log.note(200).decode()
    assert "署名済みの件数より少ない" in run("alarms", *files, environment=JAPANESE).output


def test_an_alarm_that_proves_nothing_alone_gives_no_evidence_file(
    begun: WitnessSettings, files: list[str], log: PlainLog, tmp_path: Path
) -> None:
    witness = open_witness(begun)
    kept = cosign_latest(witness, log).now
    witness.state.raise_alarm("rollback", kept, log.note(200), kept.checkpoint, at=0)
    out = tmp_path / "evidence.txt"
    result = run("alarms", "--log", log.vkey, "--out", str(out), *files)
    assert result.exit_code == 1
    assert "no alarm that proves" in result.output
    assert not out.exists()


def test_evidence_is_asked_for_by_number_and_with_the_right_key(
    begun: WitnessSettings, files: list[str], log: PlainLog, tmp_path: Path
) -> None:
    witness = open_witness(begun)
    cosign_latest(witness, log)
    for mark in ("b", "c"):
        forked = PlainLog.of(300, mark)
        witness.state.raise_alarm(
            "same-size",
            cosign_latest(witness, log).now,
            forked.note(),
            Checkpoint(origin=NAME, size=300, root=forked.root()),
            at=0,
        )
    out = tmp_path / "e"
    run("alarms", "--number", "2", "--log", log.vkey, "--out", str(out), *files)
    assert PlainLog.of(300, "c").note() in Evidence.decode(out.read_bytes()).notes
    assert (
        run("alarms", "--number", "3", "--log", log.vkey, "--out", str(out), *files).exit_code == 1
    )
    other = PlainLog.of(1, name="log.example/second").vkey
    result = run("alarms", "--log", other, "--out", str(out), *files)
    assert "no proof under the keys given" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sign"], "either --hub or --ledger"),
        (["sign", "--hub", "http://a.example", "--ledger", "http://b.example"], "either --hub"),
        (["sign", "--ledger", "http://127.0.0.1:9/"], "No log is named"),
        (["serve"], "No log is named"),
        (["serve", "--log", "x"], "no log's verifier key"),
        (["serve", "--listen", "8500"], "no HOST:PORT"),
        (["serve", "--listen", "a:0"], "no HOST:PORT"),
        (["serve", "--listen", "a:65536"], "no HOST:PORT"),
        (["serve", "--listen", "a:8b"], "no HOST:PORT"),
        (["serve", "--policy", "missing.policy"], "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_with_2(
    begun: WitnessSettings, files: list[str], arguments: list[str], said: str
) -> None:
    del begun
    result = run(*arguments, *files)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_witnesss_key_is_not_taken_for_a_logs(begun: WitnessSettings, files: list[str]) -> None:
    own = open_witness(begun).signer.verifier.encode()
    result = run("serve", "--log", own, *files)
    assert result.exit_code == 2
    assert "no log's verifier key" in " ".join(result.output.split())


def test_a_policys_fault_is_told_with_its_line_and_mend(
    begun: WitnessSettings, files: list[str], tmp_path: Path
) -> None:
    del begun
    policy = tmp_path / "relay.policy"
    policy.write_text("# ours\nquorum nobody\n", encoding="utf-8")
    result = run("serve", "--policy", str(policy), *files)
    said = " ".join(result.output.split())
    assert result.exit_code == 2
    assert "line 2: no witness or group nobody" in said
    assert "define it first" in said
