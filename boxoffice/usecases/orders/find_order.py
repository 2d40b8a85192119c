"""Find an order by what stands on the ticket: its number, or the code that the scanner reads.

Payment references are sealed in the database; what leaves here is readable wherever the office's key is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from boxoffice.domain import ticket_code
from boxoffice.domain.errors import MistypedTicketCode, UnknownOrder
from boxoffice.domain.sale import Sale
from boxoffice.sealing import Kind
from boxoffice.storage.database import Database
from boxoffice.storage.queries import orders

_ORDER_NUMBER = re.compile(r"(\d{4})[-\s](\d[\d\s]*)", re.ASCII)


def find_order(db: Database, typed: str) -> Sale:
    """Return the order with this number, of the ticket with this code, or last paid under this reference.

    Spaces do not matter in a number, nor spaces, dashes and case in a code.

    Raises:
        MistypedTicketCode: neither an order number, nor a code that can exist, nor anybody's reference.
        UnknownOrder: nothing bears this number or code.
    """
    searched = typed.strip()
    number = _ORDER_NUMBER.fullmatch(searched)
    try:
        code = None if number else _code(searched)
    except MistypedTicketCode:
        return _paid_under(db, searched)
    with db.read() as session:
        if number:
            found = orders.order_by_number(session, f"{number[1]}-{re.sub(r'\s', '', number[2])}")
        else:
            found = orders.order_by_ticket_code(session, code or "")
    if found is None:
        raise UnknownOrder(searched)
    return readable(db, found)


def last_sales(db: Database, till_id: int, size: int) -> tuple[Sale, ...]:
    """Return the newest sales of a till, newest first."""
    with db.read() as session:
        newest = orders.newest_orders_of_till(session, till_id, size)
    return tuple(readable(db, sale) for sale in newest)


def readable(db: Database, sale: Sale) -> Sale:
    """Return the sale with its payments' references opened, as far as their key is here."""
    if not any(payment.reference for payment in sale.payments):
        return sale
    opened = tuple(
        replace(payment, reference=db.sealer.shown(Kind.REFERENCE, payment.reference))
        for payment in sale.payments
    )
    return replace(sale, payments=opened)


def _paid_under(db: Database, reference: str) -> Sale:
    fingerprints = db.sealer.fingerprints(Kind.REFERENCE, reference)
    with db.read() as session:
        found = orders.order_by_reference(session, fingerprints) if fingerprints else None
    if found is None:
        raise MistypedTicketCode(reference)
    return readable(db, found)


def _code(searched: str) -> str:
    try:
        return ticket_code.normalise(searched)
    except ticket_code.MistypedCode as mistyped:
        raise MistypedTicketCode(searched) from mistyped
