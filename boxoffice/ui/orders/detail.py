"""The right side of the Orders screen: one order whole, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.notice import Topic
from boxoffice.language import tr
from boxoffice.ui.orders.actions import ActionsBar
from boxoffice.ui.orders.deeds.offered import order_actions
from boxoffice.ui.orders.name_box import NameBox
from boxoffice.ui.orders.notes_box import NotesBox
from boxoffice.ui.orders.parts import Facts, Money, Tickets
from boxoffice.ui.orders.words import state_words
from boxoffice.ui.sell.till.order_card import is_replaced
from boxoffice.ui.sell.till.reprint import ReprintBox
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Tag, Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

DETAIL_PX = 372
_SIDE_PX = 20


class OrderDetailPane(QFrame):
    """Shows one order. Tells `changed` when a deed here changed it."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._order_id: int | None = None
        self._order: OrderDetail | None = None
        self._searched = ""
        theme = context.theme
        self.setProperty("role", "basket")
        self.setFixedWidth(DETAIL_PX)
        self._number = Text(theme, Style.PRICE)
        self._number.setObjectName("order_detail_number")
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tag = Tag(theme)
        self._tag.setObjectName("order_detail_state")
        self._replaced = Notice(theme, "order_detail_replaced", Tone.WARN)
        self._waits = Notice(theme, "order_detail_waits", Tone.ACCENT)
        self.name = NameBox(context)
        self._facts = Facts(context)
        self._tickets = Tickets(context)
        self._money = Money(context)
        self.notes = NotesBox(context)
        self.reprint = ReprintBox(context, "order_detail", is_main=True)
        self.deeds = ActionsBar(context, order_actions(context))
        self._note = StateNote(theme, "order_detail_note")
        self._lay_out()
        self._connect()
        self.show_nothing()

    @property
    def order(self) -> OrderDetail | None:
        """What is shown."""
        return self._order

    def show_nothing(self) -> None:
        """Say that no order is chosen."""
        self._order_id = self._order = None
        self._context.tasks.forget(self, "order")
        self._note.show_note(
            "receipt-text", tr("No order is chosen"), tr("Choose one with the arrows, or scan a ticket.")
        )
        self._stack.setCurrentWidget(self._note)

    def open(self, order_id: int, searched: str = "") -> None:
        """Show this order; `searched` is what led to it."""
        self._searched = searched
        if order_id != self._order_id:
            self._order_id = order_id
            if self._order is None:
                self._note.show_busy(tr("Looking for the order…"))
                self._stack.setCurrentWidget(self._note)
        self._look()

    def print_again(self) -> None:
        """Print what nobody holds, or ask for a reason to print all again."""
        if self.deeds.form is None and self._order is not None and self._stack.currentWidget() is self._page:
            self.reprint.press()

    def escape(self) -> bool:
        """Put away whatever asks for something; False when nothing does."""
        return self.reprint.back() or self.name.put_away() or self.notes.put_away()

    def _look(self, _why: object = None) -> None:
        order_id, open_ = self._order_id, self._context.desk.orders.open
        if order_id is not None:
            self._context.tasks.look(self, "order", lambda: open_(order_id), self._show, self._failed)

    def _show(self, order: OrderDetail) -> None:
        is_other = self._order is None or self._order.sale.order_id != order.sale.order_id
        if order == self._order and self._stack.currentWidget() is self._page:
            self._say_replaced()
            return
        self._order = order
        formats = self._context.formats
        zone = order.sale.tickets[0].face.time_zone if order.sale.tickets else "UTC"
        self._number.setText(formats.order_number(order.sale.order_number))
        self._tag.show_state(*state_words(order.state, order.due_at, formats, zone))
        self._say_replaced()
        cancelled = tr("The event is cancelled: cash waits at the counter. Refunding the order pays it out.")
        self._waits.say(cancelled if order.waits_at_counter else "")
        for part in (self.name, self._facts, self._tickets, self._money, self.notes, self.deeds):
            part.show_order(order)
        self.reprint.show_sale(order.sale)
        self._show_reprint()
        if is_other:
            self._area.verticalScrollBar().setValue(0)
        self._stack.setCurrentWidget(self._page)

    def _show_reprint(self) -> None:
        # One thing is asked for at a time, and a form needs the room.
        has_tickets = self._order is not None and bool(self._order.sale.tickets)
        form = self.deeds.form
        self.reprint.setVisible(has_tickets and form is None)
        self._tickets_part.setVisible(form is None or not form.lists_tickets)

    def _say_replaced(self) -> None:
        is_old = self._order is not None and is_replaced(self._order.sale, self._searched)
        words = tr("The ticket scanned was replaced by a reprint and opens no door.")
        self._replaced.say(words if is_old else "")

    def _failed(self, error: Exception) -> None:
        if self._order is not None and self._order.sale.order_id == self._order_id:
            self._context.unavailable(error, self._look)
            return
        self._order = None
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The order cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _show_paper(self) -> None:
        if self._order is not None:
            self._tickets.show_order(self._order)

    def _deed_done(self) -> None:
        self._look()
        self.changed.emit()

    def _connect(self) -> None:
        context = self._context
        self._note.acted.connect(self._look)
        self.reprint.reissued.connect(lambda _order_id: self._deed_done())
        for part in (self.name, self.notes, self.deeds):
            part.changed.connect(self._deed_done)
        self.deeds.opened.connect(lambda _opened: self._show_reprint())
        context.paper.changed.connect(self._show_paper)
        context.freshness.watch(self, (Topic.ORDERS,), self._look)

    def _part(self, words: str, inside: QWidget) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(panel("rule"))
        column.addSpacing(4)
        column.addWidget(Text(self._context.theme, Style.SMALL, Tone.MUTED, words))
        column.addWidget(inside)
        return part

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._number)
        head.addStretch(1)
        head.addWidget(self._tag)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(_SIDE_PX, 16, _SIDE_PX, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._replaced)
        column.addWidget(self._waits)
        column.addWidget(self.name)
        column.addWidget(self._facts)
        self._tickets_part = self._part(tr("Tickets"), self._tickets)
        column.addWidget(self._tickets_part)
        column.addWidget(self._part(tr("Money"), self._money))
        column.addWidget(self._part(tr("Notes"), self.notes))
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        foot = QWidget()
        below = QVBoxLayout(foot)
        below.setContentsMargins(_SIDE_PX, 12, _SIDE_PX, 16)
        below.setSpacing(8)
        below.addWidget(self.reprint)
        below.addWidget(self.deeds)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._area, 1)
        page.addWidget(panel("rule"))
        page.addWidget(foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._note)
