"""Sell gift cards and say what is left on them. They pay as a tender of a sale."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.errors import UnknownGiftCard
from boxoffice.domain.gift_card import GiftCard, IssueGiftCard
from boxoffice.domain.notice import Done
from boxoffice.domain.ticket_code import MistypedCode, normalise
from boxoffice.storage import gift_cards
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.sales.sell_tickets import sealed_payment


def issue_gift_card(db: Database, at: DeskIdentity, wish: IssueGiftCard) -> Done[GiftCard]:
    """Sell a gift card, once per key.

    Raises:
        PaymentsDiffer, CashTooLittle, NoOpenDrawer, CardPaymentDiffers, OutOfBounds.
        Busy, DatabaseGone, AnswerLost: see sell_tickets().
    """
    sealed = replace(wish, payments=tuple(sealed_payment(db, payment) for payment in wish.payments))

    def once() -> GiftCard:
        with db.write() as session:
            return gift_cards.issue(session, sealed, at.till_id)

    return Done(db.repeat(once, keyed=True), frozenset())


def find_gift_card(db: Database, typed: str) -> GiftCard:
    """Return the card of a code that was typed or scanned.

    Raises:
        UnknownGiftCard: no such code, mistyped or not in use.
    """
    try:
        code = normalise(typed)
    except MistypedCode as mistyped:
        raise UnknownGiftCard(typed) from mistyped
    with db.read() as session:
        return gift_cards.by_code(session, code)
