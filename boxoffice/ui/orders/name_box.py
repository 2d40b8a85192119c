"""In whose name an order is, and moving it into somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.customers.picker import CustomerPicker
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText
from boxoffice.ui.widgets.states import Notice
from boxoffice.usecases.orders.order_desk import MoveName

if TYPE_CHECKING:
    from boxoffice.domain.customer import KnownCustomer
    from boxoffice.domain.notice import Done
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context


class NameBox(QWidget):
    """Tells `changed` when the order is in another name."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._order: OrderDetail | None = None
        self._wish: MoveName | None = None
        theme = context.theme
        self._name = ClampedText(theme, Style.BODY, 2)
        self._name.setObjectName("order_detail_customer")
        self._contact = ClampedText(theme, Style.SMALL, 2, Tone.MUTED)
        self._contact.setObjectName("order_detail_contact")
        self._move = IconButton(theme, "order_move_name", "user-plus", tr("&Move the name…"), Kind.PLAIN)
        self._nobody = IconButton(theme, "order_no_name", "x", tr("No name"), Kind.QUIET)
        self.picker = CustomerPicker(context, "order_customer")
        self._notice = Notice(theme, "order_name_notice")
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self._move)
        buttons.addWidget(self._nobody)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._name, self._contact, self.picker, self._notice):
            column.addWidget(part)
        column.addLayout(buttons)
        self._move.clicked.connect(self._begin)
        self._nobody.clicked.connect(lambda: self._send(None))
        self.picker.picked.connect(self._picked)
        self.picker.left.connect(self.put_away)
        self.put_away()

    def show_order(self, order: OrderDetail) -> None:
        """Show whose this order is; a picker that is open stays with the same order."""
        is_other = self._order is None or self._order.sale.order_id != order.sale.order_id
        self._order = order
        if is_other:
            self._wish = None
            self._notice.say("")
            self.put_away()
        customer = order.customer
        if customer is None:
            self._name.set_text(tr("Walk-in, no name"))
            self._name.set_tone(Tone.MUTED)
            self._contact.hide()
        else:
            self._name.set_text((customer.name or tr("Person {n}", n=customer.id))[:300])
            self._name.set_tone(Tone.TEXT)
            contact = " · ".join(part for part in (customer.email, customer.phone) if part)
            self._contact.set_text(contact[:300])
            self._contact.setVisible(bool(contact))
        self._move.setText(tr("&Move the name…") if customer else tr("&Give a name…"))
        self._move.setAccessibleName(self._move.text())
        self._move.updateGeometry()
        self._nobody.setVisible(customer is not None and self._move.isVisibleTo(self))

    def put_away(self) -> bool:
        """Ask for nobody; False when nobody was asked for."""
        was_open = self.picker.isVisibleTo(self)
        self.picker.hide()
        self._move.show()
        self._nobody.setVisible(self._order is not None and self._order.customer is not None)
        return was_open

    def _begin(self) -> None:
        self._notice.say("")
        self._move.hide()
        self._nobody.hide()
        self.picker.show()
        self.picker.begin()

    def _picked(self, one: KnownCustomer) -> None:
        self._send(one.id)

    def _send(self, customer_id: int | None) -> None:
        if self._order is None:
            return
        order_id = self._order.sale.order_id
        # The same wish again after a lost answer is the same deed.
        if self._wish is None or (self._wish.order_id, self._wish.customer_id) != (order_id, customer_id):
            self._wish = MoveName(order_id, customer_id)
        wish, move = self._wish, self._context.desk.orders.move_name
        self.setEnabled(False)
        self._context.tasks.change(self, lambda: move(wish), self._moved, self._refused)

    def _moved(self, done: Done[None]) -> None:
        self.setEnabled(True)
        self._wish = None
        self.put_away()
        self._context.freshness.touched(done.touched)
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self.setEnabled(True)
        self._notice.say(self._context.wording.sentence(error))
