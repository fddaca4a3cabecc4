from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from relay_protocol.conversion import convert
from relay_protocol.earning import apply_facts
from relay_protocol.errors import PointsError, RulesError
from relay_protocol.facts import (
    Fact,
    Introduced,
    Kept,
    Left,
    OfferEnded,
    Started,
    Withdrawn,
)
from relay_protocol.journal import Journal
from relay_protocol.points import Book, available, debt, hub_points, net
from relay_protocol.rules import DEMO, Adoption, Rules

DAY = date(2026, 12, 10)
POINTS = available("points", "acme")
SLOTS = available("slots", "acme")

Introduce = Callable[..., Introduced]
Start = Callable[..., Started]


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def after(facts: Sequence[Fact], opening: Book | None = None, **changes: object) -> Journal:
    rules = Rules.from_document({**DEMO, **changes})
    journal = Journal(opening or Book(), "2026-12")
    apply_facts(journal, facts, [Adoption(rules=rules, valid_from=date(2026, 1, 1))])
    return journal


def not_counted(facts: Sequence[Fact], **changes: object) -> Mapping[str, int]:
    rules = Rules.from_document({**DEMO, **changes})
    adoptions = [Adoption(rules=rules, valid_from=date(2026, 1, 1))]
    return apply_facts(Journal(Book(), "2026-12"), facts, adoptions)


def pending(journal: Journal) -> list[tuple[str, str, int, date | None]]:
    return [(str(one.debit), str(one.credit), one.count, one.posts_on) for one in journal.pending()]


# What counts


def test_a_referral_counts_when_an_agency_introduces_it_and_then_cools_off(
    introduced: Introduce,
) -> None:
    journal = after([introduced("ref-1", DAY)])
    [transfer] = journal.transfers
    assert pending(journal) == [("points:hub:issue", "points:acme:available", 1, date(2027, 1, 9))]
    assert (transfer.agency, transfer.expires_on) == ("agency-x", date(2029, 1, 9))
    assert (transfer.cause.rules, transfer.cause.leg) == ("demo-1", "counted")
    assert (transfer.period, transfer.belongs_to) == ("2026-12", "2026-12")
    assert transfer.id == transfer.lot == transfer.cause.transfer_id()
    assert journal.book().balance(POINTS) == 0


def test_a_late_fact_names_the_month_that_it_belongs_to(introduced: Introduce) -> None:
    [transfer] = after([introduced("ref-1", date(2026, 11, 30))]).transfers
    assert (transfer.period, transfer.belongs_to) == ("2026-12", "2026-11")


def test_the_day_of_an_introduction_is_that_of_the_scheme_s_clock(introduced: Introduce) -> None:
    fact = introduced("ref-1", DAY)
    evening = replace(fact, at=datetime(2026, 12, 10, 14, 59, 59, tzinfo=UTC))
    midnight = replace(fact, at=datetime(2026, 12, 10, 15, 0, 0, tzinfo=UTC))
    assert pending(after([evening]))[0][3] == date(2027, 1, 9)
    assert pending(after([midnight]))[0][3] == date(2027, 1, 10)


def test_one_referral_counts_once_however_many_hirers_it_is_introduced_to(
    introduced: Introduce,
) -> None:
    again = introduced("ref-1", DAY, "agency-y", id="int-2")
    journal = after([introduced("ref-1", DAY), again, introduced("ref-1", DAY + timedelta(9))])
    assert [one.agency for one in journal.transfers] == ["agency-x"]


@pytest.mark.parametrize(("days", "credits_earned"), [(364, 1), (365, 2), (366, 2)])
def test_a_referral_counts_again_when_its_window_is_over(
    introduced: Introduce, days: int, credits_earned: int
) -> None:
    """I6: of the window of 365 days the introduction's is the first."""
    facts = [introduced("ref-1", DAY), introduced("ref-1", DAY + timedelta(days))]
    assert len(after(facts).transfers) == credits_earned


