"""What stays of an erased person: what was final, never who, and no closed month is touched."""

import pytest
from sqlalchemy import select

from exchange.hub import Hub
from exchange.services import invariants
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from exchange.store.points import (
    ResolutionRow,
    RunRow,
    StatementRow,
    TermRow,
    TransferFactRow,
    TransferRow,
)
from tests.story import books, relays
from tests.story.scheme import Consortium


def kept(hub: Hub) -> int:
    """Return how many facts were kept without a person."""
    with hub.reading() as work:
        waiting = ledger_rows.waiting_of_kinds(work.session, ("fact.kept",))
        placed = ledger_rows.attestations_of_kinds(
            work.session, ("fact.kept",), after=-1, before=2**53, limit=100
        )
        return len(waiting) + len(placed)


def traces(hub: Hub) -> tuple[int, int]:
    """Return how many terms, and how many causes of transfers, lead to a person."""
    with hub.reading() as work:
        facts = [fact for _, fact in rows.transfers(work.session) if fact is not None]
        return len(rows.terms(work.session)), len(facts)


def named_in_books(hub: Hub, names: set[str]) -> set[str]:
    """Return those of the names that stand anywhere in the tables of the books."""
    tables = (RunRow, TransferRow, TransferFactRow, ResolutionRow, TermRow, StatementRow)
    with hub.reading() as work:
        cells = [
            str(cell)
            for table in tables
            for row in work.session.execute(select(*table.__table__.columns))
            for cell in row
        ]
    return {name for name in names if any(name in cell for cell in cells)}


def is_sound(hub: Hub) -> bool:
    with hub.reading() as work:
        return not invariants.check_books(work)


@pytest.fixture
def begun(consortium: Consortium) -> Consortium:
    """Return the consortium on the third of a month, all months before it settled."""
    books.begin(consortium.hub)
    return consortium


def test_given_an_erasure_in_the_hold_before_a_close_then_nothing_is_earned(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.introduce(begun)
    hub.sequence()

    books.erase(hub, candidate)
    books.next_month(hub, 2)
    books.settle(hub)

    assert kept(hub) == 0
    assert books.statement(hub, "mirai").points.carried_forward == 0
    assert books.audit(hub)


def test_given_an_erasure_in_the_hold_after_a_close_then_the_point_is_void(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.introduce(begun)
    books.next_month(hub)
    books.settle(hub)
    closed = books.statement(hub, "mirai")
    assert closed.points.pending == 1

    books.erase(hub, candidate)
    books.next_month(hub)
    books.settle(hub)

    told = books.statement(hub, "mirai")
    assert (told.points.pending, told.points.carried_forward) == (0, 0)
    assert books.statement(hub, "mirai", closed.period) == closed
    assert traces(hub) == (0, 0)
    assert is_sound(hub)
    assert books.audit(hub)


def test_given_an_erasure_after_the_hold_and_before_the_close_then_the_point_stands(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.introduce(begun)
    stays, _ = books.introduce(begun)
    relays.wait(hub, days=30)

    books.erase(hub, candidate)
    books.next_month(hub)
    books.settle(hub)

    assert kept(hub) == 1
    assert books.statement(hub, "mirai").points.carried_forward == 2
    assert is_sound(hub)
    assert books.audit(hub)[-1].kept == 1
    assert stays.id != candidate.id


def test_given_an_erasure_a_day_before_the_hold_ends_then_the_point_is_void(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.introduce(begun)
    relays.wait(hub, days=29)

    books.erase(hub, candidate)

    assert kept(hub) == 0


def test_given_an_erasure_in_the_guarantee_then_the_slot_comes_all_the_same(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.hire(begun)
    books.next_month(hub)
    books.settle(hub)
    assert books.statement(hub, "mirai").slots.pending == 1

    books.erase(hub, candidate)
    for _ in range(3):
        books.next_month(hub)
        books.settle(hub)

    told = books.statement(hub, "mirai").slots
    assert (told.pending, told.available) == (0, 1)
    assert traces(hub) == (0, 0)
    assert is_sound(hub)
    assert books.audit(hub)


def test_given_an_erasure_of_a_hire_before_any_close_then_the_slot_comes_all_the_same(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.hire(begun)

    # Nothing is sequenced yet: what waits in the queue counts as well.
    books.erase(hub, candidate)
    for _ in range(4):
        books.next_month(hub)
        books.settle(hub)

    assert books.statement(hub, "mirai").slots.available == 1
    assert is_sound(hub)
    assert books.audit(hub)


def test_given_an_erasure_after_the_close_then_no_closed_month_changes(begun: Consortium) -> None:
    hub = begun.hub
    ten = books.introduce_ten(begun)
    books.next_month(hub, 2)
    books.settle(hub)
    with hub.reading() as work:
        before = [(run.period, run.closing_digest) for run in rows.runs(work.session)]
        told = books.close_documents(work.session)

    for candidate, _ in ten[:3]:
        books.erase(hub, candidate)
    hub.sequence()

    with hub.reading() as work:
        assert [(run.period, run.closing_digest) for run in rows.runs(work.session)] == before
        assert books.close_documents(work.session) == told
    assert kept(hub) == 0
    assert is_sound(hub)
    assert books.audit(hub)[-1].closed == 3

    books.next_month(hub)
    books.settle(hub)
    assert books.statement(hub, "mirai").slots.available == 1
    assert books.audit(hub)


def test_given_an_erasure_then_no_row_of_the_books_names_what_led_to_the_person(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, hired = books.hire(begun)
    books.next_month(hub, 2)
    books.settle(hub)
    names = {candidate.id, candidate.referral, hired.id, hired.introduction_id}
    assert names <= named_in_books(hub, names)

    books.erase(hub, candidate)

    assert named_in_books(hub, names) == set()


def test_given_an_erasure_of_who_was_never_introduced_then_the_books_do_not_care(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate = relays.enlist(hub, begun.members[0])

    books.erase(hub, candidate)
    books.next_month(hub)
    books.settle(hub)

    assert kept(hub) == 0
    assert books.audit(hub)


def test_given_a_hire_left_and_then_erased_after_its_slot_came_then_it_is_taken_back(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, hired = books.hire(begun)
    started_on = relays.today(hub)
    books.next_month(hub, 4)
    books.settle(hub)
    assert books.statement(hub, "mirai").slots.available == 1
    introduced = books.introduction_of(hub, hired)
    relays.report(hub, begun.agencies[0], introduced, "left", started_on)

    books.erase(hub, candidate)
    books.next_month(hub)
    books.settle(hub)

    told = books.statement(hub, "mirai").slots
    assert (told.reversed, told.available) == (1, 0)
    assert is_sound(hub)
    assert books.audit(hub)
