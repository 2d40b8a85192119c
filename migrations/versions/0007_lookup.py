"""Orders found by whatever a customer has in hand, and customers kept at the counter."""

from boxoffice.storage.migrate import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0007", "up")


def downgrade() -> None:
    run_sql("0007", "down")
