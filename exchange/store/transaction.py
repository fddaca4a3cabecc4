"""How a transaction begins and ends on each engine."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from exchange.domain.errors import OfficeError

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for the one before it."""
TURN = "turn"
"""Where a session holds the turn that the writers of its maker take."""
CACHE_KIB = 32_768
"""How much of a SQLite file a connection remembers: random ids touch pages all over an index."""
FOLD_PAGES = 8_192
"""After how many pages of 4 KiB SQLite folds its write-ahead log into the file: 32 MiB, so that
a page that many commits touch is written twice seldom."""
PATIENCE: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""How soon PostgreSQL's client gives up a machine that is gone without a word: the system's own
answer would be a quarter of an hour. What DATABASE_URL says goes first."""
AWAY_STATES: Final = ("08", "53", "57P", "40001", "40P01", "55P03", "25006")
"""SQLSTATEs (or their beginnings) of a PostgreSQL that takes nothing now: connection, resources,
shut down, a conflict or lock that was given up, read-only."""
AWAY_NAMES: Final = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
)
"""The same of SQLite."""


class AddressError(OfficeError):
    """What should be a database's address is none; it is not repeated: it may hold a password."""


def address(database_url: str) -> URL:
    """Return the address of a database of one of the two kinds, in its parts.

    Raises:
        AddressError: it is none.
    """
    try:
        url = make_url(database_url)
        known = url.get_backend_name() in {"sqlite", "postgresql"}
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise AddressError(
            "the database's address must be sqlite:///PATH or postgresql://USER@HOST/NAME: see "
            "DATABASE_URL and DATABASE_OWNER_URL",
            detail_ja="データベースのアドレスは sqlite:///パス か "
            "postgresql://ユーザー@ホスト/名前 の形で指定してください"
            "(DATABASE_URL、DATABASE_OWNER_URL)。",
        )
    return url


def connect(database_url: str) -> Engine:
    """Return an engine whose transactions mean the same on SQLite and PostgreSQL.

    Args:
        database_url: `sqlite:///path` or `postgresql://…`.
    """
    url = address(database_url)
    if url.get_backend_name() == "sqlite":
        make_folder(database_url)
        # The connection used last remembers most of the file.
        engine = create_engine(url, pool_use_lifo=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    patience = {name: said for name, said in PATIENCE.items() if name not in url.query}
    return create_engine(url, pool_pre_ping=True, connect_args=patience)


def make_folder(database_url: str) -> None:
    """Make the folder that an embedded database's file will stand in."""
    url = address(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """Set what a SQLite connection needs: WAL, foreign keys, and deleted bytes overwritten."""
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={FOLD_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, unless the transaction said that it only reads."""
    reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def sessions_of(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions on an engine; rows stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False, info={TURN: RLock()})


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open one transaction that writes: committed at the end, undone by any exception.

    SQLite has one writer at a time. Those of this process take turns before they ask for a
    connection: they need not look again and again whether the file is free, and they use the same
    connection, which forgets what it has read of the file whenever another one has written.
    """
    with sessions() as session, _turn(session), session.begin():
        yield session


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open one transaction that only reads and therefore never waits for a writer."""
    with sessions() as session:
        session.connection(execution_options={"only_reads": True})
        yield session


def _turn(session: Session) -> AbstractContextManager[object]:
    """Return what is held while a session writes: on SQLite this process's one turn."""
    if session.get_bind().dialect.name != "sqlite":
        return nullcontext()
    turn: AbstractContextManager[object] = session.info[TURN]
    return turn


def is_conflict(error: BaseException) -> bool:
    """Return whether a transaction failed of rows that do not go with the ones that stand."""
    return isinstance(error, IntegrityError)


def is_away(error: BaseException) -> bool:
    """Return whether a transaction failed because the database takes nothing at this moment.

    It has stopped, is full, read-only or too busy; the same will do later. (Where the connection
    was lost at its end, the transaction may have happened: an Idempotency-Key tells.)
    """
    if isinstance(error, NoConnectionError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(AWAY_STATES)
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(AWAY_NAMES)
    # A connection that could not be made, or was lost, has no state.
    return isinstance(error, OperationalError)


def scrub(engine: Engine) -> None:
    """Fold SQLite's write-ahead log into the file, so that erased bytes are gone there too."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
