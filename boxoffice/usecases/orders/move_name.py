"""Put an order into somebody else's name, or into nobody's."""

from __future__ import annotations

from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import customers
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.order_desk import MoveName


def move_name(db: Database, at: DeskIdentity, command: MoveName) -> Done[None]:
    """Write the name; under a known key it was written before.

    Raises:
        UnknownOrder: there is no such order.
        UnknownPerson: the customer was deleted or erased, or works here.
    """

    def once() -> None:
        with db.write() as session:
            customers.set_order_customer(
                session, command.key, command.order_id, command.customer_id, at.till_id
            )

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.ORDERS)}))
