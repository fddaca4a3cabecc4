"""Results go to standard output, progress beside it, and each only as often as it helps."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relay_protocol.cli.telling import (
    Meter,
    Progress,
    refusal_document,
    refusal_sentences,
    say,
    tell,
)
from relay_protocol.errors import AuditError
from relay_protocol.evidence import Evidence
from tests.story.plain_log import PlainLog

REFUSAL = AuditError(3, "chain-broken", seq=7, detail="here")


def test_progress_is_told_at_each_tenth_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for done in range(1, 1_001):
        progress(done, 1_000)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0] == "files: 100 of 1,000"
    assert told.err.splitlines()[-1] == "files: 1,000 of 1,000"
    assert len(told.err.splitlines()) == 10


def test_progress_is_told_in_the_readers_language(capsys: pytest.CaptureFixture[str]) -> None:
    Progress("ja")(7, 7)
    Meter("ja")(3, 0, 30_000)
    Meter("en")(3, 0, 30_000)
    say("state-remembers", "ja", path="kansa.audit")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "ファイル: 7 個中 7 個",
        "第3項: 30,000 件中 0 件(台帳の記載)",
        "part 3: 0 of 30,000 (Entries)",
        "どこまで確かめたかは kansa.audit に残っています。もう一度実行すると、続きから始めます。",
    ]


def test_a_result_is_told_once_in_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    tell({"a": "日本"}, ["one", "two"], as_json=False)
    assert capsys.readouterr().out == "one\ntwo\n"
    tell({"a": "日本"}, ["one", "two"], as_json=True)
    said = capsys.readouterr().out
    assert json.loads(said) == {"a": "日本"}
    assert "日本" in said


def test_a_refusal_is_told_with_its_place_in_both_languages() -> None:
    document = refusal_document(REFUSAL)
    assert (document["part"], document["code"], document["seq"]) == (3, "chain-broken", 7)
    assert str(document["en"]) in refusal_sentences(REFUSAL, "en")
    assert str(document["ja"]) in refusal_sentences(REFUSAL, "ja")


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """Return a command that proves something, and says so at length."""
    log, other = PlainLog.of(5), PlainLog.of(5, "other")
    path = tmp_path / "equivocation.txt"
    path.write_bytes(Evidence(notes=(log.note(), other.note())).encode())
    program = "import sys; from relay_protocol.cli import main; sys.exit(main())"
    return [sys.executable, "-c", program, "evidence", str(path), "--vkey", log.vkey]


def test_a_reader_who_leaves_early_is_no_alarm_and_hears_of_no_fault(given: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(given, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_result_that_cannot_be_written_ends_with_2_and_why(given: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(given, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"the result cannot be written: No space left on device\n" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_channel_changes_no_verdict(given: list[str]) -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        line = ["sh", "-c", f'"$@" {closed}', "sh", *given]
        done = subprocess.run(line, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_lacks_the_signs_gets_them_as_escapes(given: list[str]) -> None:
    poor = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for more in (["--lang", "ja"], ["--json"]):
        done = subprocess.run([*given, *more], env=poor, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.isascii()
