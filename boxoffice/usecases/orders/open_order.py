"""Look at one order whole."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.errors import UnknownOrder
from boxoffice.domain.order_detail import OrderDetail
from boxoffice.sealing import Kind
from boxoffice.storage.database import Database
from boxoffice.storage.queries.order_detail import order_detail
from boxoffice.usecases.orders.find_order import readable


def open_order(db: Database, order_id: int) -> OrderDetail:
    """Return the order with everything beside it, readable as far as the keys are here.

    Raises:
        UnknownOrder: there is none of this id.
    """
    with db.read() as session:
        found = order_detail(session, order_id)
    if found is None:
        raise UnknownOrder(str(order_id))
    return _readable(db, found)


def _readable(db: Database, found: OrderDetail) -> OrderDetail:
    shown = db.sealer.shown
    customer = found.customer
    if customer is not None and customer.phone:
        customer = replace(customer, phone=shown(Kind.PHONE, customer.phone))
    return replace(
        found,
        sale=readable(db, found.sale),
        customer=customer,
        notes=shown(Kind.NOTES, found.notes) if found.notes else "",
        money=tuple(
            replace(line, reference=shown(Kind.REFERENCE, line.reference)) if line.reference else line
            for line in found.money
        ),
    )
