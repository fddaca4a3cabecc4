from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.errors import PointsError
from relay_protocol.facts import Introduced, Kept, Started, is_self_dealing
from relay_protocol.points import available, hub_points, net

KEPT = Kept(
    lot="A" * 43,
    debit=net("agency-x"),
    credit=available("slots", "acme"),
    count=1,
    agency="agency-x",
    due_on=date(2027, 4, 11),
    expires_on=date(2029, 4, 11),
    rules="demo-1",
)
BODY = {
    "agency": "agency-x",
    "commodity": "slots",
    "count": 1,
    "credit": "slots:acme:available",
    "debit": "slots:agency-x:net",
    "due": "2027-04-11",
    "expires": "2029-04-11",
    "lot": "A" * 43,
}


@pytest.mark.parametrize("maker", ["introduced", "started"])
def test_dealing_within_the_own_corporate_group_is_told_from_all_other(
    request: pytest.FixtureRequest, maker: str
) -> None:
    make: Callable[..., Introduced | Started] = request.getfixturevalue(maker)
    fact = make("subject", date(2026, 12, 10))
    own = fact.origin_group
    assert not is_self_dealing(fact)
    assert is_self_dealing(replace(fact, agency_group=own))
    assert is_self_dealing(replace(fact, hirer_group=own))
    # An agency of the hirer's own group gives the origin nothing that is not due to it.
    assert not is_self_dealing(replace(fact, agency_group=fact.hirer_group))


def test_a_kept_fact_is_read_from_the_body_that_states_it() -> None:
    assert KEPT.body() == BODY
    assert Kept.from_body(BODY, "demo-1") == KEPT


def test_kept_points_remember_the_agency_that_caused_them() -> None:
    points = replace(KEPT, debit=hub_points("issue"), credit=available("points", "acme"))
    assert points.body()["agency"] == "agency-x"
    assert Kept.from_body(points.body(), "demo-1") == points


@pytest.mark.parametrize("part", sorted(BODY))
def test_a_body_that_lacks_a_part_is_refused(part: str) -> None:
    with pytest.raises(PointsError, match="kept fact"):
        Kept.from_body({name: BODY[name] for name in BODY if name != part}, "demo-1")


@pytest.mark.parametrize(
    "change",
    [
        {"count": True},
        {"count": "1"},
        {"count": 1.0},
        {"due": "20270411"},
        {"due": "2027-04-31"},
        {"expires": 20290411},
        {"debit": "slots:agency-x:nets"},
        {"commodity": "points"},
        {"person": "nobody"},
    ],
)
def test_a_body_that_says_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(PointsError):
        Kept.from_body({**BODY, **change}, "demo-1")
