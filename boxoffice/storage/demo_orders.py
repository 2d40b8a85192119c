"""Writes the demo's past sales in bulk, with the prices, fees and taxes of the sale's own functions.

`sell_tickets()` itself sells now, and only what is on sale now; these sales lie in the past.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.storage.demo_sales import DemoTicket

_PRICE = text("""
    CREATE TEMPORARY TABLE demo_orders ON COMMIT DROP AS
    SELECT w.*, sums.*
    FROM jsonb_to_recordset(CAST(:orders AS jsonb)) AS w (
        nth integer, key uuid, event_id bigint, tier_ids bigint[], quantities bigint[], sold_at timestamptz,
        till_id bigint, clerk_id bigint, user_id bigint, tender text, reference text, note numeric)
    JOIN events e ON e.id = w.event_id
    CROSS JOIN LATERAL price_of(e, w.tier_ids, w.quantities, NULL, NULL) AS sums
""")

_STEPS = tuple(
    text(statement)
    for statement in (
        # Numbered in the order in which they were sold.
        """
        INSERT INTO orders (order_number, user_id, event_id, status, currency, subtotal, service_fee, tax,
                            total_amount, tax_rate_percent, tax_inclusive, purchase_key, till_id, clerk_id,
                            created_at, paid_at)
        SELECT to_char(w.sold_at AT TIME ZONE 'UTC', 'YYYY-') || nextval('order_number_seq'), w.user_id, e.id,
               'paid', e.currency, w.net_subtotal, w.net_fee, w.tax, w.total, e.tax_rate_percent,
               e.tax_inclusive, w.key, w.till_id, w.clerk_id, w.sold_at, w.sold_at
        FROM (SELECT * FROM demo_orders ORDER BY nth) w JOIN LATERAL
             (SELECT * FROM events WHERE id = w.event_id) e ON true
        """,
        """
        CREATE TEMPORARY TABLE demo_sold ON COMMIT DROP AS
        SELECT o.id, o.currency, w.* FROM demo_orders w JOIN orders o ON o.purchase_key = w.key
        """,
        """
        INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax)
        SELECT w.id, l.tier_id, l.quantity, l.unit_price, l.unit_fee * l.quantity, l.line_tax
        FROM demo_sold w CROSS JOIN LATERAL unnest(w.lines) l ORDER BY w.nth, l.tier_id
        """,
        """
        INSERT INTO payment_transactions (order_id, tender, amount, currency, tendered, reference, till_id,
                                          clerk_id, created_at)
        SELECT w.id, w.tender, w.total, w.currency,
               CASE WHEN w.tender = 'cash' THEN ceil(w.total / w.note) * w.note END,
               w.reference, w.till_id, w.clerk_id, w.sold_at
        FROM demo_sold w ORDER BY w.nth
        """,
        """
        INSERT INTO audit_logs (at, user_id, till_id, action, entity, entity_id, detail)
        SELECT w.sold_at, w.clerk_id, w.till_id, 'sold', 'order', w.id,
               jsonb_build_object('total', w.total, 'currency', w.currency, 'tender', w.tender)
        FROM demo_sold w ORDER BY w.nth
        """,
    )
)

_ISSUE = text("""
    INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax, ticket_code, status,
                         used_at, created_at)
    SELECT k.id, k.tier_id, k.event_id, k.number, k.price, k.fee, k.tax, d.code,
           CASE WHEN d.used_at IS NULL THEN 'valid' ELSE 'used' END, d.used_at, k.sold_at
    FROM (
        SELECT w.id, w.event_id, w.sold_at, t.*, row_number() OVER (ORDER BY w.nth, t.number) AS nth
        FROM demo_sold w CROSS JOIN LATERAL
             tickets_of(w.lines, w.tax, w.subtotal + w.fee, minor_digits(w.currency)) t
    ) k
    JOIN unnest(CAST(:codes AS text[]), CAST(:used_at AS timestamptz[])) WITH ORDINALITY
        AS d (code, used_at, nth) USING (nth)
    ORDER BY k.nth
""")

_COUNT_SOLD = text("""
    UPDATE ticket_tiers t SET sold = k.sold
    FROM (SELECT tier_id, count(*) AS sold FROM tickets GROUP BY tier_id) k WHERE k.tier_id = t.id
""")

_PRINT = text("""
    INSERT INTO print_jobs (ticket_id, state, printer, till_id, created_at)
    SELECT k.id, 'printed', :printer, w.till_id, w.sold_at + k.number * interval '2 seconds'
    FROM demo_sold w JOIN tickets k ON k.order_id = w.id ORDER BY w.nth, k.number
""")


def write_orders(
    session: Session, orders: Sequence[dict[str, Any]], tickets: Sequence[DemoTicket], printer: str
) -> None:
    """Write orders that are paid and printed, in the order given, into a database that has none.

    Args:
        session: of the transaction that also wrote events and tiers.
        orders: key, event_id, tier_ids, quantities, sold_at, till_id, clerk_id, user_id, tender, reference,
            note (what cash is rounded up to, None for the exact sum).
        tickets: one for each ticket of all orders, in the same order.
        printer: the name of the printer that they came out of.
    """
    numbered = [{"nth": nth} | order for nth, order in enumerate(orders)]
    session.execute(_PRICE, {"orders": json.dumps(numbered, default=str)})
    for step in _STEPS:
        session.execute(step)
    session.execute(
        _ISSUE,
        {"codes": [ticket.code for ticket in tickets], "used_at": [ticket.used_at for ticket in tickets]},
    )
    session.execute(_COUNT_SOLD)
    session.execute(_PRINT, {"printer": printer})
