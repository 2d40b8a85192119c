"""Other tickets for an exchange: an event found while typing, and how many of which of its tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QListWidget, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused
from boxoffice.domain.event import EventFilter
from boxoffice.domain.notice import Topic
from boxoffice.domain.sale import SaleLine
from boxoffice.language import tr
from boxoffice.ui.orders.parts import emptied
from boxoffice.ui.sell.basket import allowed
from boxoffice.ui.sell.tiers.reasons import reason
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.event import EventListing, EventOffer, EventPage
    from boxoffice.domain.tier import TierOffer
    from boxoffice.ui.context import Context

_TYPING_MS = 150
_ROW_PX = 28
_MOST_EVENTS = 4
_MOST_TIERS = 4
_TIER_PX = 44
_QUANTITY_PX = 52


class _Search(QLineEdit):
    """Arrows walk through the events, Enter takes one, Esc leaves."""

    entered = Signal()
    stepped = Signal(int)
    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class _Quantity(QLineEdit):
    """A number that the arrows change and + and - too. Enter confirms, Esc leaves."""

    entered = Signal()
    left = Signal()

    def __init__(self, name: str, tier: TierOffer) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(tr("How many of {tier}", tier=tier.name))
        self.setPlaceholderText("0")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setValidator(QIntValidator(0, 999, self))
        self.setFixedWidth(_QUANTITY_PX)

    @property
    def quantity(self) -> int:
        """How many."""
        return int(self.text() or "0")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Plus):
            self.setText(str(self.quantity + 1))
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Minus):
            self.setText(str(max(0, self.quantity - 1)))
        else:
            super().keyPressEvent(event)


class OfferBox(QWidget):
    """Begins with the event of the order. Tells `changed` when other tickets are wanted."""

    changed = Signal()
    entered = Signal()
    left = Signal()

    def __init__(self, context: Context, event_id: int) -> None:
        super().__init__()
        self._context = context
        self._event_id = event_id
        self.offer: EventOffer | None = None
        self.problem: Exception | None = None
        """What stands in the way of the tickets wanted."""
        self._events: tuple[EventListing, ...] = ()
        self._wanted: dict[int, _Quantity] = {}
        self._left: dict[int, Text] = {}
        self._search = _Search()
        self._search.setObjectName("exchange_event_search")
        self._search.setAccessibleName(tr("Another event"))
        self._search.setPlaceholderText(tr("Another event: title or venue"))
        self._list = QListWidget()
        self._list.setObjectName("exchange_events")
        self._list.setAccessibleName(tr("Events"))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.hide()
        self._title = ClampedText(context.theme, Style.ROW, 2)
        self._title.setObjectName("exchange_event")
        inside = QWidget()
        self._tiers = QGridLayout(inside)
        self._tiers.setContentsMargins(0, 0, 8, 0)
        self._tiers.setHorizontalSpacing(8)
        self._tiers.setVerticalSpacing(4)
        self._tiers.setColumnStretch(0, 1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._area.setFixedHeight(_TIER_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._search, self._list, self._title, self._area):
            column.addWidget(part)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._connect()
        self._load()

    def take_focus(self) -> None:
        """Take the keyboard to the first tier that can be had, else to the search."""
        for wanted in self._wanted.values():
            if wanted.isEnabled():
                wanted.setFocus(Qt.FocusReason.OtherFocusReason)
                wanted.selectAll()
                return
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def lines(self) -> tuple[SaleLine, ...]:
        """Return the tickets wanted, at the prices shown."""
        if self.offer is None:
            return ()
        return tuple(
            SaleLine(tier.id, self._wanted[tier.id].quantity, tier.price)
            for tier in self.offer.tiers
            if tier.id in self._wanted and self._wanted[tier.id].quantity
        )

    # --- finding -------------------------------------------------------------------------------

    def _look(self) -> None:
        browse, wanted = self._context.desk.browse_events, EventFilter(self._search.text().strip())
        if not wanted.text:
            self._list.hide()
            return
        self._context.tasks.look(self, "events", lambda: browse(wanted, None), self._found, self._failed)

    def _found(self, page: EventPage) -> None:
        formats = self._context.formats
        self._events = page.rows
        self._list.clear()
        for one in page.rows:
            when = formats.short_day_and_time(one.starts_at, one.time_zone)
            self._list.addItem(f"{when} · {one.title[:80]}")
        self._list.setCurrentRow(0)
        self._list.setFixedHeight(min(len(page.rows), _MOST_EVENTS) * _ROW_PX + 2)
        self._list.setVisible(bool(page.rows))

    def _failed(self, error: Exception) -> None:
        self.problem = error
        self.changed.emit()

    def _step(self, direction: int) -> None:
        self._list.setCurrentRow(min(max(0, self._list.currentRow() + direction), self._list.count() - 1))

    def _take(self) -> None:
        row = self._list.currentRow()
        if not self._list.isHidden() and 0 <= row < len(self._events):
            self._event_id = self._events[row].id
            self.offer = None
            self._list.hide()
            self._search.clear()
            self._typing.stop()
            self._load(self.take_focus)
        elif not self._search.text().strip():
            self.entered.emit()

    # --- the tiers -----------------------------------------------------------------------------

    def _load(self, then: Callable[[], None] | None = None) -> None:
        event_id, ask = self._event_id, self._context.desk.event_offer

        def arrived(offer: EventOffer) -> None:
            self._show(offer)
            if then is not None:
                then()

        self._context.tasks.look(self, "offer", lambda: ask(event_id), arrived, self._failed)

    def _show(self, offer: EventOffer) -> None:
        is_same = self.offer is not None and [t.id for t in self.offer.tiers] == [t.id for t in offer.tiers]
        self.offer = offer
        formats = self._context.formats
        when = formats.short_day_and_time(offer.starts_at, offer.time_zone)
        self._title.set_text(f"{offer.title[:200]} · {when}")
        if is_same:
            self._say_left()
        else:
            self._wanted = {}
            emptied(self._tiers)
            self._left = {}
            for row, tier in enumerate(offer.tiers):
                self._add(row, tier)
            self._say_left()
            self._area.setFixedHeight(min(len(offer.tiers), _MOST_TIERS) * _TIER_PX)
        self._changed()

    def _add(self, row: int, tier: TierOffer) -> None:
        theme = self._context.theme
        words = QVBoxLayout()
        words.setSpacing(0)
        name = ClampedText(theme, Style.BODY, 1)
        name.set_text(f"{tier.name} · {self._context.formats.money(tier.price)}")
        self._left[tier.id] = Text(theme, Style.SMALL, Tone.MUTED)
        words.addWidget(name)
        words.addWidget(self._left[tier.id])
        self._tiers.addLayout(words, row, 0)
        wanted = self._wanted[tier.id] = _Quantity(f"exchange_quantity_{row + 1}", tier)
        wanted.textChanged.connect(lambda _text: self._changed())
        wanted.entered.connect(self.entered)
        wanted.left.connect(self.left)
        self._tiers.addWidget(wanted, row, 1)

    def _say_left(self) -> None:
        for tier in self.offer.tiers if self.offer is not None else ():
            says = reason(tier, self._context.formats, self.offer.time_zone if self.offer else "UTC")
            self._left[tier.id].setText(says.words)
            self._left[tier.id].set_tone(says.tone)
            self._wanted[tier.id].setEnabled(tier.not_sellable is None)

    def _changed(self) -> None:
        self.problem = None
        for tier in self.offer.tiers if self.offer is not None else ():
            asked = self._wanted[tier.id].quantity
            refusal: Refused | None = allowed(tier, asked)[1]
            if asked and refusal is not None:
                self.problem = refusal
        self.changed.emit()

    def _connect(self) -> None:
        self._search.textChanged.connect(lambda _text: self._typing.start())
        self._search.entered.connect(self._take)
        self._search.stepped.connect(self._step)
        self._search.left.connect(self.left)
        self._list.itemClicked.connect(lambda _item: self._take())
        self._typing.timeout.connect(self._look)
        topics = (Topic.AVAILABILITY, Topic.EVENTS)
        self._context.freshness.watch(self, topics, lambda _notices: self._load())
