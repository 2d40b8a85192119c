"""One card payment, from the amount that is noted before the terminal is asked to what the terminal says.

Knows no widget. Where a card service is connected it is asked; where the terminal stands on its own, the
clerk says what it did. What is not known, or charged and in no order, stays noted: the Till screen clears it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from boxoffice.domain.card_payment import CardAnswer, CardState, PinCard
from boxoffice.domain.sale import Payment, Tender

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from boxoffice.domain.notice import Done
    from boxoffice.ui.tasks import Tasks
    from boxoffice.usecases.desk import Desk


class CardTalk(StrEnum):
    """How it stands with the card service."""

    QUIET = "quiet"
    ASKING = "asking"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    """Charged or not: nobody knows until it is looked up."""
    NOT_ASKED = "not_asked"
    """The database was in the way, so the service was not asked."""


class CardsInHand(QObject):
    """The card payments that this window is taking: they are nobody's to clear meanwhile."""

    let_go = Signal()
    """One was left before it was in an order: it may want clearing now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._charges: list[CardCharge] = []

    def watch(self, charge: CardCharge) -> None:
        """Ask this charge, too, while it lives."""
        self._charges = [one for one in self._charges if isValid(one)] + [charge]

    def __contains__(self, key: UUID) -> bool:
        return any(isValid(one) and one.holds(key) for one in self._charges)


class CardCharge(QObject):
    """Tells `changed` with every step, and `charged` with the Payment that the service took."""

    changed = Signal()
    charged = Signal(object)
    unpinned = Signal(object)
    """The key of a payment that could not be noted: it is booked without one."""

    def __init__(self, desk: Desk, tasks: Tasks, in_hand: CardsInHand, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._in_hand = in_hand
        self._pin: PinCard | None = None
        self._taken: set[UUID] = set()
        """Charged, and kept until they go into an order together."""
        self.talk = CardTalk.QUIET
        self.problem = ""
        """The card service's own words for what it declined."""
        self.error: Exception | None = None
        in_hand.watch(self)

    @property
    def has_gateway(self) -> bool:
        """Whether cards are charged by a service, not at a terminal that stands on its own."""
        return self._desk.cards.charge is not None

    @property
    def is_bound(self) -> bool:
        """Whether a charge is under way or nobody knows of it: what it is for must stay as it is."""
        return self.talk in (CardTalk.ASKING, CardTalk.UNKNOWN)

    @property
    def holds_money(self) -> bool:
        """Whether cards were charged that are in no order yet."""
        return bool(self._taken)

    @property
    def pinned(self) -> PinCard | None:
        """The payment that the terminal is asked for."""
        return self._pin

    def holds(self, key: UUID) -> bool:
        """Tell whether this payment is being taken here; what a service was left with is not."""
        is_left = self.has_gateway and not self.is_bound
        return key in self._taken or (self._pin is not None and self._pin.key == key and not is_left)

    # --- a terminal that stands on its own -----------------------------------------------------

    def pin(self, pin: PinCard) -> None:
        """Note the amount before the terminal is asked for it, so that no charge is ever forgotten."""
        self._pin = pin
        # A pin that could not be written is none: the payment is then booked without it.
        self._tasks.change(
            self, lambda: self._desk.pin_card(pin), lambda _none: None, lambda _error: self._forget(pin)
        )

    def unpin(self) -> None:
        """The clerk went back: the terminal has charged nothing."""
        if self._pin is None or self.has_gateway:
            # What a service was asked for stays noted: only the service knows what became of that.
            return
        key, self._pin = self._pin.key, None
        self._settle(key, CardAnswer(CardState.DECLINED, detail="left"))

    def leave_noted(self) -> None:
        """The clerk went back, and it is not sure what the terminal did: somebody looks at it later."""
        if self._pin is not None and not self.has_gateway:
            self._pin = None
            self.changed.emit()
            self._in_hand.let_go.emit()

    def take_by_hand(self, reference: str) -> Payment | None:
        """The clerk says that the terminal charged the amount noted; returns the payment."""
        pin = self._pin
        if pin is None:
            return None
        self.keep()
        self._settle(pin.key, CardAnswer(CardState.APPROVED, reference))
        return Payment(Tender.CARD, amount=pin.amount, reference=reference, card_key=pin.key)

    def give_back(self, key: UUID) -> None:
        """The clerk says that the terminal gave a payment back that it had charged."""
        self._taken.discard(key)
        self._settle(key, CardAnswer(CardState.REVERSED, detail="given back"))

    # --- a card service ------------------------------------------------------------------------

    def charge(self, pin: PinCard) -> None:
        """Have the service charge an amount.

        The same amount for the same purchase is asked for under the same key as before, so that no try
        charges twice.
        """
        charge = self._desk.cards.charge
        if charge is None or self.is_bound:
            return
        before = self._pin
        if before is None or (before.amount, before.purchase_key) != (pin.amount, pin.purchase_key):
            self._pin = before = pin
        ask, asked = charge, before
        self._begin(lambda: ask(asked), asked, self._not_charged)

    def look_up(self) -> None:
        """Ask the service what became of a charge that nobody knows of."""
        look_up, pin = self._desk.cards.look_up, self._pin
        if look_up is not None and pin is not None and self.talk is CardTalk.UNKNOWN:
            ask = look_up
            self._begin(lambda: ask(pin.key), pin, self._not_looked_up)

    def leave(self) -> None:
        """Go on without knowing what became of the charge: it stays noted, to be cleared at the till."""
        if self.talk is not CardTalk.ASKING:
            was_unknown = self.talk is CardTalk.UNKNOWN
            self.talk = CardTalk.QUIET
            self.changed.emit()
            if was_unknown:
                self._in_hand.let_go.emit()

    def _begin(
        self, ask: Callable[[], CardAnswer], pin: PinCard, failed: Callable[[PinCard, Exception], None]
    ) -> None:
        self.talk = CardTalk.ASKING
        self.error = None
        # A look, for the customer may take a minute, and prints and holds must not wait for that.
        self._tasks.look(
            self, "card", ask, lambda answer: self._answered(pin, answer), lambda error: failed(pin, error)
        )
        self.changed.emit()

    def _answered(self, pin: PinCard, answer: CardAnswer) -> None:
        if self._pin is not pin:
            return
        self.problem = answer.detail
        if answer.state is CardState.APPROVED:
            self.talk = CardTalk.QUIET
            paid = Payment(Tender.CARD, amount=pin.amount, reference=answer.reference, card_key=pin.key)
            self.charged.emit(paid)
            return
        if answer.state is CardState.DECLINED:
            # The next try is another payment.
            self._pin = None
            self.talk = CardTalk.DECLINED
        else:
            self.talk = CardTalk.UNKNOWN
        self.changed.emit()

    def _not_charged(self, pin: PinCard, error: Exception) -> None:
        self._fail(pin, CardTalk.NOT_ASKED, error)

    def _not_looked_up(self, pin: PinCard, error: Exception) -> None:
        self._fail(pin, CardTalk.UNKNOWN, error)

    def _fail(self, pin: PinCard, talk: CardTalk, error: Exception) -> None:
        if self._pin is pin:
            self.talk, self.error = talk, error
            self.changed.emit()

    # --- several -------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep what was just charged beside others; the next one is another payment."""
        if self._pin is not None:
            self._taken.add(self._pin.key)
            self._pin = None
            self.changed.emit()

    def hand_over(self) -> None:
        """What was kept goes into an order now."""
        self._taken.clear()

    def drop(self) -> None:
        """Have nothing to do with any payment any more; those that are in no order stay noted."""
        was_left = self.holds_money or self.talk is CardTalk.UNKNOWN
        self._tasks.forget(self, "card")
        self._pin = None
        self._taken.clear()
        self.talk = CardTalk.QUIET
        if was_left:
            self._in_hand.let_go.emit()

    def _forget(self, pin: PinCard) -> None:
        if self._pin is pin:
            self._pin = None
        self._taken.discard(pin.key)
        self.unpinned.emit(pin.key)

    def _settle(self, key: UUID, answer: CardAnswer) -> None:
        def note() -> Done[None]:
            return self._desk.settle_card(key, answer)

        self._tasks.change(self, note, lambda _done: None, lambda _error: None)
