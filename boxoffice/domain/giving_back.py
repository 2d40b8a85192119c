"""What goes back for tickets, and by which tender: told before it is done. The database decides."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from boxoffice.domain.after_sale import Returned
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Tender

if TYPE_CHECKING:
    from collections.abc import Collection

    from boxoffice.domain.order_detail import OrderDetail


def money_back(order: OrderDetail, ticket_ids: Collection[int], fee: Money | None = None) -> Money:
    """Return what goes back for these tickets when this much of each is kept, at most its worth."""
    back = Money(Decimal(0), order.sale.totals.total.currency)
    for ticket_id in ticket_ids:
        back += order.worth[ticket_id]
        if fee is not None:
            back -= min(fee, order.worth[ticket_id])
    return back


def original_tenders(order: OrderDetail, amount: Money) -> tuple[Returned, ...]:
    """Return how an amount goes back: by the payments of the order, the newest first.

    What an exchange brought into the order goes back as cash.
    """
    nothing = Money(Decimal(0), amount.currency)
    left_over: dict[str, Money] = {}
    for line in order.money:
        # Taken out and put in again: the newest line of a tender counts.
        before = left_over.pop(line.tender, nothing)
        left_over[line.tender] = before + line.amount
    back: list[Returned] = []
    for tender, left in reversed(left_over.items()):
        part = min(left, amount)
        if part > nothing:
            way = Tender.CASH if tender == Tender.EXCHANGE else Tender(tender)
            back.append(Returned(way, part))
            amount -= part
    return tuple(back)
