"""The demo's past sales as plans: who bought how many of what, when and how they paid. No prices, no SQL.

What an order comes to is the database's arithmetic; see demo_orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from boxoffice.domain.ticket_code import ALPHABET, CODE_LENGTH, check_letter
from boxoffice.storage.demo_programme import DemoEvent, DemoTier

HISTORY = timedelta(days=30)
SIZES = {1: 16, 2: 46, 3: 13, 4: 17, 5: 4, 6: 4}
"""How often somebody buys so many tickets, in percent."""
LARGEST = max(SIZES)
HOURS = {10: 4, 11: 7, 12: 9, 13: 6, 14: 6, 15: 7, 16: 9, 17: 13, 18: 16, 19: 14, 20: 4}
"""How busy the counter is in each hour of its day."""
SHARE_OF_MIXED_BASKETS = 0.3
SHARE_OF_NAMED = 0.45
SHARE_OF_ADMITTED = 0.94
NOTES_EUR = {None: 50, 5: 14, 10: 18, 50: 18}
"""What cash is rounded up to when it is handed over; None is the exact sum."""


@dataclass(frozen=True, slots=True)
class DemoTicket:
    """A ticket's code, and when the door took it (None: not yet, or nobody came)."""

    code: str
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """One sale; event, tiers, till, clerk and customer are places in the lists of its plan."""

    key: UUID
    event: int
    lines: tuple[tuple[int, int], ...]
    """(place of the tier in its event, quantity)."""
    sold_at: datetime
    till: int
    clerk: int
    customer: int | None
    tender: str
    reference: str
    note: int | None
    tickets: tuple[DemoTicket, ...]


@dataclass(frozen=True, slots=True)
class DemoCounter:
    """Who can take part in a sale, and the counter's clock."""

    now: datetime
    zone: ZoneInfo
    tills: int
    clerks: int
    customers: int


def plan_orders(random: Random, counter: DemoCounter, events: Sequence[DemoEvent]) -> list[DemoOrder]:
    """Return orders, oldest first, that sell of every tier exactly what its plan says."""
    orders = [
        _order(random, counter, place, event, lines)
        for place, event in enumerate(events)
        for lines in _baskets(random, event.tiers)
    ]
    return sorted(orders, key=lambda order: (order.sold_at, order.key))


def _baskets(random: Random, tiers: Sequence[DemoTier]) -> Iterator[tuple[tuple[int, int], ...]]:
    left = [tier.sold for tier in tiers]
    for place, tier in enumerate(tiers):
        while left[place]:
            wanted = random.choices(list(SIZES), list(SIZES.values()))[0]
            size = _quantity(tier, left[place], wanted)
            left[place] -= size
            lines = [(place, size)]
            other = place + 1
            if (
                size < LARGEST
                and other < len(tiers)
                and left[other]
                and _sold_together(tier, tiers[other])
                and random.random() < SHARE_OF_MIXED_BASKETS
            ):
                more = _quantity(tiers[other], left[other], random.randint(1, LARGEST - size))
                if size + more <= LARGEST:
                    left[other] -= more
                    lines.append((other, more))
            yield tuple(lines)


def _quantity(tier: DemoTier, left: int, wanted: int) -> int:
    """Return a quantity near `wanted` within the tier's limits; what it leaves can be sold too."""
    least, most = tier.columns["min_purchase"], tier.columns["max_purchase"]
    sizes = range(least, min(max(wanted, least), most, left) + 1)
    return max((size for size in sizes if size == left or left - size >= least), default=left)


def _sold_together(one: DemoTier, other: DemoTier) -> bool:
    return all(one.columns[side] == other.columns[side] for side in ("sale_start_time", "sale_end_time"))


def _order(
    random: Random, counter: DemoCounter, place: int, event: DemoEvent, lines: tuple[tuple[int, int], ...]
) -> DemoOrder:
    till = random.randrange(counter.tills)
    # Each till has its usual clerk; the others stand in.
    clerk = till if random.random() < 0.8 else random.randrange(counter.clerks)  # noqa: PLR2004 - a share
    tender, reference = _payment(random)
    return DemoOrder(
        key=UUID(int=random.getrandbits(128), version=4),
        event=place,
        lines=lines,
        sold_at=_moment(random, counter, event, event.tiers[lines[0][0]]),
        till=till,
        clerk=clerk,
        customer=random.randrange(counter.customers) if random.random() < SHARE_OF_NAMED else None,
        tender=tender,
        reference=reference,
        note=random.choices(list(NOTES_EUR), list(NOTES_EUR.values()))[0],
        tickets=tuple(_ticket(random, counter.now, event) for _ in range(sum(size for _, size in lines))),
    )


def _payment(random: Random) -> tuple[str, str]:
    tender = random.choices(("card", "cash", "other"), (54, 42, 4))[0]
    number = random.randrange(1_000, 10_000)
    return tender, {"card": str(number), "cash": "", "other": f"Voucher {number}"}[tender]


def _moment(random: Random, counter: DemoCounter, event: DemoEvent, tier: DemoTier) -> datetime:
    """Return a moment at which the tier was on sale, if it can be while the counter is busy."""
    opens_at = max(counter.now - HISTORY, tier.columns["sale_start_time"])
    ends = (counter.now, event.columns["start_time"], tier.columns["sale_end_time"])
    closes_at = min(end for end in ends if end is not None)
    for _ in range(20):
        # More is sold towards the end than at the beginning.
        at: datetime = opens_at + (closes_at - opens_at) * random.betavariate(1.7, 1.2)
        hour = random.choices(list(HOURS), list(HOURS.values()))[0]
        busy = at.astimezone(counter.zone).replace(
            hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0
        )
        if opens_at <= busy <= closes_at:
            return busy.astimezone(UTC)
    return at.replace(microsecond=0)


def _ticket(random: Random, now: datetime, event: DemoEvent) -> DemoTicket:
    letters = "".join(random.choices(ALPHABET, k=CODE_LENGTH - 1))
    doors_at, starts_at = event.columns["doors_open_time"], event.columns["start_time"]
    came_at = (doors_at + (starts_at - doors_at) * random.betavariate(2, 1.5)).replace(microsecond=0)
    came = random.random() < SHARE_OF_ADMITTED and came_at <= now and event.columns["end_time"] <= now
    return DemoTicket(letters + check_letter(letters), came_at if came else None)
