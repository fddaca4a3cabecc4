"""The databases that tests are given: real, fresh, and strangers to one another."""

import os
from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest
from playwright.sync_api import Browser
from sqlalchemy import create_engine, text

from tests.conftest import until_tomorrow_s
from tests.story.surroundings import plain_surroundings


def tables_after_making_one(url: str) -> int:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (number INTEGER)"))
        connection.execute(text("INSERT INTO only_here VALUES (1)"))
        rows = connection.execute(text("SELECT count(*) FROM only_here")).scalar_one()
    engine.dispose()
    return int(rows)


@pytest.mark.parametrize(
    ("at", "waits_s"),
    [
        ("2026-12-31T14:59:39+00:00", 0),
        ("2026-12-31T14:59:40+00:00", 20),
        ("2026-12-31T14:59:59.5+00:00", 0.5),
        ("2026-12-31T15:00:00+00:00", 0),
        ("2026-12-31T23:59:39+00:00", 0),
        ("2026-12-31T23:59:59+00:00", 1),
        ("2027-01-01T00:00:00+00:00", 0),
    ],
)
def test_at_the_end_of_a_day_in_japan_or_utc_the_next_one_is_waited_for(
    at: str, waits_s: float
) -> None:
    assert until_tomorrow_s(datetime.fromisoformat(at).timestamp()) == waits_s


def test_what_runs_them_is_hidden_from_the_tests_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = {"LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8", "EXCHANGE_POLICY": "p", "TZ": "UTC"}
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    with plain_surroundings():
        seen = {name: os.environ.get(name) for name in theirs}
    assert seen == {"LANG": "C.UTF-8", "LC_ALL": None, "EXCHANGE_POLICY": None, "TZ": "UTC"}
    assert {name: os.environ.get(name) for name in theirs} == theirs


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_never_meets_what_another_test_left(database_url: str, turn: str) -> None:
    assert tables_after_making_one(database_url) == 1, f"the {turn} database was not fresh"


def test_the_database_is_migrated(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        query = text("SELECT version_num FROM alembic_version")
        assert connection.execute(query).scalar_one()
    engine.dispose()


def test_the_url_names_the_engine(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        query = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
        version = connection.execute(text(query[engine.dialect.name])).scalar_one()
    engine.dispose()
    assert int(version.split(".")[0]) >= {"sqlite": 3, "postgresql": 18}[engine.dialect.name]


def test_the_postgresql_server_listens_to_no_address(
    postgresql_server: Callable[[str], str],
) -> None:
    with psycopg.connect(postgresql_server("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_browser_shows_japanese(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>ご縁をつなぐ</h1>")
    assert page.get_by_role("heading").inner_text() == "ご縁をつなぐ"
    page.close()
