"""A whole list as a file for a spreadsheet, which must not take a name for a formula."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from boxoffice.formats import local
from boxoffice.language import tr
from boxoffice.ui.waitlist.words import state_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from boxoffice.domain.waitlist import WaitlistEntry

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_list(path: Path, entries: Sequence[WaitlistEntry], zone: str) -> int:
    """Write these entries, and return how many they are. Raises OSError."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_headings())
        for entry in entries:
            writer.writerow([defused(value) for value in _row(entry, zone)])
    return len(entries)


def defused(value: str) -> str:
    """Return a text that no spreadsheet calculates with."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA) else value


def _headings() -> tuple[str, ...]:
    return (
        tr("Place"),
        tr("Name"),
        tr("E-mail"),
        tr("Phone"),
        tr("Tier"),
        tr("How many"),
        tr("All together"),
        tr("Priority"),
        tr("State"),
        tr("Since"),
        tr("Offered until"),
        tr("Order"),
        tr("Note"),
    )


def _row(entry: WaitlistEntry, zone: str) -> tuple[str, ...]:
    return (
        str(entry.place or ""),
        entry.name,
        entry.email,
        entry.phone,
        entry.tier or tr("any tier"),
        str(entry.quantity),
        tr("yes") if entry.all_together else tr("no"),
        str(entry.priority),
        state_name(entry.state),
        _moment(entry.joined_at, zone),
        _moment(entry.offer.until, zone) if entry.offer else "",
        entry.order_number,
        entry.note,
    )


def _moment(at: datetime, zone: str) -> str:
    # As spreadsheets of every language read it.
    return local(at, zone).strftime("%Y-%m-%d %H:%M")
