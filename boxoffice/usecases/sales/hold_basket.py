"""Hold the tickets of a basket while its customer pays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from boxoffice.domain.errors import AnswerLost, DatabaseGone
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.sale import HoldBasket
from boxoffice.storage import holds
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.sales.expire_holds import with_what_is_over
from boxoffice.usecases.sales.sell_tickets import require_whole_quantities

HOLD_SECONDS = 600
"""How long a customer may take to pay: shared/DESIGN.md, ten minutes; extended by a press."""


def hold_basket(db: Database, at: DeskIdentity, basket: HoldBasket) -> Done[datetime]:
    """Hold the lines under the basket's purchase key, in place of what it held before; return until when.

    Raises:
        BadQuantity, UnknownOffer, OfferOver, and what selling raises for tickets that are not to be had.
        Busy, DatabaseGone: nothing is held.
    """
    require_whole_quantities(basket.lines)

    def once() -> datetime:
        with db.write() as session:
            return holds.hold(session, basket, at.till_id, HOLD_SECONDS)

    try:
        # Asked again it holds the same tickets in place of those.
        expires = with_what_is_over(db, lambda: db.repeat(once, keyed=True))
    except AnswerLost as lost:
        # If it holds them after all, they are free again in ten minutes.
        raise DatabaseGone from lost
    return Done(expires, frozenset({Notice(Topic.AVAILABILITY, basket.event_id)}))


def extend_hold(db: Database, key: UUID, offer: str = "") -> datetime | None:
    """Give the basket ten minutes from now on; None when its tickets went back already.

    `offer` is the code that it is bought by: None too when that offer is not in the basket any more.
    """

    def once() -> datetime | None:
        with db.write() as session:
            return holds.extend(session, key, HOLD_SECONDS, offer)

    return db.repeat(once, keyed=True)


def release_hold(db: Database, key: UUID) -> Done[None]:
    """Give back what the basket holds; nothing happens when it holds nothing."""

    def once() -> None:
        with db.write() as session:
            holds.release(session, key)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.AVAILABILITY)}))
