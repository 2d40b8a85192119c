"""What can be done with one entry: a form for each deed, and when it is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt

from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import ChangeEntry, EntryState, RecordCall
from boxoffice.language import tr
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.orders.actions import Action
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.outcomes import OutcomeButtons
from boxoffice.ui.waitlist.wants import Wants, WantsForm
from boxoffice.ui.waitlist.words import tier_choices, tier_words, wants_words
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.waitlist import CallOutcome, Doubles, Offer, WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context

_LONGEST_REASON = 200
_HIGHEST_PRIORITY = 9
_MOST_HOURS = 240


class EntryForm(DeedForm):
    """A deed about an entry: what it means, and one button."""

    zone = "UTC"
    """IANA name of the event's time zone, in which moments are said."""

    def __init__(self, context: Context, name: str, title: str, advice: str = "") -> None:
        super().__init__(context, name, title)
        if advice:
            self.body.addWidget(Text(context.theme, Style.BODY, Tone.MUTED, advice).wrapping())
        self.take.set_words(title, tr("Enter"))

    def refusal_words(self, error: Exception) -> str:
        """Return what is said of a refusal, its moments in the event's time zone."""
        return self.context.wording.sentence(error, self.zone)

    def done(self, _value: object) -> None:
        """Leave, for what was changed is shown behind the form."""
        self.closed.emit(True)


class ReasonForm(EntryForm):
    """A deed that is done for a reason."""

    def __init__(
        self, context: Context, name: str, words: tuple[str, str], deed: Callable[[str], Done[object]]
    ) -> None:
        super().__init__(context, name, *words)
        self._deed = deed
        self._reason = self.add_field(Field(f"{name}_reason", tr("Reason"), longest=_LONGEST_REASON))

    def begin(self) -> None:
        """Ask why."""
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def reason(self) -> str:
        """Return why."""
        return self._reason.text().strip()

    @property
    def has_reason(self) -> bool:
        """Whether it was said why; else it is asked for."""
        if any(map(str.isalnum, self.reason)):
            return True
        self.advise(tr("Say why: a few words are enough."), self._reason)
        return False

    def confirm(self) -> None:
        """Do it, once there is a reason."""
        if self.has_reason:
            deed, reason = self._deed, self.reason
            self.ask(lambda: deed(reason), self.done)


class PriorityForm(ReasonForm):
    """How much sooner than others somebody is served."""

    def __init__(self, context: Context, entry: WaitlistEntry) -> None:
        advice = tr("Whoever has a higher number is served first. Everybody else has 0.")
        super().__init__(
            context, "waitlist_priority", (tr("Set the priority"), advice), lambda _reason: self._set()
        )
        self._entry = entry
        self._number = self.bind(Field("waitlist_priority_number", tr("Priority"), longest=1))
        self._number.setText(str(entry.priority or 1))
        self.body.insertWidget(1, self.add_row(tr("Priority"), self._number))
        self._wanted = 0

    def begin(self) -> None:
        """Ask how high."""
        self._number.setFocus(Qt.FocusReason.OtherFocusReason)
        self._number.selectAll()

    def confirm(self) -> None:
        """Set it, once there is a number and a reason."""
        typed = self._number.text().strip()
        if not typed.isdecimal() or int(typed) > _HIGHEST_PRIORITY:
            self.advise(tr("Type a number from 0 to {n}.", n=_HIGHEST_PRIORITY), self._number)
            return
        self._wanted = int(typed)
        super().confirm()

    def _set(self) -> Done[object]:
        return self.context.desk.waitlist.set_priority(self._entry.id, self._wanted, self.reason)


