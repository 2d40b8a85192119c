"""The middle: the entries of the event in hand, fetched page by page, counted down, kept through reloads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import OfferMistyped
from boxoffice.domain.notice import Topic
from boxoffice.domain.typed import is_mistyped_offer, read_offer
from boxoffice.domain.waitlist import WaitlistPage
from boxoffice.language import tr, trn
from boxoffice.ui.admin.files import choose_new_file
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.waitlist.export import write_list
from boxoffice.ui.waitlist.head import ListHead
from boxoffice.ui.waitlist.model import WaitlistModel
from boxoffice.ui.waitlist.view import WaitlistTable
from boxoffice.ui.widgets.keys import HintBar
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from pathlib import Path

    from boxoffice.domain.notice import Notice as Word
    from boxoffice.domain.waitlist import (
        Doubles,
        OfferAtCounter,
        WaitlistEntry,
        WaitlistEvent,
        WaitlistFilter,
    )
    from boxoffice.ui.context import Context

_TYPING_MS = 150
_SECOND_MS = 1000
_MOST_PAGES = 40
"""Of those that are fetched again at once; whoever scrolled further begins at the top."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What was asked for; `fits_otherwise` says whether nobody is found for the sake of their state alone."""

    page: WaitlistPage
    fits_otherwise: bool


