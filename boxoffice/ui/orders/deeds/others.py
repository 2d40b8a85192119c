"""What is sent and printed again of an order: its tickets by e-mail, its receipts on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from boxoffice.language import tr
from boxoffice.ui.deeds.action_form import ActionForm
from boxoffice.ui.sell.till.mail_box import MailBox
from boxoffice.ui.sell.till.receipt_box import ReceiptBox
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context


class _Titled(ActionForm):
    """A title and a way back above a box that does the work."""

    def __init__(self, context: Context, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._leave = IconButton(context.theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        self._leave.clicked.connect(self.back)
        head = QHBoxLayout()
        head.addWidget(Text(context.theme, Style.CAPTION, Tone.MUTED, title))
        head.addStretch(1)
        head.addWidget(self._leave)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.column.addLayout(head)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the box leaves over would choose another order.
        if event.key() == Qt.Key.Key_Escape:
            self.back()


class MailForm(_Titled):
    """The tickets by e-mail, to the customer's address or another."""

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, "order_detail_mail_form", tr("E-mail"))
        self._box = MailBox(context, "order_detail_mail")
        self._box.show_sale(order.sale)
        self._box.closed.connect(self._settle)
        self.column.addWidget(self._box)

    def begin(self) -> None:
        """Ask where to."""
        self._box.ask()

    def _settle(self) -> None:
        if self._box.done.sentence():
            self._leave.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.back()


class ReceiptsForm(_Titled):
    """All receipts of the order; each is printed again as a copy."""

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, "order_detail_receipts_form", tr("Receipts"))
        self._box = ReceiptBox(context, "order_detail", in_column=True)
        self._box.show_sale(order.sale)
        self.column.addWidget(self._box)
