"""The order list as a Qt model: frozen lines, fetched page by page behind a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxoffice.domain.order_list import OrderKey
from boxoffice.formats import local
from boxoffice.language import tr
from boxoffice.ui.orders.words import state_words, waits_name
from boxoffice.ui.theme.lines import one_line
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.paged_model import PagedModel
from boxoffice.ui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtCore import QObject

    from boxoffice.domain.order_list import OrderListing, OrderPage
    from boxoffice.formats import Formats

_MOST_LETTERS = 200


def columns() -> tuple[Column, ...]:
    """Return the list's columns."""
    return (
        Column(tr("Order"), 118),
        Column(tr("Customer")),
        Column(tr("Event")),
        Column(tr("Tickets"), 70, is_figures=True),
        Column(tr("Total"), 98, is_figures=True),
        Column(tr("State"), 158),
        Column(tr("Sold"), 84, is_figures=True),
    )


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as it is drawn."""

    listing: OrderListing
    cells: tuple[Cell, ...]


class OrderModel(PagedModel[OrderLine, OrderKey]):
    """The orders that were fetched so far; the next page begins behind an OrderKey."""

    def __init__(self, formats: Formats, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(columns(), parent)
        self._formats = formats
        self._now = now

    def listing(self, row: int) -> OrderListing | None:
        """Return the order at this row, None for a row that is not there."""
        return self._lines[row].listing if 0 <= row < len(self._lines) else None

    def row_of(self, order_id: int | None) -> int:
        """Return the row of an order, -1 when it is not among those fetched."""
        rows = (row for row, line in enumerate(self._lines) if line.listing.id == order_id)
        return next(rows, -1)

    def restart(self, page: OrderPage) -> None:
        """Show this first page and nothing else."""
        self._show([self._line(listing) for listing in page.rows], page.next_key)

    def refresh(self, page: OrderPage) -> bool:
        """Show this first page anew; False when nothing of it changed, so that nothing moves."""
        new = [self._line(listing) for listing in page.rows]
        if new == self._lines[: len(new)] and (page.next_key is not None or len(new) == len(self._lines)):
            return False
        self.restart(page)
        return True

    def extend(self, page: OrderPage) -> None:
        """Put the next page behind what is there."""
        known = {line.listing.id for line in self._lines}
        self._append([self._line(listing) for listing in page.rows if listing.id not in known], page.next_key)

    def _line(self, listing: OrderListing) -> OrderLine:
        return OrderLine(listing, tuple(self._cells(listing)))

    def _cells(self, one: OrderListing) -> Sequence[Cell]:
        formats, zone = self._formats, one.time_zone
        words, tone = state_words(one.state, one.due_at, formats, zone)
        if one.waits_at_counter:
            words, tone = waits_name(), Tone.WARN
        is_today = local(one.at, zone).date() == self._now().date()
        day = "" if is_today else formats.day_and_month(one.at, zone)
        return (
            Cell(formats.order_number(one.number)),
            Cell(one_line(one.customer[:_MOST_LETTERS]), one_line(one.contact[:_MOST_LETTERS]))
            if one.customer or one.contact
            else Cell(tr("Walk-in"), tone=Tone.MUTED),
            Cell(one_line(one.event_title[:_MOST_LETTERS]), formats.stamp(one.starts_at, zone)),
            Cell(formats.number(one.tickets), is_figures=True),
            Cell(formats.money(one.total), is_figures=True),
            Cell(words, tone=tone, is_tag=True),
            Cell(formats.time(one.at, zone), day, Tone.MUTED, is_figures=True),
        )
