"""Everything held about one person, to be handed over: a file for programs, a paper for people."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from boxoffice.language import tr
from boxoffice.printing.whole_file import write_whole

if TYPE_CHECKING:
    from boxoffice.formats import Formats

_DPI = 150
_MARGIN_MM = 18
_POINTS = 9.5
_MOMENTS = (
    "since",
    "deleted_at",
    "erased_at",
    "starts_at",
    "ordered_at",
    "used_at",
    "at",
    "until",
    "notified_at",
)
_STYLE = """
h1 { font-size: 18pt; } h2 { font-size: 12pt; margin-top: 14px; }
th { text-align: left; color: #5f6368; font-weight: normal; padding-right: 14px; } td { padding-right: 14px; }
"""


def write_dossier(told: dict[str, Any], path: Path, formats: Formats) -> tuple[Path, Path]:
    """Write the dossier as JSON and as PDF beside it; return both paths.

    Args:
        told: what the office holds, as usecases.office.personal_data.dossier gives it.
        path: where to; .json and .pdf are put behind it, or in the place of such an ending.
        formats: in which times are told.

    Raises:
        OSError: the folder is missing, not writable or full.
    """
    stem = path.stem if path.suffix.lower() in (".json", ".pdf") else path.name
    plain, paper = path.with_name(f"{stem}.json"), path.with_name(f"{stem}.pdf")
    write_whole(plain, json.dumps(told, ensure_ascii=False, indent=2, default=str).encode())
    write_whole(paper, _pdf(_html(told, formats)))
    for written in (plain, paper):
        # Other people of this computer have no business with it.
        written.chmod(0o600)
    return plain, paper


def _pdf(html: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setCreator("Box Office")
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    page = QTextDocument()
    page.documentLayout().setPaintDevice(writer)
    font = QFont("Inter")
    font.setPointSizeF(_POINTS)
    # Or times and telephone numbers are copied out of the PDF as other signs than they show.
    font.setFeature(QFont.Tag("calt"), 0)
    page.setDefaultFont(font)
    page.setDefaultStyleSheet(_STYLE)
    page.setHtml(html)
    inside = writer.pageLayout().paintRectPixels(_DPI)
    page.setPageSize(QSizeF(inside.width(), inside.height()))
    page.print_(writer)
    return bytes(buffer.data().data())


def _html(told: dict[str, Any], formats: Formats) -> str:
    person = told["person"]
    name = f"{person['first_name']} {person['last_name']}".strip() or f"{tr('Person')} {person['id']}"
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>{escape(tr('Everything that this box office holds about you.'))}</p>",
        _table(tr("Person"), [_worded(person, formats)]),
    ]
    for order in told["orders"]:
        parts.append(_table(f"{tr('Order')} {order['order_number']}", [_worded(order, formats)]))
        parts.append(_rows(order["tickets"] or [], formats))
        parts.append(_rows(order["payments"] or [], formats))
    # A line for each fact: as columns beside one another they would be narrower than their words.
    for one in told["waitlist"]:
        parts.append(_table(tr("Waitlist"), [_worded(one, formats)]))
        parts.append(_rows(one["offers"] or [], formats))
        parts.append(_rows(one["calls"] or [], formats))
    for title, rows in (
        (tr("E-mails"), told["emails"]),
        (tr("Evidence"), told["evidence"]),
    ):
        if rows:
            parts.append(f"<h2>{escape(title)}</h2>")
            parts.append(_rows(rows, formats))
    return "".join(parts)


def _table(title: str, facts: list[dict[str, str]]) -> str:
    """Return one thing, a line for each of its facts."""
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for one in facts for name, value in one.items()
    )
    return f"<h2>{escape(title)}</h2><table>{lines}</table>"


def _rows(things: list[dict[str, Any]], formats: Formats) -> str:
    """Return several things of one kind, a row for each."""
    if not things:
        return ""
    worded = [_worded(one, formats, whole=True) for one in things]
    head = "".join(f"<th>{escape(name)}</th>" for name in worded[0])
    rows = "".join("<tr>" + "".join(f"<td>{one}</td>" for one in row.values()) + "</tr>" for row in worded)
    return f"<table><tr>{head}</tr>{rows}</table>"


def _worded(thing: dict[str, Any], formats: Formats, *, whole: bool = False) -> dict[str, str]:
    """Return names and values as people read them, escaped; what is empty is left out unless `whole`."""
    return {
        field_name(name): _moment(value, formats) if name in _MOMENTS and value else _value(value)
        for name, value in thing.items()
        if not isinstance(value, list) and (whole or value not in (None, ""))
    }


def _moment(value: str, formats: Formats) -> str:
    at = datetime.fromisoformat(value)
    return escape(f"{formats.day_with_year(at, 'UTC')}, {formats.time(at, 'UTC')} UTC")


def _value(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return escape(tr("yes") if value else tr("no"))
        case dict():
            return escape(", ".join(f"{name}: {part}" for name, part in value.items()))
    return escape(str(value)).replace("\n", "<br>")


def field_name(name: str) -> str:
    """Return what people call a field of the dossier."""
    return {
        "id": tr("Number"),
        "role": tr("Role"),
        "first_name": tr("First name"),
        "last_name": tr("Last name"),
        "email": tr("E-mail"),
        "phone": tr("Phone"),
        "address": tr("Address"),
        "notes": tr("Notes"),
        "sign_in_name": tr("Sign-in name"),
        "has_password": tr("Has a password"),
        "is_active": tr("Active"),
        "since": tr("Since"),
        "deleted_at": tr("Deleted"),
        "erased_at": tr("Erased"),
        "company": tr("Company"),
        "order_number": tr("Order"),
        "event": tr("Event"),
        "starts_at": tr("Begins"),
        "status": tr("State"),
        "total": tr("Total"),
        "currency": tr("Currency"),
        "ordered_at": tr("Ordered"),
        "tier": tr("Tier"),
        "code": tr("Code"),
        "used_at": tr("Used"),
        "kind": tr("Kind"),
        "tender": tr("Paid by"),
        "amount": tr("Amount"),
        "reference": tr("Reference"),
        "at": tr("When"),
        "until": tr("Until"),
        "outcome": tr("Outcome"),
        "quantity": tr("Quantity"),
        "position": tr("Place"),
        "notified_at": tr("Told"),
        "recipient": tr("To"),
        "subject": tr("Subject"),
        "body": tr("Text"),
        "state": tr("State"),
        "by": tr("By"),
        "action": tr("What"),
        "before": tr("Before"),
        "after": tr("After"),
        "reason": tr("Why"),
    }[name]
