"""The sale lets the next till in before the disk has it, and answers afterwards."""

from boxoffice.storage.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0002", "up")


def downgrade() -> None:
    run_sql("0002", "down")
    run_sql("0001", "up", "07_sale.sql")
