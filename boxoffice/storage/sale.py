"""The sale as the till asks for it: one call of the database's sell()."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.sale import Sale, SaleLine, SellTickets, Totals
from boxoffice.storage.line import driver
from boxoffice.storage.queries.orders import sale_from_facts, totals_from_facts

# Sent past SQLAlchemy's execution, which costs the till as much of its own time as the driver itself.
_SELL = """
    CALL sell(%s::uuid, %s::bigint, %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric,
        %s, %s::numeric, %s, %s::bigint, %s::bigint, NULL)
"""

_PRICE = text("SELECT price_basket(:event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]))")


def sell(session: Session, command: SellTickets, *, till_id: int, clerk_id: int) -> Sale:
    """Sell, or return the sale that was made under this key before.

    Raises:
        Refused: one of the sales refusals of domain.errors; nothing was written.
    """
    payment = command.payment
    parameters = (
        command.purchase_key,
        command.event_id,
        _array(line.tier_id for line in command.lines),
        _array(line.quantity for line in command.lines),
        _array(line.unit_price.amount for line in command.lines),
        None if command.shown_total is None else command.shown_total.amount,
        payment.tender.value,
        None if payment.tendered is None else payment.tendered.amount,
        payment.reference,
        till_id,
        clerk_id,
    )
    [(facts,)] = driver(session).execute(_SELL, parameters).fetchall()
    return sale_from_facts(facts)


def _array(numbers: Iterable[int | Decimal]) -> str:
    """Return numbers as PostgreSQL writes an array; the driver's own way costs three times as much."""
    return "{" + ",".join(map(str, numbers)) + "}"


def price(session: Session, event_id: int, lines: tuple[SaleLine, ...]) -> Totals:
    """Return what these lines cost now.

    Raises:
        UnknownEvent, UnknownTier: there is no such event, or the tier is not one of its.
    """
    facts = session.scalar(
        _PRICE,
        {
            "event_id": event_id,
            "tier_ids": [line.tier_id for line in lines],
            "quantities": [line.quantity for line in lines],
        },
    )
    return totals_from_facts(facts)
