"""Rows of the ledger: the queue, the entries, the tiles, the checkpoints and the reveals."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, func, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import (
    LINK,
    MACHINERY,
    Base,
    Instant,
    Json,
    JsonText,
    Octets,
    Position,
    sealed_as,
)

SEQUENCER_LOCK = 7_301_964_288_011
"""The advisory lock of sequencing on PostgreSQL; any number that nothing else uses."""


class QueueRow(Base):
    """An attestation that waits for its place in the ledger."""

    __tablename__ = "ledger_queue"

    position: Mapped[int] = mapped_column(Position, primary_key=True, info=MACHINERY)
    attestation_id: Mapped[str] = mapped_column(Text, unique=True, info=LINK)
    kind: Mapped[str] = mapped_column(Text, info=MACHINERY)
    orgs: Mapped[Json] = mapped_column(JsonText, info=MACHINERY)
    rules: Mapped[str] = mapped_column(Text, info=MACHINERY)
    day: Mapped[date] = mapped_column(info=MACHINERY)
    commitment: Mapped[bytes | None] = mapped_column(Octets, info=MACHINERY)
    signed: Mapped[bytes | None] = mapped_column(Octets, info=MACHINERY)
    queued_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class EntryRow(Base):
    """One entry; never changed, never deleted (triggers refuse)."""

    __tablename__ = "ledger_entries"

    seq: Mapped[int] = mapped_column(
        Position, primary_key=True, autoincrement=False, info=MACHINERY
    )
    entry: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    day: Mapped[date] = mapped_column(info=MACHINERY)


class TileRow(Base):
    """One tile of hashes, full or partial, as served."""

    __tablename__ = "ledger_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=MACHINERY)
    index: Mapped[int] = mapped_column(
        "tile_index", Position, primary_key=True, autoincrement=False, info=MACHINERY
    )
    width: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=MACHINERY)
    hashes: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)


class CheckpointRow(Base):
    """One signed checkpoint; a size has one root for ever."""

    __tablename__ = "ledger_checkpoints"

    size: Mapped[int] = mapped_column(
        Position, primary_key=True, autoincrement=False, info=MACHINERY
    )
    root: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    note: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    signed_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class AttestationRow(Base):
    """An attestation that the hub has taken, with what opens its commitment.

    A person's reveal is sealed under that person's key; the whole row goes with the person.
    """

    __tablename__ = "attestations"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    digest: Mapped[bytes] = mapped_column(Octets, info=LINK)
    kind: Mapped[str] = mapped_column(Text, info=LINK)
    orgs: Mapped[Json] = mapped_column(JsonText, info=LINK)
    seq: Mapped[int | None] = mapped_column(Position, unique=True, info=LINK)
    candidate_id: Mapped[str | None] = mapped_column(
        ForeignKey("candidates.id"), index=True, info=LINK
    )
    reveal: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("reveal"))
    recorded_at: Mapped[datetime] = mapped_column(Instant, info=LINK)


def lock_sequencer(session: Session, *, wait: bool) -> bool:
    """Take the one lock of sequencing until the commit; False when another holds it.

    On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    if wait:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEQUENCER_LOCK})
        return True
    return bool(
        session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SEQUENCER_LOCK})
    )


def waiting(session: Session, attestation_id: str) -> QueueRow | None:
    """Return what waits for its place under an attestation's id, or None."""
    return session.scalar(select(QueueRow).where(QueueRow.attestation_id == attestation_id))


def queue_length(session: Session) -> int:
    """Return how many attestations wait for their place."""
    return session.scalar(select(func.count()).select_from(QueueRow)) or 0


def oldest_queued(session: Session) -> datetime | None:
    """Return when the first of the queue was taken, or None while nothing waits."""
    return session.scalar(select(QueueRow.queued_at).order_by(QueueRow.position).limit(1))


def oldest_beyond(session: Session, size: int) -> datetime | None:
    """Return when the first attestation was taken whose entry a checkpoint does not cover.

    Args:
        size: of that checkpoint.

    Returns:
        The moment, or None where all entries are covered (or those beyond were all erased).
    """
    beyond = select(AttestationRow.recorded_at).where(AttestationRow.seq >= size)
    return session.scalar(beyond.order_by(AttestationRow.seq).limit(1))


