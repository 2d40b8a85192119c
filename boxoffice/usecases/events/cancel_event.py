"""Cancel an event: sales stop first, then every order is given back, one transaction each.

Each order's refund bears a key that follows from the order, so that a program that died in the middle, or two
that work at once, give nothing back twice; whoever starts again goes on where the list stands.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

from boxoffice.domain.after_sale import CancelOrder, Refund
from boxoffice.domain.cancellation import Cancellation, CancelledOrder, ItemState
from boxoffice.domain.card_payment import Gateway
from boxoffice.domain.errors import CardRefundUnknown, Refused, UnknownEvent
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.sale import OrderStatus, Tender
from boxoffice.storage import cancelled_events, card_payments
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.payments.card_refunds import refund_with

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


def give_back_orders(  # noqa: PLR0913 - four of them are rarely given
    db: Database,
    at: DeskIdentity,
    event_id: int,
    *,
    again: bool = False,
    told: Callable[[Cancellation], bool] = lambda _: True,
    gateway: Gateway | None = None,
) -> Cancellation:
    """Give back what is left of a cancelled event's orders.

    Args:
        db: the manager's own door.
        at: the till whose receipts these are.
        event_id: a cancelled event.
        again: also try those that failed.
        gateway: gives back by itself what it charged; other cards are held to their terminal.
        told: hears of the progress after each order; False stops the work, which is taken up any time.

    Raises:
        UnknownEvent, NotAllowed; Unavailable from in between, which leaves the rest for the next start.
    """
    reason = cancellation(db, event_id).reason
    failed: dict[int, str] = {}
    while True:
        with db.write() as session:
            order = cancelled_events.next_order(session, event_id, again=again)
        if order is not None:
            if order.order_id in failed:
                # Each is tried once a run: what failed a moment ago fails again.
                again, state, detail = False, ItemState.FAILED, failed[order.order_id]
            else:
                state, detail = _give_back(db, at, order, reason, gateway)
            if state is ItemState.FAILED:
                failed[order.order_id] = detail
            with db.write() as session:
                cancelled_events.settle(session, order.order_id, state, detail)
        progress = cancellation(db, event_id)
        if not told(progress) or order is None:
            return progress


def _give_back(
    db: Database, at: DeskIdentity, order: CancelledOrder, reason: str, gateway: Gateway | None
) -> tuple[ItemState, str]:
    by_gateway = gateway if Tender.CARD in order.tenders and _charged_it(db, gateway, order) else None
    if not order.tenders <= BY_ITSELF | ({Tender.CARD} if by_gateway else set()):
        return ItemState.TO_COLLECT, ""
    key = uuid5(_KEYS, str(order.order_id))
    try:
        if order.status is OrderStatus.PENDING:
            cancel_order(db, at, CancelOrder(order.order_id, reason, key=key))
        elif order.status is OrderStatus.PAID:
            wish = Refund(order.order_id, reason, key=key)
            if by_gateway is not None:
                refund_with(db, at, by_gateway, wish)
            else:
                refund_tickets(db, at, wish)
    except (Refused, CardRefundUnknown) as problem:
        return ItemState.FAILED, type(problem).__name__
    return ItemState.REFUNDED, ""


def _charged_it(db: Database, gateway: Gateway | None, order: CancelledOrder) -> bool:
    with db.read() as session:
        charged = card_payments.charged_by(session, order.order_id)
    return gateway is not None and charged is not None and charged[0] == gateway.name
