"""Rows of the organizations and of the keys they registered."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import ORGANIZATION, Base, Instant, JsonText


class OrganizationRow(Base):
    """One organization: member, agency, auditor or operator."""

    __tablename__ = "organizations"

    slug: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    role: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    name: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    name_en: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    corporate_number: Mapped[str] = mapped_column(Text, unique=True, info=ORGANIZATION)
    group_number: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    licence: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    licence_until: Mapped[date | None] = mapped_column(info=ORGANIZATION)
    contact: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    state: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    admission_id: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    admitted_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)


class KeyRow(Base):
    """One public key: for signing, sealing, reveals, or a person's passkey."""

    __tablename__ = "organization_keys"

    name: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug"), index=True, info=ORGANIZATION
    )
    purpose: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    jwk: Mapped[dict[str, str]] = mapped_column(JsonText, info=ORGANIZATION)
    user_id: Mapped[str | None] = mapped_column(Text, info=ORGANIZATION)
    attestation_id: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    registered_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant, info=ORGANIZATION)


def organization(session: Session, slug: str) -> OrganizationRow | None:
    """Return the organization of that slug, or None."""
    return session.get(OrganizationRow, slug)


def lock(session: Session, slug: str) -> None:
    """Make the acts of one organization that must not happen at once happen in turn."""
    session.execute(
        select(OrganizationRow.slug)
        .where(OrganizationRow.slug == slug)
        .with_for_update(key_share=True)
    )


def locked(session: Session, slug: str, *, for_change: bool) -> OrganizationRow | None:
    """Return an organization as it stands now, and keep it so until the commit, or None.

    Acts of an organization lock it side by side; whoever suspends it or revokes one of its keys
    waits for them, and they for that. So no act comes into the queue behind what forbids it.

    Args:
        for_change: whether state or keys are about to change; otherwise it acts.
    """
    return session.scalar(
        select(OrganizationRow)
        .where(OrganizationRow.slug == slug)
        .with_for_update(read=not for_change)
        .execution_options(populate_existing=True)
    )


def by_corporate_number(session: Session, number: str) -> OrganizationRow | None:
    """Return the organization with that 法人番号, or None."""
    return session.scalar(select(OrganizationRow).where(OrganizationRow.corporate_number == number))


def organizations(
    session: Session,
    *,
    role: str | None = None,
    state: str | None = None,
    without: str = "",
    after: str = "",
    limit: int | None = None,
) -> Sequence[OrganizationRow]:
    """Return the organizations in slug order, of one role or state if asked.

    Args:
        without: a role that is left out; "" for none.
        after: only slugs that come later; "" for all.
        limit: how many at most; None for all.
    """
    query = (
        select(OrganizationRow)
        .where(OrganizationRow.slug > after, OrganizationRow.role != without)
        .order_by(OrganizationRow.slug)
        .limit(limit)
    )
    if role is not None:
        query = query.where(OrganizationRow.role == role)
    if state is not None:
        query = query.where(OrganizationRow.state == state)
    return session.scalars(query).all()


def key(session: Session, name: str) -> KeyRow | None:
    """Return the key of that kid or credential id, revoked or not, or None."""
    return session.get(KeyRow, name)


def key_now(session: Session, name: str) -> KeyRow | None:
    """Return a key as it stands now, whatever this transaction saw of it before."""
    return session.scalar(
        select(KeyRow).where(KeyRow.name == name).execution_options(populate_existing=True)
    )


def keys_ever(session: Session, slug: str, *, purpose: str) -> Sequence[KeyRow]:
    """Return an organization's keys for a purpose as they stand now, revoked or not, oldest first.

    The first one was there before all that an attestation has registered.
    """
    return session.scalars(
        select(KeyRow)
        .where(KeyRow.slug == slug, KeyRow.purpose == purpose)
        .order_by(KeyRow.attestation_id != "", KeyRow.registered_at, KeyRow.name)
        .execution_options(populate_existing=True)
    ).all()


def keys(session: Session, slug: str, *, purpose: str | None = None) -> Sequence[KeyRow]:
    """Return an organization's keys that are not revoked, oldest first."""
    query = select(KeyRow).where(KeyRow.slug == slug, KeyRow.revoked_at.is_(None))
    if purpose is not None:
        query = query.where(KeyRow.purpose == purpose)
    return session.scalars(query.order_by(KeyRow.registered_at, KeyRow.name)).all()
