"""The button that prints a test ticket, and below it how far that has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.ticket import PrintState
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from boxoffice.ui.theme.theme import Theme


class Trial(QWidget):
    """Tells `wanted`; is told what came of it."""

    wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.button = IconButton(theme, "paper_test", "printer-check", tr("Print a &test ticket"))
        self.button.setAccessibleName(tr("Print a test ticket"))
        self.button.setToolTip(tr("Print a test ticket (Alt+T)"))
        self.button.setShortcut("Alt+T")
        self.button.clicked.connect(self.wanted)
        self._words = Text(theme, Style.SMALL, Tone.MUTED).wrapping()
        self._words.setObjectName("paper_test_state")
        self._failure = Notice(theme, "paper_test_failure")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._words)
        column.addWidget(self._failure)
        self.clear()

    def show_state(self, state: PrintState, where: str, detail: str) -> None:
        """Say how far the test ticket has come; `detail` is the file, or what failed."""
        if state is PrintState.FAILED:
            self._say("", Tone.MUTED, detail or tr("The test ticket was not printed."))
            return
        words, tone = {
            PrintState.QUEUED: (tr("Printing a test ticket…"), Tone.MUTED),
            PrintState.SENT: (tr("Sent to {printer}.", printer=where), Tone.MUTED),
            PrintState.PRINTED: (tr("Printed: {where}", where=detail or where), Tone.GOOD),
        }[state]
        self._say(words, tone, "")

    def clear(self) -> None:
        """Say nothing any more."""
        self._say("", Tone.MUTED, "")

    def words(self) -> str:
        """Return what is said."""
        return self._words.text() or self._failure.sentence()

    def _say(self, words: str, tone: Tone, failure: str) -> None:
        self._words.setText(words)
        self._words.set_tone(tone)
        self._words.setAccessibleName(words)
        self._words.setVisible(bool(words))
        self._failure.say(failure)
