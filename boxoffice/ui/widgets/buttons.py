"""Buttons drawn from the tokens: with a key line for money, small with an icon for everything else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.keys import KeyCap

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent, QResizeEvent

    from boxoffice.ui.theme.theme import Theme

_NAME_SIDE_PX = 8


class Kind(StrEnum):
    """How loud a button is. A panel has one primary action at most."""

    PRIMARY = "primary"
    PLAIN = "plain"
    QUIET = "quiet"


class _DrawnButton(QPushButton):
    """A push button whose ground, border and focus ring come from the tokens."""

    def __init__(self, theme: Theme, name: str, kind: Kind) -> None:
        super().__init__()
        self._theme = theme
        self._kind = kind
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def set_kind(self, kind: Kind) -> None:
        """Make the button louder or quieter."""
        self._kind = kind
        self.update()

    def _ground(self) -> QColor:
        theme = self._theme
        if self._kind is Kind.PRIMARY:
            if not self.isEnabled():
                return theme.colour(Tone.SUNKEN)
            accent = theme.colour(Tone.ACCENT)
            return accent.darker(112) if self.isDown() or self.underMouse() else accent
        if self.isChecked():
            return theme.colour(Tone.ACCENT_SOFT)
        if self._kind is Kind.QUIET:
            over = self.isEnabled() and (self.isDown() or self.underMouse())
            ground = theme.colour(Tone.SUNKEN)
            ground.setAlpha(255 if over else 0)
            return ground
        over = self.isEnabled() and (self.isDown() or self.underMouse())
        return theme.colour(Tone.SUNKEN if over else Tone.SURFACE)

    def _ink(self) -> Tone:
        if not self.isEnabled():
            return Tone.MUTED if self._kind is Kind.PRIMARY else Tone.FAINT
        if self._kind is Kind.PRIMARY:
            return Tone.ON_ACCENT
        return Tone.ACCENT if self.isChecked() else Tone.TEXT

    def _draw_ground(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._theme.metrics.control_radius
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        bordered = self._kind is Kind.PLAIN
        line = self._theme.colour(Tone.ACCENT if self.isChecked() else Tone.LINE)
        painter.setPen(QPen(line, 1) if bordered else QPen(Qt.PenStyle.NoPen))
        painter.setBrush(self._ground())
        painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            inner = (
                box.adjusted(3, 3, -3, -3)
                if self._kind is Kind.PRIMARY
                else box.adjusted(0.5, 0.5, -0.5, -0.5)
            )
            ring = Tone.ON_ACCENT if self._kind is Kind.PRIMARY else Tone.ACCENT
            painter.setPen(QPen(self._theme.colour(ring), 2 if self._kind is not Kind.PRIMARY else 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, radius - 2, radius - 2)


class PayButton(_DrawnButton):
    """What to do in large letters, and below it the key and what follows."""

    def __init__(self, theme: Theme, name: str, kind: Kind = Kind.PLAIN) -> None:
        super().__init__(theme, name, kind)
        metrics = theme.metrics
        self._height = metrics.pay_main_height if kind is Kind.PRIMARY else metrics.pay_height
        self._title_font = theme.font(Style.ROW)
        self._title_font.setPixelSize(16 if kind is Kind.PRIMARY else 14)
        self._note_font = theme.font(Style.SMALL)
        self._note_font.setPixelSize(11)
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, title: str, note: str = "") -> None:
        """Show this title and, below it, this note."""
        self._note = note
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(note)
        self.update()

    def note(self) -> str:
        """Return the words below the title."""
        return self._note

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, self._height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(64, self._height)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_ground(painter)
        ink = self._ink()
        box = self.rect().adjusted(8, 0, -8, 0)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.colour(ink))
        painter.setFont(self._title_font)
        title_box = box.adjusted(0, 0, 0, -16) if self._note else box
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(title_box, centre, painter.fontMetrics().elidedText(self.text(), elide, box.width()))
        if self._note:
            painter.setFont(self._note_font)
            painter.setPen(self._theme.colour(Tone.MUTED if ink is Tone.TEXT else ink))
            note = painter.fontMetrics().elidedText(self._note, elide, box.width())
            painter.drawText(box.adjusted(0, 22, 0, 0), centre, note)
        painter.end()


class IconButton(_DrawnButton):
    """An icon, a few words, or both, and the key that does the same; as high as any control."""

    def __init__(  # noqa: PLR0913 - a key is said by keyword, and by few
        self, theme: Theme, name: str, icon: str, words: str = "", kind: Kind = Kind.PLAIN, *, key: str = ""
    ) -> None:
        super().__init__(theme, name, kind)
        self._icon = icon
        self._cap: KeyCap | None = None
        if key:
            self._cap = KeyCap(theme, key)
            self._cap.setParent(self)
        self._font = theme.font(Style.BODY)
        self._font.setWeight(self._font.Weight.DemiBold)
        self.setFont(self._font)
        self.setText(words)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    @override
    def sizeHint(self) -> QSize:
        height = self._theme.metrics.control_height
        words = self._plain_words()
        if not words:
            return QSize(height + 2, height)
        icon_px = 22 if self._icon else 0
        return QSize(self.fontMetrics().horizontalAdvance(words) + icon_px + 24 + self._cap_px, height)

    @property
    def _cap_px(self) -> int:
        """Room for the key and the gap before it."""
        return self._cap.sizeHint().width() + 8 if self._cap is not None else 0

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._cap is not None:
            size = self._cap.sizeHint()
            left = event.size().width() - size.width() - 12
            self._cap.setGeometry(
                left, (event.size().height() - size.height()) // 2, size.width(), size.height()
            )

    def _plain_words(self) -> str:
        return self.text().replace("&", "")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_ground(painter)
        ink = self._ink()
        words = self._plain_words()
        text_px = self.fontMetrics().horizontalAdvance(words)
        icon_px = 16 if self._icon else 0
        gap_px = 6 if self._icon and words else 0
        left = (self.width() - icon_px - gap_px - text_px - self._cap_px) // 2
        if self._icon:
            icon = self._theme.icon(self._icon, ink, 16, self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - 16) // 2, icon)
        if words:
            painter.setPen(self._theme.colour(ink))
            box = self.rect().adjusted(left + icon_px + gap_px, 0, 0, 0)
            # The letter that works it with Alt is underlined.
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
            painter.drawText(box, flags, self.text())
        painter.end()


class NameButton(_DrawnButton):
    """An icon and a name in plain ink, elided where it is too long."""

    def __init__(self, theme: Theme, name: str, icon: str, most_px: int) -> None:
        super().__init__(theme, name, Kind.QUIET)
        self._icon = icon
        self._words = ""
        self._most_px = most_px
        self.setFont(theme.font(Style.BODY))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_name(self, words: str) -> None:
        """Show this name; it is not the button's text, for an & in it is no mnemonic."""
        self._words = words
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        # A pixel is added, for whole pixels of a fractional width would cut the last letters off.
        words_px = self.fontMetrics().horizontalAdvance(self._words) + 1
        return QSize(
            min(words_px + 2 * _NAME_SIDE_PX + self._icon_px, self._most_px),
            self._theme.metrics.control_height,
        )

    @property
    def _icon_px(self) -> int:
        """Room for the icon and the gap behind it."""
        return 22 if self._icon else 0

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _NAME_SIDE_PX + 16, self._theme.metrics.control_height)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_ground(painter)
        if self._icon:
            icon = self._theme.icon(self._icon, Tone.MUTED, 16, self.devicePixelRatioF())
            painter.drawPixmap(_NAME_SIDE_PX, (self.height() - 16) // 2, icon)
        painter.setPen(self._theme.colour(Tone.MUTED))
        box = self.rect().adjusted(_NAME_SIDE_PX + self._icon_px, 0, -_NAME_SIDE_PX, 0)
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()
