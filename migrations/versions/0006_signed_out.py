"""When a person signed out: what a browser was given before that opens nothing any more."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the moment; nobody has signed out yet."""
    op.add_column("people", sa.Column("signed_out_at", sa.BigInteger(), nullable=True))
