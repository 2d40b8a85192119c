"""Sell tickets at the counter.

Every rule of the sale (prices, windows, limits, stock, capacity, the purchase key) is decided by the database
in the statement that writes it; see migrations/sql and docs/decisions/0002-the-form-of-the-sale.md. Here
remains what SQL cannot see: that quantities are whole numbers, and that a lost answer is asked for again.
"""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.errors import BadQuantity, ReferenceTooLong, UnknownGiftCard
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.sale import LARGEST_QUANTITY, Payment, Sale, SaleLine, SellTickets
from boxoffice.domain.ticket_code import MistypedCode, normalise
from boxoffice.sealing import Kind
from boxoffice.storage import sale
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.find_order import readable
from boxoffice.usecases.sales.expire_holds import with_what_is_over

LONGEST_REFERENCE = 200


def sell_tickets(db: Database, at: DeskIdentity, command: SellTickets) -> Done[Sale]:
    """Sell the lines of the command, once per purchase key, however often it is asked.

    Raises:
        Refused: one of the sales refusals of domain.errors; nothing was written.
        KeyMissing: there is a reference, which this computer cannot seal; nothing was written.
        Busy: other tills held the tickets for too long; nothing was written.
        DatabaseGone: nothing was written.
        AnswerLost: not known; ask again with the same key.
    """
    require_whole_quantities(command.lines)
    sealed = replace(
        command,
        payments=tuple(sealed_payment(db, payment) for payment in command.payments),
        terms=replace(command.terms, notes=db.sealer.seal(Kind.NOTES, command.terms.notes)),
    )

    def once() -> Sale:
        with db.single_statement() as session:
            return sale.sell(session, sealed, till_id=at.till_id, clerk_id=at.clerk_id)

    sold = readable(db, with_what_is_over(db, lambda: db.repeat(once, keyed=True)))
    availability = Notice(Topic.AVAILABILITY, sold.event_id)
    db.tell(availability)
    return Done(sold, frozenset({availability, Notice(Topic.ORDERS, sold.event_id)}))


def sealed_payment(db: Database, payment: Payment) -> Payment:
    """Return the payment as the database takes it: its reference sealed, a gift card's code in plain letters.

    Raises:
        ReferenceTooLong, KeyMissing.
        UnknownGiftCard: that is no code at all.
    """
    if len(payment.reference) > LONGEST_REFERENCE:
        raise ReferenceTooLong
    reference = db.sealer.seal(Kind.REFERENCE, payment.reference)
    if not payment.gift_card:
        return replace(payment, reference=reference)
    try:
        return replace(payment, reference=reference, gift_card=normalise(payment.gift_card))
    except MistypedCode as mistyped:
        raise UnknownGiftCard(payment.gift_card) from mistyped


def require_whole_quantities(lines: tuple[SaleLine, ...]) -> None:
    """Raise BadQuantity for what is not a whole number from 1 to what a counter can hold."""
    for line in lines:
        whole = isinstance(line.quantity, int) and not isinstance(line.quantity, bool)
        if not whole or not 1 <= line.quantity <= LARGEST_QUANTITY:
            raise BadQuantity(line.tier_id, line.quantity)
