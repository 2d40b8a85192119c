"""The papers that tickets come on, one of them chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.printing.layouts import A4, LAYOUTS, ROLL_80, TICKET_STOCK
from boxoffice.ui.widgets.buttons import PayButton

if TYPE_CHECKING:
    from boxoffice.printing.layouts import Layout
    from boxoffice.ui.theme.theme import Theme


class PaperButtons(QWidget):
    """One button for each paper; arrows walk among them. Tells `picked` with the Layout."""

    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.buttons: dict[str, PayButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (layout, words, note) in enumerate(_papers(), 1):
            button = PayButton(theme, f"paper_{layout.name}")
            button.set_words(words, note)
            button.setCheckable(True)
            button.setShortcut(f"Alt+{number}")
            button.setToolTip(f"{words}, {note} (Alt+{number})")
            self._group.addButton(button)
            self.buttons[layout.name] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._tell)

    def show_layout(self, layout: Layout) -> None:
        """Mark this paper as the chosen one."""
        self.buttons[layout.name].setChecked(True)

    def _tell(self) -> None:
        chosen = next(name for name, button in self.buttons.items() if button.isChecked())
        self.picked.emit(LAYOUTS[chosen])


def _papers() -> tuple[tuple[Layout, str, str], ...]:
    return (
        (A4, tr("A4"), tr("four to a page")),
        (TICKET_STOCK, tr("Ticket stock"), tr("140 \N{MULTIPLICATION SIGN} 70 mm")),
        (ROLL_80, tr("Roll"), tr("80 mm wide")),
    )
