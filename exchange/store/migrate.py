"""Bringing a database to the newest schema."""

from alembic import command
from alembic.config import Config

from exchange.store import grants, transaction
from exchange.store.schema import migrations_folder


def upgrade(database_url: str, *, owner_url: str | None = None) -> None:
    """Run every migration that the database has not seen, each in its own transaction.

    Args:
        database_url: what the hub itself connects with.
        owner_url: the same database under the role that owns the tables, where that is another;
            the hub's role is then granted no more than it needs.

    Raises:
        AddressError: one of the two is no database's address.
    """
    owner_url = owner_url or database_url
    transaction.address(owner_url)
    transaction.make_folder(database_url)
    config = _config()
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    command.upgrade(config, "head")
    role = grants.application_role(owner_url, database_url)
    if role is not None:
        owner = transaction.connect(owner_url)
        try:
            grants.grant(owner, role)
        finally:
            owner.dispose()


def _config() -> Config:
    """Return where the migrations are, in the words of their library."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config
