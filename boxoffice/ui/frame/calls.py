"""How many people have to be called about what is offered to them, counted now and then for the rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxoffice.domain.notice import Topic

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from boxoffice.ui.context import Context

EVERY_MS = 30_000
"""A letter that fails tells no window."""
REST_MS = 3_000
"""However many notices come, it is counted no sooner again."""


class CallsToMake(QObject):
    """Tells `counted`. Asks when the waitlist changes, and now and then; never because something was sold."""

    counted = Signal(int)

    def __init__(self, context: Context, shown_by: QWidget) -> None:
        super().__init__(shown_by)
        self._context = context
        self._shown_by = shown_by
        self._is_due = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._rested)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.count)

    def begin(self) -> None:
        """Count now, and whenever it may have changed."""
        self._context.freshness.watch(self._shown_by, (Topic.WAITLIST,), lambda _notices: self.count())
        self._clock.start(EVERY_MS)
        self.count()

    def count(self) -> None:
        """Count, or do so once it was not just done."""
        if self._rest.isActive():
            self._is_due = True
            return
        self._is_due = False
        self._rest.start(REST_MS)
        # What cannot be counted now is counted the next time: nobody waits for it.
        self._context.tasks.look(
            self, "calls", self._context.desk.waitlist.to_call, self.counted.emit, lambda _error: None
        )

    def _rested(self) -> None:
        if self._is_due:
            self.count()
