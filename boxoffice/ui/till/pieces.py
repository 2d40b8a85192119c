"""Notes and coins, each with a field for how many there are, and what they are worth together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from boxoffice.domain.cash import Count, Piece, count_of, denominations
from boxoffice.domain.money import Money
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.till.fields import PieceField
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme

_FIELD_PX = 64


class PieceGrid(QWidget):
    """Notes to the left, coins to the right. Tells `changed`, `finished` behind the last, `left` on Esc."""

    changed = Signal()
    finished = Signal()
    entered = Signal()
    left = Signal()

    def __init__(self, theme: Theme, formats: Formats, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme = theme
        self._formats = formats
        self._name = name
        self._currency = ""
        self._inside = QWidget()
        self._fields: dict[Piece, PieceField] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._inside)

    def show_currency(self, currency: str) -> None:
        """Offer the pieces of this currency, all of them empty."""
        if currency == self._currency or not currency:
            self.clear()
            return
        self._currency = currency
        self._column.removeWidget(self._inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = QWidget()
        self._column.addWidget(self._inside)
        self._fields = {piece: self._field(piece) for piece in denominations(currency)}
        self._lay_out()
        self._inside.show()

    def clear(self) -> None:
        """Empty every field."""
        for one in self._fields.values():
            one.clear()

    def count(self) -> Count:
        """Return what was typed."""
        return count_of(self._currency, {piece: one.number() for piece, one in self._fields.items()})

    def take_focus(self) -> None:
        """Put the keyboard into the first field."""
        next(iter(self._fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _field(self, piece: Piece) -> PieceField:
        amount = self._money(piece)
        words = (
            tr("Notes of {amount}", amount=amount)
            if piece.is_note
            else tr("Coins of {amount}", amount=amount)
        )
        made = PieceField(f"{self._name}_{'note' if piece.is_note else 'coin'}_{piece.value}", words)
        made.setFixedWidth(_FIELD_PX)
        made.textChanged.connect(lambda _text: self.changed.emit())
        made.stepped.connect(partial(self._step, made))
        made.entered.connect(self.entered)
        made.left.connect(self.left)
        return made

    def _step(self, at: PieceField, direction: int) -> None:
        fields = list(self._fields.values())
        place = fields.index(at) + direction
        if place == len(fields):
            self.finished.emit()
        elif place >= 0:
            fields[place].setFocus(Qt.FocusReason.TabFocusReason)
            fields[place].selectAll()

    def _lay_out(self) -> None:
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for column, is_note in ((0, True), (3, False)):
            title = Text(self._theme, Style.CAPTION, Tone.MUTED, tr("Banknotes") if is_note else tr("Coins"))
            grid.addWidget(title, 0, column, 1, 2)
            pieces = [piece for piece in self._fields if piece.is_note is is_note]
            for row, piece in enumerate(pieces, 1):
                label = Text(self._theme, Style.BODY, Tone.TEXT, self._money(piece))
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                label.setBuddy(self._fields[piece])
                grid.addWidget(label, row, column)
                grid.addWidget(self._fields[piece], row, column + 1)

    def _money(self, piece: Piece) -> str:
        return self._formats.money(Money(piece.value, self._currency))
