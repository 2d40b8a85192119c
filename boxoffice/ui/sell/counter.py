"""The counter: the sale in hand, from the first ticket to the change. Knows no widget.

What a basket costs is the server's word alone; this asks, waits and remembers which basket an answer is for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxoffice.domain.card_payment import CardBasket, PinCard
from boxoffice.domain.errors import (
    AnswerLost,
    DatabaseGone,
    DiscountInvalid,
    NoOpenDrawer,
    OfferInOtherBasket,
    OfferOfOtherTickets,
    OfferOver,
    OtherEventInBasket,
    OtherOfferInBasket,
    PriceChanged,
    Refused,
    SoldOut,
    StillAvailable,
    Unavailable,
    UnknownOffer,
)
from boxoffice.domain.sale import PLAIN, HoldBasket, Payment, SellTickets, Tender, Terms
from boxoffice.ui.payments.card_charge import CardCharge
from boxoffice.ui.sell.basket import Basket, allowed
from boxoffice.ui.sell.holding import Holding
from boxoffice.ui.sell.offered import missed_by, with_offered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from boxoffice.domain.after_sale import Correction
    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.money import Money
    from boxoffice.domain.notice import Done
    from boxoffice.domain.sale import Sale, SaleLine, Totals
    from boxoffice.domain.tier import TierOffer
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.ui.freshness import Freshness
    from boxoffice.ui.payments.card_charge import CardsInHand
    from boxoffice.ui.sell.offered import Missed
    from boxoffice.ui.tasks import Tasks
    from boxoffice.usecases.desk import Desk

_DRAWN_MS = 60
_NO_OFFER = (OfferOver, UnknownOffer, OfferOfOtherTickets, OfferInOtherBasket)
"""Refusals after which the basket is not bought by an offer any more."""


class Phase(StrEnum):
    """How far the sale in hand has come."""

    CHOOSING = "choosing"
    SELLING = "selling"
    UNSURE = "unsure"
    """The answer was lost: nothing may change until a retry has found out."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Undone:
    """A sale that was undone to be sold right."""

    terms: Terms
    customer: str
    given_back: Correction
    held: OfferAtCounter | None = None
    """The offer by which its customer holds the tickets again."""


