"""From the queue to a signed checkpoint, in the order that survives a crash (ledger.md §2)."""

import os
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import ledger as rows
from relay_protocol import canonical, chain, merkle, note, tiles
from relay_protocol.entry import Entry

BATCH = 1_000
"""Most entries that one transaction sequences."""


class OlderDatabaseError(Exception):
    """The database is behind, or beside, a checkpoint that was published: it must not sign."""


def sequence(session: Session, *, wait: bool = True) -> int:
    """Give the next of the queue their places in the ledger, in one transaction of their own.

    Args:
        wait: whether to wait for another sequencer; otherwise nothing is done beside it.

    Returns:
        How many entries were written; 0 when nothing waits or another one is at work.
    """
    if not rows.lock_sequencer(session, wait=wait):
        return 0
    waiting = rows.queued(session, BATCH)
    if not waiting:
        return 0
    size = rows.size(session)
    last = rows.entry(session, size - 1) if size else None
    prev = chain.FIRST_PREV if last is None else chain.link(last.entry)
    day = date.min if last is None else last.day
    leaves = []
    for seq, row in enumerate(waiting, start=size):
        day = max(day, row.day)
        raw = _entry(row, seq, prev, day).encode()
        session.add(rows.EntryRow(seq=seq, entry=raw, day=day))
        rows.place(session, row.attestation_id, seq)
        leaves.append(merkle.leaf_hash(raw))
        prev = chain.link(raw)
    for tile, hashes in tiles.grow(stored_tiles(session), size, leaves).items():
        session.add(
            rows.TileRow(level=tile.level, index=tile.index, width=tile.width, hashes=hashes)
        )
    rows.unqueue(session, [row.position for row in waiting])
    session.flush()
    return len(leaves)


def sign_checkpoint(work: Work, published: Path) -> rows.CheckpointRow | None:
    """Sign the ledger as it stands, unless that size is signed already; its own transaction.

    Args:
        published: the file, outside the database, that holds the last published checkpoint.

    Returns:
        The newest checkpoint, or None while the ledger is empty.

    Raises:
        OlderDatabaseError: the database does not contain what was published.
    """
    session = work.session
    rows.lock_sequencer(session, wait=True)
    require_published(session, work.scheme.origin, work.scheme.ledger_vkey, published)
    newest = rows.checkpoint(session)
    size = rows.size(session)
    if not size or (newest is not None and newest.size == size):
        return newest
    root = merkle.tree_root(size, tiles.nodes_of(stored_tiles(session), size))
    signer = note.SignerKey(
        name=work.scheme.origin, kind=note.ED25519, private_key=work.keyring.signing["log"]
    )
    checkpoint = note.Checkpoint(origin=work.scheme.origin, size=size, root=root)
    row = rows.CheckpointRow(
        size=size,
        root=root,
        note=note.sign_note(checkpoint.text(), signer),
        signed_at=work.now,
    )
    session.add(row)
    session.flush()
    return row


def publish(session: Session, published: Path) -> int:
    """Keep the newest stored checkpoint outside the database too; return its size.

    A transaction of its own, whose lock lets one publisher at a time replace the file, in one
    step that a crash cannot halve.

    Args:
        published: the file; it is left alone where it holds the newest checkpoint already.
    """
    rows.lock_sequencer(session, wait=True)
    newest = rows.checkpoint(session)
    if newest is None:
        return 0
    if published.exists() and published.read_bytes() == newest.note:
        return newest.size
    published.parent.mkdir(parents=True, exist_ok=True)
    beside = published.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(newest.note)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(published)
    return newest.size


def require_published(session: Session, origin: str, vkey: str, published: Path) -> None:
    """Return if the database contains the last published checkpoint.

    Raises:
        OlderDatabaseError: the database was restored from before it, or is another one.
    """
    if not published.exists():
        return
    key = note.VerifierKey.parse(vkey)
    seen, _ = note.open_checkpoint(published.read_bytes(), key)
    size = rows.size(session)
    if seen.size > size:
        message = (
            f"the ledger has {size} entries, but a checkpoint of {seen.size} was published: "
            f"this is an older database of {origin}; restore the newer one"
        )
        raise OlderDatabaseError(message)
    node = tiles.nodes_of(stored_tiles(session), size)
    if merkle.tree_root(seen.size, node) != seen.root:
        message = f"the published checkpoint of {origin} has another root than this database"
        raise OlderDatabaseError(message)


def _entry(row: rows.QueueRow, seq: int, prev: bytes, day: date) -> Entry:
    """Return the entry of a queued attestation at its place."""
    signed = None if row.signed is None else canonical.decode(row.signed)
    orgs = row.orgs if isinstance(row.orgs, list) else []
    return Entry(
        seq=seq,
        prev=prev,
        day=day.isoformat(),
        kind=row.kind,
        orgs=tuple(str(slug) for slug in orgs),
        rules=row.rules,
        signed=signed if isinstance(signed, dict) else None,
        commitment=row.commitment,
    )
