"""The parts of an order's detail: facts, tickets, money and receipts, each a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.ticket import TicketStatus
from boxoffice.domain.ticket_code import grouped
from boxoffice.language import tr, trn
from boxoffice.ui.orders.words import receipt_name, tender_name
from boxoffice.ui.sell.till.order_card import ticket_state
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import ClampedText, Tag, Text, panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout

    from boxoffice.domain.order_detail import MoneyLine, OrderDetail
    from boxoffice.domain.ticket import IssuedTicket
    from boxoffice.ui.context import Context
    from boxoffice.ui.theme.theme import Theme

_LABEL_PX = 92
_MOST_LETTERS = 300


def emptied(layout: QLayout) -> None:
    """Take everything out of a layout; what was in it goes with the next turn of the loop."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        inner = item.layout() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            emptied(inner)


class Facts(QWidget):
    """What an order is: event, when and where it was sold. A label and a line or two each."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, _LABEL_PX)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, ClampedText] = {}
        for row, (name, words) in enumerate((("event", tr("Event")), ("sold", tr("Sold")))):
            line = self._lines[name] = ClampedText(theme, Style.BODY, 3)
            line.setObjectName(f"order_detail_{name}")
            grid.addWidget(Text(theme, Style.BODY, Tone.MUTED, words), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(line, row, 1, Qt.AlignmentFlag.AlignTop)

    def show_order(self, order: OrderDetail) -> None:
        """Show these facts."""
        formats, sale = self._context.formats, order.sale
        face = sale.tickets[0].face if sale.tickets else None
        zone = face.time_zone if face else "UTC"
        starts = f", {formats.stamp(face.starts_at, zone)}" if face else ""
        self._lines["event"].set_text(f"{sale.event_title[:_MOST_LETTERS]}{starts}")
        where = ", ".join(part for part in (sale.till, sale.clerk) if part)
        when = formats.short_day_and_time(sale.sold_at, zone)
        self._lines["sold"].set_text(f"{where[:_MOST_LETTERS]}, {when}" if where else when)


class Tickets(QWidget):
    """The tickets of an order: tier, code, and how far each has come to paper and through the door."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_order(self, order: OrderDetail) -> None:
        """Show these tickets; one that a reprint replaced is counted only."""
        emptied(self._column)
        theme = self._context.theme
        shown = [ticket for ticket in order.sale.tickets if ticket.status is not TicketStatus.SUPERSEDED]
        for nth, ticket in enumerate(shown):
            if nth:
                self._column.addWidget(panel("rule"))
            self._column.addWidget(self._row(order, ticket))
        if order.replaced:
            words = trn("{n} replaced by a reprint", "{n} replaced by reprints", order.replaced)
            self._column.addWidget(Text(theme, Style.SMALL, Tone.MUTED, words))

    def _row(self, order: OrderDetail, ticket: IssuedTicket) -> QWidget:
        theme = self._context.theme
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 7, 0, 7)
        inside.setSpacing(8)
        dead = ticket.status not in (TicketStatus.VALID, TicketStatus.USED)
        tone = Tone.FAINT if dead else Tone.TEXT
        name = ClampedText(theme, Style.BODY, 1, tone)
        name.set_text(ticket.face.tier)
        code = Text(theme, Style.BODY, tone, grouped(ticket.face.code))
        tag = Tag(theme)
        entered = order.entered.get(ticket.id)
        if entered is not None and ticket.status is TicketStatus.USED:
            came = self._context.formats.time(entered, ticket.face.time_zone)
            tag.show_state(tr("In, {when}", when=came), Tone.ACCENT)
        else:
            tag.show_state(*ticket_state(ticket.status, self._context.paper.state(ticket)))
        inside.addWidget(name, 1)
        inside.addWidget(code)
        inside.addWidget(tag)
        return row


class Money(QWidget):
    """Where the money went: each payment and refund, what the house has of it, the receipts."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def show_order(self, order: OrderDetail) -> None:
        """Show this order's money."""
        emptied(self._column)
        theme, formats = self._context.theme, self._context.formats
        items = order.sale.totals.lines
        for item in items:
            words = f"{formats.number(item.quantity)} x {item.tier}"
            self._add(words, formats.money(item.total), Tone.MUTED)
        if order.sale.totals.service_fee:
            self._add(tr("Fee"), formats.money(order.sale.totals.service_fee), Tone.MUTED)
        self._add(tr("Total"), formats.money(order.sale.totals.total), Tone.TEXT)
        self._column.addWidget(panel("rule"))
        for line in order.money:
            self._add(self._words(line), formats.money(line.amount), Tone.MUTED)
        if not order.money:
            self._add(tr("not paid yet"), "", Tone.MUTED)
        elif len(order.money) > 1:
            self._add(tr("Kept"), formats.money(order.kept), Tone.TEXT, Style.ROW)
        if order.retained:
            self._add(tr("of it as a fee"), formats.money(order.retained), Tone.MUTED)
        receipts = "  ·  ".join(self._receipts(order))
        if receipts:
            line_ = ClampedText(theme, Style.SMALL, 4, Tone.MUTED)
            line_.set_text(receipts)
            self._column.addWidget(line_)

    def _words(self, line: MoneyLine) -> str:
        refund = line.amount.amount < 0
        tender = tender_name(line.tender)
        kind = f"{tr('Refund')}, {tender}" if refund else tender
        return " · ".join(part for part in (kind, line.reference[:80], line.reason[:120]) if part)

    def _receipts(self, order: OrderDetail) -> Iterator[str]:
        for receipt in order.receipts:
            kind = receipt_name(receipt.kind)
            yield tr("{kind} receipt {number}, {till}", kind=kind, number=receipt.number, till=receipt.till)

    def _add(self, words: str, amount: str, tone: Tone, style: Style = Style.BODY) -> None:
        self._column.addLayout(_line(self._context.theme, words, amount, (style, tone)))


def _line(theme: Theme, words: str, amount: str, look: tuple[Style, Tone]) -> QHBoxLayout:
    style, tone = look
    row = QHBoxLayout()
    row.setSpacing(12)
    label = ClampedText(theme, style, 2, tone)
    label.set_text(words)
    figure = Text(theme, style, tone, amount)
    row.addWidget(label, 1)
    row.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
    return row
