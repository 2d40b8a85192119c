"""Other tickets for these: the new are taken before the old come back, and only the difference is paid."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.after_sale import Exchange, Exchanged
from boxoffice.domain.notice import Done
from boxoffice.storage import after_sale
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.find_order import readable
from boxoffice.usecases.orders.refund_tickets import TOUCHED
from boxoffice.usecases.sales.sell_tickets import require_whole_quantities, sealed_payment


def exchange_tickets(db: Database, at: DeskIdentity, wish: Exchange) -> Done[Exchanged]:
    """Exchange tickets, within their event or for another one, once per key.

    Raises:
        What selling raises for the new tickets, what refunding raises for the old ones.
        OtherCurrency: the other event is sold in another currency.
        PaymentsDiffer: what is paid is not the difference.
    """
    require_whole_quantities(wish.lines)
    sealed = replace(wish, payments=tuple(sealed_payment(db, payment) for payment in wish.payments))

    def once() -> Exchanged:
        with db.write() as session:
            return after_sale.exchange(session, sealed, at.till_id)

    done = db.repeat(once, keyed=True)
    return Done(replace(done, sale=readable(db, done.sale)), TOUCHED)
