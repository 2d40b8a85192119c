"""The head of the Till screen: the drawer, what can be done with it, and what the day brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.cash import Drawer, Movement, Taken, TillState
from boxoffice.language import tr, trn
from boxoffice.printing.report_texts import tender_name
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import KeyCap
from boxoffice.ui.widgets.labels import Tag, Text, panel

if TYPE_CHECKING:
    from boxoffice.ui.context import Context

_TENDERS = ("cash", "card", "other")
"""Shown even when nothing was taken by them."""


class _Figure(QWidget):
    """A small word above a large amount, and a note below."""

    def __init__(self, context: Context, name: str, words: str) -> None:
        super().__init__()
        theme = context.theme
        card = panel("card")
        self.amount = Text(theme, Style.PRICE, Tone.TEXT)
        self.amount.setObjectName(name)
        self._note = Text(theme, Style.SMALL, Tone.MUTED)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(2)
        inside.addWidget(Text(theme, Style.SMALL, Tone.MUTED, words))
        inside.addWidget(self.amount)
        inside.addWidget(self._note)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)

    def show_amount(self, words: str, note: str) -> None:
        """Show this amount, and below it this note."""
        self.amount.setText(words)
        self._note.setText(note)


class Takings(QWidget):
    """The day's takings, a card for each tender and currency."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._cards: dict[tuple[str, str], _Figure] = {}

    def show_state(self, state: TillState) -> None:
        """Show what was taken; cash not before the count."""
        taken = {(one.tender, one.net.currency): one for one in state.taken}
        wanted = [(tender, state.currency) for tender in _TENDERS]
        wanted += [key for key in taken if key not in wanted]
        if wanted != list(self._cards):
            self._make(wanted, state.currency)
        for key, card in self._cards.items():
            if key[0] == "cash" and state.is_blind:
                card.show_amount("•••", tr("told after the count"))
            else:
                card.show_amount(*self._words(taken.get(key), key[1]))

    def _make(self, wanted: list[tuple[str, str]], currency: str) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._cards = {}
        for tender, of in wanted:
            words = tender_name(tender) if of == currency else f"{tender_name(tender)}, {of}"
            self._cards[tender, of] = card = _Figure(self._context, f"taken_{tender}_{of}", words)
            self._row.addWidget(card, 1)

    def _words(self, one: Taken | None, currency: str) -> tuple[str, str]:
        if one is None:
            return self._context.formats.nothing(currency), tr("nothing yet")
        return self._context.formats.money(one.net), trn("{n} payment", "{n} payments", one.payments)


