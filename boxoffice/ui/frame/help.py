"""The overlay that lists every key."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.frame.overlay import Overlay
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import Text, panel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

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
                (("F12",), tr("gift card, several payments, later, code, reduced, note")),
                (("Enter",), tr("confirm; next customer")),
            ),
        ),
        (
            tr("Orders and tickets"),
            (
                (("/",), tr("search: order number, ticket or offer code, scan")),
                (("Ctrl K",), tr("the same, from anywhere")),
                (("Ctrl P",), tr("print again")),
                (("Ctrl L",), tr("last sales of this till")),
                (("Ctrl Z",), tr("correct the last sale")),
                (("Ctrl G",), tr("sell a gift card")),
                (("Ctrl O",), tr("all orders")),
                (("F8",), tr("put somebody on the waitlist")),
                (("Ctrl W",), tr("who waits for tickets")),
                (("Ctrl Shift P",), tr("choose printer and paper")),
                (("Ctrl D",), tr("the till: drawer and closings")),
                (("Ctrl R",), tr("try again what did not work; clear card payments")),
                (("Ctrl Shift D",), tr("light or dark colours")),
                (("Ctrl Shift L",), tr("lock; let somebody else sign in")),
            ),
        ),
    )


class HelpOverlay(Overlay):
    """Covers its parent until a key or a click sends it away."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
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

    def toggle(self) -> None:
        """Show the overlay, or send it away."""
        if self.isVisible():
            self.leave()
        else:
            self.cover()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        self.leave()
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.leave()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.leave()


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
