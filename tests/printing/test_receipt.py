"""Receipts on their papers, read back from the PDF."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from boxoffice.domain.receipt import receipt_from_facts
from boxoffice.formats import Formats
from boxoffice.printing.destinations import PdfFolder
from boxoffice.printing.layouts import RECEIPT_A4, RECEIPT_A5, RECEIPT_LAYOUTS, RECEIPT_ROLL_80
from boxoffice.printing.output import receipt_pdf_bytes, render_receipt_images
from boxoffice.printing.problems import FolderUnusable
from boxoffice.printing.receipt import ReceiptPaper
from boxoffice.printing.receipt_printers import print_receipt
from tests.printing.reading import pdf_texts

pytestmark = pytest.mark.usefixtures("qapp")

SALE: dict[str, Any] = {
    "kind": "sale",
    "receipt_number": 123,
    "till": "Counter 2",
    "clerk": "Anna Weber",
    "sold_at": "2026-11-22T11:41:00.123456+00:00",
    "currency": "EUR",
    "order_number": "2026-104217",
    "event": {
        "title": "Blue Harbour Quartet",
        "venue": "Jazz Cellar",
        "address": "Kanalstraße 14",
        "promoter": "Jazz Cellar e.V.",
        "starts_at": "2026-11-22T18:30:00+00:00",
        "time_zone": "Europe/Berlin",
    },
    "lines": [
        {"tier_id": 1, "tier": "Standard", "quantity": 2, "unit_price": "28.000", "list_price": None},
        {"tier_id": 2, "tier": "Concession", "quantity": 1, "unit_price": "20.000", "list_price": "28.000"},
    ],
    "subtotal": "76.000",
    "fee": "4.500",
    "total": "80.500",
    "tax": "5.270",
    "tax_inclusive": True,
    "taxes": [{"rate_percent": "7.00", "net": "75.230", "tax": "5.270"}],
    "payments": [{"tender": "cash", "amount": "80.500", "tendered": "100.000"}],
    "discount_code": "JAZZ20",
}


def facts(**changes: Any) -> dict[str, Any]:
    return deepcopy(SALE) | changes


def paper(is_copy: bool = False, **changes: Any) -> ReceiptPaper:  # noqa: FBT002 - a test's own
    return ReceiptPaper(receipt_from_facts(facts(**changes)), "City Theatre", is_copy)


def read(made: ReceiptPaper, layout: str = "roll-80", locale: str = "en") -> str:
    pdf = receipt_pdf_bytes(made, RECEIPT_LAYOUTS[layout], Formats(locale))
    return "\n".join(pdf_texts(pdf)).replace("\r\n", "\n").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("layout", list(RECEIPT_LAYOUTS))
def test_every_paper_says_who_sold_what_for_how_much(layout: str) -> None:
    said = read(paper(), layout)
    for words in (
        "City Theatre", "Receipt", "Counter 2 · 000123", "Sun 22 Nov 2026, 12:41", "Anna Weber",
        "2026-104 217",
        "Blue Harbour Quartet", "Sun 22 Nov 2026, 19:30", "Jazz Cellar, Kanalstraße 14", "Jazz Cellar e.V.",
        "2 \N{MULTIPLICATION SIGN} Standard", "€ 56.00", "€ 28.00 each",
        "1 \N{MULTIPLICATION SIGN} Concession", "€ 20.00 each, reduced from € 28.00",
        "€ 76.00", "Service fee", "€ 4.50", "Total", "€ 80.50", "You saved with JAZZ20", "€ 8.00", "Cash",
        "€ 100.00",
        "Change", "€ 19.50", "7 %", "€ 75.23", "€ 5.27",
    ):  # fmt: skip
        assert words in said, words
    assert "Copy" not in said


def test_a_german_receipt_is_german() -> None:
    said = read(paper(is_copy=True), "a5", "de")
    for words in ("Quittung · Kopie", "So. 22. Nov. 2026, 12:41", "Bestellung", "je € 28,00", "Rückgeld",
     "€ 19,50",
                  "Servicegebühr", "MwSt.-Satz", "Summe", "ermäßigt von € 28,00"):  # fmt: skip
        assert words in said, words


def test_a_copy_says_so_and_nothing_else_changes() -> None:
    first, again = read(paper()), read(paper(is_copy=True))
    assert again.replace(" · Copy", "") == first
    assert again != first


def test_a_refund_says_what_went_back_how_and_what_was_kept() -> None:
    said = read(
        paper(
            kind="refund",
            lines=[{"tier_id": 1, "tier": "Standard", "quantity": 1, "unit_price": "-28.000",
             "list_price": None}],
            subtotal="-28.000", fee=None, total="-26.000", retained="2.000", reason="Fell ill",
             discount_code=None,
            taxes=[{"rate_percent": "7.00", "net": "-24.300", "tax": "-1.700"}],
            payments=[{"tender": "card", "amount": "-20.000", "tendered": None},
                      {"tender": "gift_card", "amount": "-6.000", "tendered": None}],
        )
    )  # fmt: skip
    for words in ("Refund", "Returned", "\N{MINUS SIGN} € 26.00", "Card, paid back", "€ 20.00",
     "Gift card, paid back", "€ 6.00",
                  "Kept as a fee", "€ 2.00", "Reason: Fell ill", "\N{MINUS SIGN} € 24.30",
                  "\N{MINUS SIGN} € 1.70"):  # fmt: skip
        assert words in said, words


def test_yen_have_no_decimals_and_kuwaiti_dinars_three() -> None:
    line = {"tier_id": 1, "tier": "A", "quantity": 2, "unit_price": "1500.000", "list_price": None}
    yen = read(paper(currency="JPY", lines=[line], total="3000.000", payments=[], taxes=[], subtotal=None))
    assert "3,000" in yen
    assert "3,000.0" not in yen
    line = line | {"unit_price": "7.125"}
    dinars = read(paper(currency="KWD", lines=[line], total="14.250", payments=[], taxes=[], subtotal=None))
    assert "14.250" in dinars


def test_every_tax_rate_is_a_row_and_tax_on_top_is_a_sum() -> None:
    said = read(
        paper(
            tax_inclusive=False,
            tax="9.870",
            taxes=[
                {"rate_percent": "7.00", "net": "40.000", "tax": "2.800"},
                {"rate_percent": "19.00", "net": "37.210", "tax": "7.070"},
            ],
        )
    )
    for words in ("7 %", "€ 40.00", "€ 2.80", "19 %", "€ 37.21", "€ 7.07", "Tax", "€ 9.87"):
        assert words in said, words


def test_what_the_deed_did_not_write_down_is_left_out() -> None:
    bare = {name: SALE[name] for name in ("kind", "receipt_number", "till", "clerk", "sold_at", "currency",
     "total",
                                          "payments")}  # fmt: skip
    bare["kind"] = "gift_card"
    for layout in RECEIPT_LAYOUTS.values():
        made = ReceiptPaper(receipt_from_facts(bare), "")
        said = "\n".join(pdf_texts(receipt_pdf_bytes(made, layout, Formats("en"))))
        assert "Gift card" in said
        assert "Subtotal" not in said


@pytest.mark.parametrize("layout", list(RECEIPT_LAYOUTS.values()), ids=list(RECEIPT_LAYOUTS))
def test_long_names_and_large_amounts_stay_on_the_paper(layout: Any) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenverkauf " * 6
    lines = [
        {"tier_id": n, "tier": long, "quantity": 1000, "unit_price": "99999.990", "list_price": "199999.990"}
        for n in range(30)
    ]
    made = paper(
        lines=lines,
        till=long,
        clerk=long,
        total="99999999.000",
        event=SALE["event"] | {"title": long, "venue": long},
    )
    images = render_receipt_images(made, layout, Formats("de"), mono=True)
    assert len(images) == 1 if layout is RECEIPT_ROLL_80 else len(images) > 1
    edge = 20
    for image in images:
        # White at both edges: nothing runs out of the paper.
        for x in (*range(edge), *range(image.width() - edge, image.width())):
            assert all(image.pixelColor(x, y).lightness() > 128 for y in range(0, image.height(), 3))
    said = "\n".join(pdf_texts(receipt_pdf_bytes(made, layout, Formats("en"))))
    assert said.count("1,000") == 30
    if layout is not RECEIPT_ROLL_80:
        assert f"Page {len(images)} of {len(images)}" in said


def test_the_offices_address_and_tax_number_stand_below_its_name() -> None:
    made = ReceiptPaper(receipt_from_facts(facts()), "City Theatre", imprint="Hauptstraße 1, VAT DE123456789")
    assert "City Theatre\nHauptstraße 1, VAT DE123456789\nReceipt" in read(made)


def test_emoji_control_letters_and_other_directions_do_no_harm() -> None:
    said = read(paper(clerk="Anna\x00\x1b[31m\u202eWeber 🎷", reason="a\r\nb"))
    assert "Anna" in said
    assert "a b" in said


def test_a_receipt_becomes_a_file_of_its_own_each_time(tmp_path: Path) -> None:
    folder = PdfFolder(tmp_path / "receipts", RECEIPT_A5)
    made = [Path(print_receipt(paper(), folder, Formats("en"))) for _ in range(2)]
    assert [path.name for path in made] == ["Receipt-Counter-2-000123.pdf", "Receipt-Counter-2-000123-2.pdf"]
    assert "€" in pdf_texts(made[0])[0]


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable):
        print_receipt(paper(), PdfFolder(tmp_path / "file" / "below", RECEIPT_A4), Formats("en"))
