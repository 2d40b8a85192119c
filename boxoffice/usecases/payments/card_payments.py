"""Charge a card so that no money is forgotten: pinned before, settled after, looked up when nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict
from uuid import UUID

from boxoffice.domain.after_sale import PayOrder
from boxoffice.domain.card_payment import (
    CardAnswer,
    CardOutcome,
    CardState,
    ClearCard,
    Gateway,
    OpenCardPayment,
    PinCard,
)
from boxoffice.domain.errors import CardPaymentDiffers, Unavailable
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.personal import SHUT
from boxoffice.domain.sale import Payment, Sale, SellTickets, Tender
from boxoffice.sealing import Kind
from boxoffice.storage import card_payments
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.pay_order import pay_order
from boxoffice.usecases.sales.sell_tickets import sell_tickets

_SAID = {
    CardOutcome.CHARGED: CardState.APPROVED,
    CardOutcome.NOT_CHARGED: CardState.DECLINED,
    CardOutcome.GIVEN_BACK: CardState.REVERSED,
}


class _Beside(TypedDict):
    together: Money | None
    waits_for_another: bool


def pin_card(db: Database, at: DeskIdentity, wish: PinCard) -> None:
    """Note the amount before the terminal is asked, once per key.

    Raises:
        CardPaymentDiffers: the key was used for another amount.
        Busy, DatabaseGone, AnswerLost: the terminal must not be asked.
    """

    def once() -> None:
        with db.write() as session:
            card_payments.pin(session, wish, at.till_id)

    db.repeat(once, keyed=True)


def settle_card(db: Database, at: DeskIdentity, key: UUID, answer: CardAnswer) -> Done[None]:
    """Note what became of a card payment.

    Raises:
        CardPaymentDiffers: it was settled otherwise before, or is in an order already.
    """
    sealed = replace(answer, reference=db.sealer.seal(Kind.REFERENCE, answer.reference))

    def once() -> None:
        with db.write() as session:
            card_payments.settle(session, key, sealed, at.till_id)

    db.repeat(once, keyed=True)
    return Done(None, frozenset({Notice(Topic.ORDERS)}))


def open_card_payments(db: Database, at: DeskIdentity) -> tuple[OpenCardPayment, ...]:
    """Return the card payments that somebody has to settle: this till's, for managers all tills'."""
    with db.read() as session:
        found = card_payments.open_payments(session, None if at.role is Role.MANAGER else at.till_id)
    return tuple(
        replace(
            one,
            reference=db.sealer.shown(Kind.REFERENCE, one.reference) if one.reference else "",
            **_beside(one, found),
        )
        for one in found
    )


def _beside(one: OpenCardPayment, found: tuple[OpenCardPayment, ...]) -> _Beside:
    """Return what the other open payments of the same purchase say of this one."""
    others = [other for other in found if other.key != one.key and _is_same_purchase(one, other)]
    charged = [other.amount for other in others if other.state is CardState.APPROVED]
    return {
        "together": sum(charged, one.amount) if charged else None,
        "waits_for_another": len(charged) < len(others),
    }


def _is_same_purchase(one: OpenCardPayment, other: OpenCardPayment) -> bool:
    return one.purchase_key is not None and (one.purchase_key, one.till_id, one.kind, one.order_id) == (
        other.purchase_key,
        other.till_id,
        other.kind,
        other.order_id,
    )


def clear_card(db: Database, at: DeskIdentity, wish: ClearCard) -> Done[None]:
    """Note what the terminal said of an open payment when somebody asked it.

    Raises:
        CardPaymentDiffers: it was settled otherwise meanwhile.
        NotAllowed: it is another till's, and only managers settle those.
    """
    answer = CardAnswer(_SAID[wish.outcome], wish.reference, "asked at the terminal")
    return settle_card(db, at, wish.payment.key, answer)


def book_card(db: Database, at: DeskIdentity, payment: OpenCardPayment) -> Done[Sale]:
    """Make the sale that a card was charged for, under its own purchase key and at the prices shown then.

    Other cards that were charged for the same purchase go into it, and what they leave open is taken in cash.
    An order that was to be paid later is paid as far as the cards reach.

    Raises:
        CardPaymentDiffers: nobody noted what it was for, or it is in a sale already.
        Refused: what selling or paying raises; the charge is still open then, and can be given back.
    """
    if payment.purchase_key is None:
        raise CardPaymentDiffers(payment.state.value)
    charged = tuple(
        one
        for one in open_card_payments(db, at)
        if _is_same_purchase(payment, one) and one.state is CardState.APPROVED
    ) or (payment,)
    cards = tuple(_as_paid(one) for one in charged)
    if payment.is_for_order and payment.order_id is not None:
        return _pay_order(db, at, PayOrder(payment.order_id, cards, payment.purchase_key), payment)
    if payment.basket is None:
        raise CardPaymentDiffers(payment.state.value)
    sum_charged = sum((one.amount for one in charged[1:]), charged[0].amount)
    total = payment.basket.total or sum_charged
    rest = (Payment(Tender.CASH, amount=total - sum_charged),) if total > sum_charged else ()
    wish = SellTickets(
        payment.purchase_key,
        payment.basket.event_id,
        payment.basket.lines,
        cards + rest,
        total,
        # Its tickets may be held still, under the same key.
        replace(payment.basket.terms, is_held=True),
    )
    return sell_tickets(db, at, wish)


def _as_paid(one: OpenCardPayment) -> Payment:
    reference = "" if one.reference == SHUT else one.reference
    return Payment(Tender.CARD, reference=reference, amount=one.amount, card_key=one.key)


def _pay_order(db: Database, at: DeskIdentity, wish: PayOrder, payment: OpenCardPayment) -> Done[Sale]:
    done = pay_order(db, at, wish)
    if done.value.replayed:
        # The order was paid under this key before, perhaps without this card.
        with db.read() as session:
            state = card_payments.state_of(session, payment.key)
        if state is not CardState.BOOKED:
            raise CardPaymentDiffers(state.value)
    return done


def charge_card(db: Database, at: DeskIdentity, gateway: Gateway, wish: PinCard) -> CardAnswer:
    """Pin the amount, charge it and note the answer; with the same key nothing is charged twice.

    UNKNOWN also when the card was charged but that could not be noted: look_up_card() finds out.

    Raises:
        CardPaymentDiffers, Busy, DatabaseGone, AnswerLost: see pin_card(); the gateway was not asked.
    """
    pin_card(db, at, replace(wish, gateway=gateway.name))
    answer = gateway.charge(wish.key, wish.amount)
    try:
        settle_card(db, at, wish.key, answer)
    except Unavailable:
        return replace(answer, state=CardState.UNKNOWN)
    return answer


def look_up_card(db: Database, at: DeskIdentity, gateway: Gateway, key: UUID) -> CardAnswer:
    """Ask the gateway what became of a payment that nobody knows of, and note what it says."""
    answer = gateway.look_up(key)
    if answer.state is not CardState.UNKNOWN:
        settle_card(db, at, key, answer)
    return answer
