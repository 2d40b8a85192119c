"""What any open window does for all tills now and then: end holds, unpaid orders and offers that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from boxoffice.domain.notice import Done
    from boxoffice.ui.context import Context

EVERY_MS = 15_000


class Upkeep(QObject):
    """Ends what is over, whichever till it was of: that one may be dead. Several windows do no harm."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._clock = QTimer(self)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self.look_after)

    def begin(self) -> None:
        """Begin to look after the holds."""
        self._clock.start()

    def look_after(self) -> None:
        """End what is over now; what cannot be done now is done the next time, here or elsewhere."""
        desk = self._context.desk
        for deed in (desk.expire_holds, desk.waitlist.tend):
            self._context.tasks.change(self, deed, self._ended, lambda _error: None)

    def _ended(self, done: Done[int]) -> None:
        self._context.freshness.touched(done.touched)
