"""What a list or a panel shows when it has nothing to show yet, or cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.labels import IconLabel, Text, panel

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

    from boxoffice.ui.theme.theme import Theme

_TURN_MS = 40
_STEP_DEGREES = 18


class BusyRing(QWidget):
    """A ring that turns while it is seen."""

    def __init__(self, theme: Theme, size_px: int = 20) -> None:
        super().__init__()
        self._theme = theme
        self._angle = 60
        self._timer = QTimer(self, interval=_TURN_MS)
        self._timer.timeout.connect(self._turn)
        self.setFixedSize(size_px, size_px)
        theme.changed.connect(self.update)

    def _turn(self) -> None:
        self._angle = (self._angle - _STEP_DEGREES) % 360
        self.update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = max(2.0, self.width() / 10)
        box = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.setPen(QPen(self._theme.colour(Tone.LINE), width))
        painter.drawEllipse(box)
        pen = QPen(self._theme.colour(Tone.ACCENT), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, self._angle * 16, 90 * 16)
        painter.end()


class StateNote(QWidget):
    """An icon or a busy ring, a sentence, what to do, and at most one button."""

    acted = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._ring = BusyRing(theme, 28)
        self._icon = IconLabel(theme, "inbox", Tone.FAINT, 28)
        self._title = Text(theme, Style.ROW).wrapping()
        self._advice = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._button = IconButton(theme, f"{name}_action", "")
        self._button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        for mark in (self._ring, self._icon):
            column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        for label in (self._title, self._advice):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(4)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_busy(self, title: str) -> None:
        """Say what is being waited for."""
        self._fill(title, "", "")
        self._ring.show()
        self._icon.hide()

    def show_note(self, icon: str, title: str, advice: str = "", action: str = "") -> None:
        """Say what there is not, what to do, and offer one action."""
        self._icon.show_icon(icon, Tone.FAINT)
        self._fill(title, advice, action)
        self._ring.hide()
        self._icon.show()

    def title(self) -> str:
        """Return the sentence shown."""
        return self._title.text()

    def advice(self) -> str:
        """Return what is said below the title."""
        return self._advice.text()

    @property
    def offers_action(self) -> bool:
        """Whether there is something to press."""
        return self._button.isVisibleTo(self)

    def _fill(self, title: str, advice: str, action: str) -> None:
        self._title.setText(title)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._button.setText(action)
        self._button.setAccessibleName(action)
        self._button.updateGeometry()
        self._button.setVisible(bool(action))


class Notice(QWidget):
    """A sentence beside what was pressed, in the colour of its weight, with at most one way out."""

    acted = Signal()

    def __init__(self, theme: Theme, name: str, tone: Tone = Tone.BAD) -> None:
        super().__init__()
        self.setObjectName(name)
        self._frame = panel(f"note_{tone.value}")
        self._text = Text(theme, Style.BODY, tone).wrapping()
        self._button = IconButton(theme, f"{name}_action", "")
        self._button.clicked.connect(self.acted)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._frame)
        inner = QVBoxLayout(self._frame)
        inner.setContentsMargins(12, 10, 12, 10)
        inner.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        icon = IconLabel(theme, "circle-alert", tone)
        top.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._text, 1)
        inner.addLayout(top)
        inner.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def say(self, sentence: str, action: str = "") -> None:
        """Show a sentence, and a button when `action` names one; an empty sentence hides the notice."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._button.setText(action)
        self._button.setAccessibleName(action)
        self._button.updateGeometry()
        self._button.setVisible(bool(action))
        self.setVisible(bool(sentence))

    def sentence(self) -> str:
        """Return what is shown."""
        return self._text.text()
