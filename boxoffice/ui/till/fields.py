"""Fields for counting and for amounts, worked by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit

from boxoffice.ui.payments.amounts import typed_amount
from boxoffice.ui.widgets.labels import restyled

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.money import Money

_MOST_PIECES = 6
"""Digits of a number of pieces."""


class MoneyField(QLineEdit):
    """An amount as people type it. Tells `entered` on Enter, `left` on Esc."""

    entered = Signal()
    left = Signal()

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setMaxLength(20)
        self.textChanged.connect(lambda _text: restyled(self, "state", ""))

    def money(self, currency: str) -> Money | None:
        """Return what was typed; None when that is no amount."""
        return typed_amount(self.text(), currency)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class PieceField(QLineEdit):
    """How many there are of one note or coin. Enter and the arrows go to the next and the one before."""

    stepped = Signal(int)
    entered = Signal()
    """Ctrl+Enter, from anywhere in the count."""
    left = Signal()

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("0")
        self.setValidator(QRegularExpressionValidator(QRegularExpression(rf"\d{{0,{_MOST_PIECES}}}"), self))

    def number(self) -> int:
        """Return how many; none where nothing was typed."""
        return int(self.text() or 0)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.entered.emit()
            else:
                self.stepped.emit(1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
