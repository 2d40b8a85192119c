"""Write what the counter has to know of an order."""

from __future__ import annotations

from boxoffice.domain.errors import OutOfBounds
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.sealing import Kind
from boxoffice.storage import customers
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.order_desk import MOST_NOTES


def write_notes(db: Database, at: DeskIdentity, order_id: int, notes: str) -> Done[None]:
    """Put these notes in the place of the order's, sealed; nothing removes them.

    Raises:
        OutOfBounds: they are too long.
        KeyMissing: they cannot be sealed here.
        UnknownOrder: there is no such order.
    """
    words = notes.strip()
    if len(words) > MOST_NOTES:
        raise OutOfBounds
    sealed = db.sealer.seal(Kind.NOTES, words)

    def once() -> None:
        with db.write() as session:
            customers.set_order_notes(session, order_id, sealed, at.till_id)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.ORDERS)}))
