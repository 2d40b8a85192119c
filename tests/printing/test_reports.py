"""A till's report on paper: all of it, alike on a roll and on A4, from its document alone."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from boxoffice.formats import Formats
from boxoffice.printing.destinations import PdfFolder
from boxoffice.printing.layouts import A4, ROLL_80, TICKET_STOCK, Layout
from boxoffice.printing.problems import FolderUnusable
from boxoffice.printing.report_output import print_report, report_pdf
from boxoffice.printing.report_pages import report_layout, report_pages
from boxoffice.printing.typesetting import Typesetter
from tests.printing.reading import pdf_texts

DOCUMENT = Path(__file__).with_name("closing.json").read_text(encoding="utf-8")
REPORT: dict[str, Any] = json.loads(DOCUMENT, parse_float=Decimal)
ENGLISH = Formats("en")


SAID = """Closing Z 12
Counter 2
Sat 22 Nov 2025
Margarete Lindner
1204 to 1391
23 Nov 2025, 01:12
€ 3,101.50
€ 5,424.50
7 %, tax
€ 280.00
Blue Harbour Quartet
152 tickets, 2 given back
€ 1,060.50
€ 1,058.00
\N{MINUS SIGN} € 2.50
taxi for the soloist
20 \N{MULTIPLICATION SIGN} € 50.00
Counted 2 times."""


def read(pdf: bytes) -> str:
    """Return the words of every page, spaces made plain."""
    return " ".join(" ".join(pdf_texts(pdf)).split())


@pytest.mark.parametrize("layout", [A4, ROLL_80], ids=lambda layout: layout.name)
def test_the_paper_says_all_of_the_closing(layout: Layout) -> None:
    words = read(report_pdf(REPORT, layout, ENGLISH))
    for said in SAID.splitlines():
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
