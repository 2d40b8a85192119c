"""The entries as a table: one chosen, opened by Enter or a click; the table tells what of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QTableView

from boxoffice.language import tr
from boxoffice.ui.waitlist.model import CONTACT, SINCE, STATE, TICKETS, WHY, columns
from boxoffice.ui.waitlist.words import tag_words
from boxoffice.ui.widgets.table import dress, tag_column_px

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from boxoffice.domain.waitlist import WaitlistEntry
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.ui.waitlist.model import WaitlistModel

_NARROW_PX = 720
_WIDE_PX = 1000
_NARROW_WHY_PX, _WIDE_WHY_PX = 180, 260
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WaitlistTable(QTableView):
    """Tells `chosen` and `opened` with an entry's id."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme, model: WaitlistModel, *, by_contact: bool) -> None:
        super().__init__()
        self._by_contact = by_contact
        self._entries = model
        self.setObjectName("waitlist")
        self.setAccessibleName(tr("Waitlist"))
        self.setModel(model)
        dress(self, theme, columns())
        self.horizontalHeader().resizeSection(STATE, tag_column_px(theme, tag_words()))
        self.selectionModel().selectionChanged.connect(self._tell_choice)
        self.verticalScrollBar().valueChanged.connect(self._prefetch)
        self.clicked.connect(lambda _index: self._open())
        theme.changed.connect(self.viewport().update)

    def choose(self, row: int) -> None:
        """Make the entry at this row the chosen one."""
        self.selectRow(row)
        self.scrollTo(self._entries.index(row, 0))

    def choose_nobody(self) -> None:
        """Mark nobody."""
        self.selectionModel().clear()

    def mark(self, row: int) -> None:
        """Choose the entry at this row without a word of it."""
        if self._row() != row:
            self.blockSignals(True)
            self.selectRow(row)
            self.blockSignals(False)

    def chosen_id(self) -> int | None:
        """Return the id of the chosen entry, None when none is."""
        entry = self._entries.entry(self._row())
        return entry.id if entry else None

    def _row(self) -> int:
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def step(self, direction: int) -> None:
        """Choose the next entry (1) or the one before (-1)."""
        row = self.currentIndex().row() + direction
        if 0 <= row < self._entries.rowCount():
            self.choose(row)

    def seen(self) -> tuple[int, int]:
        """Return the first and the last row that are seen; last before first: none."""
        first = self.rowAt(0)
        if first < 0:
            return 0, -1
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._entries.rowCount() - 1

    def anchor(self) -> tuple[int | None, int]:
        """Return the uppermost entry that is seen, and how far of it is scrolled away."""
        row = self.rowAt(0)
        entry: WaitlistEntry | None = self._entries.entry(row)
        return (entry.id, self.rowViewportPosition(row)) if entry else (None, 0)

    def keep(self, anchor: tuple[int | None, int], chosen: int | None) -> None:
        """Scroll and choose as before a reset: the entries that stood there, wherever they stand now."""
        row = self._entries.row_of(chosen)
        if row >= 0:
            self.mark(row)
        entry_id, offset = anchor
        top = self._entries.row_of(entry_id)
        if top >= 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(top) - offset)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        is_narrow = width < _NARROW_PX
        # What is left out here stands below the name, or in the panel beside it.
        for place in (TICKETS, CONTACT, SINCE):
            self.setColumnHidden(place, is_narrow or (place == CONTACT and not self._by_contact))
        self._entries.show_narrow(narrow=is_narrow)
        why_px = columns()[WHY].width_px
        self.horizontalHeader().resizeSection(
            WHY, _NARROW_WHY_PX if is_narrow else _WIDE_WHY_PX if width >= _WIDE_PX else why_px
        )
        super().resizeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._entries.rowCount() - 1}
        key = Qt.Key(event.key())
        if key in _ENTER:
            self._open()
        elif key in ends:
            self.choose(ends[key])
        elif key in keys:
            super().keyPressEvent(event)
        else:
            # Letters look for somebody else: they are the screen's.
            event.ignore()

    def _open(self) -> None:
        entry_id = self.chosen_id()
        if entry_id is not None:
            self.opened.emit(entry_id)

    def _prefetch(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() + 2 * bar.pageStep() >= bar.maximum() and self._entries.canFetchMore(QModelIndex()):
            self._entries.fetchMore(QModelIndex())

    def _tell_choice(self, _chosen: QItemSelection, _before: QItemSelection) -> None:
        entry_id = self.chosen_id()
        if entry_id is not None:
            self.chosen.emit(entry_id)
