"""The dialog for faults of ours: one sentence, a reference that is also in the log, the details."""

from __future__ import annotations

import logging
import secrets
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import IconLabel, Text

if TYPE_CHECKING:
    from boxoffice.ui.theme.theme import Theme

_LOG = logging.getLogger(__name__)


class FaultDialog(QDialog):
    """Never blocks: opened with `open()`, gone with Enter or Esc."""

    def __init__(self, theme: Theme, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reference = f"F-{secrets.token_hex(3).upper()}"
        _LOG.error("fault %s", self.reference, exc_info=error)
        self._report = f"{self.reference}\n{''.join(traceback.format_exception(error))}"
        self.setObjectName("fault_dialog")
        self.setWindowTitle(tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel(theme, "shield-alert", Tone.BAD, 28))
        head.addWidget(Text(theme, Style.TITLE, Tone.TEXT, tr("Something went wrong")), 1)
        sentence = tr(
            "The program made a mistake. Your basket is kept and nothing is sold twice. You can go on; "
            "please give this reference to whoever looks after the program: {reference}",
            reference=self.reference,
        )
        self._details = QPlainTextEdit(self._report)
        self._details.setObjectName("fault_details")
        self._details.setAccessibleName(tr("Details"))
        self._details.setReadOnly(True)
        self._details.setFixedHeight(180)
        self._details.hide()
        more = IconButton(theme, "fault_more", "chevron-down", tr("Details"), Kind.QUIET)
        more.setCheckable(True)
        more.toggled.connect(self._details.setVisible)
        copy = IconButton(theme, "fault_copy", "copy", tr("Copy details"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report))
        close = IconButton(theme, "fault_close", "", tr("Go on"), Kind.PRIMARY)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(more)
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(Text(theme, Style.BODY, Tone.TEXT, sentence).wrapping())
        column.addWidget(self._details)
        column.addLayout(buttons)
        close.setFocus(Qt.FocusReason.OtherFocusReason)
