"""The panel beside the list: one person, what they want and hold, why they wait, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from boxoffice.domain.notice import Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import EntryState, Verdict, grouped_offer_code
from boxoffice.language import tr
from boxoffice.ui.orders.actions import DeedsBar
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.deeds import entry_actions
from boxoffice.ui.waitlist.happenings import Happenings
from boxoffice.ui.waitlist.history_words import deed_words, doer_words, passed_on_words, price_words
from boxoffice.ui.waitlist.outcomes import DialButton
from boxoffice.ui.waitlist.words import (
    chance_words,
    countdown_words,
    mail_words,
    offered_words,
    state_words,
    tier_words,
    verdict_sentence,
    wants_words,
)
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Tag, Text, panel
from boxoffice.ui.widgets.states import Notice, StateNote

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from boxoffice.domain.notice import Notice as Word
    from boxoffice.domain.waitlist import (
        Chance,
        Doubles,
        EntryDeed,
        Evaluation,
        Offer,
        WaitlistEntry,
        WaitlistEvent,
    )
    from boxoffice.ui.context import Context

_PASSED_ON = (EntryState.DECLINED, EntryState.EXPIRED, EntryState.WITHDRAWN)
"""Whose tickets may be somebody else's now."""
_SIDE_PX = 20
_LABEL_PX = 84
_SECOND_MS = 1000
_MOST_LETTERS = 400
_MOST_SKIPS = 30
_FEW_DEEDS, _FEW_SKIPS = 4, 3
_TALL_PX = 900
_MORE_DEEDS, _MORE_SKIPS = 9, 6
"""That are shown at once where there is room."""


@dataclass(frozen=True, slots=True)
class _Read:
    """All that the panel shows of an entry; `followers` hold now what was offered to it."""

    entry: WaitlistEntry
    history: tuple[EntryDeed, ...]
    story: tuple[Evaluation, ...]
    chance: Chance
    followers: tuple[WaitlistEntry, ...]