def test_the_window_is_kept_from_one_period_to_the_next(introduced: Introduce) -> None:
    december = after([introduced("ref-1", DAY)]).book()
    assert after([introduced("ref-1", DAY + timedelta(364))], december).transfers == []
    assert len(after([introduced("ref-1", DAY + timedelta(365))], december).transfers) == 1


def test_the_unlinked_count_only_where_the_rules_say_so(introduced: Introduce) -> None:
    facts = [introduced("ref-1", DAY), introduced("ref-2", DAY)]
    assert len(after(facts).transfers) == 2
    assert after(facts, count_unlinked=False).transfers == []
    assert not_counted(facts) == {}
    assert not_counted(facts, count_unlinked=False) == {"acme": 2}


@pytest.mark.parametrize("whose", ["agency_group", "hirer_group"])
def test_dealing_with_oneself_earns_nothing(introduced: Introduce, whose: str) -> None:
    own = introduced("ref-1", DAY, origin_group="1000000000001", **{whose: "1000000000001"})
    assert after([own]).transfers == []
    assert not_counted([own]) == {"acme": 1}


def test_a_referral_that_did_not_count_at_first_may_count_with_another_hirer(
    introduced: Introduce,
) -> None:
    own = introduced("ref-1", DAY, hirer_group="1000000000001")
    other = introduced("ref-1", DAY, id="int-2")
    assert len(after([own, other]).transfers) == 1
    assert not_counted([own, other]).get("acme", 0) == 0
    assert not_counted([own, replace(own, id="int-3")]) == {"acme": 1}


def test_a_member_is_credited_up_to_the_monthly_cap(introduced: Introduce) -> None:
    facts = [introduced(f"ref-{n}", DAY) for n in range(3)]
    of_beta = introduced("ref-of-beta", DAY, origin="beta")
    in_january = introduced("ref-9", date(2027, 1, 1))
    assert len(after(facts, referrals_per_month_cap=3).transfers) == 3
    assert len(after(facts, referrals_per_month_cap=2).transfers) == 2
    assert not_counted(facts, referrals_per_month_cap=2) == {"acme": 1}
    assert len(after([*facts, of_beta, in_january], referrals_per_month_cap=2).transfers) == 4


def test_the_monthly_cap_counts_what_an_earlier_close_saw_of_the_month(
    introduced: Introduce,
) -> None:
    december = after([introduced("ref-1", DAY)]).book()
    late = [introduced("ref-2", DAY), introduced("ref-3", DAY)]
    assert len(after(late, december, referrals_per_month_cap=2).transfers) == 1


def test_counting_can_be_switched_off_and_be_worth_more(introduced: Introduce) -> None:
    assert after([introduced("ref-1", DAY)], points_per_referral=0).transfers == []
    [transfer] = after([introduced("ref-1", DAY)], points_per_referral=5).transfers
    assert transfer.count == 5


def test_each_fact_is_judged_by_the_rules_that_it_names(introduced: Introduce) -> None:
    adoptions = [
        Adoption(
            rules=Rules.from_document({**DEMO, "version": version, "hold_days": hold}),
            valid_from=valid_from,
        )
        for version, hold, valid_from in (
            ("1", 10, date(2026, 1, 1)),
            ("2", 20, date(2026, 12, 1)),
        )
    ]
    journal = Journal(Book(), "2026-12")
    facts = [introduced("ref-1", DAY, rules="1"), introduced("ref-2", DAY, rules="2")]
    apply_facts(journal, facts, adoptions)
    assert [one.posts_on for one in journal.pending()] == [date(2026, 12, 20), date(2026, 12, 30)]


def test_a_fact_under_rules_that_were_never_adopted_is_refused(
    introduced: Introduce, started: Start
) -> None:
    for fact in (introduced("ref-1", DAY, rules="7"), started("hire-1", DAY, rules="7")):
        with pytest.raises(RulesError, match="'7'"):
            after([fact])


