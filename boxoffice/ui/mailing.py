"""Sends the office's e-mails while the window is open: every half minute, in the background, quietly."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.domain.mail import MailRound

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

EVERY_MS = 30_000
LONGEST_MS = 15 * 60_000
"""Between two tries when the mail server is away or will not have us."""


@dataclass(frozen=True, slots=True)
class MailDoor:
    """This computer's way to the mail server."""

    is_set_up: Callable[[], bool]
    send: Callable[[Event], MailRound]
    """Send what is due; blocks, and ends early once the event is set."""


def no_mail() -> MailDoor:
    """Return the way of a computer that has none: e-mails stay queued."""
    return MailDoor(lambda: False, lambda _stop: MailRound())


class Mailing(QObject):
    """One per window. Tells `changed` with the MailRound after each walk through the outbox."""

    changed = Signal(object)
    faulted = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._door = no_mail()
        self._stop = Event()
        self._is_at_work = False
        self._is_wanted = False
        self.last = MailRound()
        """What came of the newest walk."""
        self._worker = QThreadPool(self)
        self._worker.setMaxThreadCount(1)
        self._timer = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._timer.timeout.connect(self.wake)
        self._ended.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @property
    def is_set_up(self) -> bool:
        """Whether this computer can send e-mails at all."""
        return self._door.is_set_up()

    def use(self, door: MailDoor) -> None:
        """Go this way to the mail server from now on."""
        self._door = door

    @property
    def next_in_ms(self) -> int:
        """How long the wait for the next walk is; 0 while one is under way."""
        return self._timer.interval() if self._timer.isActive() else 0

    def begin(self) -> None:
        """Send from now on what is due, for the first time in half a minute."""
        self._timer.start()

    def wake(self) -> None:
        """Send now what is due: something was queued, or it is time again."""
        if self._stop.is_set():
            return
        if not self._door.is_set_up():
            self._timer.start(EVERY_MS)
        elif self._is_at_work:
            self._is_wanted = True
        else:
            self._is_at_work = True
            self._timer.stop()
            self._worker.start(self._send)

    def close(self, wait_ms: int = 5000) -> bool:
        """Begin no other e-mail and let the one in hand go out. False if it did not in time."""
        self._stop.set()
        self._timer.stop()
        return self._worker.waitForDone(wait_ms)

    def _send(self) -> None:
        try:
            ended = self._door.send(self._stop)
        except Exception as error:  # noqa: BLE001 - carried to the GUI thread, which reports it
            self._ended.emit(MailRound(), error)
        else:
            self._ended.emit(ended, None)

    def _finish(self, ended: MailRound, error: Exception | None) -> None:
        self._is_at_work = False
        if self._stop.is_set():
            return
        if error is None:
            self.last = ended
            self.changed.emit(ended)
        elif not isinstance(error, Refused | Unavailable):
            _LOG.error("sending e-mails failed", exc_info=error)
            self.faulted.emit(error)
        is_hindered = error is not None or ended.trouble is not None
        if self._is_wanted and not is_hindered:
            self._is_wanted = False
            self.wake()
            return
        self._is_wanted = False
        wait_ms = min(2 * self._timer.interval(), LONGEST_MS) if is_hindered else EVERY_MS
        self._timer.start(wait_ms)
