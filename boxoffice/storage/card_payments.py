"""Card payments on their way, by migrations/sql/0010/up/01_card_payments.sql."""

from __future__ import annotations

import json
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.card_payment import (
    BY_HAND,
    CardAnswer,
    CardBasket,
    CardKind,
    CardState,
    OpenCardPayment,
    PinCard,
)
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Reduction, ReductionKind, SaleLine, Terms

_PIN = text("""
    SELECT pin_card_payment(:key, :purchase_key, :kind, :amount, :currency, :gateway, :order_id, :till_id,
        CAST(:basket AS jsonb))
""")
_SETTLE = text("SELECT settle_card_payment(:key, :state, :reference, :detail, :till_id)")
_OPEN = text("""
    SELECT c.key, c.amount, c.currency, c.state, c.reference, c.created_at, c.gateway, c.kind, c.purchase_key,
           c.basket, t.name AS till, t.id AS till_id, trim(u.first_name || ' ' || u.last_name) AS clerk,
           e.title AS what, o.order_number, c.order_id,
           CASE WHEN o.id = c.order_id AND o.status = 'pending' THEN o.total_amount - coalesce(
               (SELECT sum(p.amount) FROM payment_transactions p
                WHERE p.order_id = o.id AND p.kind = 'payment'), 0) END AS due,
           (SELECT json_agg(json_build_array(l.quantity, k.name) ORDER BY k.id)
            FROM jsonb_to_recordset(c.basket -> 'lines') AS l (tier_id bigint, quantity integer)
            JOIN ticket_tiers k ON k.id = l.tier_id) AS tickets
    FROM card_payments c JOIN tills t ON t.id = c.till_id JOIN users u ON u.id = c.clerk_id
    LEFT JOIN orders o ON o.id = c.order_id OR c.order_id IS NULL AND o.purchase_key = c.purchase_key
    LEFT JOIN events e ON e.id = coalesce((c.basket ->> 'event_id')::bigint, o.event_id)
    WHERE c.state IN ('pinned', 'unknown', 'approved')
      AND (CAST(:till_id AS bigint) IS NULL OR c.till_id = :till_id)
    ORDER BY c.id
""")
_CHARGED_BY = text("""
    SELECT c.gateway, c.reference, c.amount, c.currency FROM card_payments c
    WHERE c.order_id = :order_id AND c.kind = 'payment' AND c.state = 'booked' AND c.gateway <> :by_hand
      AND 1 = (SELECT count(*) FROM payment_transactions p
               WHERE p.order_id = :order_id AND p.kind = 'payment' AND p.tender = 'card')
""")

_STATE = text("SELECT state FROM card_payments WHERE key = :key")
_REFUNDS_OVER = text("""
    SELECT count(*) FROM card_payments
    WHERE order_id = :order_id AND kind = 'refund' AND state NOT IN ('pinned', 'unknown', 'approved')
""")


def pin(session: Session, wish: PinCard, till_id: int) -> None:
    """Note the amount, once per key. Raises CardPaymentDiffers for the same key with another amount."""
    session.execute(
        _PIN,
        {
            "key": wish.key,
            "purchase_key": wish.purchase_key,
            "kind": wish.kind.value,
            "amount": wish.amount.amount,
            "currency": wish.amount.currency,
            "gateway": wish.gateway,
            "order_id": wish.order_id,
            "till_id": till_id,
            "basket": None if wish.basket is None else _document(wish.basket),
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


def open_payments(session: Session, till_id: int | None) -> tuple[OpenCardPayment, ...]:
    """Return what somebody has to settle at this till (None: at any), oldest first; references are sealed."""
    return tuple(
        OpenCardPayment(
            key=row.key,
            amount=Money(row.amount, row.currency),
            state=CardState(row.state),
            till=row.till,
            till_id=row.till_id,
            clerk=row.clerk,
            started_at=row.created_at.astimezone(UTC),
            reference=row.reference,
            gateway=row.gateway,
            kind=CardKind(row.kind),
            purchase_key=row.purchase_key,
            basket=None if row.basket is None else _basket(row.basket, row.currency),
            what=row.what or "",
            tickets=tuple((quantity, tier) for quantity, tier in row.tickets or ()),
            order_number=row.order_number or "",
            order_id=row.order_id if row.kind == CardKind.PAYMENT else None,
            order_due=None if row.due is None else Money(row.due, row.currency),
        )
        for row in session.execute(_OPEN, {"till_id": till_id})
    )


def state_of(session: Session, key: UUID) -> CardState:
    """Return what is known of a payment that was pinned."""
    return CardState(session.scalar(_STATE, {"key": key}))


def charged_by(session: Session, order_id: int) -> tuple[str, str, Money] | None:
    """Return gateway, reference (sealed) and amount of an order's only card payment; None when by hand."""
    row = session.execute(_CHARGED_BY, {"order_id": order_id, "by_hand": BY_HAND}).one_or_none()
    return None if row is None else (row.gateway, row.reference, Money(row.amount, row.currency))


def refunds_over(session: Session, order_id: int) -> int:
    """Return how many refunds by gateway this order has had that are over, one way or the other."""
    return int(session.scalar(_REFUNDS_OVER, {"order_id": order_id}) or 0)


def _document(basket: CardBasket) -> str:
    terms = basket.terms
    document: dict[str, Any] = {
        "event_id": basket.event_id,
        "lines": [
            {"tier_id": line.tier_id, "quantity": line.quantity, "price": str(line.unit_price.amount)}
            for line in basket.lines
        ],
        "customer": terms.customer_id,
        "discount": terms.discount or None,
        "reduction": terms.reduction and terms.reduction.kind.value,
        "percent": terms.reduction and str(terms.reduction.percent),
        "reason": terms.reason or None,
        "offer": terms.offer or None,
        "total": basket.total and str(basket.total.amount),
    }
    return json.dumps({name: value for name, value in document.items() if value is not None})


def _basket(document: dict[str, Any], currency: str) -> CardBasket:
    lines = tuple(
        SaleLine(line["tier_id"], line["quantity"], Money(Decimal(line["price"]), currency))
        for line in document["lines"]
    )
    reduction = None
    if "reduction" in document:
        reduction = Reduction(ReductionKind(document["reduction"]), Decimal(document["percent"]))
    terms = Terms(
        customer_id=document.get("customer"),
        discount=document.get("discount", ""),
        reduction=reduction,
        reason=document.get("reason", ""),
        offer=document.get("offer", ""),
    )
    total = Money(Decimal(document["total"]), currency) if "total" in document else None
    return CardBasket(document["event_id"], lines, terms, total)