# Withdrawal


@pytest.mark.parametrize(("days", "voided"), [(0, 1), (29, 1), (30, 0), (31, 0)])
def test_withdrawing_voids_what_still_cools_off(
    introduced: Introduce, days: int, voided: int
) -> None:
    withdrawn = Withdrawn(referral="ref-1", at=noon(DAY + timedelta(days)))
    journal = after([introduced("ref-1", DAY), withdrawn])
    assert [one.outcome for one in journal.resolutions] == ["voided"] * voided
    assert len(journal.pending()) == 1 - voided


def test_withdrawing_touches_no_other_referral(introduced: Introduce) -> None:
    withdrawn = Withdrawn(referral="ref-2", at=noon(DAY))
    journal = after([introduced("ref-1", DAY), withdrawn])
    assert len(journal.pending()) == 1


def posted(opening: Book) -> Book:
    journal = Journal(opening, "2027-01")
    for one in journal.pending():
        journal.post(one.id)
    return journal.book()


def test_a_withdrawal_that_comes_late_takes_the_point_back_if_it_is_still_there(
    introduced: Introduce,
) -> None:
    book = posted(after([introduced("ref-1", DAY)]).book())
    assert book.balance(POINTS) == 1
    late = after([Withdrawn(referral="ref-1", at=noon(DAY + timedelta(29)))], book)
    [reversal] = late.transfers
    assert (reversal.reason, reversal.count) == ("reversed", 1)
    assert (reversal.debit, reversal.credit) == (POINTS, hub_points("issue"))
    assert late.book().balance(POINTS) == 0
    assert late.resolutions == []
    assert after([Withdrawn(referral="ref-1", at=noon(DAY + timedelta(30)))], book).transfers == []


def test_a_point_that_was_exchanged_stays_so(introduced: Introduce) -> None:
    """There is no debt of points."""
    journal = Journal(posted(after([introduced("ref-1", DAY)]).book()), "2027-01")
    generous = {**DEMO, "points_per_slot": 1, "agency_share_cap_percent": 100}
    convert(journal, date(2027, 1, 31), Rules.from_document(generous))
    assert journal.book().balance(SLOTS) == 1
    late = after([Withdrawn(referral="ref-1", at=noon(DAY))], journal.book())
    assert late.transfers == []


# Hires


def test_a_confirmed_hire_earns_a_slot_that_waits_for_the_end_of_its_guarantee(
    started: Start,
) -> None:
    journal = after([started("hire-1", date(2027, 1, 11))])
    assert pending(journal) == [
        ("slots:agency-x:net", "slots:acme:available", 1, date(2027, 4, 11))
    ]
    [transfer] = journal.transfers
    assert (transfer.agency, transfer.expires_on) == ("agency-x", date(2029, 4, 11))
    assert transfer.cause.fact == "hire-1"


def test_the_guarantee_runs_from_the_start_and_not_from_the_confirmation(started: Start) -> None:
    late = replace(started("hire-1", date(2026, 9, 1)), confirmed_at=noon(DAY))
    [transfer] = after([late]).transfers
    assert transfer.posts_on == date(2026, 11, 30)
    assert transfer.belongs_to == "2026-12"


def test_a_hire_confirmed_twice_earns_once(started: Start) -> None:
    facts = [started("hire-1", DAY), started("hire-1", DAY)]
    journal = after(facts)
    assert len(journal.transfers) == 1
    assert after(facts, journal.book()).transfers == []


def test_a_hire_that_ended_earns_nothing_when_it_is_confirmed_once_more(started: Start) -> None:
    ended = after([started("hire-1", DAY), Left(hire="hire-1", on=DAY)]).book()
    assert after([started("hire-1", DAY)], ended).transfers == []
    reversed_late = after(
        [Left(hire="hire-1", on=DAY)], posted(after([started("hire-1", DAY)]).book())
    )
    assert after([started("hire-1", DAY)], reversed_late.book()).transfers == []


