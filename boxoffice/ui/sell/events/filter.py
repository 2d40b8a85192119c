"""Narrowing the event list: one compact row, and the choices it unfolds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.event import EventFilter
from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.event import FilterChoices
    from boxoffice.ui.theme.theme import Theme

_DAYS = ("any", "today", "tomorrow", "week", "month", "day")


class EventFilterBar(QWidget):
    """Tells `changed` with an EventFilter without its text, which is typed into the window's search field."""

    changed = Signal(object)
    left = Signal()
    """Esc or Enter in a field: the keyboard belongs to the events again."""

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__()
        self._theme = theme
        self._today = today
        self._unfold = IconButton(theme, "filter_unfold", "filter", tr("Filter"), Kind.PLAIN)
        self._unfold.setCheckable(True)
        self._unfold.setToolTip(tr("Filter by date, venue and promoter (Ctrl+F)"))
        self._available = IconButton(
            theme, "filter_available", "ticket-check", tr("Available only"), Kind.PLAIN
        )
        self._available.setCheckable(True)
        self._available.setToolTip(tr("Show only what can be sold now (Alt+A)"))
        self._available.setShortcut("Alt+A")
        self._day = self._combo("filter_day", tr("Date"))
        self._on_day = QDateEdit(QDate(today()))
        self._on_day.setObjectName("filter_on_day")
        self._on_day.setAccessibleName(tr("Day"))
        self._venue = self._combo("filter_venue", tr("Venue"))
        self._promoter = self._combo("filter_promoter", tr("Promoter"))
        self._reset = IconButton(theme, "filter_reset", "x", tr("Show all events"), Kind.QUIET)
        self._panel = QWidget()
        self._lay_out()
        self._fill_days()
        self.set_choices((), ())
        self._panel.hide()
        self._on_day.hide()
        self._connect()

    def filter(self) -> EventFilter:
        """Return what is chosen, without text."""
        first, last = self._span()
        promoter = self._promoter.currentData()
        return EventFilter(
            from_date=first,
            to_date=last,
            venue=self._venue.currentData(),
            promoter_id=promoter,
            available_only=self._available.isChecked(),
        )

    def offer(self, choices: FilterChoices) -> None:
        """Let the clerk choose among these, keeping what is chosen."""
        venues = tuple((venue, venue) for venue in choices.venues)
        promoters = tuple((promoter.name, promoter.id) for promoter in choices.promoters)
        self.set_choices(venues, promoters)

    def set_choices(
        self, venues: tuple[tuple[str, str], ...], promoters: tuple[tuple[str, int], ...]
    ) -> None:
        """Fill the two lists with words and values."""
        _refill(self._venue, tr("All venues"), venues)
        _refill(self._promoter, tr("All promoters"), promoters)

    def unfold(self) -> None:
        """Show the choices and go to the first."""
        self._unfold.setChecked(True)
        self._day.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def reset(self) -> None:
        """Show all events again."""
        for combo in (self._day, self._venue, self._promoter):
            combo.setCurrentIndex(0)
        self._available.setChecked(False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the fields leave over would clear the basket if the window saw it.
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return self.filter() != EventFilter()

    def _combo(self, name: str, label: str) -> QComboBox:
        combo = Choice(self._theme)
        combo.setObjectName(name)
        combo.setAccessibleName(label)
        combo.setMaxVisibleItems(12)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        return combo

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._unfold)
        top.addWidget(self._available)
        top.addStretch(1)
        grid = QGridLayout(self._panel)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        fields = ((tr("Date"), self._day), (tr("Venue"), self._venue), (tr("Promoter"), self._promoter))
        row = 0
        for words, field in fields:
            label = Text(self._theme, Style.SMALL, Tone.MUTED, words)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            row += 1
            if field is self._day:
                grid.addWidget(self._on_day, row, 1)
                row += 1
        grid.addWidget(self._reset, row, 1, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 4)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._panel)

    def _connect(self) -> None:
        self._unfold.toggled.connect(self._panel.setVisible)
        self._day.currentIndexChanged.connect(self._day_chosen)
        self._on_day.dateChanged.connect(self._tell)
        self._venue.currentIndexChanged.connect(self._tell)
        self._promoter.currentIndexChanged.connect(self._tell)
        self._available.toggled.connect(self._tell)
        self._reset.clicked.connect(self.reset)

    def _fill_days(self) -> None:
        words = (
            tr("Any day"),
            tr("Today"),
            tr("Tomorrow"),
            tr("Next 7 days"),
            tr("Next 30 days"),
            tr("On one day…"),
        )
        for name, label in zip(_DAYS, words, strict=True):
            self._day.addItem(label, name)

    def _span(self) -> tuple[date | None, date | None]:
        today = self._today()
        chosen = self._day.currentData()
        if chosen == "day":
            day: date = self._on_day.date().toPython()  # type: ignore[assignment]  # the stub says object
            return day, day
        return {
            "today": (today, today),
            "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
            "week": (today, today + timedelta(days=6)),
            "month": (today, today + timedelta(days=29)),
        }.get(chosen, (None, None))

    def _day_chosen(self) -> None:
        self._on_day.setVisible(self._day.currentData() == "day")
        self._tell()

    def _tell(self) -> None:
        now = self.filter()
        count = sum((now.from_date is not None, now.venue is not None, now.promoter_id is not None))
        self._unfold.setText(trn("Filter · {n}", "Filter · {n}", count) if count else tr("Filter"))
        self._unfold.updateGeometry()
        self.changed.emit(now)


def _refill(combo: QComboBox, every: str, choices: tuple[tuple[str, object], ...]) -> None:
    kept = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    combo.addItem(every, None)
    for words, value in choices:
        combo.addItem(words, value)
    combo.setCurrentIndex(max(0, combo.findData(kept)))
    combo.blockSignals(False)
