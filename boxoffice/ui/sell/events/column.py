"""The left column: asks the desk for events, shows them, and says so when there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.event import EventFilter
from boxoffice.domain.notice import Topic
from boxoffice.language import tr
from boxoffice.ui.sell.events.filter import EventFilterBar
from boxoffice.ui.sell.events.model import EventModel
from boxoffice.ui.sell.events.rows import LineWriter
from boxoffice.ui.sell.events.view import EventList
from boxoffice.ui.widgets.keys import HintBar
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from datetime import date

    from boxoffice.domain.event import EventKey, EventPage
    from boxoffice.domain.notice import Notice
    from boxoffice.ui.context import Context

_TYPING_MS = 120
_SCROLLED_MS = 200


class EventColumn(QWidget):
    """Tells `chosen` with an event's id. Keeps what is chosen and scrolled to through every reload."""

    chosen = Signal(int)
    lost = Signal()
    """The event in hand is not among those shown any more."""
    settled = Signal()
    """What was to be chosen is chosen, or cannot be: `is_choosing` is over."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._filter = EventFilter()
        self._choose_first = True
        self._wanted: int | None = None
        """The event to be chosen as soon as it is in the list."""
        self._is_loading = False
        self._is_stale = False
        self._wants_focus = False
        self._model = EventModel(self._writer(), self)
        self.list = EventList(context.theme, self._model)
        self.list.setAccessibleName(tr("Events"))
        self.bar = EventFilterBar(context.theme, self._today)
        self._note = StateNote(context.theme, "event_list_state")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._scrolled = QTimer(self, singleShot=True, interval=_SCROLLED_MS)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """Fetch the first page and the choices of the filter."""
        self._load()
        self._load_choices()

    def take_focus(self) -> None:
        """Take the keyboard, now or as soon as there are events to show."""
        self._wants_focus = not self.list.isVisibleTo(self)
        target = self if self._wants_focus else self.list
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def model(self) -> EventModel:
        """The events fetched so far."""
        return self._model

    @property
    def is_choosing(self) -> bool:
        """Whether the first event of a list that is still on its way is going to be chosen."""
        return self._choose_first and (self._is_loading or self._typing.isActive())

    def search(self, text: str) -> None:
        """Show events that match, soon: typing goes on meanwhile."""
        if text != self._filter.text:
            self._filter = replace(self._filter, text=text)
            self._typing.start()

    def choose_first(self) -> None:
        """Choose the first event that matches what was typed, as soon as it is known."""
        self._choose_first = True
        if self._typing.isActive():
            self._typing.stop()
            self._load()
        elif not self._is_loading and self._model.first_event_row() >= 0:
            self._choose_when_loaded()

    def bring_forward(self, event_id: int) -> None:
        """Choose this event, now or as soon as it is in the whole list, which may be on its way."""
        row = self._model.row_of(event_id)
        self._wanted = None if row >= 0 else event_id
        if row >= 0:
            self.list.choose(row)

    def step(self, direction: int) -> None:
        """Choose the next event (1) or the one before (-1)."""
        self.list.step(direction)

    # --- fetching ------------------------------------------------------------------------------

    def _load(self) -> None:
        asked = self._filter
        self._is_loading = True
        if not self._model.rowCount():
            self._note.show_busy(tr("Looking for events…"))
            self._show_note()
        self._model.set_writer(self._writer())
        self._is_stale = False
        self._context.tasks.forget(self, "more")
        self._context.tasks.forget(self, "refresh")
        self._context.tasks.look(
            self, "first", lambda: self._context.desk.browse_events(asked, None), self._loaded, self._failed
        )

    def _loaded(self, page: EventPage) -> None:
        chosen = self._chosen_id()
        self._is_loading = False
        self._model.restart(page)
        if not page.rows:
            self._choose_first = False
            self._say_nothing_found()
            self.lost.emit()
            self.settled.emit()
            return
        self._stack.setCurrentWidget(self.list)
        if self._wants_focus and self.hasFocus():
            self.take_focus()
        row = self._model.row_of(chosen) if chosen is not None else -1
        if self._wanted is not None and not self._is_narrowed:
            self._choose_wanted(self._wanted)
        elif self._choose_first or (chosen is None and not self._is_narrowed):
            self._choose_when_loaded()
        elif row < 0 and self._is_narrowed:
            self.lost.emit()
        elif row >= 0:
            self.list.blockSignals(True)
            self.list.choose(row)
            self.list.blockSignals(False)
        self.settled.emit()
        if self._is_stale:
            # Something changed between the question and its answer; showing the answer comes first.
            self._load_seen()

    @property
    def _is_narrowed(self) -> bool:
        return self._filter != EventFilter()

    def _choose_wanted(self, event_id: int) -> None:
        self._wanted = None
        self._choose_first = False
        row = self._model.row_of(event_id)
        if row >= 0:
            self.list.choose(row)

    def _choose_when_loaded(self) -> None:
        self._choose_first = False
        row = self._model.first_event_row()
        if row >= 0 and self.list.currentIndex().row() != row:
            self.list.choose(row)

    def _failed(self, error: Exception) -> None:
        self._is_loading = False
        self._choose_first = False
        self.settled.emit()
        if self._model.rowCount():
            self._context.unavailable(error, self._load)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The events cannot be shown"), words, tr("Try again"))
        self._show_note()

    def _load_more(self, key: EventKey) -> None:
        asked = self._filter
        self._context.tasks.look(
            self,
            "more",
            lambda: self._context.desk.browse_events(asked, key),
            self._model.extend,
            self._more_failed,
        )

    def _more_failed(self, error: Exception) -> None:
        self._model.fetch_failed()
        self._context.unavailable(error, self._load_seen)

    def _load_seen(self) -> None:
        """Fetch again what is on the screen; what lies elsewhere is fetched when it is scrolled to."""
        if not self._model.rowCount():
            self._load()
            return
        asked = self._filter
        self._model.set_writer(self._writer())
        after = self._model.key_before(self.list.first_visible_row())
        self._context.tasks.look(
            self,
            "refresh",
            lambda: self._context.desk.browse_events(asked, after),
            lambda page: self._refreshed(after, page),
            lambda error: self._context.unavailable(error, self._load_seen),
        )

    def _refreshed(self, after: EventKey | None, page: EventPage) -> None:
        if not page.rows and after is None:
            self._loaded(page)
            return
        seen = self.list.first_visible_row()
        anchor = self._model.event_line(seen) or self._model.event_line(seen + 1)
        before = (
            self.list.visualRect(self._model.index(self._model.row_of(anchor.listing.id))) if anchor else None
        )
        if page.rows or page.next_key is None:
            self._model.refresh(after, page)
        row = self._model.row_of(anchor.listing.id) if anchor else -1
        if before is not None and row >= 0:
            moved = self.list.visualRect(self._model.index(row)).top() - before.top()
            bar = self.list.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _touched(self, notices: frozenset[Notice]) -> None:
        self._is_stale = True
        if not self._is_loading:
            self._load_seen()
        # A sale changes what is left of an event, not where it takes place.
        if any(notice.topic is Topic.EVENTS for notice in notices):
            self._load_choices()

    def _load_choices(self) -> None:
        self._context.tasks.look(
            self,
            "choices",
            self._context.desk.filter_choices,
            self.bar.offer,
            self._choices_failed,
        )

    def _choices_failed(self, error: Exception) -> None:
        # With no events on the screen the list itself says what is wrong.
        if self._model.rowCount():
            self._context.unavailable(error, self._load_choices)

    # --- the rest ------------------------------------------------------------------------------

    def _say_nothing_found(self) -> None:
        if self._filter == EventFilter():
            advice = tr("Events appear here as soon as they are published.")
            self._note.show_note("calendar-x", tr("No upcoming events"), advice)
        else:
            advice = tr("Nothing fits what was typed and the filter.")
            self._note.show_note("search-x", tr("No event found"), advice, tr("Show all events"))
        self._show_note()

    def _show_note(self) -> None:
        self._stack.setCurrentWidget(self._note)

    def _note_acted(self) -> None:
        if self._note.title() == tr("No event found"):
            self._context.search_cleared()
            self.bar.reset()
        else:
            self.begin()

    def _narrowed(self, chosen: EventFilter) -> None:
        self._filter = replace(chosen, text=self._filter.text)
        self._load()

    def _chosen_id(self) -> int | None:
        line = self._model.event_line(self.list.currentIndex().row())
        return line.listing.id if line else None

    def _today(self) -> date:
        return self._context.clock().date()

    def _writer(self) -> LineWriter:
        return LineWriter(self._context.formats, self._today())

    def _lay_out(self) -> None:
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._note)
        hints = (
            (("↑", "↓"), tr("event")),
            (("Tab",), tr("tiers")),
            (("/",), tr("search")),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(holder, 1)
        column.addWidget(HintBar(self._context.theme, hints))

    def _connect(self) -> None:
        self.list.chosen.connect(self.chosen)
        self.bar.changed.connect(self._narrowed)
        self._model.more_wanted.connect(self._load_more)
        self._typing.timeout.connect(self._load)
        self._note.acted.connect(self._note_acted)
        self._scrolled.timeout.connect(self._scrolled_to)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled.start)
        self._context.freshness.watch(self, (Topic.AVAILABILITY, Topic.EVENTS, Topic.WAITLIST), self._touched)

    def _scrolled_to(self) -> None:
        if self._is_stale:
            self._load_seen()
