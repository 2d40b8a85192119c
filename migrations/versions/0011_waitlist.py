"""An offer to somebody who waits is tickets that are held, made in the transaction that freed them."""

from boxoffice.storage.migrate import run_sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0011", "up")


def downgrade() -> None:
    run_sql("0011", "down")
