"""Rows of referrals: the private link, the letter, the consent seen, the profile posted."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from career_relay.application import Kind
from career_relay.assets.schema import StoreError
from career_relay.words import Language, Words

State = Literal["drawn", "invited", "consented", "withdrawn", "expired", "erased"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenConsent:
    """A consent as the hub showed it to us, after its proof was checked."""

    consent: str
    notice: str
    modules: tuple[str, ...]
    groups: tuple[str, ...]
    until: date
    attestation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One application passed on: what the hub knows it by, and how far it has come.

    `token` is the secret of the private link, of which the hub holds the SHA-256 only; it is
    forgotten, and "", once the link was answered.
    """

    referral: str
    application: str
    job_kind: Kind
    locale: Language
    opened_at: datetime
    expires_on: date
    token: str = field(default="", repr=False)
    state: State = "drawn"
    letter_at: datetime | None = None
    consent: SeenConsent | None = None
    consent_at: datetime | None = None
    profile_digest: str = ""
    profile_at: datetime | None = None


def draw(connection: sqlite3.Connection, referral: Referral) -> None:
    """Keep a new referral before the hub hears of it, so that a lost answer loses no link.

    Raises:
        StoreError: the application has a referral already, or is not in the store.
    """
    try:
        connection.execute(
            """
            INSERT INTO referral (
                referral, application, token, job_kind, locale, opened_at, expires_on, state
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                referral.referral,
                referral.application,
                referral.token,
                referral.job_kind,
                referral.locale,
                referral.opened_at.isoformat(),
                referral.expires_on.isoformat(),
                referral.state,
            ),
        )
    except sqlite3.IntegrityError as error:
        raise StoreError(
            Words(
                en="{key} has a referral already, or is not in the store.",
                ja="{key}はご案内済みか、保管庫にありません。",
            ).filled(key=referral.application)
        ) from error


def find(connection: sqlite3.Connection, referral: str) -> Referral | None:
    """Return a referral by its id, or None."""
    row = connection.execute("SELECT * FROM referral WHERE referral = ?", (referral,)).fetchone()
    return None if row is None else _referral(row)


def of_application(connection: sqlite3.Connection, key: str) -> Referral | None:
    """Return the referral of an application, or None."""
    row = connection.execute("SELECT * FROM referral WHERE application = ?", (key,)).fetchone()
    return None if row is None else _referral(row)


def in_states(connection: sqlite3.Connection, *states: State) -> Iterator[Referral]:
    """Yield the referrals in any of these states, or all of them where none is named."""
    wanted = states or STATES
    marks = ",".join("?" * len(wanted))
    query = f"SELECT * FROM referral WHERE state IN ({marks}) ORDER BY referral"  # noqa: S608 only ?
    for row in connection.execute(query, wanted):
        yield _referral(row)


def invited_applications(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the keys of all applications that have a referral, whatever became of it."""
    rows = connection.execute("SELECT application FROM referral")
    return frozenset(row["application"] for row in rows)


def mark_invited(connection: sqlite3.Connection, referrals: Sequence[str]) -> None:
    """Note that the hub has registered these invitations; one further on stays where it is."""
    connection.executemany(
        "UPDATE referral SET state = 'invited' WHERE referral = ? AND state = 'drawn'",
        [(referral,) for referral in referrals],
    )


def mark_letter(connection: sqlite3.Connection, referral: str, *, at: datetime) -> None:
    """Note that the letter with this referral's link has been written."""
    _one(
        connection,
        "UPDATE referral SET letter_at = ? WHERE referral = ?",
        (at.isoformat(), referral),
    )


def see_consent(
    connection: sqlite3.Connection, referral: str, consent: SeenConsent, *, at: datetime
) -> None:
    """Note a consent whose proof was checked, the one before replaced; the link has ended."""
    _one(
        connection,
        "UPDATE referral SET state = 'consented', consent = ?, consent_at = ?, token = NULL"
        " WHERE referral = ?",
        (msgspec.json.encode(consent).decode(), at.isoformat(), referral),
    )


def mark_profile(
    connection: sqlite3.Connection, referral: str, digest: str, *, at: datetime
) -> None:
    """Note what was posted for this referral, by the digest of its fields."""
    _one(
        connection,
        "UPDATE referral SET profile_digest = ?, profile_at = ? WHERE referral = ?",
        (digest, at.isoformat(), referral),
    )


def mark_ended(
    connection: sqlite3.Connection,
    referral: str,
    state: Literal["withdrawn", "expired", "erased"],
) -> None:
    """Note that nothing may be sent for this referral any more; consent and link are let go."""
    _one(
        connection,
        "UPDATE referral SET state = ?, consent = NULL, consent_at = NULL, token = NULL"
        " WHERE referral = ?",
        (state, referral),
    )


def _one(connection: sqlite3.Connection, statement: str, values: tuple[str, ...]) -> None:
    if connection.execute(statement, values).rowcount != 1:
        raise StoreError(_NO_REFERRAL)


def _referral(row: sqlite3.Row) -> Referral:
    held = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118 a Row
    if "consent" in held:
        held["consent"] = msgspec.json.decode(held["consent"])
    return msgspec.convert(held, Referral)


_NO_REFERRAL = Words(en="The store holds no such referral.", ja="保管庫にその紹介はありません。")
