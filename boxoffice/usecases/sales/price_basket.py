"""What a basket costs, by the arithmetic that the sale will use."""

from __future__ import annotations

from boxoffice.domain.errors import AnswerLost, DatabaseGone
from boxoffice.domain.sale import PLAIN, SaleLine, Terms, Totals
from boxoffice.storage import sale
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import require_whole_quantities


def price_basket(db: Database, event_id: int, lines: tuple[SaleLine, ...], terms: Terms = PLAIN) -> Totals:
    """Return the totals of these lines at today's prices under these terms; says nothing about availability.

    Raises:
        BadQuantity, UnknownEvent, UnknownTier, DiscountInvalid.
        DatabaseGone: asked twice in vain.
    """
    require_whole_quantities(lines)

    def once() -> Totals:
        with db.single_statement() as session:
            return sale.price(session, event_id, lines, terms)

    try:
        return db.repeat(once, keyed=True)
    except AnswerLost as lost:
        # Asking for a price writes nothing whose fate could be unknown.
        raise DatabaseGone from lost
