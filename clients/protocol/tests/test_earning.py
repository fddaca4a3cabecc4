from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

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
from relay_protocol.points import Book, Transfer, available, debt, hub_points, net
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
    return [
        (str(one.debit), str(one.credit), one.count, one.posts_on) for one in journal.pending()
    ]


# What counts


def test_a_referral_counts_when_an_agency_introduces_it_and_then_cools_off(
    introduced: Introduce,
) -> None:
    journal = after([introduced("ref-1", DAY)])
    [transfer] = journal.transfers
    assert pending(journal) == [
        ("points:hub:issue", "points:acme:available", 1, date(2027, 1, 9))
    ]
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


@pytest.mark.parametrize(("days", "voided"), [(0, True), (29, True), (30, False), (31, False)])
def test_withdrawing_voids_what_still_cools_off(
    introduced: Introduce, days: int, voided: bool
) -> None:
    withdrawn = Withdrawn(referral="ref-1", at=noon(DAY + timedelta(days)))
    journal = after([introduced("ref-1", DAY), withdrawn])
    assert [one.outcome for one in journal.resolutions] == ["voided"] * voided
    assert len(journal.pending()) == (not voided)


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
    journal = Journal(posted(after([introduced("ref-1", DAY)]).book()), "2027-01")
    [lot] = journal.lots("points")[POINTS]
    term = journal.terms[lot.id]
    journal.write(use_of(term.lot, term.cause, journal))
    late = after([Withdrawn(referral="ref-1", at=noon(DAY))], journal.book())
    assert late.transfers == []


def use_of(lot: str, cause: object, journal: Journal) -> Transfer:
    [earned] = journal.lots("points")[POINTS]
    assert earned.id == lot
    [template] = after([]).transfers or [None]  # type: ignore[list-item]
    raise AssertionError((template, cause))
