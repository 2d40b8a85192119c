"""The mark of practice: a band along the top and a frame around everything, whatever lies over the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMainWindow, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from boxoffice.ui.theme.theme import Theme

BAND_PX = 28
FRAME_PX = 4


class TrainingMark(QWidget):
    """Lies over a window and lets every click through."""

    def __init__(self, theme: Theme, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("training_mark")
        self._theme = theme
        self._window = window
        self._words = tr("TRAINING · nothing here is real, and no door takes these tickets")
        self.setAccessibleName(self._words)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(theme.font(Style.ROW))
        window.setContentsMargins(FRAME_PX, BAND_PX, FRAME_PX, FRAME_PX)
        window.installEventFilter(self)
        theme.changed.connect(self.update)
        self.show()
        self.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self.raise_()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        warn, paper = self._theme.colour(Tone.WARN), self._theme.colour(Tone.SURFACE)
        width, height = self.width(), self.height()
        for box in (
            QRect(0, 0, width, BAND_PX),
            QRect(0, BAND_PX, FRAME_PX, height),
            QRect(width - FRAME_PX, BAND_PX, FRAME_PX, height),
            QRect(0, height - FRAME_PX, width, FRAME_PX),
        ):
            painter.fillRect(box, warn)
        painter.setPen(paper)
        painter.drawText(QRect(0, 0, width, BAND_PX), Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
