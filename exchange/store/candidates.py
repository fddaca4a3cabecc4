"""Rows of the candidates: their link, their key and what only they gave."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.columns import LINK, PERSONAL, Base, Instant, Octets, sealed_as


class CandidateRow(Base):
    """One person who answered an invitation with yes; everything personal is under their key."""

    __tablename__ = "candidates"

    id: Mapped[str] = mapped_column(Text, primary_key=True, info=LINK)
    link_digest: Mapped[bytes] = mapped_column(Octets, unique=True, info=LINK)
    wrapped_key: Mapped[bytes] = mapped_column(Octets, info=LINK)
    locale: Mapped[str] = mapped_column(Text, info=PERSONAL)
    sealed_contact: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("contact"))
    sealed_exclusions: Mapped[bytes | None] = mapped_column(Octets, info=sealed_as("exclusions"))
    created_at: Mapped[datetime] = mapped_column(Instant, info=PERSONAL)


def candidate(session: Session, candidate_id: str) -> CandidateRow | None:
    """Return the candidate of that id, or None."""
    return session.get(CandidateRow, candidate_id)


def locked(session: Session, candidate_id: str) -> CandidateRow | None:
    """Return a candidate for writing: acts of one candidate, or about one, happen in turn."""
    return session.scalar(
        select(CandidateRow)
        .where(CandidateRow.id == candidate_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_all(session: Session, candidate_ids: Sequence[str]) -> None:
    """Take the locks of many candidates, in the order of their ids."""
    session.execute(
        select(CandidateRow.id)
        .where(CandidateRow.id.in_(candidate_ids))
        .order_by(CandidateRow.id)
        .with_for_update(key_share=True)
    )


def by_ids(session: Session, candidate_ids: Collection[str]) -> Mapping[str, CandidateRow]:
    """Return those of the candidates that are there, by their ids."""
    found = session.scalars(select(CandidateRow).where(CandidateRow.id.in_(candidate_ids)))
    return {row.id: row for row in found}


@contextmanager
def at_hand(session: Session, candidate_ids: Collection[str]) -> Iterator[None]:
    """Read many candidates at once; within the block, none of them is asked for again.

    A session forgets the rows that nobody holds.
    """
    held = by_ids(session, candidate_ids)
    yield
    del held


def by_link(session: Session, digest: bytes) -> CandidateRow | None:
    """Return the candidate whose link has that SHA-256, or None."""
    return session.scalar(select(CandidateRow).where(CandidateRow.link_digest == digest))
