"""In which language a command answers, and how Japanese text is broken into lines."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal
from unicodedata import east_asian_width

_SETTINGS: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_LANG: Final = "--lang"
# What is not torn apart at the end of a line: Latin words, and signs that may begin or end none.
_PIECE: Final = re.compile("[(「]*(?:[!-'*-~]+|[^ (「])[)」、。ーっゃゅょッャュョ]* *")


def language_of(line: Sequence[str], environment: Mapping[str, str]) -> Literal["ja", "en"]:
    """Return the language to answer in: what the line asks for, else what the terminal is set to.

    Args:
        line: the words of a command line, whatever else is wrong with it; the last --lang counts.
        environment: the process's variables; LC_ALL, LC_MESSAGES and LANG count, in this order.
    """
    wishes = [
        word.removeprefix(f"{_LANG}=")
        for before, word in zip(("", *line), line, strict=False)
        if before == _LANG or word.startswith(f"{_LANG}=")
    ]
    settings = (environment.get(name, "") for name in _SETTINGS)
    known = next((wish for wish in reversed(wishes) if wish in {"ja", "en"}), "")
    chosen = known or next(filter(None, settings), "")
    return "ja" if chosen.lower().startswith("ja") else "en"


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def folded(text: str, width: int) -> list[str]:
    """Return a Japanese text in lines of so many columns; what is longer in one piece stands out.

    Args:
        text: without line feeds.
        width: in columns of a terminal.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and columns(f"{lines[-1]}{piece}".rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [one.rstrip() for one in lines]
