"""Opening the asset store, and working on it in transactions that happen whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from career_relay.assets.schema import StoreError, bring_up_to_date
from career_relay.words import Words

_PATIENCE_S = 10.0
_OWNER_ONLY = 0o600


class AssetStore:
    """An open store. Rows are read and written by the rooms beside this one, with its session."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction: kept at the end, undone by any exception."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for looking: one unchanging view, and writing is refused."""
        self._connection.execute("PRAGMA query_only = ON")
        self._connection.execute("BEGIN")
        try:
            yield self._connection
        finally:
            self._connection.execute("ROLLBACK")
            self._connection.execute("PRAGMA query_only = OFF")

    def close(self) -> None:
        """Close the store; it cannot be used any more."""
        self._connection.close()


@contextmanager
def open_store(path: Path) -> Iterator[AssetStore]:
    """Open the store in a file, made when there is none, readable by its owner alone.

    Raises:
        StoreError: the file cannot be opened, is something else, or is of a later version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made with the mode before SQLite writes into it, so that it is never readable by others.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
        path.chmod(_OWNER_ONLY)
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            Words(en="The store {path} cannot be opened.", ja="保管庫{path}を開けません。").filled(
                path=str(path)
            )
        ) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        bring_up_to_date(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        yield AssetStore(connection)
    finally:
        connection.close()
