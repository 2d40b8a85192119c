"""Keys as they look on a keyboard, shown beside what they press."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from boxoffice.ui.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Text, panel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QFrame

    from boxoffice.ui.theme.theme import Theme


class KeyCap(QWidget):
    """One key. Says nothing to a screen reader: what it presses names the key itself."""

    def __init__(self, theme: Theme, key: str, min_width_px: int = 20) -> None:
        super().__init__()
        self._theme = theme
        self._key = key = key_words(key)
        font = theme.font(Style.SMALL)
        font.setPixelSize(11)
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)
        self._width_px = max(min_width_px, self.fontMetrics().horizontalAdvance(key) + 12)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._width_px, 19)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_key(painter, self._theme, QRectF(self.rect()), self._key)
        painter.end()


def key_words(key: str) -> str:
    """Return a key as keyboards of the screens' language name it."""
    return key.replace("Ctrl", tr("Ctrl")).replace("Shift", tr("Shift"))


def draw_key(painter: QPainter, theme: Theme, box: QRectF, key: str) -> None:
    """Draw one key into `box` in the font that the painter holds."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour(Tone.LINE), 1))
    painter.setBrush(theme.colour(Tone.LINE))
    painter.drawRoundedRect(box.adjusted(0.5, 1.5, -0.5, -0.5), 4, 4)
    painter.setBrush(theme.colour(Tone.SURFACE))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -1.5), 4, 4)
    painter.setPen(theme.colour(Tone.MUTED))
    painter.drawText(box.adjusted(0, -1, 0, -1), Qt.AlignmentFlag.AlignCenter, key)


def hint_bar(theme: Theme, hints: Iterable[tuple[tuple[str, ...], str]]) -> QFrame:
    """Return the strip at the foot of a column that says which keys do what."""
    bar = panel("hints")
    bar.setFixedHeight(38)
    row = QHBoxLayout(bar)
    row.setContentsMargins(16, 0, 8, 0)
    row.setSpacing(6)
    for keys, words in hints:
        for key in keys:
            row.addWidget(KeyCap(theme, key))
        label = Text(theme, Style.BODY, Tone.MUTED, words)
        row.addWidget(label)
        row.addSpacing(10)
    row.addStretch(1)
    return bar
