"""Rows of what was seen of the ledger: its key, its newest checkpoint, its public entries."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLedger:
    """The ledger as it was pinned: its key, and the newest checkpoint that was checked."""

    vkey: str
    checkpoint: bytes | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """A public entry, proven to stand in a checkpoint, and when it was first seen there."""

    seq: int
    entry: bytes
    seen_at: datetime


def ledger(connection: sqlite3.Connection) -> SeenLedger | None:
    """Return the ledger that was pinned, or None before the first contact."""
    row = connection.execute("SELECT vkey, checkpoint, seen_at FROM ledger").fetchone()
    return None if row is None else msgspec.convert(dict(row), SeenLedger)


def pin_ledger(connection: sqlite3.Connection, vkey: str, *, at: datetime) -> None:
    """Keep the ledger's key for good."""
    connection.execute(
        "INSERT INTO ledger (one, vkey, seen_at) VALUES (1, ?, ?)", (vkey, at.isoformat())
    )


def keep_checkpoint(connection: sqlite3.Connection, note: bytes, *, at: datetime) -> None:
    """Keep the newest checkpoint in the place of the one before."""
    connection.execute("UPDATE ledger SET checkpoint = ?, seen_at = ?", (note, at.isoformat()))


def keep_entry(connection: sqlite3.Connection, seq: int, entry: bytes, *, at: datetime) -> None:
    """Keep a public entry with the instant at which it was first seen in a checkpoint."""
    connection.execute(
        "INSERT INTO public_entry (seq, entry, seen_at) VALUES (?, ?, ?)",
        (seq, entry, at.isoformat()),
    )


def entries(connection: sqlite3.Connection) -> Iterator[SeenEntry]:
    """Yield the public entries in their order."""
    for row in connection.execute("SELECT seq, entry, seen_at FROM public_entry ORDER BY seq"):
        yield msgspec.convert(dict(row), SeenEntry)
