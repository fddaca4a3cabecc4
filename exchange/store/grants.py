"""What the application's own role may do on PostgreSQL: read and append the ledger, no more."""

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

LEDGER_TABLES = (
    "ledger_entries",
    "ledger_shown",
    "ledger_checkpoints",
    "ledger_tiles",
    "ledger_publications",
    "ledger_alarms",
)
ACKNOWLEDGED = "acknowledged_at, acknowledged_by"


def application_role(owner_url: str, application_url: str) -> str | None:
    """Return the role to grant to, or None where owner and application are one and the same."""
    owner, application = make_url(owner_url), make_url(application_url)
    if application.get_backend_name() != "postgresql" or owner.username == application.username:
        return None
    return application.username


def grant(owner: Engine, role: str) -> None:
    """Let a role use every table, but never change or delete what the ledger holds.

    The role owns nothing, so that it can neither drop the ledger's triggers nor turn them off.

    Args:
        owner: an engine of the role that owns the tables.
        role: the application's role, which exists already.
    """
    with owner.begin() as connection:
        name = connection.dialect.identifier_preparer.quote(role)
        for table in LEDGER_TABLES:
            connection.execute(text(f"REVOKE ALL ON {table} FROM {name}"))
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        ):
            connection.execute(text(statement))
        for table in LEDGER_TABLES:
            connection.execute(text(f"REVOKE UPDATE, DELETE ON {table} FROM {name}"))
        connection.execute(text(f"GRANT UPDATE ({ACKNOWLEDGED}) ON ledger_alarms TO {name}"))
