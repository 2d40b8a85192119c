"""The running program: application, start window, main window, and what is given back at the end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from boxoffice import settings as settings_
from boxoffice.assets import resource
from boxoffice.bootstrap import collector
from boxoffice.bootstrap.mail import mail_door
from boxoffice.bootstrap.memory import Memory
from boxoffice.bootstrap.opening import OpenDesk, Opening
from boxoffice.bootstrap.paper import ticket_printing
from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.formats import Formats
from boxoffice.keystore import Keystore
from boxoffice.language import tr
from boxoffice.settings import Folders, Place, PrintingSettings, Settings
from boxoffice.ui.frame.fault import FaultDialog
from boxoffice.ui.language import install_language
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.start.choice import StartChoice, StartWith, Wanted
from boxoffice.ui.start.window import StartWindow
from boxoffice.ui.theme.theme import Mode, Theme
from boxoffice.ui.theme.tokens import Tokens
from boxoffice.wording import Wording

_LOG = logging.getLogger(__name__)

UNAVAILABLE = 2
SWITCH_SECONDS = 0.0002
"""Python's own is 25 times as long: felt as stutter, because the window needs many turns for one frame."""


class Program:
    """One per process. Owns the application and whatever must outlive its windows."""

    def __init__(self, settings: Settings, folders: Folders) -> None:
        self._settings = settings
        self._folders = folders
        # A worker that draws tickets holds the interpreter for this long before the window gets its turn.
        sys.setswitchinterval(SWITCH_SECONDS)
        self._app = QApplication(["boxoffice"])
        self._app.setApplicationName("boxoffice")
        self._app.setApplicationDisplayName("Box Office")
        install_language(self._app, settings.locale)
        self._formats = Formats(settings.locale)
        self._theme = Theme(self._app, Tokens.load(resource("theme", "tokens.json")), Mode(settings.theme))
        self._memory: Memory | None = None
        self._theme.changed.connect(self._keep_theme)
        self._start: StartWindow | None = None
        self._window: MainWindow | None = None
        self._open: OpenDesk | None = None

    def run_window(self, *, demo: bool = False, practise: bool = False) -> int:
        """Show the start or go straight to the configured office; return when the last window is closed."""
        sys.excepthook = self._unforeseen
        self._start = self._start_window(self._settings)
        choice = StartChoice(StartWith.PRACTISE) if practise else self._choice(demo=demo)
        if choice is not None:
            self._start.choose(choice)
        collector.wake()
        code = self._app.exec()
        self._give_back()
        return code

    def run_journey(self, folder: Path) -> int:
        """Run the demo without a display: sell and print in the real window, put pictures into the folder."""
        from boxoffice.bootstrap import journey  # noqa: PLC0415 - Qt's test library, for who has no display

        try:
            return self._journey(folder, journey.run_journey)
        except (Refused, Unavailable) as problem:
            sentence = Wording(self._formats).sentence(problem)
        except journey.JourneyStuck as stuck:
            sentence = f"The demo waited in vain for this: {stuck}."
        except OSError as failure:
            sentence = f"{failure.filename or folder}: {failure.strerror}"
        sys.stderr.write(f"boxoffice: {sentence}\n")
        return UNAVAILABLE

    def _journey(self, folder: Path, run: Callable[[MainWindow, Path], Iterator[Path]]) -> int:
        folder.mkdir(parents=True, exist_ok=True)
        opening = Opening(self._settings, self._folders)
        _tell(tr("No display: the demo runs by itself, offscreen."))
        self._open = opening.open_demo(_tell)
        to_pdf = replace(self._open.settings, printing=PrintingSettings())
        window = self._main_window(self._open, Memory(to_pdf, None), folder)
        try:
            for path in run(window, folder):
                _tell(str(path))
        finally:
            window.close()
            self._give_back()
        return 0

    def _start_window(self, settings: Settings) -> StartWindow:
        opening = Opening(settings, self._folders)
        made = StartWindow(self._theme, Wording(self._formats), opening.open)
        made.opened.connect(self._opened)
        made.show()
        return made

    def _switch(self) -> None:
        """Let somebody else sign in beside the locked window, which stays until they have."""
        if self._open is None or (self._start is not None and self._start.isVisible()):
            return
        with_ = (
            StartWith.DEMO
            if self._open.is_demo
            else StartWith.PRACTISE
            if self._open.is_training
            else StartWith.AS_CONFIGURED
        )
        self._start = self._start_window(self._open.settings)
        self._start.show_wanted(Wanted(StartChoice(with_)))
        self._start.sign_in.left.connect(self._start.close)

    def _choice(self, *, demo: bool) -> StartChoice | None:
        if demo:
            return StartChoice(StartWith.DEMO)
        if self._settings.database_url is not None or self._settings.connection.place is Place.EMBEDDED:
            return StartChoice(StartWith.AS_CONFIGURED)
        return None

    def _opened(self, opened: OpenDesk) -> None:
        before, window_before = self._open, self._window
        self._open = opened
        if not opened.is_made_up and self._settings.database_url is None:
            settings_.save(opened.settings, self._folders.settings_file)
        memory = Memory(opened.settings, None if opened.is_made_up else self._folders.settings_file)
        tickets = self._folders.data / ("training" if opened.is_training else "tickets")
        self._window = self._main_window(opened, memory, tickets)
        if window_before is not None:
            self._window.setGeometry(window_before.geometry())
        self._window.show()
        self._window.begin()
        if window_before is not None:
            window_before.close()
            window_before.deleteLater()
        if before is not None:
            before.resources.close()
        if self._start is not None:
            self._start.close()
        collector.wake()

    def _main_window(self, opened: OpenDesk, memory: Memory, tickets: Path) -> MainWindow:
        office, is_training = opened.desk.identity.office, opened.is_training
        printing = ticket_printing(memory, tickets, self._formats, office, is_training=is_training)
        self._memory = memory
        window = MainWindow(opened.desk, printing, self._theme, self._formats)
        if is_training:
            window.mark_training()
        window.mailing.use(mail_door(opened, memory, Keystore(self._folders.keys)))
        window.lock_when_idle(opened.settings.lock_minutes)
        window.switch_wanted.connect(self._switch)
        return window

    def _keep_theme(self) -> None:
        try:
            if self._memory is not None:
                self._memory.keep_theme(settings_.Theme(self._theme.mode))
        except OSError:
            _LOG.warning("the theme could not be saved", exc_info=True)

    def _unforeseen(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log and show what nobody caught: a fault is never swallowed, and never ends the sale in hand."""
        _LOG.error("unforeseen error", exc_info=(kind, error, trace))
        parent = self._window or self._start
        if parent is not None:
            FaultDialog(self._theme, error, parent).open()

    def _give_back(self) -> None:
        if self._open is not None:
            self._open.resources.close()
            self._open = None


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
