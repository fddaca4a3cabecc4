"""What the ledger's writers put down by many rows at once: the queue in, entries and tiles out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from exchange.store import bulk
from exchange.store.columns import Base
from exchange.store.ledger import AttestationRow, EntryRow, QueueRow, TileRow
from exchange.store.shown import ShownRow
from relay_protocol.tiles import FULL_WIDTH


class Taken(NamedTuple):
    """An attestation as the hub has just taken it: what is kept of it, and what will be shown.

    Attributes:
        orgs: slugs that the entry will show, sorted.
        reveal: as stored, a person's under that person's key; None for a clear kind.
        signed: the signed attestation that a clear entry shows.
    """

    id: str
    digest: bytes
    kind: str
    orgs: Sequence[str]
    candidate_id: str | None
    reveal: bytes | None
    commitment: bytes | None
    signed: bytes | None
    rules: str
    day: date
    at: datetime


class Waiting(NamedTuple):
    """What the queue knows of an attestation that waits for its place."""

    position: int
    attestation_id: str
    kind: str
    orgs: tuple[str, ...]
    rules: str
    day: date
    commitment: bytes | None
    signed: bytes | None


class Placed(NamedTuple):
    """An entry's bytes at its place, the attestation that it is of, and whom it names."""

    seq: int
    entry: bytes
    day: date
    attestation_id: str
    orgs: tuple[str, ...]


def record(session: Session, taken: Sequence[Taken]) -> None:
    """Keep attestations, and put them into the queue in this order."""
    orgs = [one.orgs for one in taken]
    ids, kinds = [one.id for one in taken], [one.kind for one in taken]
    moments = [one.at for one in taken]
    bulk.insert(
        session,
        _table(AttestationRow),
        {
            "id": ids,
            "digest": [one.digest for one in taken],
            "kind": kinds,
            "orgs": orgs,
            "candidate_id": [one.candidate_id for one in taken],
            "reveal": [one.reveal for one in taken],
            "recorded_at": moments,
        },
    )
    bulk.insert(
        session,
        _table(QueueRow),
        {
            "attestation_id": ids,
            "kind": kinds,
            "orgs": orgs,
            "rules": [one.rules for one in taken],
            "day": [one.day for one in taken],
            "commitment": [one.commitment for one in taken],
            "signed": [one.signed for one in taken],
            "queued_at": moments,
        },
    )


def digests(session: Session, ids: Sequence[str]) -> dict[str, bytes]:
    """Return the digests of those attestations that are held, by their ids."""
    found = bulk.select(session, _table(AttestationRow), ("id", "digest"), "id", ids)
    return {str(name): bytes(digest) for name, digest in found if isinstance(digest, bytes)}


def queued(session: Session, limit: int, *, upto: int | None = None) -> list[Waiting]:
    """Return the next of the queue, in order.

    Args:
        upto: the last position that is asked for; None for all.
    """
    query = (
        select(
            QueueRow.position,
            QueueRow.attestation_id,
            QueueRow.kind,
            QueueRow.orgs,
            QueueRow.rules,
            QueueRow.day,
            QueueRow.commitment,
            QueueRow.signed,
        )
        .order_by(QueueRow.position)
        .limit(limit)
    )
    if upto is not None:
        query = query.where(QueueRow.position <= upto)
    return [
        Waiting(
            position=position,
            attestation_id=attestation_id,
            kind=kind,
            orgs=tuple(map(str, orgs)) if isinstance(orgs, list) else (),
            rules=rules,
            day=day,
            commitment=commitment,
            signed=signed,
        )
        for position, attestation_id, kind, orgs, rules, day, commitment, signed in session.execute(
            query
        )
    ]


def queue_end(session: Session) -> int | None:
    """Return the last position of the queue as it stands; None where nothing waits."""
    return session.scalar(select(func.max(QueueRow.position)))


def append(session: Session, placed: Sequence[Placed]) -> None:
    """Write entries, where they name whom, and their attestations' seqs.

    An attestation that was erased meanwhile is passed over.

    Args:
        placed: in the order of the ledger.
    """
    seqs = [one.seq for one in placed]
    bulk.insert(
        session,
        _table(EntryRow),
        {
            "seq": seqs,
            "entry": [one.entry for one in placed],
            "day": [one.day for one in placed],
        },
    )
    shown = [
        (slug, bundle)
        for bundle, some in groupby(placed, lambda one: one.seq // FULL_WIDTH)
        for slug in sorted(set[str]().union(*(one.orgs for one in some)))
    ]
    bulk.insert(
        session,
        _table(ShownRow),
        {"slug": [slug for slug, _ in shown], "bundle": [bundle for _, bundle in shown]},
        unless_there=True,
    )
    pairs = [(one.seq, one.attestation_id) for one in placed]
    bulk.update(session, _table(AttestationRow), "seq", "id", pairs)


def keep_tiles(session: Session, grown: Mapping[tuple[int, int, int], bytes]) -> None:
    """Write tiles, by (level, index, width)."""
    bulk.insert(
        session,
        _table(TileRow),
        {
            "level": [level for level, _, _ in grown],
            "tile_index": [index for _, index, _ in grown],
            "width": [width for _, _, width in grown],
            "hashes": list(grown.values()),
        },
    )


def unqueue(session: Session, positions: Sequence[int]) -> None:
    """Take sequenced rows out of the queue: these and no others, whatever came meanwhile."""
    bulk.delete(session, _table(QueueRow), "position", positions)


def _table(rows: type[Base]) -> Table:
    """Return the table that rows stand in."""
    return Base.metadata.tables[rows.__tablename__]
