"""How every command of the office speaks and fails."""

import pytest
from click.testing import CliRunner

from exchange.cli import COMMANDS, main

PATHS = [
    (name, *sub)
    for name, command in sorted(main.commands.items())
    for sub in [(), *[(inner,) for inner in sorted(getattr(command, "commands", {}))]]
]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split("\n\n")) > 2
    assert "--help" in result.output


def test_the_registry_names_every_command_once() -> None:
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names)) == len(main.commands)


def test_an_unknown_command_ends_with_2() -> None:
    assert CliRunner().invoke(main, ["surprise"]).exit_code == 2
