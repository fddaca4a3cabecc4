"""Records of receipt: whose identity an agency got, from whom, and how (APPI 30)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One envelope opened; the agency keeps this for three years.

    Attributes:
        claim: the claim that the candidate approved.
        origin: slug of the company that sealed it; its name stands beside it.
        person: the name in the envelope.
        items: which parts of the identity it held.
        release: the attestation by which the origin released it.
        receipt: the attestation of the receipt; None until the hub has taken it.
    """

    envelope: str
    claim: str
    origin: str
    origin_name: str
    person: str
    items: tuple[str, ...]
    release: str
    opened_at: datetime
    receipt: str | None = None


def keep(connection: sqlite3.Connection, reception: Reception) -> None:
    """Keep a reception; the first one of an envelope stands, and its receipt is added."""
    connection.execute(
        """
        INSERT INTO reception (
            envelope, claim, origin, origin_name, person, items, release, opened_at, receipt
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (envelope) DO UPDATE SET receipt = coalesce(receipt, excluded.receipt)
        """,
        (
            reception.envelope,
            reception.claim,
            reception.origin,
            reception.origin_name,
            reception.person,
            msgspec.json.encode(reception.items).decode(),
            reception.release,
            reception.opened_at.isoformat(),
            reception.receipt,
        ),
    )


def every(connection: sqlite3.Connection) -> Iterator[Reception]:
    """Yield all receptions, oldest first."""
    for row in connection.execute("SELECT * FROM reception ORDER BY opened_at, envelope"):
        held = {name: row[name] for name in row.keys()}  # noqa: SIM118 a Row
        held["items"] = msgspec.json.decode(held["items"])
        yield msgspec.convert(held, Reception)
