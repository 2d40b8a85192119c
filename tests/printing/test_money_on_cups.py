"""A receipt and a closing through a real CUPS and its filters: the amounts are read from what came out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boxoffice.formats import Formats
from boxoffice.printing.destinations import InstalledPrinter
from boxoffice.printing.layouts import A4, RECEIPT_A5, RECEIPT_ROLL_80, Layout
from boxoffice.printing.receipt_printers import print_receipt
from boxoffice.printing.report_output import print_report
from tests.printing.conftest import CUPS_PDF_PPD, Cups
from tests.printing.reading import pdf_sizes_mm, pdf_texts
from tests.printing.test_printers import await_empty_queue, on_thread
from tests.printing.test_receipt import paper
from tests.printing.test_reports import REPORT, SAID

ENGLISH = Formats("en")
type PrintOnPaper = Callable[[Callable[[], object]], Path]


@pytest.fixture
def come_out(cups: Cups) -> PrintOnPaper:
    """Print something on the printer "money", and return what its device was sent.

    The device takes PDF, as today's printers do: through PostScript, which cups-pdf wants, letters lose their
    names.
    """
    description = cups.folder / "money.ppd"
    filters = '*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"\n'
    lines = CUPS_PDF_PPD.read_text(encoding="utf-8").splitlines(keepends=True)
    description.write_text("".join((lines[0], filters, *lines[1:])), encoding="utf-8")
    sent = cups.folder / "out" / "money.pdf"
    sent.unlink(missing_ok=True)
    cups.run("lpadmin", "-p", "money", "-E", "-v", f"file:{sent}", "-P", str(description))

    def print_(work: Callable[[], object]) -> Path:
        on_thread(work)
        await_empty_queue(cups, "money")
        return sent

    return print_


def read(pdf: Path) -> str:
    """Return the words of every page, spaces made plain."""
    return " ".join(" ".join(pdf_texts(pdf)).split())


@pytest.mark.parametrize("layout", [RECEIPT_ROLL_80, RECEIPT_A5], ids=lambda layout: layout.name)
def test_a_receipt_comes_out_with_its_amounts(come_out: PrintOnPaper, layout: Layout) -> None:
    printed = come_out(lambda: print_receipt(paper(), InstalledPrinter("money", layout), ENGLISH))
    words = read(printed)
    for said in ("Blue Harbour Quartet", "€ 56.00", "€ 80.50", "€ 100.00", "€ 19.50", "€ 5.27", "000123"):
        assert said in words, said
    [(width_mm, _height)] = pdf_sizes_mm(printed)
    assert abs(width_mm - layout.paper_width_mm) < 1


def test_a_closing_comes_out_on_a4_with_its_amounts(come_out: PrintOnPaper) -> None:
    printed = come_out(lambda: print_report(REPORT, InstalledPrinter("money", A4), ENGLISH))
    words = read(printed)
    for said in SAID.splitlines():
        assert said in words, said
    assert {(round(width), round(height)) for width, height in pdf_sizes_mm(printed)} == {(210, 297)}
