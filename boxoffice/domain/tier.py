"""A ticket tier as offered now, with the reason when it cannot be sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from boxoffice.domain.money import Money


class NotSellable(StrEnum):
    """Why a tier cannot be sold at this moment; the database decides, under lock for a sale."""

    SOLD_OUT = "sold_out"
    HELD = "held"
    """Nothing left to sell, but some of it is only reserved and may come back."""
    NOT_YET = "not_yet"
    ENDED = "ended"
    INACTIVE = "inactive"
    EVENT_DRAFT = "event_draft"
    EVENT_CLOSED = "event_closed"
    EVENT_CANCELLED = "event_cancelled"
    EVENT_PAST = "event_past"


@dataclass(frozen=True, slots=True)
class TierOffer:
    """One tier. `available` is quantity - sold - reserved, capped by what the event's capacity leaves.

    Times are aware UTC. `not_sellable` is None when a ticket can be sold now.
    """

    id: int
    event_id: int
    name: str
    description: str
    price: Money
    quantity: int
    sold: int
    reserved: int
    available: int
    min_purchase: int
    max_purchase: int
    sale_starts_at: datetime | None
    sale_ends_at: datetime | None
    not_sellable: NotSellable | None
    waiting: int
