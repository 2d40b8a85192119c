"""Joins the settings to the printers: where tickets go is read anew for every job."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

from boxoffice.bootstrap.memory import Memory
from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder, Report
from boxoffice.printing.layouts import A4, LAYOUTS
from boxoffice.printing.problems import FolderUnusable, sentence
from boxoffice.settings import PrintingSettings
from boxoffice.ui.paper import TicketPrinting
from boxoffice.ui.printer.sample import SampleIn, sample_face


def ticket_printing(memory: Memory, folder: Path, formats: Formats) -> TicketPrinting:
    """Return the ways to paper of this computer; `folder` gets the PDFs and is made for the first one."""

    def chosen() -> Destination:
        printing = memory.settings.printing
        layout = LAYOUTS.get(printing.ticket_layout, A4)
        if printing.ticket_printer:
            return InstalledPrinter(printing.ticket_printer, layout)
        return PdfFolder(folder, layout)

    def choose(destination: Destination) -> None:
        printer = destination.name if isinstance(destination, InstalledPrinter) else ""
        layout = destination.layout.name
        memory.keep_printing(PrintingSettings(ticket_printer=printer, ticket_layout=layout))

    def print_(faces: tuple[TicketFace, ...], destination: Destination, report: Report, stop: Event) -> None:
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

        return report_output.print_report(report, destination, formats)

    return TicketPrinting(
        _installed, folder, chosen, choose, print_, print_report, lambda: _rehearse(formats)
    )


# Qt's printing, Pillow and the QR library take a tenth of a second to load: not while a clerk waits for the
# window, but right after it.


def _installed() -> tuple[str, ...]:
    from boxoffice.printing.printers import installed_printers  # noqa: PLC0415 - see above

    return installed_printers()


def _rehearse(formats: Formats) -> None:
    from boxoffice.printing import printers  # noqa: F401, PLC0415 - see above
    from boxoffice.printing.output import render_image  # noqa: PLC0415 - see above

    render_image(sample_face(SampleIn("", "")), A4, formats)
