"""The root of `relay`: its commands, its help in two languages, its refusals and exit codes."""

import json
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from career_relay.cli import COMMANDS, main
from career_relay.commands.spoken import SpokenGroup
from career_relay.errors import HubRefusedError, NotDueError, NotReadyError, Problem, RelayError
from career_relay.words import Words

ENGLISH = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None}
FAULT = Words(en="It is broken.", ja="壊れています。")
MEND = Words(en="Mend it.", ja="直してください。")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env=ENGLISH)


def test_the_installed_command_is_this_one() -> None:
    (script,) = (point for point in entry_points(group="console_scripts") if point.name == "relay")
    assert script.load() is main


def named(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_name_that_it_is_found_by(name: str) -> None:
    assert named(name).name == name


def test_every_command_is_listed_and_explains_itself_in_both_languages() -> None:
    english, japanese = run("--help").output, run("--lang", "ja", "--help").output
    for name, command in zip(COMMANDS, map(named, COMMANDS), strict=True):
        assert f"  {name}" in english
        first = command.get_short_help_str()
        assert first
        assert first.split()[0] in english
        with click.Context(command) as context:
            context.meta["career_relay.language"] = "ja"
            # Told in lines that the terminal holds.
            assert "".join(command.get_short_help_str().split()) in "".join(japanese.split())
            assert command.get_short_help_str() != first


def test_only_the_command_that_is_run_is_loaded() -> None:
    script = (
        "import sys, click; from career_relay.cli import main;"
        "main.get_command(click.Context(main), 'tellings');"
        "assert 'career_relay.commands.tellings' in sys.modules;"
        "assert not {'career_relay.commands.import_files', 'openpyxl'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def leaves(command: click.Command, *path: str) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    return [
        leaf
        for name in command.list_commands(context)
        if (inner := command.get_command(context, name)) is not None
        for leaf in leaves(inner, *path, name)
    ]


@pytest.mark.parametrize("path", leaves(main), ids=" ".join)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_help_of_every_command_shows_an_example(path: tuple[str, ...], language: str) -> None:
    result = run("--lang", language, *path, "--help")
    assert result.exit_code == 0
    assert f"relay {' '.join(path)}" in result.output.partition("Options:")[0].partition("\n")[2]


@pytest.mark.parametrize("path", leaves(main), ids=" ".join)
def test_every_command_answers_in_json_and_in_two_languages(path: tuple[str, ...]) -> None:
    output = run(*path, "--help").output
    assert "--json" in output
    assert "--lang" in output


def test_the_version_is_the_distributions() -> None:
    assert version("career-relay") in run("--version").output


def test_an_unknown_command_ends_with_two() -> None:
    result = run("fly")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def root_with(refusal: RelayError) -> click.Group:
    """Return a root like ours, with one command that refuses."""
    root = type(main)("relay", words=Words(en="x", ja="x"))
    assert isinstance(root, SpokenGroup)

    @root.command("refuse")
    @click.pass_context
    def refuse(_: click.Context) -> None:
        raise refusal

    return root


PROBLEM = Problem(slug="claim-taken", title="x", status=409, detail="Taken.", field="claim")


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (RelayError(FAULT, MEND), 2),
        (NotDueError(FAULT), 1),
        (NotReadyError(FAULT), 1),
        (HubRefusedError(PROBLEM), 1),
    ],
)
def test_what_was_refused_ends_with_one_and_what_could_not_be_done_with_two(
    refusal: RelayError, code: int
) -> None:
    result = CliRunner().invoke(root_with(refusal), ["refuse"], env=ENGLISH)
    assert result.exit_code == code
    assert refusal.said.en in result.stderr
    assert result.stdout == ""


def test_a_refusal_is_told_with_its_mend_in_the_language_of_the_run() -> None:
    root = root_with(RelayError(FAULT, MEND))
    english = CliRunner().invoke(root, ["refuse"], env=ENGLISH)
    japanese = CliRunner().invoke(root, ["refuse"], env={**ENGLISH, "LANG": "ja_JP.UTF-8"})
    assert english.stderr == "relay: It is broken. Mend it.\n"
    assert japanese.stderr == "relay: 壊れています。 直してください。\n"


def test_with_json_a_refusal_is_a_document_too(tmp_path: Path) -> None:
    result = run("--config", str(tmp_path / "nowhere.toml"), "eligible", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert "nowhere.toml" in error["said"]


def test_what_is_our_own_fault_is_not_dressed_up_as_a_refusal() -> None:
    result = CliRunner().invoke(root_with(ZeroDivisionError()), ["refuse"])  # type: ignore[arg-type]
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_program_runs_by_itself_without_hub_or_keys(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("relay")
    done = subprocess.run(
        [program, "try", "--sample", "csv", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["taken"] == 300
    assert list(tmp_path.iterdir()) == []
