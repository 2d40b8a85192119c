"""Keys as they look on a keyboard, shown beside what they press."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from boxoffice.ui.theme.theme import Theme


_SIDE_PX = 16
_BETWEEN_PX = 16


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


class HintBar(QFrame):
    """The strip at the foot of a column that says which keys do what; what does not fit is left out whole."""

    def __init__(self, theme: Theme, hints: Iterable[tuple[tuple[str, ...], str]]) -> None:
        super().__init__()
        self.setProperty("role", "hints")
        self.setFixedHeight(38)
        self._hints: list[QWidget] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE_PX, 0, 0, 0)
        row.setSpacing(_BETWEEN_PX)
        for keys, words in hints:
            hint = QWidget()
            inner = QHBoxLayout(hint)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(6)
            for key in keys:
                inner.addWidget(KeyCap(theme, key))
            inner.addWidget(Text(theme, Style.BODY, Tone.MUTED, words))
            row.addWidget(hint)
            self._hints.append(hint)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        right = _SIDE_PX
        for hint in self._hints:
            right += hint.sizeHint().width()
            hint.setVisible(right <= event.size().width() - 4)
            right += _BETWEEN_PX
