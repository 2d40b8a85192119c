"""The forms of the drawer: opening it, moving cash, counting it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.cash import CountDrawer, MoveCash, Movement, OpenDrawer
from boxoffice.language import tr
from boxoffice.ui.payments.amount_words import no_amount_words
from boxoffice.ui.start.people import field, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.till.fields import MoneyField
from boxoffice.ui.till.pieces import PieceGrid
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from boxoffice.formats import Formats
    from boxoffice.ui.theme.theme import Theme

_CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "KWD",
    "DKK",
    "SEK",
    "NOK",
    "PLN",
    "CZK",
    "HUF",
    "CAD",
    "AUD",
)


class _Form(QWidget):
    """What forms have in common: a button that enters, one that leaves. Tells `given`, `left`."""

    given = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.enter_button = IconButton(theme, f"{name}_enter", "check", words, Kind.PRIMARY)
        self._leave = IconButton(theme, f"{name}_leave", "", tr("Cancel"), Kind.QUIET)
        self.enter_button.clicked.connect(self.enter)
        self._leave.clicked.connect(self.left)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.enter_button)
        self._buttons.addWidget(self._leave)
        self._buttons.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self._wrong = Text(theme, Style.SMALL, Tone.BAD).wrapping()
        self._wrong.setObjectName(f"{name}_wrong")
        self._wrong.hide()

    def explain(self, amount: MoneyField) -> None:
        """Have room below this amount for what is wrong with it, until something else is typed."""
        self.column.addWidget(self._wrong)
        amount.textChanged.connect(lambda _text: self._wrong.hide())

    def say_wrong(self, words: str) -> None:
        """Say what is wrong with the amount."""
        self._wrong.setText(words)
        self._wrong.show()

    def finish(self) -> None:
        """Close the column with the buttons."""
        self.column.addLayout(self._buttons)
        self.column.addStretch(1)

    def enter(self) -> None:
        """Tell what was filled in, or mark what is missing."""
        raise NotImplementedError


class _Sum(QWidget):
    """A word and an amount in large figures."""

    def __init__(self, theme: Theme, name: str, words: str) -> None:
        super().__init__()
        self.amount = Text(theme, Style.TITLE, Tone.TEXT)
        self.amount.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Text(theme, Style.ROW, Tone.TEXT, words))
        row.addStretch(1)
        row.addWidget(self.amount)


class OpenForm(_Form):
    """A counted float: by notes and coins, or as a sum. Tells `given` with an OpenDrawer."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__(theme, "drawer_open_form", tr("&Open the drawer"))
        self._formats = formats
        self._key = uuid4()
        self.currency = Choice(theme)
        self.currency.setObjectName("drawer_currency")
        self.currency.setAccessibleName(tr("Currency"))
        self.amount = MoneyField("drawer_float", tr("Float"))
        self.amount.setPlaceholderText(tr("Float as a sum, e.g. 200"))
        self.amount.setProperty("scale", "amount")
        self.amount.setFont(theme.font(Style.PRICE))
        self.pieces = PieceGrid(theme, formats, "float")
        self.shared = IconButton(theme, "drawer_shared", "users", tr("&Shared by all clerks of this till"))
        self.shared.setAccessibleName(tr("Shared by all clerks of this till"))
        self.shared.setCheckable(True)
        self.amount.entered.connect(self.enter)
        self.amount.left.connect(self.left)
        self.pieces.entered.connect(self.enter)
        self.pieces.left.connect(self.left)
        self.pieces.finished.connect(self._leave_pieces)
        self.pieces.changed.connect(self._add_up)
        self.currency.currentTextChanged.connect(self.pieces.show_currency)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.amount, 1)
        row.addWidget(self.currency)
        self.column.addLayout(row)
        self.explain(self.amount)
        words = tr("or counted, piece by piece (Enter goes on, Ctrl+Enter opens)")
        self.column.addWidget(Text(theme, Style.SMALL, Tone.MUTED, words).wrapping())
        self.column.addWidget(self.pieces)
        self.column.addWidget(self.shared)
        self.finish()

    def begin(self, currency: str) -> None:
        """Ask for the float in this currency, and take the keyboard."""
        self._key = uuid4()
        self.currency.clear()
        self.currency.addItems(list(dict.fromkeys((currency, *_CURRENCIES))))
        self.pieces.show_currency(currency)
        self.pieces.clear()
        self.amount.clear()
        self.amount.setEnabled(True)
        self.shared.setChecked(False)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Tell the float, or mark the field when it is none."""
        count, currency = self.pieces.count(), self.currency.currentText()
        amount = count.total if count.pieces else self.amount.money(currency)
        if amount is None:
            mark_wrong([self.amount])
            self.say_wrong(no_amount_words(self._formats, currency))
            return
        self.given.emit(OpenDrawer(count, amount, self.shared.isChecked(), self._key))

    def _leave_pieces(self) -> None:
        self.shared.setFocus(Qt.FocusReason.TabFocusReason)

    def _add_up(self) -> None:
        count = self.pieces.count()
        was_counted = not self.amount.isEnabled()
        if count.pieces:
            self.amount.setText(self._formats.money(count.total))
        elif was_counted:
            self.amount.clear()
        self.amount.setEnabled(not count.pieces)


class MoveForm(_Form):
    """An amount and a reason. Tells `given` with a MoveCash."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__(theme, "cash_move_form", tr("&Book it"))
        self._formats = formats
        self._kind = Movement.PAID_IN
        self._drawer: tuple[int, str] = (0, "EUR")
        self._key = uuid4()
        self.amount = MoneyField("cash_amount", tr("Amount"))
        self.amount.setPlaceholderText(tr("Amount"))
        self.amount.setProperty("scale", "amount")
        self.amount.setFont(theme.font(Style.PRICE))
        self.reason = field("cash_reason", tr("Reason"), tr("Reason, e.g. change from the bank"))
        self.reason.setMaxLength(200)
        self.amount.entered.connect(self.reason.setFocus)
        self.amount.left.connect(self.left)
        self.reason.returnPressed.connect(self.enter)
        self.column.addWidget(self.amount)
        self.explain(self.amount)
        self.column.addWidget(self.reason)
        self.finish()

    def begin(self, kind: Movement, drawer_id: int, currency: str) -> None:
        """Ask how much and why, and take the keyboard."""
        self._kind, self._drawer, self._key = kind, (drawer_id, currency), uuid4()
        self.amount.clear()
        self.reason.clear()
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Tell the movement, or mark what is missing."""
        drawer_id, currency = self._drawer
        amount = self.amount.money(currency)
        wrong: list[QLineEdit] = [] if amount else [self.amount]
        if wrong:
            self.say_wrong(no_amount_words(self._formats, currency))
        if not self.reason.text().strip():
            wrong.append(self.reason)
        if not mark_wrong(wrong) and amount is not None:
            self.given.emit(MoveCash(drawer_id, self._kind, amount, self.reason.text().strip(), self._key))


class CountForm(_Form):
    """What lies in the drawer. Tells `given` with a CountDrawer."""

    def __init__(self, theme: Theme, formats: Formats) -> None:
        super().__init__(theme, "drawer_count_form", tr("&That is the count"))
        self._formats = formats
        self._drawer_id = 0
        self._currency = "EUR"
        self._key = uuid4()
        self.pieces = PieceGrid(theme, formats, "count")
        self._sum = _Sum(theme, "count_total", tr("Counted"))
        self.pieces.changed.connect(self._add_up)
        self.pieces.entered.connect(self.enter)
        self.pieces.finished.connect(self.enter_button.setFocus)
        self.pieces.left.connect(self.left)
        words = tr("What should be in it is told after the count. Nothing more goes into this drawer then.")
        self.column.addWidget(Text(theme, Style.SMALL, Tone.MUTED, words).wrapping())
        self.column.addWidget(self.pieces)
        self.column.addWidget(self._sum)
        self.finish()

    def begin(self, drawer_id: int, currency: str) -> None:
        """Ask for every note and coin, and take the keyboard."""
        self._drawer_id, self._currency, self._key = drawer_id, currency, uuid4()
        self.pieces.show_currency(currency)
        self.pieces.clear()
        self._add_up()
        self.pieces.take_focus()

    def enter(self) -> None:
        """Tell the count; an empty drawer is one, too."""
        self.given.emit(CountDrawer(self._drawer_id, self.pieces.count(), self._key))

    def _add_up(self) -> None:
        self._sum.amount.setText(self._formats.money(self.pieces.count().total))
