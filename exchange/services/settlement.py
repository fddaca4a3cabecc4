"""The monthly close: which months are over and not settled, and each of them settled once."""

from datetime import date
from secrets import token_bytes

from exchange.services import books, invariants, ledger, settlement_facts
from exchange.services.ledger import Fact
from exchange.services.work import Work, adoptions, local_day
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from exchange.store import scheme as scheme_rows
from exchange.store.ledger import CheckpointRow
from exchange.store.points import RunRow, StatementRow
from relay_protocol import canonical, rules, statements
from relay_protocol.canonical import Encodable, Value
from relay_protocol.settlement import Closing, settle

SALT_BYTES = 32
KEPT = ("fact.kept",)


def settle_due(work: Work, as_of: date | None = None) -> int:
    """Settle the oldest month that is over and not settled; return 1, or 0 where there is none.

    The caller has drained the ledger's queue before; the close takes account of what stands
    under the newest checkpoint.

    Args:
        as_of: settle only months that were over by that day; it is not a clock.

    Raises:
        BooksBrokenError: an invariant is broken: nothing is settled until it is mended.
    """
    rows.lock(work.session)
    checkpoint = ledger_rows.checkpoint(work.session)
    due = next_due(work, as_of)
    if checkpoint is None or due is None or _is_keeping(work, checkpoint.size):
        return 0
    invariants.require_sound(work)
    close(work, due, checkpoint)
    return 1


def next_due(work: Work, as_of: date | None = None) -> str | None:
    """Return the oldest month that is over, by the scheme's clock, and not settled; or None."""
    period = open_period(work)
    today = local_day(work)
    before = today if as_of is None else min(today, as_of)
    return period if period is not None and rules.last_day(period) < before else None


def open_period(work: Work) -> str | None:
    """Return the month that the next close settles; None before any rules were adopted.

    The first is the month in which the scheme opened, or its rules became valid if that is later.
    """
    newest = rows.newest_run(work.session)
    if newest is not None:
        return rules.next_period(newest.period)
    adopted = adoptions(work.session)
    scheme = scheme_rows.scheme(work.session)
    if not adopted or scheme is None:
        return None
    first = min(adopted, key=lambda adoption: adoption.valid_from)
    opened_on = rules.local_day(scheme.opened_at, first.rules)
    return rules.month_of(max(opened_on, first.valid_from))


def close(work: Work, period: str, checkpoint: CheckpointRow) -> RunRow:
    """Settle a month, in this transaction: run, transfers, statements and attestations.

    Args:
        period: `YYYY-MM`, the one after the month settled before.
        checkpoint: the newest; entries beyond it belong to the next close.

    Raises:
        PointsError: book and facts contradict each other.
        RulesError: no rules are in force, or a fact names unknown ones.
    """
    session = work.session
    before = rows.newest_run(session)
    salt = token_bytes(SALT_BYTES)
    closing = settle(
        books.book_of(session),
        settlement_facts.between(work, before.cut if before else 0, checkpoint.size),
        adoptions=settlement_facts.adoptions(session, checkpoint.size),
        period=period,
        members=settlement_facts.members(session, checkpoint.size),
        salt=salt,
        previous=rows.newest_digests(session),
    )
    # First the run: its key is what lets nobody settle a month a second time.
    run = _run(work, closing, checkpoint, salt)
    session.add(run)
    session.flush()
    books.write(session, closing.transfers)
    books.resolve(session, closing.resolutions)
    books.keep_terms(session, closing.book.terms)
    _keep_statements(work, closing)
    run.attestation_id = _attest(work, closing, checkpoint)
    session.flush()
    return run


def _is_keeping(work: Work, cut: int) -> bool:
    """Return whether somebody was erased so lately that what is kept lies beyond a cut.

    A close must know both what is kept and that its fact has gone, or neither.
    """
    later = ledger_rows.attestations_of_kinds(
        work.session, KEPT, after=cut - 1, before=settlement_facts.ENDLESS, limit=1
    )
    return bool(later or ledger_rows.waiting_of_kinds(work.session, KEPT))


def _run(work: Work, closing: Closing, checkpoint: CheckpointRow, salt: bytes) -> RunRow:
    """Return the row of a run, its attestation still to come."""
    return RunRow(
        period=closing.period,
        kind=rows.CLOSE,
        cut=checkpoint.size,
        root=checkpoint.root,
        salt=salt,
        rules=closing.rules,
        statements_root=statements.statements_root(closing.statements),
        netting=closing.netting.encode(),
        closing_digest=closing.digest(),
        attestation_id=None,
        settled_at=work.now,
    )


def _keep_statements(work: Work, closing: Closing) -> None:
    """Keep every member's statement, its bytes as they are."""
    for one in closing.statements:
        work.session.add(
            StatementRow(
                slug=one.company,
                period=closing.period,
                statement=one.encode(),
                digest=one.digest(),
            )
        )
    work.session.flush()


def _attest(work: Work, closing: Closing, checkpoint: CheckpointRow) -> str:
    """Attest what was moved and that the month is settled; return the latter's id."""
    settled = closing.settled_body(cut=checkpoint.size, root=checkpoint.root)
    stated = [("points.moved", move.body()) for move in closing.moves]
    facts = [
        Fact(kind=kind, body=_body(body)) for kind, body in [*stated, ("period.settled", settled)]
    ]
    return ledger.attest_all_as_hub(work, facts)[-1].id


def _body(stated: dict[str, Encodable]) -> dict[str, Value]:
    """Return the body of an attestation, as it is read back."""
    body = canonical.decode(canonical.encode(stated))
    return body if isinstance(body, dict) else {}
