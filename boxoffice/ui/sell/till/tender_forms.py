"""The two small forms behind a tender, inline: cash with its change, and a payment with its reference."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.money import plain_amount
from boxoffice.domain.sale import Payment, Tender
from boxoffice.language import tr
from boxoffice.ui.payments.amounts import is_doubtful, likely_cash, typed_amount
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text, restyled
from boxoffice.ui.widgets.scan import is_scan

if TYPE_CHECKING:
    from boxoffice.domain.money import Money
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme


_NO_SIGN = "0123456789., \N{NO-BREAK SPACE}"
"""What an amount is written with, besides the sign of its currency."""


class CashForm(QWidget):
    """What was handed over, typed or chosen, and what goes back. Tells `paid` with the amount."""

    paid = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__()
        self._theme = theme
        self._formats = formats
        self._total: Money | None = None
        self._confirmed = False
        """Enter came before the total: the amount typed is taken as soon as it is known."""
        self._likely: tuple[Money, ...] = ()
        self._doubted: Money | None = None
        """An amount that was asked about."""
        self.amount = Field("cash_given")
        self.amount.setAccessibleName(tr("Cash given"))
        self.amount.setPlaceholderText(tr("Cash given"))
        self.amount.setProperty("scale", "amount")
        self.amount.setFont(theme.font(Style.PRICE))
        self.amount.setMaxLength(20)
        self._notes = [IconButton(theme, f"cash_note_{number}", "") for number in range(1, 5)]
        self._back_word = Text(theme, Style.ROW, text=tr("Change"))
        self._back_word.setObjectName("change_word")
        self._back = Text(theme, Style.TITLE, Tone.GOOD)
        self._back.setObjectName("change_preview")
        self._take = PayButton(theme, "cash_take", Kind.PRIMARY)
        self._leave = IconButton(theme, "cash_leave", "arrow-left", tr("Back"), Kind.QUIET)
        self._lay_out()
        self.amount.textChanged.connect(self._typed)
        self.amount.confirmed.connect(self.confirm)
        self.amount.left.connect(self.left)
        self._take.clicked.connect(self.confirm)
        self._leave.clicked.connect(self.left)
        for number, note in enumerate(self._notes):
            note.clicked.connect(partial(self._take_note, number))

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return bool(self.amount.text())

    def begin(self, total: Money | None) -> None:
        """Ask how much was given for this total; None while the price is on its way."""
        self.amount.clear()
        self._doubted = None
        self._confirmed = False
        self.show_total(total)
        self.amount.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_total(self, total: Money | None) -> None:
        """Go by this total from now on; what was typed stays."""
        self._total = total
        self._likely = likely_cash(total) if total is not None else ()
        for number, note in enumerate(self._notes):
            note.setVisible(number < len(self._likely))
            if number < len(self._likely):
                words = self._formats.money(self._likely[number])
                note.setText(words)
                note.setAccessibleName(words)
                note.updateGeometry()
        self._show_change()
        if self._confirmed and total is not None:
            self.confirm()

    def confirm(self) -> None:
        """Take the amount, if it covers the total; before that is known, once it is."""
        self._confirmed = self._total is None
        given = self._given()
        if self._confirmed:
            return
        if given is not None and self._total is not None and given >= self._total:
            if is_doubtful(self._total, given) and given != self._doubted:
                self._doubted = given
                self._take.set_words(
                    tr("Really {given}?", given=self._formats.money(given)), tr("Enter once more")
                )
                restyled(self.amount, "state", "bad")
                return
            self.paid.emit(given)
        else:
            restyled(self.amount, "state", "bad")

    def _given(self) -> Money | None:
        if self._total is None:
            return None
        sign = "".join(letter for letter in self._formats.money(self._total) if letter not in _NO_SIGN)
        return typed_amount(self.amount.text(), self._total.currency, sign)

    def _take_note(self, number: int) -> None:
        self.amount.setText(plain_amount(self._likely[number]))
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self) -> None:
        self._confirmed = False
        self._show_change()

    def _show_change(self) -> None:
        restyled(self.amount, "state", "")
        given, total = self._given(), self._total
        enough = given is not None and total is not None and given >= total
        self._take.setEnabled(enough)
        if given is None or total is None:
            is_wrong = total is not None and bool(self.amount.text().strip())
            self._back_word.setText(tr("This is not an amount") if is_wrong else tr("Change"))
            self._back_word.set_tone(Tone.BAD if is_wrong else Tone.TEXT)
            self._back.setText("")
            self._take.set_words(tr("Take the cash"), tr("Type what was given, then Enter"))
            return
        self._back_word.set_tone(Tone.TEXT)
        if enough:
            self._back_word.setText(tr("Change"))
            self._back.set_tone(Tone.GOOD)
            self._back.setText(self._formats.money(given - total))
            self._take.set_words(tr("Take {given}", given=self._formats.money(given)), tr("Enter"))
        else:
            self._back_word.setText(tr("Missing"))
            self._back.set_tone(Tone.BAD)
            self._back.setText(self._formats.money(total - given))
            self._take.set_words(tr("Take the cash"), tr("Not enough yet"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Text(self._theme, Style.CAPTION, Tone.MUTED, tr("Cash with change")))
        head.addStretch(1)
        head.addWidget(self._leave)
        notes = QHBoxLayout()
        notes.setSpacing(6)
        for note in self._notes:
            note.setSizePolicy(note.sizePolicy().Policy.Expanding, note.sizePolicy().verticalPolicy())
            notes.addWidget(note)
        back = QHBoxLayout()
        back.addWidget(self._back_word)
        back.addStretch(1)
        back.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.amount)
        column.addLayout(notes)
        column.addLayout(back)
        column.addWidget(self._take)


class ReferenceForm(QWidget):
    """Payment by card or by other means: one line for the terminal's reference or a note."""

    paid = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, name: str, tender: Tender) -> None:
        super().__init__()
        self._tender = tender
        is_card = tender is Tender.CARD
        title = tr("Card payment") if is_card else tr("Other payment")
        hint = tr("Terminal's reference, if any") if is_card else tr("Voucher, invoice, transfer …")
        self.reference = Field(f"{name}_reference")
        self.reference.setAccessibleName(tr("Reference"))
        self.reference.setPlaceholderText(hint)
        self.reference.setMaxLength(100)
        self._take = PayButton(theme, f"{name}_take", Kind.PRIMARY)
        leave = IconButton(theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, title))
        head.addStretch(1)
        head.addWidget(leave)
        self._advice_words = (
            tr("Take the payment at the terminal first.") if is_card else tr("Write down how it was paid.")
        )
        self._advice = Text(theme, Style.BODY).wrapping()
        self._advice.setObjectName(f"{name}_advice")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._advice)
        column.addWidget(self.reference)
        column.addStretch(1)
        column.addWidget(self._take)
        self.reference.confirmed.connect(self.confirm)
        self.reference.left.connect(self.left)
        self.reference.textChanged.connect(self._typed)
        self._take.clicked.connect(self.confirm)
        leave.clicked.connect(self.left)

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return bool(self.reference.text())

    def begin(self, words: str) -> None:
        """Ask for the reference of a payment of this total, in words."""
        self.show_total(words)
        self.reference.clear()
        self._typed()
        self.reference.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_total(self, words: str) -> None:
        """Go by this total from now on; what was typed stays."""
        self._take.set_words(tr("{total} is paid", total=words), tr("Enter"))

    def confirm(self) -> None:
        """Take the payment, if enough is known of it."""
        reference = self.reference.text().strip()
        if is_scan(reference):
            self.reference.clear()
            self._refuse(tr("That was a ticket, not a reference."))
        elif self._tender is Tender.CARD or reference:
            self.paid.emit(Payment(self._tender, reference=reference))
        else:
            self._refuse(tr("Nothing is written down yet: a note is needed."))

    def _refuse(self, words: str) -> None:
        self._advice.setText(words)
        self._advice.set_tone(Tone.BAD)
        restyled(self.reference, "state", "bad")

    def _typed(self) -> None:
        self._advice.setText(self._advice_words)
        self._advice.set_tone(Tone.TEXT)
        restyled(self.reference, "state", "")
        self._take.setEnabled(self._tender is Tender.CARD or bool(self.reference.text().strip()))
