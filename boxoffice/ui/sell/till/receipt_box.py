"""Receipts of an order: a button for each, and a word on how its printing went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.domain.ticket import PrintState
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.domain.receipt import Receipt, ReceiptKind
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context


class ReceiptBox(QWidget):
    """Empty until it is known that the order has receipts.

    Args:
        context: what every screen is given.
        name: of the page, for the names of the buttons.
        is_new: the sale was made just now: its first receipt is no copy, and is printed by itself if wanted.
        in_column: a button for each below the other, with its number, where there is room.
    """

    def __init__(self, context: Context, name: str, *, is_new: bool = False, in_column: bool = False) -> None:
        super().__init__()
        self._context = context
        self._name = name
        self._is_new = is_new
        self._order_id: int | None = None
        self._receipts: tuple[Receipt, ...] = ()
        self._in_column = in_column
        self._buttons = QVBoxLayout() if in_column else QHBoxLayout()
        self._buttons.setSpacing(8)
        self._state = Text(context.theme, Style.SMALL, Tone.MUTED).wrapping()
        self._state.setObjectName(f"{name}_receipt_state")
        self._state.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._buttons)
        column.addWidget(self._state)
        context.paper.receipt_told.connect(self._tell)
        self.hide()

    def show_sale(self, sale: Sale) -> None:
        """Look for the receipts of this order."""
        order_id = sale.order_id
        if order_id != self._order_id:
            self.hide()
            self._receipts = ()
            self._say("", Tone.MUTED)
        self._order_id = order_id
        desk = self._context.desk
        is_first = self._is_new and not sale.replayed
        self._context.tasks.look(
            self,
            "receipts",
            lambda: desk.receipts_of(order_id),
            lambda found: self._show(found, is_first=is_first),
            self._failed,
        )

    def words(self) -> str:
        """Return what is said of the printing."""
        return self._state.text()

    def _show(self, found: tuple[Receipt, ...], *, is_first: bool) -> None:
        is_news = found != self._receipts
        self._receipts = found
        if is_news:
            self._lay_buttons()
        self.setVisible(bool(found))
        if is_first and is_news and found and self._context.paper.receipts_with_every_sale:
            self._print(found[-1])

    def _lay_buttons(self) -> None:
        while self._buttons.count():
            item = self._buttons.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for receipt in self._receipts:
            self._buttons.addWidget(self._button(receipt))
        self._buttons.addStretch(1)

    def _button(self, receipt: Receipt) -> IconButton:
        alone = len(self._receipts) == 1
        words = tr("R&eceipt") if alone else kind_name(receipt.kind)
        if self._in_column:
            words = f"{kind_name(receipt.kind)}, {receipt.number}, {receipt.till}".replace("&", "&&")
        made = IconButton(
            self._context.theme, f"{self._name}_receipt_{receipt.number}", "receipt", words, Kind.PLAIN
        )
        made.setAccessibleName(tr("Print receipt {number}", number=receipt.number))
        made.setToolTip(f"{tr('Print receipt {number}', number=receipt.number)}, {receipt.till}")
        # A click leaves the keyboard where it is: Enter still means the next customer.
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self._print(receipt))
        return made

    def _print(self, receipt: Receipt) -> None:
        self._context.paper.send_receipt(receipt, is_new=self._is_new)

    def _tell(self, receipt: Receipt, state: PrintState, detail: str) -> None:
        if receipt not in self._receipts:
            return
        if state is PrintState.FAILED:
            self._say(detail or tr("The receipt was not printed."), Tone.BAD)
        elif state is PrintState.QUEUED:
            self._say(tr("Printing the receipt…"), Tone.MUTED)
        else:
            self._say(tr("Receipt printed: {where}", where=detail), Tone.MUTED)

    def _say(self, words: str, tone: Tone) -> None:
        self._state.setText(words)
        self._state.set_tone(tone)
        self._state.setVisible(bool(words))

    def _failed(self, error: Exception) -> None:
        # No receipt is shown; the banner and the connection's lamp say why.
        if isinstance(error, Refused | Unavailable):
            self.setVisible(bool(self._receipts))


def kind_name(kind: ReceiptKind) -> str:
    """Return what people call a kind of receipt."""
    return {
        "sale": tr("Sale"),
        "payment": tr("Payment"),
        "refund": tr("Refund"),
        "exchange": tr("Exchange"),
        "gift_card": tr("Gift card"),
    }[kind.value]
