"""Narrowing the order list: what was typed, day, event, state; and what is asked for less often."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.order_list import OrderFilter, OrderState
from boxoffice.language import tr
from boxoffice.ui.orders.words import TENDERS, state_name, tender_name, waits_name
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import IconLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from boxoffice.domain.order_list import Named, OrderChoices
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme

_DAY_WIDTH_PX = 136
_STATE_WIDTH_PX = 136
_LONGEST = 200
_WAITS = "waits"
"""Among the states: paid, but of a cancelled event, and the cash waits at the counter."""
_DAYS = ("any", "today", "yesterday", "week", "month", "day")


class OrderSearch(QLineEdit):
    """Where orders are typed and scanned. Tells `entered`, `stepped` and `left`."""

    entered = Signal()
    stepped = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("order_search")
        self.setAccessibleName(tr("Find an order"))
        self.setPlaceholderText(tr("Number, name, e-mail, phone, reference, scan"))
        self.setToolTip(
            tr("Order number, ticket code or scan, name, e-mail, phone, reference; or 57.00 26 Nov")
        )
        self.setMaxLength(_LONGEST)
        self.setMinimumWidth(180)
        self._icon = IconLabel(theme, "search", Tone.MUTED)
        self._icon.setParent(self)
        self._key = KeyCap(theme, "Ctrl F")
        self._key.setParent(self)
        self.setTextMargins(24, 0, 0, 0)
        self.textChanged.connect(lambda _text: self._place_key())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._icon.move(11, (self.height() - 16) // 2)
        self._place_key()

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

    def _place_key(self) -> None:
        size = self._key.sizeHint()
        room = self.width() - self.fontMetrics().horizontalAdvance(self.placeholderText()) - 60
        self._key.setVisible(not self.text() and room > size.width())
        top = (self.height() - size.height()) // 2
        self._key.setGeometry(self.width() - size.width() - 10, top, size.width(), size.height())


class OrderFilterBar(QWidget):
    """Tells `typed` while somebody types, `changed` when a choice is made; `filter()` is the whole."""

    typed = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, today: Callable[[], date], formats: Formats) -> None:
        super().__init__()
        self._theme = theme
        self._today = today
        self._formats = formats
        self.search = OrderSearch(theme)
        self._day = self._choice("order_filter_day", tr("Date"))
        self._on_day = QDateEdit(QDate(today()))
        self._on_day.setObjectName("order_filter_on_day")
        self._on_day.setAccessibleName(tr("Day"))
        self._on_day.hide()
        self._event = self._choice("order_filter_event", tr("Event"))
        self._state = self._choice("order_filter_state", tr("State"))
        self._more = IconButton(theme, "order_filter_more", "filter", "", Kind.PLAIN)
        self._more.setAccessibleName(tr("More filters"))
        self._more.setToolTip(tr("Filter by till, clerk and tender (Alt+F)"))
        self._more.setShortcut("Alt+F")
        self._more.setCheckable(True)
        self._till = self._choice("order_filter_till", tr("Till"))
        self._clerk = self._choice("order_filter_clerk", tr("Clerk"))
        self._tender = self._choice("order_filter_tender", tr("Tender"))
        self._reset = IconButton(theme, "order_filter_reset", "x", tr("Show all orders"), Kind.QUIET)
        self._panel = QWidget()
        self._fill()
        self._lay_out()
        self._panel.hide()
        self._connect()

    def filter(self) -> OrderFilter:
        """Return what is typed and chosen."""
        first, last = self._span()
        # Qt gives back a plain string.
        state = self._state.currentData()
        return OrderFilter(
            today=self._today(),
            text=self.search.text().strip(),
            from_date=first,
            to_date=last,
            event_id=self._event.currentData(),
            state=OrderState(state) if state and state != _WAITS else None,
            waits_at_counter=state == _WAITS,
            till_id=self._till.currentData(),
            clerk_id=self._clerk.currentData(),
            tender=self._tender.currentData(),
        )

    def offer(self, choices: OrderChoices) -> None:
        """Let the clerk choose among these, keeping what is chosen."""
        events = ((self._event_name(event), event.id) for event in choices.events)
        _refill(self._event, tr("Any event"), events)
        _refill(self._till, tr("Any till"), ((till.name, till.id) for till in choices.tills))
        _refill(self._clerk, tr("Any clerk"), ((clerk.name, clerk.id) for clerk in choices.clerks))

    def reset(self) -> None:
        """Show all orders again."""
        self.search.clear()
        for one in self._choices:
            one.setCurrentIndex(0)

    def _event_name(self, event: Named) -> str:
        day = self._formats.day_and_month(event.at, event.time_zone) if event.at else ""
        return f"{day} · {event.name[:80]}" if day else event.name[:80]

    @property
    def _choices(self) -> tuple[QComboBox, ...]:
        return (self._day, self._event, self._state, self._till, self._clerk, self._tender)

    def _choice(self, name: str, label: str) -> Choice:
        combo = Choice(self._theme)
        combo.setObjectName(name)
        combo.setAccessibleName(label)
        combo.setToolTip(label)
        combo.setMaxVisibleItems(14)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        return combo

    def _fill(self) -> None:
        words = (
            tr("Any day"),
            tr("Today"),
            tr("Yesterday"),
            tr("Last 7 days"),
            tr("Last 30 days"),
            tr("On one day…"),
        )
        for name, label in zip(_DAYS, words, strict=True):
            self._day.addItem(label, name)
        _refill(self._event, tr("Any event"), ())
        states: list[tuple[str, object]] = [(state_name(state), state) for state in OrderState]
        _refill(self._state, tr("Any state"), [*states, (waits_name(), _WAITS)])
        _refill(self._till, tr("Any till"), ())
        _refill(self._clerk, tr("Any clerk"), ())
        _refill(self._tender, tr("Any tender"), ((tender_name(tender), tender) for tender in TENDERS))
        self._day.setFixedWidth(_DAY_WIDTH_PX)
        self._state.setFixedWidth(_STATE_WIDTH_PX)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 5)
        top.addWidget(self._day)
        top.addWidget(self._on_day)
        top.addWidget(self._event, 3)
        top.addWidget(self._state)
        top.addWidget(self._more)
        below = QHBoxLayout(self._panel)
        below.setContentsMargins(0, 8, 0, 0)
        below.setSpacing(8)
        for one in (self._till, self._clerk, self._tender):
            below.addWidget(one, 1)
        below.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._panel)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self.typed.emit())
        self._more.toggled.connect(self._panel.setVisible)
        self._day.currentIndexChanged.connect(self._day_chosen)
        self._on_day.dateChanged.connect(lambda _day: self.changed.emit())
        for one in self._choices[1:]:
            one.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self._reset.clicked.connect(self.reset)

    def _day_chosen(self) -> None:
        is_one = self._day.currentData() == "day"
        self._on_day.setVisible(is_one)
        if is_one:
            self._on_day.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _span(self) -> tuple[date | None, date | None]:
        today = self._today()
        chosen = self._day.currentData()
        if chosen == "day":
            day: date = self._on_day.date().toPython()  # type: ignore[assignment]  # the stub says object
            return day, day
        yesterday = today - timedelta(days=1)
        return {
            "today": (today, today),
            "yesterday": (yesterday, yesterday),
            "week": (today - timedelta(days=6), today),
            "month": (today - timedelta(days=29), today),
        }.get(chosen, (None, None))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the fields leave over stays here: Enter in a choice opens no order.
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _refill(combo: QComboBox, everything: str, items: Iterable[tuple[str, object]]) -> None:
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    combo.addItem(everything, None)
    for words, value in items:
        combo.addItem(words, value)
    combo.setCurrentIndex(max(0, combo.findData(chosen)) if chosen is not None else 0)
    combo.blockSignals(False)
