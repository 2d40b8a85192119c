"""Card payments that nobody has settled: the list of them, and the questions that settle one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.card_payment import (
    BY_HAND,
    CardKind,
    CardOutcome,
    CardState,
    ClearCard,
    OpenCardPayment,
)
from boxoffice.language import tr
from boxoffice.ui.start.people import field
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Tag, Text
from boxoffice.ui.widgets.table import Cell, Column, Row

if TYPE_CHECKING:
    from boxoffice.formats import Formats
    from boxoffice.ui.context import Context


def card_columns() -> tuple[Column, ...]:
    """Return the columns of the payments to clear."""
    return (Column(tr("When"), 130), Column(tr("For")), Column(tr("State"), 150), Column(tr("Amount"), 130))


def card_rows(payments: tuple[OpenCardPayment, ...], formats: Formats, zone: str) -> list[Row]:
    """Return the payments, oldest first, as they are to be cleared."""
    return [
        Row(one.key, one, (
            Cell(formats.stamp(one.started_at, zone), one.till, tone=Tone.MUTED),
            Cell(what_words(one), tickets_words(one) or one.clerk),
            Cell(*state_words(one), is_tag=True),
            Cell(formats.money(one.amount)),
        ))
        for one in payments
    ]  # fmt: skip


def what_words(one: OpenCardPayment) -> str:
    """Return what it was for, as far as that was noted."""
    if one.kind is CardKind.REFUND:
        return tr("Refund of order {number}", number=one.order_number)
    if one.is_for_order:
        return tr("Payment of order {number}", number=one.order_number)
    return one.what or tr("Nobody noted what for")


def tickets_words(one: OpenCardPayment) -> str:
    """Return its tickets, or its order's event; nothing where they were not noted."""
    if one.is_for_order:
        return one.what
    return ", ".join(f"{quantity} \N{MULTIPLICATION SIGN} {tier}" for quantity, tier in one.tickets)


def state_words(one: OpenCardPayment) -> tuple[str, str, Tone]:
    """Return word and tone of what is known of it, with nothing below."""
    if one.state is CardState.APPROVED:
        words = tr("Given back") if one.kind is CardKind.REFUND else tr("Charged")
        return words, "", Tone.BAD
    return tr("Ask the terminal"), "", Tone.WARN


