"""The box office: tables, rules, triggers, the sale and the views."""

from boxoffice.storage.migrate import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0001", "up")


def downgrade() -> None:
    run_sql("0001", "down")
