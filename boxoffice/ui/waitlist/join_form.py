"""Put somebody on an event's list: who, found or taken down, then what they wait for. The Sell screen too.

form = JoinForm(context, JoinAt(event.id, event.title, event.time_zone, tiers), tier_id)
form.joined.connect(...)   # with a Joined
form.closed.connect(...)   # as every ActionForm: it is done with
form.begin()               # takes the keyboard
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from boxoffice.domain.errors import BadPhone, ContactMissing
from boxoffice.domain.waitlist import JoinWaitlist
from boxoffice.language import tr
from boxoffice.ui.customers.picker import CustomerPicker
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.wants import Wants, WantsForm
from boxoffice.ui.waitlist.words import joined_words
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, restyled

if TYPE_CHECKING:
    from boxoffice.domain.customer import KnownCustomer
    from boxoffice.domain.waitlist import Joined
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


class JoinForm(WantsForm):
    """Tells `joined` with a Joined, and `closed` when it is done with.

    Args:
        context: what every screen is given.
        at: the list.
        tier_id: what is chosen at first; None: any.
        title: what is done, where it has to be told from what else is done there.
    """

    joined = Signal(object)

    def __init__(self, context: Context, at: JoinAt, tier_id: int | None = None, title: str = "") -> None:
        super().__init__(context, "join", title or tr("Add a person"), at.tiers)
        self._at = at
        self._who: KnownCustomer | None = None
        theme = context.theme
        event = ClampedText(theme, Style.ROW, 2)
        event.set_text(at.title)
        self.body.addWidget(event)
        self.picker = CustomerPicker(context, "join_customer")
        self.picker.picked.connect(self._take)
        self.picker.left.connect(self.back)
        self.body.addWidget(self.picker)
        self._chosen = QWidget()
        line = QHBoxLayout(self._chosen)
        line.setContentsMargins(0, 0, 0, 0)
        self._person = ClampedText(theme, Style.BODY, 2)
        self._person.setObjectName("join_person")
        again = IconButton(theme, "join_other", "users", tr("&Other person"), Kind.QUIET)
        again.clicked.connect(self.step_back)
        line.addWidget(self._person, 1)
        line.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._chosen)
        self._wants = self.add_wants()
        first = at.tiers[0][0] if at.tiers else None
        known = {tier for tier, _ in at.tiers}
        self.fill(
            Wants(
                tier_id if tier_id in known else first, _USUAL_TICKETS, all_together=False, note="", phone=""
            )
        )
        self.take.set_words(tr("Put on the list"), tr("Enter"))
        self._result = ClampedText(theme, Style.ROW, 3)
        self._result.setObjectName("join_result")
        self.outcome.addWidget(self._result)
        self._ask_who()

    def begin(self) -> None:
        """Ask who it is, or how many they want."""
        if self._who is None:
            self.picker.begin()
        else:
            self.quantity.setFocus(Qt.FocusReason.OtherFocusReason)
            self.quantity.selectAll()

    def confirm(self) -> None:
        """Put them on the list, once it is known who and for what."""
        if self._who is None:
            self.picker.search.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        wants = self.read()
        if wants is None:
            return
        wish = JoinWaitlist(
            self._at.event_id,
            wants.tier_id,
            self._who.id,
            wants.quantity,
            wants.all_together,
            wants.note,
            wants.phone,
        )
        desk = self.context.desk
        self.ask(lambda: desk.waitlist.join(wish), self._did)

    def step_back(self) -> bool:
        """Ask anew who it is; False when that is asked already."""
        if self._who is None:
            return False
        typed = self._who.name
        self._who = None
        self._ask_who()
        self.picker.begin(typed)
        return True

    def refusal_words(self, error: Exception) -> str:
        """Return what is said of a refusal, and show which line is meant."""
        if isinstance(error, BadPhone | ContactMissing):
            restyled(self.phone, "state", "bad")
        return self.context.wording.sentence(error, self._at.time_zone)

    def _take(self, one: KnownCustomer) -> None:
        self._who = one
        contact = " · ".join(part for part in (one.email, one.phone) if part)
        self._person.set_text(", ".join(part for part in (one.name, contact) if part))
        self._person.set_tone(Tone.TEXT)
        self._ask_who()
        self.begin()

    def _ask_who(self) -> None:
        is_known = self._who is not None
        self.picker.setVisible(not is_known)
        self._chosen.setVisible(is_known)
        for line in self._wants:
            line.setVisible(is_known)
        self.take.setVisible(is_known)

    def _did(self, joined: Joined) -> None:
        who = self._who.name if self._who is not None else ""
        words = joined_words(joined, self.context.formats, self._at.time_zone)
        self._result.set_text(f"{who}: {words}" if who else words)
        self.show_outcome()
        self.joined.emit(joined)
