"""The thread that hears what other tills do, for as long as the window is open."""

from __future__ import annotations

import logging
from threading import Event
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QObject, QThread, Signal

from boxoffice.domain.errors import SignInFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxoffice.domain.notice import Notice

_LOG = logging.getLogger(__name__)


class Listener(QThread):
    """Runs `Desk.listen` and hands on what it says by signals."""

    heard = Signal(object)
    connected = Signal(bool)
    faulted = Signal(object)
    signed_out = Signal()
    """The server does not let this person in any more."""

    def __init__(
        self,
        listen: Callable[[Callable[[Notice], None], Callable[[bool], None], Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._listen = listen
        self._stop = Event()

    @override
    def run(self) -> None:
        try:
            self._listen(self.heard.emit, self.connected.emit, self._stop)
        except SignInFailed:
            self.connected.emit(False)
            self.signed_out.emit()
        except Exception as error:  # noqa: BLE001 - carried to the GUI thread, which reports it
            _LOG.exception("the listener died")
            self.connected.emit(False)
            self.faulted.emit(error)

    def close(self, wait_ms: int = 5000) -> bool:
        """Ask the listener to stop and let it end. False if it did not end in time."""
        self._stop.set()
        return self.wait(wait_ms)
