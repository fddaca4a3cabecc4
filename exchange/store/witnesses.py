"""Rows of the witnesses: what they cosigned, how they last answered, and the alarms."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.checkpoints import PublicationRow
from exchange.store.columns import MACHINERY, Base, Instant, Octets, Position
from exchange.store.ledger import CheckpointRow


class CosignatureRow(Base):
    """A witness's newest cosignature of one checkpoint.

    Attributes:
        witness: its name in the policy.
        line: the signature line, with its newline.
        cosigned_at: the time that the witness has signed, by its own clock.
        received_at: when it came, by the hub's.
    """

    __tablename__ = "ledger_cosignatures"

    size: Mapped[int] = mapped_column(
        Position, primary_key=True, autoincrement=False, info=MACHINERY
    )
    witness: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    line: Mapped[str] = mapped_column(Text, info=MACHINERY)
    cosigned_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)
    received_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)


class WitnessRow(Base):
    """How one witness has answered last.

    Attributes:
        size: of the last checkpoint that it is known to have cosigned.
        failure: a word for its last failure; "" while it answers.
    """

    __tablename__ = "ledger_witnesses"

    name: Mapped[str] = mapped_column(Text, primary_key=True, info=MACHINERY)
    size: Mapped[int] = mapped_column(Position, info=MACHINERY)
    succeeded_at: Mapped[datetime | None] = mapped_column(Instant, info=MACHINERY)
    failed_at: Mapped[datetime | None] = mapped_column(Instant, info=MACHINERY)
    failure: Mapped[str] = mapped_column(Text, info=MACHINERY)


class AlarmRow(Base):
    """A witness said that the ledger it was shown is not the one it knew; never deleted.

    Attributes:
        status: what it answered, as an HTTP status.
        size: of the checkpoint that it was asked to cosign.
        ours: that checkpoint, signed.
        theirs: the one that the witness holds, where it showed one of this log's.
    """

    __tablename__ = "ledger_alarms"

    id: Mapped[int] = mapped_column(Position, primary_key=True, info=MACHINERY)
    witness: Mapped[str] = mapped_column(Text, info=MACHINERY)
    status: Mapped[int] = mapped_column(Integer, info=MACHINERY)
    size: Mapped[int] = mapped_column(Position, info=MACHINERY)
    ours: Mapped[bytes] = mapped_column(Octets, info=MACHINERY)
    theirs: Mapped[bytes | None] = mapped_column(Octets, info=MACHINERY)
    raised_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant, info=MACHINERY)
    acknowledged_by: Mapped[str] = mapped_column(Text, info=MACHINERY)


def cosignatures(session: Session, size: int) -> Sequence[CosignatureRow]:
    """Return the cosignatures of a checkpoint, by the witnesses' names."""
    return session.scalars(
        select(CosignatureRow).where(CosignatureRow.size == size).order_by(CosignatureRow.witness)
    ).all()


def published(session: Session) -> tuple[CheckpointRow, Sequence[str]] | None:
    """Return the newest published checkpoint and the lines of its cosignatures, in one question.

    Returns None before the first.
    """
    newest = select(func.max(PublicationRow.size)).scalar_subquery()
    query = (
        select(CheckpointRow, CosignatureRow.line)
        .outerjoin(CosignatureRow, CosignatureRow.size == CheckpointRow.size)
        .where(CheckpointRow.size == newest)
        .order_by(CosignatureRow.witness)
    )
    found = session.execute(query).all()
    if not found:
        return None
    lines: list[str | None] = [line for _, line in found]
    # Where nobody has cosigned, the outer join gives one row without a line.
    return found[0][0], [line for line in lines if line is not None]


def cosignature(session: Session, size: int, witness: str) -> CosignatureRow | None:
    """Return a witness's cosignature of a checkpoint, or None."""
    return session.get(CosignatureRow, (size, witness))


def witness(session: Session, name: str) -> WitnessRow:
    """Return how a witness stands; a new one has cosigned nothing."""
    row = session.get(WitnessRow, name)
    if row is None:
        row = WitnessRow(name=name, size=0, succeeded_at=None, failed_at=None, failure="")
        session.add(row)
    return row


def known_witnesses(session: Session) -> dict[str, WitnessRow]:
    """Return how every witness stands that was ever asked, by name."""
    return {row.name: row for row in session.scalars(select(WitnessRow))}


def alarm(session: Session, alarm_id: int) -> AlarmRow | None:
    """Return one alarm, or None."""
    return session.get(AlarmRow, alarm_id)


def alarms(session: Session) -> Sequence[AlarmRow]:
    """Return every alarm, the newest first."""
    return session.scalars(select(AlarmRow).order_by(AlarmRow.id.desc())).all()


def open_alarms(session: Session) -> Sequence[AlarmRow]:
    """Return the alarms that nobody has acknowledged, the newest first."""
    return session.scalars(
        select(AlarmRow).where(AlarmRow.acknowledged_at.is_(None)).order_by(AlarmRow.id.desc())
    ).all()
