"""The newest schema, and what the database itself refuses after `upgrade head`."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, UniqueConstraint, inspect, text
from sqlalchemy.exc import DBAPIError

from exchange.hub import Hub
from exchange.store import candidates as _candidates  # noqa: F401 - all areas, for the metadata
from exchange.store import transaction
from exchange.store.columns import Base
from exchange.store.schema import migrations_folder
from relay_protocol.entry import Entry

KEYS = {
    "ledger_entries": "seq",
    "ledger_checkpoints": "size",
    "ledger_publications": "size",
    "ledger_tiles": "level, tile_index, width",
}
VALUES = {
    "ledger_entries": "(0, :bytes, '2026-12-01')",
    "ledger_checkpoints": "(17, :bytes, :bytes, 0)",
    "ledger_publications": "(17, 0, true)",
    "ledger_tiles": "(0, 0, 17, :bytes)",
}


def attempt(hub: Hub, statement: str) -> None:
    """Run one statement in a transaction of its own."""
    with transaction.writing(hub.sessions) as session:
        parameters = {"bytes": b"forged"} if ":bytes" in statement else {}
        session.execute(text(statement), parameters)


def snapshot(connection: Connection, table: str) -> list[tuple[object, ...]]:
    """Return every row of a table."""
    rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY {KEYS[table]}"))  # noqa: S608
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("table", KEYS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = :bytes",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} VALUES {values}",
        "REPLACE INTO {table} VALUES {values}",
        "INSERT INTO {table} VALUES {values} ON CONFLICT ({key}) DO UPDATE SET {column} = :bytes",
        "TRUNCATE {table}",
    ],
)
def test_no_statement_changes_what_the_ledger_holds(hub: Hub, table: str, statement: str) -> None:
    column = {
        "ledger_entries": "entry",
        "ledger_checkpoints": "note",
        "ledger_publications": "published_at",
        "ledger_tiles": "hashes",
    }
    with hub.engine.connect() as connection:
        before = snapshot(connection, table)
    assert before
    with pytest.raises(DBAPIError):
        attempt(
            hub,
            statement.format(
                table=table, column=column[table], key=KEYS[table], values=VALUES[table]
            ),
        )
    with hub.engine.connect() as connection:
        assert snapshot(connection, table) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_shown SET bundle = bundle + 1",
        "UPDATE ledger_shown SET slug = 'nobody'",
        "DELETE FROM ledger_shown",
        "INSERT INTO ledger_shown VALUES {known} ON CONFLICT (slug, bundle) DO UPDATE SET bundle=1",
        "TRUNCATE ledger_shown",
    ],
)
def test_where_an_organization_is_named_stays(hub: Hub, statement: str) -> None:
    before = where_named(hub)
    assert before
    with pytest.raises(DBAPIError, match=r"append-only|TRUNCATE.: syntax error"):
        attempt(hub, statement.format(known=before[0]))
    assert where_named(hub) == before


@pytest.mark.parametrize("insert", ["INSERT OR REPLACE", "REPLACE"])
def test_what_replaces_where_an_organization_is_named_is_the_very_same(
    hub: Hub, insert: str
) -> None:
    before = where_named(hub)
    # PostgreSQL knows no such words.
    with suppress(DBAPIError):
        attempt(hub, f"{insert} INTO ledger_shown VALUES {before[0]}")
    assert where_named(hub) == before


def where_named(hub: Hub) -> list[tuple[str, int]]:
    """Return every row of where the ledger names an organization."""
    query = text("SELECT slug, bundle FROM ledger_shown ORDER BY slug, bundle")
    with hub.engine.connect() as connection:
        return [(str(slug), int(bundle)) for slug, bundle in connection.execute(query)]


RAISED = (
    "INSERT INTO ledger_alarms (id, witness, status, size, ours, theirs, raised_at, "
    "acknowledged_at, acknowledged_by) VALUES (1, 'w1', 422, 17, :bytes, NULL, 0, NULL, '')"
)


class TestAnAlarm:
    def test_may_be_acknowledged_once(self, hub: Hub) -> None:
        attempt(hub, RAISED)
        acknowledge = "UPDATE ledger_alarms SET acknowledged_at = 5, acknowledged_by = 'usr_1'"
        attempt(hub, acknowledge)
        with pytest.raises(DBAPIError):
            attempt(hub, acknowledge)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_alarms SET ours = 'x'",
            "UPDATE ledger_alarms SET theirs = 'x', acknowledged_at = 5",
            "UPDATE ledger_alarms SET witness = 'w2'",
            "UPDATE ledger_alarms SET raised_at = 1",
            "DELETE FROM ledger_alarms",
            "TRUNCATE ledger_alarms",
            RAISED.replace("INSERT", "INSERT OR REPLACE"),
            RAISED,
        ],
    )
    def test_stays_as_it_was_raised(self, hub: Hub, statement: str) -> None:
        attempt(hub, RAISED)
        with hub.engine.connect() as connection:
            before = [tuple(row) for row in connection.execute(text("SELECT * FROM ledger_alarms"))]
        with pytest.raises(DBAPIError):
            attempt(hub, statement)
        with hub.engine.connect() as connection:
            after = [tuple(row) for row in connection.execute(text("SELECT * FROM ledger_alarms"))]
        assert after == before


def migrated(url: str, revision: str) -> None:
    """Bring a database to a revision, and no further."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, revision)


