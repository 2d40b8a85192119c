"""Several ways to pay for one order: parts are added until nothing is left, gift cards and cards among them.

A card is charged when its part is added, so it is never just taken out again: money that a card was charged
goes into the order, or stays noted for the Till screen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.domain.money import Money, plain_amount
from boxoffice.domain.sale import Payment, Tender
from boxoffice.language import tr
from boxoffice.ui.payments.amount_words import no_amount_words
from boxoffice.ui.payments.amounts import is_doubtful, typed_amount
from boxoffice.ui.payments.gateway_form import GatewayForm
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.inline_form import Field, InlineForm
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.scan import is_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from boxoffice.domain.card_payment import PinCard
    from boxoffice.domain.gift_card import GiftCard
    from boxoffice.ui.context import Context
    from boxoffice.ui.payments.card_charge import CardCharge

_ICONS = {
    Tender.CASH: "banknote",
    Tender.CARD: "credit-card",
    Tender.GIFT_CARD: "ticket-check",
    Tender.OTHER: "wallet",
}
_TENDERS = tuple(_ICONS)


def split_words(tender: Tender) -> str:
    """Return the word for a tender on its button, with its mnemonic."""
    return {
        Tender.CASH: tr("&Cash"),
        Tender.CARD: tr("C&ard"),
        Tender.GIFT_CARD: tr("&Gift card"),
        Tender.OTHER: tr("&Other"),
    }[tender]


_IN_A_ROW = 2


class SplitForm(InlineForm):
    """Tells `paid` with all payments once they come to the total.

    Args:
        context: what every screen is given.
        card: charges the cards among them.
        pin: returns what is noted of a card that pays this amount.
        name: with which the names of its widgets begin.
        tenders: that may be used.
    """

    paid = Signal(object)
    cash_refused = Signal(object)
    """A NoOpenDrawer: no cash can be taken now."""

    def __init__(
        self,
        context: Context,
        card: CardCharge,
        pin: Callable[[Money], PinCard],
        name: str = "split",
        tenders: tuple[Tender, ...] = _TENDERS,
    ) -> None:
        super().__init__(context.theme, name, tr("Several payments"))
        self.card = card
        self._pin = pin
        self._at_terminal: Money | None = None
        """What the clerk takes at the terminal now."""
        self._at_service: Money | None = None
        """What the card service is asked for now."""
        self._asked_about: object = None
        """What a second press confirms: a card given back, or leaving with cards charged."""
        self._context = context
        self._name = name
        self._tenders = tenders
        self._total: Money | None = None
        self._parts: list[Payment] = []
        self._doubted: Money | None = None
        """An amount of cash that was asked about."""
        self._tender = Tender.CASH
        self._left = Text(context.theme, Style.PRICE)
        self._left.setObjectName(f"{name}_left")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.body.addLayout(self._list)
        self.body.addWidget(self._left)
        self._group = QButtonGroup(self)
        self._ways = QWidget()
        grid = QGridLayout(self._ways)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, tender in enumerate(tenders):
            button = IconButton(context.theme, f"{name}_{tender}", _ICONS[tender], split_words(tender))
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._choose, tender))
            self._group.addButton(button)
            grid.addWidget(button, place // _IN_A_ROW, place % _IN_A_ROW)
        self.body.addWidget(self._ways)
        self.amount = self.add_field(Field(f"{name}_amount", tr("Amount"), longest=20))
        self.detail = self.add_field(Field(f"{name}_detail", tr("Reference"), longest=100))
        self._service = GatewayForm(context, card, f"{name}_gateway")
        self._service.hide()
        self.body.addWidget(self._service)
        self._service.wanted.connect(self._charge)
        self._service.left.connect(self._leave_service)
        card.charged.connect(self._charged)
        card.unpinned.connect(self._without_key)
        self.confirmed.connect(self.confirm)

    @property
    def is_engaged(self) -> bool:
        """Whether a card is being charged, or was and is in no order yet."""
        return self.card.holds_money or self._at_terminal is not None or self._at_service is not None

    @property
    def is_filled(self) -> bool:
        """Whether a part was taken or anything was typed."""
        return bool(self._parts) or bool(self.detail.text())

    def begin(self, total: Money | None, tender: Tender = Tender.CASH) -> None:
        """Ask for the parts of this total, the first by this tender."""
        self._parts.clear()
        self._at_terminal = self._at_service = self._asked_about = None
        self.show_total(total)
        self._choose(tender)

    def show_total(self, total: Money | None) -> None:
        """Go by this total from now on; parts that were taken stay, unless it is another one.

        Cards that were charged stay in any case.
        """
        if total != self._total and not self.is_engaged:
            self._parts.clear()
        self._total = total
        self._draw()

    def confirm(self) -> None:
        """Take the part that is typed; when nothing is left, all of them."""
        if self._at_service is not None:
            self._service.confirm()
            return
        if self._at_terminal is not None:
            self._take_card(self._at_terminal)
            return
        self._take_typed()

    def _take_typed(self) -> None:
        left = self._rest()
        if left is None:
            return
        if not left and self._parts:
            self.paid.emit(tuple(self._parts))
            return
        amount = typed_amount(self.amount.text(), left.currency)
        if amount is None or not amount or amount.amount < 0:
            self.advise(no_amount_words(self._context.formats, left.currency), self.amount)
        elif self._tender is Tender.GIFT_CARD:
            self._ask_gift_card(amount)
        elif self._tender is Tender.CASH:
            self._take_cash(left, amount)
        elif amount > left:
            self.advise(tr("That is more than is left to pay"), self.amount)
        elif self._tender is Tender.OTHER and not self.detail.text().strip():
            self.advise(tr("Nothing is written down yet: a note is needed."), self.detail)
            self.detail.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._tender is Tender.CARD:
            self._begin_card(amount)
        else:
            self._add(Payment(self._tender, amount=amount, reference=self.detail.text().strip()))

    def _take_cash(self, left: Money, amount: Money) -> None:
        refusal = self._context.drawer.refuses(left.currency)
        if refusal is not None:
            self.cash_refused.emit(refusal)
        elif is_doubtful(left, amount) and amount != self._doubted:
            self._doubted = amount
            words = tr("Really {given}? Enter once more.", given=self._context.formats.money(amount))
            self.advise(words, self.amount)
        elif amount > left:
            self._add(Payment(Tender.CASH, amount=left, tendered=amount))
        else:
            self._add(Payment(Tender.CASH, amount=amount))

    def hand_over(self) -> None:
        """The payments are in an order, or on their way into one."""
        self.card.hand_over()
        self._parts.clear()

    def may_leave(self) -> bool:
        """Go back one step of a card, or tell whether the form may be left.

        Where cards were charged it asks, and the second time it may.
        """
        if self._at_service is not None:
            self._leave_service()
            return False
        if self._at_terminal is not None:
            self._at_terminal = None
            self.card.unpin()
            self._choose(Tender.CARD)
            return False
        if self.card.holds_money and self._asked_about is not self.card:
            self._asked_about = self.card
            self.advise(
                tr(
                    "A card was charged already. Take the rest, or go back once more: "
                    "the charge is then found on the Till screen."
                )
            )
            return False
        self.card.drop()
        self._parts.clear()
        return True

    # --- cards ---------------------------------------------------------------------------------

    def _begin_card(self, amount: Money) -> None:
        if self.card.has_gateway:
            self._at_service = amount
            self._show_step()
            self._service.begin(self._context.formats.money(amount))
            self._charge()
            return
        self.card.pin(self._pin(amount))
        self._at_terminal = amount
        self._show_step()
        self.detail.setFocus(Qt.FocusReason.OtherFocusReason)

    def _charge(self) -> None:
        if self._at_service is not None:
            self.card.charge(self._pin(self._at_service))

    def _charged(self, paid: Payment) -> None:
        self.card.keep()
        self._at_service = None
        self._add(paid)

    def _leave_service(self) -> None:
        if self._at_service is not None and not self.card.is_bound:
            self._at_service = None
            self._choose(Tender.CARD)

    def _take_card(self, amount: Money) -> None:
        reference = self.detail.text().strip()
        if is_scan(reference):
            self.detail.clear()
            self.advise(tr("That was a ticket, not a reference."), self.detail)
            return
        self._at_terminal = None
        paid = self.card.take_by_hand(reference)
        self._add(paid or Payment(Tender.CARD, amount=amount, reference=reference))

    def _without_key(self, key: UUID) -> None:
        self._parts = [replace(part, card_key=None) if part.card_key == key else part for part in self._parts]

    def _show_step(self) -> None:
        """Show what is asked now: an amount, the terminal's reference, or the service's answer."""
        asks_service, asks_terminal = self._at_service is not None, self._at_terminal is not None
        for part in (self.head, self._left, self.take):
            part.setVisible(not asks_service)
        for part in (self._ways, self.amount):
            part.setVisible(not asks_service and not asks_terminal)
        self._service.setVisible(asks_service)
        is_typed = self._tender not in (Tender.CASH, Tender.CARD) or asks_terminal
        self.detail.setVisible(is_typed and not asks_service)
        if asks_terminal and self._at_terminal is not None:
            amount = self._context.formats.money(self._at_terminal)
            self.detail.clear()
            self.detail.setPlaceholderText(tr("Terminal's reference, if any"))
            self.say(tr("Take {amount} at the terminal first.", amount=amount))
            self.take.set_words(tr("{total} is paid", total=amount), tr("Enter"))
        elif asks_service:
            self.say("")

    def _ask_gift_card(self, wanted: Money) -> None:
        code = self.detail.text().strip()
        if not code:
            self.advise(tr("Scan the gift card, or type its code."), self.detail)
            self.detail.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        desk = self._context.desk
        self._context.tasks.look(
            self,
            "gift card",
            lambda: desk.find_gift_card(code),
            lambda card: self._gift_card(card, wanted),
            lambda error: self.advise(self._context.wording.sentence(error), self.detail),
        )

    def _gift_card(self, card: GiftCard, wanted: Money) -> None:
        left = self._rest()
        if left is None or any(part.gift_card == card.code for part in self._parts):
            self.advise(tr("This gift card is in the list already."), self.detail)
        elif card.balance.currency != left.currency or not card.balance:
            words = tr("Nothing is left on this gift card that could pay here.")
            self.advise(words, self.detail)
        else:
            amount = min(card.balance, left, wanted)
            self._add(Payment(Tender.GIFT_CARD, amount=amount, gift_card=card.code))

    def _add(self, part: Payment) -> None:
        self._parts.append(part)
        left = self._rest()
        if left is not None and not left:
            self._draw()
            self.confirm()
            return
        self._choose(Tender.CARD if part.tender is Tender.CASH else Tender.CASH)

    def _remove(self, place: int) -> None:
        part = self._parts[place]
        if part.card_key is not None:
            if self._asked_about != part.card_key:
                self._asked_about = part.card_key
                amount = "" if part.amount is None else self._context.formats.money(part.amount)
                self.advise(tr("Was {amount} given back at the terminal? Press once more.", amount=amount))
                return
            self.card.give_back(part.card_key)
        del self._parts[place]
        self._choose(self._tender)

    def _choose(self, tender: Tender, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked carries it
        self._tender = tender
        self._group.buttons()[self._tenders.index(tender)].setChecked(True)
        is_gift = tender is Tender.GIFT_CARD
        self._asked_about = None
        self.detail.clear()
        words = tr("Gift card's code") if is_gift else tr("Reference")
        self.detail.setAccessibleName(words)
        self.detail.setPlaceholderText(words)
        self.advise()
        self._show_step()
        self._draw()
        left = self._rest()
        self.amount.setText("" if left is None else plain_amount(left))
        field = self.detail if is_gift else self.amount
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def _rest(self) -> Money | None:
        if self._total is None:
            return None
        left = self._total
        for part in self._parts:
            if part.amount is not None:
                left -= part.amount
        return left

    def _draw(self) -> None:
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, part in enumerate(self._parts):
            self._list.addWidget(self._row(place, part))
        left = self._rest()
        money = self._context.formats.money
        self._left.setText("…" if left is None else tr("{amount} left to pay", amount=money(left)))
        is_whole = left is not None and not left and bool(self._parts)
        words = tr("Take the payments") if is_whole else tr("Add this payment")
        self.take.set_words(words, tr("Enter"))

    def _row(self, place: int, part: Payment) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        amount = "" if part.amount is None else self._context.formats.money(part.amount)
        words = split_words(part.tender).replace("&", "")
        line.addWidget(Text(self.theme, Style.BODY, Tone.TEXT, f"{words}  {amount}"))
        line.addStretch(1)
        if part.card_key is not None and self.card.has_gateway:
            line.addWidget(Text(self.theme, Style.SMALL, Tone.GOOD, tr("Charged")))
            return row
        take_out = IconButton(self.theme, f"{self._name}_remove_{place}", "x", "", Kind.QUIET)
        take_out.setAccessibleName(tr("Take this payment out"))
        take_out.clicked.connect(partial(self._remove, place))
        line.addWidget(take_out)
        return row
