"""From the queue into the ledger: entries in order, chained, in a tree (ledger.md §2)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from exchange.services.ledger import stored_tiles
from exchange.store import appending
from exchange.store import ledger as rows
from exchange.store.appending import Waiting
from relay_protocol import canonical, chain, merkle, tiles
from relay_protocol.entry import Entry

BATCH = 2_000
"""Most entries that one transaction sequences."""


def sequence(session: Session, *, wait: bool = True, upto: int | None = None) -> int:
    """Give the next of the queue their places in the ledger, in one transaction of their own.

    Args:
        wait: whether to wait for another sequencer; otherwise nothing is done beside it.
        upto: the last position of the queue to go to; None for all that waits.

    Returns:
        How many entries were written; 0 when nothing waits or another one is at work.
    """
    if not rows.lock_sequencer(session, wait=wait):
        return 0
    waiting = appending.queued(session, BATCH, upto=upto)
    if not waiting:
        return 0
    size = rows.size(session)
    placed = _placed(waiting, size, rows.entry(session, size - 1) if size else None)
    appending.append(session, placed)
    leaves = [merkle.leaf_hash(one.entry) for one in placed]
    grown = tiles.grow(stored_tiles(session), size, leaves)
    appending.keep_tiles(
        session, {(tile.level, tile.index, tile.width): raw for tile, raw in grown.items()}
    )
    appending.unqueue(session, [row.position for row in waiting])
    return len(placed)


def _placed(
    waiting: Sequence[Waiting], size: int, last: rows.EntryRow | None
) -> list[appending.Placed]:
    """Return the entries of a part of the queue, chained to the last one that stands."""
    prev = chain.FIRST_PREV if last is None else chain.link(last.entry)
    day = date.min if last is None else last.day
    placed = []
    for seq, row in enumerate(waiting, start=size):
        day = max(day, row.day)
        raw = _entry(row, seq, prev, day).encode()
        prev = chain.link(raw)
        placed.append(
            appending.Placed(
                seq=seq, entry=raw, day=day, attestation_id=row.attestation_id, orgs=row.orgs
            )
        )
    return placed


def _entry(row: Waiting, seq: int, prev: bytes, day: date) -> Entry:
    """Return the entry of a queued attestation at its place."""
    signed = None if row.signed is None else canonical.decode(row.signed)
    return Entry(
        seq=seq,
        prev=prev,
        day=day.isoformat(),
        kind=row.kind,
        orgs=row.orgs,
        rules=row.rules,
        signed=signed if isinstance(signed, dict) else None,
        commitment=row.commitment,
    )
