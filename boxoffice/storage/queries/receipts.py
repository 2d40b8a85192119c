"""Receipts, as their deeds wrote them down."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.receipt import Receipt, receipt_from_facts

_OF_ORDER = text("SELECT facts FROM receipts WHERE order_id = :order_id ORDER BY created_at, till_id, number")
_BY_NUMBER = text("SELECT facts FROM receipts WHERE till_id = :till_id AND number = :number")


def receipts_of_order(session: Session, order_id: int) -> tuple[Receipt, ...]:
    """Return all receipts that tell of an order, oldest first."""
    return tuple(receipt_from_facts(facts) for facts in session.scalars(_OF_ORDER, {"order_id": order_id}))


def receipt_by_number(session: Session, till_id: int, number: int) -> Receipt | None:
    """Return a till's receipt, None when it has no such number."""
    facts = session.scalar(_BY_NUMBER, {"till_id": till_id, "number": number})
    return None if facts is None else receipt_from_facts(facts)
