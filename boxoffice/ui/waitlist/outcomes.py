"""What came of a call, as four buttons with the digits 1 to 4; and the number, dialled by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import CallOutcome
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.waitlist.words import declines_words, outcome_name
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.waitlist import Offer
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme

OUTCOMES = (CallOutcome.REACHED, CallOutcome.NO_ANSWER, CallOutcome.DECLINED, CallOutcome.WRONG_NUMBER)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OutcomeButtons(QWidget):
    """Tells `chosen` with a CallOutcome; that somebody declines only after it was asked again."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._offer_id: int | None = None
        self._buttons: dict[CallOutcome, PayButton] = {}
        self._choice = QWidget()
        grid = _grid(self._choice)
        for place, outcome in enumerate(OUTCOMES):
            button = self._buttons[outcome] = PayButton(theme, f"{name}_{outcome.value}")
            button.set_words(outcome_name(outcome), str(place + 1))
            button.clicked.connect(lambda _checked=False, one=outcome: self._choose(one))
            grid.addWidget(button, place // 2, place % 2)
        # What is given to the next one cannot be taken back, and its digit lies beside "No answer".
        self._sure = QWidget()
        self._words = Notice(theme, f"{name}_sure", Tone.WARN)
        self._yes = PayButton(theme, f"{name}_sure_yes")
        self._yes.set_words(tr("Yes, declines"), tr("Enter"))
        self._yes.set_kind(Kind.PRIMARY)
        self._yes.clicked.connect(self._decline)
        self._no = PayButton(theme, f"{name}_sure_no")
        self._no.set_words(tr("Back"), "Esc")
        self._no.clicked.connect(self.step_back)
        asking = _grid(self._sure)
        asking.addWidget(self._words, 0, 0, 1, 2)
        asking.addWidget(self._yes, 1, 0)
        asking.addWidget(self._no, 1, 1)
        self._sure.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._choice)
        column.addWidget(self._sure)

    @property
    def is_asking(self) -> bool:
        """Whether it is asked if they really decline."""
        return self._sure.isVisibleTo(self)

    def show_offer(self, offer: Offer, formats: Formats) -> None:
        """Ask about this offer from now on; what is asked about it already stays."""
        self._words.say(declines_words(offer, formats))
        if offer.id != self._offer_id:
            self._offer_id = offer.id
            self._show_choice()

    def step_back(self) -> bool:
        """Let them not decline; False when that is not asked."""
        if not self.is_asking:
            return False
        self._show_choice()
        return True

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a digit that means one of the outcomes, or the answer; False for any other key."""
        if not self.isEnabled():
            return False
        if self.is_asking:
            return self._take_answer(event)
        typed = event.text()
        if not typed.isdecimal() or not 1 <= int(typed) <= len(OUTCOMES):
            return False
        self._choose(OUTCOMES[int(typed) - 1])
        return True

    def _take_answer(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            return self.step_back()
        if event.key() not in _ENTER:
            return False
        if self._no.hasFocus():
            return self.step_back()
        self._decline()
        return True

    def _choose(self, outcome: CallOutcome) -> None:
        if outcome is not CallOutcome.DECLINED:
            self.chosen.emit(outcome)
            return
        # Both are shown for a moment, so that the keyboard goes from button to button and nowhere else.
        self._sure.show()
        self._yes.setFocus(Qt.FocusReason.OtherFocusReason)
        self._choice.hide()

    def _decline(self) -> None:
        self._show_choice()
        self.chosen.emit(CallOutcome.DECLINED)

    def _show_choice(self) -> None:
        self._choice.show()
        if self.is_asking:
            self._buttons[CallOutcome.DECLINED].setFocus(Qt.FocusReason.OtherFocusReason)
        self._sure.hide()


def _grid(holder: QWidget) -> QGridLayout:
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(8)
    for place in range(2):
        grid.setColumnStretch(place, 1)
    return grid


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
