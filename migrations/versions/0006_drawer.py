"""The drawer: float, movements, blind count, sign-off and numbered closings."""

from boxoffice.storage.migrate import run_sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0006", "up")


def downgrade() -> None:
    run_sql("0006", "down")
    run_sql("0005", "up", "045_drawer.sql")
