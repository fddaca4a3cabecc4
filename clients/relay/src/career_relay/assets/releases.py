"""Records of provision: which identity went to which agency, on whose consent (APPI 29)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from career_relay.assets.schema import StoreError
from career_relay.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One identity sealed for one agency; the member keeps this for three years.

    Attributes:
        claim: the claim that the candidate approved.
        referral: whose identity; the store knows the application behind it.
        agency: slug of the recipient; its name and licence stand beside it as they were then.
        consent: the consent that it rests on, and `approval` the attestation of the approval.
        envelope: the id that the envelope goes by.
        items: which parts of the identity, in the protocol's order.
        keys: `kid` of every key that it was sealed to.
        digest: of the envelope, base64url.
        message: what is posted to the hub, as JSON; None once the hub has taken it.
        released_at: when the hub took it.
        told_at: when the letter was written that tells the candidate of it.
    """

    claim: str
    referral: str
    agency: str
    agency_name: str
    licence: str
    job_kind: str
    consent: str
    approval: str
    envelope: str
    items: tuple[str, ...]
    keys: tuple[str, ...]
    digest: str
    sealed_at: datetime
    message: str | None = None
    released_at: datetime | None = None
    told_at: datetime | None = None


def keep(connection: sqlite3.Connection, release: Release) -> None:
    """Keep a release before the hub hears of it, so that a lost answer loses no record.

    Raises:
        StoreError: this claim has one already.
    """
    values = (
        release.claim,
        release.referral,
        release.agency,
        release.agency_name,
        release.licence,
        release.job_kind,
        release.consent,
        release.approval,
        release.envelope,
        msgspec.json.encode(release.items).decode(),
        msgspec.json.encode(release.keys).decode(),
        release.digest,
        release.sealed_at.isoformat(),
        release.message,
    )
    try:
        connection.execute(
            """
            INSERT INTO release (
                claim, referral, agency, agency_name, licence, job_kind, consent, approval,
                envelope, items, keys, digest, sealed_at, message
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values,
        )
    except sqlite3.IntegrityError as error:
        raise StoreError(
            Words(en="{claim} has a release already.", ja="{claim}は開示済みです。").filled(
                claim=release.claim
            )
        ) from error


def find(connection: sqlite3.Connection, claim: str) -> Release | None:
    """Return the release of a claim, or None."""
    row = connection.execute("SELECT * FROM release WHERE claim = ?", (claim,)).fetchone()
    return None if row is None else _release(row)


def every(connection: sqlite3.Connection) -> Iterator[Release]:
    """Yield all releases, oldest first."""
    for row in connection.execute("SELECT * FROM release ORDER BY sealed_at, claim"):
        yield _release(row)


def mark_taken(connection: sqlite3.Connection, claim: str, *, at: datetime) -> None:
    """Note that the hub has taken a release; the sealed message is let go."""
    connection.execute(
        "UPDATE release SET released_at = ?, message = NULL WHERE claim = ?",
        (at.isoformat(), claim),
    )


def mark_told(connection: sqlite3.Connection, claim: str, *, at: datetime) -> None:
    """Note that the candidate is told of a release."""
    connection.execute("UPDATE release SET told_at = ? WHERE claim = ?", (at.isoformat(), claim))


def drop_refused(connection: sqlite3.Connection, claim: str) -> None:
    """Forget a release that the hub has refused: nothing was handed over."""
    connection.execute("DELETE FROM release WHERE claim = ? AND released_at IS NULL", (claim,))


def _release(row: sqlite3.Row) -> Release:
    held = {name: row[name] for name in row.keys()}  # noqa: SIM118 a Row
    for name in ("items", "keys"):
        held[name] = msgspec.json.decode(held[name])
    return msgspec.convert(held, Release)
