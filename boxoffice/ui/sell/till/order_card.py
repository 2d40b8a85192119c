"""An order looked up by its number, a ticket code or a scan: what it is, its tickets, its money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.sale import OrderStatus, Tender
from boxoffice.domain.ticket import PrintState, TicketStatus
from boxoffice.domain.ticket_code import MistypedCode, grouped, normalise
from boxoffice.language import tr
from boxoffice.ui.sell.till.mail_box import MailBox
from boxoffice.ui.sell.till.receipt_box import ReceiptBox
from boxoffice.ui.sell.till.reprint import ReprintBox
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Tag, Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from boxoffice.domain.sale import Sale
    from boxoffice.domain.ticket import IssuedTicket
    from boxoffice.formats import Formats
    from boxoffice.ui.context import Context


def order_state(status: OrderStatus) -> tuple[str, Tone]:
    """Return the word and the tone of an order's state."""
    return {
        OrderStatus.PENDING: (tr("Pending"), Tone.WARN),
        OrderStatus.PAID: (tr("Paid"), Tone.GOOD),
        OrderStatus.CANCELLED: (tr("Cancelled"), Tone.BAD),
        OrderStatus.EXPIRED: (tr("Expired"), Tone.BAD),
        OrderStatus.REFUNDED: (tr("Refunded"), Tone.BAD),
    }[status]


def ticket_state(status: TicketStatus, printed: PrintState | None) -> tuple[str, Tone]:
    """Return the word and the tone of a ticket's state, its way to paper included."""
    if status is not TicketStatus.VALID:
        return {
            TicketStatus.USED: (tr("Used"), Tone.ACCENT),
            TicketStatus.CANCELLED: (tr("Cancelled"), Tone.BAD),
            TicketStatus.REFUNDED: (tr("Refunded"), Tone.BAD),
            TicketStatus.SUPERSEDED: (tr("Replaced"), Tone.MUTED),
        }[status]
    return {
        None: (tr("Not printed"), Tone.WARN),
        PrintState.QUEUED: (tr("Printing"), Tone.ACCENT),
        PrintState.SENT: (tr("Valid, sent"), Tone.GOOD),
        PrintState.PRINTED: (tr("Valid, printed"), Tone.GOOD),
        PrintState.FAILED: (tr("Not printed"), Tone.BAD),
    }[printed]


