"""`relay-audit evidence`: proved, not proved, and not to be read are three exit codes."""

import json
from pathlib import Path

import pytest

from relay_protocol.cli import main
from relay_protocol.evidence import Evidence
from relay_protocol.policy import LogLine, Policy
from tests.story.plain_log import PlainLog

LOG = PlainLog.of(5)
OTHER = PlainLog.of(5, "other")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "equivocation.txt"
    path.write_bytes(Evidence(notes=(LOG.note(), OTHER.note())).encode())
    return path


def test_two_histories_are_proved(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", str(file), "--vkey", LOG.vkey, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert f"Proved: {LOG.name} has signed two histories" in said
    assert "A ledger of 5 entries cannot have both roots." in said
    assert main(["evidence", str(file), "--vkey", LOG.vkey, "--lang", "ja"]) == 0
    assert "両立しない二つの歴史に署名しています" in capsys.readouterr().out


def test_a_policy_says_whose_log_it_is_as_well(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = Policy(logs=(LogLine(vkey=LOG.key.verifier),))
    (tmp_path / "policy").write_text(policy.text(), encoding="utf-8")
    assert main(["evidence", str(file), "--policy", str(tmp_path / "policy"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["result"], document["form"], document["index"]) == (
        "proved",
        "same-size",
        None,
    )
    assert [one["size"] for one in document["checkpoints"]] == [5, 5]


def test_the_same_checkpoint_twice_proves_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(Evidence(notes=(LOG.note(), LOG.note())).encode())
    assert main(["evidence", str(file), "--vkey", LOG.vkey, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["result"] == "refused"


def test_another_logs_key_proves_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = PlainLog(name="log.example/third")
    assert main(["evidence", str(file), "--vkey", stranger.vkey, "--lang", "en"]) == 1
    assert "This file proves nothing" in capsys.readouterr().out


@pytest.mark.parametrize("raw", [b"", b"not evidence\n", b"career-relay/evidence@v1\nsame-size\n"])
def test_what_is_no_evidence_cannot_be_read(
    file: Path, raw: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(raw)
    assert main(["evidence", str(file), "--vkey", LOG.vkey]) == 2
    assert "relay-audit cannot read this" in capsys.readouterr().err


def test_a_missing_file_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", str(tmp_path / "absent"), "--vkey", LOG.vkey]) == 2
    assert "absent cannot be read" in capsys.readouterr().err
