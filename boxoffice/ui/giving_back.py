"""Gives back the orders of a cancelled event while the window is open: in the background, with a pause."""

from __future__ import annotations

import logging
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

from boxoffice.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from boxoffice.domain.cancellation import Cancellation
    from boxoffice.usecases.events.cancellation_desk import Cancellations

_LOG = logging.getLogger(__name__)
AGAIN_MS = 30_000
"""Until what another program has in hand, or left when it died, is looked at again."""


class GivingBack(QObject):
    """One event at a time. Tells `progressed` with a Cancellation, `ended` with an error or None."""

    progressed = Signal(object)
    ended = Signal(object)
    faulted = Signal(object)
    _stepped = Signal(object)
    _finished = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stop = Event()
        self._deeds: Cancellations | None = None
        self.event_id: int | None = None
        """The event that is being given back."""
        self._worker = QThreadPool(self)
        self._worker.setMaxThreadCount(1)
        self._timer = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._timer.timeout.connect(self._go_on)
        self._again_for: int | None = None
        self._stepped.connect(self.progressed, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def start(self, deeds: Cancellations, event_id: int, *, again: bool = False) -> bool:
        """Begin or go on with this event, `again` with what failed too; False while another is in hand."""
        if self.event_id is not None:
            return False
        self._timer.stop()
        self._deeds, self.event_id = deeds, event_id
        self._stop.clear()
        self._worker.start(lambda: self._work(deeds, event_id, again=again))
        return True

    def pause(self) -> None:
        """Begin no other order; the one in hand is finished."""
        self._timer.stop()
        self._stop.set()

    def close(self, wait_ms: int = 5000) -> bool:
        """Pause, and wait for the order in hand. False if it did not end in time."""
        self.pause()
        return self._worker.waitForDone(wait_ms)

    def _work(self, deeds: Cancellations, event_id: int, *, again: bool) -> None:
        def told(progress: Cancellation) -> bool:
            self._stepped.emit(progress)
            return not self._stop.is_set()

        try:
            progress = deeds.give_back(event_id, again, told)
        except Exception as error:  # noqa: BLE001 - carried to the GUI thread, which reports it
            self._finished.emit(None, error)
        else:
            self._finished.emit(progress, None)

    def _finish(self, progress: Cancellation | None, error: Exception | None) -> None:
        self._again_for, self.event_id = self.event_id, None
        if error is not None and not isinstance(error, Refused | Unavailable):
            _LOG.error("giving back a cancelled event failed", exc_info=error)
            self.faulted.emit(error)
        waits = progress is not None and progress.waiting > 0
        if not self._stop.is_set() and (waits or isinstance(error, Unavailable)):
            self._timer.start()
        self.ended.emit(error)

    def _go_on(self) -> None:
        if self._deeds is not None and self._again_for is not None:
            self.start(self._deeds, self._again_for)
