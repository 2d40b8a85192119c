"""The drawer: notes and coins, counts, movements, and how a till stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from boxoffice.domain.money import Money, minor_digits


class Movement(StrEnum):
    """Cash that comes or goes without a sale."""

    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    SAFE_DROP = "safe_drop"


# Largest first, as people count; notes end where the semicolon stands. In circulation, or still accepted.
_PIECES = {
    "EUR": "500 200 100 50 20 10 5; 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "USD": "100 50 20 10 5 2 1; 1 0.50 0.25 0.10 0.05 0.01",
    "GBP": "50 20 10 5; 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "CHF": "1000 200 100 50 20 10; 5 2 1 0.50 0.20 0.10 0.05",
    "JPY": "10000 5000 2000 1000; 500 100 50 10 5 1",
    "KWD": "20 10 5 1 0.500 0.250; 0.100 0.050 0.020 0.010 0.005",
    "BHD": "20 10 5 1 0.500; 0.500 0.100 0.050 0.025 0.010 0.005",
    "DKK": "1000 500 200 100 50; 20 10 5 2 1 0.50",
    "SEK": "1000 500 200 100 50 20; 10 5 2 1",
    "NOK": "1000 500 200 100 50; 20 10 5 1",
    "PLN": "500 200 100 50 20 10; 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "CZK": "5000 2000 1000 500 200 100; 50 20 10 5 2 1",
    "HUF": "20000 10000 5000 2000 1000 500; 200 100 50 20 10 5",
    "CAD": "100 50 20 10 5; 2 1 0.25 0.10 0.05",
    "AUD": "100 50 20 10 5; 2 1 0.50 0.20 0.10 0.05",
}
_ELSEWHERE = "1000 500 200 100 50 20 10 5; 2 1 0.50 0.20 0.10 0.05 0.02 0.01"


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A note or a coin of some value in the major unit."""

    value: Decimal
    is_note: bool


def denominations(currency: str) -> tuple[Piece, ...]:
    """Return the notes and coins of a currency, largest first; a usual set for one that we do not know."""
    notes, _, coins = _PIECES.get(currency, _ELSEWHERE).partition(";")
    digits = minor_digits(currency)
    made = [Piece(Decimal(one), is_note=True) for one in notes.split()]
    made += [Piece(Decimal(one), is_note=False) for one in coins.split()]
    return tuple(piece for piece in made if piece.value == round(piece.value, digits))


@dataclass(frozen=True, slots=True)
class Count:
    """So many of each piece, in one currency."""

    currency: str
    pieces: tuple[tuple[Decimal, int], ...] = ()

    @property
    def total(self) -> Money:
        """What they are worth together."""
        return Money(sum((value * count for value, count in self.pieces), Decimal(0)), self.currency)


def count_of(currency: str, counted: Mapping[Piece, int]) -> Count:
    """Return a count of the pieces that there are; a note and a coin of one value are added up."""
    together: dict[Decimal, int] = {}
    for piece, count in counted.items():
        if count:
            together[piece.value] = together.get(piece.value, 0) + count
    return Count(currency, tuple(sorted(together.items(), reverse=True)))


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """Open this till's drawer with what lies in it; the key is kept through retries."""

    count: Count
    amount: Money
    """The float; the sum of the pieces where those were counted."""
    is_shared: bool = False
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class MoveCash:
    """Put cash in or take it out; the amount is positive either way."""

    drawer_id: int
    kind: Movement
    amount: Money
    reason: str
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class CountDrawer:
    """What lies in a drawer at its end."""

    drawer_id: int
    count: Count
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement that was made; the amount is negative when cash left the drawer."""

    kind: Movement
    amount: Money
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Drawer:
    """A drawer that is not signed off. What is None is not to be seen before the count."""

    id: int
    opened_at: datetime
    opened_by: str
    is_shared: bool
    may_use: bool
    opening_float: Money
    sales: Money | None
    refunds: Money | None
    expected: Money | None
    counted: Money | None
    variance: Money | None
    counted_at: datetime | None
    counted_by: str
    counts: int
    """How often it was counted."""
    movements: tuple[Moved, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether nothing more is taken into it."""
        return self.counted_at is not None

    @property
    def currency(self) -> str:
        """The one currency that lies in it."""
        return self.opening_float.currency


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken by one tender, less what was given back."""

    tender: str
    net: Money
    payments: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A signed-off drawer in the list of them."""

    id: int
    number: int
    business_day: date
    closed_at: datetime
    closed_by: str
    expected: Money
    counted: Money
    first_receipt: int
    last_receipt: int

    @property
    def variance(self) -> Money:
        """What was too much; negative when it was too little."""
        return self.counted - self.expected


LARGE_VARIANCE = Decimal("20.00")
"""From here on a variance is asked about: a note miscounted or a wrong change, not coins that stick.

Of a currency with hundredths; where the unit is small it has zeros more, as its notes have.
"""
LARGE_VARIANCE_SHARE = Decimal("0.01")
"""In a full drawer a hundredth of what should be there is no more than that."""


def is_large_variance(expected: Money, variance: Money) -> bool:
    """Return whether so much is missing or too much that whoever signs it off should look again."""
    scale = Decimal(10) ** (2 - minor_digits(expected.currency))
    usual = max(LARGE_VARIANCE * scale, abs(expected.amount) * LARGE_VARIANCE_SHARE)
    return abs(variance.amount) > usual


@dataclass(frozen=True, slots=True)
class DrawerElsewhere:
    """An open drawer of another till, as managers see it."""

    id: int
    till: str
    opened_by: str
    opened_at: datetime
    counted_at: datetime | None
    expected: Money
    counted: Money | None


@dataclass(frozen=True, slots=True)
class TillState:
    """How one till stands."""

    business_day: date
    time_zone: str
    currency: str
    """Of the drawer that is open, or that the next one will most likely have."""
    taken: tuple[Taken, ...]
    """Of the business day; without cash while the clerk has yet to count."""
    is_blind: bool
    drawer: Drawer | None
    closings: tuple[Closing, ...]
    elsewhere: tuple[DrawerElsewhere, ...] = ()
