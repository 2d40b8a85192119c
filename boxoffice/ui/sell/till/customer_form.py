"""Who buys: found while typing, or added now. Their e-mail address gets the tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.customers.picker import CustomerPicker
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.domain.customer import KnownCustomer
    from boxoffice.ui.context import Context
    from boxoffice.ui.sell.counter import Counter


class CustomerForm(QWidget):
    """Tells `done` when somebody was chosen for the sale in hand, `left` when the clerk goes back."""

    done = Signal()
    left = Signal()

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        self._counter = counter
        theme = context.theme
        leave = IconButton(theme, "customer_leave", "arrow-left", tr("Back"), Kind.QUIET)
        leave.clicked.connect(self.left)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Customer")))
        head.addStretch(1)
        head.addWidget(leave)
        self.picker = CustomerPicker(context, "sale_customer")
        self.picker.picked.connect(self._take)
        self.picker.left.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.picker)

    def begin(self) -> None:
        """Ask who it is."""
        self.picker.begin()

    def _take(self, one: KnownCustomer) -> None:
        self._counter.set_customer(one.id, one.name or one.email or one.phone)
        self.done.emit()
