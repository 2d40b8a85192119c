"""What lies over the whole window for a while: it keeps the keyboard, and follows the window's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SHADE = QColor(0, 0, 0, 120)


class Overlay(QWidget):
    """Hidden until `cover`. Tells `opened` with a bool, so that keys below can be let and stopped."""

    opened = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        parent.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._hold_focus)
        self.hide()

    def cover(self) -> None:
        """Lie over the window and take the keyboard."""
        self.opened.emit(True)
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.take_keyboard()

    def leave(self) -> None:
        """Let the window below be seen and worked again."""
        if self.isVisible():
            self.hide()
            self.opened.emit(False)

    def take_keyboard(self) -> None:
        """Put the keyboard where it belongs in here."""
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _hold_focus(self, _: QWidget | None, new: QWidget | None) -> None:
        """Take the keyboard back from whatever below asks for it, as a finished sale does."""
        if new is None or not self.isVisible() or new.window() is not self.window():
            return
        if new is not self and not self.isAncestorOf(new):
            self.take_keyboard()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        painter.end()
