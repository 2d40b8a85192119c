"""The basket line by line, and what it comes to. Every figure shown is the server's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from boxoffice.domain.money import Money
    from boxoffice.domain.sale import Totals
    from boxoffice.formats import Formats
    from boxoffice.ui.sell.basket import Basket
    from boxoffice.ui.theme.theme import Theme


class BasketLine(QWidget):
    """So many of one tier."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._count = Text(theme, Style.BODY)
        bold = self._count.font()
        bold.setWeight(bold.Weight.DemiBold)
        self._count.setFont(bold)
        self._name = ClampedText(theme, Style.BODY, 2)
        self._each = Text(theme, Style.SMALL, Tone.MUTED)
        self._total = Text(theme, Style.BODY)
        self._total.setFont(bold)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, 24)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._count, 0, 0, top)
        grid.addWidget(self._name, 0, 1, top)
        grid.addWidget(self._total, 0, 2, top | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._each, 1, 1)

    def show_line(self, count: str, name: str, each: str, total: str) -> None:
        """Show these words; an empty total means that the server has not priced the line yet."""
        self._count.setText(count)
        self._name.set_text(name)
        self._each.setText(each)
        self._total.setText(total or "…")
        self._total.set_tone(Tone.TEXT if total else Tone.FAINT)
        self.setAccessibleName(f"{count} {name}, {each}, {total}")


class BasketLines(QScrollArea):
    """All lines of the basket."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__()
        self._theme = theme
        self._formats = formats
        self._lines: list[BasketLine] = []
        self.setObjectName("basket_lines")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(20, 0, 20, 8)
        self._column.setSpacing(14)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_basket(self, basket: Basket, totals: Totals | None, *, is_pricing: bool) -> None:
        """Show what is in the basket; line totals appear as soon as the server has said them."""
        lines = basket.lines()
        tiers = {tier.id: tier for tier in basket.offer.tiers} if basket.offer else {}
        priced = {line.tier_id: line for line in totals.lines} if totals and not is_pricing else {}
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(lines))
        while len(self._lines) < len(lines):
            fresh = BasketLine(self._theme)
            self._column.insertWidget(len(self._lines), fresh)
            self._lines.append(fresh)
        for shown, sold in zip(self._lines, lines, strict=False):
            known = priced.get(sold.tier_id)
            shown.show_line(
                self._formats.number(sold.quantity),
                tiers[sold.tier_id].name,
                self._each(
                    known.unit_price if known else sold.unit_price, known.list_price if known else None
                ),
                self._formats.money(known.total) if known else "",
            )

    def _each(self, paid: Money, list_price: Money | None) -> str:
        """Return what is paid for each, and the price that it has without the reduction."""
        money = self._formats.money
        if list_price is None:
            return tr("{price} each", price=money(paid))
        return tr("{price} each, instead of {list_price}", price=money(paid), list_price=money(list_price))


class TotalsBox(QWidget):
    """Subtotal, fee and tax in small figures, the total in large ones."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__()
        self._theme = theme
        self._formats = formats
        self._rows: dict[str, tuple[Text, Text]] = {}
        self._total = Text(theme, Style.TOTAL)
        self._total.setObjectName("total")
        self._total_word = Text(theme, Style.ROW, text=tr("Total"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for name in ("subtotal", "fee", "tax"):
            column.addLayout(self._row(name))
        last = QHBoxLayout()
        last.setContentsMargins(0, 4, 0, 0)
        last.addWidget(self._total_word, 0, Qt.AlignmentFlag.AlignBottom)
        last.addStretch(1)
        last.addWidget(self._total)
        column.addLayout(last)

    def show_totals(self, totals: Totals | None, *, is_pricing: bool) -> None:
        """Show what the server said; faint while it is being asked again."""
        self.setVisible(totals is not None or is_pricing)
        if totals is None:
            for _, amount in self._rows.values():
                amount.setText("…")
            self._total.setText("…")
            self._total.set_tone(Tone.FAINT)
            return
        money = self._formats.money
        percent = self._formats.percent(totals.tax_rate_percent)
        tax = (
            tr("incl. {percent} tax", percent=percent)
            if totals.tax_inclusive
            else tr("{percent} tax", percent=percent)
        )
        self._say("subtotal", tr("Subtotal"), money(totals.subtotal), shown=True)
        self._say("fee", tr("Service fee"), money(totals.service_fee), shown=bool(totals.service_fee))
        self._say("tax", tax, money(totals.tax), shown=bool(totals.tax))
        self._total.setText(money(totals.total))
        self._total.set_tone(Tone.FAINT if is_pricing else Tone.TEXT)
        self._total.setAccessibleName(tr("Total {total}", total=money(totals.total)))

    def _row(self, name: str) -> QHBoxLayout:
        words = Text(self._theme, Style.BODY, Tone.MUTED)
        amount = Text(self._theme, Style.BODY, Tone.MUTED)
        amount.setObjectName(f"amount_{name}")
        self._rows[name] = (words, amount)
        row = QHBoxLayout()
        row.addWidget(words)
        row.addStretch(1)
        row.addWidget(amount)
        return row

    def _say(self, name: str, words: str, amount: str, *, shown: bool) -> None:
        label, figure = self._rows[name]
        label.setText(words)
        figure.setText(amount)
        label.setVisible(shown)
        figure.setVisible(shown)
