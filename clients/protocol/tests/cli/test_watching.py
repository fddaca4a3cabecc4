"""`relay-audit watch`: one look for a timetable, or many until it is stopped; loud, and once."""

import base64
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Receiver

from relay_protocol.cli import main
from relay_protocol.note import COSIGNATURE, Note, SignerKey, add_signatures, sign_note
from relay_protocol.policy import LogLine, Policy, WitnessLine
from tests.story.local_hub import LocalHub, Told
from tests.story.plain_log import PlainLog, named_key

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
WITNESS = named_key("witness.example", COSIGNATURE)


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    local = LocalHub()
    yield local
    local.close()


@dataclass
class Guard:
    """Who watches a log, and where."""

    hub: LocalHub
    folder: Path
    capsys: pytest.CaptureFixture[str]
    log: PlainLog = field(default_factory=lambda: PlainLog.of(300))
    more: list[str | Path] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def given(self, *more: str | Path) -> list[str]:
        key = ["--vkey", self.log.vkey, "--state", self.state, "--lang", "en"]
        return list(map(str, ["watch", f"{self.hub.url}/log", *key, *self.more, *more]))

    def once(self, *more: str | Path) -> int:
        return main(self.given("--once", *more))

    def said(self) -> dict[str, object]:
        """Return what was printed last, as JSON."""
        document = json.loads(self.capsys.readouterr().out.splitlines()[-1])
        assert isinstance(document, dict)
        return document

    def alarms(self) -> list[str]:
        """Return the codes of the alarms that were printed last."""
        alarms = self.said()["alarms"]
        assert isinstance(alarms, list)
        return [one["code"] for one in alarms]

    def files(self, kind: str) -> list[Path]:
        """Return the files of a kind that were kept beside the state."""
        return list(self.folder.glob(f"state.*.{kind}"))


