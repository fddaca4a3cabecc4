"""Whatever an audit keeps is written as JSON, and read back only if it is of its kind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.documents import Form
from relay_protocol.errors import StateError
from relay_protocol.facts import Fact, Left, OfferEnded
from relay_protocol.points import Account, Book, available, hub_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of some things."""

    name: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All that can be written."""

    text: str
    number: int
    truth: bool
    raw: bytes
    day: date
    at: datetime | None
    choice: Literal["one", "other"]
    parts: tuple[Part, ...]
    pair: tuple[int, str]
    names: frozenset[str]
    by_name: Mapping[str, int]
    by_part: Mapping[Part, int]
    nothing: None = None
    derived: str = field(init=False, default="")


WHOLE = Whole(
    text="台帳",
    number=-5,
    truth=True,
    raw=b"\x00\xff",
    day=date(2026, 12, 1),
    at=datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC),
    choice="other",
    parts=(Part(name="a"), Part(name="b", count=2)),
    pair=(1, "x"),
    names=frozenset({"b", "a"}),
    by_name={"z": 1, "a": 2},
    by_part={Part(name="k"): 3},
)
FORM = Form[Whole](Whole)


def test_a_value_comes_back_as_it_was() -> None:
    document = json.loads(json.dumps(FORM.write(WHOLE)))
    assert FORM.read(document) == WHOLE
    assert list(FORM.read(document).by_name) == ["z", "a"]


def test_a_dataclass_is_its_values_in_their_order() -> None:
    assert Form[Part](Part).write(Part(name="a", count=2)) == ["a", 2]


def test_a_set_is_written_in_order() -> None:
    assert FORM.write(WHOLE)[9] == ["a", "b"]  # type: ignore[index]


def test_one_of_several_is_written_with_its_name() -> None:
    form = Form[Fact](Fact)
    left, ended = Left(hire="h", on=date(2026, 12, 1)), OfferEnded(hire="h", on=date(2026, 12, 1))
    assert form.write(left) == ["Left", ["h", "2026-12-01"]]
    assert [form.read(form.write(one)) for one in (left, ended)] == [left, ended]


def test_a_book_comes_back_as_it_was() -> None:
    given = Book(balances={hub_points("issue"): 0, available("points", "acme"): 0})
    assert Form[Book](Book).read(Form[Book](Book).write(given)) == given


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (str, 1),
        (int, "1"),
        (int, True),
        (int, 1.0),
        (bool, 1),
        (bytes, "?"),
        (date, "2026-13-01"),
        (date, 5),
        (datetime, "noon"),
        (Literal["a", "b"], "c"),
        (tuple[int, ...], "12"),
        (tuple[int, str], [1]),
        (tuple[int, str], [1, "a", 2]),
        (Part, ["a"]),
        (Part, ["a", 1, 2]),
        (Part, {"name": "a", "count": 1}),
        (Fact, ["Unknown", []]),
        (Fact, [[], []]),
        (Mapping[str, int], [["a", 1, 2]]),
        # An account that the scheme does not have.
        (Account, ["points", "acme", "net"]),
    ],
)
def test_what_is_not_of_its_kind_is_refused(kind: object, document: object) -> None:
    with pytest.raises(StateError):
        Form[object](kind).read(document)  # type: ignore[arg-type]


def test_what_may_be_none_may_be() -> None:
    form = Form[Part | None](Part | None)
    assert form.read(form.write(None)) is None
    assert form.read(form.write(Part(name="a"))) == Part(name="a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=3), inner),
)


@given(JSON)
def test_nothing_but_the_one_refusal_leaves_the_room(document: object) -> None:
    for form in (FORM, Form[Fact](Fact), Form[Book](Book)):
        try:
            form.read(document)  # type: ignore[arg-type]
        except StateError:
            continue
