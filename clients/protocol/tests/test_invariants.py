"""What holds after every close of any history (I1 to I5, I7, I8, I10 to I12)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from hypothesis import assume, given
from hypothesis import strategies as st

from relay_protocol.facts import Fact, Introduced, Left, OfferEnded, Started, Withdrawn
from relay_protocol.journal import fold
from relay_protocol.keeping import erase
from relay_protocol.moves import carry
from relay_protocol.points import (
    Account,
    Book,
    Cause,
    Resolution,
    Transfer,
    available,
    debt,
    net,
)
from relay_protocol.rules import DEMO, Adoption, Rules, last_day, next_period
from relay_protocol.settlement import Closing, settle

MEMBERS = ("acme", "beta")
AGENCIES = ("agency-x", "agency-y", "agency-z")
FIRST = date(2026, 12, 1)
MONTHS = 5
# Small numbers make slots, expiries and caps common; a lot ends two months after its hold.
RULES = Rules.from_document(
    {
        **DEMO,
        "points_per_slot": 3,
        "hold_days": 20,
        "guarantee_days": 40,
        "lot_expiry_months": 2,
        "referrals_per_month_cap": 4,
        "agency_share_cap_percent": 67,
    }
)
OWN = 11
"""The referral and hire of this number stay within the origin's own group."""
# One member begins with slots to give back, which agency-y is owed.
OWED = Transfer(
    id="owed",
    cause=Cause(rules=RULES.version, fact="hire-before", leg="clawed-back"),
    debit=debt("acme"),
    credit=net("agency-y"),
    count=2,
    reason="reversed",
    lot="spent",
    agency="agency-y",
    expires_on=FIRST,
    posts_on=None,
    period="2026-11",
    belongs_to="2026-11",
)
OPENING = fold([OWED], [])
ADOPTIONS = (Adoption(rules=RULES, valid_from=date(2026, 1, 1)),)

