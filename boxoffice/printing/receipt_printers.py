"""Sends receipts to where they are printed: an installed printer, or the folder that collects PDFs.

Blocks; meant for a worker thread.
"""

from __future__ import annotations

import re
import sys
from itertools import count
from pathlib import Path

from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from boxoffice.formats import Formats
from boxoffice.printing import cups_queue
from boxoffice.printing.destinations import Destination, PdfFolder
from boxoffice.printing.output import paint_receipt, receipt_pdf_bytes
from boxoffice.printing.problems import FolderUnusable, PrinterMissing, PrintFailed
from boxoffice.printing.receipt import ReceiptPaper
from boxoffice.printing.receipt_words import receipt_words
from boxoffice.printing.ticket_texts import printable
from boxoffice.printing.whole_file import write_whole

_NAME = 60


def print_receipt(paper: ReceiptPaper, destination: Destination, formats: Formats) -> str:
    """Print a receipt; return the printer that took it, or the file that it became.

    Raises:
        PrintProblem: one of its kinds; nothing came out.
    """
    if isinstance(destination, PdfFolder):
        return str(_save(paper, destination, formats))
    if sys.platform == "win32":
        _print_by_driver(paper, destination.name, destination, formats)
    else:
        cups_queue.send_receipt(paper, destination.name, destination.layout, formats)
    return destination.name


def _save(paper: ReceiptPaper, folder: PdfFolder, formats: Formats) -> Path:
    receipt = paper.receipt
    words = (receipt_words(formats.locale).titles[receipt.kind], receipt.till, f"{receipt.number:06}")
    stem = re.sub(r"[\W_]+", "-", printable(" ".join(words))).strip("-")[:_NAME]
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = next(
            path
            for number in count(1)
            if not (path := folder.path / f"{stem}{f'-{number}' if number > 1 else ''}.pdf").exists()
        )
        write_whole(path, receipt_pdf_bytes(paper, folder.layout, formats))
    except OSError as error:
        raise FolderUnusable(folder.path, error.strerror or "") from error
    return path


def _print_by_driver(paper: ReceiptPaper, name: str, destination: Destination, formats: Formats) -> None:
    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise PrinterMissing(name)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setFullPage(True)
    painted = paint_receipt(device, paper, destination.layout, formats)
    if not painted or device.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
        raise PrintFailed(name, "")
