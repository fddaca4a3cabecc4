"""Opening the store and its transactions: private, whole or not at all."""

import multiprocessing
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from career_relay.application import Application
from career_relay.assets import applications
from career_relay.assets.schema import StoreError
from career_relay.assets.store import AssetStore, open_store
from career_relay.imports.verdicts import Row

AT = datetime(2026, 10, 1, tzinfo=UTC)


def keep(store: AssetStore, application: Application) -> None:
    with store.transaction() as connection:
        applications.keep(connection, "x.csv", [Row(row=2, application=application)], at=AT)


def count(store: AssetStore) -> int:
    with store.reading() as connection:
        return len(list(applications.every(connection)))


def test_a_store_is_made_with_its_folder_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "own" / "deep" / "assets.db"
    with open_store(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_store_that_others_could_read_is_closed_to_them_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "assets.db"
    path.touch(mode=0o644)
    with open_store(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_log_beside_the_store_is_private_too(
    tmp_path: Path, an_application: Application
) -> None:
    with open_store(tmp_path / "assets.db") as store:
        keep(store, an_application)
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_the_store_writes_ahead_and_checks_references(store: AssetStore) -> None:
    with store.transaction() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_what_was_kept_is_there_when_the_store_is_opened_again(
    tmp_path: Path, an_application: Application
) -> None:
    with open_store(tmp_path / "assets.db") as store:
        keep(store, an_application)
    with open_store(tmp_path / "assets.db") as store, store.reading() as connection:
        assert applications.find(connection, "sheet:A-1") == an_application


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_transaction_that_is_broken_off_leaves_nothing(
    store: AssetStore, an_application: Application, fault: type[BaseException]
) -> None:
    def break_off() -> None:
        with store.transaction() as connection:
            applications.keep(connection, "x", [Row(row=2, application=an_application)], at=AT)
            raise fault

    with pytest.raises(fault):
        break_off()
    assert count(store) == 0
    keep(store, an_application)
    assert count(store) == 1


def test_looking_never_writes(store: AssetStore, an_application: Application) -> None:
    with store.reading() as connection, pytest.raises(sqlite3.OperationalError):
        applications.keep(connection, "x", [Row(row=2, application=an_application)], at=AT)
    keep(store, an_application)
    assert count(store) == 1


def test_a_closed_store_cannot_be_used(store: AssetStore) -> None:
    store.close()
    with pytest.raises(sqlite3.ProgrammingError), store.reading():
        pass


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refusal, open_store(tmp_path):
        pass
    assert str(tmp_path) in refusal.value.said.ja


def test_what_is_no_database_is_no_store_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "assets.db"
    path.write_bytes(b"a letter, not a database\n" * 50)
    with pytest.raises(StoreError), open_store(path):
        pass
    assert path.read_bytes().startswith(b"a letter")


def _die_in_the_middle(path: Path, application: Application) -> None:
    import os  # noqa: PLC0415 in the other process
    import signal  # noqa: PLC0415

    with open_store(path) as store, store.transaction() as connection:
        applications.keep(connection, "x", [Row(row=2, application=application)], at=AT)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_killed_in_the_middle_of_an_import_leaves_nothing_of_it(
    tmp_path: Path, an_application: Application
) -> None:
    path = tmp_path / "assets.db"
    with open_store(path) as store:
        assert count(store) == 0
    other = multiprocessing.get_context("spawn").Process(
        target=_die_in_the_middle, args=(path, an_application)
    )
    other.start()
    other.join(60)
    assert other.exitcode == -9
    with open_store(path) as store:
        assert count(store) == 0
        keep(store, an_application)
        assert count(store) == 1


def test_two_openings_of_a_new_store_both_find_its_tables(tmp_path: Path) -> None:
    with open_store(tmp_path / "assets.db") as first, open_store(tmp_path / "assets.db") as second:
        assert count(first) == count(second) == 0


def test_one_opening_sees_what_another_has_kept(
    tmp_path: Path, with_person: Callable[..., Application]
) -> None:
    path = tmp_path / "assets.db"
    with open_store(path) as writer, open_store(path) as reader:
        keep(writer, with_person(name="別人 花子"))
        assert count(reader) == 1


def _import_many(path: Path, application: Application, first: int, ready: Path) -> None:
    import time  # noqa: PLC0415 in the other process

    while not ready.exists():
        time.sleep(0.01)
    for number in range(first, first + 20):
        with open_store(path) as store:
            keep(store, replace(application, key=f"sheet:{number}"))


def test_two_imports_at_once_both_arrive_whole(tmp_path: Path, an_application: Application) -> None:
    path, ready = tmp_path / "assets.db", tmp_path / "ready"
    context = multiprocessing.get_context("spawn")
    # The second begins in the middle of the first's keys: ten are written by both.
    others = [
        context.Process(target=_import_many, args=(path, an_application, first, ready))
        for first in (0, 10)
    ]
    for other in others:
        other.start()
    ready.touch()
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0]
    with open_store(path) as store:
        assert count(store) == 30
