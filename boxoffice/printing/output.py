"""Tickets and receipts as PDF, image and preview. Blocks for milliseconds a page; any thread may call it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.drawing import Page
from boxoffice.printing.layouts import Layout
from boxoffice.printing.pages import pages
from boxoffice.printing.painter import paint_page
from boxoffice.printing.receipt import ReceiptPaper, receipt_pages
from boxoffice.printing.typesetting import Typesetter
from boxoffice.printing.whole_file import write_whole

TICKET_PRINTER_DPI = 203
"""What most ticket and receipt printers have; a PDF's QRs lie on this grid unless told otherwise."""

MM_PER_INCH = 25.4


class NothingToPrint(ValueError):
    """A print job needs at least one ticket."""


def render_image(
    face: TicketFace,
    layout: Layout,
    formats: Formats,
    *,
    dpi: float = TICKET_PRINTER_DPI,
    mono: bool = False,
) -> QImage:
    """Return the page of one ticket as a picture: 8-bit grey, or 1-bit black and white for a thermal head."""
    setter = Typesetter()
    return _image(next(pages([face], layout, formats, setter)), setter, dpi, mono=mono)


def render_receipt_images(
    paper: ReceiptPaper,
    layout: Layout,
    formats: Formats,
    *,
    dpi: float = TICKET_PRINTER_DPI,
    mono: bool = False,
) -> list[QImage]:
    """Return the pages of a receipt as pictures, as `render_image` does a ticket's."""
    setter = Typesetter()
    return [_image(page, setter, dpi, mono=mono) for page in receipt_pages(paper, layout, formats, setter)]


def _image(page: Page, setter: Typesetter, dpi: float, *, mono: bool) -> QImage:
    dots_per_mm = dpi / MM_PER_INCH
    image = QImage(
        round(page.width_mm * dots_per_mm),
        round(page.height_mm * dots_per_mm),
        QImage.Format.Format_Grayscale8,
    )
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_page(painter, page, setter, dots_per_mm)
    painter.end()
    if not mono:
        return image
    return image.convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)


def paint_preview(
    painter: QPainter, target: QRectF, face: TicketFace, layout: Layout, formats: Formats
) -> None:
    """Draw the page of one ticket as large as fits into the middle of `target`, on white."""
    setter = Typesetter()
    page = next(pages([face], layout, formats, setter))
    scale = min(target.width() / page.width_mm, target.height() / page.height_mm)
    sheet = QRectF(0, 0, page.width_mm * scale, page.height_mm * scale)
    sheet.moveCenter(target.center())
    painter.save()
    painter.fillRect(sheet, Qt.GlobalColor.white)
    painter.translate(sheet.topLeft())
    paint_page(painter, page, setter, scale)
    painter.restore()


def pdf_bytes(
    faces: Sequence[TicketFace], layout: Layout, formats: Formats, *, dpi: float = TICKET_PRINTER_DPI
) -> bytes:
    """Return a PDF of these tickets, its QRs in whole dots of a printer of `dpi`.

    Raises:
        NothingToPrint: there is no ticket.
    """
    if not faces:
        raise NothingToPrint
    setter = Typesetter()
    return _pdf(pages(faces, layout, formats, setter), setter, faces[0].order_number, dpi)


def receipt_pdf_bytes(
    paper: ReceiptPaper, layout: Layout, formats: Formats, *, dpi: float = TICKET_PRINTER_DPI
) -> bytes:
    """Return a PDF of a receipt."""
    setter = Typesetter()
    made = receipt_pages(paper, layout, formats, setter)
    return _pdf(made, setter, f"{paper.receipt.till} {paper.receipt.number}", dpi)


def _pdf(made: Iterable[Page], setter: Typesetter, title: str, dpi: float) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(round(dpi))
    writer.setCreator("Box Office")
    writer.setTitle(title)
    _paint_on(writer, made, setter)
    return bytes(buffer.data().data())


def write_pdf(
    faces: Sequence[TicketFace],
    layout: Layout,
    path: Path,
    formats: Formats,
    *,
    dpi: float = TICKET_PRINTER_DPI,
) -> int:
    """Write a PDF of these tickets and return its size in bytes.

    The file appears whole or not at all.

    Raises:
        NothingToPrint: there is no ticket.
        OSError: the folder is missing, not writable or full.
    """
    data = pdf_bytes(faces, layout, formats, dpi=dpi)
    write_whole(path, data)
    return len(data)


def paint_pages(
    device: QPagedPaintDevice, faces: Sequence[TicketFace], layout: Layout, formats: Formats
) -> bool:
    """Paint these tickets page by page onto a PDF writer or printer; False when the device gave up."""
    setter = Typesetter()
    return _paint_on(device, pages(faces, layout, formats, setter), setter)


def paint_receipt(device: QPagedPaintDevice, paper: ReceiptPaper, layout: Layout, formats: Formats) -> bool:
    """Paint a receipt onto a PDF writer or printer; False when the device gave up."""
    setter = Typesetter()
    return _paint_on(device, receipt_pages(paper, layout, formats, setter), setter)


def _paint_on(device: QPagedPaintDevice, made: Iterable[Page], setter: Typesetter) -> bool:
    dots_per_mm = device.logicalDpiX() / MM_PER_INCH
    painter = QPainter()
    for page in made:
        _set_page(device, page)
        if painter.isActive():
            if not device.newPage():
                painter.end()
                return False
        elif not painter.begin(device):
            return False
        paint_page(painter, page, setter, dots_per_mm)
    return painter.end()


def tallest_page_mm(faces: Sequence[TicketFace], layout: Layout, formats: Formats) -> float:
    """Return the height of the paper that these tickets need; on a roll it follows the longest."""
    setter = Typesetter()
    return layout.paper_height_mm or max(page.height_mm for page in pages(faces, layout, formats, setter))


def receipt_height_mm(paper: ReceiptPaper, layout: Layout, formats: Formats) -> float:
    """Return the height of the paper that a receipt needs."""
    return layout.paper_height_mm or next(receipt_pages(paper, layout, formats, Typesetter())).height_mm


def _set_page(device: QPagedPaintDevice, page: Page) -> None:
    size = QPageSize(QSizeF(page.width_mm, page.height_mm), QPageSize.Unit.Millimeter)
    orientation = QPageLayout.Orientation.Portrait
    device.setPageLayout(QPageLayout(size, orientation, QMarginsF(0, 0, 0, 0)))
