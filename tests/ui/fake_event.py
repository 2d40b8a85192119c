"""Events and tiers as the fake desk keeps them, and the moments and amounts they are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from boxoffice.domain.event import EventListing, EventOffer, EventStatus, Promoter
from boxoffice.domain.money import Money
from boxoffice.domain.ticket_code import ALPHABET, check_letter
from boxoffice.domain.tier import NotSellable, TierOffer

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 22, 11, 41, tzinfo=UTC)
FEE = Decimal("0.50")
PAGE = 50


def euro(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


def at(day: int, time: str, month: int = 11) -> datetime:
    """A moment at the venue, whose clock runs an hour before UTC in winter."""
    hour, minute = time.split(":")
    return datetime(2026, month, day, int(hour), int(minute), tzinfo=UTC) - timedelta(hours=1)


@dataclass
class FakeTier:
    name: str
    price: Money
    quantity: int
    sold: int
    description: str = ""
    reserved: int = 0
    max_purchase: int = 10
    min_purchase: int = 1
    starts: datetime | None = None
    ends: datetime | None = None
    active: bool = True
    cancelled: bool = False
    """Its event does not take place."""
    waiting: int = 0
    id: int = 0

    @property
    def available(self) -> int:
        return max(0, self.quantity - self.sold - self.reserved)

    def why_not(self) -> NotSellable | None:
        if self.cancelled:
            return NotSellable.EVENT_CANCELLED
        if not self.active:
            return NotSellable.INACTIVE
        if self.starts and self.starts > NOW:
            return NotSellable.NOT_YET
        if self.ends and self.ends < NOW:
            return NotSellable.ENDED
        if self.available == 0:
            return NotSellable.HELD if self.reserved else NotSellable.SOLD_OUT
        return None


@dataclass
class FakeEvent:
    id: int
    title: str
    venue: str
    starts: datetime
    tiers: list[FakeTier]
    doors: datetime | None = None
    promoter: Promoter = field(default_factory=lambda: Promoter(1, "Jazz Cellar"))

    def listing(self) -> EventListing:
        starts = [tier.starts for tier in self.tiers if tier.starts and tier.starts > NOW]
        return EventListing(
            id=self.id,
            slug=f"event-{self.id}",
            title=self.title,
            venue=self.venue,
            starts_at=self.starts,
            time_zone=ZONE,
            status=EventStatus.PUBLISHED,
            offered=sum(tier.quantity for tier in self.tiers),
            available=sum(tier.available for tier in self.tiers if tier.why_not() is None),
            waiting=sum(tier.waiting for tier in self.tiers),
            on_sale_from=min(starts) if self.tiers and len(starts) == len(self.tiers) else None,
        )

    def offer(self) -> EventOffer:
        return EventOffer(
            id=self.id,
            slug=f"event-{self.id}",
            title=self.title,
            description="",
            venue=self.venue,
            venue_address="Kanalstraße 14",
            promoter=self.promoter.name,
            starts_at=self.starts,
            ends_at=None,
            doors_at=self.doors,
            time_zone=ZONE,
            status=EventStatus.PUBLISHED,
            currency="EUR",
            tiers=tuple(
                TierOffer(
                    id=tier.id,
                    event_id=self.id,
                    name=tier.name,
                    description=tier.description,
                    price=tier.price,
                    quantity=tier.quantity,
                    sold=tier.sold,
                    reserved=tier.reserved,
                    available=tier.available,
                    min_purchase=tier.min_purchase,
                    max_purchase=tier.max_purchase,
                    sale_starts_at=tier.starts,
                    sale_ends_at=tier.ends,
                    not_sellable=tier.why_not(),
                    waiting=tier.waiting,
                )
                for tier in self.tiers
            ),
        )


def code_of(number: int) -> str:
    letters = "".join(
        ALPHABET[(number * 7919 + place * 104729 + place * place * 31) % 32] for place in range(11)
    )
    return letters + check_letter(letters)
