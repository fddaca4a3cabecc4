"""The form that describes a vacancy, read into the document that the service takes."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.datastructures import MultiDict

from exchange.domain.vacancies import FIELDS

MAN: Final = 10_000
"""Amounts are typed in 万円 in both languages."""
NUMBERS: Final[Mapping[str, int]] = {
    "experience_years_min": 1,
    "salary_min_yen": MAN,
    "salary_max_yen": MAN,
    "fee_percent": 1,
}
LISTS: Final = ("required_skills", "welcome_skills")
_BETWEEN = re.compile(r"[,、;\n]")

Typed = MultiDict[str, str]


def document_of(typed: Typed) -> dict[str, object]:
    """Return the vacancy's document of what was typed; what cannot be read stays as it is.

    The service refuses it then, and names the field.
    """
    special: dict[str, Callable[[], object]] = {
        **{name: _number(typed, name, unit) for name, unit in NUMBERS.items()},
        **{name: _list(typed, name) for name in LISTS},
        "languages": lambda: [code for code in typed.getlist("languages") if code],
        "prefectures": lambda: typed.getlist("prefectures"),
        "remote": lambda: "remote" in typed,
    }
    return {
        name: special[name]() if name in special else typed.get(name, "").replace("\r\n", "\n")
        for name in FIELDS
    }


def _number(typed: Typed, name: str, unit: int) -> Callable[[], object]:
    """Return the reading of a number that may be left out."""

    def read() -> object:
        text = typed.get(name, "").strip().replace(",", "")
        if not text:
            return 0
        return int(text) * unit if text.isdecimal() and len(text) <= len(str(MAN)) else text

    return read


def _list(typed: Typed, name: str) -> Callable[[], object]:
    """Return the reading of words with commas between."""
    return lambda: [word for part in _BETWEEN.split(typed.get(name, "")) if (word := part.strip())]
