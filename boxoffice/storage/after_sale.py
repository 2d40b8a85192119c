"""What is done to an order after its sale, by the functions of migrations/sql/0005/up/06_after_sale.sql."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.after_sale import (
    CancelOrder,
    Correction,
    Exchange,
    Exchanged,
    PayOrder,
    ReactivateOrder,
    Refund,
    Returned,
)
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Sale, Tender
from boxoffice.storage.queries.orders import sale_from_facts
from boxoffice.storage.sale import payments_document

_REFUND = text("""
    SELECT refund_tickets(:key, :order_id, CAST(:ticket_ids AS bigint[]), :retained, :tender, :reference,
        :reason, :till_id, :kind)
""")
_EXCHANGE = text("""
    SELECT exchange_tickets(:key, :order_id, CAST(:ticket_ids AS bigint[]), :event_id,
        CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]), CAST(:prices AS numeric[]), :shown_total,
        CAST(:payments AS jsonb), :reason, :till_id)
""")
_PAY = text("SELECT pay_order(:key, :order_id, CAST(:payments AS jsonb), :till_id)")
_CANCEL = text("SELECT cancel_order(:key, :order_id, :reference, :reason, :till_id)")
_REACTIVATE = text("SELECT reactivate_order(:key, :order_id, :due_at, :till_id)")


def refund(session: Session, wish: Refund, till_id: int) -> Correction:
    """Give tickets back, or return what this key gave back before.

    Raises:
        UnknownOrder, OrderNotReturnable, TicketNotReturnable, ReasonMissing, NoOpenDrawer.
        NeedsOverride: a manager has to allow it.
    """
    answer = session.scalar(
        _REFUND,
        {
            "key": wish.key,
            "order_id": wish.order_id,
            "ticket_ids": None if wish.ticket_ids is None else list(wish.ticket_ids),
            "retained": None if wish.retained is None else wish.retained.amount,
            "tender": wish.tender and wish.tender.value,
            "reference": wish.reference,
            "reason": wish.reason,
            "till_id": till_id,
            "kind": wish.kind.value,
        },
    )
    return _correction(answer)


def exchange(session: Session, wish: Exchange, till_id: int) -> Exchanged:
    """Take the new tickets, give the old ones back, pay the difference.

    Raises:
        What selling and refunding raise, and OtherCurrency.
    """
    answer = session.scalar(
        _EXCHANGE,
        {
            "key": wish.key,
            "order_id": wish.order_id,
            "ticket_ids": list(wish.ticket_ids),
            "event_id": wish.event_id,
            "tier_ids": [line.tier_id for line in wish.lines],
            "quantities": [line.quantity for line in wish.lines],
            "prices": [line.unit_price.amount for line in wish.lines],
            "shown_total": None if wish.shown_total is None else wish.shown_total.amount,
            "payments": payments_document(wish.payments),
            "reason": wish.reason,
            "till_id": till_id,
        },
    )
    return Exchanged(sale_from_facts(answer["sale"]), _correction(answer["correction"]))


def pay(session: Session, wish: PayOrder, till_id: int) -> Sale:
    """Pay a pending order; its tickets come with the last payment.

    Raises:
        UnknownOrder, OrderNotPending, PaymentsDiffer, CashTooLittle, NoOpenDrawer, UnknownGiftCard,
        GiftCardTooLittle, CardPaymentDiffers.
    """
    parameters = {
        "key": wish.key,
        "order_id": wish.order_id,
        "payments": payments_document(wish.payments),
        "till_id": till_id,
    }
    return sale_from_facts(session.scalar(_PAY, parameters))


def cancel(session: Session, wish: CancelOrder, till_id: int) -> Correction:
    """Give up a pending order.

    Raises:
        UnknownOrder, OrderNotPending, ReasonMissing, NoOpenDrawer, NeedsOverride.
    """
    parameters = {
        "key": wish.key,
        "order_id": wish.order_id,
        "reference": wish.reference,
        "reason": wish.reason,
        "till_id": till_id,
    }
    return _correction(session.scalar(_CANCEL, parameters))


def reactivate(session: Session, wish: ReactivateOrder, till_id: int) -> Sale:
    """Take up an unpaid order again.

    Raises:
        UnknownOrder, OrderNotPending, DueDatePast, SoldOut, DiscountInvalid.
    """
    parameters = {
        "key": wish.key,
        "order_id": wish.order_id,
        "due_at": wish.due_at,
        "till_id": till_id,
    }
    return sale_from_facts(session.scalar(_REACTIVATE, parameters))


def _correction(answer: dict[str, Any]) -> Correction:
    receipt = answer["receipt"]
    currency = receipt["currency"]

    def money(amount: str) -> Money:
        return Money(Decimal(amount), currency)

    return Correction(
        id=answer["correction_id"],
        order_id=receipt["order_id"],
        total=-money(receipt["total"]),
        retained=money(receipt["retained"]),
        returned=tuple(
            Returned(Tender(part["tender"]), -money(part["amount"])) for part in receipt["payments"]
        ),
        gift_card=answer["gift_card"] or "",
        till=receipt["till"],
        receipt_number=receipt["receipt_number"],
        replayed=answer["replayed"],
    )