class DrawerCard(QWidget):
    """How the drawer stands. Tells which deed is wanted."""

    open_wanted = Signal()
    join_wanted = Signal()
    move_wanted = Signal(object)
    count_wanted = Signal()
    sign_off_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._is_counting = False
        self._drawer: Drawer | None = None
        theme = context.theme
        self._tag = Tag(theme)
        self._tag.setObjectName("drawer_state")
        self._since = Text(theme, Style.BODY, Tone.MUTED)
        self._since.setObjectName("drawer_since")
        self._label = Text(theme, Style.SMALL, Tone.MUTED)
        self._expected = Text(theme, Style.TOTAL, Tone.TEXT)
        self._expected.setObjectName("drawer_expected")
        made = IconButton
        self.open_button = made(theme, "drawer_open", "wallet", tr("&Open the drawer"), Kind.PRIMARY)
        self.join_button = made(theme, "drawer_join", "users", tr("&Use this drawer"), Kind.PRIMARY)
        self.in_button = made(theme, "drawer_paid_in", "plus", tr("Pay &in"), Kind.PLAIN)
        self.out_button = made(theme, "drawer_paid_out", "minus", tr("Pay o&ut"), Kind.PLAIN)
        self.drop_button = made(theme, "drawer_safe_drop", "inbox", tr("To the sa&fe"), Kind.PLAIN)
        self.count_button = made(theme, "drawer_count", "coins", tr("&Count"), Kind.PLAIN)
        self.sign_button = made(theme, "drawer_sign_off", "check", tr("Sign &off"), Kind.PRIMARY)
        self.x_button = made(theme, "drawer_x", "file-text", tr("&X report"), Kind.PLAIN)
        self._keys = (
            (self.open_button, "F2"), (self.join_button, "F2"), (self.in_button, "F3"),
            (self.out_button, "F4"), (self.drop_button, "F5"), (self.count_button, "F6"),
            (self.sign_button, "F7"), (self.x_button, "F8"),
        )  # fmt: skip
        self._holders: dict[IconButton, QWidget] = {}
        self._lay_out()
        self._connect()

    def show_state(self, state: TillState) -> None:
        """Show this drawer, or that there is none."""
        drawer = self._drawer = state.drawer
        formats = self._context.formats
        if drawer is None:
            self._tag.show_state(tr("No drawer"), Tone.MUTED)
            self._since.setText(tr("Without one, this till takes no cash."))
        else:
            words, tone = (tr("Counted"), Tone.WARN) if drawer.is_counted else (tr("Open"), Tone.GOOD)
            self._tag.show_state(words, tone)
            since = formats.stamp(drawer.opened_at, state.time_zone)
            said = tr("{name}, since {since}", name=drawer.opened_by, since=since)
            self._since.setText(f"{said} · {tr('shared')}" if drawer.is_shared else said)
        self._show_expected()
        usable = drawer is not None and drawer.may_use
        takes = drawer is not None and usable and not drawer.is_counted
        self._show_button(self.open_button, shown=drawer is None)
        self._show_button(self.join_button, shown=drawer is not None and not usable)
        for button in (self.in_button, self.out_button, self.drop_button):
            self._show_button(button, shown=takes)
        self._show_button(self.count_button, shown=takes)
        self._show_button(self.sign_button, shown=drawer is not None and drawer.is_counted)

    def hide_expected(self, counting: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        """Show nobody what should be there while somebody counts."""
        self._is_counting = counting
        self._show_expected()

    def press(self, *buttons: IconButton) -> None:
        """Press the first of these that is there."""
        for button in buttons:
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _show_expected(self) -> None:
        drawer = self._drawer
        if drawer is None:
            self._label.setText("")
            self._expected.setText("")
        elif drawer.expected is None or self._is_counting:
            self._label.setText(tr("Should be in it: told after the count"))
            self._expected.setText("•••")
        else:
            self._label.setText(tr("Should be in it"))
            self._expected.setText(self._context.formats.money(drawer.expected))
        self._expected.setVisible(drawer is not None)
        self._label.setVisible(drawer is not None)

    def _show_button(self, button: IconButton, *, shown: bool) -> None:
        self._holders[button].setVisible(shown)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.open_wanted)
        self.join_button.clicked.connect(self.join_wanted)
        self.in_button.clicked.connect(lambda: self.move_wanted.emit(Movement.PAID_IN))
        self.out_button.clicked.connect(lambda: self.move_wanted.emit(Movement.PAID_OUT))
        self.drop_button.clicked.connect(lambda: self.move_wanted.emit(Movement.SAFE_DROP))
        self.count_button.clicked.connect(self.count_wanted)
        self.sign_button.clicked.connect(self.sign_off_wanted)
        self.x_button.clicked.connect(self.report_wanted)

    def _lay_out(self) -> None:
        theme = self._context.theme
        card = panel("card")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Text(theme, Style.ROW, Tone.TEXT, tr("Drawer")))
        head.addWidget(self._tag)
        head.addWidget(self._since)
        head.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for button, key in self._keys:
            words = button.text().replace("&", "")
            button.setAccessibleName(words)
            button.setToolTip(f"{words} ({key})")
            holder = self._holders[button] = QWidget()
            pair = QHBoxLayout(holder)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(6)
            pair.addWidget(button)
            pair.addWidget(KeyCap(theme, key))
            buttons.addWidget(holder)
        buttons.addStretch(1)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 16, 14)
        inside.setSpacing(4)
        inside.addLayout(head)
        inside.addWidget(self._label)
        inside.addWidget(self._expected)
        inside.addSpacing(6)
        inside.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
