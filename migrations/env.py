"""Runs the migrations on the database that the caller names; knows nothing of the hub's code."""

from alembic import context
from sqlalchemy import create_engine

config = context.config
url = config.get_main_option("sqlalchemy.url")
if url is None:
    message = "sqlalchemy.url must name the database"
    raise RuntimeError(message)

engine = create_engine(url)
try:
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
