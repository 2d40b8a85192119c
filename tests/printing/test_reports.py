"""A till's report on paper: all of it, alike on a roll and on A4, from its document alone."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from boxoffice.formats import Formats
from boxoffice.printing.destinations import PdfFolder
from boxoffice.printing.layouts import A4, ROLL_80, TICKET_STOCK, Layout
from boxoffice.printing.problems import FolderUnusable
from boxoffice.printing.report_output import print_report, report_pdf
from boxoffice.printing.report_pages import report_layout, report_pages
from boxoffice.printing.report_texts import report_lines
from boxoffice.printing.typesetting import Typesetter

DOCUMENT = """{
    "version": 1, "kind": "Z", "number": 12, "till": "Counter 2", "venue": "Jazz Cellar", "is_blind": false,
    "time_zone": "Europe/Berlin", "business_day": "2025-11-22", "made_at": "2025-11-23T00:41:00+00:00",
    "made_by": "Margarete Lindner", "first_receipt": 1204, "last_receipt": 1391,
    "first_at": "2025-11-22T16:02:11+00:00", "last_at": "2025-11-23T00:12:40+00:00",
    "receipts": [{"kind": "gift_card", "count": 1}, {"kind": "refund", "count": 2}, {"kind": "sale", "count": 185}],
    "tenders": [
        {"currency": "EUR", "tender": "card", "payments": 101, "taken": 3101.500, "refunds": 0, "given_back": 0,
         "net": 3101.500},
        {"currency": "EUR", "tender": "cash", "payments": 85, "taken": 2380.000, "refunds": 2,
         "given_back": 57.000, "net": 2323.000}],
    "currencies": [{"currency": "EUR", "taken": 5481.500, "given_back": 57.000, "net": 5424.500, "gift_cards": 50.000}],
    "taxes": [{"currency": "EUR", "rate": 7.000, "net": 4000.000, "tax": 280.000, "gross": 4280.000},
              {"currency": "EUR", "rate": 19.000, "net": 919.750, "tax": 174.750, "gross": 1094.500}],
    "events": [
        {"event_id": 1, "title": "Blue Harbour Quartet", "currency": "EUR", "gross": 4280.000, "back": 57.000,
         "tickets_sold": 152, "tickets_back": 2},
        {"event_id": 2, "title": "Silent Cinema: Metropolis with live organ and an introduction by the director",
         "currency": "EUR", "gross": 1094.500, "back": 0, "tickets_sold": 1, "tickets_back": 0}],
    "drawer": {
        "currency": "EUR", "opened_at": "2025-11-22T15:55:00+00:00", "opened_by": "Anna Weber", "is_shared": true,
        "counted_at": "2025-11-23T00:30:00+00:00", "counted_by": "Anna Weber", "opening_float": 200.000,
        "sales": 2380.000, "refunds": -57.000, "paid_in": 50.000, "paid_out": -12.500, "safe_drops": -1500.000,
        "expected": 1060.500, "counted": 1058.000, "variance": -2.500, "counts": 2,
        "pieces": [{"piece": "50", "count": 20}, {"piece": "20", "count": 2}, {"piece": "2", "count": 9}],
        "movements": [
            {"kind": "paid_in", "amount": 50.000, "reason": "change", "at": "2025-11-22T17:00:00+00:00", "by": "Anna Weber"},
            {"kind": "paid_out", "amount": -12.500, "reason": "taxi for the soloist", "at": "2025-11-22T18:00:00+00:00",
             "by": "Anna Weber"},
            {"kind": "safe_drop", "amount": -1500.000, "reason": "evening", "at": "2025-11-22T21:00:00+00:00",
             "by": "Anna Weber"}]}
    }"""
REPORT: dict[str, Any] = json.loads(DOCUMENT, parse_float=Decimal)
ENGLISH = Formats("en")


def read(pdf: bytes) -> str:
    """Return the words of every page, spaces made plain."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("layout", [A4, ROLL_80], ids=lambda layout: layout.name)
def test_the_paper_says_all_of_the_closing(layout: Layout) -> None:
    words = read(report_pdf(REPORT, layout, ENGLISH))
    for said in (
        "Closing Z 12", "Counter 2", "Sat 22 Nov 2025", "Margarete Lindner", "1,204 to 1,391", "23 Nov 2025, 01:12",
        "€ 3,101.50", "€ 5,424.50", "7 %, tax", "€ 280.00", "Blue Harbour Quartet", "152 tickets, 2 given back",
        "€ 1,060.50", "€ 1,058.00", "− € 2.50", "taxi for the soloist", "20 × € 50.00", "Counted 2 times.",
    ):  # fmt: skip
        assert said in words, said


@pytest.mark.parametrize("layout", [A4, ROLL_80], ids=lambda layout: layout.name)
def test_the_same_document_is_printed_alike_at_any_time(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever and whenever it is printed: nothing but the document decides."""
    first = report_pages(REPORT, layout, ENGLISH, Typesetter())
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    again = report_pages(json.loads(DOCUMENT, parse_float=Decimal), layout, ENGLISH, Typesetter())
    monkeypatch.undo()
    time.tzset()
    assert again == first


def test_a_long_evening_takes_more_sheets_and_loses_no_line() -> None:
    events = [REPORT["events"][0] | {"event_id": n, "title": f"Event {n}"} for n in range(400)]
    long = REPORT | {"events": events}
    pages = report_pages(long, A4, ENGLISH, Typesetter())
    assert len(pages) > 2
    words = read(report_pdf(long, A4, ENGLISH))
    assert all(f"Event {n} " in words for n in range(400))
    for page in pages:
        for placed in page.placed:
            assert placed.y_mm + placed.drawing.height_mm <= page.height_mm - 10
            assert placed.x_mm + placed.drawing.width_mm <= page.width_mm - 10


def test_an_x_without_a_drawer_and_without_receipts() -> None:
    x = REPORT | {
        "kind": "X", "drawer": None, "first_receipt": 5, "last_receipt": 4, "receipts": [], "tenders": [],
        "taxes": [], "events": [], "is_blind": True,
    }  # fmt: skip
    del x["currencies"]
    words = read(report_pdf(x, ROLL_80, ENGLISH))
    assert "X report" in words
    assert "Cash is told after the count." in words


def test_a_report_goes_where_tickets_go(tmp_path: Path) -> None:
    folder = tmp_path / "tray"
    first = print_report(REPORT, PdfFolder(folder, ROLL_80), ENGLISH)
    second = print_report(REPORT, PdfFolder(folder, ROLL_80), ENGLISH)
    assert [Path(one).name for one in (first, second)] == ["Z-12-Counter-2.pdf", "Z-12-Counter-2-2.pdf"]
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable):
        print_report(REPORT, PdfFolder(tmp_path / "file", A4), ENGLISH)


def test_ticket_stock_is_no_paper_for_a_report() -> None:
    assert report_layout(TICKET_STOCK) is A4
    assert report_layout(ROLL_80) is ROLL_80
