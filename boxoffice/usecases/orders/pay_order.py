"""Orders that are paid later: take a payment, or take up again what had expired."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.after_sale import PayOrder, ReactivateOrder
from boxoffice.domain.notice import Done
from boxoffice.domain.sale import Sale
from boxoffice.storage import after_sale
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.find_order import readable
from boxoffice.usecases.orders.refund_tickets import TOUCHED
from boxoffice.usecases.sales.sell_tickets import sealed_payment


def pay_order(db: Database, at: DeskIdentity, wish: PayOrder) -> Done[Sale]:
    """Take a payment for a pending order, once per key; with the last one its tickets are issued.

    Raises:
        UnknownOrder, OrderNotPending: there is no such order that waits to be paid.
        PaymentsDiffer, CashTooLittle, NoOpenDrawer, UnknownGiftCard, GiftCardTooLittle, CardPaymentDiffers.
        Busy, DatabaseGone: nothing was written.
        AnswerLost: not known; ask again with the same key.
    """
    sealed = replace(wish, payments=tuple(sealed_payment(db, payment) for payment in wish.payments))

    def once() -> Sale:
        with db.write() as session:
            return after_sale.pay(session, sealed, at.till_id)

    return Done(readable(db, db.repeat(once, keyed=True)), TOUCHED)


def reactivate_order(db: Database, at: DeskIdentity, wish: ReactivateOrder) -> Done[Sale]:
    """Hold the tickets of an unpaid order once more, until another day.

    Raises:
        UnknownOrder, OrderNotPending, DueDatePast, SoldOut, DiscountInvalid, Busy, DatabaseGone, AnswerLost.
    """

    def once() -> Sale:
        with db.write() as session:
            return after_sale.reactivate(session, wish, at.till_id)

    return Done(db.repeat(once, keyed=True), TOUCHED)
