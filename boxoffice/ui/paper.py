"""Tickets on their way to paper: in the background, with a state for each, told to the desk.

A printer never undoes a sale. What did not come out stays marked and can be printed again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from boxoffice.domain.errors import Unavailable
from boxoffice.domain.ticket import PrintState
from boxoffice.language import tr
from boxoffice.printing.destinations import InstalledPrinter
from boxoffice.printing.layouts import RECEIPT_ROLL_80, Layout
from boxoffice.usecases.desk import PrintReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from boxoffice.domain.receipt import Receipt
    from boxoffice.domain.ticket import IssuedTicket, TicketFace
    from boxoffice.printing.destinations import Destination, Report
    from boxoffice.ui.freshness import Freshness
    from boxoffice.usecases.desk import Desk

_LOG = logging.getLogger(__name__)

_JOBS_AT_ONCE = 4
"""A job may be watched for a minute after it was handed over; the next sale's must not wait for that."""


@dataclass(frozen=True, slots=True)
class ReceiptChoice:
    """How receipts are printed at this computer; an empty printer: where tickets go."""

    layout: Layout
    printer: str = ""
    with_every_sale: bool = False
    office: str = ""
    """The box office's name, as customers read it."""
    imprint: str = ""
    """Its address, its tax number."""


@dataclass(frozen=True, slots=True)
class ReceiptPrinting:
    """How receipts are printed here, and how to do it."""

    chosen: Callable[[], ReceiptChoice]
    choose: Callable[[ReceiptChoice], None]
    """From the next receipt on. Raises OSError when the choice holds but cannot be remembered."""
    print: Callable[[Receipt, bool, Callable[[PrintState, str], None]], None]
    """Print it, or with True a copy of it; blocks, and reports how it went: the printer, file or failure."""


def no_receipts() -> ReceiptPrinting:
    """Return the way of a computer that prints none."""
    choice = ReceiptChoice(RECEIPT_ROLL_80)
    return ReceiptPrinting(lambda: choice, lambda _: None, lambda _receipt, _copy, _report: None)


@dataclass(frozen=True, slots=True)
class TicketPrinting:
    """The ways to paper that this computer has, which of them is chosen, and how to go it."""

    installed: Callable[[], tuple[str, ...]]
    """Names of the printers that there are now; blocks."""
    pdf_folder: Path
    """Where tickets go as PDF files when no printer is chosen."""
    chosen: Callable[[], Destination]
    choose: Callable[[Destination], None]
    """From the next ticket on. Raises OSError when the choice holds but cannot be remembered."""
    print: Callable[[tuple[TicketFace, ...], Destination, Report, Event], None]
    """Blocks, reports on each ticket, and ends early once the event is set."""
    print_report: Callable[[dict[str, Any], Destination], str]
    """Print a till's report and return where; blocks. Raises PrintProblem."""
    rehearse: Callable[[], None]
    """Load and try, into the void, what the first ticket will need; blocks."""
    receipts: ReceiptPrinting = field(default_factory=no_receipts)


def printer_name(destination: Destination) -> str:
    """Return what people call this way to paper."""
    return destination.name if isinstance(destination, InstalledPrinter) else tr("PDF files")


@dataclass(frozen=True, slots=True)
class PrintSummary:
    """How far a number of tickets have come together."""

    total: int
    out: int
    """Printed, or handed to the printer's queue."""
    sent: int
    """Handed to the printer's queue; nobody has said yet that they came out."""
    failed: tuple[int, ...]
    """Ids of those that did not come out."""
    working: bool
    detail: str

    @property
    def unprinted(self) -> int:
        """How many tickets nobody holds in hand."""
        return self.total - self.out


