"""The middle column: the head of the event chosen, its tiers as cards, and the keys that work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from boxoffice.language import tr
from boxoffice.ui.sell.basket import most
from boxoffice.ui.sell.tiers.card import TierCard
from boxoffice.ui.sell.tiers.reasons import reason
from boxoffice.ui.theme.tokens import Style
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import HintBar
from boxoffice.ui.widgets.labels import ClampedText, IconText
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.ui.context import Context

_WIDEST_PX = 820


class OfferPane(QWidget):
    """Shows one event's offer; Tab comes to its cards from the widget `before`."""

    stepped = Signal(int, int)
    entered = Signal(int)
    retried = Signal()
    wait_wanted = Signal(int)
    """Somebody wants to wait for this tier."""

    def __init__(self, context: Context, before: QWidget) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        self._before = before
        self._offer: EventOffer | None = None
        self._cards: list[TierCard] = []
        self._title = ClampedText(theme, Style.TITLE, 2)
        self._title.setObjectName("event_title")
        self._when = IconText(theme, "calendar-days")
        self._doors = IconText(theme, "door-open")
        self._place = IconText(theme, "map-pin", elided=True)
        self._note = StateNote(theme, "offer_state")
        self._note.acted.connect(self.retried)
        self._lay_out()

    @property
    def cards(self) -> tuple[TierCard, ...]:
        """The cards shown, in the order of their keys."""
        return tuple(self._cards)

    def show_busy(self) -> None:
        """Say that an event is being fetched, unless one is shown that can stay meanwhile."""
        if self._offer is None:
            self._note.show_busy(tr("Fetching the tickets…"))
            self._stack.setCurrentWidget(self._note)

    def show_nothing(self) -> None:
        """Say that no event is chosen."""
        self._offer = None
        advice = tr("Choose one on the left with the arrow keys, or type a part of its title.")
        self._note.show_note("calendar-days", tr("No event chosen"), advice)
        self._stack.setCurrentWidget(self._note)

    def show_failure(self, words: str) -> None:
        """Say why the event cannot be shown."""
        self._offer = None
        self._note.show_note("cloud-off", tr("The tickets cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def show_offer(self, offer: EventOffer, held: OfferAtCounter | None = None) -> None:
        """Show an event as it is offered now, and to whom; cards of the same event stay where they are."""
        formats = self._context.formats
        self._offer = offer
        zone = offer.time_zone
        self._title.set_text(offer.title)
        self._when.set_text(formats.short_day_and_time(offer.starts_at, zone))
        self._doors.setVisible(offer.doors_at is not None)
        if offer.doors_at is not None:
            self._doors.set_text(tr("Doors {time}", time=formats.time(offer.doors_at, zone)))
        self._place.set_text(offer.venue)
        self._match_cards(len(offer.tiers))
        for card, tier in zip(self._cards, offer.tiers, strict=True):
            card.show_tier(tier, reason(tier, formats, zone, held), formats.money(tier.price))
        if offer.tiers:
            self._stack.setCurrentWidget(self._page)
        else:
            advice = tr("The promoter has not put any tickets on sale for it.")
            self._note.show_note("ticket-x", tr("This event has no tickets"), advice)
            self._stack.setCurrentWidget(self._note)

    def _show_history(self) -> None:
        if self._offer is not None:
            self._context.show_history(("event", self._offer.id), self._offer.title)

    def _cancel_event(self) -> None:
        if self._offer is not None:
            self._context.cancel_event(self._offer.id)

    def show_choice(
        self, quantities: dict[int, int], selected: int | None, counting: int | None, *, frozen: bool
    ) -> None:
        """Show what the basket holds, which tier is in hand and which one the next digit counts."""
        if self._offer is None:
            return
        for card, tier in zip(self._cards, self._offer.tiers, strict=True):
            card.show_quantity(quantities.get(tier.id, 0), at_most=most(tier), frozen=frozen)
            card.show_selected(selected=tier.id == selected, counting=tier.id == counting)

    def _match_cards(self, count: int) -> None:
        while len(self._cards) > count:
            card = self._cards.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self._cards) < count:
            may_sell = self._context.desk.identity.may_sell
            card = TierCard(self._context.theme, len(self._cards) + 1, waits=may_sell)
            self._column.insertWidget(len(self._cards), card)
            card.stepped.connect(self.stepped)
            card.entered.connect(self.entered)
            card.wait_wanted.connect(self.wait_wanted)
            QWidget.setTabOrder(self._cards[-1] if self._cards else self._before, card)
            self._cards.append(card)

    def _lay_out(self) -> None:
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(16, 20, 16, 0)
        page.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(8, 0, 8, 12)
        head.setSpacing(6)
        head.addWidget(self._title)
        facts = QHBoxLayout()
        facts.setSpacing(16)
        facts.addWidget(self._when)
        facts.addWidget(self._doors)
        facts.addWidget(self._place, 1)
        if self._context.desk.administration is not None:
            history = IconButton(self._context.theme, "event_history", "history", "", Kind.QUIET)
            history.setAccessibleName(tr("History of this event"))
            history.setToolTip(tr("History of this event"))
            history.clicked.connect(self._show_history)
            facts.addWidget(history)
            if self._context.desk.administration.cancellations is not None:
                cancel = IconButton(self._context.theme, "event_cancel", "calendar-x", "", Kind.QUIET)
                cancel.setAccessibleName(tr("Cancel this event…"))
                cancel.setToolTip(tr("Cancel this event…"))
                cancel.clicked.connect(self._cancel_event)
                facts.addWidget(cancel)
        head.addLayout(facts)
        page.addLayout(head)
        page.addWidget(self._scrolling(), 1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._note)
        hints = (
            (("1…9",), tr("tier, quantity")),
            (("F8",), tr("waitlist")),
            (("F9",), tr("cash")),
            (("F10",), tr("card")),
            # In a small window the last one is left out; the button that clears names its key itself.
            (("F1",), tr("all keys")),
            (("Esc",), tr("clear")),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(holder, 1)
        column.addWidget(HintBar(self._context.theme, hints))

    def _scrolling(self) -> QScrollArea:
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST_PX)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 16)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("tier_area")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        area.setWidget(inside)
        return area