@pytest.fixture
def unmigrated(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    """Return the URL of a database that no migration has seen."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path}/exchange.db"
    url_of: Callable[[str], str] = request.getfixturevalue("postgresql_server")
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS exchange_unmigrated")
        connection.execute("CREATE DATABASE exchange_unmigrated TEMPLATE template0")
    return url_of("exchange_unmigrated")


def test_entries_of_before_are_found_by_whom_they_name_though_their_attestations_are_gone(
    unmigrated: str,
) -> None:
    migrated(unmigrated, "0004")
    # Ends of bundles, and of the pages of 4,096 that are read; the third page is empty.
    named = {
        0: ("aozora",), 1: ("aozora", "mirai"), 255: (), 256: ("mirai",), 4_095: ("aozora",),
        4_096: ("mirai",), 12_288: ("aozora", "zora"),
    }  # fmt: skip
    engine = transaction.connect(unmigrated)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO ledger_entries VALUES (:seq, :entry, '2026-12-01')"),
            [{"seq": seq, "entry": entry_of(seq, orgs)} for seq, orgs in named.items()],
        )
    migrated(unmigrated, "head")
    query = text("SELECT slug, bundle FROM ledger_shown ORDER BY slug, bundle")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    engine.dispose()
    assert found == [
        ("aozora", 0), ("aozora", 15), ("aozora", 48),
        ("mirai", 0), ("mirai", 1), ("mirai", 16),
        ("zora", 48),
    ]  # fmt: skip


def entry_of(seq: int, orgs: tuple[str, ...]) -> bytes:
    """Return an entry that names organizations, every second one a clear one."""
    return Entry(
        seq=seq,
        prev=bytes(32),
        day="2026-12-01",
        kind="claim.made" if seq % 2 else "pack.made",
        orgs=orgs,
        rules="demo-1",
        signed=None if seq % 2 else {"payload": {"orgs": ["nobody"]}},
        commitment=bytes(32) if seq % 2 else None,
    ).encode()


def test_what_was_signed_before_witnesses_were_known_counts_as_published(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/exchange.db"
    migrated(url, "0002")
    engine = transaction.connect(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ledger_checkpoints VALUES (17, 'r', 'n', 99)"))
    migrated(url, "head")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM ledger_publications")).all()
    assert [tuple(row) for row in found] == [(17, 99, 1)]
    engine.dispose()


def test_a_partial_tile_may_go_once_the_full_one_stands_and_never_before(hub: Hub) -> None:
    attempt(hub, "INSERT INTO ledger_tiles VALUES (3, 5, 17, :bytes)")
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(hub, "DELETE FROM ledger_tiles WHERE level = 3 AND width = 17")
    attempt(hub, "INSERT INTO ledger_tiles VALUES (3, 5, 256, :bytes)")
    attempt(hub, "DELETE FROM ledger_tiles WHERE level = 3 AND width = 17")
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(hub, "DELETE FROM ledger_tiles WHERE level = 3 AND width = 256")


def test_the_migrations_make_the_tables_that_the_code_knows(hub: Hub) -> None:
    found = inspect(hub.engine)
    for table in Base.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}, table.name
        uniques = {tuple(u["column_names"]) for u in found.get_unique_constraints(table.name)}
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert tuple(column.name for column in constraint.columns) in uniques
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= indexes, table.name