def queue_span(session: Session) -> int:
    """Return how many attestations wait at most, without counting them.

    It is the distance from the first position to the last; numbers between them may be missing.
    """
    first = select(func.min(QueueRow.position)).scalar_subquery()
    last = select(func.max(QueueRow.position)).scalar_subquery()
    ends = session.execute(select(first, last)).one()
    return 0 if ends[0] is None else int(ends[1] - ends[0]) + 1


def size(session: Session) -> int:
    """Return the number of entries."""
    last = session.scalar(select(func.max(EntryRow.seq)))
    return 0 if last is None else last + 1


def entry(session: Session, seq: int) -> EntryRow | None:
    """Return one entry, or None beyond the end."""
    return session.get(EntryRow, seq)


def entries(session: Session, start: int, end: int) -> Sequence[bytes]:
    """Return the bytes of the entries start ≤ seq < end, in order."""
    return session.scalars(
        select(EntryRow.entry)
        .where(EntryRow.seq >= start, EntryRow.seq < end)
        .order_by(EntryRow.seq)
    ).all()


def tile(session: Session, level: int, index: int, width: int) -> bytes | None:
    """Return a tile of exactly that width, or None."""
    row = session.get(TileRow, (level, index, width))
    return None if row is None else row.hashes


def tiles_of(
    session: Session, wanted: Collection[tuple[int, int, int]]
) -> dict[tuple[int, int, int], bytes]:
    """Return those tiles that stand, of many asked for at once by (level, index, width)."""
    key = tuple_(TileRow.level, TileRow.index, TileRow.width)
    query = select(TileRow.level, TileRow.index, TileRow.width, TileRow.hashes)
    found = session.execute(query.where(key.in_(wanted)))
    return {(level, index, width): hashes for level, index, width, hashes in found}


def checkpoint(session: Session) -> CheckpointRow | None:
    """Return the newest signed checkpoint, or None before the first."""
    return session.scalar(select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1))


def attestation(session: Session, attestation_id: str) -> AttestationRow | None:
    """Return an attestation that is still held, or None."""
    return session.get(AttestationRow, attestation_id)


def placed(
    session: Session, attestation_ids: Collection[str]
) -> dict[str, tuple[AttestationRow, int, bytes]]:
    """Return those attestations that have their place, with its number and the entry's bytes."""
    query = select(AttestationRow, EntryRow.seq, EntryRow.entry).join(
        EntryRow, EntryRow.seq == AttestationRow.seq
    )
    found = session.execute(query.where(AttestationRow.id.in_(attestation_ids)))
    return {row.id: (row, seq, entry) for row, seq, entry in found}


def attestations_of_kinds(
    session: Session, kinds: Collection[str], *, after: int, before: int, limit: int
) -> Sequence[AttestationRow]:
    """Return the held attestations of some kinds, after < seq < before, in order."""
    return session.scalars(
        select(AttestationRow)
        .where(
            AttestationRow.seq > after,
            AttestationRow.seq < before,
            AttestationRow.kind.in_(kinds),
        )
        .order_by(AttestationRow.seq)
        .limit(limit)
    ).all()


def waiting_of_kinds(
    session: Session, kinds: Collection[str]
) -> Sequence[tuple[AttestationRow, QueueRow]]:
    """Return the held attestations of some kinds that wait for their place, in their order."""
    query = (
        select(AttestationRow, QueueRow)
        .join(QueueRow, QueueRow.attestation_id == AttestationRow.id)
        .where(AttestationRow.kind.in_(kinds))
        .order_by(QueueRow.position)
    )
    return [(row, queued) for row, queued in session.execute(query)]


def of_candidate(session: Session, candidate_id: str) -> Sequence[AttestationRow]:
    """Return every held attestation about a candidate, oldest first."""
    return session.scalars(
        select(AttestationRow)
        .where(AttestationRow.candidate_id == candidate_id)
        .order_by(AttestationRow.recorded_at, AttestationRow.id)
    ).all()


def held_reveals(session: Session, *, before: int) -> Sequence[AttestationRow]:
    """Return every attestation with a reveal and seq < before, in order."""
    return session.scalars(
        select(AttestationRow)
        .where(AttestationRow.seq < before, AttestationRow.reveal.is_not(None))
        .order_by(AttestationRow.seq)
    ).all()


def held_count(session: Session, *, before: int) -> int:
    """Return how many attestations are still held, clear ones too, with seq < before."""
    counted = select(func.count()).select_from(AttestationRow).where(AttestationRow.seq < before)
    return session.scalar(counted) or 0
