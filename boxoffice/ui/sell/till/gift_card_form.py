"""Selling a gift card: an amount, how it is paid, and a code that is worth it from then on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.card_payment import PinCard
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, Tender
from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.language import tr
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
    from boxoffice.domain.gift_card import GiftCard
    from boxoffice.printing.destinations import Destination
    from boxoffice.ui.context import Context

_NAME = "sell_card"
_MONEY = (Tender.CASH, Tender.CARD, Tender.OTHER)
"""A gift card is not paid for with another."""


class GiftCardForm(DeedForm):
    """Exact cash by Enter, or several payments; then the code, large, and on paper if wanted."""

    def __init__(self, context: Context, currency: str) -> None:
        super().__init__(context, _NAME, tr("Sell a gift card"))
        self._nothing = Money(Decimal(0), currency)
        self._wish = IssueGiftCard(self._nothing, ())
        self._card: GiftCard | None = None
        self._first = QWidget()
        first = QVBoxLayout(self._first)
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(8)
        words = tr("Amount in {currency}", currency=currency)
        first.addWidget(Text(context.theme, Style.BODY, Tone.MUTED, words))
        self._amount = self.bind(Field("sell_card_amount", words, longest=20))
        self._amount.textChanged.connect(lambda _text: self._show_amount())
        first.addWidget(self._amount)
        self._several = IconButton(context.theme, "sell_card_several", "credit-card", tr("C&ard, several…"))
        self._several.clicked.connect(self._ask_how)
        first.addWidget(self._several)
        self.body.addWidget(self._first)
        self._split = SplitForm(
            context,
            CardCharge(context.desk, context.tasks, context.cards_in_hand, self),
            self._pin_for,
            "sell_card_split",
            _MONEY,
        )
        self._split.paid.connect(self._sell)
        self._split.left.connect(self.back)
        self._split.cash_refused.connect(self.refuse)
        self._split.hide()
        self.body.addWidget(self._split)
        self._outcome = Outcome(context, _NAME)
        self.outcome.addWidget(self._outcome)
        self._print = IconButton(context.theme, "sell_card_print", "printer", tr("&Print the card"))
        self._print.clicked.connect(self._print_card)
        self._state = Text(context.theme, Style.SMALL, Tone.MUTED).wrapping()
        self._state.setObjectName("sell_card_state")
        self.outcome.addWidget(self._print)
        self.outcome.addWidget(self._state)
        context.paper.tested.connect(self._tell)
        self._show_amount()
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.setContentsMargins(20, 12, 20, 20)
            column.addStretch(1)

    def begin(self) -> None:
        """Ask for the amount."""
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)

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
        """Sell it for exact cash."""
        amount = self._typed()
        if amount is not None and not self._split.isVisibleTo(self):
            self._sell((Payment(Tender.CASH, amount=amount),))

    def _typed(self) -> Money | None:
        amount = typed_amount(self._amount.text(), self._nothing.currency)
        if amount is None or not amount:
            words = no_amount_words(self.context.formats, self._nothing.currency)
            self.advise(words, self._amount)
            return None
        return amount

    def _show_amount(self) -> None:
        amount = typed_amount(self._amount.text(), self._nothing.currency)
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

    def _sell(self, payments: tuple[Payment, ...]) -> None:
        amount = self._typed()
        if self.is_asking or amount is None or not self.may_take(payments, amount.currency):
            return
        wish = self._wish = replace(self._wish, amount=amount, payments=payments)
        desk = self.context.desk
        self.ask(lambda: desk.issue_gift_card(wish), self._sold)

    def _pin_for(self, amount: Money) -> PinCard:
        return PinCard(amount, self._wish.key)

    def _sold(self, card: GiftCard) -> None:
        self._split.hand_over()
        self._card = card
        money = self.context.formats.money
        change = change_of(self._wish.payments, card.balance.currency)
        said = tr("Change due: {amount}", amount=money(change)) if change else ""
        self._outcome.say(tr("Sold. Whoever has the code has the money."), money(card.balance), (said,))
        self._outcome.show_gift_card(card.code)
        self.show_outcome()

    def _print_card(self) -> None:
        if self._card is not None:
            self.context.paper.test(self._face(self._card))

    def _face(self, card: GiftCard) -> TicketFace:
        """Return the card as a ticket bears it: its code as letters and as a square to scan."""
        here, now = self.context.desk.identity, self.context.clock()
        return TicketFace(
            ticket_id=0,
            code=card.code,
            event_title=tr("Gift card"),
            promoter=here.office,
            venue=here.office,
            venue_address="",
            starts_at=now,
            doors_at=None,
            time_zone="UTC",
            tier=tr("Worth {amount}", amount=self.context.formats.money(card.balance)),
            price=card.balance,
            fee=self._nothing,
            tax_rate_percent=Decimal(0),
            order_number="",
            number=1,
            of=1,
            till=here.till,
            sold_at=now,
        )

    def _tell(self, _where: Destination, state: PrintState, detail: str) -> None:
        if self._card is None:
            return
        bad = state is PrintState.FAILED
        self._state.setText(tr("The card was not printed: {why}", why=detail) if bad else detail)
        self._state.set_tone(Tone.BAD if bad else Tone.MUTED)
