"""Sends tickets to where the till prints: an installed printer, or a folder that collects PDFs.

Blocks; meant for a worker thread. Problems with paper never leave as exceptions: they are reported as failed,
with a sentence, for each ticket.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import count, groupby
from pathlib import Path
from threading import Event

from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing import cups_queue
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder, Report
from boxoffice.printing.output import paint_pages, write_pdf
from boxoffice.printing.problems import FolderUnusable, PrinterMissing, PrintFailed, PrintProblem, sentence
from boxoffice.printing.ticket_texts import printable

PATIENCE_SECONDS = 60
"""How long a job in a queue is watched before it is left at "sent"."""

_TITLE_IN_NAME = 40


def installed_printers() -> tuple[str, ...]:
    """Return the names of the system's printers, the default one first; slow where it asks the network."""
    default = QPrinterInfo.defaultPrinterName()
    return tuple(sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: (name != default, name)))


def print_tickets(
    faces: Sequence[TicketFace],
    destination: Destination,
    report: Report,
    formats: Formats,
    *,
    stop: Event | None = None,
) -> None:
    """Print tickets, one job for each order, and report on every one: queued, sent, then printed or failed.

    A printer's job is watched until it has ended, PATIENCE_SECONDS are over or `stop` is set; then it stays
    "sent". Where the system does not tell (Windows) it stays "sent" at once.
    """
    report(_ids(faces), PrintState.QUEUED, "")
    orders = [tuple(order) for _, order in groupby(faces, key=lambda face: face.order_number)]
    watched: list[cups_queue.Job] = []
    for order in orders:
        try:
            match destination:
                case PdfFolder():
                    path = save_in_folder(order, destination, formats)
                    report(_ids(order), PrintState.PRINTED, str(path))
                case InstalledPrinter() if sys.platform == "win32":
                    print_by_driver(order, destination, formats)
                    report(_ids(order), PrintState.SENT, destination.name)
                case InstalledPrinter():
                    watched.append(cups_queue.send(order, destination.name, destination.layout, formats))
                    report(_ids(order), PrintState.SENT, destination.name)
        except PrintProblem as problem:
            report(_ids(order), PrintState.FAILED, sentence(problem, formats.locale))
    for ended in cups_queue.watch(watched, stop or Event(), PATIENCE_SECONDS):
        said = sentence(ended.problem, formats.locale) if ended.problem else ended.job.printer
        report(ended.job.ticket_ids, ended.state, said)


def save_in_folder(order: Sequence[TicketFace], folder: PdfFolder, formats: Formats) -> Path:
    """Write the tickets of one order into a new PDF named after the order and its event, and return its path.

    Raises:
        FolderUnusable: the folder is missing, not writable or full.
    """
    stem = "-".join(filter(None, (_in_file_name(order[0].order_number), _in_file_name(order[0].event_title))))
    try:
        path = next(
            path
            for number in count(1)
            if not (path := folder.path / f"{stem}{f'-{number}' if number > 1 else ''}.pdf").exists()
        )
        write_pdf(order, folder.layout, path, formats)
    except OSError as error:
        raise FolderUnusable(folder.path, error.strerror or "") from error
    return path


def print_by_driver(order: Sequence[TicketFace], printer: InstalledPrinter, formats: Formats) -> None:
    """Print one order through Qt and the printer's own driver, which tells no more than that it took the job.

    Raises:
        PrinterMissing: the system knows no such printer.
        PrintFailed: the driver gave up.
    """
    info = QPrinterInfo.printerInfo(printer.name)
    if info.isNull():
        raise PrinterMissing(printer.name)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setDocName(order[0].order_number)
    device.setFullPage(True)
    painted = paint_pages(device, order, printer.layout, formats)
    if not painted or device.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
        raise PrintFailed(printer.name, "")


def _ids(faces: Sequence[TicketFace]) -> tuple[int, ...]:
    return tuple(face.ticket_id for face in faces)


def _in_file_name(text: str) -> str:
    """Return letters and digits of any script joined by dashes, short enough for every file system."""
    return re.sub(r"[\W_]+", "-", printable(text)).strip("-")[:_TITLE_IN_NAME].strip("-")
