"""Runs the revisions: one migrator at a time, never waiting long for a busy table.

The caller hands over an open connection in `config.attributes["connection"]`; there is no ini file, because
the program knows its database and `boxoffice migrate` is the command.
"""

from alembic import context
from sqlalchemy import Connection, text

from boxoffice.storage.tables.whole import Base

MIGRATION_LOCK_KEY = 0x626F786F66666963
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 600_000


def run(connection: Connection) -> None:
    """Apply or take back revisions in one transaction, under an advisory lock."""
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK_KEY})"))
        context.run_migrations()


run(context.config.attributes["connection"])
