"""Joins the settings to the printers: where tickets go is read anew for every job."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from boxoffice.bootstrap.memory import Memory
from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder, Report
from boxoffice.printing.layouts import A4, LAYOUTS, RECEIPT_LAYOUTS, RECEIPT_ROLL_80
from boxoffice.printing.problems import FolderUnusable, PrintProblem, sentence
from boxoffice.ui.paper import ReceiptChoice, ReceiptPrinting, TicketPrinting
from boxoffice.ui.printer.sample import SampleIn, sample_face

if TYPE_CHECKING:
    from boxoffice.domain.receipt import Receipt


def ticket_printing(
    memory: Memory, folder: Path, formats: Formats, office: str, *, is_training: bool = False
) -> TicketPrinting:
    """Return the ways to paper of this computer.

    Args:
        memory: where the choices are kept.
        folder: gets the PDFs and is made for the first one.
        formats: in which tickets and receipts are worded.
        office: whose name stands on receipts, until another is typed.
        is_training: whether everything printed is marked as practice.
    """

    def chosen() -> Destination:
        printing = memory.settings.printing
        layout = LAYOUTS.get(printing.ticket_layout, A4)
        if printing.ticket_printer:
            return InstalledPrinter(printing.ticket_printer, layout)
        return PdfFolder(folder, layout)

    def choose(destination: Destination) -> None:
        printer = destination.name if isinstance(destination, InstalledPrinter) else ""
        layout = destination.layout.name
        memory.keep_printing(replace(memory.settings.printing, ticket_printer=printer, ticket_layout=layout))

    def print_(faces: tuple[TicketFace, ...], destination: Destination, report: Report, stop: Event) -> None:
        if is_training:
            faces = tuple(dataclasses.replace(face, is_training=True) for face in faces)
        if isinstance(destination, PdfFolder):
            try:
                destination.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                problem = FolderUnusable(destination.path, error.strerror or "")
                ids = tuple(face.ticket_id for face in faces)
                report(ids, PrintState.FAILED, sentence(problem, formats.locale))
                return
        from boxoffice.printing.printers import print_tickets  # noqa: PLC0415 - see below

        print_tickets(faces, destination, report, formats, stop=stop)

    def print_report(report: dict[str, Any], destination: Destination) -> str:
        from boxoffice.printing import report_output  # noqa: PLC0415 - see below

        marked = report | {"training": True} if is_training else report
        return report_output.print_report(marked, destination, formats)

    receipts = _receipt_printing(memory, folder, formats, office, is_training=is_training)
    rehearse = partial(_rehearse, formats)
    return TicketPrinting(_installed, folder, chosen, choose, print_, print_report, rehearse, receipts)


def _receipt_printing(
    memory: Memory, folder: Path, formats: Formats, office: str, *, is_training: bool
) -> ReceiptPrinting:
    def chosen() -> ReceiptChoice:
        printing = memory.settings.printing
        layout = RECEIPT_LAYOUTS.get(printing.receipt_layout, RECEIPT_ROLL_80)
        return ReceiptChoice(
            layout,
            printing.receipt_printer,
            printing.receipt_with_every_sale,
            printing.office_name,
            printing.office_imprint,
        )

    def choose(choice: ReceiptChoice) -> None:
        memory.keep_printing(
            replace(
                memory.settings.printing,
                receipt_printer=choice.printer,
                receipt_layout=choice.layout.name,
                receipt_with_every_sale=choice.with_every_sale,
                office_name=choice.office,
                office_imprint=choice.imprint,
            )
        )

    def print_(receipt: Receipt, is_copy: bool, report: Callable[[PrintState, str], None]) -> None:  # noqa: FBT001 - a slot of ReceiptPrinting
        from boxoffice.printing.receipt import ReceiptPaper  # noqa: PLC0415 - see below
        from boxoffice.printing.receipt_printers import print_receipt  # noqa: PLC0415 - see below

        choice = chosen()
        printer = choice.printer or memory.settings.printing.ticket_printer
        to = InstalledPrinter(printer, choice.layout) if printer else PdfFolder(folder, choice.layout)
        try:
            paper = ReceiptPaper(receipt, choice.office or office, is_copy, choice.imprint, is_training)
            where = print_receipt(paper, to, formats)
        except PrintProblem as problem:
            report(PrintState.FAILED, sentence(problem, formats.locale))
        else:
            report(PrintState.SENT if printer else PrintState.PRINTED, where)

    return ReceiptPrinting(chosen, choose, print_)


# Qt's printing, Pillow and the QR library take a tenth of a second to load: not while a clerk waits for the
# window, but right after it.


def _installed() -> tuple[str, ...]:
    from boxoffice.printing.printers import installed_printers  # noqa: PLC0415 - see above

    return installed_printers()


def _rehearse(formats: Formats) -> None:
    from boxoffice.printing import printers  # noqa: F401, PLC0415 - see above
    from boxoffice.printing.output import render_image  # noqa: PLC0415 - see above

    render_image(sample_face(SampleIn("", "")), A4, formats)