class EntryPane(QWidget):
    """Tells `chosen` and `opened` with an entry's id."""

    chosen = Signal(int)
    opened = Signal(int)
    listed = Signal(bool)
    """The list was read; whether another part of it is shown from now on."""
    offer_found = Signal(object)
    """An OfferAtCounter whose code was typed or scanned."""
    doubled = Signal(object)
    """All Doubles of the event."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._event: WaitlistEvent | None = None
        self._asked: WaitlistFilter | None = None
        self._shown: WaitlistFilter | None = None
        self._doubles: tuple[Doubles, ...] = ()
        self._wanted: int | None = None
        self._takes_keyboard = False
        self._fits_otherwise = False
        self._chooses_first = False
        self._is_staff = context.desk.identity.may_sell
        theme = context.theme
        self.head = ListHead(context)
        self.model = WaitlistModel(context.formats, context.clock, self)
        self.table = WaitlistTable(theme, self.model, by_contact=self._is_staff)
        self.twice = Notice(theme, "waitlist_doubles", Tone.WARN)
        self.saved = Notice(theme, "waitlist_saved", Tone.ACCENT)
        self.trouble = Notice(theme, "waitlist_trouble")
        self._note = StateNote(theme, "waitlist_note")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._second = QTimer(self, interval=_SECOND_MS)
        self._lay_out()
        self._connect()

    @property
    def event_id(self) -> int | None:
        """Of the event in hand."""
        return self._event.event_id if self._event else None

    def show_event(self, event: WaitlistEvent) -> None:
        """Show the list of this event."""
        self._event = event
        self._chooses_first = False
        self._wanted = None
        self.trouble.say("")
        self.twice.say("")
        self._doubles = ()
        self.head.show_event(event)
        self.load()

    def update_event(self, event: WaitlistEvent) -> None:
        """Show this event's numbers, which were read anew."""
        if event.event_id == self.event_id:
            self._event = event
            self.head.show_event(event)

    def show_nothing(self) -> None:
        """Say that there is no event."""
        self._event = self._asked = self._shown = None
        self._context.tasks.forget(self, "entries")
        self.model.restart(WaitlistPage((), more=False), "UTC")
        self.head.hide()
        # The list of events says why there is none.
        self._stack.setCurrentWidget(self._nothing)

    def show_entry(self, entry_id: int, *, focus: bool = False) -> None:
        """Choose this entry as soon as it is shown, with the entries of every state if need be.

        Args:
            entry_id: of the event in hand.
            focus: whether the list takes the keyboard as well.
        """
        self._wanted, self._takes_keyboard = entry_id, focus
        if focus:
            self.focus_list()
        if self._asked == self._shown and self._choose_wanted():
            return
        self.point_at(None)
        find = self._context.desk.waitlist.entry
        self._context.tasks.look(self, "wanted", lambda: find(entry_id), self._widen, self._not_found)

    def point_at(self, entry_id: int | None) -> None:
        """Choose this entry if it is shown, and nobody else if it is not."""
        row = self.model.row_of(entry_id)
        if row >= 0:
            self.table.choose(row)
        else:
            self.table.choose_nobody()

    def marks(self, entry_id: int) -> bool:
        """Mark the row of whoever is looked at; False when they are left out of what is shown."""
        row = self.model.row_of(entry_id)
        if row >= 0:
            self.table.mark(row)
        return row >= 0 or entry_id == self._wanted

    def _widen(self, entry: WaitlistEntry) -> None:
        if entry.id != self._wanted or entry.event_id != self.event_id:
            return
        if self.model.row_of(entry.id) < 0:
            self.head.widen_for(entry)
        self.load()

    def _not_found(self, error: Exception) -> None:
        self._wanted = None
        self._say_trouble(error)

    def _choose_wanted(self) -> bool:
        row = self.model.row_of(self._wanted)
        if row >= 0:
            self._wanted = None
            self.table.choose(row)
        return row >= 0

    def look_for(self, text: str) -> None:
        """Find what was typed or scanned elsewhere."""
        self.head.search.setText(text)
        self.enter()

    def enter(self) -> None:
        """Open what was typed: an offer by its code, else the first person found."""
        typed = self.head.search.text()
        code = read_offer(typed)
        if is_mistyped_offer(typed):
            self.head.search.selectAll()
            self.refuse_code()
            return
        if not code:
            self._chooses_first = True
            if self._typing.isActive() or self._asked != self.head.filter():
                self.load()
            elif not self._context.tasks.is_asking(self, "entries"):
                self._choose_first()
            return
        self.head.search.clear()
        find = self._context.desk.waitlist.find_offer
        self._context.tasks.look(self, "offer", lambda: find(code), self._found, self._say_trouble)

    def refuse_code(self) -> None:
        """Say that what was meant for the code of an offer is none."""
        self.trouble.say(self._context.wording.sentence(OfferMistyped()))

    def type(self, text: str) -> None:
        """Begin a search with a letter that was typed anywhere."""
        self.head.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.head.search.setText(text)
        self._typing.start()

    def take_focus(self) -> None:
        """Give the keyboard to the list."""
        self.focus_list()
        if self.table.chosen_id() is None and self.model.rowCount():
            self.table.choose(0)

    def focus_list(self) -> None:
        """Give the keyboard to the list, or to what is said in its place, and choose nobody."""
        page = self._stack.currentWidget()
        (page if page is self._note else self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Take back what was narrowed; False when nothing was."""
        if not self.head.is_narrowed:
            return False
        self.head.reset()
        self.take_focus()
        return True

    # --- fetching ------------------------------------------------------------------------------

    def load(self) -> None:
        """Fetch the list anew, as far down as it is looked at."""
        self.saved.say("")
        self._reload()

    def _reload(self) -> None:
        self._typing.stop()
        asked = self._asked = self.head.filter()
        if asked is None:
            return
        self.head.show()
        if not self.model.rowCount() or self._shown is None or asked.event_id != self._shown.event_id:
            self._note.show_busy(tr("Looking for who waits…"))
            self._show_page(self._note)
        rows = self.table.seen()[1] + 1 if asked == self._shown else 0
        tasks, desk = self._context.tasks, self._context.desk.waitlist
        tasks.forget(self, "more")
        wanted = None if tasks.is_asking(self, "wanted") else self._wanted

        def fetch() -> _Listed:
            page = desk.entries(asked, None)
            entries, pages = list(page.entries), 1
            is_sought = wanted is not None
            while page.more and pages < _MOST_PAGES:
                is_sought = is_sought and all(one.id != wanted for one in page.entries)
                if len(entries) >= rows and not is_sought:
                    break
                page = desk.entries(asked, entries[-1])
                entries += page.entries
                pages += 1
            may_fit = not entries and bool(asked.text) and bool(asked.states or asked.to_call)
            fits = may_fit and bool(desk.entries(replace(asked, states=(), to_call=False), None).entries)
            return _Listed(WaitlistPage(tuple(entries), page.more), fits)

        tasks.look(self, "entries", fetch, self._loaded, self._failed)
        tasks.look(self, "doubles", partial(desk.doubles, asked.event_id), self._show_doubles, _pass_over)

    def _loaded(self, read: _Listed) -> None:
        asked, page = self._asked, read.page
        if asked is None or self._event is None:
            return
        self._fits_otherwise = read.fits_otherwise
        chosen = self.table.chosen_id()
        is_other_part = asked != self._shown
        if is_other_part:
            is_other_event = self._shown is None or self._shown.event_id != asked.event_id
            self._shown = asked
            self.model.restart(page, self._event.time_zone, tells_next=not asked.text)
            self.table.keep((None, 0), None if is_other_event else chosen)
        else:
            anchor = self.table.anchor()
            if self.model.refresh(page):
                self.table.keep(anchor, chosen)
        if not page.entries:
            self._say_nobody()
        else:
            self._show_page(self.table)
        self._show_wanted()
        if self._chooses_first:
            self._choose_first()
        self._count_down()
        self.listed.emit(is_other_part)

    def _show_wanted(self) -> None:
        if self._wanted is None:
            return
        if self._choose_wanted():
            if self._takes_keyboard:
                self.focus_list()
        elif not self._context.tasks.is_asking(self, "wanted"):
            self._wanted = None

    def _choose_first(self) -> None:
        self._chooses_first = False
        if self.model.rowCount():
            self.table.choose(0)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _load_more(self, after: WaitlistEntry) -> None:
        asked, find = self._shown, self._context.desk.waitlist.entries
        if asked is not None:
            self._context.tasks.look(
                self, "more", lambda: find(asked, after), self.model.extend, self._more_failed
            )

    def _more_failed(self, error: Exception) -> None:
        self.model.fetch_failed()
        self._context.unavailable(error, self.load)

    def _failed(self, error: Exception) -> None:
        if self.model.rowCount() and self._shown == self._asked:
            self._context.unavailable(error, self.load)
            return
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The list cannot be shown"), words, tr("Try again"))
        self._show_page(self._note)

    def _show_page(self, page: QWidget) -> None:
        """Show the list or what is said in its place; the keyboard stays with whichever is shown."""
        before, focus = self._stack.currentWidget(), self.window().focusWidget()
        if before is page:
            return
        self._stack.setCurrentWidget(page)
        if focus is not None and before is not None and (focus is before or before.isAncestorOf(focus)):
            self.focus_list()

    def _touched(self, notices: frozenset[Word]) -> None:
        if any(notice.event_id in (None, self.event_id) for notice in notices):
            self._reload()

    # --- what is said --------------------------------------------------------------------------

    def _say_nobody(self) -> None:
        if self._fits_otherwise:
            title = tr("Nobody open is found") if self.head.shows_open else tr("Nobody found")
            advice = tr("Somebody of another state fits what was typed.")
            self._note.show_note("search-x", title, advice, tr("Show all entries"))
        elif self.head.is_narrowed:
            advice = tr("Nobody fits what was typed and chosen.")
            is_sought = self._asked is not None and bool(self._asked.text)
            way_out = tr("Take the search back") if is_sought else tr("Show open entries")
            self._note.show_note("search-x", tr("Nobody found"), advice, way_out)
        else:
            advice = tr("Whoever comes for tickets that are sold out can wait for those that come back.")
            self._note.show_note(
                "users", tr("Nobody waits"), advice, tr("Add a person (Ins)") if self._is_staff else ""
            )
        self._show_page(self._note)

    def _note_acted(self) -> None:
        # The button goes with what it does, and would hand the keyboard to whatever follows it.
        self.focus_list()
        if self._shown != self._asked:
            self.load()
        elif self._fits_otherwise:
            self.head.show_all()
        elif self.head.is_narrowed:
            self.head.reset()
        else:
            self.head.add_wanted.emit()

    def _show_doubles(self, doubles: tuple[Doubles, ...]) -> None:
        self._doubles = doubles
        words = trn(
            "{n} person seems to stand here twice.",
            "{n} people seem to stand here twice.",
            len(doubles),
            n=self._context.formats.number(len(doubles)),
        )
        self.twice.say(words if doubles else "", tr("Loo&k"))
        self.doubled.emit(doubles)

    def _look_at_doubles(self) -> None:
        if self._doubles:
            entry_id = self._doubles[0].first.id
            self.show_entry(entry_id)
            self.opened.emit(entry_id)

    def _found(self, found: OfferAtCounter) -> None:
        self.trouble.say("")
        self.offer_found.emit(found)

    def _say_trouble(self, error: Exception) -> None:
        zone = self._event.time_zone if self._event else "UTC"
        self.trouble.say(self._context.wording.sentence(error, zone))

    # --- the file ------------------------------------------------------------------------------

    def export(self) -> None:
        """Ask where to, and write the whole list of the event."""
        if self._event is not None:
            title = "".join(letter if letter.isalnum() else "-" for letter in self._event.title[:40])
            name = f"{tr('waitlist')}-{title.strip('-')}.csv"
            choose_new_file(self, tr("Save the waitlist"), name, self.save)

    def save(self, path: Path) -> None:
        """Write the whole list of the event into this file."""
        event, export = self._event, self._context.desk.waitlist.export
        if event is None:
            return

        def write() -> int | OSError:
            entries = export(event.event_id)
            try:
                return write_list(path, entries, event.time_zone)
            except OSError as error:
                return error

        self.saved.say("")
        done = partial(self._did_save, path)
        self._context.tasks.look(self, "export", write, done, self._say_trouble)

    def _did_save(self, path: Path, written: int | OSError) -> None:
        if isinstance(written, OSError):
            reason = written.strerror or str(written)
            self.trouble.say(tr("{name} could not be written: {reason}.", name=path.name, reason=reason))
            return
        self.trouble.say("")
        self.saved.say(
            trn("Saved: {name}, {n} entry.", "Saved: {name}, {n} entries.", written, name=path.name)
        )

    # --- counting down -------------------------------------------------------------------------

    def _count_down(self) -> None:
        """Tick while an open offer is seen, and only then."""
        if self.model.counts_down(*self.table.seen()):
            self._second.start()
        else:
            self._second.stop()

    def _tick(self) -> None:
        if self.isVisible():
            self.model.tick(*self.table.seen())

    # --- making --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        self._nothing = QWidget()
        self._stack.addWidget(self._nothing)
        self._stack.setCurrentWidget(self._nothing)
        self.head.hide()
        notices = QVBoxLayout()
        notices.setContentsMargins(24, 0, 24, 0)
        notices.setSpacing(8)
        for notice in (self.twice, self.trouble, self.saved):
            notices.addWidget(notice)
        hints = (
            (("↑", "↓"), tr("person")),
            (("Enter",), tr("open")),
            *([((tr("Ins"),), tr("add"))] if self._is_staff else []),
            (("/",), tr("search")),
            (("Esc",), tr("back")),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(notices)
        column.addWidget(holder, 1)
        column.addWidget(HintBar(self._context.theme, hints))

    def _connect(self) -> None:
        self.head.search.textEdited.connect(lambda _text: self._typing.start())
        self.head.search.entered.connect(self.enter)
        self.head.search.left.connect(self._leave_search)
        self.head.narrowed.connect(self.load)
        self.head.export_wanted.connect(self.export)
        self._typing.timeout.connect(self.load)
        self._second.timeout.connect(self._tick)
        self._note.acted.connect(self._note_acted)
        self.twice.acted.connect(self._look_at_doubles)
        self.model.more_wanted.connect(self._load_more)
        self.model.rowsInserted.connect(lambda *_: self._count_down())
        self.table.chosen.connect(self.chosen)
        self.table.chosen.connect(lambda _id: self.saved.say(""))
        self.table.opened.connect(self.opened)
        self.table.verticalScrollBar().valueChanged.connect(lambda _value: self._count_down())
        self._context.freshness.watch(self, (Topic.WAITLIST, Topic.AVAILABILITY), self._touched)

    def _leave_search(self) -> None:
        if self.head.search.text():
            self.head.search.clear()
            self.load()
        self.take_focus()


def _pass_over(_error: Exception) -> None:
    """Say nothing of doubles: the list itself tells when nothing can be read."""
