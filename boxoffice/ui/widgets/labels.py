"""Text and icons that follow the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from boxoffice.ui.theme.lines import broken, one_line
from boxoffice.ui.theme.tokens import Style, Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from boxoffice.ui.theme.theme import Theme


def restyled(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


class Text(QLabel):
    """Plain text in one style of the scale and one tone. Never reads its text as markup."""

    def __init__(
        self, theme: Theme, style: Style = Style.BODY, tone: Tone = Tone.TEXT, text: str = ""
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(style))
        self.setProperty("tone", tone.value)

    def set_tone(self, tone: Tone) -> None:
        """Change the colour of the text."""
        restyled(self, "tone", tone.value)

    def wrapping(self) -> Text:
        """Return this label, breaking its lines at the width it is given."""
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return self


class ClampedText(QWidget):
    """Text in at most so many lines, the rest as an ellipsis; the whole of it is the tool tip."""

    def __init__(self, theme: Theme, style: Style, max_lines: int, tone: Tone = Tone.TEXT) -> None:
        super().__init__()
        self._theme = theme
        self._style = style
        self._tone = tone
        self._max_lines = max_lines
        self._text = ""
        self._lines: tuple[str, ...] = ()
        self._align = Qt.AlignmentFlag.AlignLeft
        self.setFont(theme.font(style))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_text(self, text: str) -> None:
        """Show this text."""
        line = one_line(text)
        if line != self._text:
            self._text = line
            self.setAccessibleName(line)
            self._break()

    def set_tone(self, tone: Tone) -> None:
        """Change the colour of the text."""
        self._tone = tone
        self.update()

    def centred(self) -> ClampedText:
        """Return this text, its lines in the middle of the width it is given."""
        self._align = Qt.AlignmentFlag.AlignHCenter
        return self

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def _break(self) -> None:
        self._lines = broken(self._text, self.font(), max(self.width(), 40), self._max_lines)
        shortened = bool(self._lines) and self._lines[-1].endswith("…") and not self._text.endswith("…")
        self.setToolTip(self._text[:600] if shortened else "")
        self.setFixedHeight(max(1, len(self._lines)) * self._theme.line_px(self._style))
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self._break()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._theme.line_px(self._style))

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._text[:200])
        return QSize(width, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.colour(self._tone))
        line_px = self._theme.line_px(self._style)
        for number, line in enumerate(self._lines):
            box = QRect(0, number * line_px, self.width(), line_px)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | self._align, line)
        painter.end()


class IconLabel(QWidget):
    """An icon of the set in a tone, sharp on any screen."""

    def __init__(self, theme: Theme, name: str, tone: Tone = Tone.MUTED, size_px: int = 16) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._tone = tone
        self._size_px = size_px
        self.setFixedSize(size_px, size_px)
        theme.changed.connect(self.update)

    def show_icon(self, name: str, tone: Tone) -> None:
        """Show another icon or another tone."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon = self._theme.icon(self._name, self._tone, self._size_px, self.devicePixelRatioF())
        painter.drawPixmap(0, 0, icon)
        painter.end()


class IconText(QWidget):
    """An icon and a few words beside it."""

    def __init__(self, theme: Theme, icon: str, tone: Tone = Tone.MUTED, *, elided: bool = False) -> None:
        super().__init__()
        self._icon = IconLabel(theme, icon, tone)
        self._text = ClampedText(theme, Style.BODY, 1, tone) if elided else Text(theme, Style.BODY, tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1 if elided else 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Show these words."""
        if isinstance(self._text, ClampedText):
            self._text.set_text(text)
        else:
            self._text.setText(text)
        self.setAccessibleName(text)

    def text(self) -> str:
        """Return the words."""
        return self._text.text()

    def show_icon(self, name: str, tone: Tone) -> None:
        """Change the icon, and the tone of both."""
        self._icon.show_icon(name, tone)
        self._text.set_tone(tone)


class Tag(QWidget):
    """A state in a small rounded field."""

    def __init__(self, theme: Theme, tone: Tone = Tone.MUTED, text: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._tone = tone
        self._text = text
        font = theme.font(Style.SMALL)
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_state(self, text: str, tone: Tone) -> None:
        """Show this state; the tone is GOOD, WARN, BAD, ACCENT or MUTED."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return the state's words."""
        return self._text

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 16, 20)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(_SOFT.get(self._tone, Tone.SUNKEN)))
        painter.drawRoundedRect(self.rect(), 10, 10)
        painter.setPen(self._theme.colour(self._tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


_SOFT = {
    Tone.GOOD: Tone.GOOD_SOFT,
    Tone.WARN: Tone.WARN_SOFT,
    Tone.BAD: Tone.BAD_SOFT,
    Tone.ACCENT: Tone.ACCENT_SOFT,
}


def panel(role: str) -> QFrame:
    """Return a frame that the style sheet colours by this role."""
    frame = QFrame()
    frame.setProperty("role", role)
    return frame
