"""Rows of settlement runs, transfers, terms and statements; what leads to a person goes with it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Text, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import (
    LINK,
    MACHINERY,
    ORGANIZATION,
    PERSONAL,
    Base,
    Instant,
    Json,
    JsonText,
    Octets,
)

SETTLEMENT_LOCK = 7_301_964_288_012
"""The advisory lock of the books on PostgreSQL; any number that nothing else uses."""
CLOSE = "close"
"""The kind of run that settles a month."""


class RunRow(Base):
    """One settlement of one period; the row that makes it exactly once."""

    __tablename__ = "settlement_runs"

    period: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    cut: Mapped[int] = mapped_column(info=MACHINERY)
    root: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    salt: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    rules: Mapped[str] = mapped_column(Text, info=MACHINERY)
    statements_root: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    netting: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    closing_digest: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    # Empty only inside the transaction that settles: it is attested last.
    attestation_id: Mapped[str | None] = mapped_column(Text, info=MACHINERY)
    settled_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class TransferRow(Base):
    """One transfer: one account debited, one credited, a positive count.

    The fact behind it stands in its own row where it leads to a person.
    """

    __tablename__ = "transfers"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    period: Mapped[str] = mapped_column(Text, index=True, info=MACHINERY)
    document: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)


class TransferFactRow(Base):
    """The introduction or hire that caused a transfer, as long as its person is known."""

    __tablename__ = "transfer_facts"

    transfer_id: Mapped[str] = mapped_column(
        ForeignKey("transfers.id"), primary_key=True, info=LINK
    )
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    fact: Mapped[str] = mapped_column(Text, info=LINK)


class ResolutionRow(Base):
    """What became of a pending transfer: once, by its key."""

    __tablename__ = "resolutions"

    transfer_id: Mapped[str] = mapped_column(
        ForeignKey("transfers.id"), primary_key=True, info=MACHINERY
    )
    period: Mapped[str] = mapped_column(Text, index=True, info=MACHINERY)
    document: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)


class TermRow(Base):
    """What a later fact about a person may still undo: a hold or a guarantee."""

    __tablename__ = "terms"

    lot: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    document: Mapped[Json] = mapped_column(JsonText, info=PERSONAL)


class StatementRow(Base):
    """One company's statement of one month: the bytes are the original."""

    __tablename__ = "statements"

    slug: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    period: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    statement: Mapped[bytes] = mapped_column(Octets, info=ORGANIZATION)
    digest: Mapped[bytes] = mapped_column(Octets, info=ORGANIZATION)


def lock(session: Session) -> None:
    """Take the one lock of the books until the commit: a close, or a person's erasure.

    On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SETTLEMENT_LOCK})


def run(session: Session, period: str, kind: str = CLOSE) -> RunRow | None:
    """Return the settlement of a period, or None before it ran."""
    return session.get(RunRow, (period, kind))


def runs(session: Session) -> Sequence[RunRow]:
    """Return every settlement, oldest period first."""
    return session.scalars(select(RunRow).order_by(RunRow.period, RunRow.kind)).all()


def runs_before(session: Session, before: str, limit: int) -> Sequence[RunRow]:
    """Return a page of the settlements, newest first.

    Args:
        before: only months before this one; "" for all.
    """
    query = select(RunRow).where(RunRow.kind == CLOSE)
    if before:
        query = query.where(RunRow.period < before)
    return session.scalars(query.order_by(RunRow.period.desc()).limit(limit)).all()


def newest_run(session: Session) -> RunRow | None:
    """Return the settlement of the latest period, or None before the first."""
    return session.scalar(
        select(RunRow).where(RunRow.kind == CLOSE).order_by(RunRow.period.desc()).limit(1)
    )


def transfers(session: Session) -> Sequence[tuple[TransferRow, str | None]]:
    """Return every transfer in the order of period and id, with its fact where one is known."""
    query = (
        select(TransferRow, TransferFactRow.fact)
        .outerjoin(TransferFactRow, TransferFactRow.transfer_id == TransferRow.id)
        .order_by(TransferRow.period, TransferRow.id)
    )
    return [(row, fact) for row, fact in session.execute(query)]


def known_transfers(
    session: Session, ids: Collection[str]
) -> Sequence[tuple[TransferRow, str | None]]:
    """Return those of some transfers that are written, each with its fact where one is known."""
    query = (
        select(TransferRow, TransferFactRow.fact)
        .outerjoin(TransferFactRow, TransferFactRow.transfer_id == TransferRow.id)
        .where(TransferRow.id.in_(ids))
    )
    return [(row, fact) for row, fact in session.execute(query)]


def resolutions(session: Session) -> Sequence[ResolutionRow]:
    """Return what became of pending transfers, in the order of period and transfer."""
    return session.scalars(
        select(ResolutionRow).order_by(ResolutionRow.period, ResolutionRow.transfer_id)
    ).all()


def terms(session: Session) -> Sequence[TermRow]:
    """Return what may still be undone, by lot."""
    return session.scalars(select(TermRow).order_by(TermRow.lot)).all()


def forget_terms(session: Session, lots: Collection[str]) -> None:
    """Delete the terms of some lots."""
    session.execute(delete(TermRow).where(TermRow.lot.in_(lots)))


def statement(session: Session, slug: str, period: str) -> StatementRow | None:
    """Return a company's statement of one month, or None."""
    return session.get(StatementRow, (slug, period))


def statements_before(
    session: Session, slug: str, before: str, limit: int
) -> Sequence[StatementRow]:
    """Return a page of a company's statements, newest first.

    Args:
        before: only months before this one; "" for all.
    """
    query = select(StatementRow).where(StatementRow.slug == slug)
    if before:
        query = query.where(StatementRow.period < before)
    return session.scalars(query.order_by(StatementRow.period.desc()).limit(limit)).all()


def statements_of_period(session: Session, period: str) -> Sequence[StatementRow]:
    """Return every company's statement of one month, by slug."""
    return session.scalars(
        select(StatementRow).where(StatementRow.period == period).order_by(StatementRow.slug)
    ).all()


def newest_digests(session: Session) -> dict[str, bytes]:
    """Return the digest of each company's newest statement."""
    newest = (
        select(StatementRow.slug, func.max(StatementRow.period).label("period"))
        .group_by(StatementRow.slug)
        .subquery()
    )
    query = select(StatementRow).join(
        newest, (newest.c.slug == StatementRow.slug) & (newest.c.period == StatementRow.period)
    )
    return {row.slug: row.digest for row in session.scalars(query)}
