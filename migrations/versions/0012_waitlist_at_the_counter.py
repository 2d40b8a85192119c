"""An offer is in one basket at a time, and what happened with an entry can be read out."""

from boxoffice.storage.migrate import run_sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0012", "up")


def downgrade() -> None:
    run_sql("0012", "down")
