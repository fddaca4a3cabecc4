"""Where the ledger names an organization, so that its own acts are found without a search."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import Select, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import MACHINERY, Base, Position
from exchange.store.ledger import AttestationRow
from relay_protocol.tiles import FULL_WIDTH

BUNDLES_AT_ONCE = 128
"""So many bundles that name an organization are asked for at once."""
TOGETHER = 16
"""So many bundles, one after another, are looked through at once: 4,096 entries."""


class ShownRow(Base):
    """Some of the 256 entries of a bundle name an organization; never changed, never deleted."""

    __tablename__ = "ledger_shown"

    slug: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    bundle: Mapped[int] = mapped_column(
        Position, primary_key=True, autoincrement=False, info=MACHINERY
    )


def attestations_of(
    session: Session, slug: str, *, after: int, before: int, limit: int
) -> Sequence[AttestationRow]:
    """Return the held attestations whose entries name an organization, after < seq < before."""
    within = range(after + 1, before)
    return _walk(session, slug, _naming(slug), within, limit=limit, backwards=False)


def newest_of(
    session: Session, slug: str, *, without: Collection[str], before: int, limit: int
) -> Sequence[AttestationRow]:
    """Return the newest held attestations whose entries name an organization, seq < before.

    Args:
        without: kinds that are left out.
    """
    query = _naming(slug).where(AttestationRow.kind.not_in(without))
    return _walk(session, slug, query, range(before), limit=limit, backwards=True)


def _naming(slug: str) -> Select[AttestationRow]:
    """Return what asks for the attestations that name an organization, wherever they stand."""
    return select(AttestationRow).where(AttestationRow.orgs.cast(Text).contains(f'"{slug}"'))


def _walk(  # one way or the other through some of the entries
    session: Session,
    slug: str,
    query: Select[AttestationRow],
    within: range,
    *,
    limit: int,
    backwards: bool,
) -> Sequence[AttestationRow]:
    """Return up to so many rows, from those bundles alone that name an organization.

    Each question is about a stretch of entries between two numbers. One question that joins
    bundles and attestations would say the same, but PostgreSQL reads all attestations for it.
    """
    seq = AttestationRow.seq
    query = query.order_by(seq.desc() if backwards else seq)
    found: list[AttestationRow] = []
    for stretch in _stretches(_bundles(session, slug, within, backwards=backwards)):
        start, end = max(stretch.start, within.start), min(stretch.stop, within.stop)
        part = query.where(seq >= start, seq < end).limit(limit - len(found))
        found += session.scalars(part)
        if len(found) == limit:
            break
    return found


def _bundles(session: Session, slug: str, within: range, *, backwards: bool) -> Iterator[int]:
    """Yield the bundles with entries within a range that name an organization, in order."""
    bundle = ShownRow.bundle
    first, last = within.start // FULL_WIDTH, (within.stop - 1) // FULL_WIDTH
    while first <= last:
        found = session.scalars(
            select(bundle)
            .where(ShownRow.slug == slug, bundle >= first, bundle <= last)
            .order_by(bundle.desc() if backwards else bundle)
            .limit(BUNDLES_AT_ONCE)
        ).all()
        yield from found
        if len(found) < BUNDLES_AT_ONCE:
            return
        first, last = (first, found[-1] - 1) if backwards else (found[-1] + 1, last)


def _stretches(bundles: Iterable[int]) -> Iterator[range]:
    """Yield the numbers of the entries of bundles, those of neighbours together."""
    beside: list[int] = []
    for bundle in bundles:
        if len(beside) == TOGETHER or (beside and abs(bundle - beside[-1]) > 1):
            yield _entries(beside)
            beside = []
        beside.append(bundle)
    if beside:
        yield _entries(beside)


def _entries(bundles: Sequence[int]) -> range:
    """Return the numbers of the entries of bundles that follow one another, either way."""
    first, last = min(bundles), max(bundles)
    return range(first * FULL_WIDTH, (last + 1) * FULL_WIDTH)
