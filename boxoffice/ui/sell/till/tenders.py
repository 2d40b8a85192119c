"""How the customer pays: the buttons with their keys, and the two small forms behind them, inline."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.domain.sale import Payment, Tender
from boxoffice.ui.language import tr, trn
from boxoffice.ui.sell.till.cash import likely_cash, typed_amount
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.keys import key_words
from boxoffice.ui.widgets.labels import Text, restyled

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.money import Money
    from boxoffice.domain.sale import Totals
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme


class Form(StrEnum):
    """What the payment area shows."""

    BUTTONS = "buttons"
    CASH = "cash"
    CARD = "card"
    OTHER = "other"


class _Field(QLineEdit):
    """A line whose Enter confirms and whose Esc goes back, before anything else sees them."""

    confirmed = Signal()
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirmed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class CashForm(QWidget):
    """What was handed over, typed or chosen, and what goes back. Tells `paid` with the amount."""

    paid = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__()
        self._theme = theme
        self._formats = formats
        self._total: Money | None = None
        self._likely: tuple[Money, ...] = ()
        self.amount = _Field("cash_given")
        self.amount.setAccessibleName(tr("Cash given"))
        self.amount.setPlaceholderText(tr("Cash given"))
        self.amount.setProperty("scale", "amount")
        self.amount.setFont(theme.font(Style.PRICE))
        self.amount.setMaxLength(12)
        self._notes = [IconButton(theme, f"cash_note_{number}", "") for number in range(1, 5)]
        self._back_word = Text(theme, Style.ROW, text=tr("Change"))
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

    def begin(self, total: Money) -> None:
        """Ask how much was given for this total."""
        self._total = total
        self._likely = likely_cash(total)
        for number, note in enumerate(self._notes):
            note.setVisible(number < len(self._likely))
            if number < len(self._likely):
                words = self._formats.money(self._likely[number])
                note.setText(words)
                note.setAccessibleName(words)
                note.updateGeometry()
        self.amount.clear()
        self._typed()
        self.amount.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def confirm(self) -> None:
        """Take the amount, if it covers the total."""
        given = self._given()
        if given is not None and self._total is not None and given >= self._total:
            self.paid.emit(given)
        else:
            restyled(self.amount, "state", "bad")

    def _given(self) -> Money | None:
        return typed_amount(self.amount.text(), self._total.currency) if self._total else None

    def _take_note(self, number: int) -> None:
        self.amount.setText(f"{self._likely[number].amount:.2f}")
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self) -> None:
        restyled(self.amount, "state", "")
        given, total = self._given(), self._total
        enough = given is not None and total is not None and given >= total
        self._take.setEnabled(enough)
        if given is None or total is None:
            self._back_word.setText(tr("Change"))
            self._back.setText("")
            self._take.set_words(tr("Take the cash"), tr("Type what was given, then Enter"))
        elif enough:
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
        self.reference = _Field(f"{name}_reference")
        self.reference.setAccessibleName(tr("Reference"))
        self.reference.setPlaceholderText(hint)
        self.reference.setMaxLength(100)
        self._take = PayButton(theme, f"{name}_take", Kind.PRIMARY)
        leave = IconButton(theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, title))
        head.addStretch(1)
        head.addWidget(leave)
        advice = (
            tr("Take the payment at the terminal first.") if is_card else tr("Write down how it was paid.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(Text(theme, Style.BODY, Tone.TEXT, advice).wrapping())
        column.addWidget(self.reference)
        column.addStretch(1)
        column.addWidget(self._take)
        self.reference.confirmed.connect(self.confirm)
        self.reference.left.connect(self.left)
        self.reference.textChanged.connect(self._typed)
        self._take.clicked.connect(self.confirm)
        leave.clicked.connect(self.left)

    def begin(self, words: str) -> None:
        """Ask for the reference of a payment of this total."""
        self._take.set_words(tr("{total} is paid", total=words), tr("Enter"))
        self.reference.clear()
        self._typed()
        self.reference.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def confirm(self) -> None:
        """Take the payment, if enough is known of it."""
        if self._take.isEnabled():
            self.paid.emit(Payment(self._tender, reference=self.reference.text().strip()))

    def _typed(self) -> None:
        self._take.setEnabled(self._tender is Tender.CARD or bool(self.reference.text().strip()))


class Tenders(QStackedWidget):
    """Tells `paid` with a Payment. Shows one form at a time; Esc goes back to the buttons."""

    paid = Signal(object)
    cleared = Signal()
    left = Signal()
    """A form was left: the keyboard belongs to the events again."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self._totals: Totals | None = None
        self._exact = PayButton(theme, "pay_cash_exact", Kind.PRIMARY)
        self._change = PayButton(theme, "pay_cash_change")
        self._card = PayButton(theme, "pay_card")
        self._other = PayButton(theme, "pay_other")
        self._clear = PayButton(theme, "clear_basket")
        self._buttons = QWidget()
        self.cash = CashForm(theme, formats)
        self.card = ReferenceForm(theme, "card", Tender.CARD)
        self.other = ReferenceForm(theme, "other", Tender.OTHER)
        self._pages = {
            Form.BUTTONS: self._buttons,
            Form.CASH: self.cash,
            Form.CARD: self.card,
            Form.OTHER: self.other,
        }
        self._lay_out()
        for page in self._pages.values():
            self.addWidget(page)
        self._connect()

    @property
    def form(self) -> Form:
        """What is shown."""
        return next(form for form, page in self._pages.items() if page is self.currentWidget())

    def show_state(self, count: int, totals: Totals | None, *, busy: bool, frozen: bool) -> None:
        """Show what can be pressed for so many tickets; `busy` while a payment is being taken."""
        self._totals = totals
        ready = count > 0 and not busy and not frozen
        prints = trn("F9 · prints {n} ticket", "F9 · prints {n} tickets", count) if count else "F9"
        self._exact.set_words(
            tr("Selling…") if busy else tr("Cash, exact"), tr("One moment") if busy else prints
        )
        for button in (self._exact, self._change, self._card, self._other):
            button.setEnabled(ready)
        self._clear.setEnabled(ready)
        if not count and self.form is not Form.BUTTONS:
            self.back()

    def open(self, form: Form) -> None:
        """Show a form once the total is known."""
        if self._totals is None or not self._exact.isEnabled():
            return
        self._show(form)
        if form is Form.CASH:
            self.cash.begin(self._totals.total)
        else:
            page = self.card if form is Form.CARD else self.other
            page.begin(self._formats.money(self._totals.total))

    def press(self, form: Form) -> None:
        """Do what the key of this form does: open it, or confirm it when it is open."""
        page = self._pages[form]
        if self.form is form and isinstance(page, CashForm | ReferenceForm):
            page.confirm()
        else:
            self.open(form)

    def press_exact(self) -> None:
        """Take the exact amount in cash."""
        if self._exact.isEnabled():
            self.back()
            self.paid.emit(Payment(Tender.CASH))

    def back(self) -> bool:
        """Show the buttons again; False when they are shown already."""
        if self.form is Form.BUTTONS:
            return False
        self._show(Form.BUTTONS)
        self.left.emit()
        return True

    def _show(self, form: Form) -> None:
        self.setCurrentWidget(self._pages[form])
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return self._pages[self.form].sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return self._pages[self.form].minimumSizeHint()

    def _lay_out(self) -> None:
        self._change.set_words(tr("Cash, change…"), key_words("Shift F9"))
        self._card.set_words(tr("Card…"), "F10")
        self._other.set_words(tr("Other…"), "F11")
        self._clear.set_words(tr("Clear"), "Esc")
        grid = QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self._exact, 0, 0, 1, 2)
        grid.addWidget(self._change, 1, 0)
        grid.addWidget(self._card, 1, 1)
        grid.addWidget(self._other, 2, 0)
        grid.addWidget(self._clear, 2, 1)

    def _connect(self) -> None:
        self._exact.clicked.connect(self.press_exact)
        self._change.clicked.connect(lambda: self.open(Form.CASH))
        self._card.clicked.connect(lambda: self.open(Form.CARD))
        self._other.clicked.connect(lambda: self.open(Form.OTHER))
        self._clear.clicked.connect(self.cleared)
        self.cash.paid.connect(lambda given: self._pay(Payment(Tender.CASH, tendered=given)))
        self.card.paid.connect(self._pay)
        self.other.paid.connect(self._pay)
        for form in (self.cash, self.card, self.other):
            form.left.connect(self.back)

    def _pay(self, payment: Payment) -> None:
        self.back()
        self.paid.emit(payment)
