"""Whose log is read must be said, by a key, by a policy, or by both."""

from pathlib import Path

import pytest

from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.trusting import read_policy
from relay_protocol.errors import PolicyError
from relay_protocol.note import COSIGNATURE
from relay_protocol.policy import LogLine, Policy, WitnessLine
from tests.story.plain_log import named_key

ONE, OTHER = (named_key(f"log.example/{name}").verifier for name in ("one", "other"))
NEWER = named_key("log.example/one", seed="newer").verifier
WITNESS = WitnessLine(name="w", vkey=named_key("witness.example", COSIGNATURE).verifier)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy"
    lines = (LogLine(vkey=ONE), LogLine(vkey=OTHER))
    path.write_text(Policy(logs=lines, witnesses=(WITNESS,), quorum="w").text(), encoding="utf-8")
    return path


def keys(policy: Policy) -> list[str]:
    return [log.vkey.encode() for log in policy.logs]


def test_a_key_alone_asks_for_no_witness() -> None:
    policy = read_policy(ONE.encode(), None)
    assert (keys(policy), policy.quorum) == ([ONE.encode()], "none")


def test_a_policy_of_several_logs_needs_the_key_of_one(file: Path) -> None:
    with pytest.raises(UsageError, match="say which with --vkey"):
        read_policy("", file)
    policy = read_policy(OTHER.encode(), file)
    assert (keys(policy), policy.quorum) == ([OTHER.encode()], "w")


def test_a_key_that_follows_the_policys_own_is_believed_beside_it(file: Path) -> None:
    assert keys(read_policy(NEWER.encode(), file)) == [ONE.encode(), NEWER.encode()]


def test_a_policy_of_one_log_is_enough(file: Path) -> None:
    file.write_text(Policy(logs=(LogLine(vkey=ONE),)).text(), encoding="utf-8")
    assert keys(read_policy("", file)) == [ONE.encode()]


def test_nothing_and_a_policy_without_a_log_are_refused(file: Path) -> None:
    with pytest.raises(UsageError, match="say whose log it is"):
        read_policy("", None)
    file.write_text("quorum none\n", encoding="utf-8")
    with pytest.raises(UsageError, match="say which"):
        read_policy("", file)


def test_what_is_no_key_and_no_policy_is_refused(file: Path) -> None:
    with pytest.raises(InputError):
        read_policy("no key", None)
    file.write_text("log\n", encoding="utf-8")
    with pytest.raises(PolicyError):
        read_policy("", file)
