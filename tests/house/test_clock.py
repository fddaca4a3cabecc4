"""The time is read in one place of each program: everybody else is told it."""

import ast
from pathlib import Path

import pytest

MOMENTS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("func", "now"),
    ("time", "ctime"),
    ("time", "gmtime"),
    ("time", "localtime"),
    ("time", "time"),
    ("time", "time_ns"),
}
TIMES = {name for module, name in MOMENTS if module == "time"}


def reads_clock(source: str) -> bool:
    """Return whether a module asks what time it is; how long something lasts is not that."""
    return any(
        (isinstance(node, ast.Attribute) and (_last(node.value), node.attr) in MOMENTS)
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and {name.name for name in node.names} & TIMES
        )
        for node in ast.walk(ast.parse(source))
    )


def _last(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now(UTC)",
        "from datetime import date\nmade_on = field(default_factory=date.today)",
        "import time\ntime.time()",
        "from time import time_ns",
        "from sqlalchemy import func\nselect(func.now())",
    ],
)
def test_a_reader_of_the_clock_is_found(source: str) -> None:
    assert reads_clock(source)


@pytest.mark.parametrize(
    "source",
    ["import time\ntime.monotonic()", "hub.clock.now()", "datetime.fromtimestamp(7, UTC)"],
)
def test_who_is_told_the_time_is_not_taken_for_a_reader(source: str) -> None:
    assert not reads_clock(source)


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("exchange", "hub.py"),
        ("clients/protocol/src/relay_protocol", "cli/files.py"),
        ("clients/relay/src/career_relay", "clock.py"),
    ],
)
def test_one_module_of_each_program_reads_the_clock(
    checkout: Path, package: str, allowed: str
) -> None:
    source = checkout / package
    readers = {
        module.relative_to(source).as_posix()
        for module in source.rglob("*.py")
        if reads_clock(module.read_text(encoding="utf-8"))
    }
    assert readers == {allowed}
