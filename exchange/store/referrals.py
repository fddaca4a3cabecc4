"""Rows of the referrals: one rejected candidate passed on by one origin."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, PERSONAL, Base, Instant, Octets


class ReferralRow(Base):
    """One referral; before the answer it holds no candidate at all."""

    __tablename__ = "referrals"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    origin: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=PERSONAL)
    token_digest: Mapped[bytes] = mapped_column(Octets, unique=True, info=LINK)
    job_kind: Mapped[str] = mapped_column(Text, info=PERSONAL)
    locale: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(Text, index=True, info=PERSONAL)
    candidate_id: Mapped[str | None] = mapped_column(
        ForeignKey("candidates.id"), index=True, info=LINK
    )
    rules: Mapped[str] = mapped_column(Text, info=PERSONAL)
    invited_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)
    expires_on: Mapped[date] = mapped_column(info=PERSONAL)
    attestation_id: Mapped[str] = mapped_column(Text, info=LINK)


def referral(session: Session, referral_id: str) -> ReferralRow | None:
    """Return the referral of that id, or None."""
    return session.get(ReferralRow, referral_id)


def by_token(session: Session, digest: bytes) -> ReferralRow | None:
    """Return the referral whose invitation link has that SHA-256, or None."""
    return session.scalar(select(ReferralRow).where(ReferralRow.token_digest == digest))


def locked(session: Session, referral_id: str) -> ReferralRow | None:
    """Return a referral for writing; on PostgreSQL its row is locked until the commit."""
    return session.scalar(
        select(ReferralRow)
        .where(ReferralRow.id == referral_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def overdue(session: Session, on: date, limit: int) -> Sequence[ReferralRow]:
    """Return invitations without an answer whose last day lies before a day."""
    return session.scalars(
        select(ReferralRow)
        .where(ReferralRow.state == "invited", ReferralRow.expires_on < on)
        .order_by(ReferralRow.id)
        .limit(limit)
    ).all()


def of_candidate(session: Session, candidate_id: str) -> ReferralRow | None:
    """Return the referral through which a candidate came, or None."""
    return session.scalar(select(ReferralRow).where(ReferralRow.candidate_id == candidate_id))


def answered(
    session: Session, origin: str, *, after: str = "", limit: int = 100
) -> Sequence[ReferralRow]:
    """Return an origin's referrals that were answered with yes, by id; the silent ones never."""
    query = (
        select(ReferralRow)
        .where(
            ReferralRow.origin == origin,
            ReferralRow.candidate_id.is_not(None),
            ReferralRow.id > after,
        )
        .order_by(ReferralRow.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def counts(session: Session, origin: str) -> dict[str, int]:
    """Return how many referrals of an origin stand in each state."""
    query = (
        select(ReferralRow.state, func.count())
        .where(ReferralRow.origin == origin)
        .group_by(ReferralRow.state)
    )
    return {str(row[0]): int(row[1]) for row in session.execute(query)}
