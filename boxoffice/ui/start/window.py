"""The window of the first start: three choices, the wait while one is opened, and what went wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.domain.errors import Refused, TooManyAttempts, Unavailable
from boxoffice.language import tr
from boxoffice.ui.frame.fault import FaultDialog
from boxoffice.ui.frame.rail import Mark
from boxoffice.ui.start.choice import ServerAddress, SignsIn, StartChoice, StartWith, Wanted
from boxoffice.ui.start.people import FirstManagerForm, SignInForm
from boxoffice.ui.start.server_form import ServerForm
from boxoffice.ui.tasks import Tasks
from boxoffice.ui.theme.lines import broken
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from boxoffice.domain.person import NewPerson
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.wording import Wording

type Open = Callable[[StartChoice, Callable[[str], None]], object]
"""Opens what was chosen; blocks, says in a word what it is doing, raises CannotConnect."""


class ChoiceButton(QPushButton):
    """One of the three ways to begin: an icon, a title, a sentence."""

    def __init__(self, theme: Theme, name: str, icon: str, title: str, sentence: str) -> None:
        super().__init__(title)
        self._theme = theme
        self._icon = icon
        self._sentence = sentence
        self._title_font = theme.font(Style.ROW)
        self._body_font = theme.font(Style.BODY)
        self.setObjectName(name)
        self.setAccessibleName(title.replace("&", ""))
        self.setAccessibleDescription(sentence)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 84)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        near = self.underMouse() or self.hasFocus()
        width = 2.0 if self.hasFocus() else 1.0
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(QPen(theme.colour(Tone.ACCENT if near else Tone.LINE), width))
        painter.setBrush(theme.colour(Tone.SURFACE))
        painter.drawRoundedRect(box, theme.metrics.card_radius, theme.metrics.card_radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(Tone.ACCENT_SOFT))
        painter.drawRoundedRect(QRectF(20, 20, 44, 44), 10, 10)
        painter.drawPixmap(31, 31, theme.icon(self._icon, Tone.ACCENT, 22, self.devicePixelRatioF()))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._title_font)
        painter.setPen(theme.colour(Tone.TEXT))
        flags = left | Qt.TextFlag.TextShowMnemonic
        painter.drawText(84, 16, self.width() - 104, 20, int(flags), self.text())
        painter.setFont(self._body_font)
        painter.setPen(theme.colour(Tone.MUTED))
        for number, line in enumerate(broken(self._sentence, self._body_font, self.width() - 104, 2)):
            painter.drawText(84, 37 + 17 * number, self.width() - 104, 17, int(left), line)
        painter.end()


class StartWindow(QWidget):
    """Opens what the clerk chooses by `open_choice`, on a worker. Tells `opened` with what came of it."""

    opened = Signal(object)
    closed = Signal()
    _progressed = Signal(str)

    def __init__(self, theme: Theme, wording: Wording, open_choice: Open) -> None:
        super().__init__()
        self.setObjectName("start_window")
        self.setWindowTitle(tr("Box Office"))
        self._theme = theme
        self._wording = wording
        self._open = open_choice
        self._tasks = Tasks(self)
        self._tasks.faulted.connect(lambda error: FaultDialog(theme, error, self).open())
        self._choices = QWidget()
        self.server = ServerForm(theme)
        self.busy = StateNote(theme, "start_state")
        self.notice = Notice(theme, "start_notice")
        self._title = Text(theme, Style.TITLE, Tone.TEXT)
        self._title_before = ""
        self._came_from: QWidget = self._choices
        self._pages = QStackedWidget()
        self.sign_in = SignInForm(theme)
        self.manager = FirstManagerForm(theme)
        self._wanted: Wanted | None = None
        self._lay_out()
        self.server.entered.connect(self._server_entered)
        self.sign_in.entered.connect(self._signed_in)
        self.manager.entered.connect(self._manager_named)
        self.manager.mistaken.connect(self.notice.say)
        for form in (self.server, self.sign_in, self.manager):
            form.left.connect(self._show_choices)
        self._progressed.connect(self.busy.show_busy)
        self.resize(760, 720)
        self.setMinimumSize(600, 640)
        self._show_choices()

    def choose(self, choice: StartChoice) -> None:
        """Open this choice: show the wait, then tell `opened` or say what went wrong."""
        self._came_from = self._pages.currentWidget() or self._choices
        self.notice.say("")
        self._title_before = self._title.text()
        self._title.setText(tr("Box Office"))
        self.busy.show_busy(_first_words(choice.start_with))
        self._pages.setCurrentWidget(self.busy)
        self._tasks.change(
            self, lambda: self._open(choice, self._progressed.emit), self._answered, self.show_error
        )

    def _answered(self, answer: object) -> None:
        if isinstance(answer, Wanted):
            self.show_wanted(answer)
        else:
            self.opened.emit(answer)

    def show_wanted(self, wanted: Wanted) -> None:
        """Ask for what is still wanted."""
        self._wanted = wanted
        if wanted.first_manager:
            self._title.setText(tr("Who looks after this box office?"))
            self._pages.setCurrentWidget(self.manager)
            self.manager.begin()
            return
        self._title.setText(tr("Sign in"))
        self._pages.setCurrentWidget(self.sign_in)
        self.sign_in.begin(wanted.names, wanted.name)

    def _signed_in(self, who: SignsIn) -> None:
        if self._wanted is not None:
            self.choose(replace(self._wanted.choice, signs_in=who))

    def _manager_named(self, person: NewPerson) -> None:
        if self._wanted is not None:
            self.choose(replace(self._wanted.choice, first_manager=person))

    def show_error(self, error: Exception) -> None:
        """Say why nothing was opened, and let the clerk choose again."""
        self._title.setText(self._title_before)
        self._pages.setCurrentWidget(self._came_from)
        if self._came_from is self.sign_in:
            self.sign_in.password.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(error, TooManyAttempts) and self._came_from is self.sign_in:
            self.sign_in.make_wait(error.seconds)
            self.notice.say("")
            return
        known = isinstance(error, Refused | Unavailable)
        self.notice.say(self._wording.sentence(error) if known else tr("It could not be opened."))

    def _show_choices(self) -> None:
        self.notice.say("")
        self._title.setText(tr("Welcome. How do you want to begin?"))
        self._pages.setCurrentWidget(self._choices)

    def _show_server(self) -> None:
        self.notice.say("")
        self._title.setText(tr("Connect to our database"))
        self._pages.setCurrentWidget(self.server)
        self.server.begin()

    def _server_entered(self, address: ServerAddress) -> None:
        self.choose(StartChoice(StartWith.SERVER, address))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addStretch(1)
        card = panel("plain")
        card.setFixedWidth(520)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(16)
        inside.addWidget(Mark(self._theme, 52))
        inside.addWidget(self._title)
        inside.addWidget(self.notice)
        self._fill_choices()
        for page in (self._choices, self.server, self.sign_in, self.manager, self.busy):
            self._pages.addWidget(page)
        inside.addWidget(self._pages)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def _fill_choices(self) -> None:
        column = QVBoxLayout(self._choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        offered = (
            (
                "start_demo",
                "play",
                tr("&Try the demo"),
                tr("Forty events with tickets to sell and print. Nothing leaves this computer."),
                lambda: self.choose(StartChoice(StartWith.DEMO)),
            ),
            (
                "start_training",
                "ticket-check",
                tr("&Practise"),
                tr("The same screens to train on, marked everywhere. No door takes its tickets."),
                lambda: self.choose(StartChoice(StartWith.PRACTISE)),
            ),
            (
                "start_here",
                "store",
                tr("&Start a box office on this computer"),
                tr("An empty box office of your own. Its database runs by itself; more tills can join."),
                lambda: self.choose(StartChoice(StartWith.THIS_COMPUTER)),
            ),
            (
                "start_server",
                "network",
                tr("&Connect to our database"),
                tr("The venue's PostgreSQL on the network. Have host, user name and password at hand."),
                self._show_server,
            ),
        )
        for name, icon, title, sentence, act in offered:
            button = ChoiceButton(self._theme, name, icon, title, sentence)
            button.clicked.connect(partial(_call, act))
            column.addWidget(button)
        column.addStretch(1)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._tasks.close()
        self.closed.emit()
        event.accept()


def _first_words(start_with: StartWith) -> str:
    return {
        StartWith.DEMO: tr("Preparing the demo. The first time takes half a minute…"),
        StartWith.PRACTISE: tr("Preparing the training. The first time takes half a minute…"),
        StartWith.THIS_COMPUTER: tr("Setting up the box office…"),
        StartWith.SERVER: tr("Connecting…"),
        StartWith.AS_CONFIGURED: tr("Opening the box office…"),
    }[start_with]


def _call(act: Callable[[], None], _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked carries it
    act()
