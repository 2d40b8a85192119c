"""Tickets on their way to paper: in the background, with a state for each, told to the desk.

A printer never undoes a sale. What did not come out stays marked and can be printed again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from boxoffice.domain.errors import Refused, Unavailable
from boxoffice.domain.ticket import PrintState
from boxoffice.usecases.desk import PrintReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from boxoffice.domain.notice import Done
    from boxoffice.domain.ticket import IssuedTicket, TicketFace
    from boxoffice.ui.freshness import Freshness
    from boxoffice.ui.tasks import Tasks
    from boxoffice.usecases.desk import Desk

_LOG = logging.getLogger(__name__)

type Report = Callable[[tuple[int, ...], PrintState, str], None]
"""Says how far these tickets have come, and what failed."""


@dataclass(frozen=True, slots=True)
class TicketPrinter:
    """A way to paper. `print` blocks until all tickets are handed over and reports on each as it goes."""

    name: Callable[[], str]
    print: Callable[[tuple[TicketFace, ...], Report], None]


@dataclass(frozen=True, slots=True)
class PrintSummary:
    """How far a number of tickets have come together."""

    total: int
    out: int
    """Printed, or handed to the printer's queue."""
    failed: tuple[int, ...]
    """Ids of those that did not come out."""
    working: bool
    detail: str

    @property
    def unprinted(self) -> int:
        """How many tickets nobody holds in hand."""
        return self.total - self.out


class Paper(QObject):
    """One printer and one queue. Tells `changed` with the ids whose state moved."""

    changed = Signal(object)
    faulted = Signal(object)
    _reported = Signal(object, object, str)
    _ended = Signal(object, object)

    def __init__(self, printer: TicketPrinter, desk: Desk, tasks: Tasks, freshness: Freshness) -> None:
        super().__init__()
        self._printer = printer
        self._desk = desk
        self._tasks = tasks
        self._freshness = freshness
        self._states: dict[int, PrintState] = {}
        self._details: dict[int, str] = {}
        self._unrecorded: list[PrintReport] = []
        self._worker = QThreadPool(self)
        self._worker.setMaxThreadCount(1)
        self._closed = False
        queued = Qt.ConnectionType.QueuedConnection
        self._reported.connect(self._take, queued)
        self._ended.connect(self._finish, queued)

    def send(self, tickets: Iterable[IssuedTicket]) -> None:
        """Print these tickets after all that were sent before them."""
        faces = tuple(ticket.face for ticket in tickets)
        if not faces or self._closed:
            return
        ids = tuple(face.ticket_id for face in faces)
        self._take(ids, PrintState.QUEUED, "")

        def run() -> None:
            error: Exception | None = None
            try:
                self._printer.print(faces, self._reported.emit)
            except Exception as raised:  # noqa: BLE001 - shown beside the tickets, and reported when a fault
                error = raised
            self._ended.emit(ids, error)

        self._worker.start(run)

    def state(self, ticket: IssuedTicket) -> PrintState | None:
        """Return how far a ticket has come: what this till saw last, else what the desk said."""
        return self._states.get(ticket.id, ticket.print_state)

    def summary(self, tickets: Iterable[IssuedTicket]) -> PrintSummary:
        """Return how far these tickets have come together."""
        states = {ticket.id: self.state(ticket) for ticket in tickets}
        failed = tuple(ticket for ticket, state in states.items() if state is PrintState.FAILED)
        out = sum(state in (PrintState.SENT, PrintState.PRINTED) for state in states.values())
        return PrintSummary(
            total=len(states),
            out=out,
            failed=failed,
            working=any(self._states.get(ticket) is PrintState.QUEUED for ticket in states),
            detail=next((self._details[ticket] for ticket in failed if self._details.get(ticket)), ""),
        )

    def record_rest(self) -> None:
        """Tell the desk again what it could not be told before."""
        reports, self._unrecorded = self._unrecorded, []
        for report in reports:
            self._record(report)

    def close(self, wait_ms: int = 5000) -> bool:
        """Drop what has not begun and let the ticket at work end. False if it did not in time."""
        self._closed = True
        self._worker.clear()
        return self._worker.waitForDone(wait_ms)

    def _take(self, ids: tuple[int, ...], state: PrintState, detail: str) -> None:
        for ticket in ids:
            self._states[ticket] = state
            self._details[ticket] = detail
        self.changed.emit(ids)

    def _finish(self, ids: tuple[int, ...], error: Exception | None) -> None:
        left = tuple(ticket for ticket in ids if self._states[ticket] is PrintState.QUEUED)
        if left:
            self._take(left, PrintState.FAILED, str(error) if error else "")
        if error is not None and not isinstance(error, Refused | Unavailable | OSError):
            _LOG.error("printing failed", exc_info=error)
            self.faulted.emit(error)
        printer = self._printer.name()
        by_end: dict[tuple[PrintState, str], list[int]] = {}
        for ticket in ids:
            by_end.setdefault((self._states[ticket], self._details[ticket]), []).append(ticket)
        for (state, detail), tickets in by_end.items():
            self._unrecorded.append(PrintReport(tuple(tickets), state, printer, detail))
        self.record_rest()

    def _record(self, report: PrintReport) -> None:
        def failed(error: Exception) -> None:
            if isinstance(error, Unavailable):
                self._unrecorded.append(report)
            else:
                _LOG.error("the state of printed tickets was refused", exc_info=error)

        def done(result: Done[None]) -> None:
            self._freshness.touched(result.touched)

        self._tasks.change(self, lambda: self._desk.record_print(report), done, failed)
