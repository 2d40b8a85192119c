"""What the parts of the Admin screen share: a table, what is chosen beside it, words for failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from boxoffice.ui.context import Context
    from boxoffice.ui.widgets.table import Table

INSPECTOR_PX = 360


class Inspector(QWidget):
    """The right column: a title, a notice, and whatever the pane puts below."""

    def __init__(self, context: Context, name: str) -> None:
        super().__init__()
        self.title = Text(context.theme, Style.TITLE, Tone.TEXT).wrapping()
        self.title.setObjectName(f"{name}_title")
        self.notice = Notice(context.theme, f"{name}_notice")
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(20, 18, 20, 18)
        self.inside.setSpacing(12)
        self.inside.addWidget(self.title)
        self.inside.addWidget(self.notice)

    def in_frame(self) -> QWidget:
        """Return it in a column of its own that scrolls when it is too tall."""
        frame = panel("basket")
        frame.setFixedWidth(INSPECTOR_PX)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self)
        whole = QVBoxLayout(frame)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        return frame


class Pane(QWidget):
    """A toolbar above a table, and an inspector. Loads when it is shown and again after every change."""

    def __init__(
        self, context: Context, table: Table, inspector: Inspector, tools: Iterable[QWidget]
    ) -> None:
        super().__init__()
        self.context = context
        self.table = table
        self.inspector = inspector
        self._note = StateNote(context.theme, f"{table.objectName()}_state")
        self._note.acted.connect(self.reload)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 12, 16, 12)
        bar.setSpacing(8)
        for tool in tools:
            bar.addWidget(tool)
        bar.addStretch(1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(table)
        self._stack.addWidget(self._note)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(bar)
        left.addWidget(holder, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(inspector.in_frame())

    def reload(self) -> None:
        """Ask for the rows again."""
        raise NotImplementedError

    def ask[T](self, question: str, deed: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask in the background; say so in the table's place when it fails."""
        if not self.table.rows:
            self._note.show_busy(tr("Looking…"))
            self._stack.setCurrentWidget(self._note)
        self.context.tasks.look(self, question, deed, done, self._failed)

    def show_table(self, empty: str) -> None:
        """Show the table, or these words when it has no rows."""
        if self.table.rows:
            self._stack.setCurrentWidget(self.table)
            return
        self._note.show_note("inbox", empty)
        self._stack.setCurrentWidget(self._note)

    def change[T](self, deed: Callable[[], T], done: Callable[[T], None]) -> None:
        """Change something in the background; a refusal is said in the inspector."""
        self.inspector.notice.say("")
        self.context.tasks.change(self, deed, done, self.refused)

    def refused(self, error: Exception) -> None:
        """Say in the inspector why something is not done."""
        known = isinstance(error, Refused | Unavailable)
        words = self.context.wording.sentence(error) if known else tr("It could not be done.")
        self.inspector.notice.say(words)

    def _failed(self, error: Exception) -> None:
        if self.table.rows:
            self.context.unavailable(error, self.reload)
            return
        words = self.context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("This cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)
