"""Settled months computed again: each breach alone is refused at the entry that states it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.closes import Checked
from relay_protocol.errors import ReplayError
from relay_protocol.moves import Move, MovedLot
from relay_protocol.netting import Obligation
from relay_protocol.points import available, hub_points
from tests.story.hand_audit import replay
from tests.story.hand_books import HandBooks, Published, check, with_points
from tests.story.hand_ledger import AGENCY, AUDITOR, DIGEST, HUB, OTHER_AGENCY, HandLedger
from tests.story.hand_relay import HandRelay

Bend = Callable[[Published], Published]


@pytest.fixture
def books() -> HandBooks:
    ledger = HandLedger()
    ledger.open()
    return HandBooks(ledger=ledger)


def introduce(books: HandBooks, count: int = 1, agency: str = AGENCY) -> list[HandRelay]:
    relays = [HandRelay(ledger=books.ledger, agency=agency) for _ in range(count)]
    for relay in relays:
        relay.until_introduced()
    return relays


def ten_of_december(books: HandBooks) -> list[HandRelay]:
    """Six of one agency and four of another, introduced on 1 December."""
    return [*introduce(books, 6), *introduce(books, 4, OTHER_AGENCY)]


def refused(books: HandBooks) -> tuple[str, int]:
    with pytest.raises(ReplayError) as refusal:
        books.check()
    return refusal.value.code, refusal.value.seq


def told(checked: Checked) -> tuple[int, int, int]:
    return checked.recomputed, checked.kept, checked.closed


def test_a_month_without_anything_agrees(books: HandBooks) -> None:
    books.settle("2026-12")
    (checked,) = books.check()
    assert (checked.period, told(checked)) == ("2026-12", (0, 0, 0))


def test_ten_introductions_become_a_slot_when_their_hold_is_over(books: HandBooks) -> None:
    # Held for 30 days from 1 December, they count from 31 December on.
    ten_of_december(books)
    books.settle("2026-12")
    (checked,) = books.check()
    # Ten points earned and exchanged, and the slot that they became.
    assert told(checked) == (21, 0, 0)


def test_a_hire_becomes_a_slot_when_its_guarantee_is_over(books: HandBooks) -> None:
    HandRelay(ledger=books.ledger).until_confirmed()
    for month in ("2026-12", "2027-01", "2027-02", "2027-03"):
        books.settle(month)
    # A point in December, and a slot 90 days after the start.
    assert [one.recomputed for one in books.check()] == [1, 0, 0, 1]


def test_a_departure_within_the_guarantee_takes_the_slot_away(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_confirmed()
    books.settle("2026-12")
    books.ledger.wait(days=40)
    relay.tell("left")
    for month in ("2027-01", "2027-02", "2027-03"):
        books.settle(month)
    assert [one.recomputed for one in books.check()] == [1, 0, 0, 0]


def test_a_departure_reported_before_its_hire_was_confirmed_is_known_at_the_close(
    books: HandBooks,
) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_introduced()
    relay.tell("offer-accepted")
    relay.tell("started")
    relay.tell("left")
    books.settle("2026-12")
    books.ledger.wait(days=40)
    relay.confirm(on="2026-12-01")
    for month in ("2027-01", "2027-02", "2027-03"):
        books.settle(month)
    assert [one.recomputed for one in books.check()] == [1, 0, 0, 0]


def test_who_signed_a_month_is_told(books: HandBooks) -> None:
    books.settle("2026-12")
    books.audit("2026-12")
    books.audit("2026-12")
    books.settle("2027-01")
    assert [one.audited_by for one in books.check()] == [(AUDITOR,), ()]


def another_cut(published: Published) -> Published:
    return replace(published, cut=published.cut + 1)


def cut_in_the_future(published: Published) -> Published:
    return replace(published, cut=10_000)


def another_root(published: Published) -> Published:
    return replace(published, root=bytes(32))


def without_moves(published: Published) -> Published:
    return replace(published, moves=())


def one_point_more(published: Published) -> Published:
    first = next(move for move in published.moves if move.debit.bucket == "issue")
    extra = MovedLot(lot=DIGEST, agency=AGENCY, due_on=date(2028, 12, 31), count=1)
    more = replace(first, lots=(*first.lots, extra))
    return replace(
        published, moves=tuple(more if move is first else move for move in published.moves)
    )


def another_slot(published: Published) -> Published:
    moves = tuple(
        replace(move, lots=(replace(move.lots[0], agency=OTHER_AGENCY),))
        if move.debit.commodity == "slots"
        else move
        for move in published.moves
    )
    return replace(published, moves=moves)


def another_statement(published: Published) -> Published:
    first, *others = published.statements
    return replace(published, statements=(with_points(first, not_counted=7), *others))


def one_statement_less(published: Published) -> Published:
    return replace(published, statements=published.statements[:1])


def another_netting(published: Published) -> Published:
    obligation = Obligation(debtor=AGENCY, creditor=OTHER_AGENCY, slots=1)
    return replace(published, netting=replace(published.netting, obligations=(obligation,)))


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (another_cut, "cut-root-differs"),
        (cut_in_the_future, "cut-misplaced"),
        (another_root, "cut-root-differs"),
        (another_statement, "statements-differ"),
        (one_statement_less, "statements-differ"),
        (another_netting, "netting-differs"),
    ],
)
def test_a_settlement_that_does_not_follow_is_refused(
    books: HandBooks, bend: Bend, code: str
) -> None:
    ten_of_december(books)
    books.settle("2026-12", bend)
    assert refused(books) == (code, books.ledger.size - 1)


# By account: what is earned, what is exchanged, and the slot.
@pytest.mark.parametrize(
    ("bend", "first"), [(without_moves, 0), (one_point_more, 0), (another_slot, 2)]
)
def test_moves_that_do_not_follow_are_refused_where_they_first_differ(
    books: HandBooks, bend: Bend, first: int
) -> None:
    ten_of_december(books)
    before = books.ledger.size
    books.settle("2026-12", bend)
    kinds = [entry.kind for entry in books.ledger.entries[before:]]
    assert kinds[-1] == "period.settled"
    assert refused(books) == ("moves-differ", before + first)


def test_a_move_after_the_close_is_refused(books: HandBooks) -> None:
    introduce(books)
    closing = books.settle("2026-12")
    books.ledger.state("points.moved", HUB, body=dict(closing.moves[0].body()))  # type: ignore[arg-type]
    assert refused(books) == ("moved-after-close", books.ledger.size - 1)


def test_a_move_whose_count_is_not_that_of_its_lots_is_refused(books: HandBooks) -> None:
    introduce(books)
    before = books.ledger.size

    class Miscounted(Move):
        @property
        def count(self) -> int:
            return 5

    def bend(published: Published) -> Published:
        moves = tuple(
            Miscounted(period=one.period, debit=one.debit, credit=one.credit, lots=one.lots)
            for one in published.moves
        )
        return replace(published, moves=moves)

    books.settle("2026-12", bend)
    assert refused(books) == ("move-malformed", before)


def test_a_month_left_out_is_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.settle("2027-02")
    assert refused(books) == ("period-out-of-turn", books.ledger.size - 1)


def test_a_month_settled_twice_is_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.settle("2026-12")
    books.ledger.closes.pop()
    assert refused(books) == ("period-out-of-turn", books.ledger.size - 1)


def test_a_cut_before_the_last_one_is_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    root = books.ledger.tree.root(3)
    books.settle("2027-01", lambda published: replace(published, cut=3, root=root))
    assert refused(books) == ("cut-misplaced", books.ledger.size - 1)


def test_a_month_whose_documents_are_withheld_is_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.ledger.closes.clear()
    assert refused(books) == ("close-undocumented", books.ledger.size - 1)


def test_documents_with_another_netting_than_was_attested_are_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.ledger.closes[0] = replace(books.ledger.closes[0], netting=b"{}")
    assert refused(books) == ("netting-differs", books.ledger.size - 1)


def test_documents_with_other_statements_than_were_attested_are_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    close = books.ledger.closes[0]
    books.ledger.closes[0] = replace(close, statements=close.statements[::-1])
    assert refused(books) == ("statements-differ", books.ledger.size - 1)


def test_statements_that_are_none_are_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.ledger.closes[0] = replace(books.ledger.closes[0], statements=(b"{}",))
    assert refused(books) == ("statements-malformed", books.ledger.size - 1)


def test_another_salt_than_the_statements_bear_is_refused(books: HandBooks) -> None:
    books.settle("2026-12")
    books.ledger.closes[0] = replace(books.ledger.closes[0], salt=bytes(32))
    assert refused(books) == ("statements-differ", books.ledger.size - 1)


def test_a_person_erased_after_the_close_leaves_what_was_earned_on_trust(
    books: HandBooks,
) -> None:
    ten = ten_of_december(books)
    books.settle("2026-12")
    books.erase(ten[0], date(2027, 1, 5), "2027-01")
    books.settle("2027-01")
    december, january = books.check()
    # One earned point rests on a fact that is closed; its exchange follows from it again.
    assert told(december) == (20, 0, 1)
    assert told(january) == (0, 0, 0)


@pytest.mark.parametrize(
    ("bend", "code"),
    [(one_statement_less, "statements-differ"), (another_netting, "netting-differs")],
)
def test_a_settlement_some_of_whose_facts_were_closed_since_is_held_against_the_rest(
    books: HandBooks, bend: Bend, code: str
) -> None:
    ten = ten_of_december(books)
    books.settle("2026-12", bend)
    settled = books.ledger.size - 1
    books.erase(ten[0], date(2027, 1, 5), "2027-01")
    assert refused(books) == (code, settled)


def test_an_audit_signed_before_vouches_for_what_was_closed(books: HandBooks) -> None:
    ten = ten_of_december(books)
    books.settle("2026-12")
    books.audit("2026-12")
    books.erase(ten[0], date(2027, 1, 5), "2027-01")
    (checked,) = books.check()
    assert (told(checked), checked.audited_by) == ((20, 0, 1), (AUDITOR,))


def test_all_ten_may_be_erased(books: HandBooks) -> None:
    ten = ten_of_december(books)
    books.settle("2026-12")
    for relay in ten:
        books.erase(relay, date(2027, 1, 5), "2027-01")
    books.settle("2027-01")
    assert [told(one) for one in books.check()] == [(11, 0, 10), (0, 0, 0)]


def test_a_person_erased_in_the_hold_leaves_nothing(books: HandBooks) -> None:
    ten = ten_of_december(books)
    books.erase(ten[0], date(2026, 12, 20), "2026-12")
    books.settle("2026-12")
    (checked,) = books.check()
    # Nine points, and no slot.
    assert told(checked) == (9, 0, 0)


def test_a_person_erased_between_hold_and_close_is_kept(books: HandBooks) -> None:
    books.ledger.wait(days=10)
    relay = introduce(books)[0]
    books.settle("2026-12")
    # Introduced on 11 December, the hold is over on 10 January.
    books.erase(relay, date(2027, 1, 10), "2027-01")
    books.settle("2027-01")
    december, january = books.check()
    assert told(december) == (0, 0, 0)
    assert told(january) == (0, 1, 0)


def test_a_hire_erased_in_its_guarantee_is_kept(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_confirmed()
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 5), "2027-01")
    for month in ("2027-01", "2027-02", "2027-03"):
        books.settle(month)
    assert [told(one) for one in books.check()] == [
        (0, 0, 1),
        (0, 0, 0),
        (0, 0, 0),
        (0, 1, 0),
    ]


def test_a_withdrawal_of_somebody_erased_later_stays_what_it_was(books: HandBooks) -> None:
    relay = introduce(books)[0]
    relay.hide()
    relay.withdraw()
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 5), "2027-01")
    assert [told(one) for one in books.check()] == [(0, 0, 0)]


def test_a_slot_taken_back_of_somebody_erased_later_stays_taken_back(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_confirmed()
    for month in ("2026-12", "2027-01", "2027-02", "2027-03"):
        books.settle(month)
    # Left on the last day of the guarantee, and reported after the slot was there.
    books.ledger.wait(days=125)
    relay.tell("left", on="2027-02-28")
    books.settle("2027-04")
    assert [one.recomputed for one in books.check()] == [1, 0, 0, 1, 1]
    books.erase(relay, date(2027, 5, 5), "2027-05")
    assert [told(one) for one in books.check()] == [
        (0, 0, 1),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 1),
        (0, 0, 1),
    ]


def test_points_that_were_voided_stay_so_when_their_person_is_erased(books: HandBooks) -> None:
    books.ledger.wait(days=28)
    relay = introduce(books)[0]
    books.settle("2026-12")
    # Introduced on 29 December, withdrawn within the hold, which January's close applies.
    books.ledger.wait(days=29)
    relay.hide()
    relay.withdraw()
    books.settle("2027-01")
    books.erase(relay, date(2027, 2, 5), "2027-02")
    assert [told(one) for one in books.check()] == [(0, 0, 0), (0, 0, 0)]


def test_more_is_not_taken_on_trust_than_there_are_closed_facts(books: HandBooks) -> None:
    relay = introduce(books)[0]
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 5), "2027-01")
    # The one closed introduction has earned in December already.
    books.ledger.state(
        "fact.kept",
        HUB,
        body={
            "agency": AGENCY,
            "commodity": "points",
            "count": 1,
            "credit": "points:mirai:available",
            "debit": "points:hub:issue",
            "due": "2027-01-10",
            "expires": "2029-01-10",
            "lot": DIGEST,
        },
    )
    books.settle("2027-01")
    assert refused(books) == ("gains-without-facts", books.ledger.size - 1)


def test_a_close_that_draws_on_nothing_is_refused(books: HandBooks) -> None:
    relay = introduce(books)[0]
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 5), "2027-01")

    def bend(published: Published) -> Published:
        lot = MovedLot(lot=DIGEST, agency=AGENCY, due_on=date(2028, 12, 31), count=1)
        move = Move(
            period="2027-01",
            debit=available("points", "mirai"),
            credit=hub_points("issue"),
            lots=(lot,),
        )
        return replace(published, moves=(move,))

    books.settle("2027-01", bend)
    assert refused(books) == ("close-impossible", books.ledger.size - 1)


def test_the_check_of_a_replay_is_that_of_the_ledger(books: HandBooks) -> None:
    books.settle("2026-12")
    assert check(books.ledger, replay(books.ledger)) == books.check()


def test_a_month_at_the_end_of_the_calendar_is_refused(books: HandBooks) -> None:
    books.settle("9999-12")
    books.settle("2026-12")
    assert refused(books) == ("close-impossible", books.ledger.size - 1)
