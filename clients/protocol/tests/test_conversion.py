from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.conversion import apportion, convert, convertible_slots
from relay_protocol.errors import PointsError
from relay_protocol.journal import Journal
from relay_protocol.points import Book, Cause, Transfer, available, hub_points, net
from relay_protocol.rules import DEMO, Rules

UNTIL = date(2027, 1, 31)
LIMITED = Rules.from_document(DEMO)
UNLIMITED = replace(LIMITED, agency_share_cap_percent=100)


def points(name: str, agency: str, count: int, expires_on: date, member: str = "acme") -> Transfer:
    return Transfer(
        id=name,
        cause=Cause(rules="demo-1", fact=f"fact-of-{name}", leg="counted"),
        debit=hub_points("issue"),
        credit=available("points", member),
        count=count,
        reason="earned",
        lot=name,
        agency=agency,
        expires_on=expires_on,
        posts_on=None,
        period="2027-01",
        belongs_to="2026-12",
    )


def converted(rules: Rules, *gains: Transfer) -> Book:
    journal = Journal(Book(), "2027-01")
    for one in gains:
        journal.write(one)
    convert(journal, UNTIL, rules)
    return journal.book()


@pytest.mark.parametrize(
    ("available_points", "slots"),
    [
        ({}, 0),
        ({"x": 9}, 0),
        ({"x": 10}, 1),
        ({"x": 19}, 1),
        ({"x": 20}, 2),
        ({"x": 6, "y": 3}, 0),
        ({"x": 6, "y": 4}, 1),
    ],
)
def test_every_ten_points_make_a_slot_where_one_agency_may_give_all(
    available_points: Mapping[str, int], slots: int
) -> None:
    assert convertible_slots(available_points, UNLIMITED) == slots


@pytest.mark.parametrize(
    ("available_points", "slots"),
    [
        ({"x": 6, "y": 4}, 1),  # six of ten is 60 percent
        ({"x": 7, "y": 3}, 0),  # seven of ten is more, and 6 + 3 is no ten
        ({"x": 7, "y": 4}, 1),  # of the seven, six count
        ({"x": 100}, 0),  # one agency alone never makes a slot
        ({"x": 100, "y": 4}, 1),
        ({"x": 100, "y": 7}, 1),  # two slots take at most 12 of x and need 8 of y
        ({"x": 100, "y": 8}, 2),
        ({"x": 12, "y": 8}, 2),
        ({"x": 5, "y": 5, "z": 9}, 1),
    ],
)
def test_no_agency_gives_more_than_its_share_of_what_is_exchanged(
    available_points: Mapping[str, int], slots: int
) -> None:
    assert convertible_slots(available_points, LIMITED) == slots


AVAILABLE = st.dictionaries(st.sampled_from("wxyz"), st.integers(0, 60))


@given(AVAILABLE, st.integers(1, 100), st.integers(1, 12))
def test_as_many_slots_are_made_as_the_share_lets_be(
    available_points: dict[str, int], percent: int, points_per_slot: int
) -> None:
    rules = replace(LIMITED, agency_share_cap_percent=percent, points_per_slot=points_per_slot)

    def fits(slots: int) -> bool:
        wanted = slots * points_per_slot
        most_of_one = (wanted * percent) // 100
        return sum(min(n, most_of_one) for n in available_points.values()) >= wanted

    possible = [slots for slots in range(sum(available_points.values()) + 1) if fits(slots)]
    assert convertible_slots(available_points, rules) == max(possible)


@pytest.mark.parametrize(
    ("slots", "used", "funded"),
    [
        (1, {"x": 6, "y": 4}, {"x": 1}),  # 0.6 and 0.4
        (1, {"x": 4, "y": 6}, {"y": 1}),
        (1, {"y": 5, "x": 5}, {"x": 1}),  # a tie goes by slug
        (2, {"x": 12, "y": 8}, {"x": 1, "y": 1}),  # 1.2 and 0.8
        (3, {"x": 18, "y": 12}, {"x": 2, "y": 1}),  # 1.8 and 1.2
        (3, {"x": 10, "y": 10, "z": 10}, {"x": 1, "y": 1, "z": 1}),
        (2, {"x": 7, "y": 7, "z": 6}, {"x": 1, "y": 1}),  # 0.7, 0.7, 0.6
        (0, {}, {}),
        (0, {"x": 3}, {}),
    ],
)
def test_slots_are_funded_in_proportion_the_largest_remainder_first(
    slots: int, used: Mapping[str, int], funded: Mapping[str, int]
) -> None:
    assert apportion(slots, used) == funded


def test_slots_that_nobody_funds_are_refused() -> None:
    with pytest.raises(PointsError, match="nobody funds"):
        apportion(1, {})


@given(st.dictionaries(st.sampled_from("wxyz"), st.integers(1, 60), min_size=1), st.integers(0, 20))
def test_all_slots_are_funded_and_no_agency_is_a_whole_slot_off_its_part(
    used: dict[str, int], slots: int
) -> None:
    funded = apportion(slots, used)
    total = sum(used.values())
    assert sum(funded.values()) == slots
    for agency, count in used.items():
        assert abs(funded.get(agency, 0) * total - slots * count) < total


def test_ten_points_become_one_slot_that_lasts_from_the_last_day() -> None:
    book = converted(
        LIMITED,
        points("one", "agency-x", 6, date(2029, 1, 9)),
        points("two", "agency-y", 4, date(2029, 1, 9)),
    )
    assert book.balance(available("points", "acme")) == 0
    assert book.balance(hub_points("convert")) == 10
    assert book.balance(available("slots", "acme")) == 1
    assert book.balance(net("agency-x")) == -1
    assert book.balance(net("agency-y")) == 0
    [lot] = book.lots
    assert (lot.agency, lot.left, lot.expires_on) == ("agency-x", 1, date(2029, 1, 31))


def test_the_oldest_points_are_used_first_and_the_rest_stays() -> None:
    book = converted(
        UNLIMITED,
        points("a-newest", "agency-x", 6, date(2029, 1, 9)),
        points("c-oldest", "agency-x", 6, date(2028, 11, 9)),
        points("b-middle", "agency-x", 3, date(2028, 12, 9)),
    )
    points_left = {lot.id: lot.left for lot in book.lots if lot.account.commodity == "points"}
    assert points_left == {"a-newest": 5}


def test_what_is_above_an_agency_s_share_stays_though_it_is_older() -> None:
    book = converted(
        LIMITED,
        points("old", "agency-x", 9, date(2028, 11, 9)),
        points("new", "agency-y", 5, date(2029, 1, 9)),
    )
    points_left = {lot.id: lot.left for lot in book.lots if lot.account.commodity == "points"}
    assert points_left == {"old": 3, "new": 1}


def test_each_member_s_points_make_its_own_slots() -> None:
    day = date(2029, 1, 9)
    book = converted(
        UNLIMITED,
        points("one", "agency-x", 6, day),
        points("two", "agency-x", 4, day, member="beta"),
    )
    assert book.balance(hub_points("convert")) == 0
    both = converted(
        UNLIMITED,
        points("one", "agency-x", 10, day),
        points("two", "agency-y", 20, day, member="beta"),
    )
    assert both.balance(available("slots", "acme")) == 1
    assert both.balance(available("slots", "beta")) == 2
    nets = Counter({owner: both.balance(net(owner)) for owner in both.owners("net")})
    assert nets == {"agency-x": -1, "agency-y": -2}
