"""A window on a fake desk, and the means to work it: shared by the tests and the pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.assets import resource
from boxoffice.domain.receipt import Receipt
from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder, Report
from boxoffice.printing.layouts import A4, RECEIPT_ROLL_80
from boxoffice.printing.problems import PrintFailed
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.paper import ReceiptChoice, ReceiptPrinting, TicketPrinting
from boxoffice.ui.theme.theme import Mode, Theme
from boxoffice.ui.theme.tokens import Tokens
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW

PATIENCE_MS = 5000


def make_theme(app: QApplication, mode: Mode = Mode.LIGHT) -> Theme:
    return Theme(app, Tokens.load(resource("theme", "tokens.json")), mode)


class FakePrinter:
    """Prints onto a list. Can stop before a given ticket, and can fail."""

    def __init__(self) -> None:
        self.printed: list[TicketFace] = []
        self.reports: list[dict[str, Any]] = []
        self.stop_after: int | None = None
        self.go_on = Event()
        self.failure = ""
        self.fault: Exception | None = None
        self.installed: tuple[str, ...] = ("Demo printer", "Laser at the box office")
        self.look_gate: Event | None = None
        self.fail_look: Exception | None = None
        self.fail_save: OSError | None = None
        self.destination: Destination = InstalledPrinter("Demo printer", A4)
        self.chosen: list[Destination] = []
        self.used: list[Destination] = []
        self.rehearsed = Event()
        self.receipt_choice = ReceiptChoice(RECEIPT_ROLL_80)
        self.receipts: list[tuple[Receipt, bool]] = []
        self.receipt_failure = ""

    def look(self) -> tuple[str, ...]:
        if self.look_gate is not None:
            self.look_gate.wait(10)
        if self.fail_look is not None:
            raise self.fail_look
        return self.installed

    def choose(self, destination: Destination) -> None:
        self.destination = destination
        self.chosen.append(destination)
        if self.fail_save is not None:
            raise self.fail_save

    def print(
        self, faces: tuple[TicketFace, ...], destination: Destination, report: Report, stop: Event
    ) -> None:
        self.used.append(destination)
        if self.fault is not None:
            raise self.fault
        for number, face in enumerate(faces):
            if self.stop_after == number:
                self.go_on.wait(10)
            if stop.is_set():
                return
            if self.failure:
                report((face.ticket_id,), PrintState.FAILED, self.failure)
            else:
                self.printed.append(face)
                name = destination.path if isinstance(destination, PdfFolder) else destination.name
                report((face.ticket_id,), PrintState.PRINTED, str(name))

    def print_report(self, report: dict[str, Any], destination: Destination) -> str:
        if self.failure:
            raise PrintFailed(str(destination), self.failure)
        self.reports.append(report)
        return "Demo printer"

    def door(self) -> TicketPrinting:
        return TicketPrinting(
            self.look,
            Path("/home/anna/tickets"),
            lambda: self.destination,
            self.choose,
            self.print,
            self.print_report,
            self.rehearsed.set,
            ReceiptPrinting(lambda: self.receipt_choice, self.choose_receipts, self.print_receipt),
        )

    def choose_receipts(self, choice: ReceiptChoice) -> None:
        self.receipt_choice = choice

    def print_receipt(
        self, receipt: Receipt, is_copy: bool, report: Callable[[PrintState, str], None]
    ) -> None:
        if self.receipt_failure:
            report(PrintState.FAILED, self.receipt_failure)
            return
        self.receipts.append((receipt, is_copy))
        report(PrintState.SENT, "Demo printer")


def rest(milliseconds: int) -> None:
    """Let Qt work for a while. QTest.qWait would hold the interpreter lock and starve every worker."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(condition: Callable[[], bool]) -> None:
    """Let Qt work until the condition holds, or fail."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        assert not deadline.hasExpired(), "waited in vain"
        rest(2)


class Stage:
    """One open window."""

    def __init__(
        self,
        theme: Theme,
        world: World,
        locale: str = "en",
        size: tuple[int, int] = (1280, 800),
        printer: FakePrinter | None = None,
    ) -> None:
        self.world = world
        self.theme = theme
        self.printer = printer or FakePrinter()
        self.window = MainWindow(world.desk(), self.printer.door(), theme, Formats(locale), NOW.astimezone)
        self.window.resize(*size)
        self.sell = self.window.sell
        self.counter = self.window.sell.counter

    def open(self) -> Stage:
        self.window.show()
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        self.window.begin()
        return self

    def ready(self) -> Stage:
        """Open, and wait for the first event's tiers."""
        self.open()
        wait(lambda: self.counter.offer is not None)
        return self

    def choose(self, event_id: int) -> None:
        row = self.sell.events.model.row_of(event_id)
        self.sell.events.list.choose(row)
        wait(lambda: self.counter.offer is not None and self.counter.offer.id == event_id)

    def choose_soon(self, event_id: int) -> None:
        """Choose an event whose tiers are still on their way."""
        self.sell.events.list.choose(self.sell.events.model.row_of(event_id))

    def priced(self) -> None:
        wait(lambda: self.counter.totals is not None and not self.counter.is_pricing)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(self.window.focusWidget() or self.window, letter)

    def shows(self, name: str) -> bool:
        """Whether this part is there and to be seen; some are made when they are first wanted."""
        found = self.window.findChild(QWidget, name)
        return isinstance(found, QWidget) and found.isVisible()

    def find(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def click_at(self, name: str, x: int, y: int) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def close(self) -> None:
        for gate in (
            self.world.wait_for_price,
            self.world.wait_for_sell,
            self.world.wait_for_events,
            self.world.wait_for_offer,
            self.world.book.gate,
            self.world.waitlist.gate,
            self.world.waitlist.deed_gate,
        ):
            if gate is not None:
                gate.set()
        self.printer.go_on.set()
        if self.printer.look_gate is not None:
            self.printer.look_gate.set()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
