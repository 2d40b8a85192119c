"""A box to tick, drawn from the tokens: an empty one is seen in the dark, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QCheckBox

from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPaintEvent

    from boxoffice.ui.theme.theme import Theme

_BOX_PX = 16
_GAP_PX = 8
_SIDE_PX = 3


class TickBox(QCheckBox):
    """A box and what it stands for, on one line."""

    def __init__(self, theme: Theme, name: str, words: str) -> None:
        super().__init__(words.replace("&", "&&"))
        self._theme = theme
        self._words = words
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setFont(theme.font(Style.BODY))
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        words_px = self.fontMetrics().horizontalAdvance(self._words)
        return QSize(2 * _SIDE_PX + _BOX_PX + _GAP_PX + words_px + 1, _BOX_PX + 2 * _SIDE_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _SIDE_PX + _BOX_PX + _GAP_PX, _BOX_PX + 2 * _SIDE_PX)

    @override
    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _BOX_PX) / 2
        box = QRectF(_SIDE_PX + 0.5, top + 0.5, _BOX_PX - 1, _BOX_PX - 1)
        ticked = self.isChecked()
        painter.setPen(QPen(theme.colour(Tone.ACCENT if ticked else Tone.MUTED), 1.2))
        painter.setBrush(theme.colour(Tone.ACCENT if ticked else Tone.SURFACE))
        painter.drawRoundedRect(box, 4, 4)
        if ticked:
            icon = theme.icon("check", Tone.ON_ACCENT, 12, self.devicePixelRatioF())
            painter.drawPixmap(_SIDE_PX + 2, int(top) + 2, icon)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour(Tone.ACCENT), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 6, 6)
        painter.setPen(theme.colour(Tone.TEXT if self.isEnabled() else Tone.FAINT))
        line = self.rect().adjusted(_SIDE_PX + _BOX_PX + _GAP_PX, 0, 0, 0)
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()
