"""A table of cells that grows page by page: what Qt wants of such a model, once for all lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from boxoffice.ui.widgets.table import CELL_ROLE, Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

type Index = QModelIndex | QPersistentModelIndex


class Line(Protocol):
    """A row as it is drawn."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells, one for each column."""


class PagedModel[L: Line, K](QAbstractTableModel):
    """Holds the lines that were fetched so far. Does no I/O: it asks by `more_wanted` and is given pages.

    A list keeps `_lines`, and in `_behind` what the next page begins behind; None when there is none.
    """

    more_wanted = Signal(object)
    """The key behind which the next page begins."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._lines: list[L] = []
        self._behind: K | None = None
        self._is_fetching = False

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._lines[index.row()].cells[index.column()]
        title = self._columns[index.column()].title
        told: dict[int, object] = {
            CELL_ROLE: cell,
            Qt.ItemDataRole.DisplayRole: cell.text,
            Qt.ItemDataRole.ToolTipRole: f"{cell.text}\n{cell.below}".strip(),
            Qt.ItemDataRole.AccessibleTextRole: f"{title}: {cell.text} {cell.below}".strip(),
        }
        return told.get(role)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_figures = self._columns[section].is_figures
            side = Qt.AlignmentFlag.AlignRight if is_figures else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._behind is not None and not self._is_fetching

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._is_fetching = True
            self.more_wanted.emit(self._behind)

    def fetch_failed(self) -> None:
        """Let the next page be asked for again."""
        self._is_fetching = False

    def _show(self, lines: list[L], behind: K | None) -> None:
        """Show these lines and nothing else."""
        self.beginResetModel()
        self._lines = lines
        self._behind = behind
        self._is_fetching = False
        self.endResetModel()

    def _append(self, lines: list[L], behind: K | None) -> None:
        """Put these lines behind what is there."""
        self._is_fetching = False
        self._behind = behind
        if lines:
            start = len(self._lines)
            self.beginInsertRows(QModelIndex(), start, start + len(lines) - 1)
            self._lines.extend(lines)
            self.endInsertRows()
