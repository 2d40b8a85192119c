"""What the counter has to know of an order: read, and written over."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from boxoffice.domain.personal import SHUT
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_EDIT_PX = 84


class _Editor(QPlainTextEdit):
    """Ctrl+Enter saves, Esc leaves; Tab goes on."""

    saved = Signal()
    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.saved.emit()
        else:
            super().keyPressEvent(event)


class NotesBox(QWidget):
    """Tells `changed` when the notes were written."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._order: OrderDetail | None = None
        theme = context.theme
        self._words = Text(theme, Style.BODY).wrapping()
        self._words.setObjectName("order_detail_notes")
        self._edit = IconButton(theme, "order_edit_notes", "file-text", tr("&Notes…"), Kind.PLAIN)
        self._editor = _Editor()
        self._editor.setObjectName("order_notes")
        self._editor.setAccessibleName(tr("Notes"))
        self._editor.setPlaceholderText(tr("What the counter has to know of this order"))
        self._editor.setFixedHeight(_EDIT_PX)
        self._editor.setTabChangesFocus(True)
        self._save = IconButton(theme, "order_save_notes", "check", tr("Save"), Kind.PRIMARY)
        self._save.setToolTip(tr("Save (Ctrl+Enter)"))
        self._leave = IconButton(theme, "order_leave_notes", "", tr("Cancel"), Kind.QUIET)
        self._notice = Notice(theme, "order_notes_notice")
        self._form = QWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._save)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addWidget(self._editor)
        form.addWidget(self._notice)
        form.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        row = QHBoxLayout()
        row.addWidget(self._edit)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._form)
        self._edit.clicked.connect(self._begin)
        self._save.clicked.connect(self._send)
        self._leave.clicked.connect(self.put_away)
        self._editor.saved.connect(self._send)
        self._editor.left.connect(self.put_away)
        self.put_away()

    def show_order(self, order: OrderDetail) -> None:
        """Show this order's notes; what is being written stays with the same order."""
        if self._order is None or self._order.sale.order_id != order.sale.order_id:
            self.put_away()
        self._order = order
        self._words.setText(order.notes)
        self._words.setVisible(bool(order.notes) and not self._form.isVisibleTo(self))
        # What cannot be read here is not written over either.
        self._edit.setEnabled(order.notes != SHUT)

    def put_away(self) -> bool:
        """Stop writing; False when nothing was being written."""
        was_open = self._form.isVisibleTo(self)
        self._form.hide()
        self._edit.show()
        self._words.setVisible(self._order is not None and bool(self._order.notes))
        return was_open

    def _begin(self) -> None:
        if self._order is not None:
            self._notice.say("")
            self._editor.setPlainText(self._order.notes)
            self._edit.hide()
            self._words.hide()
            self._form.show()
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        if self._order is None or not self._save.isEnabled():
            return
        self._save.setEnabled(False)
        order_id, notes = self._order.sale.order_id, self._editor.toPlainText()
        write = self._context.desk.orders.write_notes
        self._context.tasks.change(self, lambda: write(order_id, notes), self._saved, self._refused)

    def _saved(self, done: Done[None]) -> None:
        self._save.setEnabled(True)
        self.put_away()
        self._context.freshness.touched(done.touched)
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self._save.setEnabled(True)
        self._notice.say(self._context.wording.sentence(error))
