"""Paying an order that was to be paid later: whole or in part, exact cash by one key, or several ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.after_sale import PayOrder
from boxoffice.domain.card_payment import PinCard
from boxoffice.domain.money import Money, plain_amount
from boxoffice.domain.sale import OrderStatus, Payment, Tender
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.deeds.result import Outcome
from boxoffice.ui.payments.amount_words import no_amount_words
from boxoffice.ui.payments.amounts import change_of, typed_amount
from boxoffice.ui.payments.card_charge import CardCharge
from boxoffice.ui.payments.split_form import SplitForm
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context

_NAME = "pay_order"


class PayForm(DeedForm):
    """Asks how much, then takes exact cash or several payments; prints the tickets when all is paid."""

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, _NAME, tr("Pay the order"))
        self._order = order
        self._wish = PayOrder(order.sale.order_id, ())
        self._due = order.sale.open_amount
        self._first = QWidget()
        first = QVBoxLayout(self._first)
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(8)
        says = tr("{amount} left to pay", amount=context.formats.money(self._due))
        open_amount = Text(context.theme, Style.PRICE, Tone.TEXT, says)
        open_amount.setObjectName("pay_order_due")
        first.addWidget(open_amount)
        self._amount = self.bind(Field("pay_order_amount", tr("Paid now"), longest=20))
        self._amount.setText(plain_amount(self._due))
        self._amount.textChanged.connect(lambda _text: self._show_amount())
        first.addWidget(self._amount)
        self._several = IconButton(
            context.theme, "pay_order_several", "credit-card", tr("C&ard, gift card, several…")
        )
        self._several.clicked.connect(self._ask_how)
        first.addWidget(self._several)
        self.body.addWidget(self._first)
        self._split = SplitForm(
            context,
            CardCharge(context.desk, context.tasks, context.cards_in_hand, self),
            self._pin_for,
            "pay_order_split",
        )
        self._split.paid.connect(self._pay)
        self._split.left.connect(self.back)
        self._split.cash_refused.connect(self.refuse)
        self._split.hide()
        self.body.addWidget(self._split)
        self._outcome = Outcome(context, _NAME)
        self.outcome.addWidget(self._outcome)
        self._show_amount()

    def begin(self) -> None:
        """Ask how much; all that is open stands there."""
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self._amount.selectAll()

    @property
    def holds_money(self) -> bool:
        """Whether a card is being charged, or was."""
        return self._split.is_engaged

    def step_back(self) -> bool:
        """From the payments to the amount."""
        if not self._split.isVisibleTo(self):
            return False
        if not self._split.may_leave():
            return True
        self._split.hide()
        self._first.show()
        self.take.show()
        self.show_head(shown=True)
        self.begin()
        return True

    def confirm(self) -> None:
        """Take the amount in exact cash."""
        amount = self._typed()
        if amount is not None and not self._split.isVisibleTo(self):
            self._pay((Payment(Tender.CASH, amount=amount),))

    def _typed(self) -> Money | None:
        """Return how much is paid now; says what is wrong with it when it is no such amount."""
        amount = typed_amount(self._amount.text(), self._due.currency)
        if amount is None or not amount:
            self.advise(no_amount_words(self.context.formats, self._due.currency), self._amount)
            return None
        if amount > self._due:
            self.advise(tr("That is more than is left to pay"), self._amount)
            return None
        return amount

    def _show_amount(self) -> None:
        amount = typed_amount(self._amount.text(), self._due.currency)
        words = "…" if amount is None else self.context.formats.money(amount)
        self.take.set_words(tr("{amount} in cash, exact", amount=words), tr("Enter"))

    def _ask_how(self) -> None:
        amount = self._typed()
        if amount is None:
            return
        self._first.hide()
        self.take.hide()
        self.show_head(shown=False)
        self._split.show()
        self._split.begin(amount, Tender.CARD)

    def _pay(self, payments: tuple[Payment, ...]) -> None:
        if self.is_asking or not self.may_take(payments, self._due.currency):
            return
        wish = self._wish = replace(self._wish, payments=payments)
        desk = self.context.desk
        self.ask(lambda: desk.pay_order(wish), self._paid)

    def _pin_for(self, amount: Money) -> PinCard:
        return PinCard(amount, self._wish.key, order_id=self._wish.order_id)

    def _paid(self, sale: Sale) -> None:
        self._split.hand_over()
        money, formats = self.context.formats.money, self.context.formats
        is_paid = sale.status is OrderStatus.PAID
        if is_paid and not sale.replayed:
            self.context.paper.send(sale.tickets)
        change = change_of(self._wish.payments, self._due.currency)
        count = len(sale.tickets)
        printing = trn("Prints {n} ticket.", "Prints {n} tickets.", count, n=formats.number(count))
        self._outcome.say(
            tr("Change due") if change else tr("Paid.") if is_paid else tr("Paid in part. Still open:"),
            money(change) if change else "" if is_paid else money(sale.open_amount),
            (
                tr("Still open: {amount}", amount=money(sale.open_amount)) if change and not is_paid else "",
                printing if is_paid else "",
            ),
        )
        self._outcome.offer_receipt(sale.order_id, self.context.desk.identity.till, sale.receipt_number)
        self.show_outcome()
