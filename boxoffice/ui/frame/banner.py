"""The banner below the top bar: what is not working at the moment, and the way to try again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout

from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.labels import IconLabel, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxoffice.ui.theme.theme import Theme


class Weight(IntEnum):
    """Which banner is shown when there are several: the heaviest."""

    CARDS = 0
    LOOK = 1
    CONNECTION = 2
    SALE = 3


@dataclass(frozen=True, slots=True)
class _Message:
    words: str
    action: str
    act: Callable[[], None] | None
    icon: str


class Banner(QFrame):
    """Holds one message of each weight and shows the heaviest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("role", "banner_warn")
        self._messages: dict[Weight, _Message] = {}
        self._icon = IconLabel(theme, "triangle-alert", Tone.WARN, 18)
        self._text = Text(theme, Style.BODY, Tone.WARN).wrapping()
        font = self._text.font()
        font.setWeight(font.Weight.Medium)
        self._text.setFont(font)
        self._button = IconButton(theme, "banner_action", "refresh-cw")
        self._button.clicked.connect(self.act)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 9)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self.hide()

    def say(
        self,
        weight: Weight,
        words: str,
        action: str = "",
        act: Callable[[], None] | None = None,
        icon: str = "",
    ) -> None:
        """Show this message until it is taken back or a heavier one comes."""
        self._messages[weight] = _Message(words, action, act, icon or "triangle-alert")
        self._show()

    def take_back(self, weight: Weight) -> None:
        """Stop showing the message of this weight."""
        if self._messages.pop(weight, None) is not None:
            self._show()

    def words(self) -> str:
        """Return what is shown, empty when nothing is."""
        return self._text.text() if self._messages else ""

    def _show(self) -> None:
        self.setVisible(bool(self._messages))
        if not self._messages:
            return
        message = self._messages[max(self._messages)]
        self._text.setText(message.words)
        self.setAccessibleName(message.words)
        self._icon.show_icon(message.icon, Tone.WARN)
        self._button.setText(message.action)
        self._button.setAccessibleName(message.action)
        self._button.updateGeometry()
        self._button.setVisible(bool(message.action))

    def act(self) -> None:
        """Do what the button of the message shown does."""
        if not self._messages:
            return
        weight = max(self._messages)
        message = self._messages[weight]
        if weight is Weight.LOOK:
            self.take_back(weight)
        if message.act is not None:
            message.act()
