"""People sign in as themselves; the database decides what each may do, and keeps evidence of it."""

from boxoffice.storage.migrate import run_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0003", "up")


def downgrade() -> None:
    run_sql("0003", "down")