def test_two_hires_of_one_referral_earn_twice(started: Start) -> None:
    facts = [started("hire-1", DAY, referral="ref-1"), started("hire-2", DAY, referral="ref-1")]
    assert len(after(facts).transfers) == 2


def test_hires_earn_what_the_rules_say_and_none_within_the_own_group(started: Start) -> None:
    hire = started("hire-1", DAY)
    assert [one.count for one in after([hire], slots_per_hire=2).transfers] == [2]
    assert after([hire], slots_per_hire=0).transfers == []
    assert after([replace(hire, hirer_group=hire.origin_group)]).transfers == []
    assert after([replace(hire, agency_group=hire.origin_group)]).transfers == []


def test_a_hire_earns_whether_or_not_the_unlinked_count(started: Start) -> None:
    assert len(after([started("hire-1", DAY)], count_unlinked=False).transfers) == 1


@pytest.mark.parametrize(("days", "voided"), [(0, 1), (89, 1), (90, 0), (91, 0)])
def test_leaving_within_the_guarantee_voids_the_slot(
    started: Start, days: int, voided: int
) -> None:
    left = Left(hire="hire-1", on=DAY + timedelta(days))
    journal = after([started("hire-1", DAY), left])
    assert [one.because for one in journal.resolutions] == ["left"] * voided
    assert len(journal.pending()) == 1 - voided


def test_a_departure_reported_before_the_confirmation_voids_all_the_same(started: Start) -> None:
    left = Left(hire="hire-1", on=DAY + timedelta(days=5))
    journal = after([left, started("hire-1", DAY)])
    assert [one.because for one in journal.resolutions] == ["left"]
    assert journal.book().pending == ()


def test_leaving_a_hire_that_nobody_confirmed_changes_nothing(started: Start) -> None:
    left = Left(hire="hire-2", on=DAY)
    assert after([left]).book() == Book()
    assert len(after([started("hire-1", DAY), left]).pending()) == 1


@pytest.mark.parametrize(("days", "voided"), [(-1, 1), (0, 1), (1, 0)])
def test_an_offer_that_ended_by_the_start_voids_the_slot(
    started: Start, days: int, voided: int
) -> None:
    ended = OfferEnded(hire="hire-1", on=DAY + timedelta(days))
    journal = after([started("hire-1", DAY), ended])
    assert [one.because for one in journal.resolutions] == ["offer-ended"] * voided


def test_withdrawing_the_consent_does_not_undo_a_hire(started: Start) -> None:
    hire = started("hire-1", DAY, referral="ref-1")
    withdrawn = Withdrawn(referral="ref-1", at=noon(DAY))
    assert len(after([hire, withdrawn]).pending()) == 1


def test_a_slot_not_spent_yet_is_taken_back_from_the_lot_of_that_hire(started: Start) -> None:
    both = [started("hire-1", DAY), started("hire-2", DAY, "agency-y")]
    book = posted(after(both).book())
    journal = after([Left(hire="hire-2", on=DAY + timedelta(days=89))], book)
    [reversal] = journal.transfers
    assert (reversal.debit, reversal.credit) == (SLOTS, net("agency-y"))
    assert (reversal.reason, reversal.cause.leg, reversal.belongs_to) == (
        "reversed",
        "left",
        "2027-03",
    )
    assert [lot.agency for lot in journal.book().lots] == ["agency-x"]
    assert journal.book().balance(net("agency-y")) == 0


def test_a_slot_that_stands_is_not_taken_back_for_leaving_after_the_guarantee(
    started: Start,
) -> None:
    book = posted(after([started("hire-1", DAY)]).book())
    assert after([Left(hire="hire-1", on=DAY + timedelta(days=90))], book).transfers == []


