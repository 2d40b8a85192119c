"""The real window on a real database with real paper: nothing between the keys and the tables is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from sqlalchemy import make_url

from boxoffice.bootstrap.memory import Memory
from boxoffice.bootstrap.paper import ticket_printing
from boxoffice.domain.card_payment import Gateway
from boxoffice.formats import Formats
from boxoffice.settings import Settings
from boxoffice.storage.database import Database
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.theme.theme import Theme
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.office.open_desk import open_desk, take_place
from tests.office import Office
from tests.ui.conftest import theme, tidy
from tests.ui.stage import wait
from tests.usecases.conftest import office

__all__ = ["office", "theme", "tidy"]

FORMATS = Formats("en")


@dataclass(frozen=True, slots=True)
class OfThisComputer:
    """What one till has and others have not."""

    settings_file: Path | None = None
    gateway: Gateway | None = None


_NOTHING = OfThisComputer()


class Till:
    """A clerk at one till: an open window, its keys, and the folder that its tickets are printed into."""

    def __init__(
        self, url: str, office: Office, theme: Theme, folder: Path, own: OfThisComputer = _NOTHING
    ) -> None:
        self.db = Database(url)
        self.at = take_place(self.db, "Test", office.at.till)
        self.folder = folder
        self.memory = Memory(Settings(), own.settings_file)
        store = office.give_key(folder)
        seal_with(self.db, store)
        self.window = MainWindow(
            open_desk(self.db, self.at, Attempts(folder / "attempts.json"), store, own.gateway),
            ticket_printing(self.memory, folder, FORMATS, "City Theatre"),
            theme,
            FORMATS,
            lambda: datetime.now(UTC),
        )
        self.window.show()
        self._come_forward()
        self.window.begin()
        self.counter = self.window.sell.counter
        wait(lambda: self.counter.offer is not None)

    def _come_forward(self) -> None:
        """Keys go to the window in front; a test with two tills walks from one to the other."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            assert QTest.qWaitForWindowActive(self.window)

    def type(self, text: str) -> None:
        self._come_forward()
        for letter in text:
            QTest.keyClicks(self.window.focusWidget() or self.window, letter)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._come_forward()
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def sold(self) -> None:
        wait(lambda: self.counter.sale is not None)

    def printed(self) -> list[Path]:
        """Wait for the tickets of the sale to come out, and return all that lies in the tray."""
        sale = self.counter.sale
        assert sale is not None
        wait(lambda: self.window.paper.summary(sale.tickets).out == len(sale.tickets))
        return sorted(self.folder.glob("*.pdf"))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.db.close()


type OpenTill = Callable[..., Till]


@pytest.fixture
def open_till(office: Office, theme: Theme, tmp_path: Path) -> Iterator[OpenTill]:
    """Opens a till, by its own connection or through a wire on another port."""
    tills: list[Till] = []
    clerk_url = office.let_in(office.at.clerk_id, "clerk")

    def open_(
        port: int | None = None,
        settings_file: Path | None = None,
        url: str = clerk_url,
        gateway: Gateway | None = None,
    ) -> Till:
        address = make_url(url)
        if port is not None:
            address = address.set(port=port)
        till = Till(
            address.render_as_string(hide_password=False),
            office,
            theme,
            tmp_path / f"tray{len(tills)}",
            OfThisComputer(settings_file, gateway),
        )
        tills.append(till)
        return till

    yield open_
    for till in tills:
        till.close()
