"""Rows of the consents, one for each version a candidate gave."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, PERSONAL, Base, Instant, Json, JsonText


class ConsentRow(Base):
    """One version of a consent: notice, modules, field groups, until when.

    A changed consent keeps its id; its attestation tells one version from another.
    """

    __tablename__ = "consents"

    attestation_id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    id: Mapped[str] = mapped_column(Text, index=True, info=LINK)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    notice: Mapped[str] = mapped_column(Text, info=PERSONAL)
    modules: Mapped[Json] = mapped_column(JsonText, info=PERSONAL)
    groups: Mapped[Json] = mapped_column(JsonText, info=PERSONAL)
    given_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)
    until: Mapped[date] = mapped_column(info=PERSONAL)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    ended_by: Mapped[str | None] = mapped_column(Text, info=PERSONAL)


def standing(session: Session, referral_id: str) -> ConsentRow | None:
    """Return the consent of a referral that nobody has replaced or withdrawn, or None."""
    return session.scalar(
        select(ConsentRow).where(
            ConsentRow.referral_id == referral_id, ConsentRow.ended_at.is_(None)
        )
    )


def overdue(session: Session, on: date, limit: int) -> Sequence[ConsentRow]:
    """Return consents that nobody has ended and whose last day lies before a day."""
    return session.scalars(
        select(ConsentRow)
        .where(ConsentRow.ended_at.is_(None), ConsentRow.until < on)
        .order_by(ConsentRow.id)
        .limit(limit)
    ).all()


def latest(session: Session, referral_ids: Collection[str]) -> Mapping[str, ConsentRow]:
    """Return the last version of the consent of each referral that was ever answered with yes."""
    rows = session.scalars(
        select(ConsentRow)
        .where(ConsentRow.referral_id.in_(referral_ids))
        .order_by(ConsentRow.given_at, ConsentRow.ended_at.is_(None), ConsentRow.ended_at)
    )
    return {row.referral_id: row for row in rows}


def history(session: Session, candidate_id: str) -> Sequence[ConsentRow]:
    """Return every consent of a candidate, oldest first."""
    return session.scalars(
        select(ConsentRow)
        .where(ConsentRow.candidate_id == candidate_id)
        .order_by(ConsentRow.given_at, ConsentRow.ended_at.is_(None), ConsentRow.ended_at)
    ).all()