@pytest.fixture
def guard(hub: LocalHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Guard:
    made = Guard(hub, tmp_path, capsys)
    made.log.serve(hub)
    return made


def with_witness(guard: Guard, *, time_s: int) -> None:
    """Ask for a witness, and let it cosign at a time."""
    policy = Policy(
        logs=(LogLine(vkey=guard.log.key.verifier),),
        witnesses=(WitnessLine(name="w", vkey=WITNESS.verifier),),
        quorum="w",
    )
    path = guard.folder / "policy"
    path.write_text(policy.text(), encoding="utf-8")
    guard.more = ["--policy", path]
    guard.log.witnesses, guard.log.time_s = [WITNESS], time_s
    guard.log.publish()


def test_a_log_that_goes_on_ends_with_0(guard: Guard) -> None:
    assert guard.once() == 0
    guard.log.grow(900)
    assert guard.once() == 0
    said = guard.capsys.readouterr().out
    assert f"{guard.log.name}: 900 entries." in said
    assert "No witnesses are asked for" in said


def test_what_was_found_is_there_as_json_and_in_japanese(guard: Guard) -> None:
    now = int(time.time())
    with_witness(guard, time_s=now)
    assert guard.once("--json") == 0
    said = guard.said()
    assert (said["result"], said["size"], said["quorum"], said["alarms"]) == (
        "sound",
        300,
        True,
        [],
    )
    assert guard.once("--lang", "ja") == 0
    assert "立会人の署名 1 件" in guard.capsys.readouterr().out


@pytest.mark.parametrize(
    ("size", "code"), [(300, "two-histories"), (900, "history-rewritten"), (200, "ledger-shrank")]
)
def test_a_fork_ends_with_1_and_both_checkpoints_are_kept(
    guard: Guard, size: int, code: str
) -> None:
    assert guard.once() == 0
    other = PlainLog.of(size, "other")
    other.serve(guard.hub)
    guard.capsys.readouterr()
    assert guard.once("--json") == 1
    assert guard.alarms() == [code]
    assert [one.read_bytes() for one in guard.files("kept")] == [guard.log.note()]
    assert [one.read_bytes() for one in guard.files("other")] == [other.note()]
    # Of one size they prove it by themselves.
    assert len(guard.files("evidence")) == (1 if size == 300 else 0)


@pytest.mark.parametrize("size", [900, 200])
def test_with_a_copy_of_the_log_every_fork_can_be_proved(guard: Guard, size: int) -> None:
    copy = guard.folder / "copy"
    mirrored = ["mirror", f"{guard.hub.url}/log", str(copy), "--vkey", guard.log.vkey]
    assert main(mirrored) == 0
    guard.more = ["--mirror", copy]
    assert guard.once() == 0
    PlainLog.of(size, "other").serve(guard.hub)
    assert guard.once() == 1
    (proof,) = guard.files("evidence")
    assert main(["evidence", str(proof), "--vkey", guard.log.vkey]) == 0


def test_a_log_must_continue_the_copy_even_where_nothing_else_was_seen(guard: Guard) -> None:
    copy = guard.folder / "copy"
    PlainLog.of(100, "other").write_out(copy)
    guard.capsys.readouterr()
    assert guard.once("--mirror", copy, "--json") == 1
    assert guard.alarms() == ["history-rewritten"]


def test_an_alarm_is_a_japanese_sentence_before_the_detail_in_english(guard: Guard) -> None:
    assert guard.once() == 0
    PlainLog.of(200).serve(guard.hub)
    guard.capsys.readouterr()
    assert guard.once("--lang", "ja") == 1
    alarm, detail = guard.capsys.readouterr().out.splitlines()[2:4]
    assert alarm.startswith("警報(")
    assert alarm.endswith("。")
    assert detail == "詳細(英語): the checkpoint of 200 entries"


def test_a_fork_stays_an_alarm_until_it_is_acknowledged(guard: Guard) -> None:
    assert guard.once() == 0
    PlainLog.of(300, "other").serve(guard.hub)
    assert guard.once() == 1
    guard.log.serve(guard.hub)
    assert guard.once() == 1
    assert "--acknowledge" in guard.capsys.readouterr().out
    assert guard.once("--acknowledge") == 0
    assert guard.once() == 0


def test_a_stuck_log_is_an_alarm_until_it_goes_on(guard: Guard) -> None:
    now = int(time.time())
    for behind_s, alarms in ((30, []), (7_200, ["checkpoint-stale"]), (30, [])):
        with_witness(guard, time_s=now - behind_s)
        guard.capsys.readouterr()
        assert guard.once("--json") == bool(alarms)
        assert guard.alarms() == alarms
    assert guard.once("--stale-after", "180") == 0


def test_a_missed_quorum_is_an_alarm(guard: Guard) -> None:
    with_witness(guard, time_s=int(time.time()))
    guard.log.witnesses = ()
    guard.log.publish()
    assert guard.once("--json") == 1
    assert guard.alarms() == ["quorum-missed"]


def test_a_log_that_is_away_ends_with_2(guard: Guard) -> None:
    assert guard.once() == 0
    del guard.log.files["checkpoint"]
    assert guard.once() == 2
    guard.hub.close()
    assert guard.once() == 2


def test_another_logs_state_is_refused(guard: Guard) -> None:
    assert guard.once() == 0
    guard.log = PlainLog.of(3, name="log.example/third")
    guard.log.serve(guard.hub)
    assert guard.once() == 2
    assert "remembers another log" in guard.capsys.readouterr().err


def test_a_damaged_state_is_refused_and_left(guard: Guard) -> None:
    guard.state.write_bytes(b"{}")
    assert guard.once() == 2
    assert guard.state.read_bytes() == b"{}"


def test_options_that_make_no_sense_are_refused(guard: Guard) -> None:
    with pytest.raises(SystemExit) as ended:
        guard.once("--every", "0")
    assert ended.value.code == 2


# The webhook.


def webhook(guard: Guard) -> list[str | Path]:
    """Return the options of a webhook on the same server."""
    secret = guard.folder / "secret"
    secret.write_text(SECRET, encoding="ascii")
    return ["--webhook", f"{guard.hub.url}/alarm", "--webhook-secret", secret]


def posted(guard: Guard) -> list[dict[str, object]]:
    """Return what was posted, verified as the standard's own library does it."""
    return [
        Receiver(SECRET).verify(one.body, {k.lower(): v for k, v in one.headers.items()})
        for one in guard.hub.to("/alarm")
    ]


def test_an_alarm_is_posted_once(guard: Guard) -> None:
    guard.more = webhook(guard)
    guard.hub.tell("POST", "/alarm", Told())
    assert guard.once() == 0
    assert posted(guard) == []
    PlainLog.of(300, "other").serve(guard.hub)
    assert [guard.once(), guard.once()] == [1, 1]
    (message,) = posted(guard)
    told = message["data"]
    assert isinstance(told, dict)
    assert (message["type"], told["code"], told["log"]) == (
        "log.alarm",
        "two-histories",
        guard.log.name,
    )


def test_an_alarm_that_nobody_took_is_posted_again_under_the_same_id(guard: Guard) -> None:
    guard.more = webhook(guard)
    assert guard.once() == 0
    PlainLog.of(300, "other").serve(guard.hub)
    guard.hub.tell("POST", "/alarm", Told(status=500), Told())
    assert [guard.once(), guard.once(), guard.once()] == [1, 1, 1]
    assert "the webhook has not taken two-histories" in guard.capsys.readouterr().err
    sent = guard.hub.to("/alarm")
    assert len(sent) == 2
    assert len({one.headers["Webhook-Id"] for one in sent}) == 1


# Until it is stopped.


def test_it_looks_again_and_again_until_it_is_stopped(guard: Guard) -> None:
    program = Path(sys.executable).with_name("relay-audit")
    given = guard.given("--every", "1", "--json")
    with subprocess.Popen([program, *given], stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        first = json.loads(watch.stdout.readline())
        guard.log.grow(400)
        second = json.loads(watch.stdout.readline())
        PlainLog.of(400, "other").serve(guard.hub)
        third = json.loads(watch.stdout.readline())
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 1
    assert [first["size"], second["size"]] == [300, 400]
    assert [one["result"] for one in (first, second, third)] == ["sound", "sound", "alarm"]


def test_a_log_that_is_away_for_long_is_an_alarm_that_is_posted(guard: Guard) -> None:
    clock = guard.folder / "clock"
    clock.write_text("0", encoding="ascii")
    guard.hub.tell("POST", "/alarm", Told())
    program = Path(sys.executable).with_name("relay-audit")
    given = guard.given("--every", "1", "--json", "--clock", clock, *webhook(guard))
    with subprocess.Popen(
        [program, *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watch:
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["result"] == "sound"
        kept = guard.log.files.pop("checkpoint")
        clock.write_text("7200", encoding="ascii")
        alarm = json.loads(watch.stdout.readline())
        guard.log.files["checkpoint"] = kept
        while json.loads(watch.stdout.readline())["result"] != "sound":
            pass
        watch.send_signal(signal.SIGINT)
        assert watch.wait(60) == 0
    assert [one["code"] for one in alarm["alarms"]] == ["log-unreachable"]
    (sent,) = guard.hub.to("/alarm")
    assert b"log-unreachable" in sent.body


NEXT = named_key("log.example/other", seed="the key that follows")


def signed_by(log: PlainLog, *keys: SignerKey) -> None:
    """Let keys of the log sign the checkpoint that it serves, and no others."""
    text = Note.parse(log.files["checkpoint"]).text
    first, *further = (sign_note(text, key) for key in keys)
    lines = [line for one in further for line in Note.parse(one).lines]
    log.files["checkpoint"] = add_signatures(first, lines)


def test_while_one_key_of_the_log_follows_another_either_is_enough(guard: Guard) -> None:
    signed_by(guard.log, guard.log.key, NEXT)
    assert guard.once() == 0
    other = Guard(guard.hub, guard.folder / "other", guard.capsys, guard.log)
    other.folder.mkdir()
    vkey = NEXT.verifier.encode()
    watch = ["watch", f"{guard.hub.url}/log", "--once", "--vkey", vkey]
    assert main([*watch, "--state", str(other.state)]) == 0


def test_whoever_knows_the_older_key_alone_is_alarmed_until_the_policy_names_both(
    guard: Guard,
) -> None:
    assert guard.once() == 0
    guard.log.grow(400)
    signed_by(guard.log, NEXT)
    assert guard.once("--json") == 1
    assert guard.alarms() == ["checkpoint-invalid"]
    policy = Policy(logs=tuple(LogLine(vkey=key.verifier) for key in (guard.log.key, NEXT)))
    path = guard.folder / "policy"
    path.write_text(policy.text(), encoding="utf-8")
    guard.more = ["--policy", path]
    assert guard.once("--json") == 0
    assert guard.said()["size"] == 400
