"""Money at a till, written by hand as the deeds of the counter write it: number, receipt, payment, cash."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import psycopg

from tests.office import Office

NUMBER = """
    INSERT INTO till_numbers (till_id, last_receipt) VALUES (%s, 1)
    ON CONFLICT (till_id) DO UPDATE SET last_receipt = till_numbers.last_receipt + 1 RETURNING last_receipt
"""


@dataclass(frozen=True, slots=True)
class Rung:
    """What was rung up: the till's number for it, and its order."""

    number: int
    order_id: int


def without_drawer(office: Office) -> None:
    """Take away the drawer that the office's till was opened with."""
    office.connection.execute("UPDATE cash_drawers SET closed_at = now() WHERE closed_at IS NULL")


def _value(connection: psycopg.Connection, statement: str, *parameters: object) -> int:
    row = connection.execute(statement.encode(), parameters).fetchone()
    assert row is not None
    return int(row[0])


def ring_up(  # noqa: PLR0913 - what a sale consists of
    connection: psycopg.Connection,
    office: Office,
    event: int,
    net: str,
    tax: str = "0",
    *,
    tender: str = "cash",
    rate: str = "7",
    currency: str = "EUR",
    tickets: int = 1,
    till: int | None = None,
) -> Rung:
    """Write a sale that is paid at once by one tender, in a transaction of its own."""
    at = till or office.at.till_id
    clerk = office.at.clerk_id
    total = Decimal(net) + Decimal(tax)
    with connection.transaction():
        drawer = connection.execute(
            "SELECT id FROM cash_drawers WHERE till_id = %s AND closed_at IS NULL AND currency = %s AND %s"
            " FOR SHARE",
            [at, currency, tender == "cash"],
        ).fetchone()
        order = _value(
            connection,
            "INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount,"
            " tax_rate_percent, till_id, clerk_id, paid_at) VALUES (%s, 'paid', %s, %s, 0, %s, %s, %s, %s,"
            " %s,"
            " CURRENT_TIMESTAMP) RETURNING id",
            event, currency, net, tax, total, rate, at, clerk,
        )  # fmt: skip
        connection.execute(
            "INSERT INTO order_items (order_id, tier_id, quantity, unit_price, tax)"
            " SELECT %s, min(id), %s, %s, %s FROM ticket_tiers WHERE event_id = %s",
            [order, tickets, total / tickets, tax, event],
        )
        connection.execute(
            "INSERT INTO tickets (order_id, tier_id, event_id, number, price, tax)"
            " SELECT %s, i.tier_id, %s, n, i.unit_price, CASE n WHEN 1 THEN i.tax ELSE 0 END"
            " FROM order_items i, generate_series(1, i.quantity) n WHERE i.order_id = %s",
            [order, event, order],
        )
        number = _value(connection, NUMBER, at)
        connection.execute(
            "UPDATE ticket_tiers t SET sold = sold + %s FROM order_items i"
            " WHERE i.order_id = %s AND t.id = i.tier_id",
            [tickets, order],
        )
        pay(connection, number, at, clerk, order=order, kind="sale", tender=tender, amount=total,
            currency=currency, drawer=drawer[0] if drawer else None)  # fmt: skip
    return Rung(number, order)


def give_back(connection: psycopg.Connection, office: Office, sale: Rung, net: str, tax: str = "0") -> int:
    """Write a refund in cash of a part of a sale, and return its receipt's number."""
    at, clerk = office.at.till_id, office.at.clerk_id
    total = Decimal(net) + Decimal(tax)
    with connection.transaction():
        drawer = _value(
            connection, "SELECT id FROM cash_drawers WHERE till_id = %s AND closed_at IS NULL FOR SHARE", at
        )
        number = _value(connection, NUMBER, at)
        pay(connection, number, at, clerk, order=sale.order_id, kind="refund", tender="cash", amount=total,
            currency="EUR", drawer=drawer)  # fmt: skip
        connection.execute(
            "INSERT INTO corrections (key, order_id, kind, currency, subtotal, service_fee, tax, total,"
            " reason,"
            " till_id, clerk_id, receipt_number)"
            " VALUES (%s, %s, 'refund', 'EUR', %s, 0, %s, %s, 'ill', %s, %s, %s)",
            [uuid4(), sale.order_id, net, tax, total, at, clerk, number],
        )
    return number


def pay(  # noqa: PLR0913 - what a payment consists of
    connection: psycopg.Connection,
    number: int,
    till: int,
    clerk: int,
    *,
    order: int,
    kind: str,
    tender: str,
    amount: Decimal,
    currency: str,
    drawer: int | None,
) -> None:
    """Write the receipt, its payment, and the entry of its cash."""
    connection.execute(
        "INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, '{}')",
        [till, number, kind, order, clerk, currency, -amount if kind == "refund" else amount],
    )
    payment = _value(
        connection,
        "INSERT INTO payment_transactions (order_id, kind, tender, amount, currency, till_id, clerk_id,"
        " receipt_number) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        order, "refund" if kind == "refund" else "payment", tender, amount, currency, till, clerk, number,
    )  # fmt: skip
    if tender == "cash" and drawer is not None:
        connection.execute(
            "INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            [drawer, kind, -amount if kind == "refund" else amount, payment, clerk],
        )
