"""Rows of publication: which signed checkpoints were published, and when."""

from datetime import datetime

from sqlalchemy import Boolean, delete, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from exchange.store.columns import MACHINERY, Base, Instant, Position
from exchange.store.ledger import CheckpointRow, TileRow
from relay_protocol.tiles import FULL_WIDTH


class PublicationRow(Base):
    """A checkpoint that readers were shown; never changed, never deleted (triggers refuse).

    Attributes:
        is_quorate: whether its witnesses met the quorum at that moment.
    """

    __tablename__ = "ledger_publications"

    size: Mapped[int] = mapped_column(
        Position, primary_key=True, autoincrement=False, info=MACHINERY
    )
    published_at: Mapped[datetime] = mapped_column(Instant, info=MACHINERY)
    is_quorate: Mapped[bool] = mapped_column(Boolean, info=MACHINERY)


def checkpoint_of(session: Session, size: int) -> CheckpointRow | None:
    """Return the signed checkpoint of a size, published or not, or None."""
    return session.get(CheckpointRow, size)


def publication(session: Session, size: int) -> PublicationRow | None:
    """Return when a checkpoint was published, or None where it was not."""
    return session.get(PublicationRow, size)


def published_size(session: Session) -> int:
    """Return the size of the newest published checkpoint, 0 before the first."""
    return session.scalar(select(func.max(PublicationRow.size))) or 0


def published(session: Session) -> CheckpointRow | None:
    """Return the newest checkpoint that was published, or None before the first."""
    return session.scalar(
        select(CheckpointRow)
        .join(PublicationRow, PublicationRow.size == CheckpointRow.size)
        .order_by(CheckpointRow.size.desc())
        .limit(1)
    )


def add_publication(session: Session, size: int, at: datetime, *, is_quorate: bool) -> None:
    """Note that a checkpoint is published from now on."""
    session.add(PublicationRow(size=size, published_at=at, is_quorate=is_quorate))
    session.flush()


def prune_parts(session: Session, level: int, first: int, beyond: int) -> None:
    """Take away the partial tiles of a range at one level whose full tile stands.

    Args:
        first: index of the first tile of the range.
        beyond: index after its last.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.prune_ledger_tiles(level, first, beyond)))
        return
    whole = aliased(TileRow)
    stands = (
        select(whole.level)
        .where(
            whole.level == TileRow.level,
            whole.index == TileRow.index,
            whole.width == FULL_WIDTH,
        )
        .exists()
    )
    session.execute(
        delete(TileRow)
        .where(
            TileRow.level == level,
            TileRow.index >= first,
            TileRow.index < beyond,
            TileRow.width < FULL_WIDTH,
            stands,
        )
        .execution_options(synchronize_session=False)
    )
