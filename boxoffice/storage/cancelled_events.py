"""Events that do not take place, by migrations/sql/0005/up/09_cancelled_events.sql."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.cancellation import Cancellation, CancellationPlan, CancelledOrder, ItemState
from boxoffice.domain.money import Money
from boxoffice.domain.sale import OrderStatus, Tender

_CANCEL = text("SELECT cancel_event(:event_id, :reason, :till_id)")
_NEXT = text("SELECT next_cancelled_order(:event_id, :again)")
_SETTLE = text("SELECT settle_cancelled_order(:order_id, :state, :detail)")
_PROGRESS = text("""
    SELECT c.event_id, e.title, c.reason, c.finished_at IS NOT NULL AS is_finished,
           count(o.order_id) AS orders,
           count(o.order_id) FILTER (WHERE o.state = 'waiting') AS waiting,
           count(*) FILTER (WHERE o.state = 'refunded') AS refunded,
           count(*) FILTER (WHERE o.state = 'to_collect') AS to_collect,
           count(*) FILTER (WHERE o.state = 'failed') AS failed
    FROM event_cancellations c JOIN events e ON e.id = c.event_id
    LEFT JOIN event_cancellation_orders o ON o.event_id = c.event_id
    WHERE CAST(:event_id AS bigint) IS NULL OR c.event_id = :event_id
    GROUP BY c.event_id, e.title ORDER BY c.started_at DESC
""")
_PLAN = text("""
    SELECT e.title, e.start_time, e.time_zone, e.status = 'cancelled' AS is_cancelled,
           (SELECT count(*) FROM orders o
            WHERE o.event_id = e.id AND o.status IN ('pending', 'paid')) AS orders,
           (SELECT count(*) FROM tickets k
            WHERE k.event_id = e.id AND k.status IN ('valid', 'used')) AS tickets,
           (SELECT count(*) FROM waitlist w WHERE w.event_id = e.id) AS waiting
    FROM events e WHERE e.id = :event_id
""")
_PLAN_MONEY = text("""
    SELECT p.tender, p.currency, sum(CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END) AS amount
    FROM payment_transactions p JOIN orders o ON o.id = p.order_id
    WHERE o.event_id = :event_id AND o.status IN ('pending', 'paid')
    GROUP BY 1, 2 HAVING sum(CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END) <> 0 ORDER BY 1, 2
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
    return None if row is None else _read(session, row)


def all_of_them(session: Session) -> tuple[Cancellation, ...]:
    """Return every event that was cancelled here, the newest first."""
    return tuple(_read(session, row) for row in session.execute(_PROGRESS, {"event_id": None}).all())


def plan(session: Session, event_id: int) -> CancellationPlan | None:
    """Return what cancelling this event would come to, None when there is none of this number."""
    row = session.execute(_PLAN, {"event_id": event_id}).one_or_none()
    if row is None:
        return None
    money = session.execute(_PLAN_MONEY, {"event_id": event_id})
    return CancellationPlan(
        event_id=event_id,
        title=row.title,
        starts_at=row.start_time.astimezone(UTC),
        time_zone=row.time_zone,
        is_cancelled=row.is_cancelled,
        orders=row.orders,
        tickets=row.tickets,
        money=tuple((Tender(tender), Money(amount, currency)) for tender, currency, amount in money),
        waiting=row.waiting,
    )


def _read(session: Session, row: Row[Any]) -> Cancellation:
    failures: tuple[tuple[str, str], ...] = ()
    if row.failed:
        failures = tuple(
            (number, detail) for number, detail in session.execute(_FAILED, {"event_id": row.event_id})
        )
    return Cancellation(
        event_id=row.event_id,
        title=row.title,
        reason=row.reason,
        is_finished=row.is_finished,
        orders=row.orders,
        waiting=row.waiting,
        refunded=row.refunded,
        to_collect=row.to_collect,
        failed=row.failed,
        failures=failures,
    )
