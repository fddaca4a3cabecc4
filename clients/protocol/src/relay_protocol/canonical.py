"""One value, one byte string: the part of RFC 8785 that the ledger is written in."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

from relay_protocol.errors import CanonicalError

MAX_BYTES = 65_535
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1

Value: TypeAlias = bool | int | str | list["Value"] | dict[str, "Value"] | None
"""What decode() gives: JSON without fractions."""

Encodable: TypeAlias = bool | int | str | Sequence["Encodable"] | Mapping[str, "Encodable"] | None
"""What encode() takes: a Value whose lists may be tuples and whose objects any mapping."""


def encode(value: Encodable, *, limit_bytes: int = MAX_BYTES) -> bytes:
    """Return the one byte string of a value (RFC 8785: sorted keys, no blanks, UTF-8).

    Args:
        value: null, booleans, integers within ±(2^53 - 1), strings, lists and tuples, and
            mappings with ASCII keys, nested at most 32 deep.
        limit_bytes: the most bytes that may come out; an entry's limit unless told.

    Raises:
        CanonicalError: the value holds anything else (a float, bytes, half of a surrogate
            pair), or its bytes are too many.
    """
    raw = _written(_checked(value, MAX_DEPTH))
    if len(raw) > limit_bytes:
        raise CanonicalError(f"{len(raw)} bytes are more than {limit_bytes}")
    return raw


def decode(raw: bytes, *, limit_bytes: int = MAX_BYTES) -> Value:
    """Return the value of canonical bytes, so that encode() gives these very bytes again.

    Raises:
        CanonicalError: the bytes are no JSON, or say the same in another form (blanks, key
            order, a key given twice, escapes, `-0`), or hold what encode() refuses.
    """
    if len(raw) > limit_bytes:
        raise CanonicalError(f"{len(raw)} bytes are more than {limit_bytes}")
    try:
        value: Value = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError) as error:
        raise CanonicalError("not JSON, or nested too deeply") from error
    if (_written(value) if _is_simple(raw) else encode(value, limit_bytes=limit_bytes)) != raw:
        raise CanonicalError("not in canonical form")
    return value


def _is_simple(raw: bytes) -> bool:
    """Return whether bytes are too plain for a key, number or depth that encode() refuses.

    ASCII throughout, no sixteen digits in a row, and fewer brackets than levels: what was read
    of such bytes needs no walk through its values before it is written again.
    """
    return (
        raw.isascii()
        and raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH
        and _MANY_DIGITS.search(raw) is None
    )


def _written(value: Value) -> bytes:
    """Return the bytes of a value that holds nothing which encode() refuses."""
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:  # of an escape that decode() read from plain ASCII
        raise CanonicalError("a string holds half of a surrogate pair") from error


def _checked(value: Encodable, depth: int) -> Value:
    """Return a value as plain lists and dicts, `depth` further levels of which may be nested."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise CanonicalError("an integer lies outside ±(2^53 - 1)")
        return value
    if depth == 0:
        raise CanonicalError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        return {_key(key): _checked(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(inner, depth - 1) for inner in value]
    raise CanonicalError(f"{type(value).__name__} has no canonical form")


def _key(key: object) -> str:
    """Return an object's key, which is a string of ASCII characters."""
    if not isinstance(key, str) or not key.isascii():
        raise CanonicalError("a key is not an ASCII string")
    return key


def _refuse_number(text: str) -> NoReturn:
    """Refuse a number that is no integer: its text has more than one meaning."""
    raise CanonicalError(f"not an integer: {text[:32]}")


_MANY_DIGITS = re.compile(rb"[0-9]{16}")
# Made once: json.dumps and json.loads would make them anew at each call. Circles end at
# MAX_DEPTH, so the encoder need not look for them.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
_DECODER = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number)
