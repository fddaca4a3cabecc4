"""Transactions begin and end the same way on both engines."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from exchange.store import migrate, transaction


def rows(url: str) -> int:
    """Return how many notices a database holds."""
    engine = transaction.connect(url)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM notices")).scalar_one()
    engine.dispose()
    return int(count)


ADD = text("INSERT INTO notices VALUES (:version, 'ja', 'en', 0)")


def add_and_fail(sessions: sessionmaker[Session]) -> None:
    """Add a notice and then fail."""
    with transaction.writing(sessions) as session:
        session.execute(ADD, {"version": "1"})
        raise LookupError


def test_a_writing_transaction_commits_at_its_end(database_url: str) -> None:
    engine = transaction.connect(database_url)
    with transaction.writing(transaction.sessions_of(engine)) as session:
        session.execute(ADD, {"version": "1"})
    engine.dispose()
    assert rows(database_url) == 1


def test_an_exception_undoes_everything(database_url: str) -> None:
    engine = transaction.connect(database_url)
    with pytest.raises(LookupError):
        add_and_fail(transaction.sessions_of(engine))
    engine.dispose()
    assert rows(database_url) == 0


def test_a_reading_transaction_keeps_nothing(database_url: str) -> None:
    engine = transaction.connect(database_url)
    with transaction.reading(transaction.sessions_of(engine)) as session:
        session.execute(ADD, {"version": "1"})
    engine.dispose()
    assert rows(database_url) == 0


def test_a_reader_does_not_wait_for_a_writer(database_url: str) -> None:
    engine = transaction.connect(database_url)
    sessions = transaction.sessions_of(engine)
    seen: list[int] = []
    read = Event()

    def look() -> None:
        with transaction.reading(sessions) as session:
            seen.append(session.execute(text("SELECT count(*) FROM notices")).scalar_one())
        read.set()

    with transaction.writing(sessions) as session:
        session.execute(ADD, {"version": "1"})
        Thread(target=look).start()
        assert read.wait(20)
    engine.dispose()
    assert seen == [0]


def test_two_sqlite_writers_wait_for_each_other_and_both_succeed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/exchange.db"
    migrate.upgrade(url)
    engine = transaction.connect(url)
    sessions = transaction.sessions_of(engine)
    inside = Event()

    def write(version: str) -> None:
        with transaction.writing(sessions) as session:
            before = session.execute(text("SELECT count(*) FROM notices")).scalar_one()
            inside.set()
            session.execute(ADD, {"version": f"{version}-{before}"})

    threads = [Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    engine.dispose()
    assert inside.is_set()
    assert rows(url) == 2


def test_deleted_bytes_are_gone_from_the_embedded_database_s_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/exchange.db"
    migrate.upgrade(url)
    engine = transaction.connect(url)
    sessions = transaction.sessions_of(engine)
    canary = "canary-" + "c" * 40
    with transaction.writing(sessions) as session:
        session.execute(text("INSERT INTO notices VALUES ('1', :ja, 'en', 0)"), {"ja": canary})
    with transaction.writing(sessions) as session:
        session.execute(text("DELETE FROM notices"))
    transaction.scrub(engine)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    engine.dispose()
    assert canary.encode() not in held


def test_the_folder_of_an_embedded_database_is_made(tmp_path: Path) -> None:
    engine = transaction.connect(f"sqlite:///{tmp_path}/deep/er/exchange.db")
    assert (tmp_path / "deep" / "er").is_dir()
    engine.dispose()


def test_many_writers_at_once_take_turns_and_none_is_turned_away(database_url: str) -> None:
    engine = transaction.connect(database_url)
    sessions = transaction.sessions_of(engine)

    def write(number: int) -> None:
        for part in range(5):
            with transaction.writing(sessions) as session:
                session.execute(ADD, {"version": f"{number}.{part}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    engine.dispose()
    assert rows(database_url) == 40


def test_a_writer_who_failed_leaves_the_turn_to_the_next(database_url: str) -> None:
    engine = transaction.connect(database_url)
    sessions = transaction.sessions_of(engine)
    with pytest.raises(LookupError):
        add_and_fail(sessions)
    with ThreadPoolExecutor(1) as pool:
        with transaction.writing(sessions) as session:
            session.execute(ADD, {"version": "1"})
        pool.submit(add, sessions, "2").result(10)
    engine.dispose()
    assert rows(database_url) == 2


def add(sessions: sessionmaker[Session], version: str) -> None:
    """Add a notice."""
    with transaction.writing(sessions) as session:
        session.execute(ADD, {"version": version})


@pytest.mark.parametrize(
    ("error", "conflicts"),
    [(IntegrityError("INSERT", None, ValueError()), True), (ValueError(), False)],
)
def test_a_conflict_is_what_goes_against_rows_that_stand(
    error: Exception, *, conflicts: bool
) -> None:
    assert transaction.is_conflict(error) is conflicts
