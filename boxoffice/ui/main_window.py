"""The one window: the frame around the screens, the keys that work everywhere, three looks of failure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.domain.errors import AnswerLost, Unavailable
from boxoffice.domain.notice import Topic
from boxoffice.domain.person import Role
from boxoffice.language import tr, trn
from boxoffice.ui.context import Context
from boxoffice.ui.frame.banner import Banner, Weight
from boxoffice.ui.frame.calls import CallsToMake
from boxoffice.ui.frame.fault import FaultDialog
from boxoffice.ui.frame.idle import IdleWatch
from boxoffice.ui.frame.rail import ADMIN, ORDERS, SELL, TILL, WAITLIST, Rail
from boxoffice.ui.frame.top_bar import SearchField, TopBar
from boxoffice.ui.frame.training import TrainingMark
from boxoffice.ui.freshness import Connection, Freshness
from boxoffice.ui.giving_back import GivingBack
from boxoffice.ui.listening import Listener
from boxoffice.ui.mailing import Mailing
from boxoffice.ui.paper import Paper, TicketPrinting, printer_name
from boxoffice.ui.payments.card_charge import CardsInHand
from boxoffice.ui.payments.drawer import KnownDrawer
from boxoffice.ui.sell.screen import SellScreen
from boxoffice.ui.sell.till.tenders import Form
from boxoffice.ui.tasks import Tasks
from boxoffice.ui.upkeep import Upkeep
from boxoffice.ui.widgets.labels import panel
from boxoffice.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from boxoffice.domain.card_payment import OpenCardPayment
    from boxoffice.formats import Formats
    from boxoffice.ui.admin.screen import AdminScreen
    from boxoffice.ui.frame.access import AccessPanel
    from boxoffice.ui.frame.help import HelpOverlay
    from boxoffice.ui.frame.lock import LockScreen
    from boxoffice.ui.frame.overlay import Overlay
    from boxoffice.ui.orders.screen import OrdersScreen
    from boxoffice.ui.printer.panel import PrinterPanel
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.ui.till.screen import TillScreen
    from boxoffice.ui.waitlist.screen import WaitlistScreen
    from boxoffice.usecases.desk import Desk


def _local_now() -> datetime:
    return datetime.now(UTC).astimezone()


class MainWindow(QMainWindow):
    """Built from a desk, ways to paper, a theme and formats; begins to work when `begin` is called."""

    closed = Signal()
    switch_wanted = Signal()
    """Somebody else wants to sign in here; what is in hand stays until they have."""

    def __init__(
        self,
        desk: Desk,
        printing: TicketPrinting,
        theme: Theme,
        formats: Formats,
        clock: Callable[[], datetime] = _local_now,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(f"{tr('Box Office')} · {desk.identity.office}")
        self.tasks = Tasks(self)
        self.freshness = Freshness(self)
        self.paper = Paper(printing, desk, self.freshness, self)
        self.mailing = Mailing(self)
        self.giving_back = GivingBack(self)
        self._cards_in_hand = CardsInHand(self)
        self._known_drawer = KnownDrawer(self)
        self._theme = theme
        self._administration = desk.administration
        self._admin: AdminScreen | None = None
        self._orders: OrdersScreen | None = None
        self._till: TillScreen | None = None
        self._waitlist: WaitlistScreen | None = None
        self._banner = Banner(theme)
        self._top = TopBar(theme, desk.identity)
        self.context = Context(
            desk=desk,
            tasks=self.tasks,
            freshness=self.freshness,
            paper=self.paper,
            mailing=self.mailing,
            giving_back=self.giving_back,
            cards_in_hand=self._cards_in_hand,
            drawer=self._known_drawer,
            theme=theme,
            formats=formats,
            wording=Wording(formats),
            clock=clock,
            unavailable=self._say_unavailable,
            show_history=self._show_history,
            cancel_event=self._cancel_event,
            open_drawer=self.open_drawer,
            sell_offer=self._sell_offer,
            show_entry=self._show_entry,
            show_order=self._show_order,
            search_cleared=self._top.search.clear,
        )
        self.sell = SellScreen(self.context)
        self._upkeep = Upkeep(self.context, self)
        self._known_drawer.changed.connect(self._top.show_drawer)
        self._listener = Listener(desk.listen, self)
        self._focus_before: QWidget | None = None
        self._over: Overlay | None = None
        self._lay_out()
        self._training: TrainingMark | None = None
        self._printing = printing
        self._top.show_printer(printer_name(printing.chosen()))
        self._calls = CallsToMake(self.context, self._rail)
        self._connect()
        self._bind_keys()

    def mark_training(self) -> None:
        """Mark the window from now on: nothing that is done in it is real."""
        self._training = TrainingMark(self._theme, self)
        self.setWindowTitle(f"{tr('TRAINING')} · {self.windowTitle()}")

    def begin(self) -> None:
        """Fetch the first page, start to listen, take the keyboard."""
        self.sell.begin()
        self._listener.start()
        if self.context.desk.identity.may_sell:
            self._upkeep.begin()
            self._calls.begin()
            self.freshness.watch(self._top, (Topic.DRAWERS,), lambda _: self._look_at_drawer())
            self._look_at_drawer()
            self.sell.counter.answered.connect(self._look_at_cards_left)
            self._cards_in_hand.let_go.connect(self._look_at_cards)
            self._look_at_cards()
            self.mailing.begin()

    @property
    def banner(self) -> Banner:
        """What is said across the window."""
        return self._banner

    # --- failures ------------------------------------------------------------------------------

    def _say_unavailable(self, error: Exception, again: Callable[[], None]) -> None:
        if isinstance(error, Unavailable):
            words = self.context.wording.sentence(error)
            self._banner.say(Weight.LOOK, words, tr("Try again"), again)

    def _say_unsure(self, unsure: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        if not unsure:
            self._banner.take_back(Weight.SALE)
            return
        words = self.context.wording.sentence(AnswerLost())
        self._banner.say(Weight.SALE, words, tr("Try again (Ctrl+R)"), self.sell.counter.retry)

    def _say_connection(self, connection: Connection) -> None:
        self._top.lamp.show_connection(connection)
        if connection is Connection.LIVE:
            self._banner.take_back(Weight.CONNECTION)
            self._banner.take_back(Weight.LOOK)
            self.paper.record_rest()
            return
        words = {
            Connection.RECONNECTING: tr(
                "The connection to the database is being restored. What you see may be out of date."
            ),
            Connection.OFFLINE: tr(
                "No connection to the database. Check the network; the window goes on as soon as it is back."
            ),
        }[connection]
        self._banner.say(Weight.CONNECTION, words, icon="wifi-off")

    def _say_fault(self, error: BaseException) -> None:
        FaultDialog(self._theme, error, self).open()

    # --- keys ----------------------------------------------------------------------------------

    def _bind_keys(self) -> None:
        sell, search = self.sell, self._top.search
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("F8", sell.press_waitlist),
            ("F9", sell.press_exact),
            ("Shift+F9", lambda: sell.press_form(Form.CASH)),
            ("F10", lambda: sell.press_form(Form.CARD)),
            ("F11", lambda: sell.press_form(Form.OTHER)),
            ("F12", lambda: sell.press_form(Form.MORE)),
            ("Ctrl+P", sell.till.print_again),
            ("Ctrl+L", sell.till.show_last_sales),
            ("Ctrl+Z", sell.till.correct_last_sale),
            ("Ctrl+G", sell.till.sell_gift_card),
            ("Ctrl+F", sell.events.bar.unfold),
            ("Ctrl+K", lambda: _enter(search)),
        )
        self._counter_keys = [self._bind(sequence, act) for sequence, act in keys]
        self._orders_keys = [
            self._bind("Ctrl+F", self._search_orders),
            self._bind("Ctrl+P", self._print_order),
        ]
        for shortcut in self._orders_keys:
            shortcut.setEnabled(False)
        self._frame_keys = [
            self._bind("Ctrl+O", lambda: self._rail.choose(ORDERS)),
            self._bind("Ctrl+W", lambda: self._rail.choose(WAITLIST)),
            self._bind("F1", self._toggle_help),
            self._bind("Ctrl+R", self._banner.act),
            self._bind("Ctrl+Shift+P", self._toggle_printer),
            self._bind("Ctrl+Shift+D", self._theme.toggle),
            self._bind("Ctrl+Shift+L", self.lock),
        ]
        if self.context.desk.identity.may_sell:
            self._frame_keys.append(self._bind("Ctrl+D", self._show_till))

    def _bind(self, sequence: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(sequence), self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(act)
        return shortcut

    def lock_when_idle(self, minutes: float) -> None:
        """Lock by itself after so many minutes without input; 0: never."""
        IdleWatch(minutes, self).idle.connect(self.lock)

    def lock(self) -> None:
        """Cover the window until whoever is signed in shows that they are back. The basket stays."""
        self._lock.lock()

    @property
    def _sells(self) -> bool:
        """Whether the Sell screen is in front."""
        return self._screens.currentWidget() is self.sell

    def _lock_keys(self, locked: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        for shortcut in self._frame_keys:
            shortcut.setEnabled(not locked)

    @property
    def orders(self) -> OrdersScreen:
        """The Orders screen, made when it is first wanted: the start is spared it."""
        if self._orders is None:
            from boxoffice.ui.orders.screen import OrdersScreen  # noqa: PLC0415 - see above

            self._orders = OrdersScreen(self.context)
            self._orders.left.connect(lambda: self._rail.choose(SELL))
            self._screens.addWidget(self._orders)
        return self._orders

    @property
    def waitlist(self) -> WaitlistScreen:
        """The Waitlist screen, made when it is first wanted."""
        if self._waitlist is None:
            from boxoffice.ui.waitlist.screen import WaitlistScreen  # noqa: PLC0415 - see above

            self._waitlist = WaitlistScreen(self.context)
            self._waitlist.left.connect(lambda: self._rail.choose(SELL))
            self._waitlist.sell_wanted.connect(self._sell_offer)
            self._screens.addWidget(self._waitlist)
        return self._waitlist

    @property
    def _shows_waitlist(self) -> bool:
        return self._waitlist is not None and self._screens.currentWidget() is self._waitlist

    def _sell_offer(self, code: str) -> None:
        """Sell what is offered as if its code had been scanned at the counter."""
        self._rail.choose(SELL)
        self.sell.redeem(code)
        self._focus_list()

    def _show_entry(self, event_id: int, entry_id: int) -> None:
        self._rail.choose(WAITLIST)
        self.waitlist.show_entry(event_id, entry_id)

    def _show_order(self, number: str) -> None:
        self._rail.choose(ORDERS)
        self.orders.look_for(number)

    def _take_offer(self, code: str) -> None:
        """Sell what is offered; where the waitlist is in front, or nobody may sell, show for whom it is."""
        if self.context.desk.identity.may_sell and not self._shows_waitlist:
            self._sell_offer(code)
            return
        self._rail.choose(WAITLIST)
        self.waitlist.look_for(code)

    def _say_mistyped(self) -> None:
        """Say that the code of an offer is none; what was in hand before it was typed is in hand again."""
        if self._shows_waitlist:
            self.waitlist.entries.refuse_code()
        elif self._sells:
            self.sell.refuse_code()
        else:
            self._commit_search()

    def _search_orders(self) -> None:
        self.orders.list.take_focus()

    def _print_order(self) -> None:
        self.orders.print_again()

    @property
    def _shows_orders(self) -> bool:
        return self._orders is not None and self._screens.currentWidget() is self._orders

    def _show_screen(self, place: str) -> None:
        """Show one of the screens. No key sells while the Sell screen is not in front."""
        self._uncover()
        screen = self._screen(place)
        self._screens.setCurrentWidget(screen)
        # It looks for what can be sold, for orders and for who waits.
        self._top.search.setEnabled(place in (SELL, ORDERS, WAITLIST))
        self._enable_keys()
        if place == SELL:
            self._focus_list()
        elif place == ORDERS:
            self.orders.begin()
        elif place == WAITLIST:
            self.waitlist.begin()
        elif place == TILL:
            self.till.begin()
        elif self._admin is not None:
            self._admin.begin()

    def _screen(self, place: str) -> QWidget:
        if place == ORDERS:
            return self.orders
        if place == WAITLIST:
            return self.waitlist
        if place == ADMIN and self._admin is None and self._administration is not None:
            from boxoffice.ui.admin.screen import AdminScreen  # noqa: PLC0415 - for managers, when they want it

            self._admin = AdminScreen(self.context, self._administration)
            self._screens.addWidget(self._admin)
        if place == TILL:
            return self.till
        return self._admin if place == ADMIN and self._admin is not None else self.sell

    @property
    def till(self) -> TillScreen:
        """The Till screen, made when it is first wanted."""
        if self._till is None:
            from boxoffice.ui.till.screen import TillScreen  # noqa: PLC0415 - see above

            self._till = TillScreen(self.context)
            self._till.stated.connect(self._known_drawer.learn)
            self._till.cards_found.connect(self._say_cards)
            self._screens.addWidget(self._till)
        return self._till

    def open_drawer(self) -> None:
        """Go to the Till screen and land on the form that opens a drawer."""
        self._rail.choose(TILL)
        self.till.ask_float()

    def _show_till(self) -> None:
        self._rail.choose(TILL)

    def _look_at_drawer(self) -> None:
        self.tasks.look(self, "drawer", self.context.desk.drawer.state, self._known_drawer.learn, _pass_over)

    def _look_at_cards_left(self) -> None:
        # A payment that was charged for a sale which was then refused is the clerk's to clear.
        if self.sell.counter.problem is not None or self.sell.counter.card.has_gateway:
            self._look_at_cards()

    def _look_at_cards(self) -> None:
        self.tasks.look(self, "cards", self.context.desk.cards.open, self._count_cards, _pass_over)

    def _count_cards(self, payments: tuple[OpenCardPayment, ...]) -> None:
        here, in_hand = self.context.desk.identity.till_id, self._cards_in_hand
        self._say_cards(sum(one.till_id == here and one.key not in in_hand for one in payments))

    def _say_cards(self, count: int) -> None:
        """Say across the window that card payments want clearing, until none does."""
        if not count:
            self._banner.take_back(Weight.CARDS)
            return
        words = trn(
            "A card payment was begun and never finished: ask the terminal what became of it.",
            "{n} card payments were begun and never finished: ask the terminal what became of them.",
            count,
        )
        self._banner.say(Weight.CARDS, words, tr("Clear (Ctrl+R)"), self._clear_cards, "credit-card")

    def _clear_cards(self) -> None:
        self._rail.choose(TILL)
        self.till.show_cards()

    def _enable_keys(self) -> None:
        """Let each screen have its own keys while it is in front and nothing covers it."""
        free = self._over is None
        for shortcut in self._counter_keys:
            shortcut.setEnabled(free and self._sells)
        for shortcut in self._orders_keys:
            shortcut.setEnabled(free and self._shows_orders)

    def _show_history(self, subject: tuple[str, int], name: str) -> None:
        self._rail.choose(ADMIN)
        if self._admin is not None:
            self._admin.show_history(subject, name)

    def _cancel_event(self, event_id: int) -> None:
        self._rail.choose(ADMIN)
        if self._admin is not None:
            self._admin.ask_to_cancel(event_id)

    def _sign_out(self) -> None:
        self._lock.sign_out()

    def _open_access(self) -> None:
        self._access.open_()

    def _toggle_help(self) -> None:
        self._help.toggle()

    def _toggle_printer(self) -> None:
        self._printer.toggle()

    def _cover(self, over: Overlay, covered: bool) -> None:  # noqa: FBT001 - a signal's slot
        """Let no key sell from a screen that is covered; one thing covers it at a time."""
        if covered:
            self._uncover()
            self._focus_before = self.focusWidget()
        self._over = over if covered else None
        if self._training is not None:
            # Whatever lies over the window, it stays practice.
            QTimer.singleShot(0, self._training, self._training.raise_)
        self._enable_keys()
        if covered:
            return
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._focus_list()

    def _uncover(self) -> None:
        if self._over is not None:
            self._over.leave()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._over is not None:
            return
        screen = self._orders if self._shows_orders else self._waitlist if self._shows_waitlist else None
        if screen is not None:
            if not screen.take_key(event):
                super().keyPressEvent(event)
            return
        if not self._sells:
            return
        if event.key() == Qt.Key.Key_Escape:
            if not self.sell.press_escape():
                self._top.search.clear()
            return
        if self.sell.take_key(event):
            return
        text = event.text()
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if text == "/":
            _enter(self._top.search)
        elif text and text.isprintable() and not text.isspace() and not command:
            self._top.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self._top.search.setText(text)
        else:
            super().keyPressEvent(event)

    # --- what lies over the screens, each made when first wanted: the start is spared it ---------

    @cached_property
    def _help(self) -> HelpOverlay:
        from boxoffice.ui.frame.help import HelpOverlay  # noqa: PLC0415 - see above

        return self._lay_over(HelpOverlay(self._theme, self))

    @cached_property
    def _lock(self) -> LockScreen:
        from boxoffice.ui.frame.lock import LockScreen  # noqa: PLC0415 - see above

        made = self._lay_over(LockScreen(self.context, self))
        made.opened.connect(self._lock_keys)
        made.switch_wanted.connect(self.switch_wanted)
        return made

    @cached_property
    def _access(self) -> AccessPanel:
        from boxoffice.ui.frame.access import AccessPanel  # noqa: PLC0415 - see above

        return self._lay_over(AccessPanel(self.context, self))

    @cached_property
    def _printer(self) -> PrinterPanel:
        from boxoffice.ui.printer.panel import PrinterPanel  # noqa: PLC0415 - loads all printing, too

        made = self._lay_over(PrinterPanel(self.context, self._printing, self))
        made.chosen.connect(lambda destination: self._top.show_printer(printer_name(destination)))
        return made

    def _lay_over[O: Overlay](self, made: O) -> O:
        made.opened.connect(partial(self._cover, made))
        return made

    # --- making and ending ---------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top)
        column.addWidget(self._banner)
        self._screens = QStackedWidget()
        self._screens.addWidget(self.sell)
        column.addWidget(self._screens, 1)
        may_sell = self.context.desk.identity.may_sell
        admin = self._administration is not None
        waits = self.context.desk.identity.role in (Role.CLERK, Role.PROMOTER, Role.MANAGER)
        self._rail = Rail(self._theme, orders=may_sell, waitlist=waits, till=may_sell, admin=admin)
        whole = panel("canvas")
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(right, 1)
        self.setCentralWidget(whole)
        self.setMinimumSize(1100, 680)

    def _connect(self) -> None:
        search = self._top.search
        search.filtered.connect(self._filter)
        search.ordered.connect(self._look_up)
        search.offered.connect(self._take_offer)
        search.mistyped.connect(self._say_mistyped)
        search.committed.connect(self._commit_search)
        search.stepped.connect(self._step_from_search)
        search.left.connect(self._focus_list)
        self._top.printer_wanted.connect(self._toggle_printer)
        self.sell.events.bar.left.connect(self._focus_list)
        self._top.drawer_wanted.connect(self._show_till)
        self._top.lock_wanted.connect(self.lock)
        self._top.access_wanted.connect(self._open_access)
        self._rail.chosen.connect(self._show_screen)
        self._calls.counted.connect(self._rail.show_calls)
        self._rail.help_wanted.connect(self._toggle_help)
        self._rail.theme_wanted.connect(self._theme.toggle)
        self.sell.unsure.connect(self._say_unsure)
        self.freshness.connection_changed.connect(self._say_connection)
        self._listener.signed_out.connect(self._sign_out)
        self._listener.heard.connect(self.freshness.heard)
        self._listener.connected.connect(self.freshness.connected)
        for source in (self._listener, self.paper, self.tasks, self.mailing, self.giving_back):
            source.faulted.connect(self._say_fault)

    def _look_up(self, text: str) -> None:
        if self._shows_orders:
            self.orders.look_for(text)
            return
        if self._shows_waitlist:
            self._rail.choose(SELL)
        self.sell.till.look_up(text)
        self._focus_list()

    def _commit_search(self) -> None:
        if self._shows_orders:
            self.orders.look_for(self._top.search.text())
            self._top.search.clear()
            return
        if self._shows_waitlist:
            self.waitlist.look_for(self._top.search.text())
            self._top.search.clear()
            return
        self.sell.events.choose_first()
        self._focus_list()

    def _step_from_search(self, direction: int) -> None:
        if self._sells:
            self.sell.events.step(direction)
        self._focus_list()

    def _filter(self, text: str) -> None:
        # In front of the orders it is looked for when it is entered.
        if self._sells:
            self.sell.events.search(text)

    def _focus_list(self) -> None:
        if self._shows_orders:
            self.orders.list.take_focus()
        elif self._shows_waitlist:
            self.waitlist.entries.take_focus()
        else:
            self.sell.events.take_focus()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._listener.close()
        self.paper.close()
        self.mailing.close()
        self.giving_back.close()
        self.tasks.close()
        self.closed.emit()
        event.accept()


def _pass_over(_error: Exception) -> None:
    """Leave the top bar as it is: it says nothing that a clerk waits for, and the next notice asks again."""


def _enter(field: SearchField) -> None:
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.selectAll()