class Counter(QObject):
    """One sale at a time. Every change of state is told by `changed`."""

    changed = Signal()
    sold = Signal(object)
    """A Sale that went through."""
    answered = Signal()
    """A payment that was pressed has ended, one way or the other."""
    hold_refused = Signal()
    """The tickets are not to be had: no money should be taken for them."""
    filled = Signal(int)
    """What was offered, or of a sale that was undone, is in the basket: its event should be in front."""
    offer_stale = Signal(int)
    """What the server said does not fit what is shown of this event: ask again."""

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        freshness: Freshness,
        cards: CardsInHand,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._freshness = freshness
        self._waiting: tuple[Payment, ...] | None = None
        self._last_payments: tuple[Payment, ...] = ()
        self._command: SellTickets | None = None
        self._is_unheard = False
        """The sale in hand was asked for, and what became of it is not known."""
        self._last_sold: tuple[int, Terms] | None = None
        """The order sold last in this window, and under which terms."""
        self._last_by_offer: int | None = None
        """The order bought last by an offer in this window."""
        self.given_back: Correction | None = None
        """The sale that this basket was sold by before, and what of it goes back to the customer."""
        self.phase = Phase.CHOOSING
        self._shown: EventOffer | None = None
        """The event shown in the middle, as anybody can buy it."""
        self.offer: EventOffer | None = None
        """The same with what is held for whoever buys; the basket may belong to another event."""
        self.held: OfferAtCounter | None = None
        """The offer of the waitlist by which the basket is bought, or by which the finished sale was."""
        self.basket = Basket.born()
        self.totals: Totals | None = None
        self.is_pricing = False
        self.problem: Exception | None = None
        """The refusal or failure to show beside the buttons."""
        self._typed = 0
        """How many of a tier were asked for last; 0: nobody has said how many."""
        self.sale: Sale | None = None
        self.terms = PLAIN
        """What the sale has beyond its lines."""
        self.customer = ""
        """Who buys, in words; empty for a walk-in."""
        self._holding = Holding(desk, tasks, freshness, self)
        self._holding.changed.connect(self.changed)
        self._holding.refused.connect(self._not_held)
        self.card = CardCharge(desk, tasks, cards, self)
        """The card that pays for all of it."""
        self.parts = CardCharge(desk, tasks, cards, self)
        """The cards among several payments."""
        for charge in (self.card, self.parts):
            charge.changed.connect(self.changed)
        self.card.charged.connect(self._card_charged)

    @property
    def is_frozen(self) -> bool:
        """Whether the basket may not be touched now, or by this person at all."""
        return (
            not self._desk.identity.may_sell
            or self.phase in (Phase.SELLING, Phase.UNSURE)
            or self.card.is_bound
            or self.parts.is_bound
            or self.parts.holds_money
        )

    @property
    def is_paying(self) -> bool:
        """Whether a payment was pressed and has not been answered."""
        return self.phase is Phase.SELLING or self._waiting is not None

    @property
    def held_until(self) -> datetime | None:
        """Until when the basket's tickets are held, once they are."""
        return self._holding.until

    @property
    def runs_out_at(self) -> datetime | None:
        """When the basket's tickets go back by themselves; None while an offer holds all of them longer."""
        until, held = self._holding.until, self._held_for_basket
        if until is None or held is None or self.basket.count > held.offer.quantity:
            return until
        return until if until >= held.offer.until else None

    @property
    def time_zone(self) -> str:
        """The zone in which moments of the basket's event are said."""
        offer = self.basket.offer or self.offer
        return offer.time_zone if offer else "UTC"

    def quantity(self, tier_id: int) -> int:
        """Return how many of this tier are in the basket."""
        return self.basket.quantity(tier_id)

    def show_offer(self, offer: EventOffer | None) -> None:
        """Take in what the server says of the event shown; a basket of this event follows its prices."""
        self._shown = offer
        self.offer = offer = with_offered(offer, self._held_for_basket) if offer else None
        if offer and self.basket.offer and self.basket.offer.id == offer.id and not self.is_frozen:
            changed = _price_change(self.basket, offer)
            before = self.basket.lines()
            self.basket = self.basket.with_offer(offer)
            if changed:
                self.problem = changed
            if self.basket.lines() != before:
                self._price()
        self.changed.emit()

    @property
    def missed(self) -> Missed | None:
        """What was asked for and is not to be had, as long as that is said."""
        return missed_by(self.problem, self._typed)

    def forget_missed(self) -> None:
        """Whoever asked for what is gone waits for it now: nothing is in the way any more."""
        if self.missed is not None or isinstance(self.problem, StillAvailable):
            self.problem = None
            self.changed.emit()

    def set_quantity(self, tier_id: int, quantity: int) -> None:
        """Put so many tickets of a tier shown into the basket, or as many as may be, saying why not more."""
        self._typed = quantity
        self._put(tier_id, quantity)

    def _put(self, tier_id: int, quantity: int) -> None:
        if self.is_frozen or self.offer is None:
            return
        tier = self._tier(tier_id)
        if tier is None:
            return
        if self.phase is Phase.DONE:
            self._reset()
        held = self.basket.offer
        if held and held.id != self.offer.id:
            self.problem = OtherEventInBasket(held.title)
            self.changed.emit()
            return
        fitting, self.problem = allowed(tier, quantity)
        changed = self.basket.with_quantity(self.offer, tier_id, fitting)
        if changed.quantities != self.basket.quantities:
            self.basket = changed
            if self.held is not None and not changed.quantity(self.held.offer.tier_id):
                self._leave_offer()
            self._price()
            if self._holding.is_on:
                self.hold()
        self.changed.emit()

    def add(self, tier_id: int, step: int) -> None:
        """Add tickets of a tier, or take some out; below its minimum the tier leaves the basket."""
        tier = self._tier(tier_id)
        if tier is None:
            return
        now = self.quantity(tier_id) if self.phase is not Phase.DONE else 0
        wanted = now + step
        if step > 0 and now == 0:
            wanted = max(step, tier.min_purchase)
        elif step < 0 and wanted < tier.min_purchase:
            wanted = 0
        self._typed = 0
        self._put(tier_id, wanted)

    def clear(self) -> None:
        """Throw the basket away and begin a new one under a new key."""
        if not self.is_frozen:
            self._reset()
            self.changed.emit()

    def next_customer(self) -> None:
        """Leave the finished sale behind; its tickets go on printing."""
        if self.phase is Phase.DONE:
            self._reset()
            self.changed.emit()

    def pay(self, *payments: Payment) -> None:
        """Sell the basket for these payments, as soon as its price is known. A second press does nothing.

        None at all: the order is paid later, by the terms' day.
        """
        if self.phase is not Phase.CHOOSING or self._waiting is not None or not self.basket.count:
            return
        self.problem = None
        self._last_payments = payments
        if self.is_pricing:
            self._waiting = payments
        elif self.totals is None:
            self._waiting = payments
            self._price()
        else:
            self._sell(payments)
        self.changed.emit()

    def refuse(self, problem: Refused) -> None:
        """Say what is in the way of a payment before it is asked for."""
        self.problem = problem
        self.changed.emit()

    def forget_drawer(self) -> None:
        """A drawer was opened: what was refused for want of one can be tried again."""
        if isinstance(self.problem, NoOpenDrawer):
            self.problem = None
            self.changed.emit()

    def pay_again(self) -> None:
        """Sell for the same payments once more, after a manager allowed what was refused."""
        self.pay(*self._last_payments)

    def terms_of(self, order_id: int) -> Terms | None:
        """Return the terms of the sale made last in this window, if it was this one."""
        if self._last_sold is None or self._last_sold[0] != order_id:
            return None
        return self._last_sold[1]

    def was_by_offer(self, order_id: int) -> bool:
        """Return whether this order was bought by an offer of the waitlist, as far as this window knows."""
        return self._last_by_offer == order_id

    def fill(self, offer: EventOffer, quantities: Mapping[int, int], undone: Undone) -> None:
        """Put the tickets of a sale that was undone into a new basket, to be changed and sold again."""
        if self.is_frozen:
            return
        self._reset()
        held, terms = undone.held, undone.terms
        if held is not None:
            self.held, terms = held, replace(terms, offer=held.offer.code)
            offer = with_offered(offer, held)
        for tier_id, quantity in quantities.items():
            self.basket = self.basket.with_quantity(offer, tier_id, quantity)
        self.terms, self.customer, self.given_back = terms, undone.customer, undone.given_back
        self._price()
        if held is not None:
            self.hold()
        self.filled.emit(offer.id)
        self.changed.emit()

    def redeem(self, held: OfferAtCounter, event: EventOffer) -> None:
        """Put what is offered to somebody into the basket, unless another one was begun."""
        if self.is_frozen:
            return
        if self.held_code == held.offer.code:
            self.filled.emit(event.id)
            return
        if self.phase is Phase.CHOOSING and self.basket.offer is not None:
            in_hand = self._held_for_basket
            title = self.basket.offer.title
            self.refuse(OtherOfferInBasket(in_hand.name) if in_hand else OtherEventInBasket(title))
            return
        self._reset()
        self.held = held
        offer = with_offered(event, held)
        self.basket = self.basket.with_quantity(offer, held.offer.tier_id, held.offer.quantity)
        self.terms, self.customer = Terms(held.customer_id, offer=held.offer.code), held.name
        if self._shown is not None and self._shown.id == event.id:
            self._shown, self.offer = event, offer
        self._price()
        # From now on it is known whose basket they are in, and their time does not run out while they pay.
        self.hold()
        self.filled.emit(event.id)
        self.changed.emit()

    @property
    def held_code(self) -> str:
        """The code of the offer by which the basket is bought; empty for most."""
        return self.terms.offer

    @property
    def _held_for_basket(self) -> OfferAtCounter | None:
        return self.held if self.terms.offer else None

    def _leave_offer(self) -> None:
        """Go on without the offer: it stays with its customer, or does not stand any more."""
        self.held = None
        self.terms = replace(self.terms, offer="")
        self.offer = self._shown
        if self.offer and self.basket.offer and self.basket.offer.id == self.offer.id:
            self.basket = self.basket.with_offer(self.offer)

    # --- beyond the lines ----------------------------------------------------------------------

    def set_terms(self, terms: Terms) -> None:
        """Sell under these terms; the price is asked for anew."""
        if self.is_frozen or terms == self.terms:
            return
        self.terms = terms
        self.problem = None
        self._price()
        self.changed.emit()

    def set_customer(self, customer_id: int | None, words: str) -> None:
        """Sell to this customer; None for a walk-in."""
        if not self.is_frozen:
            self.customer = words if customer_id is not None else ""
            self.set_terms(replace(self.terms, customer_id=customer_id))
            self.changed.emit()

    def hold(self) -> None:
        """Hold the basket's tickets while its customer pays."""
        offer, lines = self.basket.offer, self.basket.lines()
        if offer is None or not lines or self.phase is not Phase.CHOOSING:
            return
        self._holding.hold(HoldBasket(self.basket.key, offer.id, lines, self.held_code))

    def extend(self) -> None:
        """Hold the tickets for ten minutes from now on."""
        self._holding.extend()

    def release(self) -> None:
        """Give back what the basket holds, unless it is being paid for; what an offer holds stays in hand."""
        if (
            not self.held_code
            and self._holding.is_on
            and self.phase is Phase.CHOOSING
            and self._waiting is None
        ):
            self._holding.give_back()
            self.changed.emit()

    def _not_held(self, error: Exception) -> None:
        if self.phase is Phase.CHOOSING:
            held = self._held_for_basket
            if isinstance(error, OfferInOtherBasket) and held and self.basket.count <= held.offer.quantity:
                # Nothing was chosen here: the tickets, and their customer, are at the other counter.
                self._reset()
            elif isinstance(error, _NO_OFFER):
                self._leave_offer()
            self.problem = _of_offer(error, held)
            self._ask_again()
            self.hold_refused.emit()

    # --- cards ---------------------------------------------------------------------------------

    def pin_card(self) -> None:
        """Note the total before the terminal is asked for it, so that no charge is ever forgotten.

        Where a service charges, that is done right before it is asked.
        """
        total = self.totals.total if self.totals is not None and not self.is_pricing else None
        if total and self.card.pinned is None and not self.card.has_gateway:
            self.card.pin(self.pin_for(total))

    def unpin_card(self, *, is_cancelled: bool = False) -> None:
        """The clerk went back: the terminal has charged nothing. Not while the sale is on its way.

        Of a cancelled event that is not sure: the clerk may have gone back for that, card charged or not.
        """
        if self.phase is not Phase.CHOOSING or self._waiting is not None:
            return
        if is_cancelled:
            self.card.leave_noted()
        else:
            self.card.unpin()

    @property
    def may_be_charged(self) -> bool:
        """Whether a card may have been charged for this basket, though it was not sold."""
        sent = self._command.payments if self._command is not None else ()
        return (
            self.card.pinned is not None
            or self.parts.holds_money
            or any(part.card_key is not None for part in sent)
        )

    def charge_card(self) -> None:
        """Have the card service charge the total; the sale follows by itself once it has."""
        if self.totals is None or self.is_pricing or self.is_frozen or not self.basket.count:
            return
        self.problem = None
        self.card.charge(self.pin_for(self.totals.total))

    def pin_for(self, amount: Money) -> PinCard:
        """Return what is noted of a card that pays this amount of the basket, for whoever finds it later."""
        offer, total = self.basket.offer, self.totals.total if self.totals is not None else None
        if offer is None:
            return PinCard(amount, self.basket.key)
        part_of = total if total != amount else None
        what = CardBasket(offer.id, self.basket.lines(), self.terms, part_of)
        return PinCard(amount, self.basket.key, basket=what)

    def _card_charged(self, paid: Payment) -> None:
        self.pay(Payment(Tender.CARD, reference=paid.reference))

    def retry(self) -> None:
        """Find out what became of a sale whose answer was lost, under its own key."""
        if self.phase is Phase.UNSURE and self._command is not None:
            self._send(self._command)
            self.changed.emit()

    def price_again(self) -> None:
        """Ask once more for a price that could not be had."""
        if self.basket.count and not self.is_frozen:
            self.problem = None
            self._price()
            self.changed.emit()

    def take_what_is_left(self) -> None:
        """After a sold-out refusal: take as many as the server said are left."""
        refusal = self.problem
        if isinstance(refusal, SoldOut) and self.basket.offer is not None and not self.is_frozen:
            self.basket = self.basket.with_quantity(self.basket.offer, refusal.tier_id, refusal.available)
            self.problem = None
            self._price()
            self.changed.emit()

    def _tier(self, tier_id: int) -> TierOffer | None:
        tiers = self.offer.tiers if self.offer else ()
        return next((tier for tier in tiers if tier.id == tier_id), None)

    def _reset(self) -> None:
        self._tasks.forget(self, "price")
        if self.phase is Phase.CHOOSING:
            self._holding.give_back()
        self._holding.forget()
        self.card.drop()
        self.parts.drop()
        self.terms = PLAIN
        self.customer = ""
        self.given_back = None
        self.held = None
        self.offer = self._shown
        self.phase = Phase.CHOOSING
        self.basket = Basket.born()
        self.totals = None
        self.is_pricing = False
        self.problem = None
        self.sale = None
        self._waiting = None
        self._command = None
        self._is_unheard = False

    def _price(self) -> None:
        lines = self.basket.lines()
        if not lines or self.basket.offer is None:
            self._tasks.forget(self, "price")
            self.totals = None
            self.is_pricing = False
            return
        event_id, terms = self.basket.offer.id, self.terms
        self.is_pricing = True
        self._tasks.look(
            self,
            "price",
            lambda: self._desk.price_basket(event_id, lines, terms),
            lambda totals: self._priced(lines, totals),
            self._not_priced,
        )

    def _priced(self, lines: tuple[SaleLine, ...], totals: Totals) -> None:
        self.is_pricing = False
        self.totals = totals
        payments, self._waiting = self._waiting, None
        changed = _shown_otherwise(lines, totals)
        if changed is not None:
            self.problem = changed
            self.basket = self.basket.with_prices(totals)
            self._ask_again()
        elif payments is not None:
            self._sell(payments)
        self.changed.emit()

    def _not_priced(self, error: Exception) -> None:
        self.is_pricing = False
        self.totals = None
        self._waiting = None
        self.problem = error
        if isinstance(error, DiscountInvalid) and self.terms.discount:
            # The code gives nothing: the basket costs what it cost without it.
            self.terms = replace(self.terms, discount="")
            self._price()
        self.changed.emit()
        self.answered.emit()

    def _sell(self, payments: tuple[Payment, ...]) -> None:
        offer = self.basket.offer
        if offer is not None:
            told = self.totals.total if self.totals else None
            pin = self.card.pinned
            is_whole = [(part.tender, part.card_key) for part in payments] == [(Tender.CARD, None)]
            if pin is not None and is_whole:
                payments = (replace(payments[0], card_key=pin.key),)
            terms = replace(self.terms, is_held=self._holding.is_on)
            self._send(SellTickets(self.basket.key, offer.id, self.basket.lines(), payments, told, terms))

    def _send(self, command: SellTickets) -> None:
        self._command = command
        self.phase = Phase.SELLING
        self.problem = None
        self._tasks.change(self, lambda: self._desk.sell(command), self._sold, self._not_sold)

    def _sold(self, done: Done[Sale]) -> None:
        # The offer is used up: the tickets of a corrected sale are for the next one who waits.
        self._last_sold = (done.value.order_id, replace(self.terms, is_held=False, offer=""))
        self._last_by_offer = done.value.order_id if self.held_code else None
        held = self.held
        self._reset()
        self.held = held
        self.phase = Phase.DONE
        self.sale = done.value
        self.sold.emit(done.value)
        self.changed.emit()
        self.answered.emit()
        # First the green page, then what else has changed by it.
        QTimer.singleShot(_DRAWN_MS, self, lambda: self._freshness.touched(done.touched))

    def _not_sold(self, error: Exception) -> None:
        self.problem = error
        lost = isinstance(error, AnswerLost | DatabaseGone)
        # A retry that could not be made says nothing about the first try: only a sale or a refusal does.
        lost = lost or (self._is_unheard and isinstance(error, Unavailable))
        self._is_unheard = lost
        # After a fault of ours the basket opens again, under its old key: paying again cannot sell it twice.
        self.phase = Phase.UNSURE if lost else Phase.CHOOSING
        if isinstance(error, Refused):
            if isinstance(error, _NO_OFFER):
                self.problem = _of_offer(error, self._held_for_basket)
                self._leave_offer()
            self._price()
            self._ask_again()
        self.changed.emit()
        self.answered.emit()

    def _ask_again(self) -> None:
        if self.basket.offer is not None:
            self.offer_stale.emit(self.basket.offer.id)


def _of_offer(error: Exception, held: OfferAtCounter | None) -> Exception:
    """Return a refusal that says whose offer it was."""
    return replace(error, offer=held) if isinstance(error, OfferOver) and error.offer is None else error


def _price_change(basket: Basket, offer: EventOffer) -> PriceChanged | None:
    now = {tier.id: tier for tier in offer.tiers}
    for line in basket.lines():
        tier = now.get(line.tier_id)
        if tier is not None and tier.price != line.unit_price:
            return PriceChanged(tier.id, tier.name, line.unit_price, tier.price)
    return None


def _shown_otherwise(lines: tuple[SaleLine, ...], totals: Totals) -> PriceChanged | None:
    shown = {line.tier_id: line.unit_price for line in lines}
    for line in totals.lines:
        price = line.unit_price if line.list_price is None else line.list_price
        if shown.get(line.tier_id, price) != price:
            return PriceChanged(line.tier_id, line.tier, shown[line.tier_id], price)
    return None
