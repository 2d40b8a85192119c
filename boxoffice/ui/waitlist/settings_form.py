"""How an event serves its list: for its promoter and for managers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from boxoffice.domain.waitlist import WaitlistSettings
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.waitlist.deeds import EntryForm
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from boxoffice.domain.waitlist import WaitlistEvent
    from boxoffice.ui.context import Context

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class SettingsForm(EntryForm):
    """Hours of an offer, the cut-off before the start, and the hours in which nobody is disturbed."""

    takes_leave = False

    def __init__(self, context: Context, event: WaitlistEvent) -> None:
        super().__init__(context, "waitlist_settings", tr("Rules of this list"))
        self._event_id = event.event_id
        title = ClampedText(context.theme, Style.ROW, 2)
        title.set_text(event.title)
        self.body.addWidget(title)
        self._hours = self._line("hours", tr("Offer, hours"), str(event.settings.offer_hours), 3)
        self._cutoff = self._line("cutoff", tr("Cut-off, min"), str(event.settings.cutoff_minutes), 4)
        self._explain(
            tr("So long before the start nothing is offered any more, and what comes free is anybody's.")
        )
        self._from = self._line("from", tr("Quiet from"), event.settings.quiet_from, 5)
        self._until = self._line("until", tr("Quiet until"), event.settings.quiet_until, 5)
        self._explain(tr("In between no notice goes out and no deadline runs. Leave both empty for never."))
        self.take.set_words(tr("Save"), tr("Enter"))

    def begin(self) -> None:
        """Ask for the first."""
        self._hours.setFocus(Qt.FocusReason.OtherFocusReason)
        self._hours.selectAll()

    def confirm(self) -> None:
        """Save, once each line can be read."""
        numbers = [self._number(self._hours, 1), self._number(self._cutoff, 0)]
        times = [self._time(self._from), self._time(self._until)]
        hours, cutoff = numbers
        quiet_from, quiet_until = times
        if hours is None or cutoff is None or quiet_from is None or quiet_until is None:
            return
        if bool(quiet_from) != bool(quiet_until):
            self.advise(tr("Fill in both times, or neither."), self._until if quiet_from else self._from)
            return
        settings = WaitlistSettings(hours, cutoff, quiet_from, quiet_until)
        desk, event_id = self.context.desk, self._event_id
        self.ask(lambda: desk.waitlist.change_settings(event_id, settings), self.done)

    def _number(self, field: Field, least: int) -> int | None:
        typed = field.text().strip()
        if not typed.isdecimal() or int(typed) < least:
            self.advise(tr("Type a number from {n} up.", n=least), field)
            return None
        return int(typed)

    def _time(self, field: Field) -> str | None:
        typed = field.text().strip()
        found = _TIME.fullmatch(typed)
        if typed and not found:
            self.advise(tr("Type a time as 22:00."), field)
            return None
        return f"{int(found[1]):02}:{found[2]}" if found else ""

    def _line(self, part: str, words: str, value: str, longest: int) -> Field:
        hint = "22:00" if part == "from" else "08:00" if part == "until" else ""
        field = self.bind(Field(f"waitlist_settings_{part}", words, hint=hint, longest=longest))
        field.setText(value)
        self.add_row(words, field)
        return field

    def _explain(self, words: str) -> None:
        self.body.addWidget(Text(self.context.theme, Style.SMALL, Tone.MUTED, words).wrapping())
