"""Rows of what organizations must be told, until they acknowledge it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, ORGANIZATION, Base, Instant, Position


class TellingRow(Base):
    """One thing one organization must be told: an erasure, a withdrawal, a correction."""

    __tablename__ = "tellings"

    position: Mapped[int] = mapped_column(Position, primary_key=True, info=ORGANIZATION)
    slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug"), index=True, info=ORGANIZATION
    )
    about: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    reference: Mapped[str] = mapped_column(Text, info=LINK)
    told_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant, info=ORGANIZATION)


def unacknowledged(
    session: Session, slug: str, *, after: int = 0, limit: int = 100
) -> Sequence[TellingRow]:
    """Return what an organization has yet to acknowledge, oldest first."""
    return session.scalars(
        select(TellingRow)
        .where(
            TellingRow.slug == slug,
            TellingRow.acknowledged_at.is_(None),
            TellingRow.position > after,
        )
        .order_by(TellingRow.position)
        .limit(limit)
    ).all()


def forget(session: Session, references: Collection[str]) -> None:
    """Delete what was told about any of these ids."""
    session.execute(delete(TellingRow).where(TellingRow.reference.in_(references)))


def telling(session: Session, position: int, slug: str) -> TellingRow | None:
    """Return one of an organization's own tellings, or None."""
    row = session.get(TellingRow, position)
    return row if row is not None and row.slug == slug else None
