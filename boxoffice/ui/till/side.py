"""The right column of the Till screen: one form, one report or one question at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.domain.card_payment import CardOutcome, CardState
from boxoffice.domain.cash import Drawer, DrawerElsewhere, Movement, is_large_variance
from boxoffice.domain.errors import NeedsOverride
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Topic
from boxoffice.domain.notice import Notice as Word
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.leave import ManagerLeave
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.till.cards import ClearForm
from boxoffice.ui.till.forms import CountForm, MoveForm, OpenForm
from boxoffice.ui.till.sheet import ReportView
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote
from boxoffice.usecases.desk import AllowOnce

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.card_payment import CardAnswer, ClearCard, OpenCardPayment
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.open_office import Credentials

SIDE_PX = 360


class SignOff(QWidget):
    """What was counted beside what should be there. Tells `given`, `recount`, `left`."""

    given = Signal()
    recount = Signal()
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._formats = context.formats
        theme = context.theme
        self._figures = {
            name: Text(theme, Style.PRICE, Tone.TEXT) for name in ("expected", "counted", "variance")
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        words = {"expected": tr("Expected"), "counted": tr("Counted"), "variance": tr("Variance")}
        for name, figure in self._figures.items():
            figure.setObjectName(f"sign_off_{name}")
            row = QHBoxLayout()
            row.addWidget(Text(theme, Style.ROW, Tone.MUTED, words[name]))
            row.addStretch(1)
            row.addWidget(figure)
            column.addLayout(row)
        self._by = Text(theme, Style.SMALL, Tone.MUTED).wrapping()
        self._doubts: tuple[str, ...] = ()
        self._is_asked = False
        self._doubt = Notice(theme, "sign_off_doubt", Tone.WARN)
        self.enter_button = IconButton(theme, "sign_off_enter", "check", tr("Sign &off"), Kind.PRIMARY)
        again = IconButton(theme, "sign_off_recount", "rotate-ccw", tr("Count &again"), Kind.PLAIN)
        leave = IconButton(theme, "sign_off_leave", "", tr("Cancel"), Kind.QUIET)
        self.enter_button.clicked.connect(self._enter)
        again.clicked.connect(self.recount)
        leave.clicked.connect(self.left)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.enter_button, leave):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addWidget(self._by)
        column.addWidget(self._doubt)
        column.addLayout(buttons)
        column.addWidget(again)
        column.addStretch(1)

    def show_drawer(self, drawer: Drawer, doubts: tuple[str, ...]) -> None:
        """Show the count of this drawer; what speaks against signing it off is said at the first press."""
        self._doubts, self._is_asked = doubts, False
        self._doubt.say("")
        self._show_words(tr("Sign &off"))
        for name, amount in (
            ("expected", drawer.expected),
            ("counted", drawer.counted),
            ("variance", drawer.variance),
        ):
            self._figures[name].setText(self._formats.money(amount) if amount is not None else "-")
        self._figures["variance"].set_tone(Tone.BAD if drawer.variance else Tone.GOOD)
        times = trn("counted once", "counted {n} times", drawer.counts)
        self._by.setText(tr("By {name}, {times}.", name=drawer.counted_by, times=times))
        self.enter_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        if self._doubts and not self._is_asked:
            self._is_asked = True
            self._doubt.say("\n".join(self._doubts))
            self._show_words(tr("Sign &off anyway"))
            return
        self.given.emit()

    def _show_words(self, words: str) -> None:
        self.enter_button.setText(words)
        self.enter_button.setAccessibleName(words.replace("&", ""))
        self.enter_button.updateGeometry()


class Side(QWidget):
    """Asks, does, and says what came of it. Tells `done` with what was touched, `counting`, `closed`."""

    done = Signal(object)
    counting = Signal(bool)
    counted = Signal()
    closed = Signal(int)
    """A closing that was just made."""
    card_charged = Signal(object)
    """The key of a card payment that turned out to be charged: what becomes of it is asked next."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._again: Callable[[], Done[Any]] | None = None
        self._after: Callable[[Any], None] | None = None
        self._needed: NeedsOverride | None = None
        self._drawer: Drawer | None = None
        self._asked_about: DrawerElsewhere | None = None
        """The drawer of another till that was to be signed off, against some doubts."""
        self.open_cards: tuple[OpenCardPayment, ...] = ()
        """The card payments that nobody has cleared."""
        self._turn = 0
        """Counts what was shown, so that a late answer knows whether it is still waited for."""
        self._asked_in = 0
        self._was_typing_in: QWidget | None = None
        theme = context.theme
        self.title = Text(theme, Style.TITLE, Tone.TEXT).wrapping()
        self.title.setObjectName("till_side_title")
        self.notice = Notice(theme, "till_notice")
        self.leave = ManagerLeave(theme, "till")
        self.idle = StateNote(theme, "till_side_idle")
        self.open_form = OpenForm(theme, context.formats)
        self.move_form = MoveForm(theme, context.formats)
        self.count_form = CountForm(theme, context.formats)
        self.sign_off = SignOff(context)
        self.clear_form = ClearForm(context)
        self.view = ReportView(context)
        self._pages = QStackedWidget()
        scrolled = (
            self.idle,
            self.open_form,
            self.move_form,
            self.count_form,
            self.sign_off,
            self.clear_form,
        )
        self._holders: dict[QWidget, QWidget] = {page: _scrolled(page) for page in scrolled}
        self._holders[self.view] = self.view
        for holder in self._holders.values():
            self._pages.addWidget(holder)
        self._lay_out()
        self._connect()
        self.rest()

    # --- what is asked -------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something is asked that a reload must not take away."""
        return self._pages.currentIndex() != 0 or self.leave.isVisibleTo(self)

    def rest(self) -> None:
        """Ask for nothing."""
        self._keep_keyboard()
        self._show(self.idle, tr("Drawer and closings"))
        self.idle.show_note(
            "wallet", tr("Nothing is asked"), tr("Choose what to do with the drawer, or a closing to see it.")
        )

    def ask_float(self, currency: str) -> None:
        """Ask what lies in the drawer that is to be opened."""
        self._show(self.open_form, tr("Open the drawer"))
        self.open_form.begin(currency)

    def ask_movement(self, kind: Movement, drawer: Drawer) -> None:
        """Ask how much comes or goes."""
        words = {
            Movement.PAID_IN: tr("Pay in"),
            Movement.PAID_OUT: tr("Pay out"),
            Movement.SAFE_DROP: tr("Drop to the safe"),
        }
        self._show(self.move_form, words[kind])
        self.move_form.begin(kind, drawer.id, drawer.currency)

    def ask_count(self, drawer: Drawer) -> None:
        """Ask what lies in the drawer."""
        self._show(self.count_form, tr("Count the drawer"))
        self.counting.emit(True)
        self.count_form.begin(drawer.id, drawer.currency)

    def ask_sign_off(self, drawer: Drawer) -> None:
        """Show the count, and ask a manager to sign it off."""
        self._drawer = drawer
        self._show(self.sign_off, tr("Sign off the drawer"))
        here = self._context.desk.identity.till
        self.sign_off.show_drawer(drawer, self._doubts(here, drawer.expected, drawer.variance))

    def _doubts(self, till: str, expected: Money | None, variance: Money | None) -> tuple[str, ...]:
        """Return what speaks against signing off a drawer of this till."""
        open_ = sum(one.till == till for one in self.open_cards)
        said = []
        if open_:
            said.append(
                trn(
                    "A card payment of this till is not cleared: nobody knows yet whether it belongs here.",
                    "{n} card payments of this till are not cleared: nobody knows whether they belong here.",
                    open_,
                )
            )
        if expected is not None and variance is not None and is_large_variance(expected, variance):
            amount = self._context.formats.money(Money(abs(variance.amount), variance.currency))
            said.append(
                tr("{amount} are missing. Count again first?", amount=amount)
                if variance.amount < 0
                else tr("{amount} are too much. Count again first?", amount=amount)
            )
        return tuple(said)

    def ask_card(self, payment: OpenCardPayment, zone: str) -> None:
        """Ask what became of a card payment."""
        self._show(self.clear_form, tr("Card payment to clear"))
        self.clear_form.show_payment(payment, zone)

    def join(self, drawer: Drawer) -> None:
        """Ask to use somebody else's drawer."""
        self._show(self.idle, tr("Use this drawer"))
        self.idle.show_note("users", tr("This drawer is {name}'s", name=drawer.opened_by))
        self.do(partial(self._context.desk.drawer.join, drawer.id), lambda _: self.rest())

    def show_report(self, report: dict[str, Any], title: str) -> None:
        """Show a report to be read and printed."""
        self._show(self.view, title)
        self.view.show_report(report)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.rest()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(pressed, QPushButton):
            pressed.click()
        else:
            super().keyPressEvent(event)

    # --- what is done --------------------------------------------------------------------------

    def do(self, deed: Callable[[], Done[Any]], after: Callable[[Any], None]) -> None:
        """Do it in the background; a manager's leave is asked for where it takes one."""
        self._again, self._after = deed, after
        self._asked_in = self._turn
        self._was_typing_in = self.focusWidget()
        self._keep_keyboard()
        self.notice.say("")
        self._pages.setEnabled(False)
        self._context.tasks.change(self, deed, self._did, self._refused)

    def sign_off_elsewhere(self, drawer: DrawerElsewhere) -> None:
        """Sign off a counted drawer of another till; what speaks against it is asked about first."""
        variance = drawer.counted - drawer.expected if drawer.counted is not None else None
        doubts = self._doubts(drawer.till, drawer.expected, variance)
        if doubts and self._asked_about != drawer:
            self._asked_about = drawer
            self.notice.say("\n".join(doubts), tr("Sign off &anyway"))
            return
        self.do(partial(self._context.desk.drawer.sign_off, drawer.id), self._signed_off)

    def _sign_off_anyway(self) -> None:
        if self._asked_about is not None:
            self.sign_off_elsewhere(self._asked_about)

    def _did(self, done: Done[Any]) -> None:
        self._pages.setEnabled(True)
        self._pages.show()
        self.leave.hide()
        after, self._again, self._after = self._after, None, None
        if after is not None and self._asked_in == self._turn:
            # Whoever has turned to something else meanwhile is left there.
            after(done.value)
        self.done.emit(done.touched)

    def _refused(self, error: Exception) -> None:
        self._pages.setEnabled(True)
        self.notice.say(self._context.wording.sentence(error))
        if isinstance(error, NeedsOverride):
            self._needed = error
            self._pages.hide()
            self.leave.begin()
        elif self._was_typing_in is not None:
            self._was_typing_in.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_manager(self, manager: Credentials) -> None:
        if self._needed is None:
            return
        wanted = AllowOnce(manager, self._needed, self.move_form.reason.text().strip())
        allow = partial(self._context.desk.allow, wanted)
        self._context.tasks.change(self, allow, self._allowed, self._not_allowed)

    def _allowed(self, _none: None) -> None:
        self.leave.hide()
        if self._again is not None and self._after is not None:
            self.do(self._again, self._after)

    def _not_allowed(self, error: Exception) -> None:
        self.notice.say(self._context.wording.sentence(error))
        self.leave.begin()

    def _keep_keyboard(self) -> None:
        """Have the keyboard here while what had it goes away, or the screen's keys would reach nobody."""
        if self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _signed_off(self, closing: int) -> None:
        self.rest()
        self.closed.emit(closing)

    # --- making --------------------------------------------------------------------------------

    def _show(self, page: QWidget, title: str) -> None:
        self._turn += 1
        self._pages.setEnabled(True)
        self.counting.emit(False)
        self.notice.say("")
        self.leave.hide()
        self._pages.show()
        self.title.setText(title)
        self._pages.setCurrentWidget(self._holders[page])

    def _connect(self) -> None:
        deeds = self._context.desk.drawer
        forms = (self.open_form, self.move_form, self.count_form, self.sign_off, self.clear_form, self.view)
        for form in forms:
            form.left.connect(self.rest)
        self.leave.left.connect(self.rest)
        self.notice.acted.connect(self._sign_off_anyway)
        self.clear_form.given.connect(self._clear)
        self.clear_form.book_wanted.connect(self._book)
        self.clear_form.look_up_wanted.connect(self._look_up)
        self.leave.given.connect(self._ask_manager)
        self.open_form.given.connect(
            lambda wanted: self.do(partial(deeds.open, wanted), lambda _: self.rest())
        )
        self.move_form.given.connect(
            lambda wanted: self.do(partial(deeds.move, wanted), lambda _: self.rest())
        )
        self.count_form.given.connect(lambda wanted: self.do(partial(deeds.count, wanted), self._counted))
        self.sign_off.given.connect(self._sign)
        self.sign_off.recount.connect(self._recount)

    def _clear(self, wish: ClearCard) -> None:
        charged = wish.outcome is CardOutcome.CHARGED
        after = partial(self._still_to_clear, wish.payment.key) if charged else self._cleared
        self.do(partial(self._context.desk.cards.clear, wish), after)

    def _book(self, payment: OpenCardPayment) -> None:
        self.do(partial(self._context.desk.cards.book, payment), self._booked)

    def _booked(self, sale: Sale) -> None:
        self._context.paper.send(sale.tickets)
        self._show(self.idle, tr("Card payment to clear"))
        number = self._context.formats.order_number(sale.order_number)
        said = tr("Its tickets are printed now.")
        if not sale.tickets:
            said = tr("Still open: {amount}", amount=self._context.formats.money(sale.open_amount))
        self.idle.show_note("circle-check", tr("Order {number} is booked", number=number), said)

    def _look_up(self, key: UUID) -> None:
        look_up = self._context.desk.cards.look_up
        if look_up is None:
            return
        asked = look_up

        def deed() -> Done[CardAnswer]:
            return Done(asked(key), frozenset({Word(Topic.ORDERS)}))

        self.do(deed, partial(self._looked_up, key))

    def _looked_up(self, key: UUID, answer: CardAnswer) -> None:
        if answer.state is CardState.UNKNOWN:
            self.notice.say(tr("The gateway does not answer. Try again, or look at the terminal."))
        elif answer.state is CardState.APPROVED:
            self._still_to_clear(key, None)
        else:
            self._cleared(None)

    def _still_to_clear(self, key: UUID, _none: None) -> None:
        self.card_charged.emit(key)

    def _cleared(self, _none: None) -> None:
        self._keep_keyboard()
        self._show(self.idle, tr("Card payment to clear"))
        self.idle.show_note("circle-check", tr("That payment is cleared"))

    def _counted(self, _none: None) -> None:
        # The reload that follows brings what should be there, and asks for the signature.
        self._show(self.idle, tr("Sign off the drawer"))
        self.idle.show_busy(tr("Looking…"))
        self.counted.emit()

    def _sign(self) -> None:
        if self._drawer is not None:
            self.do(partial(self._context.desk.drawer.sign_off, self._drawer.id), self._signed_off)

    def _recount(self) -> None:
        if self._drawer is not None:
            self.ask_count(self._drawer)

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        frame = panel("basket")
        frame.setFixedWidth(SIDE_PX)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(20, 18, 20, 18)
        inside.setSpacing(12)
        inside.addWidget(self.title)
        inside.addWidget(self.notice)
        inside.addWidget(self.leave)
        inside.addWidget(self._pages, 1)
        inside.addStretch(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)


def _scrolled(page: QWidget) -> QScrollArea:
    """Return the page in an area that scrolls when the window is low."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
