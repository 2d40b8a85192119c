"""How long the GUI thread is ever away: a 5 ms timer that remembers its longest gap.

python -m tests.ui.heartbeat works the window through scrolling, searching, live changes and sales on 10,000
events and prints the longest gap of each in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Self

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from boxoffice.ui.sell.counter import Phase
from tests.ui.demo_data import huge_world
from tests.ui.stage import Stage, make_theme, rest, wait

BEAT_MS = 5


class Heartbeat:
    """Beats while it is the context of a with block."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last = 0.0
        self._timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Self:
        self._last = perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000 - BEAT_MS)
        self._last = now


def scroll(stage: Stage) -> None:
    bar = stage.sell.events.list.verticalScrollBar()
    for _ in range(150):
        bar.setValue(bar.maximum())
        rest(15)


def search(stage: Stage) -> None:
    for letter in "event number 77":
        stage.type(letter)
        rest(60)
    stage.key(Qt.Key.Key_Escape)
    rest(300)


def storm(stage: Stage) -> None:
    for number in range(400):
        stage.world.tell(number + 1)
        rest(3)


def sales(stage: Stage) -> None:
    for _ in range(30):
        stage.type("11")
        stage.key(Qt.Key.Key_F9)
        wait(lambda: stage.counter.phase is Phase.DONE)
        rest(30)


def main() -> None:
    app = QApplication([])
    stage = Stage(make_theme(app), huge_world()).ready()
    deeds: tuple[Callable[[Stage], None], ...] = (sales, search, storm, scroll)
    for deed in deeds:
        with Heartbeat() as heartbeat:
            deed(stage)
        rows = stage.sell.events.model.rowCount()
        print(f"{deed.__name__:8} longest gap {heartbeat.longest_ms:6.1f} ms, {rows} rows")  # noqa: T201 - said to a terminal
    stage.close()


if __name__ == "__main__":
    main()
