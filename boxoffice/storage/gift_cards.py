"""Gift cards, by migrations/sql/0005/up/07_gift_cards.sql."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.gift_card import GiftCard, IssueGiftCard
from boxoffice.domain.money import Money
from boxoffice.storage.sale import payments_document

_ISSUE = text("SELECT issue_gift_card(:key, :amount, :currency, CAST(:payments AS jsonb), :till_id)")
_BALANCE = text("SELECT gift_card_balance(:code)")


def issue(session: Session, wish: IssueGiftCard, till_id: int) -> GiftCard:
    """Sell a gift card, or return the one that this key sold before.

    Raises:
        PaymentsDiffer, CashTooLittle, NoOpenDrawer, CardPaymentDiffers.
    """
    answer = session.scalar(
        _ISSUE,
        {
            "key": wish.key,
            "amount": wish.amount.amount,
            "currency": wish.amount.currency,
            "payments": payments_document(wish.payments),
            "till_id": till_id,
        },
    )
    return _card(answer)


def by_code(session: Session, code: str) -> GiftCard:
    """Return the card with its balance. Raises UnknownGiftCard."""
    return _card(session.scalar(_BALANCE, {"code": code}))


def _card(answer: dict[str, Any]) -> GiftCard:
    return GiftCard(answer["code"], Money(Decimal(answer["balance"]), answer["currency"]))
