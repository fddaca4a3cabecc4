"""Packs of reveals part by part: the parts, and the packs that are still being made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables; a pack of the former form names no making, and is handed out no more."""
    op.add_column("packs", sa.Column("first", sa.Integer(), nullable=True))
    op.add_column("packs", sa.Column("making", sa.Text(), nullable=True))
    op.create_table(
        "pack_drafts",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("making", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["organizations.slug"], name=op.f("fk_pack_drafts_slug")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_pack_drafts")),
    )
    op.create_table(
        "pack_parts",
        sa.Column("making", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("making", "number", name=op.f("pk_pack_parts")),
    )
