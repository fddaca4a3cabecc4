"""How every command of the office speaks and fails."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from exchange.cli import COMMANDS, main


def named(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


def leaves(name: str) -> list[tuple[str, ...]]:
    command = named(name)
    if isinstance(command, click.Group):
        return [(name, inner) for inner in sorted(command.commands)]
    return [(name,)]


LEAVES = [path for name in COMMANDS for path in leaves(name)]
PATHS = sorted({*LEAVES, *((name,) for name in COMMANDS)})


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split("\n\n")) > 2
    assert "--help" in result.output


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_the_help_of_every_command_teaches_with_an_example(path: tuple[str, ...]) -> None:
    output = CliRunner().invoke(main, [*path, "--help"]).output
    taught = output.partition("Example")[2].partition("Options:")[0]
    assert f"exchange {' '.join(path)}" in taught


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_name_that_it_is_found_by(name: str) -> None:
    assert named(name).name == name


def test_the_root_lists_every_command() -> None:
    assert main.list_commands(click.Context(main)) == sorted(COMMANDS)


def test_only_what_is_asked_for_is_loaded() -> None:
    script = (
        "import sys, click; from exchange.cli import main;"
        "main.get_command(click.Context(main), 'statements');"
        "assert 'exchange.cli.statements' in sys.modules;"
        "assert not {'exchange.cli.run', 'exchange.jobs', 'flask'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_an_unknown_command_ends_with_2() -> None:
    assert CliRunner().invoke(main, ["surprise"]).exit_code == 2
