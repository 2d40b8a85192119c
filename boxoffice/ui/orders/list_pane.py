"""The left side of the Orders screen: asks the desk for orders, shows them, says so when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.notice import Topic
from boxoffice.domain.order_list import Rank
from boxoffice.language import tr
from boxoffice.ui.orders.filter_bar import OrderFilterBar
from boxoffice.ui.orders.model import OrderModel
from boxoffice.ui.orders.view import OrderTable
from boxoffice.ui.widgets.keys import HintBar
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from datetime import date

    from boxoffice.domain.notice import Notice
    from boxoffice.domain.order_list import OrderChoices, OrderFilter, OrderKey, OrderPage
    from boxoffice.ui.context import Context

_TYPING_MS = 150


class OrderListPane(QWidget):
    """Tells `chosen` with an order's id, `lost` when what was chosen is not in the list any more."""

    chosen = Signal(int)
    lost = Signal()
    left = Signal()
    """Esc with nothing to take back."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asked: OrderFilter | None = None
        self._shown: OrderFilter | None = None
        self._chooses_first = False
        self._is_stale = False
        self.model = OrderModel(context.formats, context.clock, self)
        self.table = OrderTable(context.theme, self.model)
        self.bar = OrderFilterBar(context.theme, self._today, context.formats)
        self._note = StateNote(context.theme, "order_list_state")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """Fetch the first page, and what the list can be narrowed to."""
        self._load()
        desk = self._context.desk
        self._context.tasks.look(self, "choices", desk.orders.choices, self._offer, lambda _error: None)

    @property
    def searched(self) -> str:
        """What led to the list that is shown."""
        return self._asked.text if self._asked else ""

    def look_for(self, text: str) -> None:
        """Find what was typed or scanned elsewhere, and choose the first of it."""
        self.bar.reset()
        self.bar.search.setText(text)
        self.enter()

    def take_focus(self) -> None:
        """Give the keyboard to the field, what is in it marked."""
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def type(self, text: str) -> None:
        """Begin a search with a letter that was typed anywhere."""
        self.bar.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bar.search.setText(text)

    def enter(self) -> None:
        """Choose the first order of what was typed, as soon as it is known."""
        self._chooses_first = True
        if self._typing.isActive() or self._asked != self.bar.filter():
            self._load()
        elif not self._context.tasks.is_asking(self, "orders"):
            self._choose_first()

    def escape(self) -> None:
        """Take back what was typed and chosen; with nothing to take back, leave."""
        if self.bar.filter().is_narrowed:
            self.bar.reset()
            self.take_focus()
        else:
            self.left.emit()

    # --- fetching ------------------------------------------------------------------------------

    def _load(self) -> None:
        self._typing.stop()
        asked = self._asked = self.bar.filter()
        self._is_stale = False
        if not self.model.rowCount():
            self._note.show_busy(tr("Looking for orders…"))
            self._stack.setCurrentWidget(self._note)
        tasks = self._context.tasks
        tasks.forget(self, "more")
        find = self._context.desk.orders.find
        tasks.look(self, "orders", lambda: find(asked, None), self._loaded, self._failed)

    def _loaded(self, page: OrderPage) -> None:
        kept = self.table.chosen_id()
        if self._shown != self._asked:
            self._shown = self._asked
            self.model.restart(page)
            self._keep(kept)
        elif self.model.refresh(page):
            self._keep(kept)
        if not page.rows:
            self._say_nothing_found()
            self.lost.emit()
            return
        self._stack.setCurrentWidget(self.table)
        is_hit = page.rows[0].rank is Rank.EXACT and len(page.rows) == 1
        if self._chooses_first or (is_hit and self.searched):
            self._choose_first()

    def _keep(self, order_id: int | None) -> None:
        row = self.model.row_of(order_id)
        if row < 0:
            if order_id is not None:
                self.lost.emit()
            return
        self.table.blockSignals(True)
        self.table.choose(row)
        self.table.blockSignals(False)

    def _choose_first(self) -> None:
        self._chooses_first = False
        if self.model.rowCount():
            before = self.table.chosen_id()
            self.table.choose(0)
            if before is not None and self.table.chosen_id() == before:
                # Nothing moved, but it was found by something else: a ticket that was replaced, say.
                self.chosen.emit(before)
            if not self.bar.search.hasFocus():
                return
            # A scan into the field is followed by the next one.
            self.bar.search.selectAll()

    def _load_more(self, key: OrderKey) -> None:
        asked, find = self._asked, self._context.desk.orders.find
        if asked is not None:
            self._context.tasks.look(
                self, "more", lambda: find(asked, key), self.model.extend, self._more_failed
            )

    def _more_failed(self, error: Exception) -> None:
        self.model.fetch_failed()
        self._context.unavailable(error, self._load)

    def _failed(self, error: Exception) -> None:
        if self.model.rowCount():
            self._context.unavailable(error, self._load)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The orders cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _offer(self, choices: OrderChoices) -> None:
        self.bar.offer(choices)

    def _touched(self, _notices: frozenset[Notice]) -> None:
        # Who has scrolled down reads there; the list is new when they come back up.
        if self.table.verticalScrollBar().value() == 0:
            self._load()
        else:
            self._is_stale = True

    def _scrolled(self, value: int) -> None:
        if value == 0 and self._is_stale:
            self._load()

    def _say_nothing_found(self) -> None:
        if self._asked is not None and self._asked.is_narrowed:
            advice = tr(
                "Nothing fits what was typed and the filter. Phones and references are found whole only."
            )
            self._note.show_note("search-x", tr("No order found"), advice, tr("Show all orders"))
        else:
            advice = tr("The first sale will stand here.")
            self._note.show_note("receipt-text", tr("No orders yet"), advice)
        self._stack.setCurrentWidget(self._note)

    def _note_acted(self) -> None:
        if self._asked is not None and self._asked.is_narrowed and not self.model.rowCount():
            self.bar.reset()
        self._load()

    def _step(self, direction: int) -> None:
        if self.table.chosen_id() is None:
            self.enter()
        else:
            self.table.step(direction)

    def _today(self) -> date:
        return self._context.clock().date()

    def _lay_out(self) -> None:
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        hints = (
            (("↑", "↓"), tr("order")),
            (("Ctrl F",), tr("search")),
            (("Ctrl P",), tr("print")),
            (("Esc",), tr("back")),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(holder, 1)
        column.addWidget(HintBar(self._context.theme, hints))

    def _connect(self) -> None:
        self.bar.typed.connect(self._typing.start)
        self.bar.changed.connect(self._load)
        self.bar.search.entered.connect(self.enter)
        self.bar.search.stepped.connect(self._step)
        self.bar.search.left.connect(self.escape)
        self._typing.timeout.connect(self._load)
        self._note.acted.connect(self._note_acted)
        self.model.more_wanted.connect(self._load_more)
        self.table.chosen.connect(self.chosen)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._context.freshness.watch(self, (Topic.ORDERS, Topic.AVAILABILITY), self._touched)