class ClearForm(QWidget):
    """One payment, and what the terminal says of it.

    Tells `given` with a ClearCard, `book_wanted` with the payment, `look_up_wanted` with its key, `left`.
    """

    given = Signal(object)
    book_wanted = Signal(object)
    look_up_wanted = Signal(object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("card_clear_form")
        self._context = context
        self._payment: OpenCardPayment | None = None
        theme = context.theme
        self._amount = Text(theme, Style.TITLE, Tone.TEXT)
        self._amount.setObjectName("card_clear_amount")
        self._tag = Tag(theme)
        self._what = Text(theme, Style.ROW, Tone.TEXT).wrapping()
        self._what.setObjectName("card_clear_what")
        self._facts = Text(theme, Style.SMALL, Tone.MUTED).wrapping()
        self._advice = Text(theme, Style.BODY, Tone.TEXT).wrapping()
        self._advice.setObjectName("card_clear_advice")
        self.reference = field("card_clear_reference", tr("Reference"), tr("Terminal's reference, if any"))
        self.reference.setMaxLength(100)
        made = IconButton
        self.ask = made(theme, "card_clear_ask", "refresh-cw", tr("Ask the &gateway"), Kind.PRIMARY)
        self.book = made(theme, "card_clear_book", "check", tr("&Book the sale"), Kind.PRIMARY)
        self.charged = made(theme, "card_clear_charged", "check", tr("It was &charged"), Kind.PLAIN)
        self.not_charged = made(theme, "card_clear_not_charged", "x", tr("It was &not charged"), Kind.PLAIN)
        self.given_back = made(theme, "card_clear_given_back", "undo-2", tr("It was &given back"), Kind.PLAIN)
        self._leave = made(theme, "card_clear_leave", "", tr("Cancel"), Kind.QUIET)
        self._buttons = (self.ask, self.book, self.charged, self.not_charged, self.given_back)
        self._lay_out()
        self._connect()

    def show_payment(self, payment: OpenCardPayment, zone: str) -> None:
        """Ask about this payment, and take the keyboard to the likeliest answer."""
        is_other = self._payment is None or self._payment.key != payment.key
        self._payment = payment
        formats = self._context.formats
        self._amount.setText(formats.money(payment.amount))
        words, _, tone = state_words(payment)
        self._tag.show_state(words, tone)
        tickets = tickets_words(payment)
        self._what.setText("\n".join(part for part in (what_words(payment), tickets) if part))
        when = formats.stamp(payment.started_at, zone)
        facts = tr("{clerk} at {till}, {when}", clerk=payment.clerk, till=payment.till, when=when)
        if payment.reference:
            facts += "\n" + tr("Reference {words}", words=payment.reference)
        self._facts.setText(facts)
        if is_other:
            self.reference.clear()
        self._offer(payment)

    def _offer(self, payment: OpenCardPayment) -> None:
        is_charged = payment.state is CardState.APPROVED
        is_refund = payment.kind is CardKind.REFUND
        is_here = payment.till_id == self._context.desk.identity.till_id
        asks = payment.gateway != BY_HAND and self._context.desk.cards.look_up is not None
        self._advice.setText(_advice(payment, self._context.formats, is_here=is_here))
        shown = {
            self.ask: asks and not is_charged and not is_refund,
            self.book: is_charged and is_here and payment.can_be_booked,
            self.charged: not is_charged and not is_refund,
            self.not_charged: not is_charged,
            self.given_back: is_charged and not is_refund,
        }
        self.reference.setVisible(shown[self.charged])
        for button, is_shown in shown.items():
            button.setVisible(is_shown)
        self.book.setText(_book_words(payment, self._context.formats))
        self.book.setAccessibleName(self.book.text().replace("&", ""))
        self.book.updateGeometry()
        offered = [button for button in self._buttons if shown[button]]
        if offered:
            offered[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, outcome: CardOutcome) -> None:
        if self._payment is not None:
            self.given.emit(ClearCard(self._payment, outcome, self.reference.text().strip()))

    def _look_up(self) -> None:
        if self._payment is not None:
            self.look_up_wanted.emit(self._payment.key)

    def _book(self) -> None:
        if self._payment is not None:
            self.book_wanted.emit(self._payment)

    def _connect(self) -> None:
        self.ask.clicked.connect(self._look_up)
        self.book.clicked.connect(self._book)
        self.charged.clicked.connect(lambda: self._say(CardOutcome.CHARGED))
        self.not_charged.clicked.connect(lambda: self._say(CardOutcome.NOT_CHARGED))
        self.given_back.clicked.connect(lambda: self._say(CardOutcome.GIVEN_BACK))
        self._leave.clicked.connect(self.left)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._amount)
        head.addStretch(1)
        head.addWidget(self._tag)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        for part in (self._what, self._facts, self._advice, self.reference, *self._buttons, self._leave):
            column.addWidget(part)
        column.addStretch(1)


def _book_words(payment: OpenCardPayment, formats: Formats) -> str:
    if payment.is_for_order:
        return tr("&Book the payment")
    if payment.rest is not None:
        return tr("&Book the sale, {rest} in cash", rest=formats.money(payment.rest))
    return tr("&Book the sale")


def _advice(payment: OpenCardPayment, formats: Formats, *, is_here: bool) -> str:
    if payment.kind is CardKind.REFUND:
        return tr("Refund the order once more: that finds out and books it, and gives nothing twice.")
    if payment.state is not CardState.APPROVED:
        return tr("Look at the terminal: did it charge this amount at that time?")
    if not payment.can_be_booked:
        return _why_not(payment)
    if not is_here:
        return tr("It is booked at {till}, or given back at the terminal.", till=payment.till)
    return _way_to_book(payment, formats)


def _why_not(payment: OpenCardPayment) -> str:
    if payment.waits_for_another:
        return tr("Another card of the same purchase is in the list: clear that one first.")
    if payment.order_number:
        return tr(
            "Order {number} was paid otherwise. Give the money back at the terminal.",
            number=payment.order_number,
        )
    return tr("Nobody noted what it was for. Give the money back at the terminal.")


def _way_to_book(payment: OpenCardPayment, formats: Formats) -> str:
    if payment.is_for_order:
        return tr("The order is not paid with it yet. Book the payment, or give the money back.")
    if payment.rest is not None:
        return tr(
            "It paid a part: {rest} are still open. Take them in cash and book the sale, "
            "or give the money back at the terminal.",
            rest=formats.money(payment.rest),
        )
    if payment.together is not None:
        return tr(
            "Several cards paid {amount} together. Book the sale, or give the money back at the terminal.",
            amount=formats.money(payment.together),
        )
    return tr("Its tickets were never sold. Book the sale, or give the money back at the terminal.")
