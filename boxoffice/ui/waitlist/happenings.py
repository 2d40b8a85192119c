"""A heading, and below it what happened, newest first: a few of them, and all at a press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.ui.orders.parts import emptied
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Text, panel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boxoffice.ui.context import Context

type Happening = tuple[str, str]
"""What happened, and in smaller letters when, and who did it."""

_MOST_LINES = 5
_GAP_PX = 6


class Happenings(QWidget):
    """Nothing at all where nothing happened.

    Args:
        context: what every screen is given.
        name: of the widget.
        title: of the list; empty: it has none, and no rule above it.
        more: of the button, to show all ({n} is how many they are) and to show a few again.
        few: how many are shown before it is pressed.
    """

    def __init__(self, context: Context, name: str, title: str, more: tuple[str, str], few: int) -> None:
        super().__init__()
        self._context = context
        self._more_words = more
        self._few = few
        self._lines: tuple[Happening, ...] = ()
        self._shows_all = False
        self.setObjectName(name)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._more = IconButton(context.theme, f"{name}_more", "chevron-down", "", Kind.QUIET)
        self._more.clicked.connect(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if title:
            column.addWidget(panel("rule"))
            column.addSpacing(4)
            column.addWidget(Text(context.theme, Style.CAPTION, Tone.MUTED, title))
        column.addLayout(self._list)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_lines(self, lines: Iterable[Happening], *, is_other: bool) -> None:
        """Show these, a few of them where they are of somebody else than before."""
        shown = tuple(lines)
        if is_other:
            self._shows_all = False
        elif shown == self._lines:
            return
        self._lines = shown
        self._write()

    def show_few(self, few: int) -> None:
        """Show so many of them from now on, before all are asked for."""
        if few != self._few:
            self._few = few
            self._write()

    def _turn(self) -> None:
        self._shows_all = not self._shows_all
        self._write()

    def _write(self) -> None:
        emptied(self._list)
        shown = self._lines if self._shows_all else self._lines[: self._few]
        self.setVisible(bool(shown))
        self.setAccessibleName(". ".join(words for words, _ in shown))
        theme = self._context.theme
        for words, when in shown:
            for text, style, tone in ((words, Style.BODY, Tone.TEXT), (when, Style.SMALL, Tone.MUTED)):
                line = ClampedText(theme, style, _MOST_LINES, tone)
                line.set_text(text)
                self._list.addWidget(line)
            self._list.addSpacing(_GAP_PX)
        self._write_button()

    def _write_button(self) -> None:
        show_all, show_few = self._more_words
        number = self._context.formats.number(len(self._lines))
        words = show_few if self._shows_all else show_all.format(n=number)
        self._more.set_icon("chevron-up" if self._shows_all else "chevron-down")
        self._more.setText(words)
        self._more.setAccessibleName(words.replace("&", ""))
        self._more.updateGeometry()
        self._more.setVisible(len(self._lines) > self._few)
