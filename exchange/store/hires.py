"""Rows of the introductions, their stages, and the hires reported and confirmed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, PERSONAL, Base, Instant


class IntroductionRow(Base):
    """One introduction of a candidate to a hirer, by an agency's claim."""

    __tablename__ = "introductions"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True, info=LINK)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=PERSONAL)
    hirer: Mapped[str] = mapped_column(Text, index=True, info=PERSONAL)
    job_kind: Mapped[str] = mapped_column(Text, info=PERSONAL)
    introduced_on: Mapped[date] = mapped_column(info=PERSONAL)
    stage: Mapped[str] = mapped_column(Text, info=PERSONAL)
    recorded_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)
    attestation_id: Mapped[str] = mapped_column(Text, info=LINK)


class HireRow(Base):
    """One hire: the latest event the agency reported, and who confirmed the start."""

    __tablename__ = "hires"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    introduction_id: Mapped[str] = mapped_column(
        ForeignKey("introductions.id"), unique=True, info=LINK
    )
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=PERSONAL)
    hirer: Mapped[str] = mapped_column(Text, index=True, info=PERSONAL)
    state: Mapped[str] = mapped_column(Text, info=PERSONAL)
    accepted_on: Mapped[date | None] = mapped_column(info=PERSONAL)
    started_on: Mapped[date | None] = mapped_column(info=PERSONAL)
    left_on: Mapped[date | None] = mapped_column(info=PERSONAL)
    start_attestation: Mapped[str | None] = mapped_column(Text, info=LINK)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    confirmed_by: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    changed_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)


def introduction(session: Session, introduction_id: str, agency: str) -> IntroductionRow | None:
    """Return an agency's own introduction, or None."""
    row = session.get(IntroductionRow, introduction_id)
    return row if row is not None and row.agency == agency else None


def introductions_of(session: Session, agency: str) -> Sequence[IntroductionRow]:
    """Return an agency's introductions, newest first."""
    return session.scalars(
        select(IntroductionRow)
        .where(IntroductionRow.agency == agency)
        .order_by(IntroductionRow.recorded_at.desc(), IntroductionRow.id)
    ).all()


def introductions_after(
    session: Session, agency: str, after: str, limit: int
) -> Sequence[IntroductionRow]:
    """Return a page of an agency's introductions, by id."""
    return session.scalars(
        select(IntroductionRow)
        .where(IntroductionRow.agency == agency, IntroductionRow.id > after)
        .order_by(IntroductionRow.id)
        .limit(limit)
    ).all()


def introductions_of_candidate(session: Session, candidate_id: str) -> Sequence[IntroductionRow]:
    """Return a candidate's introductions, oldest first."""
    return session.scalars(
        select(IntroductionRow)
        .where(IntroductionRow.candidate_id == candidate_id)
        .order_by(IntroductionRow.recorded_at, IntroductionRow.id)
    ).all()


def hire_of_introduction(session: Session, introduction_id: str) -> HireRow | None:
    """Return the hire that came of an introduction, or None."""
    return session.scalar(select(HireRow).where(HireRow.introduction_id == introduction_id))


def candidate_of(session: Session, hire_id: str) -> str | None:
    """Return whose hire it is, so that they can be locked before it; None if absent."""
    return session.scalar(select(HireRow.candidate_id).where(HireRow.id == hire_id))


def hire(session: Session, hire_id: str) -> HireRow | None:
    """Return a hire for writing, or None."""
    return session.scalar(
        select(HireRow)
        .where(HireRow.id == hire_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def hires_at(
    session: Session, hirer: str, *, after: str = "", limit: int = 1_000
) -> Sequence[HireRow]:
    """Return a page of the hires reported against a hirer's 法人番号, by id."""
    return session.scalars(
        select(HireRow)
        .where(HireRow.hirer == hirer, HireRow.id > after)
        .order_by(HireRow.id)
        .limit(limit)
    ).all()


def confirmed_starts(session: Session, referral_ids: Collection[str]) -> set[str]:
    """Return those of the referrals that led to a start of work which somebody confirmed."""
    return set(
        session.scalars(
            select(HireRow.referral_id).where(
                HireRow.referral_id.in_(referral_ids), HireRow.confirmed_at.is_not(None)
            )
        )
    )


def hires_of_candidate(session: Session, candidate_id: str) -> Sequence[HireRow]:
    """Return a candidate's hires, by id."""
    return session.scalars(
        select(HireRow).where(HireRow.candidate_id == candidate_id).order_by(HireRow.id)
    ).all()
