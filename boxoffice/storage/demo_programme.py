"""What the demo's town has on: resources/demo/*.toml, its days counted from the day the demo is made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from boxoffice.assets import resource

MAX_PURCHASE = 8
ANNOUNCED_BEFORE_SALE = timedelta(days=7)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class DemoTier:
    """A tier's columns, and what became of its tickets: sold, held for somebody, waited for by so many."""

    columns: dict[str, Any]
    sold: int
    held: int
    held_for: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """An event's columns but its promoter, who is named by key."""

    columns: dict[str, Any]
    promoter: str
    tiers: tuple[DemoTier, ...]


@dataclass(frozen=True, slots=True)
class DemoHouse:
    """Who is here (rows of the file as they are), where the events are, and the venues' clock."""

    time_zone: str
    tills: list[str]
    printer: str
    venues: dict[str, dict[str, Any]]
    promoters: dict[str, dict[str, Any]]
    staff: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns the files' days and times into moments, seen from `now` at the venue."""

    now: datetime
    zone: ZoneInfo

    def moment(self, words: str) -> datetime:
        """Return the moment of "-1 18:00" (days from today) or "monday 10:00" (the next one, not today)."""
        day, clock = words.split()
        if day not in WEEKDAYS:
            return self.on(int(day), clock)
        today = self.now.astimezone(self.zone).weekday()
        return self.on((WEEKDAYS.index(day) - today - 1) % 7 + 1, clock)

    def on(self, day: int, clock: str) -> datetime:
        """Return this time of day so many days from today."""
        date = self.now.astimezone(self.zone).date() + timedelta(days=day)
        return datetime.combine(date, time.fromisoformat(clock), self.zone).astimezone(UTC)

    def start(self, day: int, clock: str) -> datetime:
        """Return when an event starts; today's that has begun is tomorrow's."""
        starts_at = self.on(day, clock)
        return self.on(1, clock) if day == 0 and starts_at <= self.now else starts_at


def read_texts(name: str) -> dict[str, Any]:
    """Return one file of resources/demo."""
    return tomllib.loads(resource("demo", f"{name}.toml").read_text(encoding="utf-8"))


def read_house() -> DemoHouse:
    """Return the town's venues, promoters, staff and tills."""
    texts = read_texts("house")
    return DemoHouse(
        time_zone=texts["time_zone"],
        tills=texts["tills"],
        printer=texts["printer"],
        venues={venue["name"]: venue for venue in texts["venues"]},
        promoters={promoter["key"]: promoter for promoter in texts["promoters"]},
        staff=texts["staff"],
    )


def read_events(house: DemoHouse, now: datetime) -> tuple[DemoEvent, ...]:
    """Return past and coming events in order of start."""
    calendar = Calendar(now, ZoneInfo(house.time_zone))
    events = [*_events("past", house, calendar), *_events("programme", house, calendar)]
    return tuple(sorted(events, key=lambda event: (event.columns["start_time"], event.columns["slug"])))


def _events(name: str, house: DemoHouse, calendar: Calendar) -> Iterator[DemoEvent]:
    texts = read_texts(name)
    for text in texts["events"]:
        text.setdefault("on_sale", texts["usual_on_sale"])
        yield DemoEvent(
            columns=_event_columns(text, house, calendar),
            promoter=text["promoter"],
            tiers=tuple(_tier(text, tier, place, calendar) for place, tier in enumerate(text["tiers"])),
        )


def _event_columns(text: dict[str, Any], house: DemoHouse, calendar: Calendar) -> dict[str, Any]:
    venue = house.venues[text["venue"]]
    terms = house.promoters[text["promoter"]] | text
    starts_at = calendar.start(text["day"], text["time"])
    return {
        "slug": text["slug"],
        "title": text["title"],
        "description": text["description"],
        "venue": venue["name"],
        "venue_address": venue["address"],
        "time_zone": house.time_zone,
        "start_time": starts_at,
        "end_time": starts_at + timedelta(minutes=text["minutes"]),
        "doors_open_time": starts_at - timedelta(minutes=text["doors_minutes"]),
        "capacity": text.get("capacity", venue["capacity"]),
        "status": text.get("status", "published"),
        "currency": "EUR",
        "service_fee_per_ticket": Decimal(terms["fee"]),
        "service_fee_percent": Decimal(terms.get("fee_percent", "0")),
        "tax_rate_percent": Decimal(terms["tax"]),
        "tax_inclusive": terms.get("tax_inclusive", True),
        "created_at": min(calendar.moment(text["on_sale"]), calendar.now) - ANNOUNCED_BEFORE_SALE,
    }


def _tier(event: dict[str, Any], text: dict[str, Any], place: int, calendar: Calendar) -> DemoTier:
    until = text.get("until")
    opens_at = calendar.moment(text.get("from", event["on_sale"]))
    return DemoTier(
        columns={
            "name": text["name"],
            "description": text.get("note", ""),
            "price": Decimal(text["price"]),
            "quantity": text["quantity"],
            "min_purchase": text.get("min", 1),
            "max_purchase": text.get("max", MAX_PURCHASE),
            "sale_start_time": opens_at,
            "sale_end_time": None if until is None else calendar.moment(until),
            "position": place,
            "created_at": min(opens_at, calendar.now) - ANNOUNCED_BEFORE_SALE,
        },
        sold=text.get("sold", 0),
        held=text.get("held", 0),
        held_for=text.get("held_for", ""),
        waiting=text.get("waiting", 0),
    )
