"""A manager types their password beside the clerk's deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.start.people import field, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.usecases.office.open_office import Credentials

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme


class ManagerLeave(QWidget):
    """Tells `given` with Credentials, `left` when nobody gives it."""

    given = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        advice = tr("A manager allows it here, with their own password. Both of you are recorded.")
        self._name = field(f"{name}_manager", tr("Manager's sign-in name"), tr("Manager's sign-in name"))
        self._password = field(f"{name}_manager_password", tr("Password"), tr("Password"), secret=True)
        self._allow = IconButton(theme, f"{name}_allow", "check", tr("&Allow once"), Kind.PRIMARY)
        leave = IconButton(theme, f"{name}_allow_leave", "", tr("Cancel"), Kind.QUIET)
        self._allow.clicked.connect(self._enter)
        leave.clicked.connect(self.left)
        self._name.returnPressed.connect(self._password.setFocus)
        self._password.returnPressed.connect(self._enter)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._allow)
        buttons.addWidget(leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(theme, Style.SMALL, Tone.MUTED, advice).wrapping())
        column.addWidget(self._name)
        column.addWidget(self._password)
        column.addLayout(buttons)
        self.hide()

    def close_(self) -> None:
        """Put the fields away; nothing typed stays in them."""
        self._password.clear()
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Left to the window, it would clear the basket behind these fields.
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def begin(self) -> None:
        """Show the fields and take the keyboard."""
        self._password.clear()
        self._allow.setEnabled(True)
        self.show()
        (self._password if self._name.text() else self._name).setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        wrong = mark_wrong([one for one in (self._name, self._password) if not one.text()])
        if not wrong and self._allow.isEnabled():
            given = Credentials(self._name.text().strip(), self._password.text())
            self._password.clear()
            self._allow.setEnabled(False)
            self.given.emit(given)
