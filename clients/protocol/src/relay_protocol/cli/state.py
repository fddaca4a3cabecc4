"""What an auditor remembers from audit to audit, in one file of SQLite: values only, no code."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from relay_protocol.canonical import Value
from relay_protocol.errors import StateError
from relay_protocol.memory import Kind, Shelf

V = TypeVar("V")

APPLICATION: Final = 0x43524131
"""What tells a state of this tool from any other file of SQLite."""
VERSION: Final = 1
HELD: Final = 200_000
"""So many values of a shelf stay in memory when they are written."""
OUTSIDE: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)
"""What keeps a file from being written though nothing is wrong with it (SQLite's primary codes)."""
ASKED_AT_ONCE: Final = 500
DIGEST_BYTES: Final = 8
BUSY_S: Final = 1.0
LOOKED_THROUGH_BYTES: Final = 2**24
"""A file up to this long is looked through whole when it is opened, in some hundredths of a second.

Of a longer one each row is checked when it is read; that none is missing is not.
"""
SMALLEST_BYTES: Final = 512
"""What is shorter is no file of SQLite, which would take it for an empty one."""


class _Written(Protocol):
    """A shelf with values that may have to be written."""

    def write(self) -> None:
        """Write what has changed."""


class StateShelf(Generic[V]):
    """A shelf whose values lie in a table, and are read when they are asked for.

    Values that begin with an entry may be changed in place: whatever was asked for is written.
    """

    def __init__(self, file: "StateFile", kind: Kind[V]) -> None:
        self._file, self._kind = file, kind
        self._held: dict[str, V] = {}
        self._changed: dict[str, None] = {}
        file.run(
            f'CREATE TABLE IF NOT EXISTS "{kind.name}" (name TEXT PRIMARY KEY, born INTEGER, '
            "value TEXT NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID"
        )
        if kind.born is not None:
            file.run(f'CREATE INDEX IF NOT EXISTS "{kind.name}_born" ON "{kind.name}" (born)')
        self._select = f'SELECT name, value, digest FROM "{kind.name}" WHERE '  # noqa: S608
        # A table that begins empty holds what was written since, and nothing else.
        is_empty = not file.run(f'SELECT 1 FROM "{kind.name}" LIMIT 1')  # noqa: S608
        self._written: set[int] | None = set() if is_empty else None

    def get(self, name: str, /) -> V | None:
        """Return the value of a name, or None."""
        value = self._held.get(name)
        if value is None:
            if self._written is not None and hash(name) not in self._written:
                return None
            rows = self._file.run(self._select + "name = ?", name)
            if not rows:
                return None
            value = self._held[name] = self._read(*rows[0])
        if self._kind.born is not None:
            self._changed[name] = None
        return value

    def __contains__(self, name: object, /) -> bool:
        """Return whether there is a value of a name."""
        if name in self._held:
            return True
        if self._written is not None and hash(name) not in self._written:
            return False
        return isinstance(name, str) and bool(self._file.run(self._select + "name = ?", name))

    def __setitem__(self, name: str, value: V, /) -> None:
        """Keep a value under a name."""
        self._held[name] = value
        self._changed[name] = None

    def drop(self, name: str) -> V | None:
        """Keep it no longer; return what it was."""
        value = self.get(name)
        if value is not None:
            del self._held[name]
            self._changed.pop(name, None)
            self._file.run(f'DELETE FROM "{self._kind.name}" WHERE name = ?', name)  # noqa: S608
        return value

    def between(self, first: str, end: str) -> Iterator[tuple[str, V]]:
        """Yield names from the first up to, not including, the end, in their order."""
        self.write()
        order = "name >= ? AND name < ? ORDER BY name"
        for name, text, digest in self._file.run(self._select + order, first, end):
            held = self._held.get(name)
            yield name, self._read(name, text, digest) if held is None else held

    def born_at(self, seqs: Iterable[int]) -> list[str]:
        """Return the names of the values that began with one of some entries."""
        self.write()
        asked, names = sorted(seqs), []
        for start in range(0, len(asked), ASKED_AT_ONCE):
            some = asked[start : start + ASKED_AT_ONCE]
            marks = ", ".join("?" * len(some))
            names += self._file.run(self._select + f"born IN ({marks})", *some)
        return [name for name, _, _ in names]

    def write(self) -> None:
        """Write what has changed."""
        born = self._kind.born
        rows = []
        for name in sorted(self._changed):
            value = self._held[name]
            text = json.dumps(
                self._kind.form.write(value), ensure_ascii=False, separators=(",", ":")
            )
            rows.append((name, born(value) if born else None, text, self._digest(name, text)))
        if rows:
            self._file.run_many(
                f'INSERT OR REPLACE INTO "{self._kind.name}" VALUES (?, ?, ?, ?)',  # noqa: S608
                rows,
            )
            if self._written is not None:
                self._written.update(map(hash, self._changed))
            self._changed.clear()
        if len(self._held) > HELD:
            self._held.clear()

    def _read(self, name: str, text: str, digest: bytes) -> V:
        """Return a value that is just as it was written."""
        if digest != self._digest(name, text):
            raise self._file.damage(f"{self._kind.name} {name}")
        try:
            document: Value = json.loads(text)
            return self._kind.form.read(document)
        except (StateError, ValueError, RecursionError) as error:
            raise self._file.damage(f"{self._kind.name} {name}") from error

    def _digest(self, name: str, text: str) -> bytes:
        """Return what shows that a row is whole: not who has written it."""
        raw = f"{self._kind.name}\n{name}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, digest_size=DIGEST_BYTES).digest()


class StateFile:
    """The memory of one auditor's audits of one ledger.

    What was not committed is gone when the file is closed, or the process killed.
    """

    lasts = True

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection
        self._shelves: dict[str, _Written] = {}

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["StateFile"]:
        """Open the file, or make a new one, for this process alone.

        Raises:
            StateError: it is no state, is damaged, or another audit is at work with it.
        """
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
        except sqlite3.Error as error:
            raise StateError(f"the state file {path} cannot be opened: {error}") from error
        with closing(connection):
            state = cls(path, connection)
            state._begin()
            yield state

    def shelf(self, kind: Kind[V]) -> Shelf[V]:
        """Return the shelf of a kind; the same one each time."""
        found = self._shelves.get(kind.name)
        if found is None:
            found = self._shelves[kind.name] = StateShelf(self, kind)
        if not isinstance(found, StateShelf):
            raise TypeError(kind.name)
        return found

    def commit(self) -> None:
        """Keep all that was put on any shelf, all of it or, after a crash, none."""
        for shelf in self._shelves.values():
            shelf.write()
        self.run("COMMIT")
        self.run("BEGIN IMMEDIATE")

    def clear(self, *but: Kind[V]) -> None:
        """Take everything off the shelves but what lies on some; commit() makes it so for good."""
        kept = {kind.name for kind in but}
        names = self.run("SELECT name, '', '' FROM sqlite_master WHERE type = 'table'")
        for name, _, _ in names:
            if name not in kept:
                self.run(f'DROP TABLE "{name}"')
        self._shelves = {name: one for name, one in self._shelves.items() if name in kept}

    def run(self, statement: str, *values: str | int) -> list[tuple[str, str, bytes]]:
        """Return the rows of a statement.

        Raises:
            StateError: the file is damaged, or cannot be written.
        """
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            raise self._refused(error) from error

    def run_many(self, statement: str, rows: list[tuple[str, int | None, str, bytes]]) -> None:
        """Run a statement for each row.

        Raises:
            StateError: the file is damaged, or cannot be written.
        """
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._refused(error) from error

    def damage(self, detail: str) -> StateError:
        """Return the refusal of a file that cannot be gone on with."""
        return StateError(
            f"the state file {self._path} cannot be used ({detail}): move it away, and audit "
            "once more with a new one and a whole pack"
        )

    def _refused(self, error: Exception) -> StateError:
        """Return the refusal of what SQLite could not do with the file."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in OUTSIDE:
            return self.damage(str(error))
        return StateError(
            f"the state file {self._path} cannot be written ({error}): see that its disk has room "
            "and that you may write there, and go on with the same file"
        )

    def _begin(self) -> None:
        """Take the file for this process alone, and see that it is a state."""
        self.run("PRAGMA locking_mode = EXCLUSIVE")
        self.run("PRAGMA trusted_schema = OFF")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StateError(f"another audit is at work with {self._path}") from error
            raise self._refused(error) from error
        except sqlite3.DatabaseError as error:
            raise self.damage(str(error)) from error
        (application,), (version,) = (
            self._connection.execute(f"PRAGMA {name}").fetchone()
            for name in ("application_id", "user_version")
        )
        tables = self.run("SELECT name, sql, '' FROM sqlite_master")
        if (application, version) == (0, 0) and not tables:
            self.run(f"PRAGMA application_id = {APPLICATION}")
            self.run(f"PRAGMA user_version = {VERSION}")
        elif (application, version) != (APPLICATION, VERSION):
            raise self.damage("it is none of this version of relay-audit")
        # Views and triggers could make a statement do something else than it says.
        if any(not sql.startswith(("CREATE TABLE", "CREATE INDEX")) for _, sql, _ in tables if sql):
            raise self.damage("it holds more than tables")
        self._require_whole()

    def _require_whole(self) -> None:
        """Refuse a file whose pages do not fit together: rows of it could be missing unseen."""
        size = self._path.stat().st_size
        if 0 < size < SMALLEST_BYTES:
            raise self.damage("it is cut off")
        if size <= LOOKED_THROUGH_BYTES:
            found = [told for told, *_ in self.run("PRAGMA quick_check(1)")]
            if found != ["ok"]:
                raise self.damage(found[0])