def spent(book: Book) -> Book:
    """Return the book after the one slot in it was spent at agency-y."""
    return replace(book, balances={net("agency-x"): -1, net("agency-y"): 1}, lots=())


def test_a_slot_already_spent_becomes_a_debt(started: Start) -> None:
    """I9: the member owes, and the agency that funded the slot is made whole."""
    book = spent(posted(after([started("hire-1", DAY)]).book()))
    journal = after([Left(hire="hire-1", on=DAY + timedelta(days=89))], book)
    [claw_back] = journal.transfers
    assert (claw_back.debit, claw_back.credit) == (debt("acme"), net("agency-x"))
    assert (claw_back.reason, claw_back.count) == ("reversed", 1)
    assert journal.book().balance(debt("acme")) == -1
    assert journal.book().balance(net("agency-x")) == 0


def test_of_a_hire_s_slots_the_spent_part_becomes_a_debt_and_the_rest_is_taken_back(
    started: Start,
) -> None:
    book = posted(after([started("hire-1", DAY)], slots_per_hire=3).book())
    [lot] = book.lots
    partly = replace(
        book,
        balances={net("agency-x"): -3, net("agency-y"): 2, SLOTS: 1},
        lots=(replace(lot, left=1),),
    )
    journal = after([Left(hire="hire-1", on=DAY)], partly, slots_per_hire=3)
    assert [(str(one.debit), one.count) for one in journal.transfers] == [
        ("slots:acme:available", 1),
        ("slots:acme:debt", 2),
    ]
    assert journal.book().balance(net("agency-x")) == 0


def test_leaving_twice_is_undone_once(started: Start) -> None:
    book = posted(after([started("hire-1", DAY)]).book())
    left = Left(hire="hire-1", on=DAY)
    journal = after([left, left], book)
    assert len(journal.transfers) == 1
    assert after([left], journal.book()).transfers == []


# What outlives a person


def kept_slot(lot: str = "B" * 43) -> Kept:
    return Kept(
        lot=lot,
        debit=net("agency-x"),
        credit=SLOTS,
        count=1,
        agency="agency-x",
        due_on=date(2027, 3, 10),
        expires_on=date(2029, 3, 10),
        rules="demo-1",
    )


def test_what_is_kept_of_a_forgotten_person_waits_for_its_day() -> None:
    journal = after([kept_slot()])
    [transfer] = journal.transfers
    assert pending(journal) == [
        ("slots:agency-x:net", "slots:acme:available", 1, date(2027, 3, 10))
    ]
    assert (transfer.id, transfer.lot, transfer.cause.leg) == (
        "B" * 43,
        "B" * 43,
        "kept:slots:agency-x:net",
    )
    assert journal.book().terms == ()


def test_whoever_still_holds_the_kept_transfer_writes_no_other(started: Start) -> None:
    book = after([started("hire-1", DAY)]).book()
    [waiting] = book.pending
    journal = after([kept_slot(waiting.lot)], book)
    assert journal.transfers == []
    assert journal.book().pending == (waiting,)


def test_nothing_undoes_what_is_kept(started: Start) -> None:
    book = after([started("hire-1", DAY)]).book()
    [waiting] = book.pending
    facts: list[Fact] = [kept_slot(waiting.lot), Left(hire="hire-1", on=DAY)]
    assert after(facts, book).book().pending == (waiting,)


def test_a_kept_fact_told_twice_with_other_accounts_moves_nothing_more() -> None:
    other = replace(kept_slot(), debit=net("agency-y"))
    journal = after([kept_slot(), other])
    assert [str(one.debit) for one in journal.transfers] == ["slots:agency-x:net"]


def test_a_kept_fact_on_a_way_that_the_scheme_has_not_is_refused() -> None:
    with pytest.raises(PointsError, match="nothing is earned from"):
        after([replace(kept_slot(), debit=debt("acme"))])
