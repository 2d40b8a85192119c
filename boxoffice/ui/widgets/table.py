"""A table of few columns and tall rows: two lines in a cell, states as tags, one row chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QTableView

from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QItemSelection
    from PySide6.QtGui import QFont
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    from boxoffice.ui.theme.theme import Theme

ROW_PX = 48
_HEADER_PX = 36
_SIDE_PX = 12
_TAG_SIDES_PX = 17
CELL_ROLE = Qt.ItemDataRole.UserRole + 1

type Index = QModelIndex | QPersistentModelIndex

_SOFT = {
    Tone.GOOD: Tone.GOOD_SOFT,
    Tone.WARN: Tone.WARN_SOFT,
    Tone.BAD: Tone.BAD_SOFT,
    Tone.ACCENT: Tone.ACCENT_SOFT,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and width; 0 shares what is left."""

    title: str
    width_px: int = 0
    is_figures: bool = False
    """Figures stand below each other at the right."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: a line, a smaller one below it, or a tag in a tone."""

    text: str
    below: str = ""
    tone: Tone = Tone.TEXT
    is_tag: bool = False
    is_figures: bool = False
    is_strong: bool = False
    """Its line is what the row is called by."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, and the thing that they speak of; `key` stays the same through reloads."""

    key: object
    thing: object
    cells: tuple[Cell, ...]


class _Model(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()].cells[index.column()]
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{cell.text}\n{cell.below}".strip()
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None


class CellDelegate(QStyledItemDelegate):
    """Draws a Cell, which a model gives for CELL_ROLE."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Cell = index.data(CELL_ROLE)
        theme = self._theme
        box = QRectF(option.rect)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, theme.colour(Tone.ACCENT_SOFT))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.colour(Tone.LINE))
        inner = box.adjusted(_SIDE_PX, 0, -_SIDE_PX, -1)
        if cell.is_tag:
            self._paint_tag(painter, inner, cell, chosen=chosen)
        else:
            self._paint_words(painter, inner, cell)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, cell: Cell) -> None:
        theme = self._theme
        side = Qt.AlignmentFlag.AlignRight if cell.is_figures else Qt.AlignmentFlag.AlignLeft
        where = int(side | Qt.AlignmentFlag.AlignVCenter)
        upper = box.adjusted(0, 5, 0, -box.height() / 2 + 1) if cell.below else box
        font = theme.font(Style.BODY)
        if cell.is_strong:
            font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.colour(cell.tone))
        painter.drawText(upper, where, _elided(painter, cell.text, box.width()))
        if cell.below:
            painter.setFont(theme.font(Style.SMALL))
            painter.setPen(theme.colour(Tone.MUTED))
            lower = box.adjusted(0, box.height() / 2 - 1, 0, -5)
            painter.drawText(lower, where, _elided(painter, cell.below, box.width()))

    def _paint_tag(self, painter: QPainter, box: QRectF, cell: Cell, *, chosen: bool) -> None:
        theme = self._theme
        font = _tag_font(theme)
        painter.setFont(font)
        words = _elided(painter, cell.text, box.width() - 16)
        width = QFontMetrics(font).horizontalAdvance(words) + _TAG_SIDES_PX
        pill = QRectF(box.left(), box.center().y() - 10, width, 20)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        soft = _SOFT.get(cell.tone, Tone.SUNKEN)
        # On a chosen row the accent's own ground would not be seen.
        painter.setBrush(theme.colour(Tone.SURFACE if chosen and soft is Tone.ACCENT_SOFT else soft))
        painter.drawRoundedRect(pill, 10, 10)
        painter.setPen(theme.colour(cell.tone))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)


def tag_column_px(theme: Theme, words: Iterable[str]) -> int:
    """Return how wide a column is in which each of these fits as a tag."""
    metrics = QFontMetrics(_tag_font(theme))
    return max(map(metrics.horizontalAdvance, words)) + _TAG_SIDES_PX + 2 * _SIDE_PX + 1


def _tag_font(theme: Theme) -> QFont:
    font = theme.font(Style.SMALL)
    font.setWeight(font.Weight.DemiBold)
    return font


def dress(table: QTableView, theme: Theme, columns: Sequence[Column]) -> None:
    """Let a table that has its model look and choose as all tables here do."""
    table.setItemDelegate(CellDelegate(theme, table))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsClickable(False)
    header.setFont(theme.font(Style.CAPTION))
    header.setFixedHeight(_HEADER_PX)
    for place, column in enumerate(columns):
        mode = QHeaderView.ResizeMode.Fixed if column.width_px else QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(place, mode)
        if column.width_px:
            header.resizeSection(place, column.width_px)


class Table(QTableView):
    """Tells `chosen` with the thing of the chosen row, None when no row is."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, columns: Sequence[Column]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._model = _Model(columns, self)
        self.setModel(self._model)
        dress(self, theme, columns)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self.viewport().update)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the chosen thing stays chosen where it is among them."""
        current = self.currentIndex().row()
        kept = self._model.rows[current].key if 0 <= current < len(self._model.rows) else None
        self._model.show(rows)
        place = next((nth for nth, row in enumerate(rows) if row.key == kept), -1)
        if place >= 0:
            self.selectRow(place)
        else:
            self.chosen.emit(None)

    def choose(self, key: object) -> None:
        """Choose the row of this key, if it is shown."""
        for nth, row in enumerate(self._model.rows):
            if row.key == key:
                self.selectRow(nth)

    def _selection_changed(self, _chosen: QItemSelection, _before: QItemSelection) -> None:
        indexes = self.selectionModel().selectedRows()
        self.chosen.emit(self._model.rows[indexes[0].row()].thing if indexes else None)


def _elided(painter: QPainter, text: str, width: float) -> str:
    return painter.fontMetrics().elidedText(one_line(text), Qt.TextElideMode.ElideRight, int(width))
