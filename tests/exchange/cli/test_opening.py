"""How every command of the office speaks and fails."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from exchange.cli import COMMANDS, main
from exchange.cli.opening import refusals
from tests.exchange.cli.conftest import Type


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


def test_a_file_that_cannot_be_written_is_named_in_one_sentence(
    scheme: Type, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    refused = scheme("ledger", "publish", tmp_path / "file" / "out")
    assert refused.exit_code == 1
    assert refused.stderr == f"Refused. {tmp_path}/file/out/checkpoint: Not a directory\n"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("en", "Refused. The database of DATABASE_URL takes nothing now"),
        ("ja", "実行できません。DATABASE_URL のデータベースを使えません。"),
    ],
)
def test_a_database_that_is_away_is_told_in_one_sentence(
    typed: Type, monkeypatch: pytest.MonkeyPatch, spoken: str, said: str
) -> None:
    # Nobody listens at port 1.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    refused = typed("organizations", "--lang", spoken)
    assert refused.exit_code == 1
    assert refused.stderr.startswith(said)
    assert len(refused.stderr.splitlines()) == 1


def test_a_fault_of_ours_is_not_taken_for_a_refusal() -> None:
    with pytest.raises(ZeroDivisionError), refusals():
        raise ZeroDivisionError
    with pytest.raises(BrokenPipeError), refusals():
        raise BrokenPipeError
