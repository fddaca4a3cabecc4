"""Rows of receipts: our own reveals with their proofs, which show what the ledger holds."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One attestation of ours, or about us: its reveal, and the proof that it was entered.

    Attributes:
        attestation: the attestation's id.
        kind: such as `referral.invited`.
        referral: the referral it speaks of, where it is one of ours; else None.
        seq: its place in the ledger; None as long as it is only accepted.
        reveal: salt and signed attestation, which open the entry's commitment.
        proof: the proof as the hub gave it (JSON), "" as long as there is none.
    """

    attestation: str
    kind: str
    referral: str | None = None
    seq: int | None = None
    reveal: bytes = b""
    proof: str = ""
    kept_at: datetime


def keep(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep a receipt; one kept before its entry was sequenced is completed."""
    connection.execute(
        """
        INSERT INTO receipt (attestation, kind, referral, seq, reveal, proof, kept_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (attestation) DO UPDATE SET
            seq = coalesce(excluded.seq, seq),
            reveal = CASE WHEN length(excluded.reveal) > 0 THEN excluded.reveal ELSE reveal END,
            proof = CASE WHEN excluded.proof <> '' THEN excluded.proof ELSE proof END
        """,
        (
            receipt.attestation,
            receipt.kind,
            receipt.referral,
            receipt.seq,
            receipt.reveal,
            receipt.proof,
            receipt.kept_at.isoformat(),
        ),
    )


def find(connection: sqlite3.Connection, attestation: str) -> Receipt | None:
    """Return the receipt of an attestation, or None."""
    row = connection.execute(
        "SELECT * FROM receipt WHERE attestation = ?", (attestation,)
    ).fetchone()
    return None if row is None else msgspec.convert(dict(row), Receipt)


def of_kind(connection: sqlite3.Connection, kind: str) -> Iterator[Receipt]:
    """Yield the receipts of one kind, in the order of the ledger, unsequenced ones last."""
    rows = connection.execute(
        "SELECT * FROM receipt WHERE kind = ? ORDER BY seq IS NULL, seq, attestation", (kind,)
    )
    for row in rows:
        yield msgspec.convert(dict(row), Receipt)


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the highest place in the ledger that a receipt is kept for, or -1."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), -1) FROM receipt").fetchone()
    return int(seq)
