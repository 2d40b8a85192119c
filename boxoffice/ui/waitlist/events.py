"""The left column: events that somebody waits for, or could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.event import EventListing, EventPage, EventStatus
from boxoffice.domain.notice import Topic
from boxoffice.language import tr
from boxoffice.ui.sell.events.model import EventModel
from boxoffice.ui.sell.events.rows import LineWriter
from boxoffice.ui.sell.events.view import EventList
from boxoffice.ui.widgets.keys import HintBar
from boxoffice.ui.widgets.states import StateNote

if TYPE_CHECKING:
    from boxoffice.domain.notice import Notice
    from boxoffice.domain.waitlist import WaitlistEvent
    from boxoffice.ui.context import Context


class WaitlistEvents(QFrame):
    """Tells `chosen` with the WaitlistEvent in hand, `updated` when that is read anew, `lost`: none."""

    chosen = Signal(object)
    updated = Signal(object)
    lost = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._events: tuple[WaitlistEvent, ...] = ()
        self._chosen_id: int | None = None
        self._wanted: int | None = None
        self.setProperty("role", "list")
        self.model = EventModel(self._writer(), self)
        self.list = EventList(context.theme, self.model)
        self.list.setObjectName("waitlist_events")
        self.list.setAccessibleName(tr("Events with a waitlist"))
        self._note = StateNote(context.theme, "waitlist_events_state")
        self._lay_out()
        self.list.chosen.connect(self._choose)
        self._note.acted.connect(self.reload)
        topics = (Topic.WAITLIST, Topic.AVAILABILITY, Topic.EVENTS)
        context.freshness.watch(self, topics, self._touched)

    @property
    def events(self) -> tuple[WaitlistEvent, ...]:
        """All that are listed."""
        return self._events

    @property
    def current(self) -> WaitlistEvent | None:
        """The one in hand."""
        return next((one for one in self._events if one.event_id == self._chosen_id), None)

    def reload(self) -> None:
        """Ask which events there are."""
        if not self._events:
            self._note.show_busy(tr("Looking for events…"))
            self._stack.setCurrentWidget(self._note)
        desk = self._context.desk
        self._context.tasks.look(self, "events", desk.waitlist.events, self._loaded, self._failed)

    def show_event(self, event_id: int) -> None:
        """Choose this event, now or as soon as it is listed."""
        self._wanted = event_id
        row = self.model.row_of(event_id)
        if row >= 0:
            self._wanted = None
            self.list.choose(row)

    def take_focus(self) -> None:
        """Take the keyboard."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _loaded(self, events: tuple[WaitlistEvent, ...]) -> None:
        self._events = events
        self.model.set_writer(self._writer())
        page = EventPage(tuple(_listing(one) for one in events), None)
        self.model.refresh(None, page)
        if not events:
            advice = tr("As soon as a ticket is sold out, its event stands here.")
            self._note.show_note("users", tr("Nobody has to wait"), advice)
            self._stack.setCurrentWidget(self._note)
            self._chosen_id = None
            self.lost.emit()
            return
        self._stack.setCurrentWidget(self.list)
        wanted = self._wanted if self._wanted is not None else self._chosen_id
        row = self.model.row_of(wanted) if wanted is not None else -1
        if row < 0:
            row = self.model.row_of(_first(events).event_id)
        self._wanted = None
        if self.list.currentIndex().row() != row:
            self.list.choose(row)
        event = self.current
        if event is not None:
            self.updated.emit(event)

    def _failed(self, error: Exception) -> None:
        if self._events:
            self._context.unavailable(error, self.reload)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The waitlists cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _touched(self, _notices: frozenset[Notice]) -> None:
        self.reload()

    def _choose(self, event_id: int) -> None:
        if event_id != self._chosen_id:
            self._chosen_id = event_id
            if self.current is not None:
                self.chosen.emit(self.current)

    def _writer(self) -> LineWriter:
        return LineWriter(self._context.formats, self._context.clock().date(), tells_waiting=True)

    def _lay_out(self) -> None:
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._note)
        hints = ((("↑", "↓"), tr("event")), (("Tab",), tr("people")), (("/",), tr("search")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(holder, 1)
        column.addWidget(HintBar(self._context.theme, hints))


def _first(events: tuple[WaitlistEvent, ...]) -> WaitlistEvent:
    """Return the event whose list wants a look first."""
    with_work = [one for one in events if one.to_call or one.waiting or one.offers]
    return (with_work or list(events))[0]


def _listing(one: WaitlistEvent) -> EventListing:
    return EventListing(
        id=one.event_id,
        slug="",
        title=one.title,
        venue=one.venue,
        starts_at=one.starts_at,
        time_zone=one.time_zone,
        status=EventStatus.PUBLISHED,
        offered=max(one.offered_in_all, one.available, 1),
        available=one.available,
        waiting=one.waiting,
        on_sale_from=None,
    )
