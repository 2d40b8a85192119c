"""The panel over the window where the clerk chooses printer and paper; what is picked holds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.printing.destinations import InstalledPrinter, PdfFolder
from boxoffice.ui.frame.overlay import Overlay
from boxoffice.ui.paper import printer_name
from boxoffice.ui.printer.destinations import DestinationList, rows
from boxoffice.ui.printer.papers import PaperButtons
from boxoffice.ui.printer.preview import PaperPreview
from boxoffice.ui.printer.receipts import ReceiptSettings
from boxoffice.ui.printer.sample import SampleIn, sample_face
from boxoffice.ui.printer.trial import Trial
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text, panel
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from boxoffice.domain.ticket import PrintState
    from boxoffice.printing.destinations import Destination
    from boxoffice.printing.layouts import Layout
    from boxoffice.ui.context import Context
    from boxoffice.ui.paper import ReceiptChoice, TicketPrinting
    from boxoffice.ui.printer.destinations import Row

_CARD_PX = 880
_CHOICES_PX = 344


class PrinterPanel(Overlay):
    """Covers its parent while it is open. Tells `chosen` with the Destination."""

    chosen = Signal(object)

    def __init__(self, context: Context, printing: TicketPrinting, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._printing = printing
        self._installed: tuple[str, ...] | None = None
        theme = context.theme
        identity = context.desk.identity
        self._face = sample_face(SampleIn(identity.office, identity.till))
        self.setObjectName("printer_panel")
        self.setAccessibleName(tr("Printer and paper"))
        self._close = IconButton(theme, "printer_panel_close", "x", "", Kind.QUIET)
        self._close.setAccessibleName(tr("Close"))
        self._close.setToolTip(tr("Close (Esc)"))
        self._again = IconButton(theme, "paper_printers_again", "refresh-cw", "", Kind.QUIET)
        self._again.setAccessibleName(tr("Look for printers again"))
        self._again.setToolTip(tr("Look for printers again (F5)"))
        self._again.setShortcut("F5")
        self._list = DestinationList(theme)
        self._state = Text(theme, Style.SMALL, Tone.MUTED).wrapping()
        self._state.setObjectName("paper_printers_state")
        self._papers = PaperButtons(theme)
        self._unsaved = Notice(theme, "paper_unsaved", Tone.WARN)
        self._trial = Trial(theme)
        self._receipts = ReceiptSettings(theme, printing.receipts.chosen())
        self._preview = PaperPreview(theme, self._face, context.formats, printing.chosen().layout)
        self._lay_out()
        self._connect()

    def toggle(self) -> None:
        """Open the panel, or close it."""
        if self.isVisible():
            self.leave()
            return
        self._trial.clear()
        self._list.forget_place()
        self._show_choice()
        self._look()
        self.cover()

    @override
    def take_keyboard(self) -> None:
        self._list.enter()

    # --- what there is and what is chosen ------------------------------------------------------

    def _look(self) -> None:
        self._state.setText(tr("Looking for printers…"))
        self._state.show()
        self._context.tasks.look(self, "printers", self._printing.installed, self._found, self._not_found)

    def _found(self, installed: tuple[str, ...]) -> None:
        self._installed = installed
        self._state.setText("" if installed else tr("No printer is installed on this computer."))
        self._state.setVisible(not installed)
        self._show_choice()

    def _not_found(self, error: Exception) -> None:
        self._state.setText(self._context.wording.sentence(error))

    def _show_choice(self) -> None:
        destination = self._printing.chosen()
        printer = destination.name if isinstance(destination, InstalledPrinter) else None
        self._list.show_rows(rows(str(self._printing.pdf_folder), printer, self._installed))
        self._papers.show_layout(destination.layout)
        self._receipts.show_choice(self._printing.receipts.chosen(), self._installed or ())
        self._preview.show_layout(destination.layout)

    def _pick_row(self, row: Row) -> None:
        self._choose(row.printer, self._printing.chosen().layout)

    def _pick_layout(self, layout: Layout) -> None:
        destination = self._printing.chosen()
        self._choose(destination.name if isinstance(destination, InstalledPrinter) else None, layout)

    def _choose(self, printer: str | None, layout: Layout) -> None:
        destination: Destination = (
            PdfFolder(self._printing.pdf_folder, layout)
            if printer is None
            else InstalledPrinter(printer, layout)
        )
        if destination == self._printing.chosen():
            return
        self._keep(lambda: self._printing.choose(destination))
        self._trial.clear()
        self._show_choice()
        self.chosen.emit(destination)

    def _choose_receipts(self, choice: ReceiptChoice) -> None:
        self._keep(lambda: self._printing.receipts.choose(choice))
        self._receipts.show_choice(self._printing.receipts.chosen(), self._installed or ())

    def _keep(self, choose: Callable[[], None]) -> None:
        """Choose, and say so where that cannot be remembered."""
        self._unsaved.say("")
        try:
            choose()
        except OSError as error:
            why = error.strerror or str(error)
            self._unsaved.say(
                tr("This holds until the program is closed, but could not be saved: {why}.", why=why)
            )

    def _show_trial(self, destination: Destination, state: PrintState, detail: str) -> None:
        if destination == self._printing.chosen():
            self._trial.show_state(state, printer_name(destination), detail)

    # --- keys and focus ------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Whatever is typed here must not reach the basket below.
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            self.leave()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.leave()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        stops = [self._again, self._list, *self._papers.buttons.values(), self._trial.button]
        stops += [*self._receipts.stops, self._close]
        # Of the papers only the chosen one is a stop; arrows walk among them.
        paper = self._papers.buttons[self._printing.chosen().layout.name]
        stops = [stop for stop in stops if stop not in self._papers.buttons.values() or stop is paper]
        here = self.focusWidget()
        place = stops.index(here) if here in stops else -1
        step = 1 if next else -1
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        stops[(place + step) % len(stops)].setFocus(reason)
        return True

    # --- making --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self._context.theme
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.TITLE, Tone.TEXT, tr("Printer and paper")), 1)
        head.addWidget(self._close)
        printers = QHBoxLayout()
        printers.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Tickets go to")), 1)
        printers.addWidget(self._again)
        choices = QWidget()
        choices.setFixedWidth(_CHOICES_PX)
        left = QVBoxLayout(choices)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addLayout(printers)
        left.addWidget(self._list, 1)
        left.addWidget(self._state)
        left.addSpacing(8)
        left.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Paper")))
        left.addWidget(self._papers)
        left.addWidget(self._unsaved)
        left.addWidget(self._trial)
        left.addSpacing(8)
        left.addWidget(self._receipts)
        left.addStretch(0)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addWidget(choices)
        body.addWidget(self._preview, 1)
        self._card = panel("basket")
        self._card.setFixedWidth(_CARD_PX)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(24, 16, 24, 24)
        inside.setSpacing(16)
        inside.addLayout(head)
        inside.addLayout(body, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(self._card)

    def _connect(self) -> None:
        self._close.clicked.connect(self.leave)
        self._again.clicked.connect(self._look)
        self._list.picked.connect(self._pick_row)
        self._papers.picked.connect(self._pick_layout)
        self._receipts.picked.connect(self._choose_receipts)
        self._trial.wanted.connect(lambda: self._context.paper.test(self._face))
        self._context.paper.tested.connect(self._show_trial, Qt.ConnectionType.QueuedConnection)
