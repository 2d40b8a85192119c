"""What can go wrong between a sale and its paper. The sale stands whatever happens here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import Unavailable


class PrintProblem(Unavailable):
    """Tickets did not come out; print them again."""


@dataclass(eq=False)
class PrinterMissing(PrintProblem):
    """The system knows no printer of this name."""

    printer: str


@dataclass(eq=False)
class PrinterStopped(PrintProblem):
    """The printer's queue has been halted; `reason` is the system's own word for why, or empty."""

    printer: str
    reason: str


@dataclass(eq=False)
class PrintFailed(PrintProblem):
    """The printer or the system's print service refused or gave up; `reason` is its own word, or empty."""

    printer: str
    reason: str


@dataclass(eq=False)
class FolderUnusable(PrintProblem):
    """The PDF could not be written: the folder is missing, closed to us, or its disk is full."""

    folder: Path
    reason: str


def sentence(problem: PrintProblem, locale: str) -> str:
    """Return what the clerk reads beside a ticket that did not come out, in English or German."""
    german = locale.startswith("de")
    match problem:
        case PrinterMissing(printer):
            return f"Der Drucker „{printer}“ fehlt." if german else f"There is no printer “{printer}”."
        case PrinterStopped(printer, reason):
            said = f"Der Drucker „{printer}“ ist angehalten" if german else f"Printer “{printer}” is stopped"
        case PrintFailed(printer, reason):
            said = f"„{printer}“ hat nicht gedruckt" if german else f"“{printer}” did not print"
        case FolderUnusable(folder, reason):
            said = f"Kein Speichern in {folder}" if german else f"Cannot save in {folder}"
        case _:
            raise TypeError(problem)
    return f"{said}: {reason}." if reason else f"{said}."
