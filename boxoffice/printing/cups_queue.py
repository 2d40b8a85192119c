"""Tickets as CUPS jobs: sends them and watches until each has come out, failed, or patience ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from time import monotonic

from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing import cups
from boxoffice.printing.layouts import Layout
from boxoffice.printing.output import pdf_bytes, receipt_height_mm, receipt_pdf_bytes, tallest_page_mm
from boxoffice.printing.problems import PrinterStopped, PrintFailed, PrintProblem
from boxoffice.printing.receipt import ReceiptPaper

_POLL_SECONDS = 0.25
_ENDED_BADLY = {cups.JobState.CANCELED, cups.JobState.ABORTED}
_STUCK = {cups.JobState.HELD, cups.JobState.STOPPED}


@dataclass(frozen=True, slots=True)
class Job:
    """A print job that CUPS has taken."""

    printer: str
    number: int
    ticket_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a job: printed, failed for this reason, or still "sent" because CUPS forgot it."""

    job: Job
    state: PrintState
    problem: PrintProblem | None = None


def send(order: Sequence[TicketFace], printer: str, layout: Layout, formats: Formats) -> Job:
    """Hand the tickets of one order to a printer's queue.

    Raises:
        PrinterMissing: CUPS knows no such printer.
        PrinterStopped: its queue is halted or takes no jobs; nothing was sent.
        PrintFailed: CUPS refused the job or cannot be reached.
    """
    _require_running(printer)
    pdf = pdf_bytes(order, layout, formats, dpi=_dpi(printer))
    options = _options(layout, tallest_page_mm(order, layout, formats))
    number = cups.submit(printer, pdf, order[0].order_number, options)
    return Job(printer, number, tuple(face.ticket_id for face in order))


def send_receipt(paper: ReceiptPaper, printer: str, layout: Layout, formats: Formats) -> None:
    """Hand a receipt to a printer's queue, which is not watched: it can be printed again at any time.

    Raises:
        PrinterMissing, PrinterStopped, PrintFailed: as `send`.
    """
    _require_running(printer)
    pdf = receipt_pdf_bytes(paper, layout, formats, dpi=_dpi(printer))
    title = f"{paper.receipt.till} {paper.receipt.number}"
    cups.submit(printer, pdf, title, _options(layout, receipt_height_mm(paper, layout, formats)))


def _require_running(printer: str) -> None:
    queue = cups.queue_state(printer)
    if queue.stopped or not queue.accepting:
        raise PrinterStopped(printer, queue.reason)


def watch(jobs: Sequence[Job], stop: Event, patience_seconds: float) -> Iterator[Ended]:
    """Yield each job as it ends; those still under way when patience is over or `stop` is set are left out.

    While CUPS does not answer (it is restarted, say) nothing is known and nothing is claimed.
    """
    patient_until = monotonic() + patience_seconds
    left = list(jobs)
    while left:
        for job in tuple(left):
            try:
                ended = _look(job)
            except PrintProblem:
                continue
            if ended:
                left.remove(job)
                yield ended
        if not left or monotonic() >= patient_until or stop.wait(_POLL_SECONDS):
            return


def _look(job: Job) -> Ended | None:
    state = cups.job_state(job.printer, job.number)
    if state is None:
        return Ended(job, PrintState.SENT)
    if state is cups.JobState.COMPLETED:
        return Ended(job, PrintState.PRINTED)
    queue = cups.queue_state(job.printer)
    if state in _ENDED_BADLY:
        return Ended(job, PrintState.FAILED, PrintFailed(job.printer, queue.reason))
    if state in _STUCK or queue.stopped:
        return _withdraw(job, queue.reason)
    return None


def _withdraw(job: Job, reason: str) -> Ended | None:
    """Take a job that cannot go on out of the queue.

    Left there it would come out later, beside the tickets printed again in its place.
    """
    cups.cancel(job.printer, job.number)
    after = cups.job_state(job.printer, job.number)
    if after is cups.JobState.COMPLETED:
        return Ended(job, PrintState.PRINTED)
    if after in _ENDED_BADLY:
        return Ended(job, PrintState.FAILED, PrinterStopped(job.printer, reason))
    return None


def _dpi(printer: str) -> int:
    return QPrinter(QPrinterInfo.printerInfo(printer), QPrinter.PrinterMode.HighResolution).resolution()


def _options(layout: Layout, height_mm: float) -> dict[str, str]:
    """Return what keeps CUPS from scaling: a QR must stay in whole dots."""
    return {"print-scaling": "none", "media": f"Custom.{layout.paper_width_mm:g}x{height_mm:.1f}mm"}
