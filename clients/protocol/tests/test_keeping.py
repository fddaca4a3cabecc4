from collections.abc import Callable, Sequence
from datetime import date

from relay_protocol.facts import Fact, Introduced, Kept, Left, Started
from relay_protocol.keeping import Erasure, erase
from relay_protocol.moves import carry
from relay_protocol.points import Book, Resolution, available, hub_points, net
from relay_protocol.rules import Adoption
from relay_protocol.settlement import Closing

DAY = date(2026, 12, 10)
POINTS = available("points", "acme")
SLOTS = available("slots", "acme")
PERSON = {"ref-1", "hire-1"}

Close = Callable[..., Closing]
Introduce = Callable[..., Introduced]
Start = Callable[..., Started]


def forget(book: Book, facts: Sequence[Fact], on: date, adoptions: Sequence[Adoption]) -> Erasure:
    return erase(book, facts, adoptions=adoptions, subjects=PERSON, on=on, period="2027-01")


def test_who_earned_nothing_leaves_nothing(adoptions: Sequence[Adoption]) -> None:
    assert forget(Book(), [], DAY, adoptions) == Erasure(resolutions=(), kept=(), book=Book())


def test_a_referral_that_still_cools_off_is_voided(
    close: Close, introduced: Introduce, adoptions: Sequence[Adoption]
) -> None:
    december = close("2026-12", None, [introduced("ref-1", DAY), introduced("ref-2", DAY)])
    waiting = {term.subject: term.lot for term in december.book.terms}
    erasure = forget(december.book, [], date(2027, 1, 8), adoptions)
    assert erasure.resolutions == (
        Resolution(transfer=waiting["ref-1"], outcome="voided", because="erased", period="2027-01"),
    )
    assert erasure.kept == ()
    assert [one.id for one in erasure.book.pending] == [waiting["ref-2"]]
    assert [term.subject for term in erasure.book.terms] == ["ref-2"]


def test_a_referral_whose_hold_is_over_is_kept(
    close: Close, introduced: Introduce, adoptions: Sequence[Adoption]
) -> None:
    december = close("2026-12", None, [introduced("ref-1", DAY)])
    [waiting] = december.book.pending
    erasure = forget(december.book, [], date(2027, 1, 9), adoptions)
    assert erasure.kept == (
        Kept(
            lot=waiting.lot,
            debit=hub_points("issue"),
            credit=POINTS,
            count=1,
            agency="agency-x",
            due_on=date(2027, 1, 9),
            expires_on=date(2029, 1, 9),
            rules="demo-1",
        ),
    )
    assert erasure.resolutions == ()
    assert erasure.book.pending == (waiting,)
    assert erasure.book.terms == ()


def test_a_confirmed_hire_is_kept_whenever_its_guarantee_ends(
    close: Close, started: Start, adoptions: Sequence[Adoption]
) -> None:
    december = close("2026-12", None, [started("hire-1", DAY)])
    erasure = forget(december.book, [], DAY, adoptions)
    [kept] = erasure.kept
    assert (kept.debit, kept.credit, kept.due_on) == (net("agency-x"), SLOTS, date(2027, 3, 10))
    assert close("2027-03", erasure.book, erasure.kept).book.balance(SLOTS) == 1


def test_what_took_effect_in_a_closed_period_needs_nothing_to_stand(
    close: Close, introduced: Introduce, adoptions: Sequence[Adoption]
) -> None:
    """I8."""
    december = close("2026-12", None, [introduced("ref-1", date(2026, 12, 1))])
    assert december.book.balance(POINTS) == 1
    erasure = forget(december.book, [], DAY, adoptions)
    assert (erasure.kept, erasure.resolutions) == ((), ())
    assert erasure.book.lots == december.book.lots
    assert erasure.book.terms == ()


