"""What a clerk needs now and then: other ways to pay, and what a sale has beyond its lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme


class MorePage(QWidget):
    """Buttons with a digit each. Tells `chosen` with the name of one, `left` when the clerk goes back."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, entries: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName("more_page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._names = [name for name, _ in entries]
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("More for this sale")))
        head.addStretch(1)
        leave = IconButton(theme, "more_leave", "arrow-left", tr("Back"), Kind.QUIET)
        leave.clicked.connect(self.left)
        head.addWidget(leave)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.buttons = {}
        for place, (name, words) in enumerate(entries):
            button = PayButton(theme, f"more_{name}")
            button.set_words(words, str(place + 1))
            button.clicked.connect(partial(self._choose, name))
            self.buttons[name] = button
            grid.addWidget(button, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(grid)

    def begin(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, name: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked carries it
        self.chosen.emit(name)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = event.key() - Qt.Key.Key_1
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif 0 <= place < len(self._names):
            self.chosen.emit(self._names[place])
        else:
            super().keyPressEvent(event)