class Paper(QObject):
    """Prints where the clerk has chosen. Tells `changed` with the ids whose state moved."""

    changed = Signal(object)
    tested = Signal(object, object, str)
    """How far a test ticket has come: its destination, its PrintState, and the file or what failed."""
    receipt_told = Signal(object, object, str)
    """How far a receipt has come: the Receipt, its PrintState, and the printer or file or what failed."""
    faulted = Signal(object)
    _reported = Signal(object, object, str)
    _ended = Signal(object, object)
    _recorded = Signal(object)

    def __init__(self, printing: TicketPrinting, desk: Desk, freshness: Freshness, parent: QObject) -> None:
        super().__init__(parent)
        self._printing = printing
        self._desk = desk
        self._states: dict[int, PrintState] = {}
        self._details: dict[int, str] = {}
        self._unrecorded: list[PrintReport] = []
        self._receipts: set[tuple[str, int]] = set()
        self._lock = Lock()
        self._stop = Event()
        self._workers = QThreadPool(self)
        self._workers.setMaxThreadCount(_JOBS_AT_ONCE)
        queued = Qt.ConnectionType.QueuedConnection
        self._reported.connect(self._take, queued)
        self._ended.connect(self._finish, queued)
        self._recorded.connect(freshness.touched, queued)

    def rehearse(self) -> None:
        """Let the first ticket come out as quickly as all others."""
        self._workers.start(self._printing.rehearse)

    def send(self, tickets: Iterable[IssuedTicket]) -> None:
        """Print these tickets in the background."""
        faces = tuple(ticket.face for ticket in tickets)
        if not faces or self._stop.is_set():
            return
        ids = tuple(face.ticket_id for face in faces)
        destination = self._printing.chosen()
        self._take(ids, PrintState.QUEUED, "")
        self._workers.start(lambda: self._print(ids, faces, destination))

    def test(self, face: TicketFace) -> None:
        """Print a ticket that nobody bought where tickets go now; the desk is not told."""
        destination = self._printing.chosen()
        self._workers.start(lambda: self._print_test(face, destination))

    def print_report(self, report: dict[str, Any]) -> str:
        """Print a till's report where tickets go now, and return where that was; for a worker thread.

        Raises:
            PrintProblem: it did not come out.
        """
        return self._printing.print_report(report, self._printing.chosen())

    @property
    def receipts_with_every_sale(self) -> bool:
        """Whether each sale's receipt is printed without being asked for."""
        return self._printing.receipts.chosen().with_every_sale

    def send_receipt(self, receipt: Receipt, *, is_new: bool) -> None:
        """Print a receipt in the background; nothing depends on it, it can be printed again at any time.

        All but the first one of a new deed are copies, and say so.
        """
        if self._stop.is_set():
            return
        name = (receipt.till, receipt.number)
        is_copy = not is_new or name in self._receipts
        self._receipts.add(name)
        self.receipt_told.emit(receipt, PrintState.QUEUED, "")
        self._workers.start(lambda: self._print_receipt(receipt, is_copy=is_copy))

    def state(self, ticket: IssuedTicket) -> PrintState | None:
        """Return how far a ticket has come: what this till saw last, else what the desk said."""
        return self._states.get(ticket.id, ticket.print_state)

    def summary(self, tickets: Iterable[IssuedTicket]) -> PrintSummary:
        """Return how far these tickets have come together."""
        states = {ticket.id: self.state(ticket) for ticket in tickets}
        failed = tuple(ticket for ticket, state in states.items() if state is PrintState.FAILED)
        sent = sum(state is PrintState.SENT for state in states.values())
        return PrintSummary(
            total=len(states),
            out=sent + sum(state is PrintState.PRINTED for state in states.values()),
            sent=sent,
            failed=failed,
            working=any(self._states.get(ticket) is PrintState.QUEUED for ticket in states),
            detail=next((self._details[ticket] for ticket in failed if self._details.get(ticket)), ""),
        )

    def record_rest(self) -> None:
        """Tell the desk, in the background, what it could not be told before."""
        with self._lock:
            reports, self._unrecorded = self._unrecorded, []
        for report in reports:
            self._workers.start(partial(self._record, report))

    def close(self, wait_ms: int = 5000) -> bool:
        """Drop what has not begun and let what is at work end. False if it did not in time."""
        self._stop.set()
        self._workers.clear()
        return self._workers.waitForDone(wait_ms)

    # --- on a worker ---------------------------------------------------------------------------

    def _print(self, ids: tuple[int, ...], faces: tuple[TicketFace, ...], destination: Destination) -> None:
        left = set(ids)

        def report(done: tuple[int, ...], state: PrintState, detail: str) -> None:
            self._reported.emit(done, state, detail)
            if state is not PrintState.QUEUED:
                left.difference_update(done)
                self._record(PrintReport(done, state, printer_name(destination), detail))

        error: Exception | None = None
        try:
            self._printing.print(faces, destination, report, self._stop)
        except Exception as raised:  # noqa: BLE001 - shown beside the tickets, and reported when a fault
            error = raised
        if left and error is not None:
            report(tuple(sorted(left)), PrintState.FAILED, "")
        self._ended.emit(ids, error)

    def _print_test(self, face: TicketFace, destination: Destination) -> None:
        def report(_: tuple[int, ...], state: PrintState, detail: str) -> None:
            self.tested.emit(destination, state, detail)

        try:
            self._printing.print((face,), destination, report, self._stop)
        except Exception as raised:  # noqa: BLE001 - shown beside the button, and reported as a fault
            self.tested.emit(destination, PrintState.FAILED, "")
            if not isinstance(raised, Unavailable):
                _LOG.error("printing a test ticket failed", exc_info=raised)
                self.faulted.emit(raised)

    def _print_receipt(self, receipt: Receipt, *, is_copy: bool) -> None:
        def report(state: PrintState, detail: str) -> None:
            self.receipt_told.emit(receipt, state, detail)

        try:
            self._printing.receipts.print(receipt, is_copy, report)
        except Exception as raised:  # noqa: BLE001 - shown beside the button, and reported as a fault
            report(PrintState.FAILED, "")
            _LOG.error("printing a receipt failed", exc_info=raised)
            self.faulted.emit(raised)

    def _record(self, report: PrintReport) -> None:
        try:
            done = self._desk.record_print(report)
        except Unavailable:
            # The tickets are out all the same; the desk is told as soon as it can be.
            with self._lock:
                self._unrecorded.append(report)
        else:
            self._recorded.emit(done.touched)

    # --- on the GUI thread ---------------------------------------------------------------------

    def _take(self, ids: tuple[int, ...], state: PrintState, detail: str) -> None:
        for ticket in ids:
            self._states[ticket] = state
            self._details[ticket] = detail
        self.changed.emit(ids)

    def _finish(self, ids: tuple[int, ...], error: Exception | None) -> None:
        left = tuple(ticket for ticket in ids if self._states[ticket] is PrintState.QUEUED)
        if left:
            self._take(left, PrintState.FAILED, "")
        if error is not None and not isinstance(error, Unavailable):
            _LOG.error("printing failed", exc_info=error)
            self.faulted.emit(error)
