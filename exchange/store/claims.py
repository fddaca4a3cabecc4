"""Rows of the vacancies, the claims made for them and the envelopes that carry an identity."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, func, select, text
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
from exchange.store.referrals import ReferralRow

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


def vacancies_after(session: Session, agency: str, after: str, limit: int) -> Sequence[VacancyRow]:
    """Return a page of an agency's vacancies, by id."""
    return session.scalars(
        select(VacancyRow)
        .where(VacancyRow.agency == agency, VacancyRow.id > after)
        .order_by(VacancyRow.id)
        .limit(limit)
    ).all()


def candidate_of(session: Session, claim_id: str) -> str | None:
    """Return whose profile a claim is on, so that they can be locked before it; None if absent."""
    return session.scalar(select(ClaimRow.candidate_id).where(ClaimRow.id == claim_id))


def claim(session: Session, claim_id: str) -> ClaimRow | None:
    """Return the claim of that id, or None."""
    return session.get(ClaimRow, claim_id)


def locked(session: Session, claim_id: str) -> ClaimRow | None:
    """Return a claim for writing; on PostgreSQL its row is locked until the commit."""
    return session.scalar(
        select(ClaimRow)
        .where(ClaimRow.id == claim_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def open_count(session: Session, agency: str) -> int:
    """Return how many claims of an agency wait for their candidates' answers."""
    query = (
        select(func.count())
        .select_from(ClaimRow)
        .where(ClaimRow.agency == agency, ClaimRow.state == "open")
    )
    return session.scalar(query) or 0


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


def claims_after(session: Session, agency: str, after: str, limit: int) -> Sequence[ClaimRow]:
    """Return a page of an agency's claims, by id."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.agency == agency, ClaimRow.id > after)
        .order_by(ClaimRow.id)
        .limit(limit)
    ).all()


def claims_of_candidate(session: Session, candidate_id: str) -> Sequence[ClaimRow]:
    """Return the claims made on a candidate, newest first."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.candidate_id == candidate_id)
        .order_by(ClaimRow.claimed_at.desc(), ClaimRow.id)
    ).all()


def awaiting_release(session: Session, origin: str, after: str, limit: int) -> Sequence[ClaimRow]:
    """Return a page of the approved claims that wait for an origin's envelope, by id."""
    return session.scalars(
        select(ClaimRow)
        .join(ReferralRow, ReferralRow.id == ClaimRow.referral_id)
        .where(ReferralRow.origin == origin, ClaimRow.state == "approved", ClaimRow.id > after)
        .order_by(ClaimRow.id)
        .limit(limit)
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


def envelope_of_claim(session: Session, claim_id: str) -> EnvelopeRow | None:
    """Return the envelope that carries a claim's identity, or None before the release."""
    return session.scalar(select(EnvelopeRow).where(EnvelopeRow.claim_id == claim_id))


def envelopes_after(session: Session, agency: str, after: str, limit: int) -> Sequence[EnvelopeRow]:
    """Return a page of the envelopes addressed to an agency, by id."""
    return session.scalars(
        select(EnvelopeRow)
        .where(EnvelopeRow.agency == agency, EnvelopeRow.id > after)
        .order_by(EnvelopeRow.id)
        .limit(limit)
    ).all()


def held_envelopes(session: Session, before: datetime, limit: int) -> Sequence[EnvelopeRow]:
    """Return envelopes that were released before a moment and still hold their contents."""
    return session.scalars(
        select(EnvelopeRow)
        .where(EnvelopeRow.released_at <= before, EnvelopeRow.document.is_not(None))
        .order_by(EnvelopeRow.id)
        .limit(limit)
    ).all()


def envelopes(session: Session, agency: str) -> Sequence[EnvelopeRow]:
    """Return the envelopes addressed to an agency, newest first."""
    return session.scalars(
        select(EnvelopeRow)
        .where(EnvelopeRow.agency == agency)
        .order_by(EnvelopeRow.released_at.desc(), EnvelopeRow.id)
    ).all()
