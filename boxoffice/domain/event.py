"""Events as a clerk sees them: a row in the list, and the offer with its tiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from boxoffice.domain.tier import TierOffer


class EventStatus(StrEnum):
    """Life of an event. Only a published one sells."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class EventListing:
    """One line of the event list. All times are aware UTC; `time_zone` is the venue's IANA name."""

    id: int
    slug: str
    title: str
    venue: str
    starts_at: datetime
    time_zone: str
    status: EventStatus
    offered: int
    """Tickets that could ever be sold: the tiers' quantities, capped by the event's capacity."""
    available: int
    """Tickets that can be sold right now over all tiers, capped by what the capacity leaves."""
    waiting: int
    """People on the waitlist who have not been served."""
    on_sale_from: datetime | None
    """Set while every tier's sale still lies ahead: the earliest start."""


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where a page of the event list ended; the next page starts behind it."""

    starts_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the list shows. `from_date` and `to_date` are days at the venue, both included."""

    text: str = ""
    from_date: date | None = None
    to_date: date | None = None
    venue: str | None = None
    promoter_id: int | None = None
    available_only: bool = False


@dataclass(frozen=True, slots=True)
class EventPage:
    """Rows in order of start, and the key of the next page (None on the last one)."""

    rows: tuple[EventListing, ...]
    next_key: EventKey | None


@dataclass(frozen=True, slots=True)
class Promoter:
    """A promoter to filter by."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Values that the list can be narrowed to: venues and promoters with upcoming events."""

    venues: tuple[str, ...]
    promoters: tuple[Promoter, ...]


@dataclass(frozen=True, slots=True)
class EventOffer:
    """One event with everything needed to sell it. Times are aware UTC."""

    id: int
    slug: str
    title: str
    description: str
    venue: str
    venue_address: str
    promoter: str
    starts_at: datetime
    ends_at: datetime | None
    doors_at: datetime | None
    time_zone: str
    status: EventStatus
    currency: str
    tiers: tuple[TierOffer, ...]
