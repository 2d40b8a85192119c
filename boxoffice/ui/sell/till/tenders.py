"""How the customer pays: the buttons with their keys, and one form at a time in their place."""

from __future__ import annotations

from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from boxoffice.domain.sale import Payment, Tender
from boxoffice.language import tr, trn
from boxoffice.ui.payments.gateway_form import GatewayForm
from boxoffice.ui.payments.split_form import SplitForm
from boxoffice.ui.sell.till.customer_form import CustomerForm
from boxoffice.ui.sell.till.more_page import MorePage
from boxoffice.ui.sell.till.tender_forms import CashForm, ReferenceForm
from boxoffice.ui.sell.till.term_forms import CodeForm, LaterForm, NoteForm, ReduceForm
from boxoffice.ui.widgets.buttons import Kind, PayButton
from boxoffice.ui.widgets.keys import key_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.money import Money
    from boxoffice.domain.sale import Totals
    from boxoffice.ui.context import Context
    from boxoffice.ui.sell.counter import Counter


_DOUBLE_TAP_S = 0.3
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Form(StrEnum):
    """What the payment area shows."""

    BUTTONS = "buttons"
    CASH = "cash"
    CARD = "card"
    OTHER = "other"
    MORE = "more"
    GIFT = "gift"
    SPLIT = "split"
    LATER = "later"
    CODE = "code"
    REDUCE = "reduce"
    NOTE = "note"
    CUSTOMER = "customer"


_PAYING = (Form.CASH, Form.CARD, Form.OTHER, Form.GIFT, Form.SPLIT)
"""Forms behind which a customer is paying: the tickets are held meanwhile."""


