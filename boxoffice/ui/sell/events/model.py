"""The event list as a Qt model: frozen lines, fetched page by page behind a key, refreshed in place."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from boxoffice.domain.event import EventKey, EventPage
from boxoffice.ui.sell.events.rows import DayHeading, EventLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from boxoffice.ui.sell.events.rows import Line, LineWriter

_MOST_WRITTEN = 20_000

type Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """Data beyond the display role."""

    LINE = Qt.ItemDataRole.UserRole + 1
    """The DayHeading or EventLine itself."""
    EVENT_ID = Qt.ItemDataRole.UserRole + 2


class EventModel(QAbstractListModel):
    """Holds what was fetched so far. Does no I/O: it asks by `more_wanted` and is given pages."""

    more_wanted = Signal(object)
    """The EventKey behind which the next page begins."""

    def __init__(self, writer: LineWriter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = writer
        self._lines: list[Line] = []
        self._written: dict[int, EventLine] = {}
        """By event. Of the hundred that a refresh brings, only what has changed is written anew."""
        self._next: EventKey | None = None
        self._is_fetching = False

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == Role.LINE:
            return line
        if isinstance(line, DayHeading):
            shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return line.words if role in shown else None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken
        return line.listing.id if role == Role.EVENT_ID else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._lines[index.row()], DayHeading):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._next is not None and not self._is_fetching

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._next is not None:
            self._is_fetching = True
            self.more_wanted.emit(self._next)

    def line(self, row: int) -> Line:
        """Return the line at this row."""
        return self._lines[row]

    def event_line(self, row: int) -> EventLine | None:
        """Return the event at this row, None for a heading or a row that is not there."""
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        return line if isinstance(line, EventLine) else None

    def row_of(self, event_id: int) -> int:
        """Return the row of an event, -1 when it has not been fetched."""
        for row, line in enumerate(self._lines):
            if isinstance(line, EventLine) and line.listing.id == event_id:
                return row
        return -1

    def first_event_row(self) -> int:
        """Return the row of the first event, -1 when there is none."""
        return 1 if len(self._lines) > 1 else -1

    def set_writer(self, writer: LineWriter) -> None:
        """Write lines from now on as seen from another day."""
        if writer != self._writer:
            self._writer = writer
            self._written.clear()

    def restart(self, page: EventPage) -> None:
        """Show this first page and nothing else."""
        self.beginResetModel()
        if len(self._written) > _MOST_WRITTEN:
            self._written.clear()
        self._lines = self._with_headings(self._write(page), None)
        self._next = page.next_key
        self._is_fetching = False
        self.endResetModel()

    def extend(self, page: EventPage) -> None:
        """Put the next page behind what is there."""
        self._is_fetching = False
        self._next = page.next_key
        last = self._lines[-1] if self._lines else None
        day = last.day if last is not None else None
        new = self._with_headings(self._write(page), day)
        if new:
            start = len(self._lines)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._lines.extend(new)
            self.endInsertRows()

    def fetch_failed(self) -> None:
        """Let the next page be asked for again."""
        self._is_fetching = False

    def key_before(self, row: int) -> EventKey | None:
        """Return the key of the last event above `row`, None when there is none."""
        for above in range(min(row, len(self._lines)) - 1, -1, -1):
            line = self._lines[above]
            if isinstance(line, EventLine):
                return line.key
        return None

    def refresh(self, after: EventKey | None, page: EventPage) -> None:
        """Replace what lies behind `after`, as far as this page reaches, moving as few rows as possible."""
        start = 0 if after is None else self._row_behind(after)
        is_end = page.next_key is None
        end = len(self._lines) if is_end else self._row_behind(_last_key(page))
        day = self._lines[start - 1].day if start else None
        new = self._with_headings(self._write(page), day)
        last_day = new[-1].day if new else day
        if end < len(self._lines):
            below = self._lines[end]
            # What lies below keeps exactly one heading, whatever day the refreshed part now ends on.
            if isinstance(below, DayHeading) and below.day == last_day:
                end += 1
            elif isinstance(below, EventLine) and below.day != last_day:
                new.append(self._writer.heading(below.day))
        self._splice(start, end, new)
        if is_end:
            self._next = None
        elif end >= len(self._lines) - 1 and self._next is None:
            self._next = page.next_key

    def _row_behind(self, key: EventKey) -> int:
        wanted = (key.starts_at, key.id)
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            if self._sort_key(middle) <= wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _sort_key(self, row: int) -> tuple[Any, int]:
        line = self._lines[row]
        if isinstance(line, EventLine):
            return (line.listing.starts_at, line.listing.id)
        below = self._lines[row + 1]
        if isinstance(below, EventLine):
            # A heading stands just before its first event, and so behind everything above it.
            return (below.listing.starts_at, below.listing.id)
        raise AssertionError(below)

    def _splice(self, start: int, end: int, new: Sequence[Line]) -> None:
        old = self._lines[start:end]
        head = 0
        while head < min(len(old), len(new)) and _same_place(old[head], new[head]):
            head += 1
        tail = 0
        while tail < min(len(old), len(new)) - head and _same_place(old[-1 - tail], new[-1 - tail]):
            tail += 1
        first, last = start + head, end - tail
        if last > first:
            self.beginRemoveRows(QModelIndex(), first, last - 1)
            del self._lines[first:last]
            self.endRemoveRows()
        fresh = new[head : len(new) - tail]
        if fresh:
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._lines[first:first] = fresh
            self.endInsertRows()
        self._replace_changed(start, new)

    def _replace_changed(self, start: int, new: Sequence[Line]) -> None:
        for offset, line in enumerate(new):
            row = start + offset
            if self._lines[row] != line:
                self._lines[row] = line
                index = self.index(row)
                self.dataChanged.emit(index, index)

    def _write(self, page: EventPage) -> list[EventLine]:
        for listing in page.rows:
            known = self._written.get(listing.id)
            if known is None or known.listing != listing:
                self._written[listing.id] = self._writer.line(listing)
        return [self._written[listing.id] for listing in page.rows]

    def _with_headings(self, lines: Sequence[EventLine], day: Any) -> list[Line]:
        grouped: list[Line] = []
        for line in lines:
            if line.day != day:
                day = line.day
                grouped.append(self._writer.heading(day))
            grouped.append(line)
        return grouped


def _last_key(page: EventPage) -> EventKey:
    last = page.rows[-1]
    return EventKey(last.starts_at, last.id)


def _same_place(old: Line, new: Line) -> bool:
    if isinstance(old, EventLine) and isinstance(new, EventLine):
        return old.key == new.key
    return isinstance(old, DayHeading) and isinstance(new, DayHeading) and old.day == new.day
