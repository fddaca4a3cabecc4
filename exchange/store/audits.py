"""Rows of what auditors get, sealed to their own keys, and of what they have signed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import ORGANIZATION, Base, Instant, Octets, about

PACK = about("organization", "audit", retention="days-7")
"""A fact about an audit; the pack itself opens with the auditor's key alone."""


class PackRow(Base):
    """The newest pack of one auditor."""

    __tablename__ = "packs"

    slug: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), primary_key=True, info=PACK)
    cut: Mapped[int] = mapped_column(info=PACK)
    digest: Mapped[bytes] = mapped_column(Octets, info=PACK)
    sealed: Mapped[bytes] = mapped_column(Octets, info=PACK)
    attestation_id: Mapped[str] = mapped_column(Text, info=PACK)
    until: Mapped[date] = mapped_column(info=PACK)
    made_at: Mapped[datetime] = mapped_column(Instant, info=PACK)


class AuditRow(Base):
    """What one auditor has signed of one settled month."""

    __tablename__ = "audits"

    attestation_id: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug"), index=True, info=ORGANIZATION
    )
    period: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    verdict: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    audited_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)


def pack(session: Session, slug: str) -> PackRow | None:
    """Return the newest pack of an auditor, or None."""
    return session.get(PackRow, slug)


def forget_packs(session: Session, *, before: date | None = None) -> None:
    """Delete the packs whose last day lies before a day; without one, all of them."""
    query = delete(PackRow)
    session.execute(query if before is None else query.where(PackRow.until < before))


def audits(session: Session, slug: str, limit: int) -> Sequence[AuditRow]:
    """Return what an auditor has signed, the newest month first."""
    return session.scalars(
        select(AuditRow)
        .where(AuditRow.slug == slug)
        .order_by(AuditRow.period.desc(), AuditRow.audited_at.desc())
        .limit(limit)
    ).all()
