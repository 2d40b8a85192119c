"""Paper of practice: marked for people, and read by no door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boxoffice.domain.receipt import receipt_from_facts
from boxoffice.domain.ticket import TicketFace
from boxoffice.domain.ticket_code import TRAINING_PREFIX, MistypedCode, normalise
from boxoffice.formats import Formats
from boxoffice.printing.layouts import LAYOUTS, RECEIPT_LAYOUTS, Layout
from boxoffice.printing.output import pdf_bytes, receipt_pdf_bytes
from boxoffice.printing.receipt import ReceiptPaper
from boxoffice.printing.report_texts import report_lines
from tests.printing.reading import codes, pdf_pictures, pdf_texts
from tests.printing.test_receipt import facts
from tests.ui.fake_drawer import REPORT


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
@pytest.mark.parametrize(("locale", "mark"), [("en", "TRAINING"), ("de", "ÜBUNG")])
def test_a_ticket_says_so_and_its_qr_opens_no_door(
    face: TicketFace, layout: Layout, locale: str, mark: str
) -> None:
    pdf = pdf_bytes([replace(face, is_training=True)], layout, Formats(locale))
    assert mark in " ".join(pdf_texts(pdf))
    [code] = codes(pdf_pictures(pdf)[0])
    assert code == TRAINING_PREFIX + face.code
    with pytest.raises(MistypedCode):
        normalise(code)
    real = pdf_bytes([face], layout, Formats(locale))
    assert mark not in " ".join(pdf_texts(real))


@pytest.mark.parametrize("layout", RECEIPT_LAYOUTS.values(), ids=lambda layout: layout.name)
def test_a_receipt_says_so_above_and_below(layout: Layout) -> None:
    paper = ReceiptPaper(receipt_from_facts(facts()), "City Theatre", is_training=True)
    said = " ".join(pdf_texts(receipt_pdf_bytes(paper, layout, Formats("en"))))
    assert said.count("TRAINING") == 2


def test_a_report_says_so() -> None:
    marked = report_lines(REPORT | {"training": True}, Formats("en"))
    assert marked[0] == marked[-1]
    assert "TRAINING" in marked[0].words
