"""A new key seals notes of orders and references of card payments anew; exports hold the notes."""

from boxoffice.storage.migrate import run_sql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0009", "up")


def downgrade() -> None:
    run_sql("0009", "down")
