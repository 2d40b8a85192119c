"""Whom to call: the number, and what is said: what is offered, for how much, until when, by which code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.personal import SHUT
from boxoffice.domain.waitlist import EntryEvent, grouped_offer_code
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.happenings import Happenings
from boxoffice.ui.waitlist.history_words import doer_words, price_words
from boxoffice.ui.waitlist.outcomes import DialButton
from boxoffice.ui.waitlist.words import call_words, countdown_words, offered_words, outcome_words
from boxoffice.ui.widgets.labels import ClampedText, Text, panel

if TYPE_CHECKING:
    from boxoffice.domain.waitlist import EntryDeed, Offer, WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context

_MOST_LETTERS = 400
_FEW_CALLS = 2


class CallCard(QWidget):
    """Shows somebody who holds an offer."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._offer: Offer | None = None
        self._zone = "UTC"
        theme = context.theme
        self._name = ClampedText(theme, Style.PRICE, 3)
        self._name.setObjectName("call_name")
        self._phone = Text(theme, Style.TITLE).wrapping()
        self._phone.setObjectName("call_phone")
        self._phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._dial = DialButton(theme, "call_dial")
        self._event_title = ClampedText(theme, Style.BODY, 2, Tone.MUTED)
        self._what = ClampedText(theme, Style.ROW, 3)
        self._what.setObjectName("call_what")
        self._price = Text(theme, Style.ROW)
        self._price.setObjectName("call_price")
        self._until = Text(theme, Style.BODY).wrapping()
        self._until.setObjectName("call_until")
        self._left = Text(theme, Style.BODY, Tone.WARN)
        self._left.setObjectName("call_left")
        self._code_title = Text(theme, Style.SMALL, Tone.MUTED, tr("Code to read out"))
        self._code = Text(theme, Style.TITLE)
        self._code.setObjectName("call_code")
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._earlier = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._earlier.setObjectName("call_earlier")
        shows = tr("A&ll {n}"), tr("&Less")
        self._calls = Happenings(context, "call_calls", "", shows, _FEW_CALLS)
        self._words = ClampedText(theme, Style.BODY, 6)
        self._lay_out()

    def show_entry(self, entry: WaitlistEntry, offer: Offer, event: WaitlistEvent | None) -> None:
        """Show this person, what they are offered, and the event if it is known."""
        if self._offer is None or self._offer.id != offer.id:
            self._calls.show_lines((), is_other=True)
        self._offer = offer
        formats = self._context.formats
        zone = self._zone = event.time_zone if event else "UTC"
        self._name.set_text(entry.name[:_MOST_LETTERS] or tr("Person {n}", n=entry.customer_id))
        numberless = {"": tr("No number is known."), SHUT: tr("The number cannot be read here.")}
        self._phone.setText(numberless.get(entry.phone, entry.phone))
        self._dial.show_phone(entry.phone)
        self._event_title.set_text(event.title if event else "")
        self._event_title.setVisible(event is not None)
        self._what.set_text(offered_words(entry, offer, formats))
        self._price.setText(price_words(offer, formats))
        self._price.setVisible(offer.price is not None)
        self._until.setText(tr("until {when}", when=formats.short_day_and_time(offer.until, zone)))
        self._code.setText(grouped_offer_code(offer.code))
        self._earlier.setText(call_words(offer) if offer.calls else "")
        self._earlier.setVisible(bool(offer.calls))
        self._words.set_text(entry.note[:_MOST_LETTERS])
        self._words.setVisible(bool(entry.note))
        self.count_down()

    def show_history(self, history: tuple[EntryDeed, ...]) -> None:
        """Show the calls about the offer that is shown, of all that happened with its entry."""
        if self._offer is None:
            return
        formats, zone, offer_id = self._context.formats, self._zone, self._offer.id
        calls = [one for one in history if one.what is EntryEvent.CALLED and one.offer_id == offer_id]
        lines = (
            (outcome_words(one.outcome), doer_words(one, formats, zone))
            for one in calls
            if one.outcome is not None
        )
        self._calls.show_lines(lines, is_other=False)

    def count_down(self) -> None:
        """Say how long the offer stands yet."""
        if self._offer is not None:
            self._left.setText(countdown_words(self._offer, self._context.clock()))

    def _lay_out(self) -> None:
        dialling = QHBoxLayout()
        dialling.setSpacing(8)
        dialling.addWidget(self._phone, 1)
        dialling.addWidget(self._dial, 0, Qt.AlignmentFlag.AlignTop)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(8)
        page.addWidget(self._name)
        page.addLayout(dialling)
        page.addSpacing(4)
        page.addWidget(panel("rule"))
        page.addSpacing(4)
        for part in (self._event_title, self._what, self._price, self._until, self._left):
            page.addWidget(part)
        page.addSpacing(4)
        page.addWidget(self._code_title)
        page.addWidget(self._code)
        page.addSpacing(4)
        for part in (self._words, self._earlier):
            page.addWidget(part)
        page.addWidget(self._calls)
