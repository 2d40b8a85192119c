"""One tier as a card: its key, its name and state, its price, and how many of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.sell.basket import most
from boxoffice.ui.sell.offered import is_gone
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from boxoffice.domain.tier import TierOffer
    from boxoffice.ui.sell.tiers.reasons import Reason
    from boxoffice.ui.theme.theme import Theme


_DIGITS = 9
"""Tiers beyond have no key to press."""


class TierCard(QWidget):
    """Tells `stepped` (tier id, +1 or -1) and `entered` (tier id) when it becomes the one in hand.

    Of what is gone it tells `wait_wanted` (tier id) instead, where `waits` says that somebody may.
    """

    stepped = Signal(int, int)
    entered = Signal(int)
    wait_wanted = Signal(int)

    def __init__(self, theme: Theme, number: int, *, waits: bool = True) -> None:
        super().__init__()
        self._waits = waits
        self._theme = theme
        self._tier_id = 0
        self._is_selected = False
        self._is_sellable = True
        self._is_counting = False
        self.setObjectName(f"tier_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(theme.metrics.tier_height + 2)
        self._key = KeyCap(theme, str(number), 28)
        if number > _DIGITS:
            self._key.hide()
        self._name = ClampedText(theme, Style.ROW, 2)
        self._reason = ClampedText(theme, Style.SMALL, 2, Tone.MUTED)
        self._price = Text(theme, Style.PRICE)
        self._minus = self._step_button("minus", f"tier_{number}_fewer", -1)
        self._plus = self._step_button("plus", f"tier_{number}_more", 1)
        self._wait = IconButton(theme, f"tier_{number}_wait", "user-plus", tr("Waitlist"), Kind.QUIET)
        self._wait.setToolTip(tr("Put somebody on the waitlist (F8)"))
        # As with the steps: F8 does it for the tier in hand.
        self._wait.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._wait.clicked.connect(lambda: self.wait_wanted.emit(self._tier_id))
        self._steps = QWidget()
        self._count = Text(theme, Style.PRICE)
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._count.setFixedSize(46, 38)
        self._count.setObjectName(f"tier_{number}_quantity")
        self._lay_out()
        theme.changed.connect(self.update)

    @property
    def tier_id(self) -> int:
        """The tier shown."""
        return self._tier_id

    def show_tier(self, tier: TierOffer, reason: Reason, price: str) -> None:
        """Show a tier as it is offered now."""
        self._tier_id = tier.id
        self._is_sellable = most(tier) > 0
        tone = Tone.TEXT if self._is_sellable else Tone.MUTED
        self._name.set_text(tier.name)
        self._name.set_tone(tone)
        self._reason.set_text(reason.words)
        self._reason.set_tone(reason.tone)
        self._price.setText(price)
        self._price.set_tone(tone)
        for part in (self._minus, self._plus, self._count):
            part.setVisible(self._is_sellable)
        self._wait.setVisible(self._waits and is_gone(tier))
        self._wait.setAccessibleName(tr("Put somebody on the waitlist: {tier}", tier=tier.name))
        self.setAccessibleName(f"{tier.name}, {price}, {reason.words}")
        self.update()

    def show_quantity(self, quantity: int, *, at_most: int, frozen: bool) -> None:
        """Show how many are in the basket, and which way it can go."""
        self._count.setText(str(quantity))
        self._count.set_tone(Tone.TEXT if quantity else Tone.FAINT)
        self._minus.setEnabled(quantity > 0 and not frozen)
        self._plus.setEnabled(quantity < at_most and not frozen)
        self.setAccessibleDescription(tr("{n} in the basket", n=quantity))

    def show_selected(self, *, selected: bool, counting: bool) -> None:
        """Show whether this is the tier in hand, and whether the next digit sets its quantity."""
        if (selected, counting) != (self._is_selected, self._is_counting):
            self._is_selected, self._is_counting = selected, counting
            self.update()

    def _step_button(self, icon: str, name: str, step: int) -> IconButton:
        button = IconButton(self._theme, name, icon)
        button.setAccessibleName(tr("One more") if step > 0 else tr("One fewer"))
        button.setToolTip(tr("One more (+)") if step > 0 else tr("One fewer (-)"))
        # The card itself takes + and -: two more stops per tier would only slow Tab down.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setFixedSize(QSize(38, 36))
        button.clicked.connect(lambda: self.stepped.emit(self._tier_id, step))
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._reason)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(17, 10, 17, 10)
        row.setSpacing(0)
        row.addWidget(self._key)
        row.addSpacing(12)
        row.addLayout(words, 1)
        row.addSpacing(12)
        row.addWidget(self._price)
        row.addSpacing(20)
        self._steps.setFixedWidth(38 + 46 + 38)
        inner = QHBoxLayout(self._steps)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        for part in (self._minus, self._count, self._plus):
            inner.addWidget(part)
        inner.addWidget(self._wait, 0, Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._steps)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Left: -1}.get(
            Qt.Key(event.key())
        )
        if step is not None:
            self.stepped.emit(self._tier_id, step)
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            event.ignore()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.entered.emit(self._tier_id)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.metrics.card_radius
        width = 2.0 if self._is_selected else 1.0
        inset = width / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(theme.colour(Tone.ACCENT if self._is_selected else Tone.LINE), width))
        painter.setBrush(theme.colour(Tone.SURFACE if self._is_sellable else Tone.CANVAS))
        painter.drawRoundedRect(box, radius, radius)
        if self._is_counting and self._is_sellable:
            around = QRectF(self._count.geometry().translated(self._steps.pos()))
            painter.setPen(QPen(theme.colour(Tone.ACCENT), 1.5))
            painter.setBrush(theme.colour(Tone.ACCENT_SOFT))
            painter.drawRoundedRect(around.adjusted(5, 1, -5, -1), 6, 6)
        painter.end()
