"""The receipts of an order, to be printed again exactly as they were first printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.storage.database import Database

if TYPE_CHECKING:
    from boxoffice.domain.receipt import Receipt


def receipts_of(db: Database, order_id: int) -> tuple[Receipt, ...]:
    """Return all receipts that tell of an order, oldest first; none for an order of an older program."""
    from boxoffice.storage.queries import receipts  # noqa: PLC0415 - behind the first sale, not at the start

    with db.read() as session:
        return receipts.receipts_of_order(session, order_id)


def receipt(db: Database, till_id: int, number: int) -> Receipt | None:
    """Return a till's receipt, None when it has no such number."""
    from boxoffice.storage.queries import receipts  # noqa: PLC0415 - as above

    with db.read() as session:
        return receipts.receipt_by_number(session, till_id, number)
