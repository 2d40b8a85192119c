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
    GIFT_CARD = "gift_card"
    EXCHANGE = "exchange"
    """What tickets were worth that were given back for these."""


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
    """One payment as it is offered. The amount of the only one may be left open: all that is due."""

    tender: Tender
    tendered: Money | None = None
    """Cash handed over; None: exact."""
    reference: str = ""
    """The terminal's, or a note."""
    amount: Money | None = None
    gift_card: str = ""
    """The code of the card that pays."""
    card_key: UUID | None = None
    """Under which the amount was pinned before the terminal was asked (domain.card_payment)."""


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment as it was booked."""

    tender: Tender
    amount: Money
    tendered: Money | None = None
    reference: str = ""


class ReductionKind(StrEnum):
    """Why tickets cost less than their price: a code; or by somebody's leave, in part or whole."""

    DISCOUNT = "discount"
    REDUCED = "reduced"
    COMPLIMENTARY = "complimentary"


@dataclass(frozen=True, slots=True)
class Reduction:
    """Fewer percent of the price, or nothing to pay at all; takes a manager's leave and a reason."""

    kind: ReductionKind
    percent: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sale has beyond its lines; most have nothing."""

    customer_id: int | None = None
    notes: str = ""
    discount: str = ""
    """A code of the event."""
    reduction: Reduction | None = None
    reason: str = ""
    is_held: bool = False
    """The basket holds its tickets under its purchase key."""
    due_at: datetime | None = None
    """Paid later: the order stays pending and holds its tickets until then. Takes a customer."""
    offer: str = ""
    """The code of an offer of the waitlist whose tickets are bought."""


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class HoldBasket:
    """Hold these lines of an event while their customer pays, under the basket's purchase key.

    Tickets of an offer of the waitlist (`offer`: its code) are held already; only what the basket has beyond
    them is held anew.
    """

    key: UUID
    event_id: int
    lines: tuple[SaleLine, ...]
    offer: str = ""


@dataclass(frozen=True, slots=True)
class SellTickets:
    """Sell these lines of one event. The key is born with the basket and kept through every retry.

    `shown_total` is the total that the customer was told (None: none yet); another one is refused. An
    order that is paid later has no payments yet.
    """

    purchase_key: UUID
    event_id: int
    lines: tuple[SaleLine, ...]
    payments: tuple[Payment, ...]
    shown_total: Money | None = None
    terms: Terms = PLAIN


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One tier of a priced basket or order. `total` is what the line shows: unit price times quantity."""

    tier_id: int
    tier: str
    quantity: int
    unit_price: Money
    total: Money
    list_price: Money | None = None
    """What a ticket costs without the reduction; None when it is sold at its price."""


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
    payments: tuple[Paid, ...]
    """Empty for an order that nobody has paid for yet."""
    change: Money
    tickets: tuple[IssuedTicket, ...]
    replayed: bool = False
    receipt_number: int | None = None
    due_at: datetime | None = None
    time_zone: str = "UTC"
    """Of the event: in which its moments are said."""
    refunded: Money | None = None
    """What went back so far; None when nothing did."""
    discount: str = ""

    @property
    def open_amount(self) -> Money:
        """What is still to be paid."""
        paid = sum((payment.amount.amount for payment in self.payments), Decimal(0))
        return self.totals.total - Money(paid, self.totals.total.currency)
