"""Statements read as the member's own: their sums, and the chain from month to month."""

from collections.abc import Mapping

import pytest

from career_relay.errors import DistrustError
from career_relay.member import StatementAnswer
from career_relay.statements import read_statements
from relay_protocol import canonical
from relay_protocol.encoding import b64url_encode
from relay_protocol.statements import FIRST_PREV, PointsLines, SlotsLines, Statement


def points(brought_forward: int = 0, earned: int = 0, carried_forward: int = 0) -> PointsLines:
    return PointsLines(
        brought_forward=brought_forward,
        earned=earned,
        converted=0,
        expired=0,
        reversed=0,
        adjusted=0,
        carried_forward=carried_forward,
        pending=0,
        not_counted=0,
    )


SLOTS = SlotsLines(
    brought_forward=0,
    earned=0,
    converted=0,
    returned=0,
    redeemed=0,
    expired=0,
    reversed=0,
    adjusted=0,
    carried_forward=0,
    available=0,
    reserved=0,
    debt=0,
    pending=0,
)


def statement(
    period: str, lines: PointsLines, prev: bytes = FIRST_PREV, company: str = "mirai"
) -> Statement:
    return Statement(
        company=company,
        period=period,
        rules="2026-12",
        points=lines,
        slots=SLOTS,
        prev=prev,
        salt=bytes(32),
    )


def told(one: Statement, **changed: object) -> StatementAnswer:
    document = canonical.decode(one.encode())
    assert isinstance(document, Mapping)
    return StatementAnswer(period=one.period, statement={**document, **changed})


FIRST = statement("2026-12", points(earned=10, carried_forward=10))
SECOND = statement("2027-01", points(10, 5, 15), prev=FIRST.digest())


def test_statements_are_read_oldest_first_in_whatever_order_they_come() -> None:
    read = read_statements([told(SECOND), told(FIRST)], company="mirai")
    assert [one.period for one in read] == ["2026-12", "2027-01"]
    assert read[1].points.carried_forward == 15


def test_no_statement_is_none() -> None:
    assert read_statements([], company="mirai") == []


def test_one_month_alone_needs_no_month_before_it() -> None:
    assert read_statements([told(SECOND)], company="mirai") == [SECOND]


def test_a_month_that_does_not_name_the_one_before_it_is_refused() -> None:
    other = statement("2027-01", points(10, 5, 15), prev=bytes([1]) * 32)
    with pytest.raises(DistrustError, match="2027-01 does not follow"):
        read_statements([told(FIRST), told(other)], company="mirai")


def test_the_statement_of_another_company_is_refused() -> None:
    with pytest.raises(DistrustError, match="aozora"):
        read_statements([told(statement("2026-12", points(), company="aozora"))], company="mirai")


@pytest.mark.parametrize(
    "changed",
    [
        {"points": {}},
        {"rules": 2.5},
        {"prev": b64url_encode(bytes(31))},
        {"extra": 1},
        {"company": None},
    ],
)
def test_what_is_no_statement_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(DistrustError, match="cannot be right"):
        read_statements([told(FIRST, **changed)], company="mirai")


def test_lines_that_do_not_add_up_are_refused() -> None:
    document = told(FIRST).statement
    lines = document["points"]
    assert isinstance(lines, dict)
    with pytest.raises(DistrustError, match="do not add up"):
        read_statements([told(FIRST, points={**lines, "carried_forward": 11})], company="mirai")
