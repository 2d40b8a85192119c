"""Charge a card so that no money is forgotten: pinned before, settled after, looked up when nobody knows."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from boxoffice.domain.card_payment import CardAnswer, CardState, Gateway, OpenCardPayment, PinCard
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.sealing import Kind
from boxoffice.storage import card_payments
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity


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
    """Return this till's card payments that somebody has to settle."""
    with db.read() as session:
        found = card_payments.open_payments(session, at.till_id)
    return tuple(
        replace(one, reference=db.sealer.shown(Kind.REFERENCE, one.reference) if one.reference else "")
        for one in found
    )


def charge_card(db: Database, at: DeskIdentity, gateway: Gateway, wish: PinCard) -> CardAnswer:
    """Pin the amount, charge it and note the answer; with the same key nothing is charged twice.

    Raises:
        CardPaymentDiffers, Busy, DatabaseGone, AnswerLost: see pin_card() and settle_card(). After them the
            payment is found under open_card_payments(), and look_up_card() finds out.
    """
    pin_card(db, at, replace(wish, gateway=gateway.name))
    answer = gateway.charge(wish.key, wish.amount)
    settle_card(db, at, wish.key, answer)
    return answer


def look_up_card(db: Database, at: DeskIdentity, gateway: Gateway, key: UUID) -> CardAnswer:
    """Ask the gateway what became of a payment that nobody knows of, and note what it says."""
    answer = gateway.look_up(key)
    if answer.state is not CardState.UNKNOWN:
        settle_card(db, at, key, answer)
    return answer
