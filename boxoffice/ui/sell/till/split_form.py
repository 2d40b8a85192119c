"""Several ways to pay for one order: parts are added until nothing is left, gift cards among them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.domain.money import Money, plain_amount
from boxoffice.domain.sale import Payment, Tender
from boxoffice.language import tr
from boxoffice.ui.sell.till.cash import is_doubtful, typed_amount
from boxoffice.ui.sell.till.inline_form import Field, InlineForm
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.domain.gift_card import GiftCard
    from boxoffice.ui.context import Context

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
    """Tells `paid` with all payments once they come to the total."""

    paid = Signal(object)

    def __init__(self, context: Context, name: str = "split", tenders: tuple[Tender, ...] = _TENDERS) -> None:
        super().__init__(context.theme, name, tr("Several payments"))
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
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, tender in enumerate(tenders):
            button = IconButton(context.theme, f"{name}_{tender}", _ICONS[tender], split_words(tender))
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._choose, tender))
            self._group.addButton(button)
            grid.addWidget(button, place // _IN_A_ROW, place % _IN_A_ROW)
        self.body.addLayout(grid)
        self.amount = self.add_field(Field(f"{name}_amount", tr("Amount"), longest=20))
        self.detail = self.add_field(Field(f"{name}_detail", tr("Reference"), longest=100))
        self.confirmed.connect(self.confirm)

    @property
    def is_filled(self) -> bool:
        """Whether a part was taken or anything was typed."""
        return bool(self._parts) or bool(self.detail.text())

    def begin(self, total: Money | None, tender: Tender = Tender.CASH) -> None:
        """Ask for the parts of this total, the first by this tender."""
        self._parts.clear()
        self.show_total(total)
        self._choose(tender)

    def show_total(self, total: Money | None) -> None:
        """Go by this total from now on; parts that were taken stay, unless it is another one."""
        if total != self._total:
            self._parts.clear()
        self._total = total
        self._draw()

    def confirm(self) -> None:
        """Take the part that is typed; when nothing is left, all of them."""
        left = self._rest()
        if left is None:
            return
        if not left and self._parts:
            self.paid.emit(tuple(self._parts))
            return
        amount = typed_amount(self.amount.text(), left.currency)
        if amount is None or not amount or amount.amount < 0:
            self.advise(tr("This is not an amount"), self.amount)
        elif self._tender is Tender.GIFT_CARD:
            self._ask_gift_card(amount)
        elif self._tender is Tender.CASH and is_doubtful(left, amount) and amount != self._doubted:
            self._doubted = amount
            words = tr("Really {given}? Enter once more.", given=self._context.formats.money(amount))
            self.advise(words, self.amount)
        elif self._tender is Tender.CASH and amount > left:
            self._add(Payment(Tender.CASH, amount=left, tendered=amount))
        elif amount > left:
            self.advise(tr("That is more than is left to pay"), self.amount)
        elif self._tender is Tender.OTHER and not self.detail.text().strip():
            self.advise(tr("Nothing is written down yet: a note is needed."), self.detail)
            self.detail.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._add(Payment(self._tender, amount=amount, reference=self.detail.text().strip()))

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
        del self._parts[place]
        self._choose(self._tender)

    def _choose(self, tender: Tender, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked carries it
        self._tender = tender
        self._group.buttons()[self._tenders.index(tender)].setChecked(True)
        is_gift = tender is Tender.GIFT_CARD
        self.detail.clear()
        self.detail.setVisible(tender is not Tender.CASH)
        words = tr("Gift card's code") if is_gift else tr("Reference")
        self.detail.setAccessibleName(words)
        self.detail.setPlaceholderText(words)
        self.advise()
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
        take_out = IconButton(self.theme, f"{self._name}_remove_{place}", "x", "", Kind.QUIET)
        take_out.setAccessibleName(tr("Take this payment out"))
        take_out.clicked.connect(partial(self._remove, place))
        line.addWidget(take_out)
        return row
