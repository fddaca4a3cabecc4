"""What the auditor's checklist says to type is what the programs take, in both languages."""

import re
import shlex
from pathlib import Path

import pytest

from relay_protocol.cli import COMMANDS
from relay_protocol.cli.arguments import parse

SPAN = re.compile(r"`((?:relay|relay-audit|exchange|make)\s[^`]+)`")
NAMES = {"あなた": "YOU", "企業": "SLUG", "ファイル": "FILE"}
LEAVES_OPEN = "…"
"""Where the reader fills something in that the page has said before."""


def commands(page: Path) -> list[list[str]]:
    """Return the words of every command of a page; names of either language are the same."""
    found = []
    for span in SPAN.findall(page.read_text(encoding="utf-8")):
        words = shlex.split(" ".join(span.split()).replace(" --lang ja", ""))
        for ja, en in NAMES.items():
            words = [word.replace(ja, en) for word in words]
        found.append(words)
    return found


@pytest.fixture(scope="module")
def english(checkout: Path) -> list[list[str]]:
    return commands(checkout / "docs" / "auditing.md")


@pytest.fixture(scope="module")
def japanese(checkout: Path) -> list[list[str]]:
    return commands(checkout / "docs" / "auditing.ja.md")


def test_both_languages_tell_the_same_commands_in_the_same_order(
    english: list[list[str]], japanese: list[list[str]]
) -> None:
    assert english == japanese


def test_every_command_of_the_audit_is_told(english: list[list[str]]) -> None:
    told = {words[1] for words in english if words[0] == "relay-audit"}
    assert told == {command.name for command in COMMANDS}


def test_every_command_is_one_that_the_program_takes(
    english: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for program, *words in english:
        if program == "relay-audit":
            given = [word for word in words if word != LEAVES_OPEN]
            _, command = parse(COMMANDS, given)
            assert command.name == given[0]
    assert not capsys.readouterr().err
