"""Each wheel stands alone: with what it says it needs, and nothing else, it works."""

import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow

OWN = {
    "career-relay": "clients/relay",
    "career-relay-exchange": ".",
    "career-relay-protocol": "clients/protocol",
}

IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


@dataclass(frozen=True, slots=True)
class Alone:
    """An environment that holds one of our wheels and what that wheel says it needs."""

    folder: Path

    def run(self, program: str, *words: str) -> str:
        """Return what a program of this environment prints; fail when it fails."""
        done = subprocess.run(
            [self.folder / "bin" / program, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def pip(*words: str) -> None:
    """Run pip without asking any index."""
    arguments = [*words, "--quiet", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)


def needed_by(requirement: Requirement, seen: set[str]) -> Iterator[str]:
    """Yield the names of all distributions that a requirement brings in, itself first."""
    extras = requirement.extras or {""}
    key = f"{requirement.name.lower()}[{','.join(sorted(extras))}]"
    if key in seen:
        return
    seen.add(key)
    yield requirement.name
    for line in distribution(requirement.name).requires or ():
        further = Requirement(line)
        if not further.marker or any(further.marker.evaluate({"extra": one}) for one in extras):
            yield from needed_by(further, seen)


def lend(name: str, site_packages: Path) -> None:
    """Link an installed library into another environment's folder."""
    library = distribution(name)
    tops = {file.parts[0] for file in library.files or () if file.parts[0] != ".."}
    for top in tops - {"__pycache__"}:
        link = site_packages / top
        if not link.exists():
            link.symlink_to(Path(str(library.locate_file(top))).resolve())


@pytest.fixture(scope="module")
def wheels(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build all three wheels; return their paths by distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    built = {}
    for name, place in OWN.items():
        source = str(checkout / place)
        pip("wheel", source, "--no-build-isolation", "--wheel-dir", str(folder))
        built[name] = next(folder.glob(f"{name.replace('-', '_')}-0*.whl"))
    return built


def installed_alone(requirement: str, wheels: dict[str, Path], folder: Path) -> Alone:
    venv.create(folder, with_pip=False)
    site_packages = next(folder.glob("lib/python*/site-packages"))
    for name in needed_by(Requirement(requirement), set()):
        if name not in wheels:
            lend(name, site_packages)
            continue
        pip("--python", str(folder / "bin/python"), "install", str(wheels[name]))
    return Alone(folder)


def test_an_auditor_needs_nothing_but_cryptography(wheels: dict[str, Path], tmp_path: Path) -> None:
    requires = distribution("career-relay-protocol").requires or []
    assert [Requirement(line).name for line in requires] == ["cryptography"]
    auditor = installed_alone("career-relay-protocol", wheels, tmp_path)
    assert "relay-audit" in auditor.run("relay-audit", "--help")


@pytest.mark.parametrize(
    ("requirement", "package", "program"),
    [
        ("career-relay-protocol", "relay_protocol", "relay-audit"),
        ("career-relay[desk]", "career_relay", "relay"),
        ("career-relay-exchange", "exchange", "exchange"),
    ],
)
def test_each_wheel_works_with_what_it_says_it_needs(
    wheels: dict[str, Path], tmp_path: Path, requirement: str, package: str, program: str
) -> None:
    alone = installed_alone(requirement, wheels, tmp_path)
    alone.run("python", "-c", IMPORT_ALL, package)
    assert program in alone.run(program, "--help")


def test_the_command_line_does_without_the_desk(wheels: dict[str, Path], tmp_path: Path) -> None:
    member = installed_alone("career-relay", wheels, tmp_path)
    assert "relay" in member.run("relay", "--help")


@pytest.mark.parametrize("name", sorted(OWN))
def test_each_wheel_is_typed(wheels: dict[str, Path], name: str) -> None:
    with zipfile.ZipFile(wheels[name]) as wheel:
        assert any(file.endswith("/py.typed") for file in wheel.namelist())


def test_the_wheel_of_the_exchange_brings_its_migrations_pages_and_languages(
    checkout: Path, wheels: dict[str, Path]
) -> None:
    with zipfile.ZipFile(wheels["career-relay-exchange"]) as wheel:
        inside = set(wheel.namelist())
    assert "exchange/_migrations/env.py" in inside
    web = checkout / "exchange/web"
    pages = [*web.rglob("templates/**/*.html"), *web.rglob("static/**/*.css")]
    catalogues = [source.with_suffix(".mo") for source in web.rglob("LC_MESSAGES/*.po")]
    for file in pages + catalogues:
        assert file.relative_to(checkout).as_posix() in inside
