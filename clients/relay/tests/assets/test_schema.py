"""The store's tables: made once, brought up step by step, refused where they are not ours."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from career_relay.assets import schema
from career_relay.assets.schema import STEPS, StoreError, bring_up_to_date


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(tmp_path / "assets.db", isolation_level=None)
    yield opened
    opened.close()


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def test_an_empty_file_gets_every_table_and_the_last_version(
    connection: sqlite3.Connection,
) -> None:
    bring_up_to_date(connection)
    assert {"application", "referral", "receipt"} <= tables(connection)
    assert version(connection) == len(STEPS)


def test_a_store_of_today_is_left_as_it_is(connection: sqlite3.Connection) -> None:
    bring_up_to_date(connection)
    before = connection.execute("PRAGMA schema_version").fetchone()
    bring_up_to_date(connection)
    assert connection.execute("PRAGMA schema_version").fetchone() == before


def test_a_store_of_an_earlier_step_is_brought_up_with_its_rows(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", ("CREATE TABLE old (word TEXT);",))
    bring_up_to_date(connection)
    connection.execute("INSERT INTO old VALUES ('kept')")
    later = ("CREATE TABLE old (word TEXT);", "ALTER TABLE old ADD COLUMN more TEXT; SELECT 1;")
    monkeypatch.setattr(schema, "STEPS", later)
    bring_up_to_date(connection)
    assert version(connection) == 2
    assert connection.execute("SELECT word, more FROM old").fetchall() == [("kept", None)]


def test_a_step_that_fails_leaves_the_store_as_it_was(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", ("CREATE TABLE one (a TEXT); CREATE TABLE nonsense;",))
    with pytest.raises(sqlite3.OperationalError):
        bring_up_to_date(connection)
    assert tables(connection) == set()
    assert version(connection) == 0


def test_a_store_of_a_later_relay_is_refused_untouched(connection: sqlite3.Connection) -> None:
    bring_up_to_date(connection)
    connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(StoreError) as refusal:
        bring_up_to_date(connection)
    assert "later version" in refusal.value.said.en
    assert refusal.value.mend.en == "Update relay."
    assert version(connection) == len(STEPS) + 1


def test_a_database_of_something_else_is_refused_untouched(
    connection: sqlite3.Connection,
) -> None:
    connection.execute("CREATE TABLE photos (name TEXT)")
    with pytest.raises(StoreError) as refusal:
        bring_up_to_date(connection)
    assert "something else" in refusal.value.said.en
    assert tables(connection) == {"photos"}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "assets.db"
    path.write_bytes(b"this is a letter and no database\n" * 40)
    opened = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(StoreError) as refusal:
        bring_up_to_date(opened)
    opened.close()
    assert "no SQLite" in refusal.value.said.en


def test_a_referral_belongs_to_one_application_and_has_a_state_that_there_is(
    connection: sqlite3.Connection,
) -> None:
    bring_up_to_date(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    statement = "INSERT INTO referral VALUES ('ref_1', 'sheet:1', 't', 'k', 'ja', 'x', 'y', ?, {})"
    nothing = ", ".join(["NULL"] * 5)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement.format(nothing), ("invited",))
    connection.execute("PRAGMA foreign_keys = OFF")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement.format(nothing), ("guessed",))
