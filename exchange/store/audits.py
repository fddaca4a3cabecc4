"""Rows of what auditors get, sealed to their own keys, and of what they have signed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Text, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import ORGANIZATION, Base, Instant, Octets, about
from exchange.store.ledger import AttestationRow

PACK = about("organization", "audit", retention="days-7")
"""A fact about an audit; the pack itself opens with the auditor's key alone."""
NUMBERS_AT_ONCE: Final = 10_000


class PackRow(Base):
    """The newest pack of one auditor.

    `sealed` is the first line of its file; the others are the parts of the same making.
    """

    __tablename__ = "packs"

    slug: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), primary_key=True, info=PACK)
    first: Mapped[int | None] = mapped_column(info=PACK)
    cut: Mapped[int] = mapped_column(info=PACK)
    digest: Mapped[bytes] = mapped_column(Octets, info=PACK)
    sealed: Mapped[bytes] = mapped_column(Octets, info=PACK)
    attestation_id: Mapped[str] = mapped_column(Text, info=PACK)
    until: Mapped[date] = mapped_column(info=PACK)
    made_at: Mapped[datetime] = mapped_column(Instant, info=PACK)
    making: Mapped[str | None] = mapped_column(Text, info=PACK)


class PackDraftRow(Base):
    """The pack of one auditor that is being made; without its last part it is none."""

    __tablename__ = "pack_drafts"

    slug: Mapped[str] = mapped_column(ForeignKey("organizations.slug"), primary_key=True, info=PACK)
    making: Mapped[str] = mapped_column(Text, info=PACK)
    kid: Mapped[str] = mapped_column(Text, info=PACK)
    first: Mapped[int] = mapped_column(info=PACK)
    cut: Mapped[int] = mapped_column(info=PACK)
    checkpoint: Mapped[bytes] = mapped_column(Octets, info=PACK)
    until: Mapped[date] = mapped_column(info=PACK)


class PackPartRow(Base):
    """One part of a pack; one with documents opens no entries."""

    __tablename__ = "pack_parts"

    making: Mapped[str] = mapped_column(Text, primary_key=True, info=PACK)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=PACK)
    first: Mapped[int | None] = mapped_column(info=PACK)
    last: Mapped[int | None] = mapped_column(info=PACK)
    count: Mapped[int] = mapped_column(info=PACK)
    digest: Mapped[bytes] = mapped_column(Octets, info=PACK)
    sealed: Mapped[bytes] = mapped_column(Octets, info=PACK)


class AuditRow(Base):
    """What one auditor has signed of one settled month."""

    __tablename__ = "audits"

    attestation_id: Mapped[str] = mapped_column(Text, primary_key=True, info=ORGANIZATION)
    slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug"), index=True, info=ORGANIZATION
    )
    period: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    verdict: Mapped[str] = mapped_column(Text, info=ORGANIZATION)
    audited_at: Mapped[datetime] = mapped_column(Instant, info=ORGANIZATION)


def pack(session: Session, slug: str) -> PackRow | None:
    """Return the newest pack of an auditor, or None; one of a former form is none."""
    row = session.get(PackRow, slug)
    return None if row is None or row.making is None else row


def draft_now(session: Session, slug: str, making: str) -> PackDraftRow | None:
    """Return a pack that is being made, not locked; None where it was withdrawn."""
    return session.scalar(
        select(PackDraftRow).where(PackDraftRow.slug == slug, PackDraftRow.making == making)
    )


def draft(session: Session, slug: str, making: str) -> PackDraftRow | None:
    """Return a pack that is being made, locked; None where it was withdrawn meanwhile."""
    return session.scalar(
        select(PackDraftRow)
        .where(PackDraftRow.slug == slug, PackDraftRow.making == making)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def add_part(session: Session, part: PackPartRow) -> None:
    """Write a part, and hold nothing of it in memory."""
    columns = PackPartRow.__table__.columns.keys()
    session.execute(insert(PackPartRow).values({name: getattr(part, name) for name in columns}))


def parts(session: Session, making: str) -> Iterator[tuple[int | None, int | None, int, bytes]]:
    """Yield first and last entry, count and digest of each part, in order."""
    listed = (PackPartRow.first, PackPartRow.last, PackPartRow.count, PackPartRow.digest)
    query = select(*listed).where(PackPartRow.making == making).order_by(PackPartRow.number)
    yield from map(tuple, session.execute(query))


def last_part(session: Session, making: str) -> tuple[int, int | None]:
    """Return the number of the last part so far, 0 for none, and the last entry it opens."""
    query = (
        select(PackPartRow.number, PackPartRow.last)
        .where(PackPartRow.making == making)
        .order_by(PackPartRow.number.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return (0, None) if row is None else (row.number, row.last)


def part_line(session: Session, making: str, number: int) -> bytes | None:
    """Return one line of a pack's file, or None behind its last."""
    return session.scalar(
        select(PackPartRow.sealed).where(PackPartRow.making == making, PackPartRow.number == number)
    )


def parts_size(session: Session, making: str) -> int:
    """Return how many bytes the parts of a pack have together."""
    query = select(func.sum(func.length(PackPartRow.sealed))).where(PackPartRow.making == making)
    return session.scalar(query) or 0


def held_reveals(
    session: Session, *, after: int, before: int, limit: int
) -> Sequence[AttestationRow]:
    """Return the attestations with a reveal, after < seq < before, in order."""
    return session.scalars(
        select(AttestationRow)
        .where(
            AttestationRow.seq > after,
            AttestationRow.seq < before,
            AttestationRow.reveal.is_not(None),
        )
        .order_by(AttestationRow.seq)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()


def held_numbers(session: Session, *, before: int) -> Iterator[int]:
    """Yield, in order, the seq below one of whatever is still held, clear attestations too."""
    after = -1
    while True:
        query = (
            select(AttestationRow.seq)
            .where(AttestationRow.seq > after, AttestationRow.seq < before)
            .order_by(AttestationRow.seq)
            .limit(NUMBERS_AT_ONCE)
        )
        found = [seq for seq in session.scalars(query) if seq is not None]
        yield from found
        if len(found) < NUMBERS_AT_ONCE:
            return
        after = found[-1]


def forget_draft(session: Session, slug: str) -> None:
    """Delete what there is of an auditor's pack that is being made."""
    session.execute(delete(PackDraftRow).where(PackDraftRow.slug == slug))
    forget_loose_parts(session)


def forget_packs(session: Session, *, before: date | None = None) -> None:
    """Delete the packs whose last day lies before a day; without one, all of them."""
    for row in (PackRow, PackDraftRow):
        query = delete(row)
        session.execute(query if before is None else query.where(row.until < before))
    # Only now: who makes a part holds the lock of its draft.
    forget_loose_parts(session)


def forget_loose_parts(session: Session) -> None:
    """Delete the parts of makings that no pack and no draft names any more."""
    session.execute(
        delete(PackPartRow)
        .where(
            PackPartRow.making.not_in(select(PackRow.making).where(PackRow.making.is_not(None))),
            PackPartRow.making.not_in(select(PackDraftRow.making)),
        )
        .execution_options(synchronize_session=False)
    )


def audits(session: Session, slug: str, limit: int) -> Sequence[AuditRow]:
    """Return what an auditor has signed, the newest month first."""
    return session.scalars(
        select(AuditRow)
        .where(AuditRow.slug == slug)
        .order_by(AuditRow.period.desc(), AuditRow.audited_at.desc())
        .limit(limit)
    ).all()
