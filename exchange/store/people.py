"""Rows of the people who work for an organization and sign in to the portal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Text, and_, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import STAFF, Base, Instant, Json, JsonText, Octets


class PersonRow(Base):
    """One person of an organization; their passkey counts once the organization confirmed it."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=STAFF)
    slug: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), index=True, info=STAFF)
    display_name: Mapped[str] = mapped_column(Text, info=STAFF)
    state: Mapped[str] = mapped_column(Text, info=STAFF)
    enrol_digest: Mapped[bytes | None] = mapped_column(Octets, unique=True, info=STAFF)
    enrol_until: Mapped[datetime | None] = mapped_column(Instant, info=STAFF)
    credential: Mapped[str | None] = mapped_column(Text, unique=True, info=STAFF)
    jwk: Mapped[dict[str, str] | None] = mapped_column(JsonText, info=STAFF)
    sign_count: Mapped[int] = mapped_column(default=0, info=STAFF)
    created_at: Mapped[datetime] = mapped_column(Instant, info=STAFF)
    signed_out_at: Mapped[datetime | None] = mapped_column(Instant, info=STAFF)


class PendingActRow(Base):
    """An attestation that the hub prepared and a person has yet to sign with their passkey."""

    __tablename__ = "pending_acts"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=STAFF)
    user_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True, info=STAFF)
    attestation: Mapped[bytes] = mapped_column(Octets, info=STAFF)
    form: Mapped[Json] = mapped_column(JsonText, info=STAFF)
    expires_at: Mapped[datetime] = mapped_column(Instant, info=STAFF)


class ChallengeRow(Base):
    """A challenge given out for enrolment or sign-in, good once and for minutes."""

    __tablename__ = "passkey_challenges"

    challenge: Mapped[bytes] = mapped_column(Octets, primary_key=True, info=STAFF)
    purpose: Mapped[str] = mapped_column(Text, info=STAFF)
    user_id: Mapped[str | None] = mapped_column(Text, info=STAFF)
    expires_at: Mapped[datetime] = mapped_column(Instant, info=STAFF)


def person(session: Session, user_id: str) -> PersonRow | None:
    """Return the person of that id, or None."""
    return session.get(PersonRow, user_id)


def people_of(
    session: Session, slug: str, *, after: str = "", limit: int | None = None
) -> Sequence[PersonRow]:
    """Return the people of an organization, oldest first.

    Args:
        after: id of the person after whom to begin; "" for the first.
        limit: how many at most; None for all.
    """
    query = select(PersonRow).where(PersonRow.slug == slug)
    last = person(session, after)
    if last is not None:
        query = query.where(
            or_(
                PersonRow.created_at > last.created_at,
                and_(PersonRow.created_at == last.created_at, PersonRow.id > last.id),
            )
        )
    return session.scalars(query.order_by(PersonRow.created_at, PersonRow.id).limit(limit)).all()


def by_enrolment(session: Session, digest: bytes) -> PersonRow | None:
    """Return the person whose one-time enrolment link has that digest, or None."""
    return session.scalar(select(PersonRow).where(PersonRow.enrol_digest == digest))


def by_credential(session: Session, credential: str) -> PersonRow | None:
    """Return the person who holds that passkey, or None."""
    return session.scalar(select(PersonRow).where(PersonRow.credential == credential))


def pending_act(session: Session, act_id: str, user_id: str) -> PendingActRow | None:
    """Return a person's own prepared act, or None."""
    row = session.get(PendingActRow, act_id)
    return row if row is not None and row.user_id == user_id else None


def take_challenge(session: Session, challenge: bytes, purpose: str) -> ChallengeRow | None:
    """Return a challenge and delete it, so that it serves once; None when it is not there."""
    row = session.get(ChallengeRow, challenge)
    if row is None or row.purpose != purpose:
        return None
    session.expunge(row)
    session.execute(delete(ChallengeRow).where(ChallengeRow.challenge == challenge))
    return row


def forget_stale(session: Session, now: datetime) -> None:
    """Delete challenges and prepared acts whose time is over."""
    session.execute(delete(ChallengeRow).where(ChallengeRow.expires_at < now))
    session.execute(delete(PendingActRow).where(PendingActRow.expires_at < now))