class ChangeForm(WantsForm):
    """What an entry waits for from now on, at its old place."""

    def __init__(self, context: Context, entry: WaitlistEntry, event: WaitlistEvent) -> None:
        super().__init__(context, "waitlist_change", tr("Change the entry"), tier_choices(event))
        self._entry = entry
        advice = tr("The place stays. Another tier is a move to the list of that one.")
        self.body.addWidget(Text(context.theme, Style.BODY, Tone.MUTED, advice).wrapping())
        self.add_wants()
        # What cannot be read here is not written back either.
        note, phone = (("" if stored == SHUT else stored) for stored in (entry.note, entry.phone))
        self.fill(Wants(entry.tier_id, entry.quantity, entry.all_together, note, phone))
        self.take.set_words(tr("Change the entry"), tr("Enter"))

    def begin(self) -> None:
        """Ask how many."""
        self.quantity.setFocus(Qt.FocusReason.OtherFocusReason)
        self.quantity.selectAll()

    def confirm(self) -> None:
        """Change it."""
        wants = self.read()
        if wants is not None:
            wish = ChangeEntry(
                self._entry.id,
                wants.tier_id,
                wants.quantity,
                wants.all_together,
                note=None if self._entry.note == SHUT and not wants.note else wants.note,
                phone=None if self._entry.phone == SHUT and not wants.phone else wants.phone,
            )
            desk = self.context.desk
            self.ask(lambda: desk.waitlist.change(wish), lambda _joined: self.closed.emit(True))


class ExtendForm(EntryForm):
    """For how many hours from now an offer stands."""

    def __init__(self, context: Context, offer: Offer, event: WaitlistEvent) -> None:
        advice = tr("From now on. Close to the start the offer ends sooner.")
        super().__init__(context, "waitlist_extend", tr("Extend the offer"), advice)
        self._offer = offer
        self._hours = self.bind(Field("waitlist_extend_hours", tr("Hours"), longest=3))
        self._hours.setText(str(event.settings.offer_hours))
        self.add_row(tr("Hours"), self._hours)

    def begin(self) -> None:
        """Ask for how long."""
        self._hours.setFocus(Qt.FocusReason.OtherFocusReason)
        self._hours.selectAll()

    def confirm(self) -> None:
        """Let the offer stand for so long."""
        typed = self._hours.text().strip()
        hours = int(typed) if typed.isdecimal() else 0
        if not 1 <= hours <= _MOST_HOURS:
            self.advise(tr("Type a number from 1 to {n}.", n=_MOST_HOURS), self._hours)
            return
        if self.context.clock() + timedelta(hours=hours) <= self._offer.until:
            when = self.context.formats.short_day_and_time(self._offer.until, self.zone)
            self.advise(tr("It stands longer already, until {when}.", when=when), self._hours)
            return
        desk, offer_id = self.context.desk, self._offer.id
        self.ask(lambda: desk.waitlist.extend(offer_id, hours), self.done)


class DeclineForm(EntryForm):
    """They do not want what is offered."""

    def __init__(self, context: Context, offer: Offer) -> None:
        advice = tr("The tickets come free at once, for the next one who waits or for sale.")
        super().__init__(context, "waitlist_decline", tr("They do not want it"), advice)
        self._offer = offer

    def confirm(self) -> None:
        """End the offer."""
        desk, offer_id = self.context.desk, self._offer.id
        self.ask(lambda: desk.waitlist.decline(offer_id), self.done)


class MergeForm(EntryForm):
    """Two entries become one."""

    def __init__(self, context: Context, pair: Doubles) -> None:
        advice = tr(
            "One entry stays: the better place, the higher priority and the larger number of tickets."
        )
        super().__init__(context, "waitlist_merge", tr("Merge the two"), advice)
        self._pair = pair
        for one in (pair.first, pair.second):
            wants = wants_words(one.quantity, context.formats, all_together=one.all_together)
            contact = one.email or one.phone
            place = tr("Place {n}", n=context.formats.number(one.place)) if one.place else ""
            parts = (place, one.name[:120], contact[:120], tier_words(one.tier)[:60], wants)
            words = " · ".join(part for part in parts if part)
            self.body.addWidget(Text(context.theme, Style.BODY, Tone.TEXT, words).wrapping())

    def confirm(self) -> None:
        """Let the second go into the first."""
        desk, pair = self.context.desk, self._pair
        self.ask(lambda: desk.waitlist.merge(pair.first.id, pair.second.id), self.done)


