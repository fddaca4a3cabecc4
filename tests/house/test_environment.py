"""The environment is read in one room of the exchange, and by the protocol's command alone."""

import ast
from pathlib import Path

import pytest

READERS = {"environ", "environb", "getenv"}


def reads_environment(source: str) -> bool:
    """Return whether a module names os.environ or os.getenv, in whatever way it imports them."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in READERS)
        or (isinstance(node, ast.ImportFrom) and {name.name for name in node.names} & READERS)
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize(
    "source",
    ["import os\nos.environ['A']", "from os import getenv", "import os as o\no.getenv('A')"],
)
def test_a_reader_of_the_environment_is_found(source: str) -> None:
    assert reads_environment(source)


def test_a_module_that_takes_its_settings_is_not_taken_for_a_reader() -> None:
    assert not reads_environment("import os\nos.sep\n")


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("exchange", {"config.py"}),
        ("clients/protocol/src/relay_protocol", {"cli/arguments.py"}),
    ],
)
def test_only_the_room_of_settings_reads_the_environment(
    checkout: Path, package: str, allowed: set[str]
) -> None:
    source = checkout / package
    readers = {
        module.relative_to(source).as_posix()
        for module in source.rglob("*.py")
        if reads_environment(module.read_text(encoding="utf-8"))
    }
    assert readers <= allowed
