"""At which revision a database stands, and which one this release needs."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from exchange.store import migrate, schema, transaction


def test_the_newest_revision_is_the_one_that_the_migrations_lead_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    assert schema.newest() == ScriptDirectory.from_config(config).get_current_head()


def test_a_database_tells_at_which_revision_it_stands(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/exchange.db"
    engine = transaction.connect(url)
    assert schema.revision(engine) is None
    migrate.upgrade(url)
    assert schema.revision(engine) == schema.newest()
    migrate.upgrade(url)
    assert schema.revision(engine) == schema.newest()
    engine.dispose()
