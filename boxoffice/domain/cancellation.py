"""An event that does not take place, and what became of each of its orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from boxoffice.domain.money import Money
from boxoffice.domain.sale import OrderStatus, Tender


class ItemState(StrEnum):
    """How far one order has come."""

    WAITING = "waiting"
    REFUNDED = "refunded"
    TO_COLLECT = "to_collect"
    """Its money can only go back hand to hand: the counter pays it out when its owner comes."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CancelledOrder:
    """One order to be given back, and by which tenders it was paid."""

    order_id: int
    order_number: str
    status: OrderStatus
    tenders: frozenset[Tender]


@dataclass(frozen=True, slots=True)
class CancellationPlan:
    """What cancelling an event would come to, before it is done."""

    event_id: int
    title: str
    starts_at: datetime
    time_zone: str
    is_cancelled: bool
    orders: int
    tickets: int
    money: tuple[tuple[Tender, Money], ...]
    """What was paid and not given back, by tender."""
    waiting: int
    """People on its waitlist."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """How far the cancellation of an event has come."""

    event_id: int
    title: str
    reason: str
    is_finished: bool
    orders: int
    waiting: int
    refunded: int
    to_collect: int
    failed: int
    failures: tuple[tuple[str, str], ...] = ()
    """Order number and what went wrong."""
