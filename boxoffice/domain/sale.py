"""A sale at the counter: what is asked for, what it costs and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from boxoffice.domain.money import Money
from boxoffice.domain.ticket import IssuedTicket

LARGEST_QUANTITY = 2**31 - 1
"""What a counter of tickets can hold at all; each tier's own limit is far below."""


class Tender(StrEnum):
    """How a customer pays."""

    CASH = "cash"
    CARD = "card"
    OTHER = "other"


class OrderStatus(StrEnum):
    """Stored states of an order; partly refunded and overpaid are derived from its payments."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """So many tickets of one tier, at the price that the clerk was shown."""

    tier_id: int
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `tendered` is the cash handed over (None: exact), `reference` the terminal's."""

    tender: Tender
    tendered: Money | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SellTickets:
    """Sell these lines of one event. The key is born with the basket and kept through every retry.

    `shown_total` is the total that the customer was told (None: none yet); another one is refused.
    """

    purchase_key: UUID
    event_id: int
    lines: tuple[SaleLine, ...]
    payment: Payment
    shown_total: Money | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One tier of a priced basket or order. `total` is what the line shows: unit price times quantity."""

    tier_id: int
    tier: str
    quantity: int
    unit_price: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """What a basket or order comes to.

    `subtotal` and `service_fee` are as shown to the customer: with `tax_inclusive` they contain `tax`,
    otherwise `tax` comes on top. `total` is what is paid.
    """

    lines: tuple[PricedLine, ...]
    subtotal: Money
    service_fee: Money
    tax: Money
    total: Money
    tax_rate_percent: Decimal
    tax_inclusive: bool


@dataclass(frozen=True, slots=True)
class Sale:
    """A finished sale, or the same one again when its purchase key was seen before (`replayed`)."""

    order_id: int
    order_number: str
    event_id: int
    event_title: str
    status: OrderStatus
    sold_at: datetime
    till: str
    clerk: str
    totals: Totals
    payment: Payment | None
    """None for an order that nobody has paid for yet."""
    change: Money
    tickets: tuple[IssuedTicket, ...]
    replayed: bool = False
