"""How receipts are printed: on which paper, where, and whether with every sale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.printing.layouts import RECEIPT_A4, RECEIPT_A5, RECEIPT_LAYOUTS, RECEIPT_ROLL_80
from boxoffice.ui.start.people import field
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.ui.paper import ReceiptChoice
    from boxoffice.ui.theme.theme import Theme


class ReceiptSettings(QWidget):
    """Tells `picked` with the ReceiptChoice."""

    picked = Signal(object)

    def __init__(self, theme: Theme, chosen: ReceiptChoice) -> None:
        super().__init__()
        self._chosen = chosen
        self._group = QButtonGroup(self)
        self.papers: dict[str, PayButton] = {}
        self.printer = Choice(theme)
        self.printer.setObjectName("receipt_printer")
        self.printer.setAccessibleName(tr("Receipts go to"))
        self.always = IconButton(theme, "receipt_always", "receipt", "", Kind.PLAIN)
        self.always.setCheckable(True)
        self.office = field("receipt_office", tr("Name on receipts"), tr("The box office's name on receipts"))
        self.office.setMaxLength(100)
        self.imprint = field("receipt_imprint", tr("Address, tax number"), tr("Address, tax number"))
        self.imprint.setMaxLength(300)
        papers = QHBoxLayout()
        papers.setSpacing(8)
        for layout, words, note in (
            (RECEIPT_ROLL_80, tr("Roll"), tr("80 mm wide")),
            (RECEIPT_A5, tr("A5"), tr("148 \N{MULTIPLICATION SIGN} 210 mm")),
            (RECEIPT_A4, tr("A4"), tr("one to a page")),
        ):
            button = PayButton(theme, f"receipt_paper_{layout.name}")
            button.set_words(words, note)
            button.setCheckable(True)
            button.setToolTip(f"{words}, {note}")
            self._group.addButton(button)
            self.papers[layout.name] = button
            papers.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Receipts")))
        column.addLayout(papers)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.printer, 1)
        where.addWidget(self.always)
        column.addLayout(where)
        column.addWidget(self.office)
        column.addWidget(self.imprint)
        self.show_choice(chosen, ())
        self._group.buttonClicked.connect(self._pick_paper)
        self.printer.activated.connect(self._pick_printer)
        self.always.clicked.connect(self._pick_always)
        for typed in (self.office, self.imprint):
            typed.editingFinished.connect(self._pick_words)
            typed.returnPressed.connect(self._pick_words)

    def show_choice(self, chosen: ReceiptChoice, installed: tuple[str, ...]) -> None:
        """Mark what is chosen among what there is."""
        self._chosen = chosen
        self.papers[chosen.layout.name].setChecked(True)
        self.printer.clear()
        self.printer.addItem(tr("Where tickets go"), "")
        missing = () if not chosen.printer or chosen.printer in installed else (chosen.printer,)
        for name in (*installed, *missing):
            self.printer.addItem(name, name)
        self.printer.setCurrentIndex(self.printer.findData(chosen.printer))
        for place, words in ((self.office, chosen.office), (self.imprint, chosen.imprint)):
            if place.text().strip() != words:
                place.setText(words)
        self.always.setChecked(chosen.with_every_sale)
        self.always.setText(tr("With every sale") if chosen.with_every_sale else tr("When asked for"))
        self.always.setAccessibleName(tr("Print a receipt with every sale"))
        self.always.setToolTip(tr("Print a receipt with every sale"))

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops, from top to bottom."""
        paper = self.papers[self._chosen.layout.name]
        return (paper, self.printer, self.always, self.office, self.imprint)

    def _pick_paper(self) -> None:
        name = next(name for name, button in self.papers.items() if button.isChecked())
        self.picked.emit(replace(self._chosen, layout=RECEIPT_LAYOUTS[name]))

    def _pick_printer(self) -> None:
        self.picked.emit(replace(self._chosen, printer=self.printer.currentData()))

    def _pick_always(self) -> None:
        self.picked.emit(replace(self._chosen, with_every_sale=self.always.isChecked()))

    def _pick_words(self) -> None:
        typed = replace(self._chosen, office=self.office.text().strip(), imprint=self.imprint.text().strip())
        if typed != self._chosen:
            self.picked.emit(typed)
