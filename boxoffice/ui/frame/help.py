"""The overlay that lists every key."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import Text, panel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from boxoffice.ui.theme.theme import Theme


def _sections() -> tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...]:
    return (
        (
            tr("Choose"),
            (
                (("↑", "↓"), tr("next or previous event")),
                (("A", "…", "Z"), tr("search events by title, text or venue")),
                (("1", "…", "9"), tr("tier, then how many of it")),
                (("+", "-"), tr("one ticket more or fewer")),
                (("Tab",), tr("from the events to the tiers")),
                (("Ctrl F",), tr("filter by date, venue, promoter")),
                (("Esc",), tr("leave, clear the basket, clear the search")),
            ),
        ),
        (
            tr("Pay"),
            (
                (("F9",), tr("exact cash")),
                (("Shift F9",), tr("cash with change")),
                (("F10",), tr("card")),
                (("F11",), tr("other, with a reference")),
                (("Enter",), tr("confirm; next customer")),
            ),
        ),
        (
            tr("Orders and tickets"),
            (
                (("/",), tr("search: order number, ticket code or scan")),
                (("Ctrl K",), tr("the same, from anywhere")),
                (("Ctrl P",), tr("print again")),
                (("Ctrl L",), tr("last sales of this till")),
                (("Ctrl Shift P",), tr("choose printer and paper")),
                (("Ctrl R",), tr("try again what did not work")),
                (("Ctrl Shift D",), tr("light or dark colours")),
                (("Ctrl Shift L",), tr("lock; let somebody else sign in")),
            ),
        ),
    )


class HelpOverlay(QWidget):
    """Covers its parent until a key or a click sends it away. Tells `opened` with a bool."""

    opened = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("help_overlay")
        self.setAccessibleName(tr("All keys"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 24, 32, 28)
        inside.setSpacing(20)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.TITLE, Tone.TEXT, tr("All keys")))
        head.addStretch(1)
        close = IconButton(theme, "help_close", "x", "", Kind.QUIET)
        close.setAccessibleName(tr("Close"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.leave)
        head.addWidget(close)
        inside.addLayout(head)
        columns = QHBoxLayout()
        columns.setSpacing(40)
        for title, rows in _sections():
            columns.addLayout(_column(theme, title, rows))
        inside.addLayout(columns)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        parent.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._hold_focus)
        self.hide()

    def toggle(self) -> None:
        """Show the overlay, or send it away."""
        if self.isVisible():
            self.leave()
            return
        self.opened.emit(True)
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Send the overlay away."""
        if self.isVisible():
            self.hide()
            self.opened.emit(False)

    def _hold_focus(self, _: QWidget | None, new: QWidget | None) -> None:
        """Take the keyboard back from whatever below asks for it, as a finished sale does."""
        if new is not None and new is not self and self.isVisible() and new.window() is self.window():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        self.leave()
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.leave()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.leave()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 120))
        painter.end()


def _column(theme: Theme, title: str, rows: tuple[tuple[tuple[str, ...], str], ...]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, title))
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(10)
    for number, (keys, words) in enumerate(rows):
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in keys:
            caps.addWidget(KeyCap(theme, key))
        caps.addStretch(1)
        grid.addLayout(caps, number, 0)
        grid.addWidget(Text(theme, Style.BODY, Tone.TEXT, words), number, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column
