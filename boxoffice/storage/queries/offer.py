"""One event with its tiers, as it can be sold now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.errors import UnknownEvent
from boxoffice.domain.event import EventOffer, EventStatus
from boxoffice.domain.money import Money
from boxoffice.domain.tier import NotSellable, TierOffer

_EVENT = text("""
    SELECT e.*, promoter.company AS promoter, capacity_left(e) AS event_left
    FROM events e JOIN promoters promoter ON promoter.id = e.promoter_id
    WHERE e.id = :event_id
""")

_TIERS = text("""
    SELECT t.*, tier_available(t, :event_left) AS available, not_sellable(t, e, CURRENT_TIMESTAMP) AS reason,
           (SELECT count(*) FROM waitlist w
            WHERE w.event_id = t.event_id AND (w.tier_id = t.id OR w.tier_id IS NULL) AND NOT w.notified
           ) AS waiting
    FROM ticket_tiers t JOIN events e ON e.id = t.event_id
    WHERE t.event_id = :event_id
    ORDER BY t.position, t.price DESC, t.id
""")

_EVENT_ID = text("SELECT id FROM events WHERE slug = :slug")


def event_offer(session: Session, event_id: int) -> EventOffer:
    """Return the event and its tiers.

    Raises:
        UnknownEvent: there is none of this number.
    """
    event = session.execute(_EVENT, {"event_id": event_id}).one_or_none()
    if event is None:
        raise UnknownEvent(str(event_id))
    tiers = session.execute(_TIERS, {"event_id": event_id, "event_left": event.event_left})
    return EventOffer(
        id=event.id,
        slug=event.slug,
        title=event.title,
        description=event.description,
        venue=event.venue,
        venue_address=event.venue_address,
        promoter=event.promoter,
        starts_at=event.start_time.astimezone(UTC),
        ends_at=_utc(event.end_time),
        doors_at=_utc(event.doors_open_time),
        time_zone=event.time_zone,
        status=EventStatus(event.status),
        currency=event.currency,
        tiers=tuple(_tier_offer(row, event.currency) for row in tiers),
    )


def event_id_of(session: Session, slug: str) -> int:
    """Return the number of the event with this slug.

    Raises:
        UnknownEvent: there is none.
    """
    event_id: int | None = session.scalar(_EVENT_ID, {"slug": slug})
    if event_id is None:
        raise UnknownEvent(slug)
    return event_id


def _tier_offer(row: Row[Any], currency: str) -> TierOffer:
    return TierOffer(
        id=row.id,
        event_id=row.event_id,
        name=row.name,
        description=row.description,
        price=Money(row.price, currency),
        quantity=row.quantity,
        sold=row.sold,
        reserved=row.reserved,
        available=row.available,
        min_purchase=row.min_purchase,
        max_purchase=row.max_purchase,
        sale_starts_at=_utc(row.sale_start_time),
        sale_ends_at=_utc(row.sale_end_time),
        not_sellable=_reason(row),
        waiting=row.waiting,
    )


def _reason(row: Row[Any]) -> NotSellable | None:
    if row.reason is not None:
        return NotSellable(row.reason)
    if row.available > 0:
        return None
    return NotSellable.HELD if row.reserved > 0 else NotSellable.SOLD_OUT


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
