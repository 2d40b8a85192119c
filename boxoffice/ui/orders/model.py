"""The order list as a Qt model: frozen lines, fetched page by page behind a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from boxoffice.formats import local
from boxoffice.language import tr
from boxoffice.ui.orders.words import state_words, waits_name
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.table import CELL_ROLE, Cell, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtCore import QObject

    from boxoffice.domain.order_list import OrderKey, OrderListing, OrderPage
    from boxoffice.formats import Formats

type Index = QModelIndex | QPersistentModelIndex

_MOST_LETTERS = 200


def columns() -> tuple[Column, ...]:
    """Return the list's columns."""
    return (
        Column(tr("Order"), 118),
        Column(tr("Customer")),
        Column(tr("Event")),
        Column(tr("Tickets"), 70, is_figures=True),
        Column(tr("Total"), 98, is_figures=True),
        Column(tr("State"), 158),
        Column(tr("Sold"), 84, is_figures=True),
    )


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as it is drawn."""

    listing: OrderListing
    cells: tuple[Cell, ...]


class OrderModel(QAbstractTableModel):
    """Holds what was fetched so far. Does no I/O: it asks by `more_wanted` and is given pages."""

    more_wanted = Signal(object)
    """The OrderKey behind which the next page begins."""

    def __init__(self, formats: Formats, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._formats = formats
        self._now = now
        self._columns = columns()
        self._lines: list[OrderLine] = []
        self._next: OrderKey | None = None
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
            Qt.ItemDataRole.AccessibleTextRole: f"{title}: {cell.text} {cell.below}",
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
            side = (
                Qt.AlignmentFlag.AlignRight
                if self._columns[section].is_figures
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._next is not None and not self._is_fetching

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._next is not None:
            self._is_fetching = True
            self.more_wanted.emit(self._next)

    def listing(self, row: int) -> OrderListing | None:
        """Return the order at this row, None for a row that is not there."""
        return self._lines[row].listing if 0 <= row < len(self._lines) else None

    def row_of(self, order_id: int | None) -> int:
        """Return the row of an order, -1 when it is not among those fetched."""
        rows = (row for row, line in enumerate(self._lines) if line.listing.id == order_id)
        return next(rows, -1)

    def restart(self, page: OrderPage) -> None:
        """Show this first page and nothing else."""
        self.beginResetModel()
        self._lines = [self._line(listing) for listing in page.rows]
        self._next = page.next_key
        self._is_fetching = False
        self.endResetModel()

    def refresh(self, page: OrderPage) -> bool:
        """Show this first page anew; False when nothing of it changed, so that nothing moves."""
        new = [self._line(listing) for listing in page.rows]
        if new == self._lines[: len(new)] and (page.next_key is not None or len(new) == len(self._lines)):
            return False
        self.restart(page)
        return True

    def extend(self, page: OrderPage) -> None:
        """Put the next page behind what is there."""
        self._is_fetching = False
        self._next = page.next_key
        known = {line.listing.id for line in self._lines}
        new = [self._line(listing) for listing in page.rows if listing.id not in known]
        if new:
            start = len(self._lines)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._lines.extend(new)
            self.endInsertRows()

    def fetch_failed(self) -> None:
        """Let the next page be asked for again."""
        self._is_fetching = False

    def _line(self, listing: OrderListing) -> OrderLine:
        return OrderLine(listing, tuple(self._cells(listing)))

    def _cells(self, one: OrderListing) -> Sequence[Cell]:
        formats, zone = self._formats, one.time_zone
        words, tone = state_words(one.state, one.due_at, formats, zone)
        if one.waits_at_counter:
            words, tone = waits_name(), Tone.WARN
        is_today = local(one.at, zone).date() == self._now().date()
        day = "" if is_today else formats.day_and_month(one.at, zone)
        return (
            Cell(formats.order_number(one.number)),
            Cell(one_line(one.customer[:_MOST_LETTERS]), one_line(one.contact[:_MOST_LETTERS]))
            if one.customer or one.contact
            else Cell(tr("Walk-in"), tone=Tone.MUTED),
            Cell(one_line(one.event_title[:_MOST_LETTERS]), formats.stamp(one.starts_at, zone)),
            Cell(formats.number(one.tickets), is_figures=True),
            Cell(formats.money(one.total), is_figures=True),
            Cell(words, tone=tone, is_tag=True),
            Cell(formats.time(one.at, zone), day, Tone.MUTED, is_figures=True),
        )
