"""The Sell screen: joins the three columns to the counter, and gives the keyboard its meaning."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import OfferMistyped, Refused, StillAvailable
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.waitlist import MOST_TICKETS
from boxoffice.language import tr
from boxoffice.ui.sell.ahead import TypedAhead
from boxoffice.ui.sell.basket import allowed
from boxoffice.ui.sell.counter import Counter, Phase
from boxoffice.ui.sell.digits import DigitEntry
from boxoffice.ui.sell.events.column import EventColumn
from boxoffice.ui.sell.offered import Missed, is_gone
from boxoffice.ui.sell.tiers.pane import OfferPane
from boxoffice.ui.sell.till.column import TillColumn
from boxoffice.ui.sell.till.tenders import Form
from boxoffice.ui.waitlist.join_form import NOTHING, Asked, JoinAt
from boxoffice.ui.widgets.labels import panel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.tier import TierOffer
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.ui.context import Context

_NARROW_PX = 1500
_MEANT = frozenset(
    (
        *(Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)),
        *(
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Down,
            Qt.Key.Key_Up,
            Qt.Key.Key_Plus,
            Qt.Key.Key_Minus,
        ),
    )
)
"""Keys that have a meaning of their own here when no field wants them."""


def _send(event: QKeyEvent, screen: QWidget) -> None:
    """Press a key again, for whatever has the keyboard now."""
    QCoreApplication.sendEvent(screen.window().focusWidget() or screen.window(), event)


class SellScreen(QWidget):
    """Everything a clerk needs to sell. The window hands it the keys that no field wants."""

    unsure = Signal(bool)
    """Whether it is unknown if a sale went through; the window says so in its banner."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("sell_screen")
        self._context = context
        self._event_id: int | None = None
        self._tier_id: int | None = None
        self._searched_away: int | None = None
        """The event that was in hand until what was typed did not find it."""
        self._digits = DigitEntry()
        self._ahead = TypedAhead()
        self._awaits_offer = False
        self._awaits_redeemed = False
        self._drawn: EventOffer | None = None
        """The event that the middle shows."""
        self.counter = Counter(context.desk, context.tasks, context.freshness, context.cards_in_hand, self)
        self.events = EventColumn(context)
        self.offer = OfferPane(context, before=self.events.list)
        self.till = TillColumn(context, self.counter)
        self._was_unsure = False
        self._is_rehearsed = False
        self._lay_out()
        self._connect()
        self.offer.show_nothing()

    def begin(self) -> None:
        """Fetch what there is to sell and take the keyboard."""
        self.events.begin()
        self.events.take_focus()

    # --- the event in hand ---------------------------------------------------------------------

    def _choose_event(self, event_id: int) -> None:
        self._searched_away = None
        if event_id == self._event_id:
            return
        self._event_id = event_id
        self._tier_id = None
        self._digits.finish()
        self.counter.forget_missed()
        self._awaits_offer = True
        self.offer.show_busy()
        self._load_offer()

    def _lose_event(self) -> None:
        """Show no event, now that the one in hand is not in the list; a basket of its tickets stays."""
        self._searched_away = self._event_id or self._searched_away
        self._event_id = None
        self._tier_id = None
        self._awaits_offer = False
        self._context.tasks.forget(self, "offer")
        self._ahead.drop()
        self._digits.finish()
        self.offer.show_nothing()
        self.counter.show_offer(None)

    def _load_offer(self) -> None:
        event_id = self._event_id
        if event_id is not None:
            desk = self._context.desk
            self._context.tasks.look(
                self, "offer", lambda: desk.event_offer(event_id), self._offer_arrived, self._offer_failed
            )

    def _offer_arrived(self, offer: EventOffer) -> None:
        known = {tier.id for tier in offer.tiers}
        if self._tier_id not in known:
            in_hand = (tier.id for tier in offer.tiers if self.counter.quantity(tier.id))
            sellable = (tier.id for tier in offer.tiers if tier.not_sellable is None)
            first = (tier.id for tier in offer.tiers)
            self._tier_id = next(chain(in_hand, sellable, first), None)
        self.counter.show_offer(offer)
        self._awaits_offer = False
        self._replay()
        if not self._is_rehearsed:
            self._is_rehearsed = True
            self.till.rehearse()
            self._context.paper.rehearse()

    def _offer_failed(self, error: Exception) -> None:
        self._awaits_offer = False
        self._ahead.drop()
        if self.counter.offer is not None and self.counter.offer.id == self._event_id:
            self._context.unavailable(error, self._load_offer)
            return
        self.counter.show_offer(None)
        self.offer.show_failure(self._context.wording.sentence(error))

    def _touched(self, notices: frozenset[Notice]) -> None:
        if any(notice.event_id in (None, self._event_id) for notice in notices):
            self._load_offer()

    def _offer_stale(self, event_id: int) -> None:
        if event_id == self._event_id:
            self._load_offer()

    # --- keys ----------------------------------------------------------------------------------

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key that no field wanted means here; False when it means nothing."""
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if not plain or key not in _MEANT:
            return False
        walks = key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self._ahead and not self.events.is_choosing
        for_the_next = self.counter.is_paying and Qt.Key.Key_0 <= key <= Qt.Key.Key_9
        if for_the_next or not (self._is_settled or walks):
            again = event.clone()
            is_digit = Qt.Key.Key_0 <= key <= Qt.Key.Key_9
            self._ahead.hold(
                lambda: _send(again, self),
                lambda: is_digit and self._may_wait and self._digits.tier_id is not None,
            )
            return True
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._press_digit(key - Qt.Key.Key_0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press_enter()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.events.step(1 if key == Qt.Key.Key_Down else -1)
            self.events.take_focus()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus) and self._tier_id is not None:
            self._step(self._tier_id, 1 if key == Qt.Key.Key_Plus else -1)
        return True

    @property
    def _is_settled(self) -> bool:
        """Whether a key pressed now can only mean the event that is shown."""
        return not self._awaits_offer and not self._awaits_redeemed and not self.events.is_choosing

    @property
    def _may_wait(self) -> bool:
        """Whether what was refused last can be waited for: then how many, and F8, are still meant."""
        return self._is_settled and not self.counter.is_paying and self.counter.missed is not None

    def _replay(self) -> None:
        """Make the presses that waited, unless one of them is refused: the others were built on it."""
        self._ahead.replay(
            lambda: self._is_settled and not self.counter.is_paying and self.counter.problem is None
        )
        if self.counter.problem is not None and not self.counter.is_paying:
            self._ahead.drop()

    def press_form(self, form: Form) -> None:
        """Do what the key of a tender's form means."""
        if not self._is_settled:
            self._ahead.hold(lambda: self.press_form(form))
            return
        if not self._at_the_basket():
            return
        self._digits.finish()
        self.till.basket.tenders.press(form)
        self._draw()

    def press_exact(self) -> None:
        """Sell for exact cash."""
        if not self._is_settled:
            self._ahead.hold(self.press_exact)
            return
        if not self._at_the_basket():
            return
        self._digits.finish()
        tenders = self.till.basket.tenders
        if tenders.form is Form.CASH:
            tenders.cash.confirm()
        else:
            tenders.press_exact()

    # --- the waitlist --------------------------------------------------------------------------

    def redeem(self, code: str) -> None:
        """Put what this offer of the waitlist is for into the basket, for its customer."""
        if self.counter.is_paying or not self._is_settled:
            self._ahead.hold(lambda: self.redeem(code))
            return
        if self.counter.is_frozen:
            return
        self._digits.finish()
        self._at_the_basket()
        self.counter.next_customer()
        self._awaits_redeemed = True
        desk = self._context.desk

        def look() -> tuple[OfferAtCounter, EventOffer]:
            found = desk.waitlist.find_offer(code)
            return found, desk.event_offer(found.offer.event_id)

        self._context.tasks.look(
            self, "redeem", look, self._redeemed, lambda error: self._not_redeemed(error, code)
        )

    def _redeemed(self, found: tuple[OfferAtCounter, EventOffer]) -> None:
        self._awaits_redeemed = False
        held, event = found
        self.counter.redeem(held, event)
        self._tier_id = held.offer.tier_id if self._event_id == event.id else self._tier_id
        self._draw()
        self._replay()

    def _not_redeemed(self, error: Exception, code: str) -> None:
        self._awaits_redeemed = False
        self._ahead.drop()
        if isinstance(error, Refused):
            self.counter.refuse(error)
        else:
            self._context.unavailable(error, lambda: self.redeem(code))

    def refuse_code(self) -> None:
        """Say that what was typed is no offer's code; it was no search, so the event before it is back."""
        before = self._searched_away
        self.events.search("")
        if before is not None:
            self._show_event_of_basket(before)
        if not self.counter.is_frozen:
            self.counter.refuse(OfferMistyped())

    def press_waitlist(self) -> None:
        """Ask who wants to wait for the tier in hand, or for the first one that is sold out."""
        self.join_waitlist(None)

    def join_waitlist(self, tier_id: int | None) -> None:
        """Ask who wants to wait for this tier; None: for the one that is meant."""
        if self.counter.is_paying or not self._is_settled:
            self._ahead.hold(lambda: self.join_waitlist(tier_id), lambda: self._may_wait)
            return
        offer = self.counter.offer
        if offer is None or not self._context.desk.identity.may_sell:
            return
        self._digits.finish()
        missed = self.counter.missed
        tier = self._tier_to_wait_for(offer, missed.tier_id if tier_id is None and missed else tier_id)
        if tier is None:
            return
        asked = self._asked_for(tier, missed)
        if not (asked.quantity or is_gone(tier)):
            self.counter.refuse(_why_not_waited(tier))
            return
        self._tier_id = tier.id
        tiers: list[tuple[int | None, str]] = [(one.id, one.name) for one in offer.tiers]
        at = JoinAt(offer.id, offer.title, offer.time_zone, (*tiers, (None, tr("Any tier"))))
        self.till.join_waitlist(at, tier.id, asked)
        self._draw()

    def _asked_for(self, tier: TierOffer, missed: Missed | None) -> Asked:
        """Return how many of a tier were asked for in vain, if somebody has said so."""
        if missed is not None and missed.tier_id == tier.id and missed.quantity:
            return Asked(min(missed.quantity, MOST_TICKETS), missed.is_short)
        in_basket = self.counter.quantity(tier.id) if is_gone(tier) else 0
        return Asked(min(in_basket, MOST_TICKETS)) if in_basket else NOTHING

    def _tier_to_wait_for(self, offer: EventOffer, tier_id: int | None) -> TierOffer | None:
        meant = {tier.id: tier for tier in offer.tiers}
        if tier_id is not None:
            return meant.get(tier_id)
        in_hand = meant.get(self._tier_id) if self._tier_id is not None else None
        if in_hand is not None and is_gone(in_hand):
            return in_hand
        return next((tier for tier in offer.tiers if is_gone(tier)), in_hand)

    def press_escape(self) -> bool:
        """Leave or clear the nearest thing; False when there is nothing to clear."""
        self._ahead.drop()
        self._digits.finish()
        page = self.till
        forms = (page.order.mail.back, page.order.reprint.back, page.done.reprint.back, page.escape_deed)
        if any(leave() for leave in forms):
            pass
        elif page.is_looking_up:
            page.leave_lookup()
        elif page.basket.tenders.back():
            pass
        elif self.counter.phase is Phase.DONE:
            self.counter.next_customer()
        elif (self.counter.basket.count or self.counter.problem) and not self.counter.is_frozen:
            self.counter.clear()
        else:
            return False
        self._draw()
        return True

    def _show_event_of_basket(self, event_id: int) -> None:
        """Put the event of a basket that was filled again in front, also when the list does not show it."""
        self.events.bring_forward(event_id)
        self._choose_event(event_id)

    def _at_the_basket(self) -> bool:
        if self.till.is_looking_up:
            self.till.leave_lookup()
            return False
        return True

    def _press_digit(self, digit: int) -> None:
        offer = self.counter.offer
        if offer is None or self.counter.is_frozen:
            return
        if self.till.is_looking_up:
            self.till.leave_lookup()
        if self.counter.phase is Phase.DONE:
            self._digits.finish()
        pressed = self._digits.press(digit, offer.tiers)
        if pressed is None:
            return
        self._tier_id = pressed.tier_id
        if pressed.quantity is not None:
            self.counter.set_quantity(pressed.tier_id, pressed.quantity)
        elif not self.counter.quantity(pressed.tier_id):
            self.counter.add(pressed.tier_id, 1)
        else:
            self._draw()

    def _press_enter(self) -> None:
        if self.till.is_looking_up:
            self.till.leave_lookup()
        elif self.counter.phase is Phase.DONE:
            self.counter.next_customer()
        self._digits.finish()
        self._draw()

    def _step(self, tier_id: int, step: int) -> None:
        if not self._is_settled:
            return
        self._digits.finish()
        self._tier_id = tier_id
        if self.till.is_looking_up:
            self.till.leave_lookup()
        self.counter.add(tier_id, step)
        self._draw()

    def _enter_tier(self, tier_id: int) -> None:
        self._tier_id = tier_id
        self._draw()

    # --- drawing -------------------------------------------------------------------------------

    def _draw(self) -> None:
        counter = self.counter
        offer = counter.offer
        if offer is not self._drawn and offer is not None:
            self.offer.show_offer(offer, counter.held if counter.held_code else None)
        self._drawn = offer
        mine = offer is not None and counter.basket.offer is not None and counter.basket.offer.id == offer.id
        quantities = dict(counter.basket.quantities) if mine else {}
        self.offer.show_choice(quantities, self._tier_id, self._digits.tier_id, frozen=counter.is_frozen)
        unsure = counter.phase is Phase.UNSURE
        if unsure != self._was_unsure:
            self._was_unsure = unsure
            self.unsure.emit(unsure)

    def _lay_out(self) -> None:
        self._left = panel("list")
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.events)
        self._right = panel("basket")
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.till)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addWidget(self.offer, 1)
        row.addWidget(self._right)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= _NARROW_PX
        self._left.setFixedWidth(392 if wide else 316)
        self._right.setFixedWidth(424 if wide else 360)

    def _connect(self) -> None:
        self.events.chosen.connect(self._choose_event)
        self.events.lost.connect(self._lose_event)
        self.events.settled.connect(self._replay)
        self.counter.answered.connect(self._replay)
        self.offer.stepped.connect(self._step)
        self.offer.entered.connect(self._enter_tier)
        self.offer.retried.connect(self._load_offer)
        self.offer.wait_wanted.connect(self.join_waitlist)
        self.till.basket.wait_wanted.connect(self.press_waitlist)
        self.counter.changed.connect(self._draw)
        self.counter.sold.connect(self.events.take_focus)
        self.till.basket.tenders.left.connect(self.events.take_focus)
        self.till.looked_up.connect(self.events.take_focus)
        self.counter.filled.connect(self._show_event_of_basket)
        self.counter.offer_stale.connect(self._offer_stale)
        topics = (Topic.AVAILABILITY, Topic.EVENTS, Topic.WAITLIST)
        self._context.freshness.watch(self, topics, self._touched)


def _why_not_waited(tier: TierOffer) -> Refused:
    """Return why nobody has to wait for a tier, or cannot."""
    return allowed(tier, 1)[1] or StillAvailable(tier.name, tier.available)
