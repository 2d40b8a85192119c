"""Work off the GUI thread, in two verbs: change (one at a time, in order) and look (in parallel).

Callbacks always run on the GUI thread, which never waits for a deed. An answer is dropped when its question
was asked anew meanwhile or when whoever asked is gone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from shiboken6 import isValid

from boxoffice.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    pool: QThreadPool
    owner: QObject
    name: tuple[int, str] | None
    """What makes a later question the same one; None for a change, which always counts."""


@dataclass(frozen=True, slots=True)
class _Answer:
    question: _Question
    serial: int
    deliver: Callable[[], None]
    error: Exception | None


class Tasks(QObject):
    """Two pools of threads and the way back. One per window; `close` it before the application ends."""

    faulted = Signal(object)
    """An error that is neither refused nor unavailable: a fault of ours. Emitted besides `failed`."""
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None, parallel: int = 3) -> None:
        super().__init__(parent)
        self._changes = QThreadPool(self)
        self._changes.setMaxThreadCount(1)
        self._looks = QThreadPool(self)
        self._looks.setMaxThreadCount(parallel)
        self._latest: dict[tuple[int, str], int] = {}
        self._serial = 0
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def change[T](
        self,
        owner: QObject,
        deed: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run the deed after all changes asked before; then call `done` or `failed` while `owner` lives."""
        self._start(_Question(self._changes, owner, None), deed, done, failed)

    def look[T](
        self,
        owner: QObject,
        question: str,
        deed: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run the deed beside others; its answer is dropped once `owner` asks the same `question` again."""
        self._start(_Question(self._looks, owner, (id(owner), question)), deed, done, failed)

    def forget(self, owner: QObject, question: str) -> None:
        """Drop the answer to this question when it comes."""
        self._latest.pop((id(owner), question), None)

    def is_asking(self, owner: QObject, question: str) -> bool:
        """Tell whether the answer to this question is still to come."""
        return (id(owner), question) in self._latest

    def close(self, wait_ms: int = 5000) -> bool:
        """Start nothing more, drop all answers, let running deeds end. False if one did not end in time."""
        self._closed = True
        self._looks.clear()
        changes_ended = self._changes.waitForDone(wait_ms)
        return self._looks.waitForDone(wait_ms) and changes_ended

    def _start[T](
        self,
        question: _Question,
        deed: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        if self._closed:
            return
        self._serial += 1
        serial = self._serial
        if question.name is not None:
            self._latest[question.name] = serial

        def run() -> None:
            try:
                value = deed()
            except Exception as error:  # noqa: BLE001 - carried to the GUI thread, which shows or reports it
                self._arrived.emit(_Answer(question, serial, _bound(failed, error), error))
            else:
                self._arrived.emit(_Answer(question, serial, _bound(done, value), None))

        question.pool.start(run)

    def _deliver(self, answer: _Answer) -> None:
        error = answer.error
        if error is not None and not isinstance(error, Refused | Unavailable):
            _LOG.error("a deed failed", exc_info=error)
            self.faulted.emit(error)
        if self._closed or not isValid(answer.question.owner):
            return
        name = answer.question.name
        if name is not None:
            if self._latest.get(name) != answer.serial:
                return
            del self._latest[name]
        answer.deliver()


def _bound[T](callback: Callable[[T], None], value: T) -> Callable[[], None]:
    return lambda: callback(value)
