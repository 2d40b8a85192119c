"""E-mails leave through an outbox: queued by deeds, claimed, sent and settled by any open program."""

from boxoffice.storage.migrate import run_sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0008", "up")


def downgrade() -> None:
    run_sql("0008", "down")
