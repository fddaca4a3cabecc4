"""Whatever the commands `exchange` and `relay` say of themselves, they say in Japanese too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from career_relay.cli import main as relay
from exchange.cli import main as exchange
from relay_protocol.spoken import columns

JAPANESE = re.compile("[ぁ-んァ-ン一-龠]")
ENGLISH_HEADINGS = ("Usage:", "Options:", "Commands:", "Show th", "[required]", "[default:")
WIDE = 80
OFFICES_ROOMS = (
    "cli/*.py",
    "services/alarms.py",
    "services/checkpoints.py",
    "services/invariants.py",
    "services/key_rotation.py",
    "services/organizations.py",
    "services/own_keys.py",
    "services/pack_making.py",
    "services/packs.py",
    "services/people.py",
    "services/publication.py",
    "services/scheme.py",
    "services/work.py",
)
"""What the office's commands reach, and where they may be refused."""


def paths(root: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command below a root, and its own."""
    yield path
    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if isinstance(command, click.Group):
            yield from paths(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = [(root, path) for root in (exchange, relay) for path in paths(root)]
NAMES = [" ".join((root.name or "", *path)) for root, path in COMMANDS]


def helped(root: click.Group, path: tuple[str, ...], language: str) -> str:
    """Return the help of a command in a language."""
    words = ["--lang", language, *path, "--help"]
    shown = CliRunner().invoke(root, words, env={"LC_ALL": "C.UTF-8", "COLUMNS": str(WIDE)})
    assert shown.exit_code == 0, shown.output
    return shown.output


def terms(shown: str) -> Iterator[str]:
    """Yield each option or command of a help text with what is said of it."""
    listed = re.split("^(?:Options|Commands|オプション|コマンド):$", shown, flags=re.MULTILINE)[1:]
    for part in listed:
        yield from re.findall(r"^  \S.*(?:\n {4,}.*)*", part, flags=re.MULTILINE)


@pytest.mark.parametrize(("root", "path"), COMMANDS, ids=NAMES)
def test_help_is_japanese_from_heading_to_last_option(
    root: click.Group, path: tuple[str, ...]
) -> None:
    shown = helped(root, path, "ja")
    assert not [heading for heading in ENGLISH_HEADINGS if heading in shown]
    first = shown.split("\n\n")[1]
    assert JAPANESE.search(first), first
    found = list(terms(shown))
    assert [term for term in found if not JAPANESE.search(term)] == []
    # Not one is forgotten on the way to the other language.
    assert len(found) == len(list(terms(helped(root, path, "en"))))


@pytest.mark.parametrize(("root", "path"), COMMANDS, ids=NAMES)
def test_english_help_is_english(root: click.Group, path: tuple[str, ...]) -> None:
    shown = helped(root, path, "en")
    assert shown.startswith("Usage:")
    assert "Show this message and exit." in shown


@pytest.mark.parametrize("path", list(paths(exchange)), ids=" ".join)
def test_japanese_help_of_the_office_fits_the_terminal(path: tuple[str, ...]) -> None:
    lines = helped(exchange, path, "ja").splitlines()
    assert [line for line in lines if columns(line) > WIDE and "--operator" not in line] == []


def unspoken(source: str) -> list[int]:
    """Return the lines where a refusal is raised whose Japanese half is missing."""
    missing = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given = {keyword.arg for keyword in node.keywords}
        refuses = node.func.id.endswith("Error") and node.args and node.func.id not in BUILT_IN
        if refuses and ("detail_ja" not in given or ("mend" in given and "mend_ja" not in given)):
            missing.append(node.lineno)
    return missing


BUILT_IN = {"LookupError", "ValueError", "UsageError", "NoteError", "PointsError", "RulesError"}
"""Mistakes of ours, refusals of the protocol, and those of click, whose words are chosen before."""


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("raise BusyError('a', detail_ja='b')", []),
        ("raise BusyError('a')", [1]),
        ("raise BusyError('a', mend='b', detail_ja='c', mend_ja='d')", []),
        ("raise BusyError('a', mend='b', detail_ja='c')", [1]),
        ("raise LookupError('a')", []),
    ],
)
def test_a_refusal_without_its_japanese_half_is_found(source: str, lines: list[int]) -> None:
    assert unspoken(source) == lines


@pytest.mark.parametrize("rooms", OFFICES_ROOMS)
def test_every_refusal_that_the_office_may_meet_stands_in_both_languages(
    checkout: Path, rooms: str
) -> None:
    found = {
        f"{room.name}:{line}"
        for room in (checkout / "exchange").glob(rooms)
        for line in unspoken(room.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_policy_of_the_witnesses_has_one_name(checkout: Path) -> None:
    texts = [
        *(checkout / "docs").rglob("*.md"),
        *(checkout / "exchange").rglob("*.po"),
        *(checkout / "exchange").rglob("*.py"),
        *(checkout / "clients").glob("*/src/**/*.py"),
    ]
    other = "\u65b9\u91dd"
    assert [text.name for text in texts if other in text.read_text(encoding="utf-8")] == []
