"""The locked screen: nothing is to be seen until whoever locked it is back, or somebody else signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused, TooManyAttempts, Unavailable
from boxoffice.language import tr
from boxoffice.ui.frame.overlay import Overlay
from boxoffice.ui.frame.rail import Mark
from boxoffice.ui.start.people import field
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from boxoffice.ui.context import Context

_CARD_PX = 420


class LockScreen(Overlay):
    """Covers its parent while locked. Tells `switch_wanted` for somebody else."""

    switch_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._is_out = False
        self._seconds = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        theme = context.theme
        self.setObjectName("lock_screen")
        self.setAccessibleName(tr("Locked"))
        self.secret = field("unlock_secret", tr("Password or PIN"), secret=True)
        self.secret.setPlaceholderText(tr("Password or PIN"))
        self.secret.returnPressed.connect(self._enter)
        self._notice = Notice(theme, "unlock_notice")
        self._unlock = IconButton(theme, "unlock", "log-in", tr("&Unlock"), Kind.PRIMARY)
        self._unlock.clicked.connect(self._enter)
        other = IconButton(theme, "switch_person", "users", tr("&Somebody else"), Kind.QUIET)
        other.setToolTip(tr("Sign in as somebody else; the basket here is given up then"))
        other.clicked.connect(self.switch_wanted)
        who = Text(theme, Style.TITLE, Tone.TEXT, context.desk.identity.clerk)
        place = Text(theme, Style.BODY, Tone.MUTED, tr("Locked · {till}", till=context.desk.identity.till))
        buttons = QHBoxLayout()
        buttons.addWidget(other)
        buttons.addStretch(1)
        buttons.addWidget(self._unlock)
        card = panel("card")
        card.setFixedWidth(_CARD_PX)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 28, 32, 28)
        inside.setSpacing(14)
        inside.addWidget(Mark(theme, 44))
        for part in (who, place, self._notice, self.secret):
            inside.addWidget(part)
        inside.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def lock(self) -> None:
        """Cover everything and wait for a password."""
        if self.isVisible():
            return
        self.secret.clear()
        self._notice.say("")
        self.cover()

    @override
    def take_keyboard(self) -> None:
        self.secret.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def leave(self) -> None:
        """Stay: whatever else would lie over the window waits until somebody has unlocked it."""

    def sign_out(self) -> None:
        """Lock for good: the server lets this person in no more."""
        self.lock()
        self._is_out = True
        self.secret.setEnabled(False)
        self._unlock.setEnabled(False)
        self._notice.say(tr("A manager has disabled you, or set another password. Sign in anew."))

    def _count_down(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if self._seconds:
            self._notice.say(self._context.wording.sentence(TooManyAttempts(self._seconds)))
            return
        self._second.stop()
        self._notice.say("")
        self._unlock.setEnabled(not self._is_out)

    def _enter(self) -> None:
        secret = self.secret.text()
        if not secret or not self._unlock.isEnabled():
            return
        self.secret.clear()
        self._unlock.setEnabled(False)
        desk = self._context.desk
        self._context.tasks.look(
            self, "unlock", lambda: desk.unlock(secret), lambda _none: self._unlocked(), self._refused
        )

    def _unlocked(self) -> None:
        if self._is_out:
            return
        self._unlock.setEnabled(True)
        super().leave()

    def _refused(self, error: Exception) -> None:
        self._unlock.setEnabled(not self._is_out)
        if isinstance(error, TooManyAttempts):
            self._seconds = error.seconds
            self._unlock.setEnabled(False)
            self._second.start()
        if isinstance(error, Refused | Unavailable):
            self._notice.say(self._context.wording.sentence(error))
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._context.theme.colour(Tone.CANVAS))
        painter.end()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
