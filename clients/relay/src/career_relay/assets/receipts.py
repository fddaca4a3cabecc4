"""Rows of receipts: our own acts as they were sent, and the proofs of what the ledger holds."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from relay_protocol.attestation import SignedAttestation


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One attestation of ours, or about us, and the proof that it was entered.

    Attributes:
        attestation: the attestation's id.
        kind: such as `referral.invited`.
        referral: the referral it speaks of, where it is one of ours; else None.
        seq: its place in the ledger; None as long as there is no proof.
        reveal: salt and signed attestation, which open the entry's commitment.
        proof: the proof as the hub gave it (JSON), "" as long as there is none.
        kept_at: when this row began.
        sent: the signed attestation as we have sent it; empty where others have made it.
        sent_at: when it was sent.
        accepted_at: when the hub said that it has taken it.
        witnessed_at: when the checkpoint was found to be cosigned by our policy's quorum.
        complaint: what was wrong with a receipt that the hub gave; "" for nothing.
        false_file: that receipt, as evidence.
    """

    attestation: str
    kind: str
    referral: str | None = None
    seq: int | None = None
    reveal: bytes = b""
    proof: str = ""
    kept_at: datetime
    sent: bytes = b""
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    witnessed_at: datetime | None = None
    complaint: str = ""
    false_file: bytes = b""


def begin(connection: sqlite3.Connection, signed: SignedAttestation, *, at: datetime) -> bool:
    """Keep an act that is about to be sent; return whether it was not known yet."""
    said = signed.attestation
    begun = connection.execute(
        """
        INSERT INTO receipt (attestation, kind, referral, reveal, proof, kept_at, sent, sent_at)
        VALUES (?, ?, (SELECT referral FROM referral WHERE referral = ?), x'', '', ?, ?, ?)
        ON CONFLICT (attestation) DO NOTHING
        """,
        (
            said.id,
            said.kind,
            said.refs.get("referral"),
            at.isoformat(),
            signed.wire,
            at.isoformat(),
        ),
    )
    return begun.rowcount == 1


def accept(connection: sqlite3.Connection, attestations: Iterable[str], *, at: datetime) -> None:
    """Note that the hub has taken acts; when it first said so counts."""
    connection.executemany(
        "UPDATE receipt SET accepted_at = coalesce(accepted_at, ?) WHERE attestation = ?",
        [(at.isoformat(), attestation) for attestation in attestations],
    )


def forget(connection: sqlite3.Connection, attestations: Iterable[str]) -> None:
    """Drop acts that were sent and that the hub has not taken."""
    connection.executemany(
        "DELETE FROM receipt WHERE attestation = ? AND proof = ''",
        [(attestation,) for attestation in attestations],
    )


def forget_about(connection: sqlite3.Connection, reference: str) -> None:
    """Drop the acts without a receipt that name what was erased: no receipt can come any more."""
    gone = [
        receipt.attestation
        for receipt in open_ones(connection, witnessed=False)
        if not receipt.proof
        and reference in SignedAttestation(wire=receipt.sent).attestation.refs.values()
    ]
    forget(connection, gone)


def keep(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep a receipt with its proof; one that was begun when its act was sent is completed."""
    connection.execute(
        """
        INSERT INTO receipt (attestation, kind, referral, seq, reveal, proof, kept_at, witnessed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (attestation) DO UPDATE SET
            seq = coalesce(excluded.seq, seq),
            reveal = CASE WHEN length(excluded.reveal) > 0 THEN excluded.reveal ELSE reveal END,
            proof = CASE WHEN excluded.proof <> '' THEN excluded.proof ELSE proof END,
            witnessed_at = coalesce(excluded.witnessed_at, witnessed_at)
        """,
        (
            receipt.attestation,
            receipt.kind,
            receipt.referral,
            receipt.seq,
            receipt.reveal,
            receipt.proof,
            receipt.kept_at.isoformat(),
            None if receipt.witnessed_at is None else receipt.witnessed_at.isoformat(),
        ),
    )


def complain(
    connection: sqlite3.Connection, attestation: str, complaint: str, false_file: bytes
) -> None:
    """Keep a receipt that the hub gave and that does not hold, and why: it is evidence."""
    connection.execute(
        "UPDATE receipt SET complaint = ?, false_file = ? WHERE attestation = ?",
        (complaint, false_file, attestation),
    )


def find(connection: sqlite3.Connection, attestation: str) -> Receipt | None:
    """Return the receipt of an attestation, or None."""
    row = connection.execute(
        "SELECT * FROM receipt WHERE attestation = ?", (attestation,)
    ).fetchone()
    return None if row is None else _receipt(row)


def every(connection: sqlite3.Connection) -> Iterator[Receipt]:
    """Yield all receipts in the order of the ledger, those that have yet to come last."""
    yield from map(
        _receipt,
        connection.execute("SELECT * FROM receipt ORDER BY seq IS NULL, seq, sent_at, attestation"),
    )


def open_ones(connection: sqlite3.Connection, *, witnessed: bool) -> Iterator[Receipt]:
    """Yield our acts whose receipt has yet to come, newest first, unanswered ones after them.

    Args:
        witnessed: whether a receipt must have been found to be witnessed; then also those that
            have not been, the acts of others among them.
    """
    rows = connection.execute(
        "SELECT * FROM receipt WHERE proof = '' OR (? AND witnessed_at IS NULL)"
        " ORDER BY proof <> '', accepted_at IS NULL, sent_at DESC, seq DESC, attestation",
        (witnessed,),
    )
    yield from map(_receipt, rows)


def last_collected(connection: sqlite3.Connection) -> int:
    """Return the place in the ledger up to which all that names us was collected, or -1."""
    (seq,) = connection.execute("SELECT seq FROM collected").fetchone()
    return int(seq)


def mark_collected(connection: sqlite3.Connection, seq: int) -> None:
    """Note that all that names us was collected up to a place in the ledger."""
    connection.execute("UPDATE collected SET seq = max(seq, ?)", (seq,))


def _receipt(row: sqlite3.Row) -> Receipt:
    return msgspec.convert(dict(row), Receipt)
