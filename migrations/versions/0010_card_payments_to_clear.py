"""Card payments say what they were for, so that whoever finds one can book it; refunds by a gateway are booked too."""

from boxoffice.storage.migrate import run_sql

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0010", "up")


def downgrade() -> None:
    run_sql("0010", "down")
