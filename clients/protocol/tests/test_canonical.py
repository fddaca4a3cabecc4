import json
from collections import OrderedDict
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical
from relay_protocol.canonical import Encodable, Value
from relay_protocol.errors import CanonicalError

LARGEST = 2**53 - 1

scalars = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(max_size=20)
keys = st.text(alphabet=st.characters(max_codepoint=0x7F), max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


def nested(depth: int) -> Value:
    value: Value = 0
    for _ in range(depth):
        value = [value]
    return value


class Letter(StrEnum):
    A = "a"


class Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (None, b"null"),
        (True, b"true"),
        (False, b"false"),
        (0, b"0"),
        (-1, b"-1"),
        (LARGEST, b"9007199254740991"),
        (-LARGEST, b"-9007199254740991"),
        ("", b'""'),
        ([], b"[]"),
        ({}, b"{}"),
        ([1, [2, {"a": None}]], b'[1,[2,{"a":null}]]'),
        ({"b": 1, "a": 2, "B": 3, "": 4, "aa": 5}, b'{"":4,"B":3,"a":2,"aa":5,"b":1}'),
        ({"z": {"y": 1, "x": 2}}, b'{"z":{"x":2,"y":1}}'),
        # RFC 8785, section 3.2.2.2: what is escaped, and how; all else stands as itself.
        ('\b\t\n\f\r"\\', b'"\\b\\t\\n\\f\\r\\"\\\\"'),
        ("\x00\x1f\x7f/", b'"\\u0000\\u001f\x7f/"'),
        ('€$\x0f\nA\'B"\\\\"/', b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("紹介 é 😀", '"紹介 é 😀"'.encode()),
        ("\u2028<>&", '"\u2028<>&"'.encode()),
    ],
)
def test_a_value_has_the_bytes_of_the_rfc_and_they_have_the_value(value: Value, raw: bytes) -> None:
    assert canonical.encode(value) == raw
    assert canonical.decode(raw) == value


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ((1, (2,)), b"[1,[2]]"),
        (MappingProxyType({"a": (1,)}), b'{"a":[1]}'),
        (OrderedDict([("b", 1), ("a", 2)]), b'{"a":2,"b":1}'),
        ({Letter.A: Number.ONE, "b": Letter.A}, b'{"a":1,"b":"a"}'),
    ],
)
def test_tuples_mappings_and_enumerations_are_written_as_what_they_stand_for(
    value: Encodable, raw: bytes
) -> None:
    assert canonical.encode(value) == raw


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        LARGEST + 1,
        -LARGEST - 1,
        2**64,
        b"bytes",
        bytearray(b"bytes"),
        memoryview(b"bytes"),
        range(3),
        {1, 2},
        object(),
        1j,
        {1: "a"},
        {None: "a"},
        {True: "a"},
        {"é": 1},
        {"a": {"紹介": 1}},
        [[1.5]],
        {"a": {"b": b""}},
        "\ud800",
        "a\udfff",
        ["\ud83d"],
    ],
)
def test_a_value_outside_the_subset_is_refused_at_any_depth(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical.encode(cast("Encodable", value))


def test_a_value_that_holds_itself_is_refused() -> None:
    circle: list[Encodable] = []
    circle.append(circle)
    with pytest.raises(CanonicalError):
        canonical.encode(circle)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"1 ",
        b" 1",
        b"[1, 2]",
        b'{"a": 1}',
        b"[1,2]\n",
        b"[1,]",
        b"[1",
        b"1 2",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1,"b":{"c":1,"c":1}}',
        b"{'a':1}",
        b"{a:1}",
        b"1.0",
        b"2.5e-42",
        b"1e2",
        b"1E2",
        b"-0",
        b"-0.0",
        b"01",
        b"+1",
        b"0x1",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"[NaN]",
        b"9007199254740992",
        b"-9007199254740992",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\u000a"',
        b'"\\u20ac"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\n"',
        b'"\x00"',
        b'"\\x41"',
        b"'a'",
        b'"a',
        b"\xff",
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        b"\xef\xbb\xbf1",
        '"é"'.encode("latin-1"),
        '{"é":1}'.encode(),
        "1".encode("utf-16"),
        b"nul",
        b"True",
        b"undefined",
        b"/**/1",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(raw: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.decode(raw)


def test_a_number_too_long_to_be_read_is_refused_and_not_a_crash() -> None:
    with pytest.raises(CanonicalError):
        canonical.encode(10**5000)
    with pytest.raises(CanonicalError):
        canonical.decode(b"1" * 5000)


@pytest.mark.parametrize(
    "value",
    [
        999_999_999_999_999,
        -999_999_999_999_999,
        1_000_000_000_000_000,
        -1_000_000_000_000_000,
        "1234567890123456",
        "9" * 40,
        "[" * 33,
        "{" * 40,
        ["[" * 31, ["{"]],
        [[], {}, []] * 20,
        {"a": "é"},
        {"a": ["9" * 16, "[" * 40, "é", LARGEST]},
    ],
)
def test_what_only_looks_as_if_it_were_out_of_bounds_is_taken(value: Value) -> None:
    raw = canonical.encode(value)
    assert raw == rfc8785.dumps(value)
    assert canonical.decode(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"9007199254740992",
        b'{"a":[1,9007199254740992]}',
        b'["1234567890123456",-9007199254740992]',
        '["é",{"é":1}]'.encode(),
        b'["' + b"[" * 40 + b'",' + b"[" * 32 + b"]" * 32 + b"]",
        b'{"a":"' + b"9" * 16 + b'","a":1}',
        b'{"\\u00e9":1}',
        b'["\\ud800"]',
        b'["\\ud800","' + b"9" * 16 + b'"]',
    ],
)
def test_what_is_out_of_bounds_is_refused_beside_whatever_is_not(raw: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.decode(raw)


def test_thirty_two_levels_are_taken_and_thirty_three_refused() -> None:
    raw = b"[" * 32 + b"0" + b"]" * 32
    assert canonical.encode(nested(32)) == raw
    assert canonical.decode(raw) == nested(32)
    with pytest.raises(CanonicalError):
        canonical.encode(nested(33))
    with pytest.raises(CanonicalError):
        canonical.decode(b"[" + raw + b"]")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_as_many_levels_as_bytes_allow_are_refused_and_not_a_crash(opening: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.decode(opening * (canonical.MAX_BYTES // len(opening)))


def test_65535_bytes_are_taken_and_one_more_refused() -> None:
    largest = b'"' + b"x" * 65_533 + b'"'
    assert canonical.encode("x" * 65_533) == largest
    assert canonical.decode(largest) == "x" * 65_533
    with pytest.raises(CanonicalError):
        canonical.encode("x" * 65_534)
    with pytest.raises(CanonicalError):
        canonical.decode(b'"' + b"x" * 65_534 + b'"')


def test_the_limit_counts_bytes_and_not_characters() -> None:
    assert len(canonical.encode("紹" * 21_844)) == 65_534
    with pytest.raises(CanonicalError):
        canonical.encode("紹" * 21_845)


def test_a_document_larger_than_an_entry_needs_its_limit_named() -> None:
    raw = canonical.encode("x" * 100_000, limit_bytes=100_002)
    assert canonical.decode(raw, limit_bytes=100_002) == "x" * 100_000
    with pytest.raises(CanonicalError):
        canonical.encode("x" * 100_000, limit_bytes=100_001)
    with pytest.raises(CanonicalError):
        canonical.decode(raw, limit_bytes=100_001)


@given(values)
def test_any_value_has_the_bytes_that_another_implementation_gives_it(value: Value) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(values)
def test_any_value_comes_back_from_its_bytes_and_they_from_it(value: Value) -> None:
    raw = canonical.encode(value)
    assert canonical.decode(raw) == value
    assert canonical.encode(canonical.decode(raw)) == raw


@given(values, st.integers(1, 4))
def test_the_same_value_in_a_form_with_blanks_is_refused(value: Value, indent: int) -> None:
    raw = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=indent).encode()
    if raw == canonical.encode(value):  # no list, no object, or an empty one
        return
    with pytest.raises(CanonicalError):
        canonical.decode(raw)


@given(st.binary(max_size=40) | st.text(alphabet='[]{}",:0123456789.-eE\\untf ').map(str.encode))
def test_of_any_bytes_only_canonical_ones_get_through(raw: bytes) -> None:
    try:
        value = canonical.decode(raw)
    except CanonicalError:
        return
    assert canonical.encode(value) == raw


@given(values, st.data())
def test_one_changed_byte_never_gives_the_same_value(value: Value, data: st.DataObject) -> None:
    raw = bytearray(canonical.encode(value))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = canonical.decode(bytes(raw))
    except CanonicalError:
        return
    assert canonical.encode(changed) != canonical.encode(value)
