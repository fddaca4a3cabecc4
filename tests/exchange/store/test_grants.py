"""The application's own role reads and appends the ledger on PostgreSQL, and can do no more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from exchange.domain.organizations import Actor
from exchange.services import alarms, witnesses
from exchange.store import grants, migrate
from exchange.store.ledger import TileRow
from tests.story import scheme
from tests.story.stored_ledger import lengthen

ROLE = "exchange_application"
GUARDED = (
    "ledger_entries",
    "ledger_shown",
    "ledger_checkpoints",
    "ledger_tiles",
    "ledger_publications",
    "ledger_alarms",
)


@pytest.fixture
def application_url(fresh_postgresql: Callable[[], str]) -> str:
    """Return a database under a role that owns nothing in it."""
    owner_url = fresh_postgresql()
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
        if connection.execute(known, {"name": ROLE}).first() is None:
            connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
    engine.dispose()
    url = make_url(owner_url).set(username=ROLE).render_as_string(hide_password=False)
    migrate.upgrade(url, owner_url=owner_url)
    return url


def test_the_hub_works_under_the_application_s_role(application_url: str, tmp_path: Path) -> None:
    consortium = scheme.consortium(application_url, tmp_path)
    assert consortium.hub.sequence() == 17
    consortium.hub.close()


def test_under_that_role_parts_of_full_tiles_are_pruned_and_alarms_acknowledged(
    application_url: str, tmp_path: Path
) -> None:
    hub = scheme.consortium(application_url, tmp_path).hub
    lengthen(hub, 300)
    with hub.noting() as work:
        widths = work.session.scalars(
            select(TileRow.width).where(TileRow.level == 0, TileRow.index == 0)
        ).all()
        alarm = witnesses.raise_alarm(work, "w1", status=422, size=300, theirs=None)
        assert alarm is not None
        alarms.acknowledge(work, Actor(kind="person", slug="office", role="operator"), alarm.id)
    assert widths == [256]
    hub.close()


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "DROP TABLE {table}",
    ],
)
def test_the_role_can_change_nothing_of_the_ledger(
    application_url: str, table: str, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        _run(application_url, statement.format(table=table))


def test_the_role_cannot_update_an_entry(application_url: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        _run(application_url, "UPDATE ledger_entries SET seq = 1")


def test_granting_again_changes_nothing(application_url: str) -> None:
    owner_url = make_url(application_url).set(username="postgres")
    migrate.upgrade(application_url, owner_url=owner_url.render_as_string(hide_password=False))
    with pytest.raises(DBAPIError, match="permission denied"):
        _run(application_url, "DELETE FROM ledger_entries")


@pytest.mark.parametrize(
    ("owner", "application", "role"),
    [
        ("sqlite:///x.db", "sqlite:///x.db", None),
        ("postgresql://a@db/x", "postgresql://a@db/x", None),
        ("postgresql://a@db/x", "postgresql://b@db/x", "b"),
    ],
)
def test_a_role_is_granted_to_where_it_is_another_than_the_owner_s(
    owner: str, application: str, role: str | None
) -> None:
    assert grants.application_role(owner, application) == role


def _run(url: str, statement: str) -> None:
    """Run one statement in a transaction of its own."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
