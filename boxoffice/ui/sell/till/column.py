"""The right column: one of basket, finished sale, order looked up, or last sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import NotAllowed
from boxoffice.domain.person import Role
from boxoffice.language import tr
from boxoffice.ui.sell.counter import Counter, Phase
from boxoffice.ui.sell.till.basket_page import BasketPage
from boxoffice.ui.sell.till.correct import CorrectForm
from boxoffice.ui.sell.till.done import DonePage
from boxoffice.ui.sell.till.gift_card_form import GiftCardForm
from boxoffice.ui.sell.till.last_sales import LastSales
from boxoffice.ui.sell.till.order_card import OrderCard
from boxoffice.ui.waitlist.join_form import NOTHING, Asked, JoinForm
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context
    from boxoffice.ui.deeds.form import DeedForm
    from boxoffice.ui.waitlist.join_form import JoinAt

_REHEARSAL_MS = 60


class TillColumn(QWidget):
    """Shows the sale in hand unless the clerk is looking something up."""

    looked_up = Signal()
    """Something was opened or left here: the keyboard belongs to the events again."""

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        self._context = context
        self._counter = counter
        self._last_sale: Sale | None = None
        self.basket = BasketPage(context, counter)
        self.done = DonePage(context)
        self.order = OrderCard(context)
        self.last = LastSales(context)
        self._deed: DeedForm | None = None
        """What is done beside the sale in hand: a correction, a gift card, somebody put on the waitlist."""
        self._stack = QStackedLayout(self)
        for page in (self.basket, self.done, self.order, self.last):
            self._stack.addWidget(page)
        self._may_sell = context.desk.identity.may_sell
        if not self._may_sell:
            self._say_no_right()
        self.basket.last_sales_wanted.connect(self.show_last_sales)
        self.basket.gift_card_wanted.connect(self.sell_gift_card)
        self.done.correction_wanted.connect(self.correct_last_sale)
        self.done.next_wanted.connect(counter.next_customer)
        self.last.opened.connect(self._show_order)
        self.last.closed.connect(self.leave_lookup)
        self.order.closed.connect(self.leave_lookup)
        for page in (self.order, self.done):
            page.reprint.opened.connect(self._reprint_opened)
        self.order.reissued.connect(self.look_up)
        # The card takes the place of the sale just made, and goes on telling of its print.
        self.done.reprint.reissued.connect(lambda _order: self.order.reprint.say_of(self.done.reprint.said))
        self.done.reissued.connect(self.look_up)
        counter.sold.connect(self._sold)
        counter.changed.connect(self._follow)
        self._phase = counter.phase

    @property
    def is_looking_up(self) -> bool:
        """Whether an order or the last sales cover the sale in hand."""
        return self._stack.currentWidget() in (self.order, self.last, self._deed)

    def rehearse(self) -> None:
        """Draw the pages that nobody has seen yet into the void: the first sale is as quick as all others.

        Fonts, icons and styles are fetched when they are first drawn. One page at a time, so that keys which
        come meanwhile wait for no more than one. What the desk has to fetch, it fetches beside that.
        """
        tasks, desk = self._context.tasks, self._context.desk
        tasks.look(self, "get ready", desk.get_ready, lambda _none: None, lambda _error: None)
        for turn, page in enumerate((self.done, self.order, self.last), start=1):
            QTimer.singleShot(turn * _REHEARSAL_MS, page, page.grab)

    def look_up(self, text: str) -> None:
        """Show the order that bears this number or this ticket code."""
        if not self._may_sell:
            return
        self._turn_to(self.order)
        self.order.show_busy()
        desk = self._context.desk
        self._context.tasks.look(
            self,
            "order",
            lambda: desk.find_order(text),
            lambda sale: self.order.show_sale(sale, text),
            self._not_found,
        )

    def show_last_sales(self) -> None:
        """Show what this till sold last."""
        if not self._may_sell:
            return
        self._turn_to(self.last)
        self.last.reload()
        self.last.enter()

    def correct_last_sale(self) -> None:
        """Ask whether the last sale is to be undone, so that it can be sold right."""
        counter = self._counter
        if counter.is_frozen or counter.is_paying or counter.basket.count:
            # What is in the basket now is another customer's.
            return
        self._begin(CorrectForm(self._context, counter))

    def sell_gift_card(self) -> None:
        """Sell a gift card beside the sale in hand, in the currency of the event that is shown."""
        if self._counter.offer is not None and not self._counter.is_paying:
            self._begin(GiftCardForm(self._context, self._counter.offer.currency))

    def join_waitlist(self, at: JoinAt, tier_id: int | None, asked: Asked = NOTHING) -> None:
        """Ask who wants to wait; `asked`: what they have said already."""
        form = self._deed
        if isinstance(form, JoinForm) and not form.is_done and self._stack.currentWidget() is form:
            return
        form = JoinForm(self._context, at, tier_id, tr("Put on the waitlist"), asked)
        form.joined.connect(lambda _joined: self._counter.forget_missed())
        # What one customer asked for is not what the next one wants.
        form.closed.connect(lambda _changed: self._counter.forget_missed())
        column = form.layout()
        if isinstance(column, QVBoxLayout):
            column.setContentsMargins(20, 12, 20, 20)
            column.addStretch(1)
        self._begin(form)

    def _begin(self, form: DeedForm) -> None:
        if not self._may_sell or (self._deed is not None and self._deed.is_waiting):
            form.deleteLater()
            return
        before, self._deed = self._deed, form
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()
        self._stack.addWidget(form)
        form.closed.connect(lambda _changed: self.leave_lookup())
        self._turn_to(form)
        form.begin()

    def escape_deed(self) -> bool:
        """Go back one step in what is done beside the sale; False when nothing is."""
        if self._deed is None or self._stack.currentWidget() is not self._deed:
            return False
        self._deed.back()
        return True

    def leave_lookup(self) -> None:
        """Go back to the sale in hand, unless it is not known yet what became of a deed."""
        if self._deed is not None and self._deed.is_waiting and self._stack.currentWidget() is self._deed:
            return
        self._context.tasks.forget(self, "order")
        self._show_sale_in_hand()
        self.looked_up.emit()

    def print_again(self) -> None:
        """Print the order shown, or the last sale, again."""
        page = self._stack.currentWidget()
        if page is self.order:
            self.order.reprint.press()
        elif page is self.done:
            self.done.reprint.press()
        elif self._last_sale is not None:
            self.look_up(self._last_sale.order_number)

    def _say_no_right(self) -> None:
        note = StateNote(self._context.theme, "no_right_to_sell")
        words = self._context.wording.sentence(NotAllowed((Role.CLERK, Role.MANAGER)))
        note.show_note("shield-alert", tr("Looking only"), words)
        self._stack.addWidget(note)
        self._stack.setCurrentWidget(note)

    def _show_order(self, sale: Sale) -> None:
        self.order.show_sale(sale)
        self._turn_to(self.order)
        self.looked_up.emit()

    def _not_found(self, error: Exception) -> None:
        self.order.show_failure(self._context.wording.sentence(error))

    def _sold(self, sale: Sale) -> None:
        self._last_sale = sale
        held = self._counter.held
        self.done.show_sale(sale, held.name if held is not None else "")
        self.basket.strip.watch(None)
        self._context.paper.send(sale.tickets)

    def _follow(self) -> None:
        phase = self._counter.phase
        if phase is self._phase:
            return
        left_done = self._phase is Phase.DONE
        self._phase = phase
        if left_done:
            self.basket.strip.watch(self._last_sale)
        self._show_sale_in_hand()

    def _show_sale_in_hand(self) -> None:
        done = self._counter.phase is Phase.DONE
        self._turn_to(self.done if done else self.basket)

    def _turn_to(self, page: QWidget) -> None:
        if not self._may_sell:
            return
        # A form left open on a hidden page would take the keyboard when the page comes back.
        for other in (self.order, self.done):
            if other is not page:
                other.reprint.back()
        self._stack.setCurrentWidget(page)

    def _reprint_opened(self, opened: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        if not opened:
            self.looked_up.emit()
