"""Everybody who has to be called about an offer, one after the other: number, offer, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import AnswerLost, DatabaseGone
from boxoffice.domain.notice import Topic
from boxoffice.domain.waitlist import CallOutcome, RecordCall, WaitlistFilter
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.tab_ring import step_within
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.call_card import CallCard
from boxoffice.ui.waitlist.history_words import passed_on_words, settled_words
from boxoffice.ui.waitlist.outcomes import OutcomeButtons
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.notice import Notice as Word
    from boxoffice.domain.waitlist import EntryDeed, Offer, WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context
    from boxoffice.usecases.waitlist.waitlist_desk import WaitlistDesk

_SECOND_MS = 1000
_MOST_PAGES = 20
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DIGITS = "12345"


@dataclass(frozen=True, slots=True)
class _ToCall:
    """Who has to be called, and about which events."""

    events: dict[int, WaitlistEvent]
    entries: tuple[WaitlistEntry, ...]
    settled: WaitlistEntry | None
    """Who was in hand and has not to be called any more, as they stand now."""


class CallList(QWidget):
    """Tells `shown` with the entry in hand, `changed` when a call was noted, `closed` when it is put away.

    Args:
        context: what every screen is given.
        event: the one in hand.
    """

    shown = Signal(object)
    changed = Signal()
    closed = Signal()

    def __init__(self, context: Context, event: WaitlistEvent) -> None:
        super().__init__()
        self._context = context
        self._events = {event.event_id: event}
        self._mine = event.event_id
        self._queue: list[WaitlistEntry] = []
        self._called: set[int] = set()
        """Offers about which somebody was called in this round: they come again in the next."""
        self._elsewhere = 0
        """How many have to be called about other events than those that are looked at."""
        self._shown_id: int | None = None
        self._wish: RecordCall | None = None
        self._settled: WaitlistEntry | None = None
        """Whoever is in hand, once somebody else dealt with what they are offered."""
        self.setObjectName("waitlist_call_list")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme = context.theme
        self._count = Text(theme, Style.SMALL, Tone.MUTED)
        self._count.setObjectName("call_count")
        self._all = IconButton(theme, "call_all_events", "calendar-days", tr("All &events"), Kind.PLAIN)
        self._all.setCheckable(True)
        self._leave = IconButton(theme, "call_close", "x", "", Kind.QUIET)
        self._leave.setAccessibleName(tr("Close"))
        self._leave.setToolTip(tr("Close (Esc)"))
        self._card = CallCard(context)
        self._outcomes = OutcomeButtons(theme, "call")
        self._later = IconButton(theme, "call_later", "chevron-right", tr("Later (&5)"), Kind.QUIET)
        self._next = Notice(theme, "call_next", Tone.ACCENT)
        self._notice = Notice(theme, "call_notice")
        self._note = StateNote(theme, "call_list_state")
        self._second = QTimer(self, interval=_SECOND_MS)
        self._lay_out()
        self._connect()

    @property
    def is_waiting(self) -> bool:
        """Whether it is not known whether a call was noted."""
        return self._wish is not None

    @property
    def current(self) -> WaitlistEntry | None:
        """Who is to be called now."""
        return self._queue[0] if self._queue else None

    def begin(self) -> None:
        """Ask who has to be called, and take the keyboard."""
        self._take_keyboard()
        self._note.show_busy(tr("Looking for who has to be called…"))
        self._stack.setCurrentWidget(self._note)
        self._load()

    def escape(self) -> None:
        """Go back one step, or put the list away; not while it is unknown whether a call was noted."""
        if not self.is_waiting and not self._outcomes.step_back():
            self.closed.emit()

    # --- who ------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """Call everybody who is still to be called, those who were not reached before, too."""
        self._queue.clear()
        self._called.clear()
        self._settled = None
        self._notice.say("")
        self.begin()

    def _load(self) -> None:
        desk, mine, is_for_all = self._context.desk.waitlist, self._mine, self._all.isChecked()
        called = self.current

        def read() -> _ToCall:
            # Anew each time: somebody may be the first of an event who has to be called.
            events = {one.event_id: one for one in desk.events()}
            others = [id_ for id_, one in events.items() if is_for_all and one.to_call and id_ != mine]
            found = [one for id_ in (mine, *others) for one in _to_call(desk, id_)]
            settled = None
            if called is not None and all(_offer_id(one) != _offer_id(called) for one in found):
                settled = desk.entry(called.id)
            return _ToCall(events, tuple(one for one in found if one.offer is not None), settled)

        self._context.tasks.look(self, "calls", read, self._loaded, self._failed)

    def _loaded(self, read: _ToCall) -> None:
        self._events.update(read.events)
        others = sum(one.to_call for id_, one in read.events.items() if id_ != self._mine)
        self._elsewhere = 0 if self._all.isChecked() else others
        found = read.entries
        open_ = {_offer_id(one): one for one in found if _offer_id(one) not in self._called}
        # Who is being called stays, whatever became of the offer: the clerk is speaking to them.
        kept = [
            open_.pop(_offer_id(one), one)
            for one in self._queue
            if one is self.current or _offer_id(one) in open_
        ]
        # Whose offer ends first is called first.
        self._queue = kept + sorted(open_.values(), key=_deadline)
        self._settle(found, read.settled)
        self._show()

    def _settle(self, found: tuple[WaitlistEntry, ...], settled: WaitlistEntry | None) -> None:
        """Take in whether whoever is in hand is still to be called; what is asked for here says so itself."""
        called = self.current
        if called is None or self.is_waiting:
            return
        was_settled, self._settled = self._settled, None
        if settled is not None and settled.id == called.id:
            self._settled = settled
        elif was_settled is not None:
            self._notice.say("")
        if self._settled is None and all(_offer_id(one) != _offer_id(called) for one in found):
            # Another one came in hand while it was looked.
            self._load()

    def _failed(self, error: Exception) -> None:
        if self.current is not None:
            self._context.unavailable(error, self._load)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The call list cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _touched(self, notices: frozenset[Word]) -> None:
        is_mine = any(notice.event_id in (None, self._mine) for notice in notices)
        if is_mine or self._all.isChecked():
            self._load()

    def _show(self) -> None:
        entry = self.current
        if entry is None or entry.offer is None:
            self._say_done()
            return
        settled = self._settled
        to_go, formats = len(self._queue) - (settled is not None), self._context.formats
        count = trn("{n} call to make", "{n} calls to make", to_go, n=formats.number(to_go))
        self._count.setText(count if to_go else "")
        self._card.show_entry(entry, entry.offer, self._events.get(entry.event_id))
        self._outcomes.show_offer(entry.offer, formats)
        if settled is not None:
            self._say_settled(entry.offer, settled)
        self._outcomes.setVisible(settled is None)
        self._later.setVisible(to_go > 1 and settled is None)
        if self._stack.currentWidget() is not self._page:
            self._keep_keyboard()
            self._stack.setCurrentWidget(self._page)
        self._second.start()
        self._look_back(entry)
        if entry.id != self._shown_id:
            self._shown_id = entry.id
            self.shown.emit(entry)

    def _say_settled(self, offer: Offer, settled: WaitlistEntry) -> None:
        """Say what became of it; nobody else comes in hand before the clerk has read that."""
        self._outcomes.step_back()
        self._keep_keyboard()
        self._notice.say(settled_words(offer, settled, self._context.formats), tr("&Go on"))

    def _go_on(self) -> None:
        """Leave whoever is dealt with, without a word about whoever is next."""
        self._settled = None
        self._notice.say("")
        self._queue = self._queue[1:]
        self._keep_keyboard()
        self._show()

    def _look_back(self, entry: WaitlistEntry) -> None:
        """Show all calls about this offer, not only the last."""
        if entry.offer is None or not entry.offer.calls:
            return
        history = self._context.desk.waitlist.history

        def show(deeds: tuple[EntryDeed, ...]) -> None:
            if self.current is entry:
                self._card.show_history(deeds)

        def say(error: Exception) -> None:
            self._context.unavailable(error, lambda: self._look_back(entry))

        self._context.tasks.look(self, "history", lambda: history(entry.id), show, say)

    def _say_done(self) -> None:
        self._second.stop()
        self._shown_id = None
        self._count.setText("")
        if self._called:
            words = trn("{n} call is noted.", "{n} calls are noted.", len(self._called))
            self._note.show_note("circle-check", tr("Everybody is called"), words, tr("Look again"))
        elif self._elsewhere:
            elsewhere = trn(
                "{n} person has to be called about another event.",
                "{n} people have to be called about other events.",
                self._elsewhere,
                n=self._context.formats.number(self._elsewhere),
            )
            title = tr("Nobody of this event has to be called")
            self._note.show_note("phone", title, elsewhere, tr("All events (Enter)"))
        else:
            advice = tr("Offers whose people have no e-mail address stand here.")
            self._note.show_note("phone", tr("Nobody has to be called"), advice)
        self._keep_keyboard()
        self._stack.setCurrentWidget(self._note)

    # --- what came of it -----------------------------------------------------------------------

    def note(self, outcome: CallOutcome) -> None:
        """Note what came of the call to the one in hand; the next one comes by itself."""
        entry = self.current
        if entry is None or entry.offer is None or self.is_waiting or self._settled is not None:
            return
        self._wish = RecordCall(entry.offer.id, outcome)
        self._send()

    def _send(self) -> None:
        wish = self._wish
        if wish is None:
            return
        self._take_keyboard()
        self._notice.say("")
        self._set_busy(busy=True)
        record = self._context.desk.waitlist.record_call
        self._context.tasks.change(self, lambda: record(wish), self._noted, self._refused)

    def _noted(self, done: Done[None]) -> None:
        wish, called = self._wish, self.current
        self._wish = None
        self._set_busy(busy=False)
        self._next.say("")
        if wish is not None:
            self._called.add(wish.offer_id)
        if wish is not None and wish.outcome is CallOutcome.DECLINED and called and called.offer:
            self._ask_who_is_next(called.offer)
        self._queue = self._queue[1:]
        self._show()
        self._context.freshness.touched(done.touched)
        self.changed.emit()

    def _ask_who_is_next(self, declined: Offer) -> None:
        passed_on = self._context.desk.waitlist.passed_on

        def say_next(followers: tuple[WaitlistEntry, ...]) -> None:
            self._next.say(passed_on_words(declined, followers, self._context.formats))

        def say(error: Exception) -> None:
            self._context.unavailable(error, lambda: self._ask_who_is_next(declined))

        self._context.tasks.look(self, "next", lambda: passed_on(declined.id), say_next, say)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, AnswerLost | DatabaseGone):
            # The same key is sent again, so that one call is never noted twice.
            words = tr("The connection broke. It is not known whether the call was noted: try again.")
            self._notice.say(words, tr("Try a&gain"))
            return
        self._wish = None
        self._set_busy(busy=False)
        entry = self.current
        event = self._events.get(entry.event_id) if entry else None
        zone = event.time_zone if event else "UTC"
        self._notice.say(self._context.wording.sentence(error, zone), tr("Look again"))

    def _act(self) -> None:
        if self._wish is not None:
            self._send()
        elif self._settled is not None:
            self._go_on()
        else:
            self._begin_anew()

    def _act_on_note(self) -> None:
        if self._elsewhere and not self._called:
            self._all.setChecked(True)
        else:
            self._begin_anew()

    def _put_last(self) -> None:
        if len(self._queue) > 1 and not self.is_waiting:
            self._queue = [*self._queue[1:], self._queue[0]]
            self._notice.say("")
            self._show()

    def _set_busy(self, *, busy: bool) -> None:
        for part in (self._outcomes, self._later, self._leave, self._all):
            part.setEnabled(not busy)

    # --- the keyboard --------------------------------------------------------------------------

    def _take_keyboard(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_keyboard(self) -> None:
        """Let nothing that is put away take the keyboard with it."""
        focus = self.window().focusWidget()
        if focus is None or self.isAncestorOf(focus):
            self._take_keyboard()

    def _enter(self) -> None:
        """Press what has the keyboard, or what the list asks for."""
        focus = self.window().focusWidget()
        if isinstance(focus, QPushButton):
            focus.click()
        elif self._notice.isVisibleTo(self):
            self._act()
        elif self._stack.currentWidget() is self._note and self._note.offers_action:
            self._act_on_note()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What is no outcome would look for somebody else.
        if self._outcomes.isVisible() and self._outcomes.take_key(event):
            return
        if self._settled is not None and event.text() and event.text() in _DIGITS:
            # It was meant for whoever is dealt with: it says nothing of the next one.
            self._go_on()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.key() in _ENTER:
            self._enter()
        elif event.text() == "5" and not self._outcomes.is_asking:
            self._put_last()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return step_within(self, forward=next)

    # --- making --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._all.toggled.connect(lambda _on: self._begin_anew())
        self._leave.clicked.connect(self.escape)
        self._outcomes.chosen.connect(self.note)
        self._later.clicked.connect(self._put_last)
        self._notice.acted.connect(self._act)
        self._note.acted.connect(self._act_on_note)
        self._second.timeout.connect(self._card.count_down)
        self._context.freshness.watch(self, (Topic.WAITLIST,), self._touched)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(self._context.theme, Style.CAPTION, Tone.MUTED, tr("Call list")))
        head.addStretch(1)
        head.addWidget(self._all)
        head.addWidget(self._leave)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(8)
        page.addWidget(self._count)
        page.addWidget(self._card)
        page.addStretch(1)
        page.addWidget(self._notice)
        page.addWidget(self._outcomes)
        page.addWidget(self._later, 0, Qt.AlignmentFlag.AlignRight)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._next)
        column.addWidget(holder, 1)


def _offer_id(entry: WaitlistEntry) -> int:
    return entry.offer.id if entry.offer is not None else 0


def _deadline(entry: WaitlistEntry) -> tuple[datetime, int]:
    return entry.offer.until if entry.offer is not None else entry.joined_at, entry.id


def _to_call(desk: WaitlistDesk, event_id: int) -> list[WaitlistEntry]:
    found: list[WaitlistEntry] = []
    for _ in range(_MOST_PAGES):
        page = desk.entries(WaitlistFilter(event_id, to_call=True), found[-1] if found else None)
        found += page.entries
        if not page.more:
            break
    return found
