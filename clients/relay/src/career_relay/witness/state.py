"""What a witness has cosigned, and what it was shown against that: one file, never behind."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from career_relay.errors import RelayError
from career_relay.words import Words
from relay_protocol.note import Checkpoint, VerifierKey

AlarmKind = Literal["same-size", "inconsistent", "rollback"]

MAX_ALARMS = 1_000
_PATIENCE_S = 10.0
_OWNER_ONLY = 0o600
_APPLICATION = 0x52575331
_SCHEMA = """
CREATE TABLE identity (only INTEGER PRIMARY KEY CHECK (only = 1), vkey TEXT NOT NULL);
CREATE TABLE logs (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
    note BLOB NOT NULL, cosigned_at INTEGER NOT NULL
);
CREATE TABLE alarms (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL,
    size INTEGER NOT NULL, root BLOB NOT NULL,
    cosigned BLOB NOT NULL, shown BLOB NOT NULL, at INTEGER NOT NULL,
    UNIQUE (kind, origin, size, root)
);
"""


class WitnessStateError(RelayError):
    """The file of what was cosigned cannot be opened, or is not this witness's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """The checkpoint of a log that was cosigned last.

    Attributes:
        checkpoint: what it states.
        note: as it was signed, with the log's lines and our own.
        at: the time in our own line, Unix seconds.
    """

    checkpoint: Checkpoint
    note: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Two signed checkpoints of a log that do not go together.

    Attributes:
        number: counts up from 1.
        kind: `same-size`, which is proof against the log; `inconsistent`, which its tiles did
            not prove to follow; `rollback`, which is smaller than what was cosigned.
        checkpoint: what was shown.
        cosigned: the note that was cosigned before.
        shown: the note that was shown then, with the log's signatures.
        at: when, Unix seconds.
    """

    number: int
    kind: AlarmKind
    checkpoint: Checkpoint
    cosigned: bytes
    shown: bytes
    at: int

    @property
    def said_at(self) -> str:
        """When, as ISO 8601 in UTC."""
        return datetime.fromtimestamp(self.at, UTC).isoformat()


