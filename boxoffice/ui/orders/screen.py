"""The Orders screen: the list to the left, the chosen order to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from boxoffice.ui.orders.detail import OrderDetailPane
from boxoffice.ui.orders.list_pane import OrderListPane

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.context import Context


class OrdersScreen(QWidget):
    """For clerks and managers. Asks for nothing until it is shown. Tells `left` on a last Esc."""

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("orders_screen")
        self.list = OrderListPane(context)
        self.detail = OrderDetailPane(context)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list, 1)
        row.addWidget(self.detail)
        self.list.chosen.connect(self._open)
        self.list.lost.connect(self.detail.show_nothing)
        self.list.left.connect(self.left)
        self.detail.deeds.left.connect(self._back_to_list)

    def begin(self) -> None:
        """Ask for what is shown, and take the keyboard."""
        self.list.begin()
        self.list.take_focus()

    def look_for(self, text: str) -> None:
        """Find what was typed or scanned in the window's own field."""
        self.list.look_for(text)

    def print_again(self) -> None:
        """Print the tickets of the order that is shown."""
        self.detail.print_again()

    def escape(self) -> None:
        """Take back one thing: a form, then what was typed, then the screen."""
        if self.detail.deeds.escape():
            return
        if self.detail.escape():
            self._back_to_list()
        else:
            self.list.escape()

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key that no field wanted; False when it is not for here."""
        text = event.text()
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif text == "/":
            self.list.take_focus()
        elif text and text.isprintable() and not text.isspace() and not command:
            self.list.type(text)
        else:
            return False
        return True

    def _back_to_list(self) -> None:
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, order_id: int) -> None:
        self.detail.open(order_id, self.list.searched)
