"""Everybody who has to be called about an offer, one after the other: number, offer, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import AnswerLost, DatabaseGone
from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import RecordCall, WaitlistFilter
from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.outcomes import DialButton, OutcomeButtons
from boxoffice.ui.waitlist.words import call_words, countdown_words, wants_words
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.waitlist import CallOutcome, WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context

_SECOND_MS = 1000
_MOST_LETTERS = 400
_MOST_PAGES = 20


class CallList(QWidget):
    """Tells `shown` with the entry in hand, `changed` when a call was noted, `closed` when it is put away.

    Args:
        context: what every screen is given.
        events: all that have a list, for "all events".
        event: the one in hand.
    """

    shown = Signal(object)
    changed = Signal()
    closed = Signal()

    def __init__(self, context: Context, events: tuple[WaitlistEvent, ...], event: WaitlistEvent) -> None:
        super().__init__()
        self._context = context
        self._events = {one.event_id: one for one in events} | {event.event_id: event}
        self._mine = event.event_id
        self._queue: list[WaitlistEntry] = []
        self._called = 0
        self._wish: RecordCall | None = None
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
        self._name = ClampedText(theme, Style.PRICE, 3)
        self._name.setObjectName("call_name")
        self._phone = Text(theme, Style.TITLE).wrapping()
        self._phone.setObjectName("call_phone")
        self._phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dial = DialButton(theme, "call_dial")
        self._event_title = ClampedText(theme, Style.BODY, 2, Tone.MUTED)
        self._what = ClampedText(theme, Style.ROW, 2)
        self._what.setObjectName("call_what")
        self._until = Text(theme, Style.BODY).wrapping()
        self._left = Text(theme, Style.BODY, Tone.WARN)
        self._left.setObjectName("call_left")
        self._earlier = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._words = ClampedText(theme, Style.BODY, 6)
        self._outcomes = OutcomeButtons(theme, "call")
        self._later = IconButton(theme, "call_later", "chevron-right", tr("Later (&5)"), Kind.QUIET)
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
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._load()

    def escape(self) -> None:
        """Put the list away; not while it is unknown whether a call was noted."""
        if not self.is_waiting:
            self.closed.emit()

    # --- who ------------------------------------------------------------------------------------

    def _load(self) -> None:
        if not self._queue:
            self._note.show_busy(tr("Looking for who has to be called…"))
            self._stack.setCurrentWidget(self._note)
        entries = self._context.desk.waitlist.entries
        wanted = [
            one.event_id
            for one in self._events.values()
            if one.event_id == self._mine or (self._all.isChecked() and one.to_call)
        ]

        def read() -> tuple[WaitlistEntry, ...]:
            found: list[WaitlistEntry] = []
            for event_id in wanted:
                last: WaitlistEntry | None = None
                for _ in range(_MOST_PAGES):
                    page = entries(WaitlistFilter(event_id, to_call=True), last)
                    found += page.entries
                    if not page.more:
                        break
                    last = page.entries[-1]
            return tuple(found)

        self._context.tasks.look(self, "calls", read, self._loaded, self._failed)

    def _loaded(self, found: tuple[WaitlistEntry, ...]) -> None:
        # Whose offer ends first is called first.
        self._queue = sorted(
            (one for one in found if one.offer is not None),
            key=lambda one: (one.offer.until, one.id) if one.offer is not None else one.id,
        )
        self._called = 0
        self._show()

    def _failed(self, error: Exception) -> None:
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The call list cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _show(self) -> None:
        entry = self.current
        if entry is None or entry.offer is None:
            self._say_done()
            return
        formats, offer = self._context.formats, entry.offer
        event = self._events.get(entry.event_id)
        zone = event.time_zone if event else "UTC"
        to_go = len(self._queue)
        self._count.setText(trn("{n} call to make", "{n} calls to make", to_go, n=formats.number(to_go)))
        self._name.set_text(entry.name[:_MOST_LETTERS] or tr("Person {n}", n=entry.customer_id))
        numberless = {"": tr("No number is known."), SHUT: tr("The number cannot be read here.")}
        self._phone.setText(numberless.get(entry.phone, entry.phone))
        self.dial.show_phone(entry.phone)
        self._event_title.set_text(event.title if event else "")
        self._what.set_text(f"{formats.number(offer.quantity)} x {offer.tier[:120]}")
        wants = wants_words(entry.quantity, formats, all_together=entry.all_together)
        until = tr("until {when}", when=formats.short_day_and_time(offer.until, zone))
        self._until.setText(f"{until} · {tr('wants {what}', what=wants)}")
        self._earlier.setText(call_words(offer) if offer.calls else "")
        self._earlier.setVisible(bool(offer.calls))
        self._words.set_text(entry.note[:_MOST_LETTERS])
        self._words.setVisible(bool(entry.note))
        self._later.setVisible(to_go > 1)
        self._stack.setCurrentWidget(self._page)
        self._count_down()
        self._second.start()
        self.shown.emit(entry)

    def _say_done(self) -> None:
        self._second.stop()
        self._count.setText("")
        if self._called:
            words = trn("{n} call is noted.", "{n} calls are noted.", self._called)
            self._note.show_note("circle-check", tr("Everybody is called"), words, tr("Look again"))
        else:
            advice = tr("Offers whose people have no e-mail address stand here.")
            self._note.show_note("phone", tr("Nobody has to be called"), advice)
        self._stack.setCurrentWidget(self._note)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what came of it -----------------------------------------------------------------------

    def note(self, outcome: CallOutcome) -> None:
        """Note what came of the call to the one in hand; the next one comes by itself."""
        entry = self.current
        if entry is None or entry.offer is None or self.is_waiting:
            return
        self._wish = RecordCall(entry.offer.id, outcome)
        self._send()

    def _send(self) -> None:
        wish = self._wish
        if wish is None:
            return
        self._notice.say("")
        self._set_busy(busy=True)
        record = self._context.desk.waitlist.record_call
        self._context.tasks.change(self, lambda: record(wish), self._noted, self._refused)

    def _noted(self, done: Done[None]) -> None:
        self._wish = None
        self._called += 1
        self._set_busy(busy=False)
        self._queue = self._queue[1:]
        self._show()
        self._context.freshness.touched(done.touched)
        self.changed.emit()

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
        else:
            self._notice.say("")
            self._load()

    def _put_last(self) -> None:
        if len(self._queue) > 1 and not self.is_waiting:
            self._queue = [*self._queue[1:], self._queue[0]]
            self._show()

    def _set_busy(self, *, busy: bool) -> None:
        for part in (self._outcomes, self._later, self._leave, self._all):
            part.setEnabled(not busy)
        if not busy:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count_down(self) -> None:
        entry = self.current
        if entry is not None and entry.offer is not None:
            self._left.setText(countdown_words(entry.offer, self._context.clock()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.text() == "5":
            self._put_last()
        else:
            # What is no outcome would look for somebody else.
            self._outcomes.take_key(event)

    # --- making --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._all.toggled.connect(lambda _on: self._load())
        self._leave.clicked.connect(self.escape)
        self._outcomes.chosen.connect(self.note)
        self._later.clicked.connect(self._put_last)
        self._notice.acted.connect(self._act)
        self._note.acted.connect(self._load)
        self._second.timeout.connect(self._count_down)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(self._context.theme, Style.CAPTION, Tone.MUTED, tr("Call list")))
        head.addStretch(1)
        head.addWidget(self._all)
        head.addWidget(self._leave)
        dialling = QHBoxLayout()
        dialling.addWidget(self.dial)
        dialling.addStretch(1)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(8)
        page.addWidget(self._count)
        page.addWidget(self._name)
        page.addWidget(self._phone)
        page.addLayout(dialling)
        page.addSpacing(4)
        page.addWidget(panel("rule"))
        page.addSpacing(4)
        for part in (
            self._event_title,
            self._what,
            self._until,
            self._left,
            self._earlier,
            self._words,
        ):
            page.addWidget(part)
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
        column.addWidget(holder, 1)
