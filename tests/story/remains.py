"""Every byte that a hub leaves on its machine: rows, files of its database, logs, state, ledger."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from exchange.hub import Hub
from exchange.services import publication
from exchange.store.columns import Base


def of_hub(hub: Hub, folder: Path, *, since: float = 0) -> Mapping[str, bytes]:
    """Return all that a hub has left, by where it stands.

    Args:
        folder: where its log, keys and state are; a copy of its ledger is written there.
        since: the modification time from which shared files of a database server count.
    """
    with hub.reading() as work:
        publication.write_out(work, folder / "published", with_entries=True)
    kept = ("hub.log", "published", "var", "keys")
    files = {str(path): path.read_bytes() for name in kept for path in _files(folder / name)}
    return {**rows(hub), **database_files(hub, since=since), **files}


def rows(hub: Hub) -> Mapping[str, bytes]:
    """Return the contents of every table, as a dump has them."""
    with hub.reading() as work:
        return {
            table.name: b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for row in work.session.execute(select(table))
                for value in row
            )
            for table in Base.metadata.sorted_tables
        }


def database_files(hub: Hub, *, since: float = 0) -> Mapping[str, bytes]:
    """Return the files of the database itself, its write-ahead log among them."""
    url = make_url(hub.settings.database_url)
    if url.get_backend_name() == "sqlite":
        database = Path(url.database or "")
        found = _beside(database)
    else:
        found = _of_server(hub.settings.database_url, since)
    # Files of a server's log are filled up with zeros, which hold nothing.
    return {str(path): path.read_bytes().rstrip(b"\0") for path in found}


def _beside(database: Path) -> Iterator[Path]:
    """Give an embedded database's file, its log and its index."""
    yield from (path for path in database.parent.glob(f"{database.name}*") if path.is_file())


def _of_server(url: str, since: float) -> Iterator[Path]:
    """Give the files of one database of a server, and whatever the server has just written."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        asked = "SELECT current_setting('data_directory'), oid FROM pg_database"
        found = connection.execute(f"{asked} WHERE datname = current_database()").fetchone()
    assert found is not None
    data, oid = Path(found[0]), str(found[1])
    yield from _files(data / "base" / oid)
    for path in _files(data):
        shared = path.relative_to(data).parts[0] != "base"
        if shared and path.stat().st_mtime >= since:
            yield path


def _files(place: Path) -> Iterator[Path]:
    """Give a file, or all files of a folder and its folders."""
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    yield from (path for path in found if path.is_file())
