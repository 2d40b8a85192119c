"""The sale as the till asks for it: one call of the database's sell()."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.money import Money
from boxoffice.domain.sale import PLAIN, Payment, Sale, SaleLine, SellTickets, Terms, Totals
from boxoffice.storage.line import driver
from boxoffice.storage.queries.orders import sale_from_facts, totals_from_facts

# Sent past SQLAlchemy's execution, which costs the till as much of its own time as the driver itself.
_SELL = """
    CALL sell(%s::uuid, %s::bigint, %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric,
        %s, %s::numeric, %s, %s::bigint, %s::bigint, NULL, %s::jsonb, %s::jsonb)
"""

_PRICE = text("""
    SELECT price_basket(
        :event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]), CAST(:terms AS jsonb))
""")


def sell(session: Session, command: SellTickets, *, till_id: int, clerk_id: int) -> Sale:
    """Sell, or return the sale that was made under this key before.

    Raises:
        Refused: one of the sales refusals of domain.errors; nothing was written.
    """
    only = _only_plain(command.payments)
    parameters = (
        command.purchase_key,
        command.event_id,
        _array(line.tier_id for line in command.lines),
        _array(line.quantity for line in command.lines),
        _array(line.unit_price.amount for line in command.lines),
        None if command.shown_total is None else command.shown_total.amount,
        None if only is None else only.tender.value,
        None if only is None or only.tendered is None else only.tendered.amount,
        "" if only is None else only.reference,
        till_id,
        clerk_id,
        terms_document(command.terms),
        None if only is not None else payments_document(command.payments),
    )
    [(facts,)] = driver(session).execute(_SELL, parameters).fetchall()
    return sale_from_facts(facts)


def _only_plain(payments: tuple[Payment, ...]) -> Payment | None:
    """Return the only payment when it is one for all that is due and of nothing but money: the quick way."""
    if len(payments) != 1:
        return None
    [only] = payments
    is_plain = only.amount is None and not only.gift_card and only.card_key is None
    return only if is_plain else None


def payments_document(payments: tuple[Payment, ...]) -> str:
    """Return payments as tenders_for() of the database reads them."""
    return json.dumps(
        [
            {
                "tender": payment.tender.value,
                "amount": _plain(payment.amount),
                "tendered": _plain(payment.tendered),
                "reference": payment.reference,
                "gift_card": payment.gift_card or None,
                "card_key": payment.card_key and str(payment.card_key),
            }
            for payment in payments
        ]
    )


def _plain(money: Money | None) -> str | None:
    return None if money is None else str(money.amount)


def terms_document(terms: Terms) -> str | None:
    """Return terms as begin_terms() of the database reads them, None for none."""
    if terms == PLAIN:
        return None
    document: dict[str, Any] = {
        "customer": terms.customer_id,
        "notes": terms.notes or None,
        "discount": terms.discount or None,
        "reduction": terms.reduction and terms.reduction.kind.value,
        "percent": terms.reduction and str(terms.reduction.percent),
        "reason": terms.reason or None,
        "held": terms.is_held or None,
        "due_at": terms.due_at and terms.due_at.isoformat(),
        "offer": terms.offer or None,
    }
    return json.dumps({name: value for name, value in document.items() if value is not None})


def _array(numbers: Iterable[int | Decimal]) -> str:
    """Return numbers as PostgreSQL writes an array; the driver's own way costs three times as much."""
    return "{" + ",".join(map(str, numbers)) + "}"


def price(session: Session, event_id: int, lines: tuple[SaleLine, ...], terms: Terms = PLAIN) -> Totals:
    """Return what these lines cost now, under these terms.

    Raises:
        DiscountInvalid: the code gives nothing now.
        UnknownEvent, UnknownTier: there is no such event, or the tier is not one of its.
    """
    facts = session.scalar(
        _PRICE,
        {
            "event_id": event_id,
            "tier_ids": [line.tier_id for line in lines],
            "quantities": [line.quantity for line in lines],
            "terms": terms_document(terms),
        },
    )
    return totals_from_facts(facts)
