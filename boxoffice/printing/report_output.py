"""A till's report as preview, PDF and paper. Blocks for some milliseconds; any thread may call it."""

from __future__ import annotations

import re
import sys
from itertools import count
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from boxoffice.formats import Formats
from boxoffice.printing import cups
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder
from boxoffice.printing.drawing import Page
from boxoffice.printing.layouts import Layout
from boxoffice.printing.output import MM_PER_INCH, TICKET_PRINTER_DPI
from boxoffice.printing.painter import paint_page
from boxoffice.printing.problems import FolderUnusable, PrinterMissing, PrinterStopped, PrintFailed
from boxoffice.printing.report_pages import report_layout, report_pages
from boxoffice.printing.report_texts import Report, report_name
from boxoffice.printing.ticket_texts import printable
from boxoffice.printing.typesetting import Typesetter
from boxoffice.printing.whole_file import write_whole


def report_image(report: Report, layout: Layout, formats: Formats, dots_per_mm: float) -> QImage:
    """Return the report's first page on this paper as a picture, black on white."""
    setter = Typesetter()
    page = report_pages(report, layout, formats, setter)[0]
    size = (round(page.width_mm * dots_per_mm), round(page.height_mm * dots_per_mm))
    image = QImage(*size, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_page(painter, page, setter, dots_per_mm)
    painter.end()
    return image


def report_pdf(report: Report, layout: Layout, formats: Formats) -> bytes:
    """Return the report as a PDF on this paper."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(TICKET_PRINTER_DPI)
    writer.setCreator("Box Office")
    writer.setTitle(f"{printable(report['till'])} {report_name(report)}")
    _paint(writer, report, layout, formats)
    return bytes(buffer.data().data())


def print_report(report: Report, destination: Destination, formats: Formats) -> str:
    """Print a report where tickets go and return where that was: a printer's name, or the new file's path.

    Raises:
        FolderUnusable: the folder is missing, not writable or full.
        PrinterMissing, PrinterStopped, PrintFailed: the printer did not take it.
    """
    layout = report_layout(destination.layout)
    match destination:
        case PdfFolder():
            return str(_save(report, destination.path, layout, formats))
        case InstalledPrinter() if sys.platform == "win32":
            _print_by_driver(report, destination.name, layout, formats)
        case InstalledPrinter():
            _print_by_cups(report, destination.name, layout, formats)
    return destination.name


def _save(report: Report, folder: Path, layout: Layout, formats: Formats) -> Path:
    stem = "-".join(re.sub(r"[\W_]+", "-", text).strip("-") for text in
                    (report_name(report), printable(report["till"])[:40]))  # fmt: skip
    path = next(
        path
        for number in count(1)
        if not (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.pdf").exists()
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, report_pdf(report, layout, formats))
    except OSError as error:
        raise FolderUnusable(folder, error.strerror or "") from error
    return path


def _print_by_driver(report: Report, printer: str, layout: Layout, formats: Formats) -> None:
    info = QPrinterInfo.printerInfo(printer)
    if info.isNull():
        raise PrinterMissing(printer)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setDocName(report_name(report))
    device.setFullPage(True)
    if not _paint(device, report, layout, formats):
        raise PrintFailed(printer, "")


def _print_by_cups(report: Report, printer: str, layout: Layout, formats: Formats) -> None:
    queue = cups.queue_state(printer)
    if queue.stopped or not queue.accepting:
        raise PrinterStopped(printer, queue.reason)
    page = report_pages(report, layout, formats, Typesetter())[0]
    media = f"Custom.{page.width_mm:g}x{page.height_mm:.1f}mm"
    options = {"print-scaling": "none", "media": media}
    cups.submit(printer, report_pdf(report, layout, formats), report_name(report), options)


def _paint(device: QPagedPaintDevice, report: Report, layout: Layout, formats: Formats) -> bool:
    """Paint every page; False when the device gave up."""
    setter = Typesetter()
    painter = QPainter()
    for page in report_pages(report, layout, formats, setter):
        _set_page(device, page)
        if not (device.newPage() if painter.isActive() else painter.begin(device)):
            return False
        paint_page(painter, page, setter, device.logicalDpiX() / MM_PER_INCH)
    return painter.end()


def _set_page(device: QPagedPaintDevice, page: Page) -> None:
    size = QPageSize(QSizeF(page.width_mm, page.height_mm), QPageSize.Unit.Millimeter)
    device.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
