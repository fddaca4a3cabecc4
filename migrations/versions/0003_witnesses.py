"""What was published and when, who cosigned it, and the alarms that are never deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALARM = ("id", "witness", "status", "size", "ours", "theirs", "raised_at")


def upgrade() -> None:
    """Create the tables, take in what was published so far, and guard what must stay."""
    create_tables()
    op.execute(
        sa.text(
            "INSERT INTO ledger_publications (size, published_at, is_quorate) "
            "SELECT size, signed_at, true FROM ledger_checkpoints"
        )
    )
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def create_tables() -> None:
    """Create the four tables."""
    op.create_table(
        "ledger_publications",
        sa.Column("size", POSITION, autoincrement=False, nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("is_quorate", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_publications")),
    )
    op.create_table(
        "ledger_cosignatures",
        sa.Column("size", POSITION, autoincrement=False, nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("cosigned_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_ledger_cosignatures")),
    )
    op.create_table(
        "ledger_witnesses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", POSITION, nullable=False),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ledger_witnesses")),
    )
    op.create_table(
        "ledger_alarms",
        sa.Column("id", POSITION, nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("size", POSITION, nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("theirs", sa.LargeBinary(), nullable=True),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_alarms")),
    )


def guard_sqlite() -> None:
    """SQLite: a publication stays as it is; an alarm may only be acknowledged, once."""
    publications = "SELECT RAISE(ABORT, 'ledger_publications is append-only')"
    alarms = "SELECT RAISE(ABORT, 'an alarm stays as it was raised')"
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in ALARM)
    for table, refuse, when in (
        ("ledger_publications", publications, ""),
        ("ledger_alarms", alarms, f"WHEN OLD.acknowledged_at IS NOT NULL OR {changed}"),
    ):
        key = "size" if table == "ledger_publications" else "id"
        known = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        for name, event in (
            ("update", f"BEFORE UPDATE ON {table} {when}"),
            ("delete", f"BEFORE DELETE ON {table}"),
            ("replace", f"BEFORE INSERT ON {table} WHEN {known}"),
        ):
            op.execute(sa.text(f"CREATE TRIGGER {table}_no_{name} {event} BEGIN {refuse}; END"))


def guard_postgresql() -> None:
    """PostgreSQL: the same, and a way for the hub's role to take full tiles' parts away."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ALARM)
    for table, allowed in (
        ("ledger_publications", "FALSE"),
        ("ledger_alarms", f"OLD.acknowledged_at IS NULL AND NOT ({changed})"),
    ):
        op.execute(
            sa.text(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
                f"RAISE EXCEPTION '{table} is append-only'; END $$"
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
    # The hub's role may delete nothing of the ledger by itself; this does it under the owner's
    # rights, for parts of tiles that stand whole and for nothing else.
    op.execute(
        sa.text(
            "CREATE FUNCTION prune_ledger_tiles(at_level integer, first bigint, beyond bigint) "
            "RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$ "
            "DELETE FROM ledger_tiles AS part WHERE part.level = at_level "
            "AND part.tile_index >= first AND part.tile_index < beyond AND part.width < 256 "
            "AND EXISTS (SELECT 1 FROM ledger_tiles AS whole WHERE whole.level = part.level "
            "AND whole.tile_index = part.tile_index AND whole.width = 256) $$"
        )
    )
