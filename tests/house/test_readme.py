"""What README tells people to type is what the programs take, in both languages."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = {"exchange", "relay", "relay-audit"}
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ASSIGNMENT = re.compile(r"[A-Z_]+=.*")


def console_commands(markdown: str) -> list[list[str]]:
    """Return the words of each command of the fenced console blocks, up to a pipe or an arrow."""
    commands = []
    for block in CONSOLE.findall(markdown):
        for line in block.replace("\\\n", " ").splitlines():
            if not line.startswith("$ "):
                continue
            lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="|&;<>")
            lexer.commenters = ""
            lexer.whitespace_split = True
            words: list[str] = []
            for word in lexer:
                if set(word) <= set("|&;<>"):
                    break
                if words or not ASSIGNMENT.fullmatch(word):
                    words.append(word)
            commands.append([words[0].removeprefix(".venv/bin/"), *words[1:]])
    return commands


@pytest.fixture(scope="module")
def commands(checkout: Path) -> list[list[str]]:
    """Return the commands of README.md."""
    return console_commands((checkout / "README.md").read_text(encoding="utf-8"))


def test_commands_are_read_without_prompt_settings_and_what_follows_a_pipe() -> None:
    markdown = (
        "```console\n$ .venv/bin/relay try \\\n  'my file.csv' | less\nsaid: yes\n"
        "$ KEY=1 exchange serve > log\n```\n\n```python\n$ no\n```\n"
    )
    assert console_commands(markdown) == [["relay", "try", "my file.csv"], ["exchange", "serve"]]


def test_readme_shows_how_to_begin(commands: list[list[str]]) -> None:
    assert ["make", "demo"] in commands
    assert ["make", "test"] in commands


@pytest.mark.timeout(600)  # two dozen programs, one after another
def test_each_program_takes_what_readme_tells_people_to_type(commands: list[list[str]]) -> None:
    refused = {}
    for program, *words in commands:
        if program in PROGRAMS:
            path = Path(sys.executable).with_name(program)
            run = subprocess.run(
                [path, *words, "--help"], capture_output=True, text=True, timeout=60, check=False
            )
            if run.returncode:
                refused[shlex.join([program, *words])] = run.stderr
    assert refused == {}


def test_each_make_target_of_readme_exists(checkout: Path, commands: list[list[str]]) -> None:
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    wanted = {words[1] for words in commands if words[0] == "make" and len(words) > 1}
    assert wanted <= targets


def test_the_japanese_readme_has_the_same_commands(
    checkout: Path, commands: list[list[str]]
) -> None:
    japanese = (checkout / "README.ja.md").read_text(encoding="utf-8")
    assert console_commands(japanese) == commands
