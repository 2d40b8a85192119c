"""The order list as a table: one row chosen, more rows fetched before the end is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QTableView

from boxoffice.language import tr
from boxoffice.ui.orders.model import columns
from boxoffice.ui.widgets.table import dress

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.orders.model import OrderModel
    from boxoffice.ui.theme.theme import Theme


class OrderTable(QTableView):
    """Tells `chosen` with an order's id."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, model: OrderModel) -> None:
        super().__init__()
        self._orders = model
        self.setObjectName("order_list")
        self.setAccessibleName(tr("Orders"))
        self.setModel(model)
        dress(self, theme, columns())
        self.selectionModel().selectionChanged.connect(self._tell_choice)
        self.verticalScrollBar().valueChanged.connect(self._prefetch)
        theme.changed.connect(self.viewport().update)

    def choose(self, row: int) -> None:
        """Make the order at this row the chosen one."""
        self.selectRow(row)
        self.scrollTo(self._orders.index(row, 0))

    def chosen_id(self) -> int | None:
        """Return the id of the chosen order, None when none is."""
        rows = self.selectionModel().selectedRows()
        listing = self._orders.listing(rows[0].row()) if rows else None
        return listing.id if listing else None

    def step(self, direction: int) -> None:
        """Choose the next order (1) or the one before (-1)."""
        row = self.currentIndex().row() + direction
        if 0 <= row < self._orders.rowCount():
            self.choose(row)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
        )
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._orders.rowCount() - 1}
        key = Qt.Key(event.key())
        if key in ends:
            self.choose(ends[key])
        elif key in keys:
            super().keyPressEvent(event)
        else:
            # Letters look for another order: they are the screen's.
            event.ignore()

    def _prefetch(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() + 2 * bar.pageStep() >= bar.maximum() and self._orders.canFetchMore(QModelIndex()):
            self._orders.fetchMore(QModelIndex())

    def _tell_choice(self, _chosen: QItemSelection, _before: QItemSelection) -> None:
        order_id = self.chosen_id()
        if order_id is not None:
            self.chosen.emit(order_id)
