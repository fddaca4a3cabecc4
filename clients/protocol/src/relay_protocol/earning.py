"""What each fact earns, and what a later one undoes again, before any term of it is over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias, assert_never

from relay_protocol.facts import (
    Fact,
    Introduced,
    Kept,
    Left,
    OfferEnded,
    Started,
    Withdrawn,
    is_self_dealing,
)
from relay_protocol.journal import Journal
from relay_protocol.points import (
    Account,
    Because,
    Cause,
    Term,
    Transfer,
    available,
    debt,
    hub_points,
    net,
)
from relay_protocol.rules import (
    Adoption,
    Rules,
    add_months,
    local_day,
    month_of,
    of_version,
)

Subject: TypeAlias = tuple[Literal["referral", "hire"], str]


@dataclass(slots=True)
class _Earnings:
    """The terms of a journal by their subject, and how many referrals counted in a month."""

    journal: Journal
    adoptions: Sequence[Adoption]
    by_subject: dict[Subject, list[Term]] = field(default_factory=dict)
    counted_in_month: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_counted: dict[str, set[str]] = field(default_factory=dict)

    def remember(self, term: Term) -> None:
        """Hold a term, so that later facts find it."""
        self.journal.terms[term.lot] = term
        self.by_subject.setdefault((term.kind, term.subject), []).append(term)
        if term.kind == "referral":
            self.counted_in_month[term.member, month_of(term.began_on)] += 1

    def forget(self, term: Term) -> None:
        """Let go of a term that is undone, or of which nothing may be known any more."""
        del self.journal.terms[term.lot]
        self.by_subject[term.kind, term.subject].remove(term)
        if term.kind == "referral":
            self.counted_in_month[term.member, month_of(term.began_on)] -= 1

    def terms_of(self, kind: Literal["referral", "hire"], subject: str) -> list[Term]:
        """Return the terms of one referral or hire."""
        return list(self.by_subject.get((kind, subject), ()))

    def standing_hires(self, hire: str) -> list[Term]:
        """Return the terms of a hire that no fact has ended yet."""
        return [term for term in self.terms_of("hire", hire) if not term.undone]


def apply_facts(
    journal: Journal, facts: Sequence[Fact], adoptions: Sequence[Adoption]
) -> Mapping[str, int]:
    """Write what facts earn and undo; return how many referrals of each origin did not count.

    What earns comes before what ends, each in the order given: a departure may well be on the
    ledger before the confirmation of its hire. A referral that has its credit for the window is
    not called uncounted when it is introduced once more.

    Args:
        journal: where terms that are not over yet stand pending.
        facts: in the order of the ledger.
        adoptions: every version that a fact names.

    Raises:
        RulesError: a fact names rules that were never adopted.
        PointsError: two facts contradict each other.
    """
    earnings = _Earnings(journal, adoptions)
    for term in list(journal.terms.values()):
        earnings.remember(term)
    for fact in facts:
        match fact:
            case Introduced():
                _count(earnings, fact)
            case Started():
                _hire(earnings, fact)
            case Kept():
                _keep(earnings, fact)
            case Withdrawn() | Left() | OfferEnded():
                pass
            case _:
                assert_never(fact)
    for fact in facts:
        for term, on, because in _undone_by(earnings, fact):
            _undo(earnings, term, on, because)
    return {origin: len(earnings.not_counted[origin]) for origin in sorted(earnings.not_counted)}


def _undone_by(earnings: _Earnings, fact: Fact) -> list[tuple[Term, date, Because]]:
    """Return the terms that a fact ends before their day, with its own day and the reason."""
    match fact:
        case Withdrawn():
            terms = earnings.terms_of("referral", fact.referral)
            dated = [(term, _day(earnings, fact, term)) for term in terms]
            return [(term, on, "withdrawn") for term, on in dated if on < term.ends_on]
        case Left():
            terms = earnings.standing_hires(fact.hire)
            return [(term, fact.on, "left") for term in terms if fact.on < term.ends_on]
        case OfferEnded():
            terms = earnings.standing_hires(fact.hire)
            return [(term, fact.on, "offer-ended") for term in terms if fact.on <= term.began_on]
        case _:
            return []


def _day(earnings: _Earnings, fact: Withdrawn, term: Term) -> date:
    """Return the day of a withdrawal by the rules of what it may undo."""
    return local_day(fact.at, of_version(earnings.adoptions, term.cause.rules))


def _count(earnings: _Earnings, fact: Introduced) -> None:
    """Count a referral when it is first introduced: pending until its hold is over."""
    rules = of_version(earnings.adoptions, fact.rules)
    on = local_day(fact.at, rules)
    window = timedelta(days=rules.person_window_days)
    if any(
        abs(on - term.began_on) < window for term in earnings.terms_of("referral", fact.referral)
    ):
        return
    if not _may_count(earnings, fact, on, rules):
        earnings.not_counted.setdefault(fact.origin, set()).add(fact.referral)
        return
    earnings.not_counted.get(fact.origin, set()).discard(fact.referral)
    cause = Cause(rules=fact.rules, fact=fact.id, leg="counted")
    term = Term(
        lot=cause.transfer_id(),
        kind="referral",
        subject=fact.referral,
        member=fact.origin,
        agency=fact.agency,
        cause=cause,
        count=rules.points_per_referral,
        began_on=on,
        ends_on=on + timedelta(days=rules.hold_days),
        expires_on=_expiry(on, rules.hold_days, rules),
    )
    earnings.journal.write(_pending(earnings.journal, term, belongs_to=month_of(on)))
    earnings.remember(term)


def _may_count(earnings: _Earnings, fact: Introduced, on: date, rules: Rules) -> bool:
    """Return whether the rules let an introduction earn.

    Nobody can tell yet which referrals are one person: each stands for one, if the rules say so.
    """
    counted = earnings.counted_in_month[fact.origin, month_of(on)]
    return (
        rules.points_per_referral > 0
        and rules.count_unlinked
        and not is_self_dealing(fact)
        and counted < rules.referrals_per_month_cap
    )


def _hire(earnings: _Earnings, fact: Started) -> None:
    """Earn the slots of a hire: pending until its guarantee is over."""
    rules = of_version(earnings.adoptions, fact.rules)
    if not rules.slots_per_hire or is_self_dealing(fact) or earnings.terms_of("hire", fact.hire):
        return
    cause = Cause(rules=fact.rules, fact=fact.hire, leg="hired")
    term = Term(
        lot=cause.transfer_id(),
        kind="hire",
        subject=fact.hire,
        member=fact.origin,
        agency=fact.agency,
        cause=cause,
        count=rules.slots_per_hire,
        began_on=fact.on,
        ends_on=fact.on + timedelta(days=rules.guarantee_days),
        expires_on=_expiry(fact.on, rules.guarantee_days, rules),
    )
    confirmed_on = local_day(fact.confirmed_at, rules)
    earnings.journal.write(_pending(earnings.journal, term, belongs_to=month_of(confirmed_on)))
    earnings.remember(term)


def _keep(earnings: _Earnings, fact: Kept) -> None:
    """Let stand what outlived a person; who still holds the transfer of a gain writes no other."""
    if fact.is_gain() and earnings.journal.is_known(fact.lot):
        term = earnings.journal.terms.get(fact.lot)
        if term is not None:
            earnings.forget(term)
        return
    cause = Cause(rules=fact.rules, fact=fact.lot, leg=f"kept:{fact.debit}")
    earnings.journal.write(
        Transfer(
            id=fact.lot if fact.is_gain() else cause.transfer_id(),
            cause=cause,
            debit=fact.debit,
            credit=fact.credit,
            count=fact.count,
            reason="earned" if fact.is_gain() else "reversed",
            lot=fact.lot,
            agency=fact.agency,
            expires_on=fact.expires_on,
            posts_on=fact.due_on if fact.is_gain() else None,
            period=earnings.journal.period,
            belongs_to=month_of(fact.due_on),
        )
    )


def _undo(earnings: _Earnings, term: Term, on: date, because: Because) -> None:
    """Undo what a term earned: void it, or take it back from its lot, or else make it a debt.

    There is no debt of points: what was exchanged already stays so.
    """
    journal = earnings.journal
    earnings.forget(term)
    if term.kind == "hire":
        earnings.remember(replace(term, undone=True))
    if journal.is_pending(term.lot):
        journal.void(term.lot, because)
        return
    earned = _pending(journal, term, belongs_to=month_of(on))
    left = min(journal.left_of(term.lot), term.count)
    if left:
        _take_back(journal, earned, giver=earned.credit, count=left, leg=because)
    if term.kind == "hire" and left < term.count:
        giver = debt(term.member)
        _take_back(journal, earned, giver=giver, count=term.count - left, leg="clawed-back")


def _take_back(journal: Journal, earned: Transfer, *, giver: Account, count: int, leg: str) -> None:
    """Return what was earned to the account that it came from, out of its lot or as a debt."""
    cause = Cause(rules=earned.cause.rules, fact=earned.cause.fact, leg=leg)
    journal.write(
        replace(
            earned,
            id=cause.transfer_id(),
            cause=cause,
            debit=giver,
            credit=earned.debit,
            count=count,
            reason="reversed",
            posts_on=None,
        )
    )


def _pending(journal: Journal, term: Term, *, belongs_to: str) -> Transfer:
    """Return the transfer by which a term's gain waits for its end."""
    is_hire = term.kind == "hire"
    return Transfer(
        id=term.lot,
        cause=term.cause,
        debit=net(term.agency) if is_hire else hub_points("issue"),
        credit=available("slots" if is_hire else "points", term.member),
        count=term.count,
        reason="earned",
        lot=term.lot,
        agency=term.agency,
        expires_on=term.expires_on,
        posts_on=term.ends_on,
        period=journal.period,
        belongs_to=belongs_to,
    )


def _expiry(began_on: date, term_days: int, rules: Rules) -> date:
    """Return the day on which a lot ends whose term began on a day."""
    return add_months(began_on + timedelta(days=term_days), rules.lot_expiry_months)
