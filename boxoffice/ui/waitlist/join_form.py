"""Put somebody on an event's list: who, found or added, then what they wait for. The Sell screen too.

form = JoinForm(context, JoinAt(event.id, event.title, event.time_zone, tiers), tier_id)
form.joined.connect(...)   # with a Joined
form.closed.connect(...)   # as every ActionForm: it is done with
form.begin()               # takes the keyboard

Of whoever stands there already it shows what they asked for, before anything is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from boxoffice.domain.errors import AlreadyWaiting, EntryClosed, UnknownEntry
from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import ChangeEntry, JoinWaitlist
from boxoffice.language import tr
from boxoffice.ui.customers.picker import CustomerPicker
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.standing import Standing
from boxoffice.ui.waitlist.wants import Wants, WantsForm
from boxoffice.ui.waitlist.words import Answered, joined_words, told_words, wants_words
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from boxoffice.domain.customer import KnownCustomer
    from boxoffice.domain.waitlist import Joined, WaitlistEntry
    from boxoffice.ui.context import Context

_USUAL_TICKETS = 2


@dataclass(frozen=True, slots=True)
class JoinAt:
    """The list that is joined."""

    event_id: int
    title: str
    time_zone: str
    tiers: tuple[tuple[int | None, str], ...]
    """What can be waited for, with its name; None stands for any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever comes has said before the form was there; no quantity: nothing."""

    quantity: int = 0
    all_together: bool = False


NOTHING = Asked()


class JoinForm(WantsForm):
    """Tells `joined` with a Joined, and `closed` when it is done with.

    Args:
        context: what every screen is given.
        at: the list.
        tier_id: what is chosen at first; None: any.
        title: what is done, where it has to be told from what else is done there.
        asked: what an entry from before does not take the place of.
    """

    joined = Signal(object)

    def __init__(
        self,
        context: Context,
        at: JoinAt,
        tier_id: int | None = None,
        title: str = "",
        asked: Asked = NOTHING,
    ) -> None:
        super().__init__(context, "join", title or tr("Add a person"), at.tiers)
        self._at = at
        self._who: KnownCustomer | None = None
        self._entries: tuple[WaitlistEntry, ...] | None = None
        """Of this person at this event; None: not known yet."""
        self._confirms = False
        """Enter was pressed before that was known."""
        known = {tier for tier, _ in at.tiers}
        first = tier_id if tier_id in known or not at.tiers else at.tiers[0][0]
        self._start = Wants(first, asked.quantity or _USUAL_TICKETS, asked.all_together, note="", phone="")
        said = {self.quantity: asked.quantity > 0, self.together: asked.all_together}
        self._asked: frozenset[QWidget] = frozenset(line for line, is_said in said.items() if is_said)
        self._said: set[QWidget] = set(self._asked)
        """Lines that say what this person wants now, whatever they wanted before."""
        self._lay_out()
        self._connect()
        self.fill(self._start)
        self._ask_who()

    def begin(self) -> None:
        """Ask who it is, or how many they want."""
        if self._who is None:
            self.picker.begin()
        else:
            self.quantity.setFocus(Qt.FocusReason.OtherFocusReason)
            self.quantity.selectAll()

    def confirm(self) -> None:
        """Do what the button says, once it is known who it is and what they wait for already."""
        who, standing = self._who, self._standing
        if who is None:
            self.picker.search.setFocus(Qt.FocusReason.OtherFocusReason)
        elif standing is None:
            self._confirms = True
            self._known.say(tr("Looking whether they wait already…"))
            if not self.context.tasks.is_asking(self, "entries"):
                self._read_entries()
        elif standing.offer is not None:
            self._sell()
        else:
            wants = self.read()
            if wants is not None:
                self._put(who, wants, standing.entry)

    def step_back(self) -> bool:
        """Ask anew who it is; False when that is asked already."""
        if self._who is None:
            return False
        typed = self._who.name
        self.context.tasks.forget(self, "entries")
        self._who = self._entries = None
        self._confirms = False
        self._said = set(self._asked)
        self._known.say("")
        self.notice.say("")
        self.fill(self._start)
        self._ask_who()
        self.picker.begin(typed)
        return True

    def refusal_words(self, error: Exception) -> str:
        """Return what is said of a refusal, and look anew when it was not as it was shown."""
        if isinstance(error, EntryClosed | AlreadyWaiting | UnknownEntry):
            self._read_entries()
        return self.context.wording.sentence(error, self._at.time_zone)

    # --- who it is, and what they wait for already -----------------------------------------------

    @property
    def _standing(self) -> Standing | None:
        return None if self._entries is None else Standing(self._entries, self.tier.currentData())

    def _take(self, one: KnownCustomer) -> None:
        self._who = one
        contact = " · ".join(part for part in (one.email, one.phone) if part)
        self._person.set_text(one.name)
        self._contact.set_text(contact)
        self.phone.setPlaceholderText(tr("Their own") if contact else tr("Needed to tell them"))
        self._ask_who()
        self.begin()
        self._read_entries()

    def _ask_who(self) -> None:
        is_known = self._who is not None
        self.picker.setVisible(not is_known)
        self._chosen.setVisible(is_known)
        self._contact.setVisible(is_known and bool(self._contact.text()))
        for line in self._wants:
            line.setVisible(is_known)
        self.take.setVisible(is_known)
        self.take.set_words(tr("Put on the list"), tr("Enter"))

    def _read_entries(self) -> None:
        who, event_id, read = self._who, self._at.event_id, self.context.desk.waitlist.entries_of
        if who is not None:
            self._entries = None
            self.notice.say("")
            self.context.tasks.look(
                self, "entries", lambda: read(event_id, who.id), self._entries_read, self._entries_unread
            )

    def _entries_read(self, entries: tuple[WaitlistEntry, ...]) -> None:
        self._entries = entries
        confirms, self._confirms = self._confirms, False
        self._show_standing()
        # What they asked for before is seen before it is changed: then Enter is pressed once more.
        if confirms and not entries:
            self.confirm()

    def _entries_unread(self, error: Exception) -> None:
        # Enter asks again.
        self._confirms = False
        self._known.say("")
        self.notice.say(self.context.wording.sentence(error, self._at.time_zone))

    def _choose_tier(self) -> None:
        if not self.is_asking:
            self.notice.say("")
        self._show_standing()

    def _show_standing(self) -> None:
        """Show what they wait for at the tier chosen, and say what else they wait for."""
        standing = self._standing
        if standing is None:
            return
        entry, holds = standing.entry, standing.offer is not None
        self.fill(self._start if entry is None else self._wants_of(entry), keep={*self._said, self.tier})
        elsewhere = standing.any_offer is not None and not holds
        words = standing.words(self.context.formats, self._at.time_zone)
        self._known.say(words, tr("&Sell what is offered") if elsewhere else "")
        title = tr("Put on the list") if entry is None else tr("Change the entry")
        self.take.set_words(tr("Put into the basket") if holds else title, tr("Enter"))
        focus = QApplication.focusWidget()
        for line in self._wants[1:]:
            line.setVisible(not holds)
        if holds and focus is not None and any(line.isAncestorOf(focus) for line in self._wants[1:]):
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.quantity.hasFocus() and self.quantity not in self._said:
            self.quantity.selectAll()

    def _wants_of(self, entry: WaitlistEntry) -> Wants:
        own = self._who is not None and entry.phone == self._who.phone
        # What cannot be read here is not written back either.
        note, phone = (("" if stored == SHUT else stored) for stored in (entry.note, entry.phone))
        return Wants(entry.tier_id, entry.quantity, entry.all_together, note, "" if own else phone)

    # --- what is done ----------------------------------------------------------------------------

    def _sell(self) -> None:
        """Put what they hold into the basket, as if they had said its code."""
        offer = self._standing.any_offer if self._standing is not None else None
        if offer is not None:
            self.leave()
            self.context.sell_offer(offer.code)

    def _put(self, who: KnownCustomer, wants: Wants, entry: WaitlistEntry | None) -> None:
        desk = self.context.desk.waitlist
        if entry is None:
            join = JoinWaitlist(
                self._at.event_id,
                wants.tier_id,
                who.id,
                wants.quantity,
                wants.all_together,
                wants.note,
                wants.phone,
            )
            self.ask(lambda: desk.join(join), partial(self._did, who, wants, ""))
            return
        change = ChangeEntry(
            entry.id,
            wants.tier_id,
            wants.quantity,
            wants.all_together,
            note=None if entry.note == SHUT and not wants.note else wants.note,
            phone=None if entry.phone == SHUT and not wants.phone else wants.phone,
        )
        formats = self.context.formats
        before = wants_words(entry.quantity, formats, all_together=entry.all_together)
        self.ask(lambda: desk.change(change), partial(self._did, who, wants, before))

    def _did(self, who: KnownCustomer, wants: Wants, before: str, joined: Joined) -> None:
        formats = self.context.formats
        wanted = wants_words(wants.quantity, formats, all_together=wants.all_together)
        tier = "" if wants.tier_id is None else dict(self._at.tiers)[wants.tier_id]
        answer = Answered(joined, who.name, tier, wanted, before)
        self._result.set_text(joined_words(answer, formats, self._at.time_zone))
        self._told.set_text(told_words(who.email, wants.phone or who.phone))
        self.show_outcome()
        self.joined.emit(joined)

    # --- making ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self.context.theme
        event = ClampedText(theme, Style.ROW, 2)
        event.set_text(self._at.title)
        self.body.addWidget(event)
        self.picker = CustomerPicker(self.context, "join_customer")
        self.body.addWidget(self.picker)
        self._chosen = QWidget()
        line = QHBoxLayout(self._chosen)
        line.setContentsMargins(0, 0, 0, 0)
        self._person = ClampedText(theme, Style.BODY, 2)
        self._person.setObjectName("join_person")
        self._other = IconButton(theme, "join_other", "users", tr("&Other person"), Kind.QUIET)
        line.addWidget(self._person, 1)
        line.addWidget(self._other, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._chosen)
        self._contact = ClampedText(theme, Style.SMALL, 2, Tone.MUTED)
        self.body.addWidget(self._contact)
        self._known = Notice(theme, "join_known", Tone.ACCENT)
        self.body.addWidget(self._known)
        self._wants = self.add_wants()
        self._result = ClampedText(theme, Style.ROW, 7)
        self._result.setObjectName("join_result")
        self._told = ClampedText(theme, Style.BODY, 3, Tone.MUTED)
        self._told.setObjectName("join_told")
        self.outcome.addWidget(self._result)
        self.outcome.addWidget(self._told)

    def _connect(self) -> None:
        self.picker.picked.connect(self._take)
        self.picker.left.connect(self.back)
        self._other.clicked.connect(self.step_back)
        self._known.acted.connect(self._sell)
        self.tier.currentIndexChanged.connect(self._choose_tier)
        self.together.activated.connect(lambda _index: self._said.add(self.together))
        for line in (self.quantity, self.note, self.phone):
            line.textEdited.connect(lambda _text, line=line: self._said.add(line))
