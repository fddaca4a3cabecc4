"""How high a row of a paper must be for its texts to be read whole once they are wrapped."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol.report import Lang

LINE_POINTS: Final[Mapping[Lang, int]] = MappingProxyType({"ja": 18, "en": 14})
"""Height of a line of the paper's letters; those for Japanese stand further apart."""
LINES: Final = 22
"""As many lines of text as one row has, at most: no program draws a row of more than 409 points."""
ROOM: Final = 0.85
"""How much of a column is reckoned with: letters may be wider than a digit, and words torn."""

SPARED: Final = 6
"""One line more is reckoned with for so many."""

# What is not torn apart at the end of a line: Latin letters up to a hyphen; others are alone.
_PIECE: Final = re.compile("(?:[!-,.-\u00ff]+-?|-) *| +|[^ -\u00ff]")
_WIDEST_NARROW: Final = "\u00ff"


def height(texts: Iterable[tuple[str, int]], lang: Lang) -> int:
    """Return the height in points of a row.

    Args:
        texts: of its cells, each with the width of its column in characters.
        lang: settles the letters.
    """
    most = max((lines(text, width) for text, width in texts), default=1)
    # A sign that may begin no line takes the one before it along.
    return LINE_POINTS[lang] * min(most + most // SPARED, LINES)


def lines(text: str, width: int) -> int:
    """Return into how many lines a text falls in a column of so many characters."""
    room = max(2, int(width * ROOM))
    return sum(_lines(one, room) for one in text.split("\n"))


def _lines(paragraph: str, room: int) -> int:
    """Return into how many lines a text without line feeds falls."""
    count, used = 1, 0
    for piece in _PIECE.findall(paragraph):
        size = sum(1 if sign <= _WIDEST_NARROW else 2 for sign in piece.rstrip(" "))
        if used and used + size > room:
            count, used = count + 1, 0
        # A word that is longer than a line goes on in the next ones.
        count += max(0, size - 1) // room
        used += size if size <= room else (size - 1) % room + 1
        used += len(piece) - len(piece.rstrip(" "))
    return count
