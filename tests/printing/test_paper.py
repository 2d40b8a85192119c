"""The drawn ticket, looked at as pictures and PDFs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from boxoffice.domain.ticket import TicketFace
from boxoffice.domain.ticket_code import ALPHABET, check_letter, qr_text
from boxoffice.formats import Formats
from boxoffice.printing.layouts import A4, LAYOUTS, ROLL_80, TICKET_STOCK, Layout
from boxoffice.printing.output import NothingToPrint, paint_preview, pdf_bytes, render_image, write_pdf
from boxoffice.printing.qr import MODULES, QUIET_MODULES
from tests.printing.reading import codes, pdf_pictures, pdf_texts, picture

ENGLISH = Formats("en")
EVERY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
CODES = st.text(ALPHABET, min_size=11, max_size=11).map(lambda letters: letters + check_letter(letters))
FEW_EXAMPLES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

HOSTILE = {
    "long without spaces": "W" * 10_000,
    "long with spaces": "harbour " * 1_250,
    "stacked accents": ("a" + "\N{COMBINING ACUTE ACCENT}" * 99 + "g" + "\N{COMBINING DOT BELOW}" * 99) * 30,
    "right to left": "ליל ג'אז בנמל مهرجان الموسيقى " * 20,
    "turned": "\N{RIGHT-TO-LEFT OVERRIDE}" * 9 + "turned over " * 40,
    "emoji": "🎷👩\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧🏳️\N{ZERO WIDTH JOINER}🌈" * 200,
    "tall letters": "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}ᾋ̣̂Ẫ𒐫꧁" * 100,
    "line breaks": "one\ntwo\r\nthree\x0b\x0c\N{LINE SEPARATOR}four\x00" * 50,
    "markup": "<b>&amp;%_\\'\";--" * 60,
}


def hostile(face: TicketFace, text: str) -> TicketFace:
    return replace(
        face, event_title=text, promoter=text, venue=text, venue_address=text, tier=text, till=text
    )


@EVERY_LAYOUT
@FEW_EXAMPLES
@given(code=CODES)
def test_a_picture_of_the_ticket_reads_as_its_code(face: TicketFace, layout: Layout, code: str) -> None:
    image = render_image(replace(face, code=code), layout, ENGLISH, mono=True)

    assert image.format() == QImage.Format.Format_Mono
    assert codes(picture(image)) == [qr_text(code)]


@EVERY_LAYOUT
@settings(FEW_EXAMPLES, max_examples=10)
@given(minted=st.lists(CODES, min_size=1, max_size=6))
def test_every_qr_of_a_pdf_reads_as_its_code(face: TicketFace, layout: Layout, minted: list[str]) -> None:
    pdf = pdf_bytes([replace(face, code=code) for code in minted], layout, ENGLISH)

    read = [text for page in pdf_pictures(pdf) for text in codes(page)]

    assert read == [qr_text(code) for code in minted]


@EVERY_LAYOUT
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_disturbs_the_qr(face: TicketFace, layout: Layout, text: str) -> None:
    pages = pdf_pictures(pdf_bytes([hostile(face, text)] * layout.tickets_per_page, layout, ENGLISH))

    assert codes(pages[0]) == [qr_text(face.code)] * layout.tickets_per_page


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_enters_the_quiet_zone_or_crosses_the_perforation(face: TicketFace, text: str) -> None:
    plain = picture(render_image(face, TICKET_STOCK, ENGLISH))
    wild = picture(render_image(hostile(face, text), TICKET_STOCK, ENGLISH))
    dots_per_mm = 203 / 25.4

    for left, top, right, bottom in ((98, 0, 140, 38.6), (98, 38.6, 101, 70)):
        box = (left * dots_per_mm, top * dots_per_mm, right * dots_per_mm, bottom * dots_per_mm)
        difference = ImageChops.difference(plain.crop(box), wild.crop(box))
        assert difference.getbbox() is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_of_a_roll_ticket_leaves_the_printable_width_or_enters_the_quiet_zone(
    face: TicketFace, text: str
) -> None:
    image = picture(render_image(hostile(face, text), ROLL_80, ENGLISH))

    ink = ink_box(image)
    quiet = quiet_zone(image)

    assert ink[0] >= 4 * 203 / 25.4
    assert ink[2] <= 76 * 203 / 25.4
    assert ink[3] <= image.height
    assert ring_is_white(image, quiet)


@EVERY_LAYOUT
def test_margins_of_the_paper_stay_white(face: TicketFace, layout: Layout) -> None:
    wild = hostile(face, HOSTILE["long without spaces"])
    image = picture(render_image(wild, layout, ENGLISH))

    left, top, right, bottom = ink_box(image)
    margin = 1 if layout is TICKET_STOCK else 8

    assert left >= margin
    assert right <= image.width - margin
    assert layout is TICKET_STOCK or (top >= margin and bottom <= image.height - margin)


def test_modules_are_whole_dots(face: TicketFace) -> None:
    image = picture(render_image(face, TICKET_STOCK, ENGLISH, mono=True))
    left, top, right, bottom = ink_box(image.crop((820, 0, image.width, 300)))

    assert (right - left) == (bottom - top) == MODULES * 9
    assert {(right - left) % MODULES, (bottom - top) % MODULES} == {0}


@pytest.mark.parametrize(
    "title", ["Ορφέας και Ευρυδίκη", "Лебединое озеро", "Dvořák, Čajkovskij und Łódź: naïve Größe"]
)
@EVERY_LAYOUT
def test_texts_can_be_searched_in_the_pdf(face: TicketFace, layout: Layout, title: str) -> None:
    text = " ".join(pdf_texts(pdf_bytes([replace(face, event_title=title)], layout, ENGLISH))[0].split())

    for said in (
        title,
        "19:30",
        "18:45",
        "Kanalstraße 14",
        "Standard",
        "28.50",
        "2026-104 217",
        "K7QM-2X04-711S",
    ):
        assert said in text


def test_a4_carries_four_tickets_a_page(face: TicketFace) -> None:
    assert len(pdf_pictures(pdf_bytes([face] * 9, A4, ENGLISH))) == 3


def test_a_roll_ticket_is_as_long_as_its_texts(face: TicketFace) -> None:
    usual = render_image(face, ROLL_80, ENGLISH)
    long = render_image(replace(face, event_title="Harbour " * 12), ROLL_80, ENGLISH)

    assert long.height() > usual.height()


def test_a_thousand_tickets_fit_their_budget(face: TicketFace, tmp_path: Path) -> None:
    faces = [replace(face, ticket_id=number, order_number=f"2026-{number}") for number in range(1_000)]

    size_bytes = write_pdf(faces, TICKET_STOCK, tmp_path / "all.pdf", ENGLISH)

    assert size_bytes == (tmp_path / "all.pdf").stat().st_size
    assert size_bytes < 4_000 * len(faces)


def test_no_ticket_is_no_print_job() -> None:
    with pytest.raises(NothingToPrint):
        pdf_bytes([], TICKET_STOCK, ENGLISH)


def test_tickets_are_drawn_the_same_on_another_thread(face: TicketFace) -> None:
    drawn: list[QImage] = []
    threads = [Thread(target=lambda: drawn.append(render_image(face, A4, ENGLISH))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert drawn == [render_image(face, A4, ENGLISH)] * 2


@EVERY_LAYOUT
@pytest.mark.parametrize(("width", "height"), [(900, 500), (333, 777)])
def test_preview_fits_its_frame_and_can_be_scanned(
    face: TicketFace, layout: Layout, width: int, height: int
) -> None:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x808080)
    painter = QPainter(image)
    paint_preview(painter, QRectF(10, 10, width - 20, height - 20), face, layout, ENGLISH)
    painter.end()
    shown = picture(image)

    assert set(shown.crop((0, 0, width, 10)).tobytes()) == {0x80}
    assert set(shown.crop((0, 0, 10, height)).tobytes()) == {0x80}
    assert set(shown.crop((width - 10, 0, width, height)).tobytes()) == {0x80}
    assert layout is A4 or codes(shown) == [qr_text(face.code)]


def ink_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(image).getbbox()
    assert box is not None
    return box


def quiet_zone(image: Image.Image) -> tuple[int, int, int, int]:
    """Return the box around the QR of a roll ticket, quiet zone included, by where a scanner finds it."""
    side = 9 * (MODULES + 2 * QUIET_MODULES)
    left = round(image.width / 2 - side / 2)
    top = next(y for y in range(image.height) if is_finder_row(image, left + 36, y)) - 36
    return left, top, left + side, top + side


def is_finder_row(image: Image.Image, x: int, y: int) -> bool:
    """Return whether the top edge of a finder pattern (seven dark modules, then a light one) begins here."""
    row = image.crop((x - 12, y, x + 80, y + 1)).tobytes()
    return set(row[16:72]) == {0} and set(row[:8]) == {255} and set(row[78:84]) == {255}


def ring_is_white(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    inner = 9 * QUIET_MODULES - 2
    sides = (
        (left, top, right, top + inner),
        (left, bottom - inner, right, bottom),
        (left, top, left + inner, bottom),
        (right - inner, top, right, bottom),
    )
    return all(set(image.crop(side).tobytes()) == {255} for side in sides)
