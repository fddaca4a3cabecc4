"""Compile the translations of a distribution whenever it is built or installed."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path, pattern: str) -> Iterator[Path]:
    """Write a .mo beside each .po that the pattern names below root; yield what was written."""
    for source in sorted(root.glob(pattern)):
        with source.open("rb") as text:
            catalogue = read_po(text)
        compiled = source.with_suffix(".mo")
        with compiled.open("wb") as binary:
            write_mo(binary, catalogue)
        yield compiled


class Translations(BuildHookInterface):  # type: ignore[type-arg]  # hatchling fills it in
    """Run before each wheel, and before each editable installation."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002
        """Compile the catalogues that the distribution's pyproject names."""
        for _ in compile_catalogues(Path(self.root), self.config["catalogues"]):
            pass


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        for written in compile_catalogues(Path.cwd(), wanted):
            sys.stdout.write(f"{written.relative_to(Path.cwd())}\n")
