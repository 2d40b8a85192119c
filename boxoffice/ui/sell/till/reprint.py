"""Printing tickets again: at once when nobody holds them, else with a reason and new codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, override
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.errors import NeedsOverride
from boxoffice.domain.ticket import TicketStatus
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.leave import ManagerLeave
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.keys import key_words
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.scan import is_scan
from boxoffice.ui.widgets.states import Notice
from boxoffice.usecases.desk import AllowOnce, Reprint

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.sale import Sale
    from boxoffice.domain.ticket import IssuedTicket
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.open_office import Credentials


class _Reason(QLineEdit):
    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
        else:
            super().keyPressEvent(event)


class ReprintBox(QWidget):
    """A button that prints one order's tickets again. Tells `reissued` when tickets got new codes."""

    reissued = Signal(int)
    """The order id."""
    opened = Signal(bool)
    """Whether a reason is being asked for."""

    def __init__(self, context: Context, name: str, *, is_main: bool = False) -> None:
        super().__init__()
        self._context = context
        self._is_main = is_main
        self._key = uuid4()
        self._sale: Sale | None = None
        theme = context.theme
        self._button = PayButton(theme, f"{name}_print_again")
        self._form = QWidget()
        self._reason = _Reason()
        self._reason.setObjectName(f"{name}_reason")
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.setPlaceholderText(tr("Reason, e.g. jammed, lost, misprinted"))
        self._reason.setMaxLength(200)
        self._confirm = IconButton(
            theme, f"{name}_reprint", "printer", tr("Print with new codes"), Kind.PRIMARY
        )
        self._leave = IconButton(theme, f"{name}_reprint_leave", "", tr("Cancel"), Kind.QUIET)
        self.notice = Notice(theme, f"{name}_reprint_notice")
        self._manager = ManagerLeave(theme, name)
        self._needed: NeedsOverride | None = None
        self._wish: Reprint | None = None
        self._said: tuple[IssuedTicket, ...] = ()
        """What was printed anew last, to be said of it how far it came."""
        self._done = Text(theme, Style.SMALL, Tone.GOOD).wrapping()
        self._done.setObjectName(f"{name}_reprinted")
        self._lay_out()
        self._button.clicked.connect(self.press)
        self._reason.left.connect(self.back)
        self._reason.returnPressed.connect(self._reprint)
        self._confirm.clicked.connect(self._reprint)
        self._leave.clicked.connect(self.back)
        self._manager.left.connect(self.back)
        self._manager.given.connect(self._ask_manager)
        context.paper.changed.connect(self._show_state)

    def show_sale(self, sale: Sale | None) -> None:
        """Work on this order from now on."""
        self._sale = sale
        if sale is not None:
            ids = {ticket.id for ticket in sale.tickets}
            self._said = tuple(ticket for ticket in self._said if ticket.id in ids)
        self.notice.say("")
        self.back()
        self._show_state()

    @property
    def said(self) -> tuple[IssuedTicket, ...]:
        """The tickets that were printed anew here last."""
        return self._said

    def say_of(self, tickets: tuple[IssuedTicket, ...]) -> None:
        """Say how far these tickets came, which were printed anew elsewhere, once their order is shown."""
        self._said = tickets

    def press(self) -> None:
        """Print what nobody holds; ask for a reason when all of it is out."""
        if self._sale is None or not self._button.isEnabled():
            return
        unprinted = self._unprinted()
        if unprinted:
            self._context.paper.send(unprinted)
            return
        self._said = ()
        self._done.hide()
        self._form.show()
        self._button.hide()
        self.opened.emit(True)
        self._key = uuid4()
        self._reason.clear()
        self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def back(self) -> bool:
        """Ask for nothing; False when nothing was asked for."""
        was_open = self._form.isVisibleTo(self) or self._manager.isVisibleTo(self)
        self._form.hide()
        self._manager.hide()
        self._button.show()
        self._reason.clear()
        if was_open:
            self.opened.emit(False)
        return was_open

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # An arrow that the reason leaves over would take the keyboard to the events.
        if not self._form.isVisible() or event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)

    def _valid(self) -> tuple[IssuedTicket, ...]:
        tickets = self._sale.tickets if self._sale else ()
        return tuple(ticket for ticket in tickets if ticket.status is TicketStatus.VALID)

    def _unprinted(self) -> tuple[IssuedTicket, ...]:
        paper = self._context.paper
        return tuple(ticket for ticket in self._valid() if paper.summary((ticket,)).unprinted)

    def _show_state(self) -> None:
        valid = self._valid()
        summary = self._context.paper.summary(valid)
        unprinted = len(self._unprinted())
        out = self._context.paper.summary(self._said).out
        self._done.setVisible(bool(self._said) and out == len(self._said))
        self._done.setText(trn("{n} new ticket printed.", "{n} new tickets printed.", out))
        self._button.setEnabled(bool(valid) and not summary.working)
        self._button.set_kind(Kind.PRIMARY if self._is_main and unprinted else Kind.PLAIN)
        if unprinted and not summary.working:
            words = trn("Print {n} ticket", "Print {n} tickets", unprinted)
            self._button.set_words(words, key_words("Ctrl P"))
        else:
            self._button.set_words(tr("Print again…"), key_words("Ctrl P"))

    def _reprint(self) -> None:
        if self._sale is None or not self._confirm.isEnabled() or not self._form.isVisible():
            return
        if is_scan(self._reason.text()):
            self._reason.clear()
            self.notice.say(tr("That was a ticket: it does not say why."))
            return
        self._wish = Reprint(
            self._sale.order_id,
            tuple(ticket.id for ticket in self._valid()),
            self._reason.text().strip(),
            self._key,
        )
        self._send(self._wish)

    def _send(self, command: Reprint) -> None:
        self._confirm.setEnabled(False)
        self.notice.say("")
        desk = self._context.desk
        self._context.tasks.change(self, lambda: desk.reprint(command), self._reissued, self._refused)

    def _reissued(self, done: Done[tuple[IssuedTicket, ...]]) -> None:
        self._confirm.setEnabled(True)
        self.back()
        self._said = done.value
        self._context.paper.send(done.value)
        self._context.freshness.touched(done.touched)
        if self._sale is not None:
            self.reissued.emit(self._sale.order_id)

    def _refused(self, error: Exception) -> None:
        self._confirm.setEnabled(True)
        self.notice.say(self._context.wording.sentence(error))
        if isinstance(error, NeedsOverride):
            self._needed = error
            self._form.hide()
            self._manager.begin()

    def _ask_manager(self, manager: Credentials) -> None:
        if self._needed is None:
            return
        wanted = AllowOnce(manager, self._needed, self._wish.reason if self._wish else "")
        desk = self._context.desk
        self._context.tasks.change(self, lambda: desk.allow(wanted), self._allowed, self._not_allowed)

    def _allowed(self, _none: None) -> None:
        # What was allowed is printed, whatever the clerk has turned to meanwhile.
        self._manager.hide()
        if self._wish is not None:
            self._send(self._wish)

    def _not_allowed(self, error: Exception) -> None:
        self.notice.say(self._context.wording.sentence(error))
        self._manager.begin()

    def _lay_out(self) -> None:
        theme = self._context.theme
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        advice = tr("The printed tickets become void: new ones get new codes.")
        form.addWidget(Text(theme, Style.SMALL, Tone.MUTED, advice).wrapping())
        form.addWidget(self._reason)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._confirm)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        form.addLayout(buttons)
        self._form.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.notice)
        column.addWidget(self._form)
        column.addWidget(self._manager)
        column.addWidget(self._done)
        column.addWidget(self._button)
