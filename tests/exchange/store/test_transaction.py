"""Transactions begin and end the same way on both engines."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
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


@pytest.mark.parametrize(
    "url", ["nonsense", "db.example.jp", "mysql://u:hidden@db/x", "postgresql://u:hidden@db:port/x"]
)
def test_what_is_no_address_of_a_database_is_refused_and_not_repeated(
    tmp_path: Path, url: str
) -> None:
    known = f"sqlite:///{tmp_path}/hub.db"
    for connect in (
        lambda: transaction.connect(url),
        lambda: migrate.upgrade(url),
        lambda: migrate.upgrade(known, owner_url=url),
    ):
        with pytest.raises(transaction.AddressError, match="must be sqlite:///PATH") as refusal:
            connect()
        assert "hidden" not in str(refusal.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["sqlite:///x.db", "postgresql://u@db/x", "postgresql+psycopg://db"]
)
def test_an_address_is_told_in_its_parts(url: str) -> None:
    assert str(transaction.address(url)) == url


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


class TestADatabaseThatIsAway:
    """It is told from a fault of ours: whoever asks comes again."""

    def test_one_that_cannot_be_reached_is_away(self) -> None:
        engine = transaction.connect("postgresql://nobody@127.0.0.1:1/none")
        with pytest.raises(OperationalError) as failed:
            engine.connect()
        assert transaction.is_away(failed.value)

    def test_one_that_is_busy_is_away(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transaction, "BUSY_TIMEOUT_MS", 0)
        engine = transaction.connect(f"sqlite:///{tmp_path}/busy.db")
        with engine.begin(), pytest.raises(OperationalError) as failed, engine.begin():
            pass
        assert transaction.is_away(failed.value)
        engine.dispose()

    @pytest.mark.parametrize("engine", ["postgresql"])
    def test_one_whose_connection_was_ended_by_its_office_is_away(self, database_url: str) -> None:
        engine = transaction.connect(database_url)
        with engine.connect() as ended:
            backend = ended.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
            with pytest.raises(OperationalError) as failed:
                ended.execute(text("SELECT 1"))
        assert transaction.is_away(failed.value)
        with engine.connect() as again:
            assert again.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()

    def test_a_statement_that_cannot_be_meant_is_a_fault_of_ours(self, database_url: str) -> None:
        engine = transaction.connect(database_url)
        with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
            connection.execute(text("SELECT nothing FROM nowhere"))
        assert not transaction.is_away(failed.value)
        assert not transaction.is_away(LookupError())
        engine.dispose()

    def test_what_the_url_says_of_patience_goes_first(self) -> None:
        engine = transaction.connect("postgresql://nobody@127.0.0.1:1/none?connect_timeout=3")
        seen: list[dict[str, object]] = []

        @event.listens_for(engine, "do_connect")
        def keep(_dialect: object, _record: object, _args: object, asked: object) -> None:
            assert isinstance(asked, dict)
            seen.append(dict(asked))

        with pytest.raises(OperationalError):
            engine.connect()
        assert seen[0]["connect_timeout"] == "3"
        assert seen[0]["tcp_user_timeout"] == "30000"
