"""The tables of the asset store, as steps: a file of any earlier step is brought up to the last."""

import sqlite3
from collections.abc import Iterator, Sequence

from career_relay.errors import RelayError
from career_relay.words import Words

# Each step is applied once, in order; PRAGMA user_version counts them. Never edit a step that
# has been released: add one.
STEPS: Sequence[str] = (
    """
    CREATE TABLE application (
        key TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        locale TEXT NOT NULL,
        name TEXT NOT NULL,
        kana TEXT NOT NULL,
        email TEXT NOT NULL,
        phone TEXT NOT NULL,
        outcome TEXT NOT NULL,
        channel TEXT NOT NULL,
        stage TEXT NOT NULL,
        applied_at TEXT,
        ended_at TEXT,
        born_on TEXT,
        content TEXT NOT NULL,
        imported_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        file TEXT NOT NULL
    ) STRICT;
    CREATE INDEX application_email ON application (email COLLATE NOCASE);

    CREATE TABLE referral (
        referral TEXT PRIMARY KEY,
        application TEXT NOT NULL UNIQUE REFERENCES application (key),
        token TEXT UNIQUE,
        job_kind TEXT NOT NULL,
        locale TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        expires_on TEXT NOT NULL,
        state TEXT NOT NULL CHECK (
            state IN ('drawn', 'invited', 'consented', 'withdrawn', 'expired', 'erased')
        ),
        letter_at TEXT,
        consent TEXT,
        consent_at TEXT,
        profile_digest TEXT,
        profile_at TEXT
    ) STRICT;

    CREATE TABLE release (
        claim TEXT PRIMARY KEY,
        referral TEXT NOT NULL REFERENCES referral (referral),
        agency TEXT NOT NULL,
        agency_name TEXT NOT NULL,
        licence TEXT NOT NULL,
        job_kind TEXT NOT NULL,
        consent TEXT NOT NULL,
        approval TEXT NOT NULL,
        envelope TEXT NOT NULL,
        items TEXT NOT NULL,
        keys TEXT NOT NULL,
        digest TEXT NOT NULL,
        sealed_at TEXT NOT NULL,
        message TEXT,
        released_at TEXT,
        told_at TEXT
    ) STRICT;

    CREATE TABLE reception (
        envelope TEXT PRIMARY KEY,
        claim TEXT NOT NULL,
        origin TEXT NOT NULL,
        origin_name TEXT NOT NULL,
        person TEXT NOT NULL,
        items TEXT NOT NULL,
        release TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        receipt TEXT
    ) STRICT;

    CREATE TABLE ledger (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        vkey TEXT NOT NULL,
        checkpoint BLOB,
        seen_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE public_entry (
        seq INTEGER PRIMARY KEY,
        entry BLOB NOT NULL,
        seen_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE receipt (
        attestation TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        referral TEXT REFERENCES referral (referral),
        seq INTEGER,
        reveal BLOB NOT NULL,
        proof TEXT NOT NULL,
        kept_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX receipt_seq ON receipt (seq);
    """,
    # What was sent is kept until its receipt says the same; the ledger is read from a place of
    # its own on, since a receipt may be fetched before all that comes before it.
    """
    ALTER TABLE receipt ADD COLUMN sent BLOB NOT NULL DEFAULT x'';
    ALTER TABLE receipt ADD COLUMN sent_at TEXT;
    ALTER TABLE receipt ADD COLUMN accepted_at TEXT;
    ALTER TABLE receipt ADD COLUMN witnessed_at TEXT;
    ALTER TABLE receipt ADD COLUMN complaint TEXT NOT NULL DEFAULT '';
    ALTER TABLE receipt ADD COLUMN false_file BLOB NOT NULL DEFAULT x'';
    CREATE INDEX receipt_open ON receipt (sent_at) WHERE proof = '';
    CREATE TABLE collected (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO collected SELECT 1, coalesce(max(seq), -1) FROM receipt;
    """,
)


class StoreError(RelayError):
    """The asset store cannot be opened, or holds something that this version cannot read."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Apply the steps that a file has not seen yet, all or none.

    Raises:
        StoreError: the file was written by a later version, or is no asset store.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        raise StoreError(_NO_DATABASE) from error
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _require_ours(version, has_tables=bool(tables))
        for step in STEPS[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _require_ours(version: int, *, has_tables: bool) -> None:
    if version > len(STEPS):
        raise StoreError(_LATER, _UPDATE)
    if version == 0 and has_tables:
        raise StoreError(_SOMETHING_ELSE, _OTHER_FILE)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; executescript() would commit after each of them."""
    held = ""
    for part in script.split(";"):
        held += part + ";"
        if sqlite3.complete_statement(held):
            yield held
            held = ""


_NO_DATABASE = Words(
    en="The store's file is no SQLite database.", ja="保管庫のファイルがSQLiteではありません。"
)
_LATER = Words(
    en="The store was written by a later version of relay.",
    ja="保管庫は、より新しいrelayで作られています。",
)
_UPDATE = Words(en="Update relay.", ja="relayを更新してください。")
_SOMETHING_ELSE = Words(
    en="The store's file is a database of something else.",
    ja="保管庫のファイルは、別の用途のデータベースです。",
)
_OTHER_FILE = Words(
    en="Name another file in relay.toml.", ja="relay.tomlで別のファイルを指定してください。"
)
