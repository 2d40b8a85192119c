"""Cancel an event: sales stop first, then every order is given back, one transaction each.

Each order's refund bears a key that follows from the order, so that a program that died in the middle, or two
that work at once, give nothing back twice; whoever starts again goes on where the list stands.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

from boxoffice.domain.after_sale import CancelOrder, Refund
from boxoffice.domain.cancellation import Cancellation, CancelledOrder, ItemState
from boxoffice.domain.errors import Refused, UnknownEvent
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.sale import OrderStatus, Tender
from boxoffice.storage import cancelled_events
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets

_KEYS = UUID("6c1b2f0e-6a34-4f0a-9a57-5f7c9d2f3b10")
"""The space of the refunds' keys."""
BY_ITSELF = frozenset({Tender.GIFT_CARD})
"""Tenders whose money goes back without anybody's hand. Cash is collected; a card is held to its terminal."""


def cancel_event(db: Database, at: DeskIdentity, event_id: int, reason: str) -> Done[Cancellation]:
    """Stop the sales of an event for good and list the orders to be given back.

    Raises:
        UnknownEvent, ReasonMissing, NotAllowed, Busy, DatabaseGone, AnswerLost.
    """

    def once() -> None:
        with db.write() as session:
            cancelled_events.cancel(session, event_id, reason, at.till_id)

    db.repeat(once, keyed=True)
    notices = {
        Notice(Topic.EVENTS, event_id),
        Notice(Topic.AVAILABILITY, event_id),
        Notice(Topic.ORDERS, event_id),
    }
    return Done(cancellation(db, event_id), frozenset(notices))


def cancellation(db: Database, event_id: int) -> Cancellation:
    """Return how far it has come. Raises UnknownEvent for one that was not cancelled."""
    with db.read() as session:
        found = cancelled_events.progress(session, event_id)
    if found is None:
        raise UnknownEvent(str(event_id))
    return found


def give_back_orders(
    db: Database,
    at: DeskIdentity,
    event_id: int,
    *,
    again: bool = False,
    told: Callable[[Cancellation], bool] = lambda _: True,
) -> Cancellation:
    """Give back what is left of a cancelled event's orders.

    Args:
        db: the manager's own door.
        at: the till whose receipts these are.
        event_id: a cancelled event.
        again: also try those that failed.
        told: hears of the progress after each order; False stops the work, which is taken up any time.

    Raises:
        UnknownEvent, NotAllowed; Unavailable from in between, which leaves the rest for the next start.
    """
    reason = cancellation(db, event_id).reason
    while True:
        with db.write() as session:
            order = cancelled_events.next_order(session, event_id, again=again)
        if order is not None:
            state, detail = _give_back(db, at, order, reason)
            with db.write() as session:
                cancelled_events.settle(session, order.order_id, state, detail)
        progress = cancellation(db, event_id)
        if not told(progress) or order is None:
            return progress


def _give_back(db: Database, at: DeskIdentity, order: CancelledOrder, reason: str) -> tuple[ItemState, str]:
    if not order.tenders <= BY_ITSELF:
        return ItemState.TO_COLLECT, ""
    key = uuid5(_KEYS, str(order.order_id))
    try:
        if order.status is OrderStatus.PENDING:
            cancel_order(db, at, CancelOrder(order.order_id, reason, key=key))
        elif order.status is OrderStatus.PAID:
            refund_tickets(db, at, Refund(order.order_id, reason, key=key))
    except Refused as refused:
        return ItemState.FAILED, type(refused).__name__
    return ItemState.REFUNDED, ""
