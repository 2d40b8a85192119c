"""Card payments say what they were for, so that whoever finds one can book it; so do refunds by a gateway."""

from boxoffice.storage.migrate import run_sql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0010", "up")


def downgrade() -> None:
    run_sql("0010", "down", "01_card_payments.sql")
    run_sql("0005", "up", "08_card_payments.sql")
    run_sql("0010", "down", "90_rights.sql")
