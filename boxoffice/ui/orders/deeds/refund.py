"""Refund: which tickets, what is kept of each, why, and by which tender the money goes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from boxoffice.domain.after_sale import Refund, Returned
from boxoffice.domain.giving_back import money_back, original_tenders
from boxoffice.domain.sale import Tender
from boxoffice.language import tr
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.deeds.result import Outcome, returned_words, show_correction
from boxoffice.ui.orders.deeds.choose import TicketChoice
from boxoffice.ui.orders.words import tender_name
from boxoffice.ui.payments.amount_words import no_amount_words
from boxoffice.ui.payments.amounts import typed_amount
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text, restyled

if TYPE_CHECKING:
    from boxoffice.domain.after_sale import Correction
    from boxoffice.domain.money import Money
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_WAYS = (None, Tender.CASH, Tender.CARD, Tender.GIFT_CARD, Tender.OTHER)
_BY_REFERENCE = (Tender.CARD, Tender.OTHER)
_NAME = "refund"


class RefundForm(DeedForm):
    """Whole or chosen tickets. Says before what goes back and how; after, what went back."""

    lists_tickets = True

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, _NAME, tr("Refund"))
        self._order = order
        self._wish = Refund(order.sale.order_id, "")
        self._tickets = TicketChoice(context, _NAME, order)
        self._tickets.changed.connect(self._show_money)
        self.body.addWidget(self._tickets)
        self._reason = self.bind(Field("refund_reason", tr("Reason"), longest=200))
        self.add_row(tr("Reason"), self._reason)
        fee_words = tr("Fee kept of each ticket, if any")
        self._fee = self.bind(Field("refund_fee", fee_words, hint=tr("none"), longest=20))
        self.add_row(tr("Fee per ticket"), self._fee)
        self._fee_says = Text(context.theme, Style.SMALL, Tone.BAD).wrapping()
        self._fee_says.setObjectName("refund_fee_says")
        self._fee_says.hide()
        self.body.addWidget(self._fee_says)
        self._fee.textChanged.connect(lambda _text: self._show_money())
        self._way = Choice(context.theme)
        self._way.setObjectName("refund_tender")
        self._way.setAccessibleName(tr("How the money goes back"))
        for way in _WAYS:
            self._way.addItem(tr("The way it came") if way is None else tender_name(way))
        self._way.currentIndexChanged.connect(lambda _place: self._show_money())
        self.add_row(tr("Goes back by"), self._way)
        reference = Field("refund_reference", tr("Reference"), hint=tr("Terminal's reference, if any"))
        self._reference = self.bind(reference)
        self._reference_row = self.add_row(tr("Reference"), self._reference)
        self._says = Text(context.theme, Style.BODY, Tone.MUTED).wrapping()
        self._says.setObjectName("refund_says")
        self.body.addWidget(self._says)
        self._outcome = Outcome(context, _NAME)
        self.outcome.addWidget(self._outcome)
        self._show_money()

    def begin(self) -> None:
        """Ask why; all tickets are chosen already."""
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def reason(self) -> str:
        """Return why."""
        return self._reason.text().strip()

    def confirm(self) -> None:
        """Give back what is chosen, once there is a reason and the fee is an amount."""
        chosen = self._tickets.chosen()
        fee = self._typed_fee()
        if not chosen:
            self.advise(tr("Choose the tickets that come back."))
            self._tickets.take_focus()
        elif not any(map(str.isalnum, self.reason)):
            self.advise(tr("Say why: a few words are enough."), self._reason)
        elif fee is None and self._fee.text().strip():
            self.advise(self._fee_words(), self._fee)
        else:
            # The key stays through every retry of this form.
            wish = self._wish = replace(
                self._wish,
                reason=self.reason,
                ticket_ids=chosen,
                retained=fee,
                tender=self._tender,
                reference=self._reference.text().strip() if self._reference_row.isVisibleTo(self) else "",
            )
            desk = self.context.desk
            self.ask(lambda: desk.refund(wish), self._refunded)

    @property
    def _tender(self) -> Tender | None:
        return _WAYS[self._way.currentIndex()]

    def _typed_fee(self) -> Money | None:
        return typed_amount(self._fee.text(), self._order.sale.totals.total.currency)

    def _ways(self, back: Money) -> tuple[Returned, ...]:
        if self._tender is None:
            return original_tenders(self._order, back)
        return (Returned(self._tender, back),) if back else ()

    def _show_money(self) -> None:
        chosen = self._tickets.chosen()
        back = money_back(self._order, chosen, self._typed_fee())
        ways = self._ways(back)
        by_reference = any(part.tender in _BY_REFERENCE for part in ways)
        self._reference_row.setVisible(by_reference)
        amount = self.context.formats.money(back)
        self._says.setText(
            tr("Goes back: {ways}", ways=returned_words(self.context, ways))
            if ways
            else tr("No money goes back.")
        )
        self.take.set_words(tr("Refund {amount}", amount=amount), tr("Enter"))
        said = self._fee_words()
        self._fee_says.setText(said)
        self._fee_says.setVisible(bool(said))
        is_wrong = bool(self._fee.text().strip()) and self._typed_fee() is None
        self._fee_says.set_tone(Tone.BAD if is_wrong else Tone.WARN)
        restyled(self._fee, "state", "bad" if is_wrong else "")

    def _fee_words(self) -> str:
        """Return what is wrong with the fee, or what becomes of one that is more than a ticket's worth."""
        if not self._fee.text().strip():
            return ""
        fee, formats = self._typed_fee(), self.context.formats
        if fee is None:
            return no_amount_words(formats, self._order.sale.totals.total.currency)
        least = min((self._order.worth[one] for one in self._tickets.chosen()), default=fee)
        if fee <= least:
            return ""
        return tr(
            "The fee is more than a ticket of {worth}: all of that is kept, and nothing beyond it.",
            worth=formats.money(least),
        )

    def _refunded(self, done: Correction) -> None:
        show_correction(self.context, self._outcome, done)
        self.show_outcome()
