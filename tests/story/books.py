"""The books in a test: months settled by the hub, and recomputed as an auditor does it."""

from sqlalchemy.orm import Session

from exchange.hub import Hub
from exchange.services import books, ledger, settlement, subject_requests
from exchange.services.settlement_facts import ENDLESS
from exchange.store import hires as hire_rows
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from exchange.store.hires import HireRow, IntroductionRow
from relay_protocol import merkle
from relay_protocol.closes import Checked, Closes, note_gone
from relay_protocol.entry import Entry
from relay_protocol.manifest import CloseDocuments
from relay_protocol.replay import Replay
from relay_protocol.rules import add_months, month_of
from relay_protocol.statements import Statement
from tests.story import relays
from tests.story.relays import Candidate
from tests.story.scheme import Consortium


def begin(hub: Hub) -> None:
    """Go to the third of the next month, all months before it settled.

    What is introduced on that day ends its hold in the month after, and what starts on it its
    guarantee in the third month after, whatever the month.
    """
    next_month(hub)
    relays.wait(hub, days=2)
    settle(hub)


def next_month(hub: Hub, months: int = 1) -> None:
    """Go to the first day of a month to come."""
    today = relays.today(hub)
    first = add_months(today.replace(day=1), months)
    relays.wait(hub, days=(first - today).days)


def this_month(hub: Hub) -> str:
    """Return the month it is for the scheme, `YYYY-MM`."""
    return month_of(relays.today(hub))


def introduce(
    consortium: Consortium, agency: int = 0, *, origin: int = 0, hirer: int = 1
) -> tuple[Candidate, IntroductionRow]:
    """Bring somebody of a member to an introduction, today; by their places in the scheme."""
    hub, by = consortium.hub, consortium.agencies[agency]
    candidate = relays.enlist(hub, consortium.members[origin])
    claim = relays.reach(hub, candidate, by)
    return candidate, relays.introduce(hub, by, claim, consortium.members[hirer].number)


def introduce_ten(consortium: Consortium) -> list[tuple[Candidate, IntroductionRow]]:
    """Introduce ten people of the first member: six by the first agency, four by the second."""
    return [introduce(consortium, 0) for _ in range(6)] + [
        introduce(consortium, 1) for _ in range(4)
    ]


def hire(consortium: Consortium, agency: int = 0) -> tuple[Candidate, HireRow]:
    """Bring somebody of the first member to a start at the second, today, which is confirmed."""
    candidate, introduced = introduce(consortium, agency)
    started = relays.start(consortium.hub, consortium.agencies[agency], introduced)
    return candidate, relays.confirm(consortium.hub, consortium.members[1], started)


def introduction_of(hub: Hub, hired: HireRow) -> IntroductionRow:
    """Return the introduction that led to a hire."""
    with hub.reading() as work:
        row = hire_rows.introduction(work.session, hired.introduction_id, hired.agency)
    if row is None:
        raise LookupError(hired.introduction_id)
    return row


def erase(hub: Hub, candidate: Candidate) -> None:
    """Let a candidate erase themselves."""
    with hub.work() as work:
        subject_requests.erase(work, candidate.actor)


def settle(hub: Hub) -> int:
    """Settle every month that is due, as the worker does; return how many that were."""
    done = 0
    while True:
        hub.sequence()
        with hub.work() as work:
            if not settlement.settle_due(work):
                break
        done += 1
    hub.sequence()
    return done


def statement(hub: Hub, slug: str, period: str = "") -> Statement:
    """Return a company's statement of a month; of the one settled last unless it is named."""
    with hub.reading() as work:
        newest = rows.newest_run(work.session)
        if newest is None:
            raise LookupError("no month is settled")
        row = rows.statement(work.session, slug, period or newest.period)
    if row is None:
        raise LookupError(f"there is no statement of {slug}")
    return Statement.decode(row.statement)


def close_documents(session: Session) -> tuple[CloseDocuments, ...]:
    """Return what an auditor needs of every settled month, the oldest first."""
    return tuple(books.close_documents_of(session, run) for run in rows.runs(session))


def audit(hub: Hub, *, documents: tuple[CloseDocuments, ...] | None = None) -> list[Checked]:
    """Return how an auditor with every reveal that is held finds each settled month.

    Raises:
        ReplayError: a month is not what follows from the ledger.
    """
    with hub.reading() as work:
        raw = ledger_rows.entries(work.session, 0, ENDLESS)
        held = ledger_rows.held_reveals(work.session, before=ENDLESS)
        reveals = {row.seq: ledger.reveal_of(work, row) for row in held}
        told = documents or close_documents(work.session)
    replayed, first_closed = Replay(), None
    for seq, one in enumerate(raw):
        entry, reveal = Entry.decode(one), reveals.get(seq)
        signed = replayed.open(entry, None if reveal is None else reveal.encode())
        if signed is None:
            first_closed = seq if first_closed is None else first_closed
            note_gone(replayed.memory, entry)
        else:
            replayed.follow(entry, signed.attestation)
    replayed.check_end()
    closes = Closes(replayed, first_closed, {one.period: one for one in told})
    leaves = [merkle.leaf_hash(one) for one in raw]
    return [closes.check(one, merkle.root(leaves[: one.cut])) for one in replayed.settled]
