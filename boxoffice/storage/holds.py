"""Tickets that a basket holds while its customer pays, by migrations/sql/0005/up/04_holds.sql."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.sale import SaleLine

_HOLD = text("""
    SELECT hold_basket(:key, :event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]), :till_id,
        :seconds, :offer)
""")
_EXTEND = text("SELECT extend_hold(:key, :seconds)")
_RELEASE = text("SELECT release_hold(:key)")
_EXPIRE = text("SELECT expire_holds()")


@dataclass(frozen=True, slots=True)
class HeldBasket:
    """What a basket is to hold, where and for how long; the key is its purchase key.

    `offer`: the code of an offer of the waitlist, whose tickets are held already; empty for none.
    """

    key: UUID
    event_id: int
    lines: tuple[SaleLine, ...]
    till_id: int
    seconds: int
    offer: str = ""


def hold(session: Session, basket: HeldBasket) -> datetime:
    """Hold these tickets, in place of what the basket held before; return until when.

    Raises:
        What selling raises for tickets that are not to be had.
    """
    expires: datetime = session.execute(
        _HOLD,
        {
            "key": basket.key,
            "event_id": basket.event_id,
            "tier_ids": [line.tier_id for line in basket.lines],
            "quantities": [line.quantity for line in basket.lines],
            "till_id": basket.till_id,
            "seconds": basket.seconds,
            "offer": basket.offer or None,
        },
    ).scalar_one()
    return expires


def extend(session: Session, key: UUID, seconds: int) -> datetime | None:
    """Give the basket this much time from now on; None when it holds nothing any more."""
    expires: datetime | None = session.scalar(_EXTEND, {"key": key, "seconds": seconds})
    return expires


def release(session: Session, key: UUID) -> None:
    """Give back what the basket holds, if anything."""
    session.execute(_RELEASE, {"key": key})


def expire(session: Session) -> int:
    """End what is over, of any till; return how many tickets came free."""
    return int(session.execute(_EXPIRE).scalar_one())
