"""Every operation of the API as its document describes it, and what is needed to call it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
LETTERS = "0" * 26
ABSENT = {
    "attestation": "A" * 22,
    "claim": f"clm_{LETTERS}",
    "envelope": f"env_{LETTERS}",
    "hire": f"hir_{LETTERS}",
    "introduction": f"int_{LETTERS}",
    "number": "9007199254740991",
    "person": f"usr_{LETTERS}",
    "vacancy": f"vac_{LETTERS}",
}
"""Names of the right form that name nothing, by the part of an address."""

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Schema: TypeAlias = Mapping[str, "Schema"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value that a body has: its place, parts joined by "/", and its type."""

    place: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        query: the parameters that may stand behind the "?".
        values: every value of the body; empty where there is none.
        answers: the members of the answer.
    """

    method: str
    path: str
    closed: bool
    query: tuple[str, ...]
    values: tuple[Value, ...]
    answers: tuple[str, ...]

    def __str__(self) -> str:
        """Return how it is called in a report."""
        return f"{self.method} {self.path}"

    @property
    def role(self) -> str:
        """The one role that it is for, or "" where any may call it."""
        part = self.path.split("/")[2]
        return part if part in {"member", "agency", "auditor"} else ""

    @property
    def is_write(self) -> bool:
        """Whether it changes anything."""
        return self.method == "POST"

    @property
    def is_listing(self) -> bool:
        """Whether it answers with a page of a listing."""
        return {"items", "next"} <= set(self.answers)

    def address(self, **parts: str) -> str:
        """Return an address; parts that are not given name nothing that exists."""
        return self.path.format(**{**ABSENT, **parts})


def operations() -> list[Operation]:
    """Return every operation there is."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    shapes = document["components"]["schemas"]
    return [
        Operation(
            method=method.upper(),
            path=path,
            closed=bool(told.get("security")),
            query=tuple(
                one["name"] for one in told.get("parameters", ()) if one.get("in") == "query"
            ),
            values=tuple(_values(_content(told.get("requestBody")), shapes)),
            answers=tuple(_answered(told["responses"], shapes)),
        )
        for path, ways in document["paths"].items()
        for method, told in ways.items()
        if method in {"get", "post"}
    ]


def holding(place: str, value: Json) -> Json:
    """Return a body in which only one value stands, at its place."""
    for part in reversed(place.split("/")):
        value = [value] if part == "0" else {part: value}
    return value


def _content(body: Schema | None) -> Schema:
    """Return the schema of a JSON body; a file has none."""
    return {} if body is None else body["content"].get("application/json", {}).get("schema", {})


def _answered(responses: Schema, shapes: Schema) -> Iterator[str]:
    """Yield the members of the answer to what succeeded."""
    done = next(told for status, told in responses.items() if status.startswith("2"))
    yield from _meant(_content(done), shapes).get("properties", ())


def _meant(schema: Schema, shapes: Schema) -> Schema:
    """Return a schema, or the one that it refers to."""
    reference = schema.get("$ref")
    return schema if reference is None else shapes[str(reference).rpartition("/")[2]]


def _values(schema: Schema, shapes: Schema, *path: str) -> Iterator[Value]:
    """Yield every value below a schema."""
    meant = _meant(schema, shapes)
    if "properties" in meant:
        for name, inner in meant["properties"].items():
            yield from _values(inner, shapes, *path, name)
    elif "items" in meant:
        yield from _values(meant["items"], shapes, *path, "0")
    elif path:
        yield Value(place="/".join(path), kind=str(meant["type"]))
