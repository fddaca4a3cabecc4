from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.errors import PointsError
from relay_protocol.journal import Journal, fold
from relay_protocol.points import Book, Cause, Resolution, Transfer, available, hub_points, net

POINTS = available("points", "acme")
ISSUE = hub_points("issue")
DAY = date(2027, 1, 9)


def gain(name: str, count: int = 1, posts_on: date | None = DAY) -> Transfer:
    return Transfer(
        id=name,
        cause=Cause(rules="demo-1", fact=f"fact-of-{name}", leg="counted"),
        debit=ISSUE,
        credit=POINTS,
        count=count,
        reason="earned",
        lot=name,
        agency="agency-x",
        expires_on=date(2029, 1, 9),
        posts_on=posts_on,
        period="2026-12",
        belongs_to="2026-12",
    )


def use(name: str, lot: str, count: int = 1) -> Transfer:
    return replace(
        gain(name, count, None),
        debit=POINTS,
        credit=hub_points("convert"),
        reason="converted",
        lot=lot,
    )


def resolve(journal: Journal, outcome: str) -> None:
    if outcome == "posted":
        journal.post("one")
    else:
        journal.void("one", "left")


def test_a_transfer_with_no_day_to_wait_for_takes_effect_at_once() -> None:
    journal = Journal(Book(), "2026-12")
    journal.write(gain("one", 3, None))
    book = journal.book()
    assert (book.balance(POINTS), book.balance(ISSUE)) == (3, -3)
    assert [(lot.id, lot.left, lot.agency) for lot in book.lots] == [("one", 3, "agency-x")]
    assert journal.posted == journal.transfers
    assert book.pending == ()


def test_a_transfer_with_a_day_to_wait_for_moves_nothing_before() -> None:
    journal = Journal(Book(), "2026-12")
    journal.write(gain("one"))
    book = journal.book()
    assert (book.balance(POINTS), book.lots) == (0, ())
    assert book.pending == (gain("one"),)
    assert journal.is_pending("one")
    assert journal.posted == []


def test_a_pending_transfer_is_posted_in_a_later_period_than_it_was_written_in() -> None:
    december = Journal(Book(), "2026-12")
    december.write(gain("one"))
    january = Journal(december.book(), "2027-01")
    january.post("one")
    assert january.book().balance(POINTS) == 1
    assert january.transfers == []
    assert january.posted == [gain("one")]
    assert january.resolutions == [
        Resolution(transfer="one", outcome="posted", because="term-ended", period="2027-01")
    ]


def test_a_pending_transfer_that_is_voided_moves_nothing() -> None:
    journal = Journal(Book(pending=(gain("one"),)), "2027-01")
    journal.void("one", "withdrawn")
    assert journal.book() == Book()
    assert journal.resolutions == [
        Resolution(transfer="one", outcome="voided", because="withdrawn", period="2027-01")
    ]


@pytest.mark.parametrize("first", ["posted", "voided"])
@pytest.mark.parametrize("second", ["posted", "voided"])
def test_a_pending_transfer_is_resolved_once(first: str, second: str) -> None:
    """I5."""
    journal = Journal(Book(pending=(gain("one"),)), "2027-01")
    resolve(journal, first)
    with pytest.raises(PointsError, match="one is not pending"):
        resolve(journal, second)
    assert len(journal.resolutions) == 1


@pytest.mark.parametrize(
    "opening",
    [
        Book(pending=(gain("one"),)),
        fold([gain("one", posts_on=None)], []),
    ],
    ids=["pending", "posted"],
)
def test_no_transfer_is_written_over_one_of_the_same_id(opening: Book) -> None:
    journal = Journal(opening, "2027-01")
    with pytest.raises(PointsError, match="one is written already"):
        journal.write(gain("one"))
    journal.write(gain("two"))
    with pytest.raises(PointsError, match="two is written already"):
        journal.write(gain("two"))


def test_a_lot_is_drawn_on_until_nothing_is_left() -> None:
    journal = Journal(Book(), "2027-01")
    journal.write(gain("one", 3, None))
    journal.write(use("first", "one", 2))
    assert journal.left_of("one") == 1
    journal.write(use("second", "one", 1))
    assert journal.left_of("one") == 0
    assert journal.book().lots == ()
    assert journal.book().balance(hub_points("convert")) == 3


@pytest.mark.parametrize(("lot", "count"), [("one", 4), ("other", 1)])
def test_no_more_is_drawn_than_a_lot_has(lot: str, count: int) -> None:
    journal = Journal(Book(), "2027-01")
    journal.write(gain("one", 3, None))
    with pytest.raises(PointsError, match="left for a transfer"):
        journal.write(use("first", lot, count))


def test_a_member_does_not_draw_on_the_lot_of_another() -> None:
    journal = Journal(Book(), "2027-01")
    journal.write(gain("one", 3, None))
    stranger = replace(use("first", "one"), debit=available("points", "beta"))
    with pytest.raises(PointsError, match="left for a transfer"):
        journal.write(stranger)


def test_lots_are_given_by_account_and_the_one_that_ends_first_comes_first() -> None:
    journal = Journal(Book(), "2027-01")
    journal.write(replace(gain("late", 1, None), expires_on=date(2029, 2, 1)))
    journal.write(replace(gain("early", 1, None), expires_on=date(2029, 1, 1)))
    beta = available("points", "beta")
    journal.write(replace(gain("of-beta", 1, None), credit=beta))
    slots = replace(
        gain("a-slot", 1, None), debit=net("agency-x"), credit=available("slots", "acme")
    )
    journal.write(slots)
    lots = journal.lots("points")
    assert list(lots) == [POINTS, beta]
    assert [lot.id for lot in lots[POINTS]] == ["early", "late"]
    assert [lot.id for lot in lots[beta]] == ["of-beta"]
    assert list(journal.lots("slots")) == [available("slots", "acme")]


def test_what_waits_is_given_by_its_day() -> None:
    journal = Journal(Book(), "2027-01")
    for name, day in (("b", 9), ("c", 8), ("a", 9)):
        journal.write(gain(name, posts_on=date(2027, 1, day)))
    assert [one.id for one in journal.pending()] == ["c", "a", "b"]


def test_a_book_is_the_fold_of_its_transfers_in_whatever_order() -> None:
    """I3: the book of a close is what all transfers and resolutions make, told anew."""
    journal = Journal(Book(), "2027-01")
    journal.write(gain("one", 3))
    journal.write(gain("two"))
    journal.write(gain("three"))
    journal.post("one")
    journal.void("two", "withdrawn")
    journal.write(use("first", "one", 2))
    assert fold(journal.transfers, journal.resolutions) == journal.book()
    assert fold(journal.transfers[::-1], journal.resolutions[::-1]) == journal.book()


def test_rows_that_contradict_each_other_make_no_book() -> None:
    posted = Resolution(transfer="one", outcome="posted", because="term-ended", period="2027-01")
    voided = Resolution(transfer="one", outcome="voided", because="withdrawn", period="2027-01")
    assert fold([gain("one")], [posted]).balance(POINTS) == 1
    with pytest.raises(PointsError, match="not pending"):
        fold([gain("one")], [posted, voided])
    with pytest.raises(PointsError, match="not pending"):
        fold([gain("two")], [posted])
    with pytest.raises(PointsError, match="written already"):
        fold([gain("one"), gain("one", 2)], [])
    with pytest.raises(PointsError, match="left for a transfer"):
        fold([gain("one"), use("first", "one", 2)], [posted])
