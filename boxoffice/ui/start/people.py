"""The two forms that let a person in: signing in, and making the first manager of a new box office."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.person import NewPerson, Role
from boxoffice.language import tr
from boxoffice.ui.start.choice import SignsIn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text, restyled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.ui.theme.theme import Theme


class Field(QLineEdit):
    """A field that keeps its Enter to itself: what it leaves over would sell, or close what lies below."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


def field(name: str, words: str, example: str = "", *, secret: bool = False) -> QLineEdit:
    """Return a field with a name for tests and for screen readers; a secret one shows dots."""
    made = Field()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setPlaceholderText(example)
    if secret:
        made.setEchoMode(QLineEdit.EchoMode.Password)
    made.textChanged.connect(lambda _text: restyled(made, "state", ""))
    return made


def labelled(theme: Theme, fields: Iterable[QLineEdit]) -> QGridLayout:
    """Return the fields below each other, each with its name before it."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for row, one in enumerate(fields):
        label = Text(theme, Style.BODY, Tone.MUTED, one.accessibleName())
        label.setBuddy(one)
        grid.addWidget(label, row, 0)
        grid.addWidget(one, row, 1)
    return grid


def mark_wrong(wrong: list[QLineEdit]) -> bool:
    """Mark these fields and put the keyboard into the first; return whether there was one."""
    for one in wrong:
        restyled(one, "state", "bad")
    if wrong:
        wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
    return bool(wrong)


class SignInForm(QWidget):
    """Tells `entered` with a SignsIn, `left` when somebody goes back. Counts down until the next try."""

    entered = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._seconds = 0
        self._waiting = ""
        """Whose next try has to wait; somebody else need not."""
        self.name = field("sign_in_name", tr("Name"), "anna")
        self.password = field("sign_in_password", tr("Password"), secret=True)
        self.enter_button = IconButton(theme, "sign_in", "log-in", tr("&Sign in"), Kind.PRIMARY)
        self._back = IconButton(theme, "sign_in_back", "arrow-left", tr("&Back"), Kind.QUIET)
        self._wait = Text(theme, Style.SMALL, Tone.WARN).wrapping()
        self._wait.setObjectName("sign_in_wait")
        self._wait.hide()
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        self.enter_button.clicked.connect(self.enter)
        self._back.clicked.connect(self.left)
        self.name.returnPressed.connect(self.password.setFocus)
        self.name.textChanged.connect(lambda _text: self._say_wait())
        self.password.returnPressed.connect(self.enter)
        buttons = QHBoxLayout()
        buttons.addWidget(self._back)
        buttons.addStretch(1)
        buttons.addWidget(self.enter_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(labelled(theme, (self.name, self.password)))
        column.addWidget(self._wait)
        column.addLayout(buttons)
        column.addStretch(1)

    def begin(self, names: tuple[str, ...], name: str) -> None:
        """Offer these names while one is typed, and take the keyboard."""
        self._names = names
        completer = QCompleter(list(names), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.name.setCompleter(completer)
        if name:
            self.name.setText(name)
        self.password.clear()
        (self.password if self.name.text() else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Hand on name and password, or mark what is missing."""
        if self._seconds and self.name.text().strip() == self._waiting:
            return
        if mark_wrong([one for one in (self.name, self.password) if not one.text()]):
            return
        entered = SignsIn(self.name.text().strip(), self.password.text())
        self.password.clear()
        self.entered.emit(entered)

    def make_wait(self, seconds: int) -> None:
        """Let nobody try for so long, and show how long that is."""
        self._seconds = seconds
        self._waiting = self.name.text().strip()
        self.enter_button.setEnabled(False)
        self._second.start()
        self._say_wait()

    def _count_down(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if not self._seconds:
            self._second.stop()
            self.enter_button.setEnabled(True)
        self._say_wait()

    def _say_wait(self) -> None:
        minutes, seconds = divmod(self._seconds, 60)
        words = tr("Too many wrong passwords. The next try is in {wait}.", wait=f"{minutes}:{seconds:02}")
        waits = bool(self._seconds) and self.name.text().strip() == self._waiting
        self._wait.setText(words)
        self._wait.setVisible(waits)
        self.enter_button.setEnabled(not waits)


class FirstManagerForm(QWidget):
    """Tells `entered` with a NewPerson, `left` when somebody goes back, `mistaken` with what is wrong."""

    entered = Signal(object)
    left = Signal()
    mistaken = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.first_name = field("first_name", tr("First name"), "Margarete")
        self.last_name = field("last_name", tr("Last name"), "Lindner")
        self.name = field("manager_name", tr("Sign-in name"), "margarete")
        self.password = field("manager_password", tr("Password"), secret=True)
        self.again = field("manager_password_again", tr("The same again"), secret=True)
        self._fields = (self.first_name, self.last_name, self.name, self.password, self.again)
        explained = Text(
            theme,
            Style.BODY,
            Tone.MUTED,
            tr("Managers let people in and decide what they may do. There is no way in past this password."),
        ).wrapping()
        enter = IconButton(theme, "make_manager", "user-plus", tr("&Open the box office"), Kind.PRIMARY)
        back = IconButton(theme, "make_manager_back", "arrow-left", tr("&Back"), Kind.QUIET)
        enter.clicked.connect(self.enter)
        back.clicked.connect(self.left)
        for one in self._fields:
            one.returnPressed.connect(self.enter)
        self.first_name.textEdited.connect(self._suggest)
        buttons = QHBoxLayout()
        buttons.addWidget(back)
        buttons.addStretch(1)
        buttons.addWidget(enter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(explained)
        column.addLayout(labelled(theme, self._fields))
        column.addLayout(buttons)
        column.addStretch(1)

    def begin(self) -> None:
        """Take the keyboard."""
        self.first_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Hand on who it is, or mark what is missing or differs."""
        wrong = [one for one in (self.first_name, self.name, self.password) if not one.text().strip()]
        differ = self.again.text() != self.password.text()
        if differ:
            wrong.append(self.again)
        self.mistaken.emit(tr("The two passwords differ.") if differ else "")
        if not mark_wrong(wrong):
            self.entered.emit(
                NewPerson(
                    self.name.text().strip(),
                    self.password.text(),
                    Role.MANAGER,
                    self.first_name.text().strip(),
                    self.last_name.text().strip(),
                )
            )

    def _suggest(self, first_name: str) -> None:
        if not self.name.isModified():
            self.name.setText("".join(letter for letter in first_name.lower() if letter.isalnum()))
