"""What the small forms of the till share: title, way back, a line of advice, one button that confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.labels import Text, restyled

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme


class Field(QLineEdit):
    """A line whose Enter confirms and whose Esc goes back, before anything else sees them."""

    confirmed = Signal()
    left = Signal()

    def __init__(self, name: str, words: str = "", *, hint: str = "", longest: int = 100) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setPlaceholderText(hint or words)
        self.setMaxLength(longest)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirmed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class InlineForm(QWidget):
    """Tells `left` when the clerk goes back, `confirmed` by Enter or the button. Fields go into `body`."""

    left = Signal()
    confirmed = Signal()

    def __init__(self, theme: Theme, name: str, title: str, advice: str = "") -> None:
        super().__init__()
        self.theme = theme
        self._advice_words = advice
        self.take = PayButton(theme, f"{name}_take", Kind.PRIMARY)
        self.take.clicked.connect(self.confirmed)
        leave = IconButton(theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        leave.clicked.connect(self.left)
        self.head = QWidget()
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, title))
        head.addStretch(1)
        head.addWidget(leave)
        self._advice = Text(theme, Style.BODY).wrapping()
        self._advice.setObjectName(f"{name}_advice")
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self._advice)
        column.addLayout(self.body)
        column.addWidget(self.take)
        self.advise()

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return any(field.text() for field in self.findChildren(Field))

    def add_field(self, field: Field) -> Field:
        """Put a field into the form; its Enter confirms and its Esc goes back."""
        field.confirmed.connect(self.confirmed)
        field.left.connect(self.left)
        field.textEdited.connect(self._calm)
        self.body.addWidget(field)
        return field

    def _calm(self) -> None:
        self.advise()

    def say(self, words: str) -> None:
        """Say what to do now, instead of what the form says by itself."""
        self._advice.setText(words)
        self._advice.setVisible(bool(words))
        self._advice.set_tone(Tone.TEXT)

    def advise(self, problem: str = "", field: Field | None = None) -> None:
        """Say what to do, or what is wrong with a field."""
        words = problem or self._advice_words
        self._advice.setText(words)
        self._advice.setVisible(bool(words))
        self._advice.set_tone(Tone.BAD if problem else Tone.TEXT)
        for one in self.findChildren(Field):
            restyled(one, "state", "bad" if one is field else "")
