"""The demo without a display: a clerk's hands on the real window, with pictures of what they see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QTest

from boxoffice.domain.sale import Sale
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.pictures import take_picture

PATIENCE_MS = 20_000
WINDOW_SIZE = (1280, 800)
EVENT = "blue harbour quartet"


class JourneyStuck(RuntimeError):
    """The window did not come to the state that the journey waits for."""


def run_journey(window: MainWindow, folder: Path) -> Iterator[Path]:
    """Find an event, sell two tickets of its first tier and one of its second for cash, print them.

    Yields every file that it wrote: a picture of each step, and the PDF of the tickets.
    """
    before = set(folder.glob("*.pdf"))
    window.resize(*WINDOW_SIZE)
    window.show()
    window.begin()
    counter = window.sell.counter
    _wait(lambda: counter.offer is not None, "the first event is shown")
    yield take_picture(window, folder / "1-events.png")

    _type(window, EVENT)
    _wait(lambda: bool(counter.offer and counter.offer.title.lower() == EVENT), "the event is found")
    _press(window, Qt.Key.Key_Return)
    _type(window, "12")
    _press(window, Qt.Key.Key_Return)
    _type(window, "21")
    _wait(lambda: counter.totals is not None and not counter.is_pricing, "the basket is priced")
    yield take_picture(window, folder / "2-basket.png")

    _press(window, Qt.Key.Key_F9)
    _wait(lambda: counter.sale is not None, "the sale is made")
    sale = counter.sale
    if sale is None:
        raise JourneyStuck("the sale is gone")
    _wait(lambda: _is_printed(window, sale), "the tickets are printed")
    yield take_picture(window, folder / "3-sold.png")
    yield from sorted(set(folder.glob("*.pdf")) - before)


def _is_printed(window: MainWindow, sale: Sale) -> bool:
    summary = window.paper.summary(sale.tickets)
    return summary.out == summary.total and not summary.working


def _type(window: MainWindow, text: str) -> None:
    for letter in text:
        QTest.keyClicks(window.focusWidget() or window, letter)


def _press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.focusWidget() or window, key)


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        if deadline.hasExpired():
            raise JourneyStuck(what)
        QTest.qWait(5)
