"""Bringing a database to the newest schema."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from exchange.store import grants, transaction


def migrations_folder() -> Path:
    """Return where the migrations are: inside the installed package, or beside its source."""
    inside = Path(str(files("exchange"))) / "_migrations"
    return inside if inside.is_dir() else inside.parent.parent / "migrations"


def upgrade(database_url: str, *, owner_url: str | None = None) -> None:
    """Run every migration that the database has not seen, each in its own transaction.

    Args:
        database_url: what the hub itself connects with.
        owner_url: the same database under the role that owns the tables, where that is another;
            the hub's role is then granted no more than it needs.
    """
    owner_url = owner_url or database_url
    transaction.make_folder(database_url)
    config = _config()
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    command.upgrade(config, "head")
    role = grants.application_role(owner_url, database_url)
    if role is not None:
        owner = transaction.connect(owner_url)
        grants.grant(owner, role)
        owner.dispose()


def newest() -> str | None:
    """Return the newest revision that this release knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revision(engine: Engine) -> str | None:
    """Return the revision that a database stands at, or None before the first migration."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    """Return where the migrations are, in the words of their library."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config
