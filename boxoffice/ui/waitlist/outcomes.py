"""What came of a call, as four buttons with the digits 1 to 4; and the number, dialled by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QWidget

from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import CallOutcome
from boxoffice.language import tr
from boxoffice.ui.waitlist.words import outcome_name
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme

OUTCOMES = (CallOutcome.REACHED, CallOutcome.NO_ANSWER, CallOutcome.DECLINED, CallOutcome.WRONG_NUMBER)


class OutcomeButtons(QWidget):
    """Tells `chosen` with a CallOutcome."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for place, outcome in enumerate(OUTCOMES):
            button = PayButton(theme, f"{name}_{outcome.value}")
            button.set_words(outcome_name(outcome), str(place + 1))
            button.clicked.connect(lambda _checked=False, one=outcome: self.chosen.emit(one))
            grid.addWidget(button, place // 2, place % 2)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a digit that means one of the outcomes; False when it does not."""
        typed = event.text()
        if not typed.isdecimal() or not 1 <= int(typed) <= len(OUTCOMES) or not self.isEnabled():
            return False
        self.chosen.emit(OUTCOMES[int(typed) - 1])
        return True


def tel_url(phone: str) -> QUrl:
    """Return the address that a telephone program of this computer dials."""
    return QUrl("tel:" + "".join(letter for letter in phone if letter.isdecimal() or letter == "+"))


class DialButton(IconButton):
    """Hands a number to the computer's telephone program."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name, "phone", tr("D&ial"), Kind.PLAIN)
        self._phone = ""
        self.clicked.connect(self.dial)

    def show_phone(self, phone: str) -> None:
        """Dial this number from now on; one that cannot be read here, or none, cannot be dialled."""
        self._phone = phone
        self.setVisible(bool(phone) and phone != SHUT)
        self.setToolTip(phone)

    def dial(self) -> None:
        """Call."""
        QDesktopServices.openUrl(tel_url(self._phone))
