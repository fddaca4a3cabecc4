"""The invariants of the books: each is seen when it is broken, and settlement waits then."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.domain.errors import BooksBrokenError
from exchange.hub import Hub
from exchange.services import invariants, settlement
from exchange.store import points as rows
from exchange.store.points import ResolutionRow, RunRow, StatementRow, TransferFactRow, TransferRow
from relay_protocol.statements import Statement
from tests.story import books
from tests.story.scheme import Consortium


def breaches(hub: Hub) -> set[str]:
    with hub.reading() as work:
        return {breach.invariant for breach in invariants.check_books(work)}


@pytest.fixture
def settled(consortium: Consortium) -> Hub:
    """Return the hub of a scheme that has settled a month with one point in it."""
    hub = consortium.hub
    books.begin(hub)
    books.introduce(consortium)
    books.next_month(hub, 2)
    books.settle(hub)
    return hub


def newest(session: Session) -> RunRow:
    run = rows.newest_run(session)
    assert run is not None
    return run


def change_a_statement(session: Session) -> None:
    """Raise the points that the first member is told of, in lines that still add up."""
    row = rows.statement(session, "mirai", newest(session).period)
    assert row is not None
    raw = row.statement.replace(b'"brought_forward":0', b'"brought_forward":1', 1)
    row.statement = raw.replace(b'"carried_forward":1', b'"carried_forward":2', 1)
    row.digest = Statement.decode(row.statement).digest()


def give_a_statement_to_another(session: Session) -> None:
    mine = rows.statement(session, "mirai", newest(session).period)
    theirs = rows.statement(session, "aozora", newest(session).period)
    assert mine is not None
    assert theirs is not None
    theirs.statement = mine.statement


def lose_a_statement(session: Session) -> None:
    period = newest(session).period
    session.execute(
        delete(StatementRow).where(StatementRow.slug == "aozora", StatementRow.period == period)
    )


def lose_a_transfer(session: Session) -> None:
    for table in (ResolutionRow, TransferFactRow, TransferRow):
        session.execute(delete(table))


def lose_a_resolution(session: Session) -> None:
    session.execute(delete(ResolutionRow))


def change_a_count(session: Session) -> None:
    row = session.scalars(select(TransferRow)).one()
    assert isinstance(row.document, dict)
    row.document = {**row.document, "count": 2}


def change_a_cause(session: Session) -> None:
    session.execute(update(TransferFactRow).values(fact="int_00000000000000000000000000"))


def change_the_rules_of_a_transfer(session: Session) -> None:
    row = session.scalars(select(TransferRow)).one()
    assert isinstance(row.document, dict)
    row.document = {**row.document, "rules": "never-adopted"}


def change_the_netting(session: Session) -> None:
    run = newest(session)
    run.netting = run.netting.replace(b'"nets":[]', b'"nets":[{"agency":"sakura","slots":1}]')


def change_the_cut(session: Session) -> None:
    newest(session).cut -= 1


def forget_the_attestation(session: Session) -> None:
    newest(session).attestation_id = None


def write_nonsense(session: Session) -> None:
    newest(session).netting = b"{}"


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        (change_a_statement, {"I3", "I8", "I12"}),
        (give_a_statement_to_another, {"I8"}),
        (lose_a_statement, {"I8"}),
        (lose_a_transfer, {"I3", "I8"}),
        (lose_a_resolution, {"I3", "I8"}),
        (change_a_count, {"I3", "I8"}),
        (change_a_cause, {"I10"}),
        (change_the_rules_of_a_transfer, {"I10"}),
        (change_the_netting, {"I8"}),
        (change_the_cut, {"I8"}),
        (forget_the_attestation, {"I8"}),
        (write_nonsense, {"I8"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_given_a_row_that_was_changed_then_the_invariant_it_breaks_is_named(
    settled: Hub, spoil: Callable[[Session], None], broken: set[str]
) -> None:
    assert breaches(settled) == set()

    with settled.work() as work:
        spoil(work.session)

    assert breaches(settled) & broken == breaches(settled) != set()


def test_given_a_transfer_below_the_floor_then_no_book_is_made_of_it(settled: Hub) -> None:
    with settled.work() as work:
        row = work.session.scalars(select(TransferRow)).one()
        assert isinstance(row.document, dict)
        taken = {
            **row.document,
            "id": "taken",
            "reason": "expired",
            "debit": "points:mirai:available",
            "credit": "points:hub:expired",
            "posts_on": None,
            "count": 2,
            "fact": "2027-01",
        }
        work.session.add(TransferRow(id="taken", period="2027-01", document=taken))

    assert breaches(settled) == {"I1-I5"}


def test_given_a_breach_then_nothing_is_settled_until_it_is_mended(settled: Hub) -> None:
    with settled.work() as work:
        newest(work.session).cut += 1
    books.next_month(settled)
    settled.sequence()

    with pytest.raises(BooksBrokenError, match="I8"), settled.work() as work:
        settlement.settle_due(work)

    with settled.work() as work:
        newest(work.session).cut -= 1
    assert books.settle(settled) == 1


def test_given_sound_books_then_they_are_counted(settled: Hub) -> None:
    with settled.reading() as work:
        assert invariants.require_sound(work) == len(rows.runs(work.session))
