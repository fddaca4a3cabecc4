"""What is wrong with the values of a request, field by field, in the reader's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One value at fault: where it stands, and what is wrong with it."""

    field: str
    detail: str


JAPANESE: Final = {
    "Missing data for required field.": "必須の項目がありません。",
    "Field may not be null.": "null にはできません。",
    "Unknown field.": "知らない項目です。",
    "Not a valid string.": "文字列ではありません。",
    "Not a valid integer.": "整数ではありません。",
    "Not a valid boolean.": "真偽値ではありません。",
    "Not a valid date.": "YYYY-MM-DD の日付ではありません。",
    "Not a valid list.": "配列ではありません。",
    "Not a valid mapping type.": "オブジェクトではありません。",
    "Invalid input type.": "オブジェクトではありません。",
    "String does not match expected pattern.": "決められた形式ではありません。",
    "Longer than maximum length": "長すぎます。",
    "Shorter than minimum length": "短すぎます。",
    "Length must be between": "長さが範囲の外です。",
    "Must be one of": "決められた値ではありません。",
    "Must be greater than or equal to": "値が小さすぎます。",
    "Must be less than or equal to": "値が大きすぎます。",
}
_LOCATIONS: Final = frozenset({"json", "query", "form", "headers"})
_WHOLE: Final = "_schema"
_NAME_LIMIT: Final = 60


def faults_of(details: object, tongue: str) -> tuple[Fault, ...]:
    """Return the faults that a validation found, in the order of the fields.

    Args:
        details: what the parser left with its refusal: {"messages": {location: {...}}}.
        tongue: "ja" or "en".
    """
    messages = details.get("messages") if isinstance(details, Mapping) else None
    if not isinstance(messages, Mapping):
        return ()
    found = []
    for location, inside in messages.items():
        prefix = () if location in _LOCATIONS else (location,)
        found += [
            Fault(field="/".join(path), detail=_in(tongue, text))
            for path, text in _walk(inside, prefix)
        ]
    return tuple(found)


def _walk(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every message under a node with the path that leads to it."""
    if isinstance(node, Mapping):
        for name, inside in node.items():
            step = () if name == _WHOLE else (_printable(str(name)),)
            yield from _walk(inside, (*path, *step))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for text in node:
            yield from _walk(text, path)
    else:
        yield path, str(node)


def _printable(name: str) -> str:
    """Return a field's name as it may be shown: names that we do not know come from outside."""
    return re.sub(r"[^\w.-]", "?", name[:_NAME_LIMIT])


def _in(tongue: str, text: str) -> str:
    """Return a message of the parser in a language; one that is not in the table stays."""
    if tongue != "ja":
        return text
    return next((ja for start, ja in JAPANESE.items() if text.startswith(start)), text)
