"""Give tickets back: stock returns and money goes back in one transaction, as rows beside the old ones."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.after_sale import CancelOrder, Correction, Refund
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.sealing import Kind
from boxoffice.storage import after_sale
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity

TOUCHED = frozenset({Notice(Topic.ORDERS), Notice(Topic.AVAILABILITY)})


def refund_tickets(db: Database, at: DeskIdentity, wish: Refund) -> Done[Correction]:
    """Give tickets of an order back, once per key.

    Raises:
        ReasonMissing: nobody said why.
        UnknownOrder, OrderNotReturnable, TicketNotReturnable: there is nothing of that kind to give back.
        NeedsOverride: sold at another till, before this drawer was opened, or by another tender.
        NoOpenDrawer: cash goes back out of an open drawer.
        Busy, DatabaseGone: nothing was written.
        AnswerLost: not known; ask again with the same key.
    """
    sealed = replace(wish, reference=db.sealer.seal(Kind.REFERENCE, wish.reference))

    def once() -> Correction:
        with db.write() as session:
            return after_sale.refund(session, sealed, at.till_id)

    return Done(db.repeat(once, keyed=True), TOUCHED)


def cancel_order(db: Database, at: DeskIdentity, wish: CancelOrder) -> Done[Correction]:
    """Give up an order that was to be paid later, once per key; what was paid of it goes back.

    Raises:
        ReasonMissing, UnknownOrder, OrderNotPending, NeedsOverride, NoOpenDrawer.
        Busy, DatabaseGone, AnswerLost: see refund_tickets().
    """
    sealed = replace(wish, reference=db.sealer.seal(Kind.REFERENCE, wish.reference))

    def once() -> Correction:
        with db.write() as session:
            return after_sale.cancel(session, sealed, at.till_id)

    return Done(db.repeat(once, keyed=True), TOUCHED)
