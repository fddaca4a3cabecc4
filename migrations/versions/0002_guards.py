"""What the database itself refuses: a changed ledger, and a listed profile without consent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LEDGER = {
    "ledger_entries": ("seq",),
    "ledger_checkpoints": ("size",),
    "ledger_tiles": ("level", "tile_index", "width"),
}
# A partial tile may go once the full one stands; nothing else of the ledger ever may.
STAYS = {
    "ledger_tiles": (
        "OLD.width = 256 OR NOT EXISTS (SELECT 1 FROM ledger_tiles AS whole "
        "WHERE whole.level = OLD.level AND whole.tile_index = OLD.tile_index "
        "AND whole.width = 256)"
    )
}
NO_CONSENT = (
    "NEW.state IN ('listed', 'claimed') AND NOT EXISTS (SELECT 1 FROM consents "
    "WHERE consents.referral_id = NEW.referral_id AND consents.ended_at IS NULL)"
)


def upgrade() -> None:
    """Create the guards of whichever engine this is."""
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def guard_sqlite() -> None:
    """SQLite: INSERT OR REPLACE passes a DELETE trigger by, so that INSERT is guarded too."""
    for table, key in LEDGER.items():
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
        stays = STAYS.get(table, "1")
        for name, when in (
            ("update", f"BEFORE UPDATE ON {table}"),
            ("delete", f"BEFORE DELETE ON {table} WHEN {stays}"),
            (
                "replace",
                f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})",
            ),
        ):
            op.execute(sa.text(f"CREATE TRIGGER {table}_no_{name} {when} BEGIN {refuse}; END"))
    for event in ("INSERT", "UPDATE"):
        op.execute(
            sa.text(
                f"CREATE TRIGGER profiles_consent_{event.lower()} BEFORE {event} ON profiles "
                f"WHEN {NO_CONSENT} BEGIN "
                "SELECT RAISE(ABORT, 'a profile is listed under a standing consent only'); END"
            )
        )


def guard_postgresql() -> None:
    """PostgreSQL: triggers for rows, and for TRUNCATE, which fires none of them."""
    for table in LEDGER:
        stays = STAYS.get(table, "TRUE")
        op.execute(
            sa.text(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN IF TG_OP <> 'DELETE' THEN RAISE EXCEPTION '{table} is append-only'; "
                f"ELSIF {stays} THEN RAISE EXCEPTION '{table} is append-only'; "
                "END IF; RETURN OLD; END $$"
            )
        )
        op.execute(
            sa.text(
                f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        )
        op.execute(
            sa.text(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
            )
        )
    op.execute(
        sa.text(
            "CREATE FUNCTION profiles_need_consent() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {NO_CONSENT} THEN "
            "RAISE EXCEPTION 'a profile is listed under a standing consent only'; "
            "END IF; RETURN NEW; END $$"
        )
    )
    op.execute(
        sa.text(
            "CREATE TRIGGER profiles_consent BEFORE INSERT OR UPDATE ON profiles "
            "FOR EACH ROW EXECUTE FUNCTION profiles_need_consent()"
        )
    )