TWO_MONTHS = timedelta(days=60)
Event: TypeAlias = tuple[str, int, int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Facts by the month of their day, in the order of their days."""

    months: tuple[tuple[Fact, ...], ...]

    def facts(self) -> list[Fact]:
        return [fact for month in self.months for fact in month]


def instant(on: date) -> datetime:
    return datetime.combine(on, time(3), UTC)


def member_of(referral: int) -> str:
    return MEMBERS[referral % 2]


def facts_of(event: Event, place: int) -> list[tuple[date, Fact]]:
    """Return what an event enters, with the day; referral and hire of one number are one person.

    Of every hire it is told, sooner or later, that it ended: by the start, in its guarantee, or
    after it.
    """
    kind, day, subject, agency, ended_after, told_after = event
    on = FIRST + timedelta(days=day)
    groups = {"origin_group": "1", "agency_group": "2", "hirer_group": "31"[subject == OWN]}
    if kind == "introduced":
        introduced = Introduced(
            id=f"int-{place}",
            referral=f"ref-{subject}",
            origin=member_of(subject),
            agency=AGENCIES[agency],
            at=instant(on),
            rules=RULES.version,
            **groups,
        )
        return [(on, introduced)]
    if kind == "withdrawn":
        return [(on, Withdrawn(referral=f"ref-{subject}", at=instant(on)))]
    started = Started(
        hire=f"hire-{subject}",
        referral=f"ref-{subject}",
        origin=member_of(subject),
        agency=AGENCIES[agency],
        on=on,
        confirmed_at=instant(on),
        rules=RULES.version,
        **groups,
    )
    ended_on = on + timedelta(days=ended_after)
    ending = OfferEnded if ended_after == 0 else Left
    told_on = ended_on + timedelta(days=told_after)
    return [(on, started), (told_on, ending(hire=f"hire-{subject}", on=ended_on))]


def history_of(events: Sequence[Event]) -> History:
    dated = [one for place, event in enumerate(events) for one in facts_of(event, place)]
    dated.sort(key=lambda one: one[0])
    months: list[list[Fact]] = [[] for _ in range(MONTHS)]
    confirmed: dict[str, date] = {}
    for on, fact in dated:
        # A hire may be confirmed by two, but nobody comes when its slot has ended.
        if isinstance(fact, Started) and on > confirmed.setdefault(fact.hire, on) + TWO_MONTHS:
            continue
        month = (on.year - 2026) * 12 + on.month - 12
        if month < MONTHS:
            months[month].append(fact)
    return History(months=tuple(tuple(month) for month in months))


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["introduced"] * 4 + ["started"] * 2 + ["withdrawn"]),
        st.integers(0, 150),
        st.integers(0, 11),
        st.integers(0, 2),
        st.integers(0, 60),
        st.integers(0, 50),
    ),
    min_size=10,
    max_size=50,
).map(history_of)


def closes(history: History, *, extra_months: int = 3) -> list[Closing]:
    """Return the closes of a history, and of some quiet months after it."""
    closings: list[Closing] = []
    book, previous, period = OPENING, dict[str, bytes](), "2026-12"
    for facts in (*history.months, *[()] * extra_months):
        closing = settle(
            book,
            facts,
            adoptions=ADOPTIONS,
            period=period,
            members=MEMBERS,
            salt=bytes(32),
            previous=previous,
        )
        closings.append(closing)
        book, previous = closing.book, closing.statement_digests()
        period = next_period(period)
    return closings


def posted(closings: Iterable[Closing]) -> list[Transfer]:
    """Return what took effect, told from transfers and resolutions alone."""
    took_effect: list[Transfer] = []
    waiting: dict[str, Transfer] = {}
    for closing in closings:
        for one in closing.transfers:
            if one.posts_on is None:
                took_effect.append(one)
            else:
                waiting[one.id] = one
        for resolution in closing.resolutions:
            transfer = waiting.pop(resolution.transfer)
            if resolution.outcome == "posted":
                took_effect.append(transfer)
    return took_effect


def balances_of(transfers: Iterable[Transfer]) -> Counter[Account]:
    balances: Counter[Account] = Counter(OPENING.balances)
    for one in transfers:
        balances[one.debit] -= one.count
        balances[one.credit] += one.count
    return balances


@given(HISTORIES)
def test_commodities_sum_to_zero_and_floors_hold(history: History) -> None:
    """I1, I2, I11."""
    for closing in closes(history):
        balances = closing.book.balances
        for commodity in ("points", "slots"):
            assert sum(n for a, n in balances.items() if a.commodity == commodity) == 0
        assert all(n >= 0 for a, n in balances.items() if a.bucket == "available")
        assert all(n <= 0 for a, n in balances.items() if a.bucket == "debt")


@given(HISTORIES)
def test_balances_are_the_fold_of_the_transfers(history: History) -> None:
    """I3."""
    closings = closes(history)
    for count in range(1, len(closings) + 1):
        told = {a: n for a, n in balances_of(posted(closings[:count])).items() if n}
        assert told == closings[count - 1].book.balances
    assert closings[-1].book == fold(
        [OWED, *(one for closing in closings for one in closing.transfers)],
        [one for closing in closings for one in closing.resolutions],
        closings[-1].book.terms,
    )


@given(HISTORIES)
def test_what_is_left_of_lots_is_what_was_gained_less_what_was_used(history: History) -> None:
    """I4."""
    closings = closes(history)
    left: Counter[str] = Counter()
    for one in posted(closings):
        if one.credit.bucket == "available":
            left[one.lot] += one.count
        if one.debit.bucket == "available":
            left[one.lot] -= one.count
    assert all(count >= 0 for count in left.values())
    assert {lot.id: lot.left for lot in closings[-1].book.lots} == {
        lot: count for lot, count in left.items() if count
    }


@given(HISTORIES)
def test_a_pending_transfer_is_resolved_once_and_an_id_written_once(history: History) -> None:
    """I5."""
    closings = closes(history)
    written = [one.id for closing in closings for one in closing.transfers]
    assert len(written) == len(set(written))
    resolved: list[Resolution] = [one for closing in closings for one in closing.resolutions]
    assert len(resolved) == len({one.transfer for one in resolved})


@given(HISTORIES)
def test_one_referral_earns_one_credit_in_its_window(history: History) -> None:
    """I6."""
    closings = closes(history)
    introductions = {f.id: f.referral for f in history.facts() if isinstance(f, Introduced)}
    credited = Counter(
        introductions[one.cause.fact]
        for one in posted(closings)
        if one.reason == "earned" and one.debit.commodity == "points"
    )
    assert all(count == 1 for count in credited.values())


def points_by_definition(history: History, until: date) -> Counter[str]:
    """Return the points that referrals have earned by a day, told from the facts alone.

    The history is shorter than a window, and nobody is introduced after withdrawing.
    """
    withdrawn = {f.referral: f.at.date() for f in history.facts() if isinstance(f, Withdrawn)}
    counted: dict[str, Introduced] = {}
    for fact in history.facts():
        if not isinstance(fact, Introduced) or fact.origin_group == fact.hirer_group:
            continue
        this_month = [
            one
            for one in counted.values()
            if (one.origin, one.at.month) == (fact.origin, fact.at.month)
        ]
        if fact.referral not in counted and len(this_month) < RULES.referrals_per_month_cap:
            counted[fact.referral] = fact
    earned: Counter[str] = Counter()
    for referral, fact in counted.items():
        over = fact.at.date() + timedelta(days=RULES.hold_days)
        if over <= until and withdrawn.get(referral, over) >= over:
            earned[fact.origin] += RULES.points_per_referral
    return earned


def without_steps_after_withdrawal(history: History) -> History:
    """Return a history in which every referral is withdrawn at most once, and then left alone."""
    gone: set[str] = set()
    months = []
    for month in history.months:
        kept: list[Fact] = []
        for fact in month:
            if isinstance(fact, Introduced | Withdrawn) and fact.referral in gone:
                continue
            if isinstance(fact, Withdrawn):
                gone.add(fact.referral)
            kept.append(fact)
        months.append(tuple(kept))
    return History(months=tuple(months))


@given(HISTORIES.map(without_steps_after_withdrawal))
def test_the_points_are_those_that_the_facts_earn(history: History) -> None:
    """I7, for counting: posted in the close of the month in which the hold ends."""
    closings = closes(history)
    for count, closing in enumerate(closings, start=1):
        granted: Counter[str] = Counter()
        for one in posted(closings[:count]):
            if one.debit.commodity == "points" and one.reason == "earned":
                granted[one.credit.owner] += one.count
        assert granted == points_by_definition(history, last_day(closing.period))


def slots_by_definition(known: History, until: date) -> Counter[str]:
    """Return the slots that hires have earned by a day, told from the facts known then."""
    earned: Counter[str] = Counter()
    by_hire: dict[str, list[Fact]] = {}
    for fact in known.facts():
        if isinstance(fact, Started | Left | OfferEnded):
            by_hire.setdefault(fact.hire, []).append(fact)
    for facts in by_hire.values():
        starts = [f for f in facts if isinstance(f, Started) and f.hirer_group != f.origin_group]
        if not starts:
            continue
        start = starts[0]
        over = start.on + timedelta(days=RULES.guarantee_days)
        undone = any(
            (isinstance(f, Left) and f.on < over)
            or (isinstance(f, OfferEnded) and f.on <= start.on)
            for f in facts
        )
        if over <= until and not undone:
            earned[start.origin] += RULES.slots_per_hire
    return earned


def without_endings_before_confirmation(history: History) -> History:
    """Return a history without endings entered in an earlier month than their hire."""
    confirmed = {
        fact.hire: place
        for place, month in reversed(list(enumerate(history.months)))
        for fact in month
        if isinstance(fact, Started)
    }
    return History(
        months=tuple(
            tuple(
                fact
                for fact in month
                if not isinstance(fact, Left | OfferEnded) or confirmed.get(fact.hire, 0) <= place
            )
            for place, month in enumerate(history.months)
        )
    )


@given(HISTORIES.map(without_endings_before_confirmation))
def test_the_slots_of_hires_are_those_that_the_facts_earn(history: History) -> None:
    """I7, for hires: posted in the close of the month in which the guarantee ends."""
    closings = closes(history)
    for count, closing in enumerate(closings, start=1):
        granted: Counter[str] = Counter()
        for one in posted(closings[:count]):
            if one.debit.commodity == "slots" and one.reason == "earned":
                granted[one.credit.owner] += one.count
            if one.reason == "reversed" and one.debit.commodity == "slots":
                granted[one.debit.owner] -= one.count
        known = History(months=history.months[:count])
        assert granted == slots_by_definition(known, last_day(closing.period))


@given(HISTORIES)
def test_the_slots_of_points_are_paid_for_in_full_and_within_the_shares(
    history: History,
) -> None:
    """I7, for counting: ten for one, funded in proportion, at most 67 percent from one agency."""
    for closing in closes(history):
        for member in MEMBERS:
            used: Counter[str] = Counter()
            funded: Counter[str] = Counter()
            for one in closing.transfers:
                if one.reason != "converted":
                    continue
                if one.debit == available("points", member):
                    used[one.agency] += one.count
                if one.credit == available("slots", member):
                    funded[one.debit.owner] += one.count
            assert used.total() == funded.total() * RULES.points_per_slot
            for agency in AGENCIES:
                assert used[agency] * 100 <= used.total() * RULES.agency_share_cap_percent
                assert abs(funded[agency] * used.total() - used[agency] * funded.total()) <= max(
                    used.total() - 1, 0
                )


@given(HISTORIES)
def test_nothing_convertible_is_left_after_a_close(history: History) -> None:
    """I7: as many slots as the points make were made."""
    for closing in closes(history):
        for member in MEMBERS:
            left: Counter[str] = Counter()
            for lot in closing.book.lots:
                if lot.account == available("points", member):
                    left[lot.agency] += lot.left
            wanted = RULES.points_per_slot
            share = wanted * RULES.agency_share_cap_percent // 100
            assert sum(min(count, share) for count in left.values()) < wanted


@given(HISTORIES, st.lists(st.integers(0, 11), max_size=3, unique=True))
def test_a_closed_period_is_the_same_whatever_comes_later(
    history: History, forgotten: list[int]
) -> None:
    """I8: later facts and erasures change no moves, no statements, no body."""
    full = closes(history)
    cut = History(months=history.months[:3])
    for short, whole in zip(closes(cut, extra_months=0), full, strict=False):
        assert short == whole
    subjects = {f"{kind}-{number}" for number in forgotten for kind in ("ref", "hire")}
    for before in full:
        after = erase(
            before.book,
            [],
            adoptions=ADOPTIONS,
            subjects=subjects,
            on=last_day(before.period),
            period=next_period(before.period),
        )
        assert after.book.lots == before.book.lots
        assert after.book.balances == before.book.balances


@given(HISTORIES)
def test_every_transfer_has_its_fact_its_rules_and_an_id_made_of_them(history: History) -> None:
    """I10."""
    facts = {f.id for f in history.facts() if isinstance(f, Introduced)}
    facts |= {f.hire for f in history.facts() if isinstance(f, Started)}
    for closing in closes(history):
        for one in closing.transfers:
            assert one.cause.fact in facts | {closing.period}
            assert one.cause.rules == RULES.version
            assert one.id == one.cause.transfer_id()
            assert one.period == closing.period


@given(HISTORIES)
def test_agencies_owe_what_members_hold(history: History) -> None:
    """I11: nets, members' slots and debts are zero together; netting leaves nets as they are."""
    for closing in closes(history):
        nets = {agency: closing.book.balance(net(agency)) for agency in AGENCIES}
        held = sum(one.slots.carried_forward for one in closing.statements)
        assert sum(nets.values()) + held == 0
        assert {a: n for a, n in closing.netting.nets.items() if n} == {
            a: n for a, n in nets.items() if n
        }


@given(HISTORIES)
def test_every_statement_adds_up_and_goes_on_from_the_one_before(history: History) -> None:
    """I12."""
    before = {"acme": (0, -2, bytes(32)), "beta": (0, 0, bytes(32))}
    for closing in closes(history):
        assert [one.company for one in closing.statements] == list(MEMBERS)
        for one in closing.statements:
            p, s = one.points, one.slots
            assert (p.brought_forward, s.brought_forward, one.prev) == before[one.company]
            assert p.carried_forward == (
                p.brought_forward + p.earned - p.converted - p.expired - p.reversed
            )
            assert s.carried_forward == (
                s.brought_forward + s.earned + s.converted - s.expired - s.reversed
            )
            assert p.carried_forward == closing.book.balance(available("points", one.company))
            before[one.company] = (p.carried_forward, s.carried_forward, one.digest())


@given(HISTORIES)
def test_moves_state_all_that_took_effect_and_carry_the_book_forward(history: History) -> None:
    closings = closes(history)
    book = OPENING
    for count, closing in enumerate(closings):
        told = balances_of(posted(closings[: count + 1]))
        told.subtract(balances_of(posted(closings[:count])))
        moved: Counter[Account] = Counter()
        for move in closing.moves:
            moved[move.debit] -= move.count
            moved[move.credit] += move.count
        assert {a: n for a, n in moved.items() if n} == {a: n for a, n in told.items() if n}
        book = carry(book, closing.moves, closing.book)
        assert book == closing.book


@given(HISTORIES, st.integers(0, 11), st.integers(1, MONTHS - 1), st.integers(1, 28))
def test_the_auditor_who_sees_no_more_of_a_person_reaches_the_same_moves(
    history: History, number: int, month: int, day: int
) -> None:
    """Who is forgotten in an open month leaves kept facts; closed months are carried by moves.

    The monthly cap is left out: who filled it last is not known once somebody is forgotten.
    """
    assume(not _cap_was_reached(history))
    subjects = {f"ref-{number}", f"hire-{number}"}
    closed_before = closes(History(months=history.months[:month]), extra_months=0)
    before = closed_before[-1]
    period = next_period(before.period)
    open_facts = history.months[month]
    on = date.fromisoformat(f"{period}-{day:02d}")
    known_then = [fact for fact in open_facts if _day_of(fact) <= on]
    erasure = erase(
        before.book,
        known_then,
        adoptions=ADOPTIONS,
        subjects=subjects,
        on=on,
        period=period,
    )
    facts: list[Fact] = [
        *(fact for fact in open_facts if not _subjects(fact) & subjects),
        *erasure.kept,
    ]
    hub = _close(erasure.book, facts, period)
    # The auditor carries the closed months forward, then settles what is still known.
    book = OPENING
    for closing, month_facts in zip(closed_before, history.months, strict=False):
        visible = [fact for fact in month_facts if not _subjects(fact) & subjects]
        book = carry(book, closing.moves, _close(book, visible, closing.period).book)
    auditor = _close(book, facts, period)
    assert auditor.moves == hub.moves
    assert auditor.book.balances == hub.book.balances


def _close(book: Book, facts: Sequence[Fact], period: str) -> Closing:
    return settle(
        book,
        facts,
        adoptions=ADOPTIONS,
        period=period,
        members=MEMBERS,
        salt=bytes(32),
        previous={},
    )


def _day_of(fact: Fact) -> date:
    if isinstance(fact, Introduced | Withdrawn):
        return fact.at.date()
    if isinstance(fact, Started):
        return fact.confirmed_at.date()
    assert isinstance(fact, Left | OfferEnded)
    return fact.on


def _subjects(fact: Fact) -> set[str]:
    if isinstance(fact, Introduced | Withdrawn):
        return {fact.referral}
    if isinstance(fact, Started):
        return {fact.referral, fact.hire}
    assert isinstance(fact, Left | OfferEnded)
    return {fact.hire}


def _cap_was_reached(history: History) -> bool:
    per_month = Counter(
        (fact.origin, fact.at.month) for fact in history.facts() if isinstance(fact, Introduced)
    )
    return max(per_month.values(), default=0) > RULES.referrals_per_month_cap
