"""Rows of the vacancies, the claims made for them and the envelopes that carry an identity."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import (
    LINK,
    ORGANIZATION,
    PERSONAL,
    Base,
    Instant,
    Json,
    JsonText,
    Octets,
    sealed_as,
)

LIVE_CLAIMS = ("open", "approved", "released")
"""States in which a claim keeps other agencies away."""


class VacancyRow(Base):
    """An agency's description of a job it fills."""

    __tablename__ = "vacancies"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    agency: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug"), index=True, info=ORGANIZATION
    )
    document: Mapped[Json] = mapped_column(JsonText, info=ORGANIZATION)
    digest: Mapped[bytes] = mapped_column(Octets, info=ORGANIZATION)
    state: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    created_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)


class ClaimRow(Base):
    """One agency's exclusive request for one profile; one live claim a profile, by index."""

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "one_live_claim",
            "profile_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'approved', 'released')"),
            postgresql_where=text("state IN ('open', 'approved', 'released')"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    profile_id: Mapped[str] = mapped_column(ForeignKey("profiles.id"), index=True, info=LINK)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=PERSONAL)
    vacancy_id: Mapped[str] = mapped_column(ForeignKey("vacancies.id"), info=PERSONAL)
    pairwise_id: Mapped[str] = mapped_column(Text, info=LINK)
    job_kind: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(Text, index=True, info=PERSONAL)
    reason: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    sealed_message: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("message"))
    claimed_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)
    answered_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    released_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    claim_attestation: Mapped[str] = mapped_column(Text, info=LINK)
    bound_attestation: Mapped[str] = mapped_column(Text, info=LINK)
    approval_attestation: Mapped[str | None] = mapped_column(Text, info=LINK)
    release_attestation: Mapped[str | None] = mapped_column(Text, info=LINK)
    receipt_attestation: Mapped[str | None] = mapped_column(Text, info=LINK)


class EnvelopeRow(Base):
    """A sealed identity on its way to one agency; the hub cannot open it."""

    __tablename__ = "envelopes"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), unique=True, info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=PERSONAL)
    document: Mapped[Json | None] = mapped_column(JsonText, info=PERSONAL)
    released_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)
    opened_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)


def vacancy(session: Session, vacancy_id: str, agency: str) -> VacancyRow | None:
    """Return an agency's own vacancy, or None."""
    row = session.get(VacancyRow, vacancy_id)
    return row if row is not None and row.agency == agency else None


def vacancies(session: Session, agency: str) -> Sequence[VacancyRow]:
    """Return an agency's vacancies, newest first."""
    return session.scalars(
        select(VacancyRow)
        .where(VacancyRow.agency == agency)
        .order_by(VacancyRow.created_at.desc(), VacancyRow.id)
    ).all()


def locked(session: Session, claim_id: str) -> ClaimRow | None:
    """Return a claim for writing; on PostgreSQL its row is locked until the commit."""
    return session.scalar(select(ClaimRow).where(ClaimRow.id == claim_id).with_for_update())


def live_claim(session: Session, profile_id: str) -> ClaimRow | None:
    """Return the claim that keeps a profile from other agencies, or None."""
    return session.scalar(
        select(ClaimRow).where(ClaimRow.profile_id == profile_id, ClaimRow.state.in_(LIVE_CLAIMS))
    )


def claims_of_agency(session: Session, agency: str) -> Sequence[ClaimRow]:
    """Return an agency's claims, newest first."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.agency == agency)
        .order_by(ClaimRow.claimed_at.desc(), ClaimRow.id)
    ).all()


def claims_of_candidate(session: Session, candidate_id: str) -> Sequence[ClaimRow]:
    """Return the claims made on a candidate, newest first."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.candidate_id == candidate_id)
        .order_by(ClaimRow.claimed_at.desc(), ClaimRow.id)
    ).all()


def awaiting_release(session: Session, origin_referrals: Sequence[str]) -> Sequence[ClaimRow]:
    """Return the approved claims on those referrals, which wait for the origin's envelope."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.referral_id.in_(origin_referrals), ClaimRow.state == "approved")
        .order_by(ClaimRow.id)
    ).all()


def in_state(session: Session, state: str) -> Sequence[ClaimRow]:
    """Return every claim in one state, by id."""
    return session.scalars(
        select(ClaimRow).where(ClaimRow.state == state).order_by(ClaimRow.id)
    ).all()


def envelope(session: Session, envelope_id: str, agency: str) -> EnvelopeRow | None:
    """Return an envelope addressed to that agency, or None."""
    row = session.get(EnvelopeRow, envelope_id)
    return row if row is not None and row.agency == agency else None


def envelopes(session: Session, agency: str) -> Sequence[EnvelopeRow]:
    """Return the envelopes addressed to an agency, newest first."""
    return session.scalars(
        select(EnvelopeRow)
        .where(EnvelopeRow.agency == agency)
        .order_by(EnvelopeRow.released_at.desc(), EnvelopeRow.id)
    ).all()
