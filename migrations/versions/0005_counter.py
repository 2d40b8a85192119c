"""The counter, complete: holds, tenders, receipts, refunds and what a till numbers."""

from boxoffice.storage.migrate import run_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("0005", "up")


def downgrade() -> None:
    run_sql("0005", "down", "01_functions.sql")
    for name in ("05_prices.sql", "06_order_facts.sql", "07_sale.sql"):
        run_sql("0001", "up", name)
    run_sql("0002", "up")
    run_sql("0005", "down", "[89]*.sql")
