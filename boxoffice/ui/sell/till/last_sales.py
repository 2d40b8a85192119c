"""The last sales of this till, to find a ticket that has to be printed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from boxoffice.domain.notice import Topic
from boxoffice.domain.ticket import TicketStatus
from boxoffice.language import tr, trn
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.sale import Sale
    from boxoffice.formats import Formats
    from boxoffice.ui.context import Context
    from boxoffice.ui.paper import Paper
    from boxoffice.ui.theme.theme import Theme

_HOW_MANY = 30
_ROW_PX = 52
_LINE_ROLE = Qt.ItemDataRole.UserRole + 1

type Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One sale as it is drawn."""

    sale: Sale
    number: str
    note: str
    total: str
    time: str
    is_out: bool
    """False when tickets of it that open a door did not come out of a printer."""


class LastSalesModel(QAbstractListModel):
    """The newest sales, newest first."""

    def __init__(self, formats: Formats, paper: Paper, parent: QWidget) -> None:
        super().__init__(parent)
        self._formats = formats
        self._paper = paper
        self._lines: tuple[SaleLine, ...] = ()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == _LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.number
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.number}, {line.note}, {line.total}, {line.time}"
        return None

    def show(self, sales: tuple[Sale, ...]) -> None:
        """Hold these sales and no others."""
        self.beginResetModel()
        self._lines = tuple(self._line(sale) for sale in sales)
        self.endResetModel()

    def show_printing(self) -> None:
        """Say anew which sales have tickets that did not come out."""
        lines = tuple(self._line(line.sale) for line in self._lines)
        if lines != self._lines:
            self._lines = lines
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def sale(self, row: int) -> Sale:
        """Return the sale at this row."""
        return self._lines[row].sale

    def _line(self, sale: Sale) -> SaleLine:
        paper = self._paper.summary(ticket for ticket in sale.tickets if ticket.status is TicketStatus.VALID)
        is_out = paper.working or not paper.unprinted
        if is_out:
            tickets = trn("{n} ticket", "{n} tickets", len(sale.tickets))
        else:
            tickets = trn("{n} ticket not printed", "{n} tickets not printed", paper.unprinted)
        zone = sale.tickets[0].face.time_zone if sale.tickets else "UTC"
        return SaleLine(
            sale=sale,
            number=self._formats.order_number(sale.order_number),
            note=f"{tickets} · {one_line(sale.event_title[:120])}",
            total=self._formats.money(sale.totals.total),
            time=self._formats.time(sale.sold_at, zone),
            is_out=is_out,
        )


class _SaleDelegate(QStyledItemDelegate):
    """Draws a sale in two lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strong = theme.font(Style.BODY)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._small = theme.font(Style.SMALL)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: SaleLine = index.data(_LINE_ROLE)
        theme = self._theme
        box: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(Tone.ACCENT_SOFT))
            painter.drawRoundedRect(box.adjusted(8, 1, -8, -1), 8, 8)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        upper = QRect(box.left() + 20, box.top() + 8, box.width() - 40, 18)
        lower = QRect(box.left() + 20, box.top() + 27, box.width() - 40, 16)
        painter.setFont(self._strong)
        painter.setPen(theme.colour(Tone.ACCENT if chosen else Tone.TEXT))
        painter.drawText(upper, left, line.number)
        painter.drawText(upper, right, line.total)
        painter.setFont(self._small)
        painter.setPen(theme.colour(Tone.MUTED))
        painter.drawText(lower, right, line.time)
        painter.setPen(theme.colour(Tone.MUTED if line.is_out else Tone.BAD))
        note = painter.fontMetrics().elidedText(line.note, Qt.TextElideMode.ElideRight, lower.width() - 56)
        painter.drawText(lower, left, note)
        painter.restore()


class _SalesView(QListView):
    opened = Signal(int)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.currentIndex().row())
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()


class LastSales(QWidget):
    """Tells `opened` with the Sale to show, `closed` when the clerk goes back."""

    opened = Signal(object)
    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        self._model = LastSalesModel(context.formats, context.paper, self)
        self._view = _SalesView()
        self._view.setObjectName("last_sales_list")
        self._view.setAccessibleName(tr("Last sales of this till"))
        self._view.setUniformItemSizes(True)
        self._view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._view.setModel(self._model)
        self._view.setItemDelegate(_SaleDelegate(theme, self._view))
        self._note = StateNote(theme, "last_sales_state")
        self._note.acted.connect(self.reload)
        close = IconButton(theme, "last_sales_close", "x", "", Kind.QUIET)
        close.setAccessibleName(tr("Back to the basket"))
        close.setToolTip(tr("Back to the basket (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 12, 6)
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Last sales of this till")))
        head.addStretch(1)
        head.addWidget(close)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._view)
        self._stack.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(holder, 1)
        self._view.clicked.connect(lambda index: self._open(index.row()))
        self._view.opened.connect(self._open)
        theme.changed.connect(self._view.viewport().update)
        context.paper.changed.connect(self._model.show_printing)
        context.freshness.watch(self, (Topic.ORDERS, Topic.PRINTS), lambda _: self.reload())

    def reload(self) -> None:
        """Ask for the newest sales."""
        if not self._model.rowCount():
            self._note.show_busy(tr("Fetching the last sales…"))
            self._stack.setCurrentWidget(self._note)
        desk = self._context.desk
        self._context.tasks.look(self, "sales", lambda: desk.last_sales(_HOW_MANY), self._show, self._failed)

    def enter(self) -> None:
        """Take the keyboard."""
        self._view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, sales: tuple[Sale, ...]) -> None:
        row = max(0, self._view.currentIndex().row())
        self._model.show(sales)
        if not sales:
            advice = tr("What is sold at this till appears here.")
            self._note.show_note("history", tr("No sales yet"), advice)
            self._stack.setCurrentWidget(self._note)
            return
        self._stack.setCurrentWidget(self._view)
        self._view.setCurrentIndex(self._model.index(min(row, len(sales) - 1)))

    def _failed(self, error: Exception) -> None:
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The sales cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _open(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.opened.emit(self._model.sale(row))
