"""The demo without a display: a clerk's hands on the real window, with pictures of what they see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from boxoffice.domain.event import EventFilter
from boxoffice.domain.sale import Sale
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.pictures import take_picture
from boxoffice.usecases.desk import Desk

PATIENCE_MS = 20_000
POLL_MS = 5
SETTLE_MS = 100
WINDOW_SIZE = (1280, 800)
FIRST, SECOND = 2, 1
"""Tickets sold of the first and of the second tier."""


class JourneyStuck(RuntimeError):
    """The window did not come to the state that the journey waits for."""


def run_journey(window: MainWindow, folder: Path) -> Iterator[Path]:
    """Find an event, sell two tickets of its first tier and one of its second for cash, print them.

    Yields every file that it wrote: a picture of each step, and the PDF of the tickets.
    """
    window.resize(*WINDOW_SIZE)
    window.show()
    window.activateWindow()
    _wait(window.isActiveWindow, "the window is in front")
    window.begin()
    counter = window.sell.counter
    _wait(lambda: counter.offer is not None, "the first event is shown")
    yield _picture(window, folder / "1-events.png")

    wish = _find_wish(window.context.desk)
    _type(window, wish.title)
    _press(window, Qt.Key.Key_Return)
    _wait(lambda: counter.offer is not None and counter.offer.id == wish.event_id, "the event is found")
    for key, quantity in ((wish.first_key, FIRST), (wish.second_key, SECOND)):
        _type(window, f"{key}{quantity}")
        _press(window, Qt.Key.Key_Return)
    _wait(lambda: counter.totals is not None and not counter.is_pricing, "the basket is priced")
    yield _picture(window, folder / "2-basket.png")

    _press(window, Qt.Key.Key_F9)
    _wait(lambda: counter.sale is not None, "the sale is made")
    sale = counter.sale
    if sale is None:
        raise JourneyStuck("the sale is gone")
    _wait(lambda: _is_printed(window, sale), "the tickets are printed")
    yield _picture(window, folder / "3-sold.png")
    yield from sorted(folder.glob(f"{sale.order_number}*.pdf"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What the journey's customer wants: an event, and the keys of two of its tiers."""

    event_id: int
    title: str
    first_key: int
    second_key: int


def _find_wish(desk: Desk) -> Wish:
    """Return the first event that has tickets of two tiers left; its title finds it and nothing before it.

    Only a title that every keyboard has: Qt's test hand knows no other keys.
    """
    for row in desk.browse_events(EventFilter(available_only=True), None).rows:
        if not row.title.isascii():
            continue
        offer = desk.event_offer(row.id)
        keys = [
            key
            for key, tier in enumerate(offer.tiers[:9], 1)
            if tier.not_sellable is None
            and tier.min_purchase <= SECOND
            and min(tier.available, tier.max_purchase) >= FIRST
        ]
        found = desk.browse_events(EventFilter(text=row.title), None).rows
        if len(keys) > 1 and found[0].id == row.id:
            return Wish(row.id, row.title, keys[0], keys[1])
    raise JourneyStuck("no event has tickets of two tiers left")


def _is_printed(window: MainWindow, sale: Sale) -> bool:
    summary = window.paper.summary(sale.tickets)
    return summary.out == summary.total and not summary.working


def _picture(window: MainWindow, path: Path) -> Path:
    _rest(SETTLE_MS)  # the labels that changed last are laid out by then
    return take_picture(window, path)


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
        _rest(POLL_MS)


def _rest(milliseconds: int) -> None:
    # Not QTest.qWait: it holds the interpreter's lock, and the workers wait in vain.
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
