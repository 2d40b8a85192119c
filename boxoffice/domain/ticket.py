"""A ticket: its states, and everything that is printed on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from boxoffice.domain.money import Money


class TicketStatus(StrEnum):
    """Only a valid ticket opens the door."""

    VALID = "valid"
    USED = "used"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    SUPERSEDED = "superseded"


class PrintState(StrEnum):
    """How far a ticket has come on its way to paper."""

    QUEUED = "queued"
    SENT = "sent"
    """Handed to the printer's queue; the system has not yet said that it came out."""
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TicketFace:
    """All that one printed ticket says. Times are aware UTC, shown in `time_zone`, the venue's."""

    ticket_id: int
    code: str
    """Twelve letters as minted; see ticket_code for how they are grouped and put into the QR."""
    event_title: str
    promoter: str
    venue: str
    venue_address: str
    starts_at: datetime
    doors_at: datetime | None
    time_zone: str
    tier: str
    price: Money
    """What this ticket cost at the counter, fee and tax included."""
    fee: Money
    """The service fee inside `price`."""
    tax_rate_percent: Decimal
    order_number: str
    number: int
    """This ticket's place in its order, from 1."""
    of: int
    till: str
    sold_at: datetime
    is_training: bool = False
    """Sold for practice: marked, and its QR is read by no door."""


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket of a sale or an order, as shown beside it."""

    id: int
    status: TicketStatus
    print_state: PrintState | None
    """None until it was first given to a printer."""
    face: TicketFace
