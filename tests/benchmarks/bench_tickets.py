"""A thousand tickets to PDF on every paper, and one as a picture for a 203-dpi printer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from time import perf_counter

from PySide6.QtGui import QGuiApplication, QPainter, QPdfWriter

from boxoffice.domain.money import Money
from boxoffice.domain.ticket import TicketFace
from boxoffice.domain.ticket_code import ALPHABET, check_letter
from boxoffice.formats import Formats
from boxoffice.printing.layouts import LAYOUTS, ROLL_80, TICKET_STOCK, Layout
from boxoffice.printing.output import render_image, write_pdf
from tests.benchmarks.report import Aim, Row, latencies
from tests.benchmarks.stage import Stage

TICKETS = 1_000
PICTURES = 200
FORMATS = Formats("en")


def run(_stage: Stage) -> Iterator[Row]:
    """Measure every layout; the reference is a PDF of as many pages with one line of text each."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication([])
    faces = list(_faces(TICKETS))
    with tempfile.TemporaryDirectory() as folder:
        plain_seconds = _plain_pages(Path(folder) / "plain.pdf")
        for layout in LAYOUTS.values():
            yield _pdf(layout, faces, Path(folder) / f"{layout.name}.pdf", plain_seconds)
    for layout in (TICKET_STOCK, ROLL_80):  # the papers of 203-dpi printers
        yield _pictures(layout, faces[:PICTURES])
    del application


def _pdf(layout: Layout, faces: list[TicketFace], path: Path, plain_seconds: float) -> Row:
    begun = perf_counter()
    size_bytes = write_pdf(faces, layout, path, FORMATS)
    seconds = perf_counter() - begun
    per_ticket = size_bytes / len(faces)
    return Row(
        f"{layout.name}, PDF",
        {"seconds": seconds, "times_plain_pages": seconds / plain_seconds, "bytes_per_ticket": per_ticket},
        (Aim("under 5 s", seconds < 5), Aim("under 4 kB each", per_ticket < 4_000)),
    )


def _pictures(layout: Layout, faces: list[TicketFace]) -> Row:
    spent_ms = []
    for face in faces:
        begun = perf_counter()
        render_image(face, layout, FORMATS, mono=True)
        spent_ms.append((perf_counter() - begun) * 1000)
    figures = latencies(spent_ms)
    return Row(f"{layout.name}, picture", figures, (Aim("8 ms or less", figures["p50_ms"] <= 8),))


def _plain_pages(path: Path) -> float:
    begun = perf_counter()
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    for number in range(TICKETS):
        if number:
            writer.newPage()
        painter.drawText(200, 200, f"Ticket {number}")
    painter.end()
    return perf_counter() - begun


def _faces(size: int) -> Iterator[TicketFace]:
    luck = Random(7)  # noqa: S311 - figures, not secrets
    for number in range(size):
        body = "".join(luck.choices(ALPHABET, k=11))
        yield TicketFace(
            ticket_id=number,
            code=body + check_letter(body),
            event_title="Symphony No. 5 by Mahler",
            promoter="City Orchestra",
            venue="Opera House, Main Stage",
            venue_address="Theaterplatz 1",
            starts_at=datetime(2026, 11, 24, 19, tzinfo=UTC),
            doors_at=datetime(2026, 11, 24, 18, 15, tzinfo=UTC),
            time_zone="Europe/Berlin",
            tier=f"Stalls, row {number // 30 + 1}",
            price=Money(Decimal("59.50"), "EUR"),
            fee=Money(Decimal("1.50"), "EUR"),
            tax_rate_percent=Decimal(7),
            order_number=f"2026-{100_001 + number // 4}",
            number=number % 4 + 1,
            of=4,
            till="Counter 2",
            sold_at=datetime(2026, 11, 22, 11, 41, tzinfo=UTC),
        )