def test_facts_that_no_close_saw_yet_are_kept_in_the_same_way(
    introduced: Introduce, started: Start, adoptions: Sequence[Adoption]
) -> None:
    facts: list[Fact] = [
        introduced("ref-1", DAY),
        introduced("ref-2", DAY),
        started("hire-1", DAY),
        started("hire-2", DAY),
    ]
    early = forget(Book(), facts, date(2027, 1, 8), adoptions)
    late = forget(Book(), facts, date(2027, 1, 9), adoptions)
    assert [str(kept.credit) for kept in early.kept] == ["slots:acme:available"]
    assert sorted(str(kept.credit) for kept in late.kept) == [
        "points:acme:available",
        "slots:acme:available",
    ]
    # Nothing was written yet, so there is nothing to void.
    assert early.book == late.book == Book()
    assert early.resolutions == late.resolutions == ()


def test_a_hire_that_ended_before_is_not_kept(
    started: Start, adoptions: Sequence[Adoption]
) -> None:
    facts: list[Fact] = [started("hire-1", DAY), Left(hire="hire-1", on=DAY)]
    assert forget(Book(), facts, DAY, adoptions).kept == ()


def test_a_hire_that_ended_in_the_open_month_is_voided_though_its_end_is_forgotten(
    close: Close, started: Start, adoptions: Sequence[Adoption]
) -> None:
    december = close("2026-12", None, [started("hire-1", DAY)])
    left = Left(hire="hire-1", on=date(2027, 1, 5))
    erasure = forget(december.book, [left], date(2027, 1, 10), adoptions)
    assert [one.because for one in erasure.resolutions] == ["erased"]
    assert (erasure.kept, erasure.book) == ((), Book())


def test_a_slot_that_was_to_be_taken_back_still_is(
    close: Close, started: Start, adoptions: Sequence[Adoption]
) -> None:
    december = close("2026-12", None, [started("hire-1", date(2026, 9, 1))])
    assert december.book.balance(SLOTS) == 1
    [lot] = december.book.lots
    left = Left(hire="hire-1", on=date(2026, 11, 29))
    erasure = forget(december.book, [left], date(2027, 1, 10), adoptions)
    [kept] = erasure.kept
    assert (kept.lot, kept.debit, kept.credit, kept.is_gain()) == (
        lot.id,
        SLOTS,
        net("agency-x"),
        False,
    )
    assert erasure.book.lots == december.book.lots
    january = close("2027-01", erasure.book, [Kept.from_body(kept.body(), "demo-1")])
    assert january.book == Book()
    assert january.statements[0].slots.reversed == 1


def test_the_next_close_is_the_same_for_who_forgot_and_for_who_never_knew(
    close: Close, introduced: Introduce, started: Start, adoptions: Sequence[Adoption]
) -> None:
    facts: list[Fact] = [
        introduced("ref-1", date(2026, 12, 5)),
        introduced("ref-2", date(2026, 12, 5), "agency-y"),
        started("hire-1", date(2026, 12, 5)),
    ]
    # The hub closed December knowing everybody; then one person is forgotten.
    december = close("2026-12", None, facts)
    erasure = forget(december.book, [], date(2027, 1, 10), adoptions)
    hub = close("2027-01", erasure.book, erasure.kept)
    # The auditor sees what of it is not forgotten, and the facts that were kept.
    known = close("2026-12", None, facts[1:2])
    assert known.moves == december.moves == ()
    auditor = close("2027-01", known, erasure.kept)
    assert auditor.moves == hub.moves
    assert [move.count for move in hub.moves] == [2]
    april = close("2027-04", auditor)
    assert april.moves == close("2027-04", hub).moves
    assert april.book.balance(SLOTS) == 1


def test_a_period_closed_before_the_erasure_is_carried_forward_by_its_moves(
    close: Close, introduced: Introduce, adoptions: Sequence[Adoption]
) -> None:
    facts: list[Fact] = [
        introduced("ref-1", date(2026, 12, 1)),
        introduced("ref-2", date(2026, 12, 1)),
    ]
    december = close("2026-12", None, facts)
    erasure = forget(december.book, [], date(2027, 1, 10), adoptions)
    known = close("2026-12", None, facts[1:])
    assert known.moves != december.moves
    carried = carry(Book(), december.moves, known.book)
    assert carried == erasure.book
    assert close("2027-01", carried).moves == close("2027-01", erasure.book).moves
