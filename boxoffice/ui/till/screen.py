"""The Till screen: the drawer from its float to its closing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.domain.cash import Closing, Drawer, DrawerElsewhere, Movement, TillState
from boxoffice.domain.errors import Refused
from boxoffice.domain.notice import Topic
from boxoffice.domain.person import Role
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.till import lists
from boxoffice.ui.till.cards import card_columns, card_rows
from boxoffice.ui.till.overview import DrawerCard, Takings
from boxoffice.ui.till.side import Side
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import StateNote
from boxoffice.ui.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from boxoffice.domain.card_payment import OpenCardPayment
    from boxoffice.domain.notice import Notice
    from boxoffice.ui.context import Context


_CARDS, _ELSEWHERE = 2, 3
"""Places of these lists among the tabs."""


class TillScreen(QWidget):
    """Asks for nothing until it is shown. Tells `stated` with every TillState that it learns of."""

    stated = Signal(object)

    cards_found = Signal(int)
    """How many card payments of this till want clearing."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("till_screen")
        self._context = context
        self._state: TillState | None = None
        self._wants_float = False
        self._wants_signature = False
        self._wants_cards = False
        self._next_card: UUID | None = None
        theme, at = context.theme, context.desk.identity
        self._title = Text(theme, Style.TITLE, Tone.TEXT, at.till)
        self._day = Text(theme, Style.BODY, Tone.MUTED)
        self._day.setObjectName("till_day")
        self.drawer = DrawerCard(context)
        self.takings = Takings(context)
        self.movements = Table(theme, "till_movements", lists.movement_columns())
        self.closings = Table(theme, "till_closings", lists.closing_columns())
        self.elsewhere = Table(theme, "till_elsewhere", lists.elsewhere_columns())
        self.cards = Table(theme, "till_cards", card_columns())
        self.movements.setAccessibleName(tr("Movements"))
        self.closings.setAccessibleName(tr("Closings"))
        self.elsewhere.setAccessibleName(tr("Other tills"))
        self.cards.setAccessibleName(tr("Card payments to clear"))
        self.side = Side(context)
        self._note = StateNote(theme, "till_state")
        self._note.acted.connect(self.reload)
        self._empty = StateNote(theme, "till_list_state")
        self._lists = QStackedWidget()
        self._tabs = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self._bind()
        context.freshness.watch(self, (Topic.DRAWERS, Topic.ORDERS), lambda _: self.reload())

    def begin(self) -> None:
        """Ask how the till stands, and take the keyboard."""
        self.reload()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_float(self) -> None:
        """Land on the form that opens a drawer, as soon as it is known that there is none."""
        self._wants_float = True
        self.reload()

    def show_cards(self) -> None:
        """Land on the card payments that want clearing."""
        self._wants_cards = True
        self.reload()

    def reload(self) -> None:
        """Ask again how the till stands."""
        if self._state is None:
            self._note.show_busy(tr("Looking…"))
        deeds = self._context.desk.drawer
        self._context.tasks.look(self, "till", deeds.state, self._loaded, self._failed)
        cards = self._context.desk.cards
        self._context.tasks.look(self, "cards", cards.open, self._cards_loaded, self._not_shown)

    # --- what comes back -----------------------------------------------------------------------

    def _loaded(self, state: TillState) -> None:
        self._state = state
        self._whole.setCurrentIndex(1)
        formats = self._context.formats
        self._day.setText(tr("Business day {day}", day=formats.full_day(state.business_day)))
        self.drawer.show_state(state)
        self.takings.show_state(state)
        self.movements.show_rows(lists.movement_rows(state.drawer, formats, state.time_zone))
        self.closings.show_rows(lists.closing_rows(state.closings, formats, state.time_zone))
        self.elsewhere.show_rows(lists.elsewhere_rows(state.elsewhere, formats, state.time_zone))
        self._turn_to(self._tabs.checkedId())
        self.stated.emit(state)
        if self._wants_float and state.drawer is None:
            self.side.ask_float(state.currency)
        if self._wants_signature:
            self._ask_signature(state.drawer)
        self._wants_float = self._wants_signature = False

    def _cards_loaded(self, payments: tuple[OpenCardPayment, ...]) -> None:
        # What is being taken in this window at the moment is not to clear.
        in_hand = self._context.cards_in_hand
        shown = tuple(one for one in payments if one.key not in in_hand)
        self.side.open_cards = shown
        self.cards.show_rows(card_rows(shown, self._context.formats, self._zone))
        words = tr("Card pa&yments")
        self._cards_tab.setText(f"{words} ({len(shown)})" if shown else words)
        self._cards_tab.updateGeometry()
        if self._wants_cards:
            self._cards_tab.setChecked(True)
        self._turn_to(self._tabs.checkedId())
        if self._wants_cards and self.cards.rows:
            self.cards.choose(self.cards.rows[0].key)
        self._wants_cards = False
        again = next((one for one in shown if one.key == self._next_card), None)
        self._next_card = None
        if again is not None:
            self.side.ask_card(again, self._zone)
        here = self._context.desk.identity.till_id
        self.cards_found.emit(sum(one.till_id == here for one in shown))

    @property
    def _zone(self) -> str:
        return self._state.time_zone if self._state is not None else "UTC"

    def _ask_signature(self, drawer: Drawer | None) -> None:
        if drawer is not None and drawer.is_counted:
            self.side.ask_sign_off(drawer)
        else:
            self.side.rest()

    def _failed(self, error: Exception) -> None:
        if self._state is not None:
            self._context.unavailable(error, self.reload)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("This cannot be shown"), words, tr("Try again"))

    def _show_x(self, report: dict[str, Any]) -> None:
        self.side.show_report(report, tr("X report"))

    def _show_z(self, report: dict[str, Any]) -> None:
        self.side.show_report(report, tr("Closing {name}", name=f"Z {report['number']}"))

    def _not_shown(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.side.notice.say(self._context.wording.sentence(error))
        else:
            self._context.unavailable(error, self.reload)

    # --- what is wanted ------------------------------------------------------------------------

    def _open(self) -> None:
        if self._state is not None:
            self.side.ask_float(self._state.currency)

    def _join(self) -> None:
        if self._state is not None and self._state.drawer is not None:
            self.side.join(self._state.drawer)

    def _move(self, kind: Movement) -> None:
        if self._state is not None and self._state.drawer is not None:
            self.side.ask_movement(kind, self._state.drawer)

    def _count(self) -> None:
        if self._state is not None and self._state.drawer is not None:
            self.side.ask_count(self._state.drawer)

    def _sign_off(self) -> None:
        if self._state is not None and self._state.drawer is not None:
            self.side.ask_sign_off(self._state.drawer)

    def _x(self) -> None:
        deeds = self._context.desk.drawer
        self._context.tasks.look(self, "report", deeds.x_report, self._show_x, self._not_shown)

    def _z(self, closing_id: int) -> None:
        deed = partial(self._context.desk.drawer.z_report, closing_id)
        self._context.tasks.look(self, "report", deed, self._show_z, self._not_shown)

    def _choose_closing(self, closing: Closing | None) -> None:
        if closing is not None:
            self._z(closing.id)

    def _choose_card(self, payment: OpenCardPayment | None) -> None:
        if payment is not None:
            self.side.ask_card(payment, self._zone)

    def _card_charged(self, key: UUID) -> None:
        self._next_card = key

    def _choose_elsewhere(self, drawer: DrawerElsewhere | None) -> None:
        self._elsewhere_button.setEnabled(drawer is not None and drawer.counted_at is not None)

    def _sign_off_elsewhere(self) -> None:
        row = self.elsewhere.currentIndex().row()
        if 0 <= row < len(self.elsewhere.rows):
            drawer = self.elsewhere.rows[row].thing
            if isinstance(drawer, DrawerElsewhere):
                self.side.sign_off_elsewhere(drawer)

    def _did(self, touched: Iterable[Notice]) -> None:
        self._context.freshness.touched(touched)
        self.reload()

    def _counted(self) -> None:
        self._wants_signature = True

    def _closed(self, closing_id: int) -> None:
        self._tabs.button(1).setChecked(True)
        self._z(closing_id)

    def _turn_to(self, place: int) -> None:
        table = (self.movements, self.closings, self.cards, self.elsewhere)[place]
        words = (
            tr("No drawer is open, so nothing moves."),
            tr("This till was never closed yet."),
            tr("No card payment wants clearing."),
            tr("No other till has an open drawer."),
        )[place]
        self._elsewhere_button.setVisible(place == _ELSEWHERE)
        if table.rows:
            self._lists.setCurrentWidget(table)
        else:
            self._empty.show_note("inbox", words)
            self._lists.setCurrentWidget(self._empty)

    # --- making --------------------------------------------------------------------------------

    def _connect(self) -> None:
        card = self.drawer
        card.open_wanted.connect(self._open)
        card.join_wanted.connect(self._join)
        card.move_wanted.connect(self._move)
        card.count_wanted.connect(self._count)
        card.sign_off_wanted.connect(self._sign_off)
        card.report_wanted.connect(self._x)
        self.side.done.connect(self._did)
        self.side.counting.connect(card.hide_expected)
        self.side.counted.connect(self._counted)
        self.side.closed.connect(self._closed)
        self.closings.chosen.connect(self._choose_closing)
        self.elsewhere.chosen.connect(self._choose_elsewhere)
        self.cards.chosen.connect(self._choose_card)
        self.side.card_charged.connect(self._card_charged)
        self._tabs.idClicked.connect(self._turn_to)

    def _bind(self) -> None:
        card = self.drawer
        keys: tuple[tuple[str, tuple[IconButton, ...]], ...] = (
            ("F2", (card.open_button, card.join_button)),
            ("F3", (card.in_button,)),
            ("F4", (card.out_button,)),
            ("F5", (card.drop_button,)),
            ("F6", (card.count_button,)),
            ("F7", (card.sign_button,)),
            ("F8", (card.x_button,)),
        )
        for sequence, buttons in keys:
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(card.press, *buttons))

    def _lay_out(self) -> None:
        theme = self._context.theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._day, 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        left = QVBoxLayout()
        left.setContentsMargins(20, 18, 20, 0)
        left.setSpacing(12)
        left.addLayout(head)
        left.addWidget(self.drawer)
        left.addWidget(self.takings)
        left.addLayout(self._tab_row())
        for widget in (self.movements, self.closings, self.cards, self.elsewhere, self._empty):
            self._lists.addWidget(widget)
        left.addWidget(self._lists, 1)
        self._elsewhere_button = IconButton(
            theme, "till_elsewhere_sign_off", "check", tr("Sign off what was counted there"), Kind.PLAIN
        )
        self._elsewhere_button.clicked.connect(self._sign_off_elsewhere)
        self._elsewhere_button.setEnabled(False)
        self._elsewhere_button.hide()
        left.addWidget(self._elsewhere_button)
        left.addSpacing(8)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        self._whole = QStackedWidget()
        self._whole.addWidget(self._note)
        self._whole.addWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._whole)

    def _tab_row(self) -> QHBoxLayout:
        theme = self._context.theme
        row = QHBoxLayout()
        row.setSpacing(4)
        parts = [
            ("till_tab_movements", "coins", tr("&Movements")),
            ("till_tab_closings", "history", tr("C&losings")),
            ("till_tab_cards", "credit-card", tr("Card pa&yments")),
        ]
        if self._context.desk.identity.role is Role.MANAGER:
            parts.append(("till_tab_elsewhere", "monitor", tr("O&ther tills")))
        for place, (name, icon, words) in enumerate(parts):
            tab = IconButton(theme, name, icon, words, Kind.QUIET)
            tab.setAccessibleName(words.replace("&", ""))
            tab.setCheckable(True)
            self._tabs.addButton(tab, place)
            row.addWidget(tab)
        self._cards_tab = self._tabs.button(_CARDS)
        self._tabs.button(0).setChecked(True)
        row.addStretch(1)
        return row
