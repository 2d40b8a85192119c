"""Joins the settings to the printers: where tickets go is read anew for every job."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from boxoffice.bootstrap.memory import Memory
from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.layouts import A4, LAYOUTS
from boxoffice.printing.printers import (
    Destination,
    InstalledPrinter,
    PdfFolder,
    Report,
    installed_printers,
    print_tickets,
)
from boxoffice.printing.problems import FolderUnusable, sentence
from boxoffice.settings import PrintingSettings
from boxoffice.ui.paper import TicketPrinting


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
        print_tickets(faces, destination, report, formats, stop=stop)

    return TicketPrinting(installed_printers, folder, chosen, choose, print_)
