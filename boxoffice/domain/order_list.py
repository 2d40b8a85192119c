"""Orders as a list shows them: what is looked for, one line each, pages behind a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from boxoffice.domain.money import Money
from boxoffice.domain.sale import OrderStatus


class OrderState(StrEnum):
    """What an order is called: as stored, and what follows from its corrections."""

    PENDING = "pending"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


def state_of(status: OrderStatus, *, corrected: bool) -> OrderState:
    """Return the state of an order; `corrected`: something of it was given back or taken away."""
    if status is OrderStatus.PAID and corrected:
        return OrderState.PARTLY_REFUNDED
    return OrderState(status.value)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list. Days are this computer's, both included."""

    today: date
    """What a day without a year, and "today", is counted from."""
    text: str = ""
    """As typed or scanned; domain/typed.py says what it can mean."""
    from_date: date | None = None
    to_date: date | None = None
    event_id: int | None = None
    state: OrderState | None = None
    till_id: int | None = None
    clerk_id: int | None = None
    tender: str | None = None
    """A tender as the database names it: cash, card, other, gift_card, exchange."""
    waits_at_counter: bool = False
    """Only orders of cancelled events whose cash waits for its owner."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return self != OrderFilter(self.today)


class Rank(StrEnum):
    """How well an order fits what was typed: the best come first."""

    EXACT = "0"
    NAMED = "1"
    ALIKE = "2"
    """A name that is nearly what was typed."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """The last order of a page; the next page begins behind it."""

    rank: Rank
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class OrderListing:
    """One order of the list."""

    id: int
    number: str
    at: datetime
    customer: str
    """Empty for a sale that names nobody."""
    contact: str
    """E-mail, else phone; dots where the phone cannot be read here."""
    event_title: str
    starts_at: datetime
    time_zone: str
    tickets: int
    total: Money
    state: OrderState
    due_at: datetime | None
    rank: Rank = Rank.NAMED
    waits_at_counter: bool = False
    """Its event is cancelled, and its cash waits for its owner."""

    @property
    def key(self) -> OrderKey:
        """What a page that begins behind this order is asked for with."""
        return OrderKey(self.rank, self.at, self.id)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of the list; `next_key` is None on the last one."""

    rows: tuple[OrderListing, ...]
    next_key: OrderKey | None


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be chosen, by its name."""

    id: int
    name: str
    at: datetime | None = None
    """When it starts, where that tells it from others of the same name."""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class OrderChoices:
    """What the list can be narrowed to."""

    events: tuple[Named, ...]
    tills: tuple[Named, ...]
    clerks: tuple[Named, ...]
