"""A payment by card, from before the card is held to the terminal until it is booked in an order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4

from boxoffice.domain.money import Money
from boxoffice.domain.sale import PLAIN, SaleLine, Terms

BY_HAND = "terminal"
"""The gateway of terminals that stand on their own: the clerk types what they say."""


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


class CardKind(StrEnum):
    """Which way the money goes."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class CardBasket:
    """What a card pays for: lines of one event at the prices shown. Notes are not kept with it."""

    event_id: int
    lines: tuple[SaleLine, ...]
    terms: Terms = PLAIN
    total: Money | None = None
    """What the basket comes to, where the card pays a part of it; None: all of it."""


@dataclass(frozen=True, slots=True)
class PinCard:
    """Note an amount before the terminal is asked for it."""

    amount: Money
    purchase_key: UUID | None = None
    """Of the basket that it pays for, or of the deed on an order."""
    gateway: str = BY_HAND
    """Who is asked."""
    order_id: int | None = None
    """The order that was to be paid later, and is paid now; the refund's, where money goes back."""
    basket: CardBasket | None = None
    """What it pays for, so that whoever finds the payment can book it."""
    kind: CardKind = CardKind.PAYMENT
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

    @property
    def name(self) -> str:
        """Under which payments remember it."""
        ...

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
    till_id: int
    clerk: str
    started_at: datetime
    reference: str = ""
    gateway: str = BY_HAND
    kind: CardKind = CardKind.PAYMENT
    purchase_key: UUID | None = None
    basket: CardBasket | None = None
    what: str = ""
    """The event that it was for; empty when that was not noted."""
    tickets: tuple[tuple[int, str], ...] = ()
    """How many of which tier."""
    order_number: str = ""
    """The sale that was made under its purchase key, or the order that it pays or was given back of."""
    order_id: int | None = None
    """The order that was to be paid by it."""
    order_due: Money | None = None
    """What is still to pay of that order; None when it waits for no payment."""
    together: Money | None = None
    """What was charged for the same purchase, with other cards too; None: this one alone."""
    waits_for_another: bool = False
    """Another card payment of the same purchase is not cleared yet."""

    @property
    def charged(self) -> Money:
        """What is booked with it."""
        return self.together or self.amount

    @property
    def rest(self) -> Money | None:
        """What its basket costs beyond the cards charged for it; None when nothing is missing."""
        total = self.basket.total if self.basket is not None else None
        return total - self.charged if total is not None and total > self.charged else None

    @property
    def is_for_order(self) -> bool:
        """Whether it pays an order that was to be paid later."""
        return self.kind is CardKind.PAYMENT and self.order_id is not None

    @property
    def can_be_booked(self) -> bool:
        """Whether its sale was never made and can be made up for, or its order still waits to be paid."""
        if self.kind is not CardKind.PAYMENT or self.purchase_key is None or self.waits_for_another:
            return False
        if self.is_for_order:
            return self.order_due is not None and self.charged <= self.order_due
        return self.basket is not None and not self.order_number


class CardOutcome(StrEnum):
    """What the terminal says of an open payment when it is asked."""

    CHARGED = "charged"
    NOT_CHARGED = "not_charged"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class ClearCard:
    """What a clerk found out about an open card payment; `reference` is the terminal's, if any."""

    payment: OpenCardPayment
    outcome: CardOutcome
    reference: str = ""
