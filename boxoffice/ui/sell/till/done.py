"""After the sale: calm and green, the change in the largest type, and on to the next customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.sale import OrderStatus, Tender
from boxoffice.language import tr
from boxoffice.ui.sell.offered import short_name
from boxoffice.ui.sell.till.order_card import tender_words
from boxoffice.ui.sell.till.print_line import print_words
from boxoffice.ui.sell.till.receipt_box import ReceiptBox
from boxoffice.ui.sell.till.reprint import ReprintBox
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.labels import ClampedText, IconLabel, IconText, Text, panel, restyled

if TYPE_CHECKING:
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context


class DonePage(QWidget):
    """One finished sale. Tells `next_wanted` when the clerk is ready for the next customer."""

    next_wanted = Signal()
    correction_wanted = Signal()
    reissued = Signal(str)
    """The order number whose tickets got new codes: look it up."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._sale: Sale | None = None
        theme = context.theme
        self._caption = Text(theme, Style.BODY, Tone.TEXT)
        self._amount = Text(theme, Style.CHANGE, Tone.GOOD)
        self._amount.setObjectName("change_due")
        self._event = ClampedText(theme, Style.ROW, 1).centred()
        self._event.setObjectName("done_event")
        self._lines = ClampedText(theme, Style.BODY, 2).centred()
        self._lines.setObjectName("done_lines")
        self._order = Text(theme, Style.ROW, Tone.GOOD)
        self._order.setObjectName("order_line")
        self._paid = Text(theme, Style.BODY)
        self._by_offer = ClampedText(theme, Style.BODY, 2).centred()
        self._by_offer.setObjectName("done_offer")
        self._replayed = Text(
            theme, Style.SMALL, Tone.MUTED, tr("It had gone through already; sold once.")
        ).wrapping()
        self._printing = IconText(theme, "printer", Tone.GOOD)
        self._printing.setObjectName("print_state")
        self._detail = Text(theme, Style.SMALL, Tone.BAD).wrapping()
        self._next = PayButton(theme, "next_customer", Kind.PRIMARY)
        self._next.set_words(tr("Next customer"), tr("Enter, or just start typing"))
        self._next.clicked.connect(self.next_wanted)
        self._correct = IconButton(
            theme, "done_correct", "undo-2", tr("Correct this sale (Ctrl+Z)"), Kind.QUIET
        )
        # A click leaves the keyboard where it is: Enter still means the next customer.
        self._correct.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._correct.clicked.connect(self.correction_wanted)
        self.reprint = ReprintBox(context, "done")
        self.reprint.opened.connect(self._next.setHidden)
        self.reprint.reissued.connect(self._tell_reissued)
        self.receipts = ReceiptBox(context, "done", is_new=True)
        self._lay_out()
        context.paper.changed.connect(self._show_printing)

    def show_sale(self, sale: Sale, offered_to: str = "") -> None:
        """Show what was sold, what goes back to the customer, and to whom it was offered before."""
        if self._sale is sale:
            return
        self._sale = sale
        money = self._context.formats.money
        total = sale.totals.total
        if sale.status is OrderStatus.PENDING:
            self._caption.setText(tr("Not paid yet, to be paid"))
            self._amount.setText(money(sale.open_amount))
        elif sale.change:
            self._caption.setText(tr("Change due"))
            self._amount.setText(money(sale.change))
        else:
            self._caption.setText(tr("Paid, no change"))
            self._amount.setText(money(total))
        self._event.set_text(sale.event_title[:300])
        self._lines.set_text(self._sold_words(sale))
        number = self._context.formats.order_number(sale.order_number)
        self._order.setText(tr("Order {number}", number=number))
        self._paid.setText(self._paid_words(sale))
        self._by_offer.setVisible(bool(offered_to))
        name = short_name(offered_to)
        self._by_offer.set_text(tr("Bought by the waitlist's offer to {name}", name=name))
        self._replayed.setVisible(sale.replayed)
        self._correct.setVisible(sale.status is OrderStatus.PAID)
        self.reprint.show_sale(sale)
        self.receipts.show_sale(sale)
        self._show_printing()

    def _lay_out(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        green = panel("good")
        middle = QVBoxLayout(green)
        middle.setContentsMargins(20, 20, 20, 20)
        middle.setSpacing(0)
        middle.addStretch(1)
        check = IconLabel(self._context.theme, "circle-check", Tone.GOOD, 48)
        for widget, below_px in ((check, 16), (self._caption, 4), (self._amount, 12)):
            middle.addWidget(widget, 0, centre)
            middle.addSpacing(below_px)
        middle.addWidget(self._event)
        middle.addWidget(self._lines)
        middle.addWidget(self._by_offer)
        middle.addSpacing(12)
        middle.addWidget(self._order, 0, centre)
        middle.addSpacing(2)
        middle.addWidget(self._paid, 0, centre)
        for label in (self._replayed, self._detail):
            label.setAlignment(centre)
        middle.addWidget(self._replayed)
        middle.addSpacing(20)
        middle.addWidget(self._printing, 0, centre)
        middle.addWidget(self._detail)
        middle.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 12, 20, 20)
        foot.setSpacing(8)
        foot.addWidget(self._next)
        foot.addWidget(self.reprint)
        foot.addWidget(self.receipts)
        foot.addWidget(self._correct, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(green, 1)
        column.addLayout(foot)

    def _tell_reissued(self) -> None:
        if self._sale is not None:
            self.reissued.emit(self._sale.order_number)

    def _sold_words(self, sale: Sale) -> str:
        formats = self._context.formats
        lines = ", ".join(f"{formats.number(line.quantity)} × {line.tier}" for line in sale.totals.lines)  # noqa: RUF001 - the sign for times
        if not sale.tickets:
            return lines
        face = sale.tickets[0].face
        return f"{lines} · {formats.short_day_and_time(face.starts_at, face.time_zone)}"

    def _paid_words(self, sale: Sale) -> str:
        money = self._context.formats.money
        if len(sale.payments) != 1:
            return tender_words(sale, self._context.formats)
        [paid] = sale.payments
        if paid.tender is Tender.CASH:
            if paid.tendered is not None and paid.tendered != paid.amount:
                return tr("{total} of {given} cash", total=money(paid.amount), given=money(paid.tendered))
            return tr("exact cash")
        words: dict[Tender, str] = {Tender.CARD: tr("by card"), Tender.GIFT_CARD: tr("by gift card")}
        return words.get(paid.tender, tr("by other means"))

    def _show_printing(self) -> None:
        if self._sale is None:
            return
        summary = self._context.paper.summary(self._sale.tickets)
        icon, words, tone = print_words(summary)
        self._printing.set_text(words)
        self._printing.show_icon(icon, tone)
        self._detail.setText(summary.detail)
        self._detail.setVisible(bool(summary.failed and summary.detail))


class PrintStrip(QWidget):
    """A line above the basket while tickets of an earlier sale are printing, or did not come out."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._sale: Sale | None = None
        self._frame = panel("note_accent")
        self._text = IconText(context.theme, "printer", Tone.ACCENT)
        self._again = IconButton(context.theme, "print_strip_again", "printer", tr("Print again"))
        self._again.setToolTip(tr("Print what did not come out"))
        self._again.clicked.connect(self._print)
        self._detail = ClampedText(context.theme, Style.SMALL, 2, Tone.BAD)
        self._detail.setObjectName("print_strip_detail")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(12, 6, 6, 6)
        inside.setSpacing(4)
        row = QHBoxLayout()
        inside.addLayout(row)
        inside.addWidget(self._detail)
        row.addWidget(self._text)
        row.addStretch(1)
        row.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 0, 20, 12)
        column.addWidget(self._frame)
        context.paper.changed.connect(self._show)
        self.hide()

    def watch(self, sale: Sale | None) -> None:
        """Follow the tickets of this sale."""
        self._sale = sale
        self._show()

    def _show(self) -> None:
        if self._sale is None:
            self.hide()
            return
        summary = self._context.paper.summary(self._sale.tickets)
        icon, words, _ = print_words(summary)
        tone = Tone.BAD if summary.failed and not summary.working else Tone.ACCENT
        role = "note_bad" if tone is Tone.BAD else "note_accent"
        restyled(self._frame, "role", role)
        self._text.show_icon(icon, tone)
        self._text.set_text(words)
        self._again.setVisible(tone is Tone.BAD)
        self._detail.set_text(summary.detail)
        self._detail.setVisible(tone is Tone.BAD and bool(summary.detail))
        self.setVisible(bool(summary.unprinted))

    def _print(self) -> None:
        paper = self._context.paper
        tickets = self._sale.tickets if self._sale else ()
        paper.send(ticket for ticket in tickets if paper.summary((ticket,)).unprinted)