class TicketRow(QWidget):
    """One ticket of an order: its tier, its code and its state."""

    def __init__(self, context: Context, ticket: IssuedTicket) -> None:
        super().__init__()
        theme = context.theme
        self._tag = Tag(theme)
        dead = ticket.status is not TicketStatus.VALID and ticket.status is not TicketStatus.USED
        name = ClampedText(theme, Style.BODY, 1, Tone.FAINT if dead else Tone.TEXT)
        name.set_text(f"{ticket.face.tier} · {grouped(ticket.face.code)}")
        self._tag.show_state(*ticket_state(ticket.status, context.paper.state(ticket)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(8)
        row.addWidget(name, 1)
        row.addWidget(self._tag)


class OrderCard(QWidget):
    """Shows one order. Tells `closed` when the clerk goes back to the basket."""

    closed = Signal()
    reissued = Signal(str)
    """The order number whose tickets got new codes: look it up again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._sale: Sale | None = None
        theme = context.theme
        self._number = Text(theme, Style.PRICE)
        self._number.setObjectName("order_number")
        self._tag = Tag(theme)
        self._facts = {name: ClampedText(theme, Style.BODY, 2) for name in ("event", "sold", "paid")}
        self._tickets = QVBoxLayout()
        self._tickets.setSpacing(0)
        self._close = IconButton(theme, "order_close", "x", "", Kind.QUIET)
        self._close.setAccessibleName(tr("Back to the basket"))
        self._close.setToolTip(tr("Back to the basket (Esc)"))
        self._close.clicked.connect(self.closed)
        self.reprint = ReprintBox(context, "order", is_main=True)
        self.reprint.reissued.connect(self._tell_reissued)
        self.receipts = ReceiptBox(context, "order")
        self.mail = MailBox(context)
        self._mail = IconButton(theme, "order_mail", "mail", tr("E-&mail…"), Kind.PLAIN)
        self._mail.setToolTip(tr("Send the tickets by e-mail (Alt+M)"))
        self._mail.clicked.connect(self.mail.ask)
        # Not to the next button by itself, which prints.
        self.mail.closed.connect(self._mail.setFocus)
        self._page = QWidget()
        self.replaced = Notice(theme, "order_replaced", Tone.WARN)
        self.note = StateNote(theme, "order_state")
        self.note.acted.connect(self.closed)
        self._lay_out()
        context.paper.changed.connect(self._show_tickets)

    def show_busy(self) -> None:
        """Say that an order is being looked up."""
        self._page.hide()
        self.note.show()
        self.note.show_busy(tr("Looking for the order…"))

    def show_failure(self, words: str) -> None:
        """Say why no order is shown."""
        self._page.hide()
        self.note.show()
        self.note.show_note("search-x", tr("No order to show"), words, tr("Back to the basket"))

    def show_sale(self, sale: Sale, searched: str = "") -> None:
        """Show this order; `searched` is the number or the ticket code that led to it."""
        replaced = tr("The ticket scanned was replaced by a reprint and opens no door.")
        self.replaced.say(replaced if is_replaced(sale, searched) else "")
        self.note.hide()
        self._page.show()
        self._sale = sale
        formats = self._context.formats
        self._number.setText(formats.order_number(sale.order_number))
        self._tag.show_state(*order_state(sale.status))
        zone = sale.tickets[0].face.time_zone if sale.tickets else "UTC"
        starts = (
            f", {formats.short_day_and_time(sale.tickets[0].face.starts_at, zone)}" if sale.tickets else ""
        )
        self._facts["event"].set_text(f"{sale.event_title[:300]}{starts}")
        self._facts["sold"].set_text(
            f"{sale.till}, {sale.clerk}, {formats.short_day_and_time(sale.sold_at, zone)}"
        )
        self._facts["paid"].set_text(f"{formats.money(sale.totals.total)}, {tender_words(sale, formats)}")
        self.reprint.show_sale(sale)
        self.receipts.show_sale(sale)
        self.mail.show_sale(sale)
        self._mail.setEnabled(self.mail.has_tickets)
        self._show_tickets()

    def _show_history(self) -> None:
        if self._sale is not None:
            name = f"{tr('Order')} {self._context.formats.order_number(self._sale.order_number)}"
            self._context.show_history(("order", self._sale.order_id), name)

    def _tell_reissued(self) -> None:
        if self._sale is not None:
            self.reissued.emit(self._sale.order_number)

    def _show_tickets(self) -> None:
        if self._sale is None:
            return
        while self._tickets.count():
            item = self._tickets.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for ticket in self._sale.tickets:
            self._tickets.addWidget(TicketRow(self._context, ticket))
            self._tickets.addWidget(panel("rule"))

    def _lay_out(self) -> None:
        theme = self._context.theme
        head = QHBoxLayout()
        head.addWidget(self._number)
        head.addStretch(1)
        head.addWidget(self._tag)
        head.addWidget(self._close)
        facts = QGridLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(6)
        facts.setColumnStretch(1, 1)
        words = {"event": tr("Event"), "sold": tr("Sold"), "paid": tr("Paid")}
        for row, (name, fact) in enumerate(self._facts.items()):
            label = Text(theme, Style.BODY, Tone.MUTED, words[name])
            facts.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(fact, row, 1, Qt.AlignmentFlag.AlignTop)
        heading = Text(theme, Style.SMALL, Tone.MUTED, tr("Tickets"))
        inside = QWidget()
        tickets = QVBoxLayout(inside)
        tickets.setContentsMargins(0, 0, 0, 0)
        tickets.addLayout(self._tickets)
        tickets.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(20, 12, 20, 20)
        page.setSpacing(8)
        page.addLayout(head)
        page.addWidget(self.replaced)
        page.addLayout(facts)
        page.addSpacing(4)
        page.addWidget(panel("rule"))
        page.addSpacing(4)
        page.addWidget(heading)
        page.addWidget(area, 1)
        page.addWidget(self.mail)
        page.addWidget(self.reprint)
        page.addWidget(self.receipts)
        page.addLayout(self._more())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._page)
        column.addWidget(self.note)

    def _more(self) -> QHBoxLayout:
        """Return what is seldom done with an order."""
        more = QHBoxLayout()
        more.setSpacing(8)
        more.addWidget(self._mail)
        more.addStretch(1)
        if self._context.desk.administration is not None:
            history = IconButton(self._context.theme, "order_history", "history", tr("&History"), Kind.QUIET)
            history.clicked.connect(self._show_history)
            more.addWidget(history)
        return more


def is_replaced(sale: Sale, searched: str) -> bool:
    """Return whether a ticket code led here that none of the order's tickets bears any more."""
    if "".join(searched.split()) in ("", sale.order_number):
        return False
    try:
        code = normalise(searched)
    except MistypedCode:
        return False
    return not any(
        ticket.face.code == code and ticket.status is not TicketStatus.SUPERSEDED for ticket in sale.tickets
    )


def tender_word(tender: Tender) -> str:
    """Return the word for a tender."""
    return {
        Tender.CASH: tr("cash"),
        Tender.CARD: tr("card"),
        Tender.OTHER: tr("other"),
        Tender.GIFT_CARD: tr("gift card"),
        Tender.EXCHANGE: tr("exchange"),
    }[tender]


def tender_words(sale: Sale, formats: Formats) -> str:
    """Return how an order was paid, references included, and amounts where there are several."""
    if not sale.payments:
        if sale.due_at is not None:
            return tr("to be paid until {day}", day=formats.short_day_and_time(sale.due_at, sale.time_zone))
        return tr("not paid yet")
    several = len(sale.payments) > 1
    return ", ".join(
        " ".join(
            filter(
                None,
                (tender_word(paid.tender), paid.reference, formats.money(paid.amount) if several else ""),
            )
        )
        for paid in sale.payments
    )
