"""What is shown and what has changed: screens reload when they are looked at, and only then.

Changes made here and notices of other tills enter by the same door. A storm of them reaches a screen as a few
reloads per second; a hidden screen only remembers that it is stale.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from boxoffice.domain.notice import Notice, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

type Reload = Callable[[frozenset[Notice]], None]

PAUSE_MS = 300
"""Between two reloads of one screen, however many notices come."""
OFFLINE_AFTER_MS = 30_000


class Connection(StrEnum):
    """How the screens stand with the database."""

    LIVE = "live"
    RECONNECTING = "reconnecting"
    OFFLINE = "offline"


class Watch(QObject):
    """One screen's interest in topics; lives and dies with the widget that shows them."""

    def __init__(self, widget: QWidget, topics: frozenset[Topic], reload: Reload) -> None:
        super().__init__(widget)
        self._widget = widget
        self._topics = topics
        self._reload = reload
        self._due: set[Notice] = set()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._flush)
        widget.installEventFilter(self)

    @property
    def stale(self) -> bool:
        """Whether something changed that the screen has not reloaded."""
        return bool(self._due)

    def touched(self, notices: Iterable[Notice]) -> None:
        """Take note; reload at once when visible and rested, else when it is."""
        self._due.update(notice for notice in notices if notice.topic in self._topics)
        if not self._pause.isActive():
            self._flush()

    def _flush(self) -> None:
        if not self._due or not self._widget.isVisible():
            return
        due, self._due = frozenset(self._due), set()
        self._pause.start()
        self._reload(due)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._due:
            # After the event: the widget is not visible to its own children yet.
            QTimer.singleShot(0, self, self._flush)
        return False


class Freshness(QObject):
    """The door through which every change arrives, and the state of the connection it arrives over."""

    connection_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = Connection.LIVE
        self._has_listened = False
        """What changed between the first question and the first listening was told to nobody here."""
        self._watches: list[Watch] = []
        self._offline = QTimer(self, singleShot=True, interval=OFFLINE_AFTER_MS)
        self._offline.timeout.connect(self.give_up)

    @property
    def connection(self) -> Connection:
        """How the screens stand with the database now."""
        return self._connection

    def watch(self, widget: QWidget, topics: Iterable[Topic], reload: Reload) -> Watch:
        """Call `reload` with what changed in these topics whenever `widget` is visible."""
        watch = Watch(widget, frozenset(topics), reload)
        self._watches.append(watch)
        watch.destroyed.connect(lambda: self._watches.remove(watch))
        return watch

    def touched(self, notices: Iterable[Notice]) -> None:
        """Tell the screens what changed."""
        heard = tuple(notices)
        for watch in tuple(self._watches):
            watch.touched(heard)

    @property
    def watched(self) -> tuple[Watch, ...]:
        """The screens that are told."""
        return tuple(self._watches)

    def give_up(self) -> None:
        """Call a connection that has been away for long offline."""
        if self._connection is Connection.RECONNECTING:
            self._set(Connection.OFFLINE)

    def heard(self, notice: Notice) -> None:
        """Take in one notice of any till."""
        self.touched((notice,))

    def connected(self, alive: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        """Take in that the connection came or went. Whatever was missed meanwhile makes everything stale."""
        if alive:
            self._offline.stop()
            missed = self._connection is not Connection.LIVE or not self._has_listened
            self._has_listened = True
            self._set(Connection.LIVE)
            if missed:
                self.touched(Notice(topic) for topic in Topic)
        elif self._connection is Connection.LIVE:
            self._offline.start()
            self._set(Connection.RECONNECTING)

    def _set(self, connection: Connection) -> None:
        if connection is not self._connection:
            self._connection = connection
            self.connection_changed.emit(connection)