class Tenders(QStackedWidget):
    """Tells `paid` with a Payment. Shows one form at a time; Esc goes back to the buttons."""

    paid = Signal(object)
    """All payments of the sale, as a tuple."""
    cleared = Signal()
    paying = Signal(bool)
    """Whether a form is open behind which a customer is paying."""
    left = Signal()
    """A form was left: the keyboard belongs to the events again."""

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        theme, formats = context.theme, context.formats
        self._formats = formats
        self._counter = counter
        self._drawer = context.drawer
        self.clock: Callable[[], float] = monotonic
        """Seconds, from any beginning: what tells a double tap from two presses."""
        self._opened_at_s = 0.0
        self.is_barred = False
        """Whether the basket cannot be sold as it is: no form opens then."""
        self._total: Money | None = None
        self._exact = PayButton(theme, "pay_cash_exact", Kind.PRIMARY)
        self._change = PayButton(theme, "pay_cash_change")
        self._card = PayButton(theme, "pay_card")
        self._other = PayButton(theme, "pay_other")
        self._more = PayButton(theme, "pay_more")
        self._clear = PayButton(theme, "clear_basket")
        self._buttons = QWidget()
        self.cash = CashForm(theme, formats)
        self.card = (
            GatewayForm(context, counter.card)
            if counter.card.has_gateway
            else ReferenceForm(theme, "card", Tender.CARD)
        )
        self.other = ReferenceForm(theme, "other", Tender.OTHER)
        self.split = SplitForm(context, counter.parts, counter.pin_for)
        self.more = MorePage(
            theme,
            (
                (Form.GIFT, tr("Gift card")),
                (Form.SPLIT, tr("Several payments")),
                (Form.LATER, tr("Pay later")),
                (Form.CODE, tr("Discount code")),
                (Form.REDUCE, tr("Reduced price")),
                (Form.NOTE, tr("Note")),
                (Form.CUSTOMER, tr("Customer")),
            ),
        )
        self.later = LaterForm(theme, formats, counter, context.clock)
        self.code = CodeForm(theme, counter, context.wording)
        self.reduce = ReduceForm(theme, counter)
        self.note = NoteForm(theme, counter)
        self.customer = CustomerForm(context, counter)
        self._after_customer = Form.BUTTONS
        self._pages: dict[Form, QWidget] = {
            Form.BUTTONS: self._buttons,
            Form.CASH: self.cash,
            Form.CARD: self.card,
            Form.OTHER: self.other,
            Form.MORE: self.more,
            Form.SPLIT: self.split,
            Form.LATER: self.later,
            Form.CODE: self.code,
            Form.REDUCE: self.reduce,
            Form.NOTE: self.note,
            Form.CUSTOMER: self.customer,
        }
        self._lay_out()
        for page in self._pages.values():
            self.addWidget(page)
        self._connect()

    @property
    def form(self) -> Form:
        """What is shown."""
        return next(form for form, page in self._pages.items() if page is self.currentWidget())

    @property
    def _is_bound(self) -> bool:
        return self._counter.card.is_bound or self._counter.parts.is_bound

    @property
    def _total_words(self) -> str:
        return "…" if self._total is None else self._formats.money(self._total)

    def show_state(self, count: int, totals: Totals | None, *, busy: bool, frozen: bool) -> None:
        """Show what can be pressed for so many tickets.

        `totals` is None while the price is not known; `busy` while a payment is being taken.
        """
        total = totals.total if totals is not None else None
        if total != self._total:
            self._total = total
            self.cash.show_total(total)
            self.split.show_total(total)
            for page in (self.card, self.other):
                page.show_total(self._total_words)
        ready = count > 0 and not busy and not frozen
        prints = trn("F9 · prints {n} ticket", "F9 · prints {n} tickets", count) if count else "F9"
        self._exact.set_words(
            tr("Selling…") if busy else tr("Cash, exact"), tr("One moment") if busy else prints
        )
        for button in (self._exact, self._change, self._card, self._other, self._more):
            button.setEnabled(ready)
        self._clear.setEnabled(ready)
        if not count and self.form is not Form.BUTTONS:
            self.back()

    def open(self, form: Form) -> None:
        """Show a form. The keyboard is its own at once, even while the price is still on its way.

        None opens while the basket cannot be sold as it is: no money should change hands for it.
        """
        if not self._exact.isEnabled() or self.is_barred or self._is_bound or self.split.is_engaged:
            return
        if form is Form.CASH and self._is_cash_refused():
            return
        self._opened_at_s = self.clock()
        self._show(Form.SPLIT if form is Form.GIFT else form)
        self.paying.emit(form in _PAYING)
        if form is Form.CASH:
            self.cash.begin(self._total)
        elif form in (Form.SPLIT, Form.GIFT):
            self.split.begin(self._total, Tender.GIFT_CARD if form is Form.GIFT else Tender.CASH)
        else:
            page = self._pages[form]
            if isinstance(page, ReferenceForm | GatewayForm):
                page.begin(self._total_words)
            elif isinstance(page, MorePage | CodeForm | ReduceForm | NoteForm | LaterForm | CustomerForm):
                page.begin()

    def press(self, form: Form) -> None:
        """Do what the key of this form does: open it, or confirm it when it is open.

        A double tap opens and confirms nothing, unless something was typed between the two.
        """
        page = self._pages[form]
        if self.form is form and isinstance(page, GatewayForm):
            if self.clock() - self._opened_at_s >= _DOUBLE_TAP_S:
                page.confirm()
        elif self.form is form and isinstance(page, CashForm | ReferenceForm):
            if page.is_filled or self.clock() - self._opened_at_s >= _DOUBLE_TAP_S:
                page.confirm()
        else:
            self.open(form)

    def press_exact(self) -> None:
        """Take the exact amount in cash, unless another way to pay is being filled in."""
        if self._exact.isEnabled() and self.form is Form.BUTTONS and not self._is_cash_refused():
            self.paid.emit((Payment(Tender.CASH),))

    def _look_at_drawer(self) -> None:
        offer = self._counter.basket.offer
        if offer is not None and self._drawer.refuses(offer.currency) is None:
            self._counter.forget_drawer()

    def _is_cash_refused(self) -> bool:
        """Say at once when no cash can be taken, so that none changes hands for nothing."""
        basket, terms = self._counter.basket, self._counter.terms
        if self._total is not None:
            is_free = not self._total
        else:
            is_free = bool(terms.reduction or terms.discount) or not any(
                line.unit_price for line in basket.lines()
            )
        refusal = None if basket.offer is None or is_free else self._drawer.refuses(basket.offer.currency)
        if refusal is not None:
            self._counter.refuse(refusal)
        return refusal is not None

    def back(self) -> bool:
        """Show the buttons again; False when they are shown already."""
        if self.form is Form.BUTTONS:
            return False
        if self._is_bound or (self.form is Form.SPLIT and not self.split.may_leave()):
            return True
        self._after_customer = Form.BUTTONS
        self._show(Form.BUTTONS)
        self.paying.emit(False)
        self.left.emit()
        return True

    def _show(self, form: Form) -> None:
        self.setCurrentWidget(self._pages[form])
        self.updateGeometry()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # An arrow that a form leaves over would take the keyboard to the events.
        if self.form is Form.BUTTONS or event.key() not in _ARROWS:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A form has become higher or lower: its column does not ask by itself.
            self.updateGeometry()
        return super().event(event)

    @override
    def sizeHint(self) -> QSize:
        return self._with_its_lines(self._pages[self.form].sizeHint())

    @override
    def minimumSizeHint(self) -> QSize:
        return self._with_its_lines(self._pages[self.form].minimumSizeHint())

    @override
    def hasHeightForWidth(self) -> bool:
        # A stack would ask for the height of its highest form; the hints know the one that is shown.
        return False

    def _with_its_lines(self, size: QSize) -> QSize:
        """Return the size with room for the lines into which sentences break at this width."""
        layout = self._pages[self.form].layout()
        if layout is None or not layout.hasHeightForWidth():
            return size
        return QSize(size.width(), max(size.height(), layout.totalHeightForWidth(self.width())))

    def _lay_out(self) -> None:
        self._change.set_words(tr("Cash, change…"), key_words("Shift F9"))
        self._card.set_words(tr("Card…"), "F10")
        self._other.set_words(tr("Other…"), "F11")
        self._more.set_words(tr("More…"), "F12")
        self._clear.set_words(tr("Clear"), "Esc")
        grid = QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self._exact, 0, 0, 1, 2)
        grid.addWidget(self._change, 1, 0)
        grid.addWidget(self._card, 1, 1)
        grid.addWidget(self._other, 2, 0)
        grid.addWidget(self._more, 2, 1)
        grid.addWidget(self._clear, 3, 0, 1, 2)

    def _connect(self) -> None:
        self._exact.clicked.connect(self.press_exact)
        self._change.clicked.connect(lambda: self.open(Form.CASH))
        self._card.clicked.connect(lambda: self.open(Form.CARD))
        self._other.clicked.connect(lambda: self.open(Form.OTHER))
        self._more.clicked.connect(lambda: self.open(Form.MORE))
        self._clear.clicked.connect(self.cleared)
        self.more.chosen.connect(lambda name: self.open(Form(name)))
        self.split.paid.connect(self._pay_parts)
        self.split.cash_refused.connect(self._counter.refuse)
        self._drawer.changed.connect(self._look_at_drawer)
        for term in (self.later, self.code, self.reduce, self.note):
            term.done.connect(self.back)
        self.later.customer_wanted.connect(self._choose_payer)
        self.customer.done.connect(self._customer_chosen)
        self.cash.paid.connect(lambda given: self._pay(Payment(Tender.CASH, tendered=given)))
        if isinstance(self.card, ReferenceForm):
            self.card.paid.connect(self._pay)
        else:
            self.card.wanted.connect(self._counter.charge_card)
        self.other.paid.connect(self._pay)
        for form in (
            self.cash,
            self.card,
            self.other,
            self.split,
            self.later,
            self.code,
            self.reduce,
            self.note,
            self.customer,
            self.more,
        ):
            form.left.connect(self.back)

    def _choose_payer(self) -> None:
        self.open(Form.CUSTOMER)
        self._after_customer = Form.LATER

    def _customer_chosen(self) -> None:
        after = self._after_customer
        self.back()
        if after is Form.LATER:
            self.open(after)

    def _pay(self, payment: Payment) -> None:
        self._pay_all((payment,))

    def _pay_parts(self, payments: tuple[Payment, ...]) -> None:
        self.paid.emit(payments)
        self.split.hand_over()
        self.back()

    def _pay_all(self, payments: tuple[Payment, ...]) -> None:
        # First the sale is asked for, then the form is left: what is held goes into the sale.
        self.paid.emit(payments)
        self.back()
