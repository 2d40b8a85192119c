"""What is asked for after a sale: giving tickets back, exchanging them, paying later, giving up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, Sale, SaleLine, Tender


class UndoKind(StrEnum):
    """Why tickets are given back."""

    REFUND = "refund"
    CORRECTION = "correction"
    """The clerk's own slip, undone to be sold right."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Give these tickets of an order back. The key is born with the wish and kept through retries."""

    order_id: int
    reason: str
    ticket_ids: tuple[int, ...] | None = None
    """None: all that are left."""
    retained: Money | None = None
    """What is kept back of each ticket as a fee, at most its worth; None: nothing."""
    tender: Tender | None = None
    """None: the way the money came. Another takes a manager's leave."""
    reference: str = ""
    """The terminal's, of money that goes back to a card."""
    kind: UndoKind = UndoKind.REFUND
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Returned:
    """What went back by one tender."""

    tender: Tender
    amount: Money


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that was made."""

    id: int
    order_id: int
    total: Money
    """What went back in all."""
    retained: Money
    returned: tuple[Returned, ...]
    gift_card: str
    """The code of a gift card that was made for the money; empty for none."""
    till: str
    receipt_number: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """Take these lines instead of these tickets: the difference is paid, or goes back the way it came."""

    order_id: int
    ticket_ids: tuple[int, ...]
    event_id: int
    lines: tuple[SaleLine, ...]
    reason: str
    payments: tuple[Payment, ...] = ()
    """For the difference, where the new tickets cost more."""
    shown_total: Money | None = None
    """Of the new tickets, as the customer was told."""
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The new order, and what became of the old tickets."""

    sale: Sale
    correction: Correction


@dataclass(frozen=True, slots=True)
class PayOrder:
    """Pay an order that was to be paid later, in whole or in part."""

    order_id: int
    payments: tuple[Payment, ...]
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Give up an order that was to be paid later; what was paid of it goes back."""

    order_id: int
    reason: str
    reference: str = ""
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class ReactivateOrder:
    """Take up an unpaid order again that expired or was cancelled, if its tickets are still there."""

    order_id: int
    due_at: datetime
    key: UUID = field(default_factory=uuid4)
