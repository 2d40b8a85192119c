"""Draws the event list. Heights are measured once per row and kept: ten thousand rows scroll like ten."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QRegion
from PySide6.QtWidgets import QAbstractItemView

from boxoffice.ui.sell.events.rows import DayHeading
from boxoffice.ui.theme.lines import broken
from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from boxoffice.ui.sell.events.model import EventModel
    from boxoffice.ui.sell.events.rows import EventLine, Line
    from boxoffice.ui.theme.theme import Theme

_HEADING_PX = 40
_FIRST_HEADING_PX = 32
_SIDE_PX = 8
_TEXT_LEFT_PX = 70
_TEXT_RIGHT_PX = 16
_TITLE_LINE_PX = 18
_TITLE_LINES = 2
_MOST_BREAKS = 50_000
_ROW_FRAME_PX = 44
"""Height of an event row without its title: margins, the note and the bar."""


class EventList(QAbstractItemView):
    """The view over an EventModel. Arrows choose an event; every other key is left to the screen."""

    chosen = Signal(int)
    """The id of the event that was chosen."""

    def __init__(self, theme: Theme, model: EventModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._events = model
        self._tops: list[int] = [0]
        self._breaks: dict[tuple[str, int], tuple[str, ...]] = {}
        self._title_font = theme.font(Style.BODY)
        self._title_font.setWeight(self._title_font.Weight.DemiBold)
        self._time_font = theme.font(Style.BODY)
        self._time_font.setWeight(self._time_font.Weight.Medium)
        self._note_font = theme.font(Style.SMALL)
        self._caption_font = theme.font(Style.CAPTION)
        self.setObjectName("event_list")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._prefetch)
        self.setModel(model)
        model.modelReset.connect(self._measure_all)
        model.rowsInserted.connect(self._measure_inserted)
        model.rowsRemoved.connect(self._measure_all)
        model.dataChanged.connect(self._measure_changed)
        self.selectionModel().currentChanged.connect(self._tell_choice)
        self._measure_all()

    def choose(self, row: int) -> None:
        """Make the event at this row the current one."""
        index = self._events.index(row)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def step(self, direction: int) -> None:
        """Choose the next event (1) or the one before (-1)."""
        row = self.currentIndex().row() + direction
        while 0 <= row < self._events.rowCount():
            if self._events.event_line(row) is not None:
                self.choose(row)
                return
            row += direction

    def first_visible_row(self) -> int:
        """Return the uppermost row that is seen, 0 when there is none."""
        return max(0, min(bisect_right(self._tops, self.verticalOffset()) - 1, self._events.rowCount() - 1))

    # --- geometry ------------------------------------------------------------------------------

    def _title_lines(self, title: str, width: int) -> tuple[str, ...]:
        key = (title, width)
        lines = self._breaks.get(key)
        if lines is None:
            lines = self._breaks[key] = broken(title, self._title_font, width, _TITLE_LINES)
        return lines

    def _text_width(self) -> int:
        return max(60, self.viewport().width() - _TEXT_LEFT_PX - _TEXT_RIGHT_PX)

    def _height(self, row: int, line: Line) -> int:
        if isinstance(line, DayHeading):
            return _HEADING_PX if row else _FIRST_HEADING_PX
        return _ROW_FRAME_PX + _TITLE_LINE_PX * len(self._title_lines(line.title, self._text_width()))

    def _measure_all(self) -> None:
        if len(self._breaks) > _MOST_BREAKS:
            self._breaks.clear()
        model = self._events
        heights = (self._height(row, model.line(row)) for row in range(model.rowCount()))
        self._tops = [0, *accumulate(heights)]
        self._set_range()
        self.viewport().update()

    def _measure_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        if first != len(self._tops) - 1:
            self._measure_all()
            return
        for row in range(first, last + 1):
            self._tops.append(self._tops[-1] + self._height(row, self._events.line(row)))
        self._set_range()
        self.viewport().update()

    def _measure_changed(self, top_left: QModelIndex, bottom_right: QModelIndex) -> None:
        for row in range(top_left.row(), bottom_right.row() + 1):
            if self._tops[row + 1] - self._tops[row] != self._height(row, self._events.line(row)):
                self._measure_all()
                return
        self.viewport().update()

    def _set_range(self) -> None:
        page = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setSingleStep(40)
        bar.setRange(0, max(0, self._tops[-1] + _SIDE_PX - page))
        self._prefetch()

    def _prefetch(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() + 2 * bar.pageStep() >= bar.maximum() and self._events.canFetchMore(QModelIndex()):
            self._events.fetchMore(QModelIndex())

    @override
    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._set_range()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._measure_all()
        self._set_range()

    @override
    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        row = index.row()
        if not 0 <= row < len(self._tops) - 1:
            return QRect()
        top = self._tops[row]
        return QRect(0, top - self.verticalOffset(), self.viewport().width(), self._tops[row + 1] - top)

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        y = point.y() + self.verticalOffset()
        row = bisect_right(self._tops, y) - 1
        if y < 0 or row >= len(self._tops) - 1:
            return QModelIndex()
        return self._events.index(row)

    @override
    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        box = self.visualRect(index)
        if not box.isValid():
            return
        above = _HEADING_PX if isinstance(self._events.line(max(0, index.row() - 1)), DayHeading) else 0
        bar = self.verticalScrollBar()
        if box.top() - above < 0:
            bar.setValue(bar.value() + box.top() - above)
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + box.bottom() - self.viewport().height() + _SIDE_PX)

    @override
    def horizontalOffset(self) -> int:
        return 0

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return False

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        if index.isValid() and self._events.event_line(index.row()) is not None:
            self.selectionModel().select(index, command)

    @override
    def visualRegionForSelection(self, selection: object) -> QRegion:
        return QRegion(self.viewport().rect())

    # --- keys ----------------------------------------------------------------------------------

    @override
    def moveCursor(
        self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        return self.currentIndex()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
        }
        page = max(1, self.viewport().height() // 70)
        jumps = {Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        key = Qt.Key(event.key())
        if key in steps:
            self.step(steps[key])
        elif key in jumps:
            direction = 1 if jumps[key] > 0 else -1
            for _ in range(abs(jumps[key])):
                self.step(direction)
        elif key == Qt.Key.Key_Home:
            self.choose(self._events.first_event_row())
        else:
            event.ignore()

    def _tell_choice(self, current: QModelIndex) -> None:
        line = self._events.event_line(current.row())
        if line is not None:
            self.chosen.emit(line.listing.id)

    # --- painting ------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self.verticalOffset()
        first = max(0, bisect_right(self._tops, offset + event.rect().top()) - 1)
        current = self.currentIndex().row()
        for row in range(first, len(self._tops) - 1):
            top = self._tops[row] - offset
            if top > event.rect().bottom():
                break
            box = QRect(0, top, self.viewport().width(), self._tops[row + 1] - self._tops[row])
            line = self._events.line(row)
            if isinstance(line, DayHeading):
                self._paint_heading(painter, box, line)
            else:
                self._paint_event(painter, box, line, chosen=row == current)
        painter.end()

    def _paint_heading(self, painter: QPainter, box: QRect, line: DayHeading) -> None:
        painter.setFont(self._caption_font)
        painter.setPen(self._theme.colour(Tone.MUTED))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(box.adjusted(16, 0, -8, -8), flags, line.words)

    def _paint_event(self, painter: QPainter, box: QRect, line: EventLine, *, chosen: bool) -> None:
        theme = self._theme
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(Tone.ACCENT_SOFT))
            radius = theme.metrics.control_radius
            painter.drawRoundedRect(QRectF(box).adjusted(_SIDE_PX, 0, -_SIDE_PX, 0), radius, radius)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        top = box.top() + 9
        painter.setFont(self._time_font)
        painter.setPen(theme.colour(Tone.ACCENT if chosen else Tone.MUTED))
        painter.drawText(QRect(16, top, 50, _TITLE_LINE_PX), left, line.time)
        painter.setFont(self._title_font)
        painter.setPen(theme.colour(Tone.ACCENT if chosen else Tone.TEXT))
        width = self._text_width()
        for words in self._title_lines(line.title, width):
            painter.drawText(QRect(_TEXT_LEFT_PX, top, width, _TITLE_LINE_PX), left, words)
            top += _TITLE_LINE_PX
        painter.setFont(self._note_font)
        painter.setPen(theme.colour(Tone.MUTED))
        note = painter.fontMetrics().elidedText(line.note, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(QRect(_TEXT_LEFT_PX, top, width, 16), left, note)
        self._paint_bar(painter, QRectF(_TEXT_LEFT_PX, box.bottom() - 10, width, 4), line)

    def _paint_bar(self, painter: QPainter, box: QRectF, line: EventLine) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.SUNKEN))
        painter.drawRoundedRect(box, 2, 2)
        if line.filled > 0:
            painter.setBrush(self._theme.colour(line.tone))
            painter.drawRoundedRect(QRectF(box.x(), box.y(), max(4.0, box.width() * line.filled), 4), 2, 2)
