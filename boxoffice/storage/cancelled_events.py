"""Events that do not take place, by migrations/sql/0005/up/09_cancelled_events.sql."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.cancellation import Cancellation, CancelledOrder, ItemState
from boxoffice.domain.sale import OrderStatus, Tender

_CANCEL = text("SELECT cancel_event(:event_id, :reason, :till_id)")
_NEXT = text("SELECT next_cancelled_order(:event_id, :again)")
_SETTLE = text("SELECT settle_cancelled_order(:order_id, :state, :detail)")
_PROGRESS = text("""
    SELECT c.event_id, e.title, c.reason, c.finished_at IS NOT NULL AS is_finished,
           count(o.order_id) AS orders,
           count(*) FILTER (WHERE o.state = 'waiting') AS waiting,
           count(*) FILTER (WHERE o.state = 'refunded') AS refunded,
           count(*) FILTER (WHERE o.state = 'to_collect') AS to_collect,
           count(*) FILTER (WHERE o.state = 'failed') AS failed
    FROM event_cancellations c JOIN events e ON e.id = c.event_id
    LEFT JOIN event_cancellation_orders o ON o.event_id = c.event_id
    WHERE c.event_id = :event_id GROUP BY c.event_id, e.title
""")
_FAILED = text("""
    SELECT o.order_number, i.detail FROM event_cancellation_orders i JOIN orders o ON o.id = i.order_id
    WHERE i.event_id = :event_id AND i.state = 'failed' ORDER BY o.id
""")


def cancel(session: Session, event_id: int, reason: str, till_id: int) -> None:
    """Stop the event's sales and list its orders. Raises UnknownEvent, ReasonMissing, NotAllowed."""
    session.execute(_CANCEL, {"event_id": event_id, "reason": reason, "till_id": till_id})


def next_order(session: Session, event_id: int, *, again: bool) -> CancelledOrder | None:
    """Claim the next order that waits, or failed where `again`; None when none is left."""
    facts = session.scalar(_NEXT, {"event_id": event_id, "again": again})
    if facts is None:
        return None
    return CancelledOrder(
        facts["order_id"],
        facts["order_number"],
        OrderStatus(facts["status"]),
        frozenset(map(Tender, facts["tenders"])),
    )


def settle(session: Session, order_id: int, state: ItemState, detail: str = "") -> None:
    """Note what became of one order."""
    session.execute(_SETTLE, {"order_id": order_id, "state": state.value, "detail": detail})


def progress(session: Session, event_id: int) -> Cancellation | None:
    """Return how far a cancellation has come, None when the event was not cancelled."""
    row = session.execute(_PROGRESS, {"event_id": event_id}).one_or_none()
    if row is None:
        return None
    failures = tuple((number, detail) for number, detail in session.execute(_FAILED, {"event_id": event_id}))
    return Cancellation(*row, failures)
