"""How every command of the office speaks and fails."""

import pytest
from click.testing import CliRunner

from exchange.cli import COMMANDS, main

PATHS = [
    (name, *sub)
    for name, command in sorted(main.commands.items())
    for sub in [(), *[(inner,) for inner in sorted(getattr(command, "commands", {}))]]
]
LEAVES = [path for path in PATHS if not hasattr(main.commands[path[0]], "commands") or path[1:]]


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


def test_the_registry_names_every_command_once() -> None:
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names)) == len(main.commands)


def test_an_unknown_command_ends_with_2() -> None:
    assert CliRunner().invoke(main, ["surprise"]).exit_code == 2
