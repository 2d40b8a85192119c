"""What changed: the word that a change leaves behind for every screen and every other till."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """A kind of thing that screens show."""

    AVAILABILITY = "availability"
    EVENTS = "events"
    ORDERS = "orders"
    PRINTS = "prints"
    DRAWERS = "drawers"
    WAITLIST = "waitlist"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something of this topic changed; of this event where one is named, else anywhere."""

    topic: Topic
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Done[T]:
    """A change that was made: its result and what it touched."""

    value: T
    touched: frozenset[Notice]
