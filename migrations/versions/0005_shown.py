"""Which bundles of 256 entries name an organization, so that its own are found without a search."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BUNDLE = 256
PAGE = 16 * BUNDLE
"""So many entries are read at once: whole bundles, so that each row is found on one page only."""


def upgrade() -> None:
    """Create the table, fill it from the entries that stand, and guard it."""
    op.create_table(
        "ledger_shown",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("bundle", POSITION, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("slug", "bundle", name=op.f("pk_ledger_shown")),
        sqlite_with_rowid=False,
    )
    fill()
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def fill() -> None:
    """Read all entries, page by page: some ten seconds for a million.

    Attestations would tell it sooner, but those about erased people are gone.
    """
    connection = op.get_bind()
    entries = sa.table("ledger_entries", sa.column("seq"), sa.column("entry", sa.LargeBinary()))
    shown = sa.table("ledger_shown", sa.column("slug"), sa.column("bundle"))
    last = connection.scalar(sa.select(sa.func.max(entries.c.seq)))
    for start in range(0, 0 if last is None else last + 1, PAGE):
        page = sa.select(entries.c.seq, entries.c.entry).where(
            entries.c.seq >= start, entries.c.seq < start + PAGE
        )
        found = {
            (slug, seq // BUNDLE)
            for seq, entry in connection.execute(page)
            for slug in json.loads(entry)["orgs"]
        }
        if found:
            rows = [{"slug": slug, "bundle": bundle} for slug, bundle in sorted(found)]
            connection.execute(sa.insert(shown), rows)


def guard_sqlite() -> None:
    """SQLite: rows stay; to replace one by itself, all that REPLACE could do, changes nothing."""
    for event in ("UPDATE", "DELETE"):
        op.execute(
            sa.text(
                f"CREATE TRIGGER ledger_shown_no_{event.lower()} BEFORE {event} ON ledger_shown "
                "BEGIN SELECT RAISE(ABORT, 'ledger_shown is append-only'); END"
            )
        )


def guard_postgresql() -> None:
    """PostgreSQL: triggers for rows, and for TRUNCATE, which fires none of them."""
    op.execute(
        sa.text(
            "CREATE FUNCTION ledger_shown_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'ledger_shown is append-only'; END $$"
        )
    )
    for name, event, each in (
        ("rows", "UPDATE OR DELETE", "ROW"),
        ("whole", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            sa.text(
                f"CREATE TRIGGER ledger_shown_{name} BEFORE {event} ON ledger_shown "
                f"FOR EACH {each} EXECUTE FUNCTION ledger_shown_append_only()"
            )
        )
