"""Sending an order's tickets by e-mail: an address, known or typed, and a word that it is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.mail import SendOrder
from boxoffice.domain.ticket import TicketStatus
from boxoffice.language import tr
from boxoffice.ui.start.people import field, mark_wrong
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context


class MailBox(QWidget):
    """A form below a button of the order card. Tells `closed` when nothing is asked for any more."""

    closed = Signal()

    def __init__(self, context: Context, name: str = "order_mail") -> None:
        super().__init__()
        self._context = context
        self._sale: Sale | None = None
        self._wish: SendOrder | None = None
        theme = context.theme
        self._address = field(f"{name}_address", tr("E-mail address"), "name@example.org")
        self._address.setMaxLength(320)
        self._confirm = IconButton(theme, f"{name}_send", "mail", tr("Send the tickets"), Kind.PRIMARY)
        self._leave = IconButton(theme, f"{name}_leave", "", tr("Cancel"), Kind.QUIET)
        self.notice = Notice(theme, f"{name}_notice")
        self.done = Notice(theme, f"{name}_done", Tone.ACCENT)
        self._form = QWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._confirm)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addWidget(self.notice)
        form.addWidget(self._address)
        form.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.done)
        column.addWidget(self._form)
        self._form.hide()
        self._confirm.clicked.connect(self._send)
        self._address.returnPressed.connect(self._send)
        self._leave.clicked.connect(self.back)

    def show_sale(self, sale: Sale) -> None:
        """Work on this order from now on."""
        if self._sale is not None and sale.order_id != self._sale.order_id:
            self.back()
            self.done.say("")
        self._sale = sale

    @property
    def has_tickets(self) -> bool:
        """Whether there is anything to send."""
        tickets = self._sale.tickets if self._sale else ()
        return any(ticket.status is TicketStatus.VALID for ticket in tickets)

    def ask(self) -> None:
        """Ask where to; the customer's own address stands there as soon as it is known."""
        if self._sale is None:
            return
        order_id = self._sale.order_id
        self.done.say("")
        self.notice.say("")
        self._wish = None
        self._address.clear()
        self._form.show()
        self._address.setFocus(Qt.FocusReason.ShortcutFocusReason)
        desk = self._context.desk
        self._context.tasks.look(
            self, "address", lambda: desk.mail_address_of(order_id), self._propose, self._refused
        )

    def back(self) -> bool:
        """Ask for nothing; False when nothing was asked for."""
        was_open = self._form.isVisibleTo(self)
        self._form.hide()
        self._context.tasks.forget(self, "address")
        if was_open:
            self.closed.emit()
        return was_open

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the address leaves over would choose events and sell.
        if event.key() == Qt.Key.Key_Escape and self.back():
            return
        if not self._form.isVisible():
            super().keyPressEvent(event)

    def _propose(self, address: str) -> None:
        if not self._address.text():
            self._address.setText(address)
            self._address.selectAll()

    def _send(self) -> None:
        address = self._address.text().strip()
        if (
            self._sale is None
            or not self._confirm.isEnabled()
            or mark_wrong([] if address else [self._address])
        ):
            return
        # The same wish again after a lost answer, so that it is queued once.
        if self._wish is None or self._wish.recipient != address:
            self._wish = SendOrder(self._sale.order_id, address)
        wish, desk = self._wish, self._context.desk
        self._confirm.setEnabled(False)
        self.notice.say("")
        self._context.tasks.change(self, lambda: desk.send_order(wish), self._queued, self._refused)

    def _queued(self, done: Done[str]) -> None:
        self._confirm.setEnabled(True)
        self._wish = None
        self._context.freshness.touched(done.touched)
        self._context.mailing.wake()
        words = (
            tr("On its way to {address}.", address=done.value)
            if self._context.mailing.is_set_up
            else tr(
                "Queued for {address}. This computer sends no e-mail; one that does will send it.",
                address=done.value,
            )
        )
        self.done.say(words)
        self.back()

    def _refused(self, error: Exception) -> None:
        self._confirm.setEnabled(True)
        self.notice.say(self._context.wording.sentence(error))
