"""The sizes and names that keep the house easy to walk through."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

LONGEST_MODULE = 500
LONGEST_FUNCTION = 70
LEAST_MIRRORED = 0.85
SMALLEST_MIRRORED_MODULE = 30

# A room of such a name takes in whatever has no place.
DRAWERS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One of our packages, and the folders in which the tests that mirror it stand."""

    source: Path
    tests: tuple[Path, ...]

    def modules(self) -> list[Path]:
        return sorted(self.source.rglob("*.py"))


@pytest.fixture(scope="module")
def packages(checkout: Path) -> tuple[Package, ...]:
    protocol, relay = checkout / "clients/protocol", checkout / "clients/relay"
    return (
        Package(source=checkout / "exchange", tests=(checkout / "tests/exchange",)),
        Package(source=protocol / "src/relay_protocol", tests=(protocol / "tests",)),
        # What the client does with a hub is tested with the real one, beside the exchange.
        Package(
            source=relay / "src/career_relay", tests=(relay / "tests", checkout / "tests/clients")
        ),
    )


def line_count(module: Path) -> int:
    return len(module.read_text(encoding="utf-8").splitlines())


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def mirrors_of(module: Path, package: Package) -> list[Path]:
    inside = module.relative_to(package.source)
    return [folder / inside.with_name(f"test_{inside.name}") for folder in package.tests]


def test_lengths_count_from_def_to_the_last_line() -> None:
    source = (
        "@decorated\ndef short():\n    return 1\n"
        "class Room:\n    def longer(self):\n\n        return 2\n"
    )
    assert list(function_lengths(source)) == [("short", 2), ("longer", 3)]


def test_most_modules_are_mirrored_by_a_test_of_their_name(
    packages: tuple[Package, ...],
) -> None:
    mirrors = [
        mirrors_of(module, package)
        for package in packages
        for module in package.modules()
        if module.name != "__init__.py" and line_count(module) >= SMALLEST_MIRRORED_MODULE
    ]
    missing = [places[0] for places in mirrors if not any(map(Path.exists, places))]
    assert 1 - len(missing) / len(mirrors) >= LEAST_MIRRORED, "\n".join(map(str, missing))


def test_no_module_is_too_long_to_read_at_once(packages: tuple[Package, ...]) -> None:
    lengths = {module: line_count(module) for package in packages for module in package.modules()}
    assert {module: n for module, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_too_long_to_keep_in_mind(packages: tuple[Package, ...]) -> None:
    lengths = {
        (module, name): length
        for package in packages
        for module in package.modules()
        for name, length in function_lengths(module.read_text(encoding="utf-8"))
    }
    assert {place: n for place, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_no_room_is_a_drawer(packages: tuple[Package, ...]) -> None:
    drawers = [
        module
        for package in packages
        for module in package.modules()
        if DRAWERS & set(module.relative_to(package.source).with_suffix("").parts)
    ]
    assert drawers == []
