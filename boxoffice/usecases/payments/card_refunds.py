"""Refund an order whose card was charged by a gateway: the money first, then the books, each exactly once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID, uuid5

from boxoffice.domain.after_sale import Correction, Refund
from boxoffice.domain.card_payment import CardAnswer, CardKind, CardState, Gateway, PinCard
from boxoffice.domain.errors import CardRefundDeclined, CardRefundUnknown
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done
from boxoffice.domain.personal import SHUT
from boxoffice.domain.sale import Tender
from boxoffice.sealing import Kind
from boxoffice.storage import after_sale, card_payments
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.refund_tickets import TOUCHED, refund_tickets
from boxoffice.usecases.payments.card_payments import pin_card, settle_card

_KEYS = UUID("b1f5a0f4-9a52-4c8e-8a63-0a6c0b8f1d27")
"""The space of the refunds' keys."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes back to the card."""

    key: UUID
    amount: Money
    reference: str
    """Of the charge."""


def refund_with(db: Database, at: DeskIdentity, gateway: Gateway, wish: Refund) -> Done[Correction]:
    """Refund as refund_tickets() does; what came by this gateway goes back by it.

    The database is asked first what it would do, so that no money moves for what it refuses. Whoever asks
    again after a lost answer, even with another key, finds the money that went back already.

    Raises:
        CardRefundDeclined: the gateway gives nothing back; nothing was written.
        CardRefundUnknown: it does not answer; ask again.
        CardPaymentDiffers: another refund of this order was begun by the gateway and is not over.
        What refund_tickets() raises.
    """
    part = _back_to_card(db, at, gateway, wish)
    if part is None:
        return refund_tickets(db, at, wish)
    pin_card(
        db,
        at,
        PinCard(
            part.amount, gateway=gateway.name, order_id=wish.order_id, kind=CardKind.REFUND, key=part.key
        ),
    )
    answer = gateway.refund(part.key, part.reference, part.amount)
    settle_card(db, at, part.key, answer)
    if answer.state is CardState.DECLINED:
        raise CardRefundDeclined(answer.detail)
    if answer.state is not CardState.APPROVED:
        raise CardRefundUnknown
    reference = db.sealer.seal(Kind.REFERENCE, answer.reference)
    sealed = replace(wish, reference=reference)

    def once() -> Correction:
        with db.write() as session:
            correction = after_sale.refund(session, sealed, at.till_id)
            booked = CardAnswer(CardState.BOOKED, reference)
            card_payments.settle(session, part.key, booked, at.till_id)
            return correction

    return Done(db.repeat(once, keyed=True), TOUCHED)


def _back_to_card(db: Database, at: DeskIdentity, gateway: Gateway, wish: Refund) -> _Part | None:
    """Return what this refund gives back by the gateway; None when its money goes another way."""
    with db.read() as session:
        charged = card_payments.charged_by(session, wish.order_id)
        turn = card_payments.refunds_over(session, wish.order_id)
    if charged is None or charged[0] != gateway.name or wish.tender not in (None, Tender.CARD):
        return None
    _, sealed, whole = charged
    rehearsed = _rehearse(db, at, wish)
    amount = sum(
        (part.amount.amount for part in rehearsed.returned if part.tender is Tender.CARD), Decimal(0)
    )
    if rehearsed.replayed or not 0 < amount <= whole.amount:
        return None
    reference = db.sealer.shown(Kind.REFERENCE, sealed)
    if reference in ("", SHUT):
        # This computer cannot name the charge to the gateway: it is given back by hand.
        return None
    # Whoever refunds this order next, here or elsewhere, asks under the same key.
    return _Part(uuid5(_KEYS, f"{wish.order_id} {turn}"), Money(amount, whole.currency), reference)


def _rehearse(db: Database, at: DeskIdentity, wish: Refund) -> Correction:
    """Return what the refund would do, with everything that it would refuse."""

    def once() -> Correction:
        with db.write() as session:
            correction = after_sale.refund(session, replace(wish, reference=""), at.till_id)
            session.rollback()
            return correction

    return db.repeat(once, keyed=True)
