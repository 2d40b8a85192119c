"""A payment by card, from before the card is held to the terminal until it is booked in an order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4

from boxoffice.domain.money import Money


class CardState(StrEnum):
    """What is known of it."""

    PINNED = "pinned"
    """The terminal was asked for exactly this amount; nothing has come back."""
    UNKNOWN = "unknown"
    """The terminal did not answer in time: charged or not, somebody has to look."""
    APPROVED = "approved"
    """Charged, and not in an order yet: booked next, or reversed."""
    DECLINED = "declined"
    REVERSED = "reversed"
    BOOKED = "booked"
    """Charged, and in an order."""


@dataclass(frozen=True, slots=True)
class PinCard:
    """Note an amount before the terminal is asked for it."""

    amount: Money
    purchase_key: UUID | None = None
    """Of the basket that it pays for, or of the deed on an order."""
    gateway: str = "terminal"
    """Who is asked: "terminal" is one of its own, whose answer the clerk types."""
    order_id: int | None = None
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What a gateway said of one payment."""

    state: CardState
    reference: str = ""
    detail: str = ""
    """Its own words, for whoever looks into it."""


class Gateway(Protocol):
    """Something that charges cards. Each call bears the payment's key: asked twice, it charges once.

    A call that gets no answer in time returns CardState.UNKNOWN; it never raises for what the gateway did.
    """

    name: str

    def charge(self, key: UUID, amount: Money) -> CardAnswer:
        """Charge this amount: APPROVED, DECLINED or UNKNOWN."""
        ...

    def look_up(self, key: UUID) -> CardAnswer:
        """Say what became of a charge: APPROVED, DECLINED (also: never heard of it) or UNKNOWN."""
        ...

    def refund(self, key: UUID, reference: str, amount: Money) -> CardAnswer:
        """Give this amount of an earlier charge back: APPROVED, DECLINED or UNKNOWN."""
        ...


@dataclass(frozen=True, slots=True)
class OpenCardPayment:
    """A card payment that somebody has to settle."""

    key: UUID
    amount: Money
    state: CardState
    till: str
    clerk: str
    started_at: datetime
    reference: str = ""
