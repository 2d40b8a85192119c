"""The sale as the till asks for it: one call of the database's sell_tickets()."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.sale import Sale, SaleLine, SellTickets, Totals
from boxoffice.storage.queries.orders import sale_from_facts, totals_from_facts

# Sent to the driver as it is: SQLAlchemy's text() costs the till as much again as the server's answer takes.
_SELL = """
    SELECT sell_tickets(%s::uuid, %s::bigint, %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric,
        %s, %s::numeric, %s, %s::bigint, %s::bigint, p_till_tells => true)
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
        [line.tier_id for line in command.lines],
        [line.quantity for line in command.lines],
        [line.unit_price.amount for line in command.lines],
        None if command.shown_total is None else command.shown_total.amount,
        payment.tender.value,
        None if payment.tendered is None else payment.tendered.amount,
        payment.reference,
        till_id,
        clerk_id,
    )
    facts = session.connection().exec_driver_sql(_SELL, parameters).scalar_one()
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