class WitnessState:
    """The file of a witness. Processes may share it: every change is one locked transaction.

    Nothing is given back to a caller before it is on the disk: a rollback journal, deleted and
    synced with its folder (EXTRA), so that the one file is always the whole of it.
    """

    def __init__(self, path: Path, owner: VerifierKey) -> None:
        """Take up the file of a witness.

        Raises:
            WitnessStateError: it is not there, is another program's, or is of another key.
        """
        self._path = path
        with self._reading() as connection:
            found = _owner(connection)
        if found != owner.encode():
            raise WitnessStateError(
                Words(
                    en=f"{path} belongs to the witness {found}, not to {owner.encode()}.",
                    ja=f"{path} は立会人 {found} のもので、{owner.encode()} のものではありません。",
                ),
                Words(
                    en="Name the file of this key: a witness that forgets what it cosigned"
                    " vouches for nothing.",
                    ja="この鍵のファイルを指定してください。"
                    "署名の記録を失った立会人は何も保証できません。",
                ),
            )

    @classmethod
    def begin(cls, path: Path, owner: VerifierKey) -> "WitnessState":
        """Make the file of a witness that has cosigned nothing yet.

        Raises:
            WitnessStateError: there is a file already, or none can be made.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Made with its mode before SQLite writes into it: it is never open to others.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
            with closing(_connect(path)) as connection, _whole(connection):
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO identity VALUES (1, ?)", (owner.encode(),))
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        except FileExistsError as error:
            raise WitnessStateError(
                Words(
                    en=f"{path} is there already; a witness's file is never begun anew.",
                    ja=f"{path} はすでにあります。立会人の記録は作り直しません。",
                ),
                Words(en="Name another file.", ja="別のファイル名を指定してください。"),
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path) from error
        return cls(path, owner)

    def replace(self, origin: str, decide: Callable[[Cosigned | None], Cosigned]) -> Cosigned:
        """Return what is kept of a log from now on, once it is on the disk.

        Args:
            origin: the log.
            decide: gives what to keep by what is kept; raising, it leaves all as it is. It
                runs under the lock of the file.

        Raises:
            WitnessStateError: the disk or the lock refuses.
        """
        try:
            with self._transaction() as connection:
                decided = decide(_row(connection, origin))
                connection.execute(
                    "INSERT INTO logs VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
                    " size = excluded.size, root = excluded.root, note = excluded.note,"
                    " cosigned_at = excluded.cosigned_at",
                    (
                        origin,
                        decided.checkpoint.size,
                        decided.checkpoint.root,
                        decided.note,
                        decided.at,
                    ),
                )
        except sqlite3.Error as error:
            raise _unusable(self._path) from error
        return decided

    def cosigned(self, origin: str) -> Cosigned | None:
        """Return what was cosigned last of a log, or None."""
        with self._reading() as connection:
            return _row(connection, origin)

    def raise_alarm(
        self, kind: AlarmKind, cosigned: Cosigned, shown: bytes, checkpoint: Checkpoint, *, at: int
    ) -> bool:
        """Keep two checkpoints that do not go together; return whether this is new.

        One log's root of one size is kept once, and no more than MAX_ALARMS in all: whoever
        signs ever new ones has proven enough.

        Raises:
            WitnessStateError: the disk or the lock refuses.
        """
        try:
            with self._transaction() as connection:
                (count,) = connection.execute("SELECT count(*) FROM alarms").fetchone()
                if count >= MAX_ALARMS:
                    return False
                added = connection.execute(
                    "INSERT OR IGNORE INTO alarms"
                    " (kind, origin, size, root, cosigned, shown, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        kind,
                        checkpoint.origin,
                        checkpoint.size,
                        checkpoint.root,
                        cosigned.note,
                        shown,
                        at,
                    ),
                )
                return added.rowcount == 1
        except sqlite3.Error as error:
            raise _unusable(self._path) from error

    def alarms(self) -> tuple[Alarm, ...]:
        """Return every alarm, the oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT number, kind, origin, size, root, cosigned, shown, at"
                " FROM alarms ORDER BY number"
            ).fetchall()
        return tuple(
            Alarm(
                number=number,
                kind=kind,
                checkpoint=Checkpoint(origin=origin, size=size, root=root),
                cosigned=cosigned,
                shown=shown,
                at=at,
            )
            for number, kind, origin, size, root, cosigned, shown, at in rows
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection whose changes happen whole and lasting, or not at all."""
        with closing(_connect(self._path)) as connection, _whole(connection):
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(_connect(self._path)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise _unusable(self._path) from error


def _connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that is there; SQLite must not make an empty one."""
    address = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, timeout=_PATIENCE_S, isolation_level=None, uri=True)
    try:
        connection.execute("PRAGMA synchronous = EXTRA")
    except sqlite3.Error:
        # What is no database is noticed here first.
        connection.close()
        raise
    return connection


@contextmanager
def _whole(connection: sqlite3.Connection) -> Iterator[None]:
    """Make what happens within one transaction: kept at its end, undone by any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _owner(connection: sqlite3.Connection) -> str:
    """Return the verifier key of whose file this is."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION:
        raise sqlite3.DatabaseError("a database of another program")
    (owner,) = connection.execute("SELECT vkey FROM identity").fetchone()
    return str(owner)


def _row(connection: sqlite3.Connection, origin: str) -> Cosigned | None:
    row = connection.execute(
        "SELECT size, root, note, cosigned_at FROM logs WHERE origin = ?", (origin,)
    ).fetchone()
    if row is None:
        return None
    size, root, note, at = row
    return Cosigned(checkpoint=Checkpoint(origin=origin, size=size, root=root), note=note, at=at)


def _unusable(path: Path) -> WitnessStateError:
    return WitnessStateError(
        Words(
            en=f"The witness's file {path} cannot be used.",
            ja=f"立会人の記録 {path} を使えません。",
        ),
        Words(
            en="Check the path, the disk and its rights. If the file is lost, draw a new key and"
            " tell the office: neither an empty file nor an older copy may go on under this one.",
            ja="場所、ディスク、権限を確かめてください。記録を失ったときは、新しい鍵を作り、"
            "事務局に知らせてください。同じ鍵のまま、空の記録や古い控えを使ってはいけません。",
        ),
    )
