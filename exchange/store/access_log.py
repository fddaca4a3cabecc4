"""Rows of who looked at whose profile and when, which the candidate sees."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, PERSONAL, Base, Instant, Position


class LookRow(Base):
    """One agency saw one profile; the first look of each day is kept."""

    __tablename__ = "looks"
    __table_args__ = (UniqueConstraint("candidate_id", "agency", "day"),)

    position: Mapped[int] = mapped_column(Position, primary_key=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), info=PERSONAL)
    day: Mapped[date] = mapped_column(info=PERSONAL)
    at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)


def looked(session: Session, candidate_id: str, agency: str, day: date) -> LookRow | None:
    """Return the look of that day, or None."""
    return session.scalar(
        select(LookRow).where(
            LookRow.candidate_id == candidate_id, LookRow.agency == agency, LookRow.day == day
        )
    )


def looks(session: Session, candidate_id: str) -> Sequence[LookRow]:
    """Return who looked, newest first."""
    return session.scalars(
        select(LookRow)
        .where(LookRow.candidate_id == candidate_id)
        .order_by(LookRow.at.desc(), LookRow.position.desc())
    ).all()
