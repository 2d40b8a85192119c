"""What stands in the place of buttons while a deed is asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget


class ActionForm(QWidget):
    """What a deed asks before it is done. Tells `closed`, with whether the order was changed."""

    closed = Signal(bool)
    lists_tickets = False
    """Whether the form lists the order's tickets itself, so that they need not stand above it, too."""

    def begin(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """Go back one step, as Esc does; from the first one out of the form."""
        self.closed.emit(False)

    @property
    def is_waiting(self) -> bool:
        """Whether it is not known yet what became of a deed: the form and its key have to stay."""
        return False
