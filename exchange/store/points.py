"""Rows of transfers, lots, settlement runs and statements; nothing in them names a person."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import MACHINERY, ORGANIZATION, Base, Instant, Json, JsonText, Octets


class RunRow(Base):
    """One settlement of one period; the row that makes it exactly once."""

    __tablename__ = "settlement_runs"

    period: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    cut: Mapped[int] = mapped_column(info=MACHINERY)
    root: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    statements_root: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    netting: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)
    closing_digest: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    attestation_id: Mapped[str] = mapped_column(Text, info=MACHINERY)
    settled_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class TransferRow(Base):
    """One transfer: one account debited, one credited, a positive count."""

    __tablename__ = "transfers"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    period: Mapped[str] = mapped_column(Text, index=True, info=MACHINERY)
    document: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)


class StatementRow(Base):
    """One company's statement of one month."""

    __tablename__ = "statements"

    slug: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    period: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    document: Mapped[Json] = mapped_column(JsonText, info=ORGANIZATION)
    digest: Mapped[bytes] = mapped_column(Octets, info=ORGANIZATION)


class KeptFactRow(Base):
    """What a fact was worth, without the person, once that person is erased."""

    __tablename__ = "kept_facts"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    document: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)
    kept_on: Mapped[date] = mapped_column(info=MACHINERY)


def run(session: Session, period: str, kind: str = "close") -> RunRow | None:
    """Return the settlement of a period, or None before it ran."""
    return session.get(RunRow, (period, kind))


def runs(session: Session) -> Sequence[RunRow]:
    """Return every settlement, oldest period first."""
    return session.scalars(select(RunRow).order_by(RunRow.period, RunRow.kind)).all()


def transfers(session: Session) -> Sequence[TransferRow]:
    """Return every transfer, in the order of period and id."""
    return session.scalars(select(TransferRow).order_by(TransferRow.period, TransferRow.id)).all()


def statements(session: Session, slug: str) -> Sequence[StatementRow]:
    """Return a company's statements, newest first."""
    return session.scalars(
        select(StatementRow).where(StatementRow.slug == slug).order_by(StatementRow.period.desc())
    ).all()


def statements_of_period(session: Session, period: str) -> Sequence[StatementRow]:
    """Return every company's statement of one month, by slug."""
    return session.scalars(
        select(StatementRow).where(StatementRow.period == period).order_by(StatementRow.slug)
    ).all()


def kept_facts(session: Session) -> Sequence[KeptFactRow]:
    """Return the facts kept without a person, by id."""
    return session.scalars(select(KeptFactRow).order_by(KeptFactRow.id)).all()