class CallForm(EntryForm):
    """What came of a call."""

    def __init__(self, context: Context, offer: Offer) -> None:
        super().__init__(context, "waitlist_call", tr("What came of the call?"))
        self._offer = offer
        self._outcomes = OutcomeButtons(context.theme, "waitlist_call")
        self._outcomes.show_offer(offer, context.formats)
        self._outcomes.chosen.connect(self._record)
        self.body.addWidget(self._outcomes)
        self.take.hide()

    def confirm(self) -> None:
        """Enter alone says nothing of a call."""

    def step_back(self) -> bool:
        """Let them not decline, when that is asked."""
        return self._outcomes.step_back()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._outcomes.take_key(event):
            super().keyPressEvent(event)

    def _record(self, outcome: CallOutcome) -> None:
        if self.is_waiting:
            return
        wish = RecordCall(self._offer.id, outcome)
        desk = self.context.desk
        self.ask(lambda: desk.waitlist.record_call(wish), self.done)


type EventOf = Callable[[], WaitlistEvent]
type PairOf = Callable[[WaitlistEntry], Doubles | None]


def _has_offer(entry: WaitlistEntry) -> bool:
    return entry.state is EntryState.OFFERED and entry.offer is not None


def _may_wait_again(entry: WaitlistEntry) -> bool:
    over = (EntryState.DECLINED, EntryState.EXPIRED, EntryState.WITHDRAWN, EntryState.RETURNED)
    return entry.state in over


def entry_actions(context: Context, event: EventOf, pair: PairOf) -> tuple[Action[WaitlistEntry], ...]:
    """Return the deeds about an entry of this event; a promoter has the one that is theirs."""
    desk = context.desk.waitlist

    def there[F: EntryForm](form: F) -> F:
        form.zone = event().time_zone
        return form

    def call(entry: WaitlistEntry) -> DeedForm | None:
        return there(CallForm(context, entry.offer)) if entry.offer else None

    def extend(entry: WaitlistEntry) -> DeedForm | None:
        return there(ExtendForm(context, entry.offer, event())) if entry.offer else None

    def decline(entry: WaitlistEntry) -> DeedForm | None:
        return there(DeclineForm(context, entry.offer)) if entry.offer else None

    def merge(entry: WaitlistEntry) -> DeedForm | None:
        double = pair(entry)
        return there(MergeForm(context, double)) if double else None

    def withdraw(entry: WaitlistEntry) -> DeedForm:
        goes_on = tr("What is offered to them comes free.") if _has_offer(entry) else ""
        words = (tr("Take off the list"), goes_on)
        form = ReasonForm(context, "waitlist_withdraw", words, lambda why: desk.withdraw(entry.id, why))
        return there(form)

    def reoffer(entry: WaitlistEntry) -> DeedForm:
        words = (tr("Let them wait again"), tr("They wait again, at their old place."))
        form = ReasonForm(context, "waitlist_reoffer", words, lambda why: desk.reoffer(entry.id, why))
        return there(form)

    priority: Action[WaitlistEntry] = Action(
        "waitlist_to_priority",
        "chevron-up",
        tr("&Priority…"),
        lambda entry: entry.state is EntryState.WAITING,
        lambda entry: there(PriorityForm(context, entry)),
    )
    if not context.desk.identity.may_sell:
        return (priority,)
    return (
        Action("waitlist_to_call", "phone", tr("&Note a call…"), _has_offer, call),
        Action("waitlist_to_extend", "clock", tr("E&xtend…"), _has_offer, extend),
        Action("waitlist_to_decline", "x", tr("&Declined…"), _has_offer, decline),
        Action(
            "waitlist_to_change",
            "file-text",
            tr("Ch&ange…"),
            lambda entry: entry.state.is_open,
            lambda entry: ChangeForm(context, entry, event()),
        ),
        priority,
        Action("waitlist_to_merge", "users", tr("&Merge…"), lambda entry: pair(entry) is not None, merge),
        Action(
            "waitlist_to_withdraw",
            "circle-x",
            tr("&Take off…"),
            lambda entry: entry.state.is_open,
            withdraw,
        ),
        Action("waitlist_to_reoffer", "rotate-ccw", tr("&Wait again…"), _may_wait_again, reoffer),
    )