class EntryDetail(QWidget):
    """Shows one entry. Tells `changed` when a deed here changed it, `sell_wanted` with an offer's code."""

    changed = Signal()
    closed = Signal()
    sell_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._event: WaitlistEvent | None = None
        self._entry_id: int | None = None
        self._entry: WaitlistEntry | None = None
        self._doubles: tuple[Doubles, ...] = ()
        theme = context.theme
        self._name = ClampedText(theme, Style.PRICE, 2)
        self._name.setObjectName("waitlist_detail_name")
        self._tag = Tag(theme)
        self._tag.setObjectName("waitlist_detail_state")
        self._leave = IconButton(theme, "waitlist_detail_close", "x", "", Kind.QUIET)
        self._leave.setAccessibleName(tr("Close"))
        self._leave.setToolTip(tr("Close (Esc)"))
        self.twice = Notice(theme, "waitlist_detail_double", Tone.WARN)
        self._offer = _OfferBox(context)
        self._facts = _Facts(context)
        self.dial = DialButton(theme, "waitlist_dial")
        self._next = Notice(theme, "waitlist_passed_on", Tone.ACCENT)
        happened, skips = tr("What happened"), tr("Why were they passed over?")
        deeds, shows = (tr("A&ll {n}"), tr("&Less")), (tr("S&how all {n}"), tr("S&how less"))
        self._history = Happenings(context, "waitlist_history", happened, deeds, _FEW_DEEDS)
        self._story = Happenings(context, "waitlist_story", skips, shows, _FEW_SKIPS)
        self.deeds = DeedsBar(context, entry_actions(context, self._current_event, self._pair))
        self._note = StateNote(theme, "waitlist_detail_note")
        self._second = QTimer(self, interval=_SECOND_MS)
        self._lay_out()
        self._connect()

    @property
    def entry(self) -> WaitlistEntry | None:
        """What is shown."""
        return self._entry

    @property
    def entry_id(self) -> int | None:
        """Of the entry that is shown or on its way."""
        return self._entry_id

    def show_event(self, event: WaitlistEvent) -> None:
        """Take in the event whose entries are shown."""
        self._event = event

    def show_doubles(self, doubles: tuple[Doubles, ...]) -> None:
        """Take in who seems to stand on the list twice."""
        self._doubles = doubles
        if self._entry is not None:
            self._say_double()
            self.deeds.offer(self._entry.id, self._entry)

    def open(self, entry_id: int) -> None:
        """Show this entry."""
        if entry_id != self._entry_id:
            self._entry_id = entry_id
            # Until they are read, those who are still shown are not worked on.
            self._let_work(works=False)
            if self._entry is None:
                self._note.show_busy(tr("Looking for the entry…"))
                self._stack.setCurrentWidget(self._note)
        self._look()

    def forget(self) -> None:
        """Show nothing, and wait for no answer."""
        self._entry_id = self._entry = None
        self._context.tasks.forget(self, "entry")
        self._second.stop()

    def escape(self) -> bool:
        """Go back one step in a form; False when none is open."""
        return self.deeds.escape()

    # --- fetching ------------------------------------------------------------------------------

    def _look(self) -> None:
        entry_id, desk = self._entry_id, self._context.desk.waitlist
        if entry_id is None:
            return
        # Who of the house did what is none of a promoter's business, and the database does not tell them.
        looks_back = self._context.desk.identity.role is not Role.PROMOTER

        def read() -> _Read:
            entry = desk.entry(entry_id)
            story, chance = desk.story(entry_id), desk.chance(entry_id)
            if not looks_back:
                return _Read(entry, (), story, chance, ())
            is_passed_on = entry.offer is not None and entry.state in _PASSED_ON
            followers = desk.passed_on(entry.offer.id) if entry.offer and is_passed_on else ()
            return _Read(entry, desk.history(entry_id), story, chance, followers)

        self._context.tasks.look(self, "entry", read, self._show, self._failed)

    def _show(self, read: _Read) -> None:
        entry = read.entry
        if self._event is None:
            return
        is_other = self._entry is None or self._entry.id != entry.id
        self._entry = entry
        self._let_work(works=True)
        zone = self._event.time_zone
        self._name.set_text(entry.name[:_MOST_LETTERS] or tr("Person {n}", n=entry.customer_id))
        self._tag.show_state(*state_words(entry))
        self._say_double()
        self._facts.show_entry(entry, read.chance, zone)
        self.dial.show_phone(entry.phone)
        offered = entry.offer if entry.state is EntryState.OFFERED else None
        self._offer.show_entry(entry, zone)
        self._say_next(read)
        formats = self._context.formats
        happened = ((deed_words(one, formats, zone), doer_words(one, formats, zone)) for one in read.history)
        self._history.show_lines(happened, is_other=is_other)
        skips = [one for one in read.story if one.verdict is not Verdict.OFFERED][:_MOST_SKIPS]
        self._story.show_lines(
            ((verdict_sentence(one), self._moment(one)) for one in skips), is_other=is_other
        )
        self.deeds.offer(entry.id, entry)
        if is_other:
            self._area.verticalScrollBar().setValue(0)
        self._stack.setCurrentWidget(self._page)
        if offered is not None:
            self._second.start()
        else:
            self._second.stop()

    def _let_work(self, *, works: bool) -> None:
        for part in (self.deeds, self._offer.sell, self.dial):
            part.setEnabled(works)

    def _moment(self, one: Evaluation) -> str:
        zone = self._event.time_zone if self._event else "UTC"
        when = self._context.formats.short_day_and_time(one.at, zone)
        return " · ".join(part for part in (when, one.tier[:60]) if part)

    def _say_next(self, read: _Read) -> None:
        offer = read.entry.offer
        says = bool(read.followers) and offer is not None
        formats = self._context.formats
        self._next.say(passed_on_words(offer, read.followers, formats) if says and offer else "")

    def _failed(self, error: Exception) -> None:
        if self._entry is not None and self._entry.id == self._entry_id:
            self._context.unavailable(error, self._look)
            return
        self._entry = None
        words = self._context.wording.sentence(error)
        self._note.show_note("cloud-off", tr("The entry cannot be shown"), words, tr("Try again"))
        self._stack.setCurrentWidget(self._note)

    def _touched(self, notices: frozenset[Word]) -> None:
        mine = self._event.event_id if self._event else None
        if any(notice.event_id in (None, mine) for notice in notices):
            self._look()

    # --- who is meant --------------------------------------------------------------------------

    def _current_event(self) -> WaitlistEvent:
        assert self._event is not None  # noqa: S101 - no entry is shown before its event
        return self._event

    def _pair(self, entry: WaitlistEntry) -> Doubles | None:
        pairs = (pair for pair in self._doubles if entry.id in (pair.first.id, pair.second.id))
        return next(pairs, None)

    def _say_double(self) -> None:
        pair = self._pair(self._entry) if self._entry is not None else None
        if pair is None or self._entry is None:
            self.twice.say("")
            return
        other = pair.second if pair.first.id == self._entry.id else pair.first
        self.twice.say(tr("Looks like the same person twice: see {name}.", name=other.name[:80]))

    def _sell(self) -> None:
        if self._entry is not None and self._entry.offer is not None:
            self.sell_wanted.emit(self._entry.offer.code)

    def _tick(self) -> None:
        if self.isVisible():
            self._offer.count_down()

    def _deed_done(self) -> None:
        self._look()
        self.changed.emit()

    # --- making --------------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        is_tall = event.size().height() >= _TALL_PX
        self._history.show_few(_MORE_DEEDS if is_tall else _FEW_DEEDS)
        self._story.show_few(_MORE_SKIPS if is_tall else _FEW_SKIPS)
        super().resizeEvent(event)

    def _connect(self) -> None:
        self._leave.clicked.connect(self.closed)
        self._note.acted.connect(self._look)
        self._second.timeout.connect(self._tick)
        self._offer.sell.clicked.connect(self._sell)
        self.deeds.changed.connect(self._deed_done)
        self._context.freshness.watch(self, (Topic.WAITLIST,), self._touched)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name, 1)
        head.addWidget(self._tag)
        head.addWidget(self._leave, 0, Qt.AlignmentFlag.AlignTop)
        dialling = QHBoxLayout()
        dialling.addSpacing(_LABEL_PX + 8)
        dialling.addWidget(self.dial)
        dialling.addStretch(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(_SIDE_PX, 16, _SIDE_PX, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.twice)
        column.addWidget(self._next)
        column.addWidget(self._offer)
        column.addWidget(self._facts)
        column.addLayout(dialling)
        column.addWidget(self._history)
        column.addWidget(self._story)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        foot = QWidget()
        below = QVBoxLayout(foot)
        below.setContentsMargins(_SIDE_PX, 12, _SIDE_PX, 16)
        below.addWidget(self.deeds)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._area, 1)
        page.addWidget(panel("rule"))
        page.addWidget(foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._note)
        self._stack.setCurrentWidget(self._note)


