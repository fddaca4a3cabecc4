"""Values as JSON and back, by the annotations of their dataclasses: nothing in it can run."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Generic, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin
from typing import get_type_hints as hints_of

from relay_protocol.canonical import Value
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import ProtocolError, StateError

V = TypeVar("V")
Writer: TypeAlias = Callable[[object], Value]
Reader: TypeAlias = Callable[[Value], object]


class Form(Generic[V]):
    """How values of one type are written and read back.

    Known are texts, whole numbers, booleans, None, bytes, days, instants, choices out of a closed
    list, tuples, mappings by text or by a dataclass, lists and sets of texts, dataclasses of all
    these, and unions of dataclasses.
    """

    def __init__(self, kind: object) -> None:
        self._write, self._read = _coded(kind)

    def write(self, value: V) -> Value:
        """Return a value as JSON."""
        return self._write(value)

    def read(self, document: Value) -> V:
        """Return the value that JSON states.

        Raises:
            StateError: it states none of this type.
        """
        try:
            return cast("V", self._read(document))
        except (ProtocolError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise StateError("a value that is none of its kind") from error


@cache
def _coded(kind: object) -> tuple[Writer, Reader]:
    """Return how values of a type are written and read."""
    if isinstance(kind, type) and kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple and parts[-1] is not Ellipsis:
        return _row(parts)
    if origin in {tuple, list, set, frozenset}:
        return _many(cast("type", origin), parts[0])
    composed = {Literal: _choice, Union: _union, UnionType: _union}.get(origin, _mapping)
    return composed(parts)


def _plain(kind: type) -> tuple[Writer, Reader]:
    """Return how values are written that JSON has itself."""

    def read(document: Value) -> object:
        if type(document) is not kind:
            raise TypeError
        return document

    return lambda value: cast("Value", value), read


def _text(write: Writer, parse: Callable[[str], object]) -> tuple[Writer, Reader]:
    """Return how values are written as texts."""

    def read(document: Value) -> object:
        if type(document) is not str:
            raise TypeError
        return parse(document)

    return write, read


_PLAIN: Mapping[type, tuple[Writer, Reader]] = {
    str: _plain(str),
    int: _plain(int),
    bool: _plain(bool),
    NoneType: _plain(NoneType),
    bytes: _text(lambda value: b64_encode(cast("bytes", value)), b64_decode),
    datetime: _text(lambda value: cast("datetime", value).isoformat(), datetime.fromisoformat),
    date: _text(lambda value: cast("date", value).isoformat(), date.fromisoformat),
}


def _dataclass(kind: type) -> tuple[Writer, Reader]:
    """Return how a dataclass is written: the values of its fields, in their order."""
    hints = hints_of(kind)
    named = [(one.name, *_coded(hints[one.name])) for one in fields(kind) if one.init]

    def write(value: object) -> Value:
        return [put(getattr(value, name)) for name, put, _ in named]

    def read(document: Value) -> object:
        row = _listed(document)
        return kind(**{one[0]: one[2](part) for one, part in zip(named, row, strict=True)})

    return write, read


def _choice(choices: tuple[object, ...]) -> tuple[Writer, Reader]:
    """Return how one text of a closed list is written."""

    def read(document: Value) -> object:
        if document not in choices:
            raise ValueError
        return document

    return lambda value: cast("Value", value), read


def _union(kinds: tuple[object, ...]) -> tuple[Writer, Reader]:
    """Return how a value is written that may be None, or of one of several dataclasses."""
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) == 1:
        put, get = _coded(others[0])
        return (
            lambda value: None if value is None else put(value),
            lambda document: None if document is None else get(document),
        )
    named = {cast("type", kind).__name__: _coded(kind) for kind in others}

    def write(value: object) -> Value:
        name = type(value).__name__
        return [name, named[name][0](value)]

    def read(document: Value) -> object:
        name, inner = _listed(document)
        return named[cast("str", name)][1](inner)

    return write, read


def _row(kinds: tuple[object, ...]) -> tuple[Writer, Reader]:
    """Return how a tuple is written that has one type for each place."""
    parts = [_coded(kind) for kind in kinds]

    def write(value: object) -> Value:
        row = cast("tuple[object, ...]", value)
        return [part[0](one) for part, one in zip(parts, row, strict=True)]

    def read(document: Value) -> object:
        row = _listed(document)
        return tuple(part[1](one) for part, one in zip(parts, row, strict=True))

    return write, read


def _many(holder: type, kind: object) -> tuple[Writer, Reader]:
    """Return how many values of one type are written; those of a set in their order."""
    put, get = _coded(kind)
    is_set = issubclass(holder, set | frozenset)

    def write(value: object) -> Value:
        held = cast("list[str]", value)
        return [put(one) for one in (sorted(held) if is_set else held)]

    return write, lambda document: holder(get(one) for one in _listed(document))


def _mapping(kinds: tuple[object, ...]) -> tuple[Writer, Reader]:
    """Return how a mapping is written: its pairs, in their order."""
    (put_key, get_key), (put, get) = _coded(kinds[0]), _coded(kinds[1])

    def write(value: object) -> Value:
        held = cast("Mapping[object, object]", value)
        return [[put_key(key), put(one)] for key, one in held.items()]

    def read(document: Value) -> object:
        pairs = [_listed(pair) for pair in _listed(document)]
        return {get_key(key): get(one) for key, one in pairs}

    return write, read


def _listed(document: Value) -> list[Value]:
    """Return a JSON list."""
    if not isinstance(document, list):
        raise TypeError
    return document
