"""A report as the paper will show it, and the button that prints it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.printing.layouts import ROLL_80
from boxoffice.printing.problems import PrintProblem, sentence
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from boxoffice.printing.report_texts import Report
    from boxoffice.ui.context import Context
    from boxoffice.ui.theme.theme import Theme

_WIDTH_PX = 304
_SHARP = 2
"""Dots of the picture for each pixel of the screen."""


class _Sheet(QWidget):
    """The strip of paper, drawn with the printer's own code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image = QImage()
        self.setObjectName("report_sheet")
        self.setAccessibleName(tr("Report"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.setFixedSize(_WIDTH_PX, max(1, image.height() * _WIDTH_PX // max(1, image.width())))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.setPen(QPen(self._theme.colour(Tone.LINE), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class ReportView(QWidget):
    """Tells `left` when the report is put away."""

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._report: Report = {}
        theme = context.theme
        self._sheet = _Sheet(theme)
        self._print = IconButton(theme, "report_print", "printer", tr("&Print"), Kind.PRIMARY)
        self._leave = IconButton(theme, "report_leave", "", tr("Close"), Kind.QUIET)
        self._done = Notice(theme, "report_done", Tone.ACCENT)
        self._failed = Notice(theme, "report_failed")
        self._print.clicked.connect(self.print)
        self._leave.clicked.connect(self.left)
        area = QScrollArea()
        area.setObjectName("report_area")
        area.setAccessibleName(tr("Report"))
        area.setWidgetResizable(False)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._sheet)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._print)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(buttons)
        column.addWidget(self._done)
        column.addWidget(self._failed)
        column.addWidget(area, 1)

    @property
    def report(self) -> dict[str, Any]:
        """What is shown."""
        return self._report

    def show_report(self, report: Report) -> None:
        """Show this report, and take the keyboard to its print button."""
        from boxoffice.printing.report_output import report_image  # noqa: PLC0415 - loads Qt's printing

        self._report = report
        self._done.say("")
        self._failed.say("")
        dots_per_mm = _WIDTH_PX * _SHARP / ROLL_80.paper_width_mm
        self._sheet.show_image(report_image(report, ROLL_80, self._context.formats, dots_per_mm))
        self._print.setEnabled(True)
        self._print.setFocus(Qt.FocusReason.OtherFocusReason)

    def print(self) -> None:
        """Print it where tickets are printed."""
        if not self._print.isEnabled():
            return
        self._print.setEnabled(False)
        self._done.say("")
        self._failed.say("")
        deed = partial(self._context.paper.print_report, self._report)
        self._context.tasks.look(self, "print", deed, self._printed, self._not_printed)

    def _printed(self, where: str) -> None:
        self._print.setEnabled(True)
        self._done.say(tr("Printed: {where}", where=where))

    def _not_printed(self, error: Exception) -> None:
        self._print.setEnabled(True)
        known = isinstance(error, PrintProblem)
        self._failed.say(
            sentence(error, self._context.formats.locale)
            if isinstance(error, PrintProblem) and known
            else tr("It could not be printed.")
        )
