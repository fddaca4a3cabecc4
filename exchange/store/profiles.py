"""Rows of the profiles and of the pairwise ids under which agencies see them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import (
    LINK,
    MACHINERY,
    PERSONAL,
    Base,
    Instant,
    Octets,
    sealed_as,
)

LISTING_LOCK = 7_301_964_288_012
"""The advisory lock of listing on PostgreSQL; any number that nothing else uses."""


class ProfileRow(Base):
    """One profile: what the candidate wrote, what the origin added, whether it is shown."""

    __tablename__ = "profiles"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), unique=True, info=LINK)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True, info=LINK)
    origin: Mapped[str] = mapped_column(Text, info=PERSONAL)
    job_kind: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(Text, index=True, info=PERSONAL)
    sealed_form: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("form"))
    sealed_added: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("added"))
    sealed_listed: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("listed"))
    class_key: Mapped[bytes | None] = mapped_column(Octets, index=True, info=LINK)
    by_exception: Mapped[bool] = mapped_column(default=False, info=PERSONAL)
    asked_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    listed_at: Mapped[datetime | None] = mapped_column(Instant, info=PERSONAL)
    changed_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)


class PairwiseRow(Base):
    """The id under which one agency sees one profile."""

    __tablename__ = "pairwise_ids"
    __table_args__ = (UniqueConstraint("profile_id", "agency"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    profile_id: Mapped[str] = mapped_column(ForeignKey("profiles.id"), info=LINK)
    agency: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), info=PERSONAL)


class ClassCountRow(Base):
    """How many profiles of one member ask to be listed in one class; a count, of nobody."""

    __tablename__ = "class_counts"

    class_key: Mapped[bytes] = mapped_column(Octets, primary_key=True, info=MACHINERY)
    origin: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    profiles: Mapped[int] = mapped_column(info=MACHINERY)


class SkillCountRow(Base):
    """How many profiles that ask to be listed name one skill; under a keyed hash, of nobody."""

    __tablename__ = "skill_counts"

    skill_key: Mapped[bytes] = mapped_column(Octets, primary_key=True, info=MACHINERY)
    profiles: Mapped[int] = mapped_column(info=MACHINERY)


def lock_listing(session: Session) -> None:
    """Take the one lock of listing until the commit, so that no count is read while it changes.

    On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LISTING_LOCK})


def profile(session: Session, profile_id: str) -> ProfileRow | None:
    """Return the profile of that id, or None."""
    return session.get(ProfileRow, profile_id)


def of_referrals(session: Session, referral_ids: Collection[str]) -> Mapping[str, ProfileRow]:
    """Return the profiles of referrals, by the referral's id."""
    rows = session.scalars(select(ProfileRow).where(ProfileRow.referral_id.in_(referral_ids)))
    return {row.referral_id: row for row in rows}


def of_candidate(session: Session, candidate_id: str) -> ProfileRow | None:
    """Return the profile of a candidate, or None."""
    return session.scalar(select(ProfileRow).where(ProfileRow.candidate_id == candidate_id))


def in_class(session: Session, class_key: bytes, *states: str) -> Sequence[ProfileRow]:
    """Return the profiles of one class that are in one of those states."""
    return session.scalars(
        select(ProfileRow)
        .where(ProfileRow.class_key == class_key, ProfileRow.state.in_(states))
        .order_by(ProfileRow.id)
        .execution_options(populate_existing=True)
    ).all()


def in_state(session: Session, *states: str) -> Sequence[ProfileRow]:
    """Return the profiles in one of those states, by id."""
    return session.scalars(
        select(ProfileRow).where(ProfileRow.state.in_(states)).order_by(ProfileRow.id)
    ).all()


def class_size(session: Session, class_key: bytes) -> tuple[int, int]:
    """Return (profiles, members) that ask to be listed in one class."""
    row = session.execute(
        select(func.coalesce(func.sum(ClassCountRow.profiles), 0), func.count()).where(
            ClassCountRow.class_key == class_key, ClassCountRow.profiles > 0
        )
    ).one()
    return int(row[0]), int(row[1])


def class_on_show(session: Session, class_key: bytes) -> tuple[int, int]:
    """Return (profiles, members) that are shown in one class now, exceptions apart."""
    row = session.execute(
        select(func.count(), func.count(ProfileRow.origin.distinct())).where(
            ProfileRow.class_key == class_key,
            ProfileRow.state.in_(("listed", "claimed")),
            ProfileRow.by_exception.is_(False),
        )
    ).one()
    return int(row[0]), int(row[1])


def count_in_class(session: Session, class_key: bytes, origin: str, change: int) -> None:
    """Add to the counter of one class and member, in the same transaction as the profile."""
    row = session.get(ClassCountRow, (class_key, origin), populate_existing=True)
    if row is None:
        session.add(ClassCountRow(class_key=class_key, origin=origin, profiles=change))
    elif row.profiles + change == 0:
        session.delete(row)
    else:
        row.profiles += change
    session.flush()


def count_skills(session: Session, skill_keys: Iterable[bytes], change: int) -> None:
    """Add to the counters of the skills that one profile names."""
    for key in skill_keys:
        row = session.get(SkillCountRow, key, populate_existing=True)
        if row is None:
            session.add(SkillCountRow(skill_key=key, profiles=change))
        elif row.profiles + change == 0:
            session.delete(row)
        else:
            row.profiles += change
    session.flush()


def frequent_skills(session: Session, skill_keys: Collection[bytes], least: int) -> set[bytes]:
    """Return those of the skills that so many profiles name, or more."""
    return set(
        session.scalars(
            select(SkillCountRow.skill_key).where(
                SkillCountRow.skill_key.in_(skill_keys), SkillCountRow.profiles >= least
            )
        )
    )


def pairwise(session: Session, pairwise_id: str, agency: str) -> PairwiseRow | None:
    """Return what one agency's id stands for; another agency's id is as if absent."""
    row = session.get(PairwiseRow, pairwise_id)
    return row if row is not None and row.agency == agency else None
