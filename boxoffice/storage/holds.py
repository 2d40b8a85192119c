"""Tickets that a basket holds while its customer pays, by migrations/sql/0005 and 0012."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.sale import HoldBasket

_HOLD = text("""
    SELECT hold_basket(:key, :event_id, CAST(:tier_ids AS bigint[]), CAST(:quantities AS bigint[]), :till_id,
        :seconds, :offer)
""")
_EXTEND = text("SELECT extend_hold(:key, :seconds, :offer)")
_RELEASE = text("SELECT release_hold(:key)")
_EXPIRE = text("SELECT expire_holds()")


def hold(session: Session, basket: HoldBasket, till_id: int, seconds: int) -> datetime:
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
            "till_id": till_id,
            "seconds": seconds,
            "offer": basket.offer or None,
        },
    ).scalar_one()
    return expires


def extend(session: Session, key: UUID, seconds: int, offer: str = "") -> datetime | None:
    """Give the basket this much time from now on; None when it, or the offer of this code, is gone."""
    asked = {"key": key, "seconds": seconds, "offer": offer or None}
    expires: datetime | None = session.scalar(_EXTEND, asked)
    return expires


def release(session: Session, key: UUID) -> None:
    """Give back what the basket holds, if anything."""
    session.execute(_RELEASE, {"key": key})


def expire(session: Session) -> int:
    """End what is over, of any till; return how many tickets came free."""
    return int(session.execute(_EXPIRE).scalar_one())
