"""The books in a test: months settled by the hub, and recomputed as an auditor does it."""

from exchange.hub import Hub
from exchange.services import books, ledger, settlement
from exchange.services.settlement_facts import ENDLESS
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from relay_protocol import merkle
from relay_protocol.closes import Checked, Closes
from relay_protocol.entry import Entry
from relay_protocol.pack import CloseDocuments
from relay_protocol.replay import Replay
from relay_protocol.statements import Statement


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


def audit(hub: Hub, *, documents: tuple[CloseDocuments, ...] | None = None) -> list[Checked]:
    """Return how an auditor with every reveal that is held finds each settled month.

    Raises:
        ReplayError: a month is not what follows from the ledger.
    """
    with hub.reading() as work:
        raw = ledger_rows.entries(work.session, 0, ENDLESS)
        held = ledger_rows.held_reveals(work.session, before=ENDLESS)
        reveals = {row.seq: ledger.reveal_of(work, row) for row in held}
        told = documents or books.close_documents(work.session)
    replayed, closed = Replay(), []
    for seq, one in enumerate(raw):
        entry, reveal = Entry.decode(one), reveals.get(seq)
        signed = replayed.open(entry, None if reveal is None else reveal.encode())
        if signed is None:
            closed.append(entry)
        else:
            replayed.follow(entry, signed)
    replayed.check_end()
    closes = Closes(
        replayed=replayed, closed=closed, documents={one.period: one for one in told}
    )
    leaves = [merkle.leaf_hash(one) for one in raw]
    return [closes.check(one, merkle.root(leaves[: one.cut])) for one in replayed.settled]
