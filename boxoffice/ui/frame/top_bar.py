"""The top bar: one field that searches and takes scans, and who stands here with what connection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget

from boxoffice.domain import ticket_code
from boxoffice.domain.typed import is_mistyped_offer, read_offer
from boxoffice.language import tr
from boxoffice.ui.freshness import Connection
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import NameButton
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import IconLabel, IconText, Text, restyled

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from boxoffice.domain.cash import TillState
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.usecases.desk import DeskIdentity

_CLERK_PX = 180
_PRINTER_PX = 190
_DRAWER_PX = 170
_ORDER_NUMBER = re.compile(r"[0-9]{4}-[0-9\s]{1,12}")
_CODE_SHAPE = re.compile(r"\w{4}[- ]\w{4}[- ]\w{4}", re.ASCII)


def names_an_order(text: str) -> bool:
    """Return whether this is an order number or a ticket code, typed or scanned, and no part of a title."""
    short = text.strip()
    if short.upper().startswith(ticket_code.QR_PREFIX):
        return True
    if _ORDER_NUMBER.fullmatch(short) or _CODE_SHAPE.fullmatch(short):
        return True
    # Twelve bare letters may be a word of a title: only upper case or a figure makes a code of them.
    if not (short.isupper() or any(letter.isdigit() for letter in short)):
        return False
    try:
        ticket_code.normalise(short)
    except ticket_code.MistypedCode:
        return False
    return True


class SearchField(QLineEdit):
    """Tells what is typed at once, and what is entered."""

    filtered = Signal(str)
    ordered = Signal(str)
    offered = Signal(str)
    """The code of an offer of the waitlist, as stored."""
    mistyped = Signal()
    """What is entered was meant for the code of an offer, and is none; it stays, to be corrected."""
    committed = Signal()
    stepped = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("search")
        self.setAccessibleName(tr("Search"))
        self.setPlaceholderText(tr("Event, order number or scan a ticket"))
        self.setMaxLength(200)
        self.setMinimumWidth(240)
        self.setMaximumWidth(460)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._icon = IconLabel(theme, "search", Tone.MUTED)
        self._icon.setParent(self)
        self._key = KeyCap(theme, "Ctrl K")
        self._key.setParent(self)
        self.textChanged.connect(self._typed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._icon.move(11, (self.height() - 16) // 2)
        size = self._key.sizeHint()
        self._key.setGeometry(
            self.width() - size.width() - 10,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        text = self.text().strip()
        offer = read_offer(text)
        if offer:
            self.clear()
            self.offered.emit(offer)
        elif is_mistyped_offer(text):
            restyled(self, "state", "bad")
            self.selectAll()
            self.mistyped.emit()
        elif text and names_an_order(text):
            self.clear()
            self.ordered.emit(text)
        else:
            self.committed.emit()

    def _typed(self, text: str) -> None:
        restyled(self, "state", "")
        # A scanner types a whole code within milliseconds: the list should not flicker for it.
        scan = text.upper().startswith(ticket_code.QR_PREFIX[:3])
        self.filtered.emit("" if scan else text.strip())


class Avatar(QWidget):
    """The initials of whoever sells."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        words = name.split()
        self._initials = "".join(
            word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
        ).upper()
        self.setFixedSize(QSize(28, 28))
        font = theme.font(Style.SMALL)
        font.setPixelSize(11)
        font.setWeight(font.Weight.Bold)
        self.setFont(font)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.ACCENT_SOFT))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(self._theme.colour(Tone.ACCENT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)
        painter.end()


class ConnectionLamp(QWidget):
    """A dot and a word: live, reconnecting or offline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tone = Tone.GOOD
        self._words = Text(theme, Style.BODY, Tone.MUTED)
        self._words.setObjectName("connection")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 0, 0)
        row.addWidget(self._words)
        theme.changed.connect(self.update)
        self.show_connection(Connection.LIVE)

    def show_connection(self, connection: Connection) -> None:
        """Show how the window stands with the database."""
        words, self._tone, ink = {
            Connection.LIVE: (tr("Live"), Tone.GOOD, Tone.MUTED),
            Connection.RECONNECTING: (tr("Reconnecting…"), Tone.WARN, Tone.WARN),
            Connection.OFFLINE: (tr("Offline"), Tone.BAD, Tone.BAD),
        }[connection]
        self._words.setText(words)
        self._words.set_tone(ink)
        self.setAccessibleName(words)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._tone))
        painter.drawEllipse(QRectF(0, (self.height() - 8) / 2, 8, 8))
        painter.end()


class TopBar(QFrame):
    """Search to the left; connection, till, printer and clerk to the right."""

    printer_wanted = Signal()
    drawer_wanted = Signal()
    lock_wanted = Signal()
    access_wanted = Signal()

    def __init__(self, theme: Theme, identity: DeskIdentity) -> None:
        super().__init__()
        self.setProperty("role", "topbar")
        self.setFixedHeight(theme.metrics.topbar_height)
        self.search = SearchField(theme)
        self.lamp = ConnectionLamp(theme)
        till = IconText(theme, "monitor")
        till.set_text(identity.till)
        self._printer = NameButton(theme, "printer", "printer", _PRINTER_PX)
        self._printer.clicked.connect(self.printer_wanted)
        self._drawer = NameButton(theme, "drawer", "banknote", _DRAWER_PX)
        self._drawer.clicked.connect(self.drawer_wanted)
        self._drawer.hide()
        clerk = NameButton(theme, "clerk", "", _CLERK_PX)
        clerk.show_name(one_line(identity.clerk))
        clerk.setAccessibleName(
            tr("{name}: lock the screen, change your password", name=one_line(identity.clerk))
        )
        clerk.setToolTip(tr("Lock the screen, or let somebody else sign in (Ctrl+Shift+L)"))
        menu = QMenu(clerk)
        menu.setObjectName("clerk_menu")
        menu.addAction(tr("Lock, or let somebody else sign in"), self.lock_wanted.emit)
        menu.addAction(tr("Password and PIN…"), self.access_wanted.emit)
        clerk.clicked.connect(lambda: menu.popup(clerk.mapToGlobal(clerk.rect().bottomLeft())))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self.search, 4)
        row.addStretch(1)
        if identity.is_exposed:
            exposed = IconText(theme, "shield-alert", Tone.WARN)
            exposed.setObjectName("exposed")
            exposed.set_text(tr("Not encrypted"))
            exposed.setToolTip(tr("Passwords are safe, but everything else can be read on the network."))
            row.addWidget(exposed)
        row.addWidget(self.lamp)
        row.addWidget(till)
        row.addSpacing(-8)
        row.addWidget(self._printer)
        row.addSpacing(-8)
        row.addWidget(self._drawer)
        row.addSpacing(-8)
        row.addWidget(Avatar(theme, identity.clerk))
        row.addSpacing(-10)
        row.addWidget(clerk)

    def show_drawer(self, state: TillState) -> None:
        """Show how the till's drawer stands."""
        drawer = state.drawer
        if drawer is None:
            words = tr("No drawer")
        else:
            words = tr("Drawer counted") if drawer.is_counted else tr("Drawer open")
        self._drawer.show_name(words)
        self._drawer.setAccessibleName(words)
        self._drawer.setToolTip(tr("{drawer}: go to the till (Ctrl+D)", drawer=words))
        self._drawer.show()

    def show_printer(self, name: str) -> None:
        """Show where tickets are printed."""
        words = one_line(name)
        self._printer.show_name(words)
        self._printer.setAccessibleName(tr("Tickets are printed on: {printer}", printer=words))
        self._printer.setToolTip(tr("{printer}: choose printer and paper (Ctrl+Shift+P)", printer=words))
