"""The API's document turned into what a page shows: operations by door, and their shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

METHODS: Final = ("get", "post", "put", "patch", "delete")
JSON: Final = "application/json"

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of a shape, or one parameter of an operation."""

    name: str
    form: str
    required: bool
    description: str
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the API does."""

    method: str
    path: str
    summary: str
    is_open: bool
    is_write: bool
    parameters: Sequence[Field]
    takes: str
    answers: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations of one door."""

    name: str
    description: str
    operations: Sequence[Operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeOf:
    """A named shape and its members."""

    name: str
    fields: Sequence[Field]


def operations_of(document: Node) -> list[Group]:
    """Return the operations of an OpenAPI document, by tag, in the document's order."""
    by_tag: dict[str, list[Operation]] = {}
    for path, at_path in _node(document, "paths").items():
        shared = [_parameter(part) for part in _nodes(_as_node(at_path), "parameters")]
        for method in METHODS:
            told = _node(_as_node(at_path), method)
            if told:
                tag = str(next(iter(_sequence(told, "tags")), ""))
                by_tag.setdefault(tag, []).append(_operation(path, method, told, shared))
    return [
        Group(
            name=str(tag["name"]),
            description=str(tag.get("description", "")),
            operations=by_tag[str(tag["name"])],
        )
        for tag in _nodes(document, "tags")
        if str(tag["name"]) in by_tag
    ]


def shapes_of(document: Node) -> list[ShapeOf]:
    """Return the named shapes of an OpenAPI document, by name."""
    schemas = _node(_node(document, "components"), "schemas")
    return [
        ShapeOf(name=name, fields=_members(_as_node(schemas[name]))) for name in sorted(schemas)
    ]


def _operation(path: str, method: str, told: Node, shared: Sequence[Field]) -> Operation:
    own = [_parameter(part) for part in _nodes(told, "parameters") if "$ref" not in part]
    responses = _node(told, "responses")
    status = next((code for code in responses if code != "default"), "")
    return Operation(
        method=method.upper(),
        path=path,
        summary=str(told.get("summary", "")),
        is_open=not _sequence(told, "security"),
        is_write=method != "get",
        parameters=[*shared, *own],
        takes=_shape_in(_node(told, "requestBody")),
        answers=_shape_in(_node(responses, status)),
        status=status,
    )


def _members(schema: Node) -> list[Field]:
    required = {str(name) for name in _sequence(schema, "required")}
    return [
        Field(
            name=name,
            form=_form(_as_node(member)),
            required=name in required,
            description=str(_as_node(member).get("description", "")),
            shape=_ref(_as_node(member)) or _ref(_node(_as_node(member), "items")),
        )
        for name, member in _node(schema, "properties").items()
    ]


def _parameter(part: Node) -> Field:
    schema = _node(part, "schema")
    return Field(
        name=str(part.get("name", "")),
        form=_form(schema),
        required=bool(part.get("required")),
        description=str(part.get("description", schema.get("description", ""))),
        shape="",
    )


def _form(schema: Node) -> str:
    """Return the form of a value in a few words: "string, 3 to 40 characters"."""
    kinds = schema.get("type", "")
    words = " or ".join(map(str, kinds)) if isinstance(kinds, list) else str(kinds)
    if _node(schema, "items"):
        words = f"list of {_form(_node(schema, 'items')) or 'objects'}"
    parts = [words] if words else []
    if choices := _sequence(schema, "enum"):
        parts.append("one of " + ", ".join(map(str, choices)))
    for low, high, unit in (
        ("minLength", "maxLength", "characters"),
        ("minimum", "maximum", ""),
        ("minItems", "maxItems", "items"),
    ):
        bounds = [
            f"{word} {schema[key]}" for word, key in (("from", low), ("to", high)) if key in schema
        ]
        if bounds:
            parts.append(" ".join([*bounds, unit]).strip())
    if "pattern" in schema:
        parts.append(str(schema["pattern"]))
    return ", ".join(parts)


def _shape_in(part: Node) -> str:
    return _ref(_node(_node(_node(part, "content"), JSON), "schema"))


def _ref(schema: Node) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _node(parent: Node, name: str) -> Node:
    return _as_node(parent.get(name))


def _as_node(value: object) -> Node:
    return value if isinstance(value, Mapping) else {}


def _sequence(parent: Node, name: str) -> Sequence[object]:
    value = parent.get(name)
    return value if isinstance(value, list) else ()


def _nodes(parent: Node, name: str) -> list[Node]:
    return [_as_node(value) for value in _sequence(parent, name)]
