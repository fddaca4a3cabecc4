"""What must always be true of the books (slots.md, Invariants); a breach freezes settlement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exchange.domain.errors import BooksBrokenError
from exchange.services import books, ledger
from exchange.services.work import Work, adoptions
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from exchange.store.points import RunRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.errors import PointsError
from relay_protocol.moves import moves_of
from relay_protocol.netting import Netting
from relay_protocol.points import Book, Transfer, available, debt
from relay_protocol.settlement import Closing
from relay_protocol.statements import FIRST_PREV, Statement, statements_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """An invariant that does not hold, by its number, and where; no person is named."""

    invariant: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.detail}"


def check_books(work: Work) -> tuple[Breach, ...]:
    """Return every breach of the invariants; none where the books are sound."""
    return tuple(_breaches(work))


def require_sound(work: Work) -> int:
    """Return how many months are settled, all of them soundly.

    Raises:
        BooksBrokenError: an invariant does not hold.
    """
    breaches = check_books(work)
    if breaches:
        found = "; ".join(map(str, breaches))
        raise BooksBrokenError(
            f"The books do not hold: {found}.",
            mend="Settlement waits. Restore the rows from a backup, or ask for help.",
            detail_ja=f"帳簿に不整合があるため、月次精算を停止しています。詳細(英語): {found}",
            mend_ja="バックアップから復旧するか、事務局に連絡してください。",
        )
    return len(rows.runs(work.session))


def _breaches(work: Work) -> Iterator[Breach]:
    """Give every breach, of the whole first and then of each settled month."""
    try:
        # Sums, floors, lots and resolutions (I1, I2, I4, I5, I11): a book refuses to break them.
        book = books.book_of(work.session)
        posted = books.posted_by_period(work.session)
    except PointsError as error:
        yield Breach(invariant="I1-I5", detail=str(error))
        return
    yield from _causes(work)
    before: dict[str, Statement] = {}
    for run in rows.runs(work.session):
        try:
            told = _statements(work, run)
            yield from _closed(work, run, told, posted.get(run.period, []))
        except PointsError as error:
            yield Breach(invariant="I8", detail=f"{run.period}: {error}")
            return
        yield from _chained(run.period, told, before)
        before |= {one.company: one for one in told}
    yield from _carried(book, before)


def _causes(work: Work) -> Iterator[Breach]:
    """Find transfers without a fact or rules behind them (I10)."""
    versions = {adoption.rules.version for adoption in adoptions(work.session)}
    for one in books.transfers_of(work.session):
        kept = one.cause.leg.startswith("kept:")
        if one.cause.rules not in versions or (not kept and one.id != one.cause.transfer_id()):
            yield Breach(invariant="I10", detail=f"the transfer {one.id} has no cause")


def _statements(work: Work, run: RunRow) -> list[Statement]:
    """Return a month's statements; a statement whose lines do not add up is none (I12)."""
    kept = rows.statements_of_period(work.session, run.period)
    told = [Statement.decode(row.statement) for row in kept]
    for row, one in zip(kept, told, strict=True):
        if (row.slug, row.period, row.digest) != (one.company, one.period, one.digest()):
            raise PointsError(f"the statement of {row.slug} is another's")
    return told


def _closed(
    work: Work, run: RunRow, told: list[Statement], posted: list[Transfer]
) -> Iterator[Breach]:
    """Find what changed in a month since it was settled and attested (I8)."""
    closing = Closing(
        period=run.period,
        rules=run.rules,
        transfers=(),
        resolutions=(),
        moves=moves_of(posted, run.period),
        statements=tuple(told),
        netting=Netting.decode(run.netting),
        book=Book(),
    )
    if closing.digest() != run.closing_digest:
        yield Breach(invariant="I8", detail=f"{run.period} is not what was settled")
    if statements_root(told) != run.statements_root:
        yield Breach(invariant="I8", detail=f"the statements of {run.period} are others")
    if _attested(work, run) != closing.settled_body(cut=run.cut, root=run.root):
        yield Breach(invariant="I8", detail=f"{run.period} is not what was attested")


def _attested(work: Work, run: RunRow) -> Mapping[str, object]:
    """Return what the ledger says of a settled month; nothing where it does not know of it."""
    row = ledger_rows.attestation(work.session, run.attestation_id or "")
    reveal = None if row is None else ledger.reveal_of(work, row)
    return {} if reveal is None else SignedAttestation(wire=reveal.signed).attestation.body


def _chained(
    period: str, told: list[Statement], before: Mapping[str, Statement]
) -> Iterator[Breach]:
    """Find statements that do not go on from those before (I12)."""
    for one in told:
        last = before.get(one.company)
        prev = FIRST_PREV if last is None else last.digest()
        points = 0 if last is None else last.points.carried_forward
        slots = 0 if last is None else last.slots.carried_forward
        brought = (one.points.brought_forward, one.slots.brought_forward)
        if one.prev != prev or brought != (points, slots):
            detail = f"{one.company}'s statement of {period} does not follow the one before"
            yield Breach(invariant="I12", detail=detail)


def _carried(book: Book, newest: Mapping[str, Statement]) -> Iterator[Breach]:
    """Find balances that are not what the newest statements carry forward (I3)."""
    for one in newest.values():
        stated = (one.points.carried_forward, one.slots.available, one.slots.debt)
        held = (
            book.balance(available("points", one.company)),
            book.balance(available("slots", one.company)),
            book.balance(debt(one.company)),
        )
        if stated != held:
            detail = f"{one.company} has {held} and was told {stated}"
            yield Breach(invariant="I3", detail=detail)
