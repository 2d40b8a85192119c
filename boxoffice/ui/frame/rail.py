"""The slim rail to the left: the screens that exist, help and the theme."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from boxoffice.ui.theme.theme import Theme


class Mark(QWidget):
    """The program's mark."""

    def __init__(self, theme: Theme, size_px: int = 36) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(size_px, size_px)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.ACCENT))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        edge = self.width() * 5 // 9
        icon = self._theme.icon("ticket", Tone.ON_ACCENT, edge, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - edge) // 2, (self.height() - edge) // 2, icon)
        painter.end()


SELL, ORDERS, WAITLIST, TILL, ADMIN = "sell", "orders", "waitlist", "till", "admin"
"""Places of the screens."""
_WORDS_PX, _SMALLEST_WORDS_PX = 11, 8
_COUNT_PX, _MOST_COUNTED = 16, 99


class RailButton(QPushButton):
    """One screen: an icon and its name below."""

    def __init__(self, theme: Theme, name: str, icon: str, words: str) -> None:
        super().__init__(words)
        self._theme = theme
        self._icon = icon
        self._count = 0
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(QSize(60, 54))
        self._font = theme.font(Style.SMALL)
        self._font.setPixelSize(_WORDS_PX)
        self._fit(words)
        theme.changed.connect(self.update)

    @property
    def count(self) -> int:
        """How many things want doing there."""
        return self._count

    def show_count(self, count: int, words: str) -> None:
        """Mark that something wants doing there; `words` say what, for 0 that is not read."""
        if count != self._count:
            self._count = count
            name = self.text()
            self.setAccessibleName(f"{name}: {words}" if count else name)
            self.update()

    def _fit(self, words: str) -> None:
        """Make long words smaller: some languages have no short ones."""
        bold = QFont(self._font)
        bold.setWeight(QFont.Weight.DemiBold)
        for size_px in range(_WORDS_PX, _SMALLEST_WORDS_PX - 1, -1):
            bold.setPixelSize(size_px)
            self._font.setPixelSize(size_px)
            if QFontMetrics(bold).horizontalAdvance(words) <= self.width() - 2:
                return

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = Tone.ACCENT if self.isChecked() else Tone.MUTED
        if self.isChecked() or self.underMouse() or self.hasFocus():
            painter.setPen(theme.colour(Tone.ACCENT) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(Tone.ACCENT_SOFT if self.isChecked() else Tone.SUNKEN))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        icon = theme.icon(self._icon, tone, 20, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 20) // 2, 9, icon)
        font = self._font
        font.setWeight(font.Weight.DemiBold if self.isChecked() else font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.colour(tone))
        painter.drawText(QRect(0, 31, self.width(), 16), Qt.AlignmentFlag.AlignCenter, self.text())
        if self._count:
            self._draw_count(painter)
        painter.end()

    def _draw_count(self, painter: QPainter) -> None:
        theme = self._theme
        words = str(self._count) if self._count <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
        font = theme.font(Style.SMALL)
        font.setPixelSize(10)
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        width = max(_COUNT_PX, painter.fontMetrics().horizontalAdvance(words) + 8)
        box = QRectF(self.width() // 2 + 4, 4, width, _COUNT_PX)
        painter.setPen(QPen(theme.colour(Tone.SURFACE), 1.5))
        painter.setBrush(theme.colour(Tone.WARN))
        painter.drawRoundedRect(box, _COUNT_PX / 2, _COUNT_PX / 2)
        painter.setPen(theme.colour(Tone.SURFACE))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Rail(QFrame):
    """The screens that somebody may open. Tells `chosen` with a place, `help_wanted`, `theme_wanted`."""

    chosen = Signal(str)
    help_wanted = Signal()
    theme_wanted = Signal()

    def __init__(self, theme: Theme, *, orders: bool, waitlist: bool, till: bool, admin: bool) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "rail")
        self.setFixedWidth(theme.metrics.rail_width)
        screens = {SELL: RailButton(theme, "rail_sell", "ticket", tr("Sell"))}
        if orders:
            screens[ORDERS] = RailButton(theme, "rail_orders", "receipt-text", tr("Orders"))
            screens[ORDERS].setToolTip(tr("All orders (Ctrl+O)"))
        if waitlist:
            screens[WAITLIST] = RailButton(theme, "rail_waitlist", "users", tr("Waitlist"))
            screens[WAITLIST].setToolTip(tr("Who waits for tickets (Ctrl+W)"))
        if till:
            screens[TILL] = RailButton(theme, "rail_till", "banknote", tr("Till"))
        if admin:
            screens[ADMIN] = RailButton(theme, "rail_admin", "settings", tr("Admin"))
        self._screens = screens
        screens[SELL].setChecked(True)
        for place, button in screens.items():
            button.clicked.connect(partial(self._choose, place))
        self._help = IconButton(theme, "help", "circle-help", "", Kind.QUIET)
        self._help.setAccessibleName(tr("Help"))
        self._help.setToolTip(tr("All keys (F1)"))
        self._help.clicked.connect(self.help_wanted)
        self._switch = IconButton(theme, "theme_switch", "moon", "", Kind.QUIET)
        self._switch.clicked.connect(self.theme_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Mark(theme), 0, centre)
        column.addSpacing(8)
        for button in screens.values():
            column.addWidget(button, 0, centre)
        column.addStretch(1)
        column.addWidget(self._switch, 0, centre)
        column.addWidget(self._help, 0, centre)
        theme.changed.connect(self._show_theme)
        self._show_theme()

    def choose(self, place: str) -> None:
        """Open a screen as if its button had been pressed; one that is not offered stays shut."""
        if place in self._screens:
            self._screens[place].click()

    def show_calls(self, count: int) -> None:
        """Mark at the waitlist how many people have to be called."""
        button = self._screens.get(WAITLIST)
        if button is not None:
            words = trn("{n} call to make", "{n} calls to make", count)
            button.show_count(count, words)
            tip = tr("Who waits for tickets (Ctrl+W)")
            button.setToolTip(f"{tip}\n{words}" if count else tip)

    def _choose(self, place: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked carries it
        self.chosen.emit(place)

    def _show_theme(self) -> None:
        dark = self._theme.is_dark
        self._switch.set_icon("sun-medium" if dark else "moon")
        words = tr("Light colours") if dark else tr("Dark colours")
        self._switch.setAccessibleName(words)
        self._switch.setToolTip(f"{words} (Ctrl+Shift+D)")
