"""The notice as a page shows it: headings, paragraphs and points out of its plain text."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the notice, under its heading."""

    heading: str
    paragraphs: Sequence[str]
    points: Sequence[str]


def sections(text: str) -> list[Section]:
    """Return the parts of a notice: `## ` begins one, `- ` a point, all else is a paragraph."""
    found = []
    for part in f"\n{text}".split("\n## ")[1:]:
        heading, *lines = (line.strip() for line in part.splitlines())
        found.append(
            Section(
                heading=heading,
                paragraphs=[line for line in lines if line and not line.startswith("- ")],
                points=[line.removeprefix("- ") for line in lines if line.startswith("- ")],
            )
        )
    return found
