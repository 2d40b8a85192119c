"""What came of a deed: money in large figures, by which tender, the receipt, and a gift card's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.sale import Tender
from boxoffice.domain.ticket import PrintState
from boxoffice.domain.ticket_code import grouped
from boxoffice.language import tr
from boxoffice.ui.orders.words import tender_name
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boxoffice.domain.after_sale import Correction, Returned
    from boxoffice.domain.receipt import Receipt
    from boxoffice.ui.context import Context


class Outcome(QWidget):
    """Lines below each other, and a button that prints the receipt."""

    def __init__(self, context: Context, name: str) -> None:
        super().__init__()
        self._context = context
        self._receipt: tuple[int, str, int] | None = None
        theme = context.theme
        self._caption = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._caption.setObjectName(f"{name}_done")
        self._amount = Text(theme, Style.TITLE, Tone.GOOD)
        self._amount.setObjectName(f"{name}_sum")
        self._lines = Text(theme, Style.BODY).wrapping()
        self._lines.setObjectName(f"{name}_lines")
        self._code = Text(theme, Style.PRICE, Tone.ACCENT).wrapping()
        self._code.setObjectName(f"{name}_gift_card")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._print = IconButton(theme, f"{name}_print_receipt", "receipt", tr("Print the r&eceipt"))
        self._print.clicked.connect(self._look_for_receipt)
        self._state = Text(theme, Style.SMALL, Tone.MUTED).wrapping()
        self._state.setObjectName(f"{name}_receipt_state")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._caption, self._amount, self._code, self._lines):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self._print)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        column.addWidget(self._state)
        self._code.hide()
        self._state.hide()
        self._print.hide()
        context.paper.receipt_told.connect(self._tell)

    def say(self, caption: str, amount: str, lines: Iterable[str] = ()) -> None:
        """Say what was done, the sum in large figures, and what more there is to say."""
        self._caption.setText(caption)
        self._amount.setText(amount)
        self._amount.setVisible(bool(amount))
        self._lines.setText("\n".join(filter(None, lines)))
        self._lines.setVisible(bool(self._lines.text()))

    def show_gift_card(self, code: str) -> None:
        """Show the code of a card that was made for the money."""
        self._code.setText(tr("Gift card {code}", code=grouped(code)) if code else "")
        self._code.setVisible(bool(code))

    def offer_receipt(self, order_id: int, till: str, number: int | None) -> None:
        """Offer to print this receipt."""
        self._receipt = (order_id, till, number) if number is not None else None
        self._print.setVisible(self._receipt is not None)

    def _look_for_receipt(self) -> None:
        if self._receipt is None:
            return
        order_id, till, number = self._receipt
        desk = self._context.desk
        self._context.tasks.look(
            self,
            "receipt",
            lambda: [one for one in desk.receipts_of(order_id) if (one.till, one.number) == (till, number)],
            self._send,
            lambda error: self._say_state(self._context.wording.sentence(error), Tone.BAD),
        )

    def _send(self, found: list[Receipt]) -> None:
        for receipt in found:
            self._context.paper.send_receipt(receipt, is_new=True)
        if not found:
            self._say_state(tr("The receipt was not printed."), Tone.BAD)

    def _tell(self, receipt: Receipt, state: PrintState, detail: str) -> None:
        if self._receipt is None or (receipt.till, receipt.number) != self._receipt[1:]:
            return
        if state is PrintState.FAILED:
            self._say_state(detail or tr("The receipt was not printed."), Tone.BAD)
        elif state is PrintState.QUEUED:
            self._say_state(tr("Printing the receipt…"), Tone.MUTED)
        else:
            self._say_state(tr("Receipt printed: {where}", where=detail), Tone.MUTED)

    def _say_state(self, words: str, tone: Tone) -> None:
        self._state.setText(words)
        self._state.set_tone(tone)
        self._state.show()


def returned_words(context: Context, returned: Iterable[Returned]) -> str:
    """Return how money goes back, e.g. "Card €28.00, Cash €8.50"; empty for none."""
    money = context.formats.money
    return ", ".join(f"{tender_name(part.tender)} {money(part.amount)}" for part in returned)


def show_correction(context: Context, outcome: Outcome, done: Correction) -> None:
    """Show a correction: what went back by which tender, what was kept, the receipt."""
    money = context.formats.money
    given = [part for part in done.returned if part.tender is not Tender.EXCHANGE]
    is_cash = [part.tender for part in given] == [Tender.CASH]
    caption = tr("Give the customer, in cash") if is_cash else tr("Went back")
    outcome.say(
        caption if given else tr("Done. No money goes back."),
        money(sum((part.amount for part in given[1:]), given[0].amount)) if given else "",
        (
            "" if is_cash else returned_words(context, given),
            tr("{amount} kept as a fee", amount=money(done.retained)) if done.retained else "",
            tr("Receipt {number}, {till}", number=done.receipt_number, till=done.till),
            tr("It had been done already; done once.") if done.replayed else "",
        ),
    )
    outcome.show_gift_card(done.gift_card)
    outcome.offer_receipt(done.order_id, done.till, done.receipt_number)
