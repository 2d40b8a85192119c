"""The sale as the till asks for it: one call of the database's sell_tickets()."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.sale import Sale, SaleLine, SellTickets, Totals
from boxoffice.storage.queries.orders import sale_from_facts, totals_from_facts

_SELL = text("""
    SELECT sell_tickets(:purchase_key, :event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]),
        CAST(:shown_prices AS numeric[]), CAST(:shown_total AS numeric), :tender, CAST(:tendered AS numeric),
        :reference, :till_id, :clerk_id)
""")

_PRICE = text("SELECT price_basket(:event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]))")


def sell(session: Session, command: SellTickets, *, till_id: int, clerk_id: int) -> Sale:
    """Sell, or return the sale that was made under this key before.

    Raises:
        Refused: one of the sales refusals of domain.errors; nothing was written.
    """
    payment = command.payment
    facts = session.scalar(
        _SELL,
        {
            "purchase_key": command.purchase_key,
            "event_id": command.event_id,
            "tier_ids": [line.tier_id for line in command.lines],
            "quantities": [line.quantity for line in command.lines],
            "shown_prices": [line.unit_price.amount for line in command.lines],
            "shown_total": None if command.shown_total is None else command.shown_total.amount,
            "tender": payment.tender.value,
            "tendered": None if payment.tendered is None else payment.tendered.amount,
            "reference": payment.reference,
            "till_id": till_id,
            "clerk_id": clerk_id,
        },
    )
    return sale_from_facts(facts)


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
