"""What cannot be read is told in the reader's language, its exact detail as it is."""

from pathlib import Path

import pytest

from relay_protocol.cli import main
from relay_protocol.cli.refusals import InputError, PostError, UsageError, lead, reason, unreadable
from relay_protocol.errors import (
    LogMissingError,
    LogReadError,
    MalformedRequestError,
    ProtocolError,
    WitnessRefusal,
)
from relay_protocol.mirroring import ForkError

JAPANESE = "relay-audit は読み取れませんでした。"


def test_a_refusal_says_itself_in_both_languages_and_is_english_in_a_trace() -> None:
    error = InputError("pack-of-another", auditor="kansa")
    assert str(error) == error.said("en") == "the pack was made for kansa"
    assert error.said("ja") == "この開示片の束は kansa のものです"
    assert str(UsageError("out-suffix")) == "--out ends in .xlsx"
    assert str(PostError("no-answer", seconds=20)) == "no answer within 20 seconds"


def test_a_refusal_without_a_sentence_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        InputError("out-suffix")


def test_a_missing_file_is_named_before_what_it_is_a_part_of() -> None:
    assert lead(LogMissingError("gone")) != lead(LogReadError("gone"))
    assert lead(MalformedRequestError("")) == lead(WitnessRefusal(""))
    assert lead(ProtocolError("")) != lead(WitnessRefusal(""))
    assert issubclass(ForkError, ProtocolError)


def test_the_detail_of_what_cannot_be_read_stays_exact() -> None:
    error = LogMissingError("the folder holds no checkpoint")
    assert list(unreadable(error, "en")) == [
        "relay-audit cannot read this: the folder holds no checkpoint",
        lead(error).en,
    ]
    assert list(unreadable(error, "ja")) == [
        f"{JAPANESE}{lead(error).ja}",
        "詳細(英語): the folder holds no checkpoint",
    ]
    assert reason(error, "en") == "the folder holds no checkpoint"
    assert reason(error, "ja").endswith("詳細(英語): the folder holds no checkpoint")


def test_what_was_given_is_refused_in_one_sentence() -> None:
    error = InputError("too-large", path="pack")
    assert list(unreadable(error, "en")) == [
        "relay-audit cannot read this: pack is larger than it can be"
    ]
    assert list(unreadable(error, "ja")) == [f"{JAPANESE}pack が大きすぎます"]
    assert (reason(error, "ja"), reason(error, "en")) == (error.said("ja"), str(error))


@pytest.mark.parametrize(
    "line",
    [
        ["verify", "{0}"],
        ["mirror", "{0}", "{0}/copy", "--vkey={0}/none"],
        ["watch", "{0}", "--state={0}/none/state", "--vkey={0}/none", "--once"],
        ["trace", "slots:acme", "{0}", "--vkey={0}/none", "--key={0}/k", "--pack={0}/p"],
        ["sample", "{0}", "--vkey={0}/none"],
        ["receipt", "{0}/none", "--vkey={0}/none"],
        ["evidence", "{0}/none", "--vkey={0}/none"],
    ],
)
def test_every_command_speaks_japanese_where_it_can_read_nothing(
    line: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    argv = [one.format(tmp_path) for one in line]
    assert main([*argv, "--lang=ja"]) == 2
    asked = capsys.readouterr().err
    assert asked.startswith(JAPANESE)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert main([*argv, "--json"]) == 2
    assert capsys.readouterr() == ("", asked)
    assert main([*argv, "--lang=en"]) == 2
    assert capsys.readouterr().err.startswith("relay-audit cannot read this: ")
