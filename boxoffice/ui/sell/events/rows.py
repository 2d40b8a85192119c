"""Lines of the event list with their words made once, when the row arrives and not while it is painted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from boxoffice.domain.event import EventKey, EventListing, EventStatus
from boxoffice.formats import local
from boxoffice.language import tr, trn
from boxoffice.ui.sell.offered import waiting_words
from boxoffice.ui.theme.lines import isolated, one_line
from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from boxoffice.formats import Formats

_LOW_SHARE = 10
"""An event runs low when less than one in so many of its tickets is left."""


@dataclass(frozen=True, slots=True)
class DayHeading:
    """The day that the rows below it share."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it is drawn. `filled` is the share that is gone, 0 to 1."""

    listing: EventListing
    day: date
    time: str
    title: str
    note: str
    tone: Tone
    filled: float
    spoken: str

    @property
    def key(self) -> EventKey:
        """Where this row stands in the list."""
        return EventKey(self.listing.starts_at, self.listing.id)


type Line = DayHeading | EventLine


@dataclass(frozen=True, slots=True)
class LineWriter:
    """Turns listings into lines, in one locale and seen from one day."""

    formats: Formats
    today: date
    tells_waiting: bool = False
    """Whether those are told who wait although something is left."""

    def heading(self, day: date) -> DayHeading:
        """Return the heading of a day, called by its name when it is near."""
        words = self.formats.long_day(day)
        if day == self.today:
            words = tr("Today, {day}", day=words)
        elif day == self.today + timedelta(days=1):
            words = tr("Tomorrow")
        elif day.year != self.today.year:
            words = f"{words} {day.year}"
        return DayHeading(day, words)

    def line(self, listing: EventListing) -> EventLine:
        """Return the line of one event."""
        left, tone = self._left(listing)
        gone = listing.offered - listing.available
        filled = gone / listing.offered if listing.offered > 0 else 0.0
        time = self.formats.time(listing.starts_at, listing.time_zone)
        title = one_line(listing.title[:500])
        note = f"{isolated(one_line(listing.venue[:200]))} · {left}"
        return EventLine(
            listing=listing,
            day=local(listing.starts_at, listing.time_zone).date(),
            time=time,
            title=title,
            note=note,
            tone=tone,
            filled=0.0 if listing.on_sale_from else max(0.0, min(1.0, filled)),
            spoken=f"{time}, {title}, {note}",
        )

    def _left(self, listing: EventListing) -> tuple[str, Tone]:
        if listing.status is EventStatus.CANCELLED:
            return tr("cancelled"), Tone.BAD
        if listing.status is not EventStatus.PUBLISHED:
            return tr("closed"), Tone.FAINT
        if listing.on_sale_from:
            return tr("on sale {when}", when=self._soon(listing.on_sale_from, listing.time_zone)), Tone.FAINT
        if listing.available <= 0:
            if listing.waiting:
                return f"{tr('sold out')}, {waiting_words(listing.waiting, self.formats)}", Tone.FAINT
            return tr("sold out"), Tone.FAINT
        words = trn("{n} left", "{n} left", listing.available, n=self.formats.number(listing.available))
        if self.tells_waiting and listing.waiting:
            words = f"{words}, {waiting_words(listing.waiting, self.formats)}"
        low = listing.available * _LOW_SHARE < listing.offered
        return words, Tone.WARN if low else Tone.ACCENT

    def _soon(self, at: datetime, time_zone: str) -> str:
        days = (local(at, time_zone).date() - self.today).days
        if days == 0:
            return tr("today {time}", time=self.formats.time(at, time_zone))
        if 0 < days < 7:  # noqa: PLR2004 - within a week the day's name is enough
            day = self.formats.short_day(at, time_zone).split(" ")[0].rstrip(".")
            return f"{day} {self.formats.time(at, time_zone)}"
        return self.formats.short_day(at, time_zone)
