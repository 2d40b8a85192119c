"""Notices that nobody has touched keyboard or mouse for a while."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

_SIGNS_OF_LIFE = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class IdleWatch(QObject):
    """Tells `idle` once after so many minutes without input; 0 minutes: never."""

    idle = Signal()

    def __init__(self, minutes: float, parent: QObject) -> None:
        super().__init__(parent)
        self._rest = QTimer(self, singleShot=True, interval=int(minutes * 60_000))
        self._rest.timeout.connect(self.idle)
        app = QApplication.instance()
        if minutes > 0 and app is not None:
            app.installEventFilter(self)
            self._rest.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            self._rest.start()
        return False
