"""Personal words reach the database sealed; exporting, erasing and retiring them leaves evidence."""

from boxoffice.storage.migrate import run_sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0004", "up")


def downgrade() -> None:
    run_sql("0004", "down")
