"""Orders as `Sale` values. The database's order_facts() says what belongs to one."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.money import Money
from boxoffice.domain.sale import OrderStatus, Paid, PricedLine, Sale, Tender, Totals
from boxoffice.domain.ticket import IssuedTicket, PrintState, TicketFace, TicketStatus

_BY_ID = text("SELECT order_facts(:order_id)")
_BY_NUMBER = text("SELECT order_facts(id) FROM orders WHERE order_number = :number")
_BY_TICKET_CODE = text("SELECT order_facts(order_id) FROM tickets WHERE ticket_code = :code")
_BY_REFERENCE = text("""
    SELECT order_facts(order_id) FROM payment_transactions
    WHERE reference <> '' AND split_part(reference, ':', 3) = ANY (:fingerprints) ORDER BY id DESC LIMIT 1
""")
_NEWEST_OF_TILL = text("""
    SELECT order_facts(newest.id)
    FROM (SELECT id, created_at FROM orders WHERE till_id = :till_id
          ORDER BY created_at DESC, id DESC LIMIT :size) newest
    ORDER BY newest.created_at DESC, newest.id DESC
""")


def order_by_id(session: Session, order_id: int) -> Sale | None:
    """Return the order, None when there is none."""
    return _sale_or_none(session.scalar(_BY_ID, {"order_id": order_id}))


def order_by_number(session: Session, number: str) -> Sale | None:
    """Return the order with this number, written as stored (2026-104217)."""
    return _sale_or_none(session.scalar(_BY_NUMBER, {"number": number}))


def order_by_ticket_code(session: Session, code: str) -> Sale | None:
    """Return the order that a ticket, even a superseded one, belongs to."""
    return _sale_or_none(session.scalar(_BY_TICKET_CODE, {"code": code}))


def order_by_reference(session: Session, fingerprints: list[str]) -> Sale | None:
    """Return the newest order that was paid under this reference, sought by what sealing makes of it."""
    return _sale_or_none(session.scalar(_BY_REFERENCE, {"fingerprints": fingerprints}))


def newest_orders_of_till(session: Session, till_id: int, size: int) -> tuple[Sale, ...]:
    """Return the till's newest orders, newest first."""
    return tuple(
        sale_from_facts(facts)
        for facts in session.scalars(_NEWEST_OF_TILL, {"till_id": till_id, "size": size})
    )


def _sale_or_none(facts: dict[str, Any] | None) -> Sale | None:
    return None if facts is None else sale_from_facts(facts)


def sale_from_facts(answer: dict[str, Any]) -> Sale:
    """Return what order_facts() or sell_tickets() told, as a frozen value."""
    facts = answer["sale"] | {"tickets": answer["tickets"]}
    money = _Amounts(facts["currency"])
    payments = _payments(facts["payments"], answer.get("reference") or "", money)
    refunded = answer.get("refunded")
    return Sale(
        order_id=facts["order_id"],
        order_number=facts["order_number"],
        event_id=facts["event"]["id"],
        event_title=facts["event"]["title"],
        status=OrderStatus(answer["status"]),
        sold_at=moment(facts["sold_at"]),
        till=facts["till"],
        clerk=facts["clerk"].strip(),
        totals=totals_from_facts(facts),
        payments=payments,
        change=_change(payments, money),
        tickets=_tickets(facts, money),
        replayed=answer.get("replayed", False),
        receipt_number=facts["receipt_number"],
        due_at=moment(answer["due_at"]) if answer.get("due_at") else None,
        time_zone=facts["event"]["time_zone"],
        refunded=money(refunded) if refunded else None,
        discount=facts["discount_code"] or "",
    )


class _Amounts:
    """Reads amounts of one currency; the database pads them to three decimals."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def __call__(self, amount: str | int) -> Money:
        return Money(Decimal(amount), self._currency)


def totals_from_facts(facts: dict[str, Any]) -> Totals:
    """Return what price_basket() or order_facts() told of the amounts, as a frozen value."""
    money = _Amounts(facts["currency"])
    return Totals(
        lines=tuple(
            PricedLine(
                tier_id=line["tier_id"],
                tier=line["tier"],
                quantity=line["quantity"],
                unit_price=money(line["unit_price"]),
                total=money(line["unit_price"]) * line["quantity"],
                list_price=money(line["list_price"]) if line["list_price"] else None,
            )
            for line in facts["lines"]
        ),
        subtotal=money(facts["subtotal"]),
        service_fee=money(facts["fee"]),
        tax=money(facts["tax"]),
        total=money(facts["total"]),
        tax_rate_percent=_rate(facts),
        tax_inclusive=facts["tax_inclusive"],
    )


def _rate(facts: dict[str, Any]) -> Decimal:
    """Return the one rate of an order's tax: its event's."""
    return Decimal(facts["tax_rate_percent"] if "taxes" not in facts else facts["taxes"][0]["rate_percent"])


def _payments(told: list[dict[str, Any]], reference: str, money: _Amounts) -> tuple[Paid, ...]:
    """Return the payments; of their references one is told, beside them, because receipts bear none."""
    payments = []
    for facts in told:
        tender = Tender(facts["tender"])
        tendered = None if facts["tendered"] is None else money(facts["tendered"])
        bears = tender in (Tender.CARD, Tender.OTHER)
        payments.append(Paid(tender, money(facts["amount"]), tendered, reference if bears else ""))
        if bears:
            reference = ""
    return tuple(payments)


def _change(payments: tuple[Paid, ...], money: _Amounts) -> Money:
    change = money(0)
    for payment in payments:
        if payment.tendered is not None:
            change += payment.tendered - payment.amount
    return change


def _tickets(facts: dict[str, Any], money: _Amounts) -> tuple[IssuedTicket, ...]:
    tickets = facts["tickets"]
    return tuple(_ticket(ticket, len(tickets), facts, money) for ticket in tickets)


def _ticket(ticket: dict[str, Any], of: int, facts: dict[str, Any], money: _Amounts) -> IssuedTicket:
    event = facts["event"]
    fee = money(ticket["fee"])
    price = money(ticket["price"]) + fee
    if not facts["tax_inclusive"]:
        price += money(ticket["tax"])
    return IssuedTicket(
        id=ticket["id"],
        status=TicketStatus(ticket["status"]),
        print_state=ticket["print_state"] and PrintState(ticket["print_state"]),
        face=TicketFace(
            ticket_id=ticket["id"],
            code=ticket["code"],
            event_title=event["title"],
            promoter=event["promoter"],
            venue=event["venue"],
            venue_address=event["address"],
            starts_at=moment(event["starts_at"]),
            doors_at=event["doors_at"] and moment(event["doors_at"]),
            time_zone=event["time_zone"],
            tier=ticket["tier"],
            price=price,
            fee=fee,
            tax_rate_percent=_rate(facts),
            order_number=facts["order_number"],
            number=ticket["number"],
            of=of,
            till=facts["till"],
            sold_at=moment(facts["sold_at"]),
        ),
    )


def moment(text_: str) -> datetime:
    """Return a moment that the database wrote into a document, in UTC."""
    return datetime.fromisoformat(text_).astimezone(UTC)
