from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol import canonical
from relay_protocol.errors import PointsError
from relay_protocol.facts import Introduced, Started
from relay_protocol.moves import MAX_LOTS, Move, MovedLot, carry, moves_of
from relay_protocol.points import Book, Cause, Lot, Transfer, available, hub_points, net
from relay_protocol.settlement import Closing

POINTS = available("points", "acme")
ENDS = date(2029, 1, 9)


def gain(name: str, count: int = 1, agency: str = "agency-x") -> Transfer:
    return Transfer(
        id=name,
        cause=Cause(rules="demo-1", fact=f"fact-of-{name}", leg="counted"),
        debit=hub_points("issue"),
        credit=POINTS,
        count=count,
        reason="earned",
        lot=name,
        agency=agency,
        expires_on=ENDS,
        posts_on=date(2027, 1, 9),
        period="2026-12",
        belongs_to="2026-12",
    )


def use(name: str, lot: str, count: int = 1) -> Transfer:
    return replace(
        gain(name, count),
        debit=POINTS,
        credit=hub_points("convert"),
        reason="converted",
        lot=lot,
        posts_on=None,
    )


def test_a_move_sums_what_went_from_one_account_to_another_and_names_the_lots() -> None:
    [move] = moves_of([gain("b", 2, "agency-y"), gain("a")], "2027-01")
    assert move.body() == {
        "commodity": "points",
        "count": 3,
        "credit": "points:acme:available",
        "debit": "points:hub:issue",
        "lots": [
            {"agency": "agency-x", "count": 1, "due": "2029-01-09", "lot": "a"},
            {"agency": "agency-y", "count": 2, "due": "2029-01-09", "lot": "b"},
        ],
        "period": "2027-01",
    }


def test_moves_stand_in_the_order_of_their_accounts() -> None:
    posted = [use("u", "a"), gain("a"), replace(gain("c"), credit=available("points", "beta"))]
    assert [(str(move.debit), str(move.credit)) for move in moves_of(posted, "2027-01")] == [
        ("points:acme:available", "points:hub:convert"),
        ("points:hub:issue", "points:acme:available"),
        ("points:hub:issue", "points:beta:available"),
    ]


def test_two_uses_of_one_lot_between_the_same_accounts_are_one_line() -> None:
    [move] = moves_of([use("u", "a"), use("v", "a", 2)], "2027-01")
    assert move.lots == (MovedLot(lot="a", agency="agency-x", due_on=ENDS, count=3),)


def test_many_lots_fill_several_moves_that_fit_into_an_attestation() -> None:
    names = [f"{n:043d}" for n in range(MAX_LOTS + 1)]
    first, second = moves_of([gain(name, agency="a" * 31) for name in names], "2027-01")
    assert (len(first.lots), len(second.lots)) == (MAX_LOTS, 1)
    assert len(moves_of([gain(name) for name in names[:MAX_LOTS]], "2027-01")) == 1
    # A signature writes three bytes in four, and must fit into the bytes of an entry.
    assert len(canonical.encode(first.body())) * 4 // 3 < canonical.MAX_BYTES * 3 // 4


def test_nothing_moved_is_no_move() -> None:
    assert moves_of([], "2027-01") == ()


def test_a_move_is_read_from_the_body_that_states_it() -> None:
    [move] = moves_of([gain("b", 2), gain("a")], "2027-01")
    assert Move.from_body(move.body()) == move


@pytest.mark.parametrize(
    "change",
    [
        {"count": 4},
        {"count": 3.0},
        {"commodity": "slots"},
        {"debit": "points:acme:issue"},
        {"credit": 1},
        {"lots": []},
        {"lots": [{"agency": "agency-x", "count": 3, "due": "2029-01-09"}]},
        {"lots": [{"agency": "agency-x", "count": True, "due": "2029-01-09", "lot": "a"}]},
        {"lots": [{"agency": "agency-x", "count": 0, "due": "2029-01-09", "lot": "a"}]},
        {"lots": [{"agency": "agency-x", "count": 3, "due": "20290109", "lot": "a"}]},
        {"lots": [{"agency": "agency-x", "count": 3, "due": "2029-02-30", "lot": "a"}]},
        {"lots": ["a", "b"]},
        {"referral": "ref-1"},
        {"period": None},
    ],
)
def test_a_body_that_says_something_else_is_refused(change: dict[str, object]) -> None:
    [move] = moves_of([gain("b", 2), gain("a")], "2027-01")
    with pytest.raises(PointsError):
        Move.from_body({**move.body(), **change})


def test_a_body_that_lacks_a_part_is_refused() -> None:
    [move] = moves_of([gain("a")], "2027-01")
    for part in move.body():
        with pytest.raises(PointsError):
            Move.from_body({name: value for name, value in move.body().items() if name != part})


# Going on without the facts


def lot(name: str, left: int) -> Lot:
    return Lot(id=name, account=POINTS, agency="agency-x", expires_on=ENDS, left=left)


def test_a_book_is_carried_forward_by_moves_alone() -> None:
    opening = Book(balances={POINTS: 2, hub_points("issue"): -2}, lots=(lot("old", 2),))
    moves = moves_of([gain("new", 3), use("u", "new", 3), use("v", "old", 1)], "2027-01")
    book = carry(opening, moves, Book())
    assert book.balance(POINTS) == 1
    assert book.balance(hub_points("convert")) == 4
    assert book.lots == (lot("old", 1),)


def test_where_every_fact_is_known_the_carried_book_is_the_recomputed_one(
    close: Callable[..., Closing],
    introduced: Callable[..., Introduced],
    started: Callable[..., Started],
) -> None:
    facts = [
        *(introduced(f"ref-{n}", date(2026, 12, 2), f"agency-{'xy'[n % 2]}") for n in range(12)),
        started("hire-1", date(2026, 10, 1)),
        started("hire-2", date(2026, 12, 1)),
    ]
    december = close("2026-12", None, facts)
    assert december.book.balance(available("slots", "acme")) == 1
    assert carry(Book(), december.moves, december.book) == december.book
    january = close("2027-01", december)
    assert january.book.balance(available("slots", "acme")) == 2
    assert carry(december.book, january.moves, january.book) == january.book


def test_moves_that_draw_on_what_is_not_there_are_refused() -> None:
    opening = Book(balances={POINTS: 2, hub_points("issue"): -2}, lots=(lot("old", 2),))
    for transfer in (use("u", "old", 3), use("u", "other")):
        with pytest.raises(PointsError, match="left for a move"):
            carry(opening, moves_of([transfer], "2027-01"), Book())


def test_moves_do_not_draw_on_the_lot_of_another_member() -> None:
    opening = Book(balances={POINTS: 2, hub_points("issue"): -2}, lots=(lot("old", 2),))
    stranger = replace(use("u", "old"), debit=available("points", "beta"))
    with pytest.raises(PointsError, match="left for a move"):
        carry(opening, moves_of([stranger], "2027-01"), Book())


def test_a_slot_clawed_back_as_a_debt_touches_no_lot() -> None:
    opening = Book(balances={net("agency-x"): -1, net("agency-y"): 1})
    body = {
        "commodity": "slots",
        "count": 1,
        "credit": "slots:agency-x:net",
        "debit": "slots:acme:debt",
        "lots": [{"agency": "agency-x", "count": 1, "due": "2029-01-09", "lot": "gone"}],
        "period": "2027-01",
    }
    book = carry(opening, [Move.from_body(body)], Book())
    assert book.lots == ()
    assert book.balance(net("agency-x")) == 0
