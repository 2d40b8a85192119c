"""One order whole: what was sold, where the money went, whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from boxoffice.domain.money import Money
from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import Sale


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """Money that came in, or went back (then `amount` is negative)."""

    at: datetime
    tender: str
    """As the database names it: cash, card, other, gift_card, exchange."""
    amount: Money
    reference: str
    reason: str
    """Why it went back; empty for a payment."""
    clerk: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A receipt that a till numbered for this order."""

    till: str
    number: int
    kind: str
    """As the database names it: sale, payment, refund, exchange."""
    total: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderCustomer:
    """In whose name the order is. `phone` is dots where its key is not here."""

    id: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """Everything that the counter knows of an order."""

    sale: Sale
    state: OrderState
    due_at: datetime | None
    """Until when it has to be paid; None for an order that is not waiting for that."""
    customer: OrderCustomer | None
    notes: str
    money: tuple[MoneyLine, ...]
    retained: Money
    """What was kept as a fee when something was given back."""
    receipts: tuple[ReceiptLine, ...]
    entered: Mapping[int, datetime]
    """When somebody came in with a ticket, by its id."""
    replaced: int
    """Tickets of it that a reprint took out of use."""
    worth: Mapping[int, Money]
    """What each ticket was worth to its customer, by its id; together they come to the order's total."""
    waits_at_counter: bool = False
    """Its event is cancelled, and its money waits to be handed back."""

    @property
    def kept(self) -> Money:
        """What the house has of it now."""
        total = Money(self.retained.amount * 0, self.retained.currency)
        for line in self.money:
            total += line.amount
        return total
