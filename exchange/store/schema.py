"""Which schema a database has, and which one this release needs."""

from importlib.resources import files
from pathlib import Path

from sqlalchemy import Engine, inspect, text


def migrations_folder() -> Path:
    """Return where the migrations are: inside the installed package, or beside its source."""
    inside = Path(str(files("exchange"))) / "_migrations"
    return inside if inside.is_dir() else inside.parent.parent / "migrations"


def newest() -> str:
    """Return the newest revision that this release knows: the number that its file begins with.

    The migrations' library would say the same; loading it takes longer than many a command.
    """
    names = (path.name for path in (migrations_folder() / "versions").glob("[0-9]*.py"))
    return max(names).partition("_")[0]


def revision(engine: Engine) -> str | None:
    """Return the revision that a database stands at, or None before the first migration."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        stands: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return stands
