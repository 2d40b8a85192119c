"""Card payments on their way, by migrations/sql/0005/up/08_card_payments.sql."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.card_payment import CardAnswer, CardState, OpenCardPayment, PinCard
from boxoffice.domain.money import Money

_PIN = text("""
    SELECT pin_card_payment(:key, :purchase_key, 'payment', :amount, :currency, :gateway, :order_id, :till_id)
""")
_SETTLE = text("SELECT settle_card_payment(:key, :state, :reference, :detail, :till_id)")
_OPEN = text("""
    SELECT c.key, c.amount, c.currency, c.state, c.reference, c.created_at, t.name AS till,
           trim(u.first_name || ' ' || u.last_name) AS clerk
    FROM card_payments c JOIN tills t ON t.id = c.till_id JOIN users u ON u.id = c.clerk_id
    WHERE c.state IN ('pinned', 'unknown', 'approved') AND c.till_id = :till_id ORDER BY c.id
""")


def pin(session: Session, wish: PinCard, till_id: int) -> None:
    """Note the amount, once per key. Raises CardPaymentDiffers for the same key with another amount."""
    session.execute(
        _PIN,
        {
            "key": wish.key,
            "purchase_key": wish.purchase_key,
            "amount": wish.amount.amount,
            "currency": wish.amount.currency,
            "gateway": wish.gateway,
            "order_id": wish.order_id,
            "till_id": till_id,
        },
    )


def settle(session: Session, key: UUID, answer: CardAnswer, till_id: int) -> None:
    """Say what became of it. Raises CardPaymentDiffers for what cannot be true after what is known."""
    session.execute(
        _SETTLE,
        {
            "key": key,
            "state": answer.state.value,
            "reference": answer.reference,
            "detail": answer.detail,
            "till_id": till_id,
        },
    )


def open_payments(session: Session, till_id: int) -> tuple[OpenCardPayment, ...]:
    """Return what somebody has to settle at this till, oldest first; references are sealed."""
    return tuple(
        OpenCardPayment(
            row.key,
            Money(row.amount, row.currency),
            CardState(row.state),
            row.till,
            row.clerk,
            row.created_at.astimezone(UTC),
            row.reference,
        )
        for row in session.execute(_OPEN, {"till_id": till_id})
    )
