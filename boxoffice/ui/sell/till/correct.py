"""The clerk's own slip: the till's last sale is undone, and its basket is there again to be sold right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from boxoffice.domain.after_sale import Refund, UndoKind
from boxoffice.domain.errors import NeedsOverride
from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import Tender, Terms
from boxoffice.domain.waitlist import EntryState
from boxoffice.language import tr
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.sell.counter import Undone
from boxoffice.ui.sell.till.order_card import tender_words
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from boxoffice.domain.after_sale import Correction
    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.ui.context import Context
    from boxoffice.ui.sell.counter import Counter
    from boxoffice.usecases.desk import Desk

REASON = "correction"
"""As it is kept with the correction: one word in every language, so that reports can count it."""


class CorrectForm(DeedForm):
    """Says what would be undone; Enter does it and fills the basket again."""

    takes_leave = False

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__(context, "correct", tr("Correct the last sale"))
        self._counter = counter
        self._order: OrderDetail | None = None
        self._wish: Refund | None = None
        theme = context.theme
        self._number = Text(theme, Style.PRICE)
        self._number.setObjectName("correct_order")
        self._event = ClampedText(theme, Style.ROW, 2)
        self._lines = Text(theme, Style.BODY).wrapping()
        self._lines.setObjectName("correct_lines")
        self._says = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._says.setObjectName("correct_says")
        for part in (self._number, self._event, self._lines, self._says):
            self.body.addWidget(part)
        self.take.set_words(tr("Give it back, fill the basket"), tr("Enter"))
        self.take.setEnabled(False)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.setContentsMargins(20, 12, 20, 20)
            column.addStretch(1)
        self._look()

    def begin(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def confirm(self) -> None:
        """Undo the sale."""
        if self._order is None:
            return
        if self._wish is None:
            self._wish = Refund(self._order.sale.order_id, REASON, kind=UndoKind.CORRECTION)
        wish, desk = self._wish, self.context.desk
        self.ask(lambda: desk.refund(wish), self._undone)

    def refusal_words(self, error: Exception) -> str:
        """Return what is said of a refusal: here nobody allows what only the order's own card can ask for."""
        if isinstance(error, NeedsOverride):
            return tr(
                "This sale was made before this drawer was opened. Refund it in the orders (Ctrl+O): "
                "a manager allows it there."
            )
        return super().refusal_words(error)

    def _look(self) -> None:
        desk = self.context.desk

        def last() -> tuple[OrderDetail, EventOffer] | None:
            sales = desk.last_sales(1)
            if not sales:
                return None
            return desk.orders.open(sales[0].order_id), desk.event_offer(sales[0].event_id)

        self._says.setText(tr("Looking for the order…"))
        self.context.tasks.look(self, "last sale", last, self._show, self._not_found)

    def _not_found(self, error: Exception) -> None:
        self._says.setText("")
        self.notice.say(self.context.wording.sentence(error))

    def _show(self, found: tuple[OrderDetail, EventOffer] | None) -> None:
        self._says.setText("")
        order, offer = found or (None, None)
        problem = self._problem(order)
        if order is not None:
            sale, formats = order.sale, self.context.formats
            self._number.setText(tr("Order {number}", number=formats.order_number(sale.order_number)))
            self._event.set_text(sale.event_title[:300])
            self._lines.setText(
                "\n".join(f"{formats.number(line.quantity)} x {line.tier}" for line in sale.totals.lines)
            )
        if problem or order is None:
            self.notice.say(problem)
            return
        self._order = order
        paid = tender_words(order.sale, self.context.formats)
        total = self.context.formats.money(order.sale.totals.total)
        says = tr("Goes back: {total}, {how}. The printed tickets become void.", total=total, how=paid)
        if self._counter.was_by_offer(sale.order_id):
            says += " " + tr("They were held by the waitlist, and are offered to the same customer again.")
        elif offer is not None and _somebody_waits(order, offer):
            says += " " + tr("People wait for them: what comes back is offered to those first.")
        self._says.setText(says)
        self.take.setEnabled(True)

    def _problem(self, order: OrderDetail | None) -> str:
        if order is None:
            return tr("This till has sold nothing yet.")
        if order.sale.till != self.context.desk.identity.till:
            return tr("The last sale was made at another till: correct it there, or refund it in the orders.")
        if order.state is not OrderState.PAID:
            return tr("Something of the last sale went back already, or it is not paid: go on in the orders.")
        if any(paid.tender is Tender.EXCHANGE for paid in order.sale.payments):
            return tr("The last sale was an exchange: go on in the orders.")
        return ""

    def _undone(self, done: Correction) -> None:
        desk, order = self.context.desk, self._order
        if order is None:
            return
        self.context.tasks.look(
            self,
            "offer",
            lambda: (desk.event_offer(order.sale.event_id), _held_again(desk, order)),
            lambda found: self._fill(order, *found, done),
            self._not_filled,
        )

    def _fill(
        self, order: OrderDetail, offer: EventOffer, held: OfferAtCounter | None, done: Correction
    ) -> None:
        customer = order.customer
        terms = self._counter.terms_of(order.sale.order_id) or Terms(
            customer_id=customer.id if customer is not None else None,
            notes=order.notes,
            discount=order.sale.discount,
        )
        quantities = {line.tier_id: line.quantity for line in order.sale.totals.lines}
        undone = Undone(terms, customer.name if customer is not None else "", done, held)
        self._counter.fill(offer, quantities, undone)
        self.leave()

    def _not_filled(self, error: Exception) -> None:
        # The money is back; only the basket has to be filled by hand.
        self.notice.say(self.context.wording.sentence(error))
        self.take.setEnabled(False)


def _held_again(desk: Desk, order: OrderDetail) -> OfferAtCounter | None:
    """Return the offer by which the customer of a sale that was undone holds its tickets again."""
    if order.customer is None:
        return None
    sold = {line.tier_id for line in order.sale.totals.lines}
    for entry in desk.waitlist.entries_of(order.sale.event_id, order.customer.id):
        offer = entry.offer
        if entry.state is EntryState.OFFERED and offer is not None and offer.tier_id in sold:
            return desk.waitlist.find_offer(offer.code)
    return None


def _somebody_waits(order: OrderDetail, offer: EventOffer) -> bool:
    sold = {line.tier_id for line in order.sale.totals.lines}
    return any(tier.waiting for tier in offer.tiers if tier.id in sold)
