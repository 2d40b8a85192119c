"""Find an order by what stands on the ticket: its number, or the code that the scanner reads."""

from __future__ import annotations

import re

from boxoffice.domain import ticket_code
from boxoffice.domain.errors import MistypedTicketCode, UnknownOrder
from boxoffice.domain.sale import Sale
from boxoffice.storage.database import Database
from boxoffice.storage.queries import orders

_ORDER_NUMBER = re.compile(r"(\d{4})[-\s](\d[\d\s]*)", re.ASCII)


def find_order(db: Database, typed: str) -> Sale:
    """Return the order with this number, or the one of the ticket with this code.

    Spaces do not matter in a number, nor spaces, dashes and case in a code.

    Raises:
        MistypedTicketCode: neither an order number nor a code that can exist.
        UnknownOrder: nothing bears this number or code.
    """
    searched = typed.strip()
    number = _ORDER_NUMBER.fullmatch(searched)
    with db.read() as session:
        if number:
            found = orders.order_by_number(session, f"{number[1]}-{re.sub(r'\s', '', number[2])}")
        else:
            found = orders.order_by_ticket_code(session, _code(searched))
    if found is None:
        raise UnknownOrder(searched)
    return found


def last_sales(db: Database, till_id: int, size: int) -> tuple[Sale, ...]:
    """Return the newest sales of a till, newest first."""
    with db.read() as session:
        return orders.newest_orders_of_till(session, till_id, size)


def _code(searched: str) -> str:
    try:
        return ticket_code.normalise(searched)
    except ticket_code.MistypedCode as mistyped:
        raise MistypedTicketCode(searched) from mistyped
