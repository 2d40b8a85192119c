"""The entries of an event's waitlist as a Qt model: frozen lines, fetched page by page behind the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.waitlist import EntryState, WaitlistEntry
from boxoffice.language import tr
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.waitlist.words import state_words, tickets_words, tier_words, why_words
from boxoffice.ui.widgets.paged_model import PagedModel
from boxoffice.ui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtCore import QObject

    from boxoffice.domain.waitlist import WaitlistPage
    from boxoffice.formats import Formats

_MOST_LETTERS = 200
TICKETS, CONTACT, SINCE, STATE, WHY = range(2, 7)
"""Places of the columns that a narrow table leaves out or makes smaller."""


def columns() -> tuple[Column, ...]:
    """Return the list's columns."""
    return (
        Column("#", 58),
        Column(tr("Who")),
        Column(tr("Tickets"), 112),
        Column(tr("Contact")),
        Column(tr("Since"), 104),
        Column(tr("State"), 102),
        Column(tr("Why"), 176),
    )


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as it is drawn. `is_next`: nobody who waits for the same stands before it."""

    entry: WaitlistEntry
    is_next: bool
    cells: tuple[Cell, ...]


class WaitlistModel(PagedModel[EntryLine, WaitlistEntry]):
    """The entries that were fetched so far; the next page begins behind a WaitlistEntry."""

    def __init__(self, formats: Formats, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(columns(), parent)
        self._formats = formats
        self._now = now
        self._zone = "UTC"
        self._tells_next = True
        self._is_narrow = False

    def show_narrow(self, *, narrow: bool) -> None:
        """Write how many tickets below the name, where their own column has no room."""
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            for row, line in enumerate(self._lines):
                self._put(row, self._line(line.entry, is_next=line.is_next))

    def entry(self, row: int) -> WaitlistEntry | None:
        """Return the entry at this row, None for a row that is not there."""
        return self._lines[row].entry if 0 <= row < len(self._lines) else None

    def row_of(self, entry_id: int | None) -> int:
        """Return the row of an entry, -1 when it is not among those fetched."""
        rows = (row for row, line in enumerate(self._lines) if line.entry.id == entry_id)
        return next(rows, -1)

    def restart(self, page: WaitlistPage, zone: str, *, tells_next: bool = True) -> None:
        """Show these entries and nothing else, in the event's time zone.

        Args:
            page: from the first entry on.
            zone: IANA name.
            tells_next: whether nobody is left out who stands before those shown.
        """
        self._zone, self._tells_next = zone, tells_next
        self._show(self._written((), page.entries), _behind(page))

    def refresh(self, page: WaitlistPage) -> bool:
        """Show these entries anew, from the first on; False when they stand where they stood."""
        new = self._written((), page.entries)
        moved = [line.entry.id for line in new] != [line.entry.id for line in self._lines]
        if moved:
            self.restart(page, self._zone, tells_next=self._tells_next)
            return True
        self._behind = _behind(page)
        for row, line in enumerate(new):
            self._put(row, line)
        return False

    def extend(self, page: WaitlistPage) -> None:
        """Put the next page behind what is there."""
        known = {line.entry.id for line in self._lines}
        fresh = [entry for entry in page.entries if entry.id not in known]
        self._append(self._written(self._lines, fresh), _behind(page))

    def counts_down(self, first: int, last: int) -> bool:
        """Tell whether an open offer stands in these rows."""
        shown = self._lines[max(0, first) : last + 1]
        return any(line.entry.state is EntryState.OFFERED for line in shown)

    def tick(self, first: int, last: int) -> None:
        """Write the countdowns of these rows anew."""
        for row in range(max(0, first), min(last + 1, len(self._lines))):
            line = self._lines[row]
            if line.entry.state is EntryState.OFFERED:
                self._put(row, self._line(line.entry, is_next=line.is_next))

    def _put(self, row: int, line: EntryLine) -> None:
        if line != self._lines[row]:
            self._lines[row] = line
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))

    def _written(self, before: Sequence[EntryLine], entries: Sequence[WaitlistEntry]) -> list[EntryLine]:
        queued = {line.entry.tier_id for line in before if line.entry.state is EntryState.WAITING}
        lines = []
        for entry in entries:
            waits = self._tells_next and entry.state is EntryState.WAITING
            # Who takes any ticket is served before and after everybody.
            comes_first = not queued if entry.tier_id is None else not queued & {entry.tier_id, None}
            lines.append(self._line(entry, is_next=waits and comes_first))
            if waits:
                queued.add(entry.tier_id)
        return lines

    def _line(self, entry: WaitlistEntry, *, is_next: bool) -> EntryLine:
        return EntryLine(entry, is_next, tuple(self._cells(entry, is_next=is_next)))

    def _cells(self, one: WaitlistEntry, *, is_next: bool) -> Sequence[Cell]:
        formats, zone = self._formats, self._zone
        words, tone = state_words(one)
        why, below = why_words(one, self._now(), formats, zone, is_next=is_next)
        contact, second = (one.email, one.phone) if one.email else (one.phone, "")
        first = tr("priority") if one.priority > 0 and one.state.is_open else ""
        tickets = tickets_words(one, formats)
        parts = (tickets if self._is_narrow else "", tier_words(one.tier), first)
        wants = " · ".join(part for part in parts if part)
        return (
            Cell(formats.number(one.place) if one.place else "\N{EN DASH}", tone=Tone.MUTED),
            Cell(one_line(one.name[:_MOST_LETTERS]), one_line(wants[:_MOST_LETTERS]), is_strong=True),
            Cell(tickets),
            Cell(one_line(contact[:_MOST_LETTERS]), one_line(second[:_MOST_LETTERS]), Tone.MUTED),
            Cell(formats.short_day(one.joined_at, zone), formats.time(one.joined_at, zone), Tone.MUTED),
            Cell(words, tone=tone, is_tag=True),
            Cell(why, below, Tone.MUTED),
        )


def _behind(page: WaitlistPage) -> WaitlistEntry | None:
    return page.entries[-1] if page.more and page.entries else None