class _Facts(QWidget):
    """A label and a few lines each; what is not known is left out."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, _LABEL_PX)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, tuple[Text, ClampedText]] = {}
        facts = (
            ("wants", tr("Wants"), 3),
            ("place", tr("Place"), 2),
            ("chance", tr("Chance"), 3),
            ("since", tr("Since"), 1),
            ("order", tr("Order"), 1),
            ("note", tr("Note"), 8),
            ("email", tr("E-mail"), 2),
            ("phone", tr("Phone"), 1),
        )
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, words, most) in enumerate(facts):
            label = Text(theme, Style.BODY, Tone.MUTED, words)
            line = ClampedText(theme, Style.BODY, most)
            line.setObjectName(f"waitlist_detail_{name}")
            self._lines[name] = (label, line)
            grid.addWidget(label, row, 0, top)
            grid.addWidget(line, row, 1, top)

    def show_entry(self, entry: WaitlistEntry, chance: Chance, zone: str) -> None:
        """Show what is known of this entry."""
        formats = self._context.formats
        wants = wants_words(entry.quantity, formats, all_together=entry.all_together)
        place = formats.number(entry.place) if entry.place else ""
        if place and entry.priority:
            place = tr("{place}, priority {n}", place=place, n=entry.priority)
        waits = entry.state in (EntryState.WAITING, EntryState.TOLD)
        said = {
            "wants": f"{wants} · {tier_words(entry.tier)}",
            "place": place,
            "chance": chance_words(chance) if waits else "",
            "since": formats.short_day_and_time(entry.joined_at, zone),
            "order": formats.order_number(entry.order_number),
            "note": entry.note[:_MOST_LETTERS],
            "email": entry.email[:_MOST_LETTERS],
            "phone": entry.phone,
        }
        for name, words in said.items():
            label, line = self._lines[name]
            line.set_text(words)
            label.setVisible(bool(words))
            line.setVisible(bool(words))


class _OfferBox(QFrame):
    """What is held for somebody, until when, by which code, and the way to sell it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._offer: Offer | None = None
        theme = context.theme
        self.setProperty("role", "note_accent")
        self._what = ClampedText(theme, Style.ROW, 2)
        self._what.setObjectName("waitlist_offer_what")
        self._left = Text(theme, Style.BODY, Tone.ACCENT)
        self._left.setObjectName("waitlist_offer_left")
        self._until = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._price = Text(theme, Style.BODY)
        self._price.setObjectName("waitlist_offer_price")
        self._code = Text(theme, Style.PRICE)
        self._code.setObjectName("waitlist_offer_code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sell = IconButton(theme, "waitlist_sell", "ticket", tr("&Sell these tickets"), Kind.PRIMARY)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        for part in (self._what, self._price, self._left, self._until, self._code):
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self.sell, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_entry(self, entry: WaitlistEntry, zone: str) -> None:
        """Show what is offered to this entry; nothing where nothing is."""
        offer = self._offer = entry.offer if entry.state is EntryState.OFFERED else None
        self.setVisible(offer is not None)
        if offer is None:
            return
        formats = self._context.formats
        self._what.set_text(tr("Offered: {what}", what=offered_words(entry, offer, formats)))
        self._price.setText(price_words(offer, formats))
        self._price.setVisible(offer.price is not None)
        until = tr("until {when}", when=formats.short_day_and_time(offer.until, zone))
        self._until.setText(f"{until} · {mail_words(offer.mail)}")
        self._code.setText(tr("Code {code}", code=grouped_offer_code(offer.code)))
        # A promoter is not told the code: whoever says it gets the tickets.
        self._code.setVisible(bool(offer.code))
        self.sell.setVisible(bool(offer.code))
        self.count_down()

    def count_down(self) -> None:
        """Say how long it stands yet."""
        if self._offer is not None:
            self._left.setText(countdown_words(self._offer, self._context.clock()))
