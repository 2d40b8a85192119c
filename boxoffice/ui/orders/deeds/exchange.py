"""Exchange: which tickets, which others for them, and only the difference is paid or given back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from boxoffice.domain.after_sale import Exchange
from boxoffice.domain.card_payment import PinCard
from boxoffice.domain.giving_back import money_back, original_tenders
from boxoffice.domain.sale import PLAIN, Payment, Tender
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.deeds.result import Outcome, returned_words
from boxoffice.ui.orders.deeds.choose import TicketChoice
from boxoffice.ui.orders.deeds.offer_box import OfferBox
from boxoffice.ui.payments.amounts import change_of
from boxoffice.ui.payments.card_charge import CardCharge
from boxoffice.ui.payments.split_form import SplitForm
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.domain.after_sale import Exchanged
    from boxoffice.domain.money import Money
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.domain.sale import SaleLine, Totals
    from boxoffice.ui.context import Context

_NAME = "exchange"


class ExchangeForm(DeedForm):
    """Three steps: the tickets and why; other tickets; the payments, where the new ones cost more."""

    lists_tickets = True

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, _NAME, tr("Exchange"))
        self._order = order
        self._wish = Exchange(order.sale.order_id, (), 0, (), "")
        self._totals: Totals | None = None
        self._priced: tuple[SaleLine, ...] = ()
        self._tickets = TicketChoice(context, _NAME, order)
        self._reason = self.bind(Field("exchange_reason", tr("Reason"), longest=200))
        self._offer = OfferBox(context, order.sale.event_id)
        self._several = IconButton(
            context.theme, "exchange_several", "credit-card", tr("C&ard, gift card, several…")
        )
        self._several.clicked.connect(self._ask_how)
        self._says = {name: Text(context.theme, Style.BODY) for name in ("old", "new", "difference")}
        self._split = SplitForm(
            context,
            CardCharge(context.desk, context.tasks, context.cards_in_hand, self),
            self._pin_for,
            "exchange_split",
        )
        self._first = self._step = self._step_of(self._tickets, self._reason)
        self._second = self._step_of(self._offer, self._sums(), self._several)
        self._third = self._step_of(self._split)
        self._offer.changed.connect(self._price)
        self._offer.entered.connect(self.press)
        self._offer.left.connect(self.back)
        self._split.paid.connect(self._exchange)
        self._split.left.connect(self.back)
        self._split.cash_refused.connect(self.refuse)
        self._outcome = Outcome(context, _NAME)
        self.outcome.addWidget(self._outcome)
        self._show_step(self._first)

    def begin(self) -> None:
        """Ask why; all tickets are chosen already."""
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def reason(self) -> str:
        """Return why."""
        return self._reason.text().strip()

    @property
    def holds_money(self) -> bool:
        """Whether a card is being charged, or was."""
        return self._split.is_engaged

    def step_back(self) -> bool:
        """From the payments to the other tickets, from them to those that are exchanged."""
        if self._step is self._first:
            return False
        if self._step is self._third:
            if not self._split.may_leave():
                return True
            self._show_step(self._second)
            self._offer.take_focus()
        else:
            self._show_step(self._first)
            self.begin()
        return True

    def confirm(self) -> None:
        """Go on to the other tickets; from there exchange, the difference paid in exact cash."""
        if self._step is self._first:
            self._go_on()
        elif self._step is self._second and self._is_ready():
            due = self._due()
            self._exchange((Payment(Tender.CASH, amount=due),) if due is not None and due.amount > 0 else ())

    def _go_on(self) -> None:
        if not self._tickets.chosen():
            self.advise(tr("Choose the tickets that are exchanged."))
            self._tickets.take_focus()
        elif not any(map(str.isalnum, self.reason)):
            self.advise(tr("Say why: a few words are enough."), self._reason)
        else:
            self.notice.say("")
            self._show_step(self._second)
            self._price()
            self._offer.take_focus()

    # --- money ---------------------------------------------------------------------------------

    def _price(self) -> None:
        if self.is_asking or self._step is not self._second:
            return
        offer, lines = self._offer.offer, self._offer.lines()
        if self._offer.problem is not None:
            self.notice.say(self.context.wording.sentence(self._offer.problem))
        else:
            self.notice.say("")
        if lines != self._priced:
            self._totals = None
        if offer is not None and lines and self._offer.problem is None:
            price = self.context.desk.price_basket
            self.context.tasks.look(
                self,
                "price",
                lambda: price(offer.id, lines, PLAIN),
                lambda totals: self._price_told(lines, totals),
                self._not_priced,
            )
        self._show_money()

    def _price_told(self, lines: tuple[SaleLine, ...], totals: Totals) -> None:
        if lines == self._offer.lines():
            self._priced, self._totals = lines, totals
            self._show_money()

    def _not_priced(self, error: Exception) -> None:
        self.notice.say(self.context.wording.sentence(error))

    def _due(self) -> Money | None:
        """Return what is still to pay, below nothing what is given back; None while it is not known."""
        worth = money_back(self._order, self._tickets.chosen())
        if self._totals is None or self._totals.total.currency != worth.currency:
            return None
        return self._totals.total - worth

    def _is_ready(self) -> bool:
        return (
            self._totals is not None and self._offer.problem is None and self._priced == self._offer.lines()
        )

    def _show_money(self) -> None:
        money = self.context.formats.money
        worth, due = money_back(self._order, self._tickets.chosen()), self._due()
        self._says["old"].setText(money(worth))
        self._says["new"].setText("…" if self._totals is None else money(self._totals.total))
        pays = due is not None and due.amount > 0
        if due is None:
            words, enter = tr("Exchange"), tr("Say how many of which")
            difference = "…"
        elif pays:
            words, enter = tr("{amount} in cash, exact", amount=money(due)), tr("Enter")
            difference = tr("{amount} to pay", amount=money(due))
        elif due:
            words, enter = tr("Exchange, give back {amount}", amount=money(-due)), tr("Enter")
            ways = original_tenders(self._order, -due)
            difference = tr("Goes back: {ways}", ways=returned_words(self.context, ways))
        else:
            words, enter = tr("Exchange"), tr("Enter")
            difference = tr("Nothing to pay")
        self._says["difference"].setText(difference)
        self._says["difference"].set_tone(Tone.ACCENT if pays else Tone.TEXT)
        if self._step is self._second:
            self.take.set_words(words, enter)
            self.take.setEnabled(due is not None and self._is_ready())
            self._several.setVisible(pays)

    def _ask_how(self) -> None:
        due = self._due()
        if due is not None and self._is_ready():
            self._show_step(self._third)
            self._split.begin(due, Tender.CARD)

    def _exchange(self, payments: tuple[Payment, ...]) -> None:
        if self.is_asking or self._totals is None or self._offer.offer is None:
            return
        if not self.may_take(payments, self._totals.total.currency):
            return
        wish = self._wish = replace(
            self._wish,
            ticket_ids=self._tickets.chosen(),
            event_id=self._offer.offer.id,
            lines=self._priced,
            reason=self.reason,
            payments=payments,
            shown_total=self._totals.total,
        )
        desk = self.context.desk
        self.ask(lambda: desk.exchange(wish), self._exchanged)

    def _pin_for(self, amount: Money) -> PinCard:
        # No order is noted: what a charge left behind was for cannot be made up for without this form.
        return PinCard(amount, self._wish.key)

    def _exchanged(self, done: Exchanged) -> None:
        self._split.hand_over()
        sale, formats = done.sale, self.context.formats
        if not sale.replayed:
            self.context.paper.send(sale.tickets)
        change = change_of(self._wish.payments, sale.totals.total.currency)
        back = [part for part in done.correction.returned if part.tender is not Tender.EXCHANGE]
        caption, amount = tr("Exchanged."), ""
        if change:
            caption, amount = tr("Change due"), formats.money(change)
        elif back:
            cash = [part.tender for part in back] == [Tender.CASH]
            caption = tr("Give the customer, in cash") if cash else tr("Went back")
            amount = formats.money(sum((part.amount for part in back[1:]), back[0].amount))
        count = len(sale.tickets)
        self._outcome.say(
            caption,
            amount,
            (
                returned_words(self.context, back),
                tr("New order {number}", number=formats.order_number(sale.order_number)),
                trn("Prints {n} ticket.", "Prints {n} tickets.", count, n=formats.number(count)),
            ),
        )
        self._outcome.show_gift_card(done.correction.gift_card)
        self._outcome.offer_receipt(
            sale.order_id,
            self.context.desk.identity.till,
            sale.receipt_number or done.correction.receipt_number,
        )
        self.show_outcome()

    # --- steps ---------------------------------------------------------------------------------

    def _step_of(self, *parts: QWidget) -> QWidget:
        step = QWidget()
        column = QVBoxLayout(step)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        self.body.addWidget(step)
        return step

    def _show_step(self, step: QWidget) -> None:
        self._step = step
        for one in (self._first, self._second, self._third):
            one.setVisible(one is step)
        self.take.setVisible(step is not self._third)
        self.show_head(shown=step is not self._third)
        if step is self._first:
            self.take.setEnabled(True)
            self.take.set_words(tr("Choose other tickets"), tr("Enter"))
        self._show_money()

    def _sums(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        words = {
            "old": tr("Worth of the old tickets"),
            "new": tr("New tickets"),
            "difference": tr("Difference"),
        }
        for row, (name, says) in enumerate(self._says.items()):
            says.setObjectName(f"exchange_{name}")
            says.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(Text(self.context.theme, Style.BODY, Tone.MUTED, words[name]), row, 0)
            grid.addWidget(says, row, 1)
        return box
