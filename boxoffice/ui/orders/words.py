"""What people at the counter call the states, tenders and receipts of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.domain.order_list import OrderState
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from boxoffice.formats import Formats

TENDERS = ("cash", "card", "other", "gift_card", "exchange")


def state_name(state: OrderState) -> str:
    """Return the word for a state."""
    return {
        OrderState.PENDING: tr("Unpaid"),
        OrderState.PAID: tr("Paid"),
        OrderState.PARTLY_REFUNDED: tr("Partly refunded"),
        OrderState.REFUNDED: tr("Refunded"),
        OrderState.CANCELLED: tr("Cancelled"),
        OrderState.EXPIRED: tr("Expired"),
    }[state]


def waits_name() -> str:
    """Return the word for an order of a cancelled event whose cash waits at the counter."""
    return tr("Cash waits")


def state_words(
    state: OrderState, due_at: datetime | None, formats: Formats, time_zone: str
) -> tuple[str, Tone]:
    """Return what an order's tag says and its tone; of an unpaid one, until when it waits."""
    words = state_name(state)
    if state is OrderState.PENDING and due_at is not None:
        words = tr("Unpaid until {when}", when=formats.day_and_month(due_at, time_zone))
    tone = {
        OrderState.PENDING: Tone.WARN,
        OrderState.PAID: Tone.GOOD,
        OrderState.PARTLY_REFUNDED: Tone.ACCENT,
    }.get(state, Tone.BAD)
    return words, tone


def tender_name(tender: str) -> str:
    """Return the word for a tender as the database names it."""
    return {
        "cash": tr("Cash"),
        "card": tr("Card"),
        "other": tr("Other"),
        "gift_card": tr("Gift card"),
        "exchange": tr("Exchange"),
    }.get(tender, tender)


def receipt_name(kind: str) -> str:
    """Return the word for a kind of receipt as the database names it."""
    return {
        "sale": tr("Sale"),
        "payment": tr("Payment"),
        "refund": tr("Refund"),
        "exchange": tr("Exchange"),
    }.get(kind, kind)
