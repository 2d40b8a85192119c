"""The panel in which whoever is signed in changes their password or their PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.language import tr
from boxoffice.ui.frame.overlay import Overlay
from boxoffice.ui.start.people import field, labelled, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.context import Context

_CARD_PX = 460


class AccessPanel(Overlay):
    """Covers its parent while it is open."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        theme = context.theme
        self.setObjectName("access_panel")
        self.setAccessibleName(tr("Password and PIN"))
        self._current = field("access_current", tr("Current password"), secret=True)
        self._new = field("access_new", tr("New password"), secret=True)
        self._again = field("access_again", tr("The same again"), secret=True)
        self._pin = field("access_pin", tr("New PIN"), secret=True)
        self._pin_again = field("access_pin_again", tr("The PIN again"), secret=True)
        self._fields = (self._current, self._new, self._again, self._pin, self._pin_again)
        self._notice = Notice(theme, "access_notice")
        self._done = Notice(theme, "access_done", Tone.ACCENT)
        set_password = IconButton(theme, "access_set_password", "check", tr("Set pass&word"), Kind.PLAIN)
        set_pin = IconButton(theme, "access_set_pin", "check", tr("Set &PIN"), Kind.PLAIN)
        close = IconButton(theme, "access_close", "x", tr("&Close"), Kind.QUIET)
        for one in (self._new, self._again):
            one.returnPressed.connect(self._set_password)
        for one in (self._pin, self._pin_again):
            one.returnPressed.connect(self._set_pin)
        set_password.clicked.connect(self._set_password)
        set_pin.clicked.connect(self._set_pin)
        close.clicked.connect(self.leave)
        card = panel("card")
        card.setFixedWidth(_CARD_PX)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(28, 24, 28, 24)
        inside.setSpacing(12)
        inside.addWidget(Text(theme, Style.TITLE, Tone.TEXT, tr("Password and PIN")))
        advice = tr("The PIN unlocks this screen quickly. It opens no connection to the database.")
        inside.addWidget(Text(theme, Style.BODY, Tone.MUTED, advice).wrapping())
        inside.addWidget(self._notice)
        inside.addWidget(self._done)
        inside.addLayout(labelled(theme, self._fields))
        buttons = QHBoxLayout()
        for button in (set_password, set_pin):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        inside.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def open_(self) -> None:
        """Show the panel, empty."""
        for one in self._fields:
            one.clear()
        self._notice.say("")
        self._done.say("")
        self.cover()

    @override
    def take_keyboard(self) -> None:
        self._current.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def leave(self) -> None:
        """Close the panel; nothing typed stays in it."""
        for one in self._fields:
            one.clear()
        super().leave()

    def _set_password(self) -> None:
        wrong = [one for one in (self._current, self._new) if not one.text()]
        differ = self._again.text() != self._new.text()
        if differ:
            wrong.append(self._again)
        self._notice.say(tr("The two passwords differ.") if differ else "")
        if not mark_wrong(wrong):
            current, new, desk = self._current.text(), self._new.text(), self._context.desk
            self._ask(lambda: desk.set_password(current, new), tr("Your password is changed."))

    def _set_pin(self) -> None:
        wrong = [one for one in (self._current, self._pin) if not one.text()]
        differ = self._pin_again.text() != self._pin.text()
        if differ:
            wrong.append(self._pin_again)
        self._notice.say(tr("The two PINs differ.") if differ else "")
        if not mark_wrong(wrong):
            current, pin, desk = self._current.text(), self._pin.text(), self._context.desk
            self._ask(lambda: desk.set_pin(current, pin), tr("Your PIN is set."))

    def _ask(self, deed: Callable[[], None], words: str) -> None:
        self._notice.say("")
        self._done.say("")
        self._context.tasks.change(self, deed, lambda _none: self._did(words), self._refused)

    def _did(self, words: str) -> None:
        for one in self._fields:
            one.clear()
        self._done.say(words)

    def _refused(self, error: Exception) -> None:
        self._current.clear()
        if isinstance(error, Refused | Unavailable):
            self._notice.say(self._context.wording.sentence(error))
        self._current.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()
