"""Which tickets of an order: a box for each, with what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.person import Role
from boxoffice.domain.ticket import TicketStatus
from boxoffice.domain.ticket_code import grouped
from boxoffice.language import tr
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_ROW_PX = 26
_MOST_ROWS = 5.5
"""A row that is cut in half shows that the list goes on."""


class TicketChoice(QScrollArea):
    """All that can be given back are chosen at first, but what was used at the door. Tells `changed`."""

    changed = Signal()

    def __init__(self, context: Context, name: str, order: OrderDetail) -> None:
        super().__init__()
        self._boxes: dict[int, TickBox] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        may_return_used = context.desk.identity.role is Role.MANAGER
        for ticket in order.sale.tickets:
            is_used = ticket.status is TicketStatus.USED
            if ticket.status is not TicketStatus.VALID and not (is_used and may_return_used):
                continue
            words = f"{ticket.face.tier[:60]} · {grouped(ticket.face.code)}"
            if is_used:
                words += f" · {tr('Used')}"
            box = TickBox(context.theme, f"{name}_ticket_{ticket.face.number}", words)
            box.setChecked(not is_used)
            box.setMinimumHeight(_ROW_PX)
            box.toggled.connect(lambda _on: self.changed.emit())
            self._boxes[ticket.id] = box
            row = QHBoxLayout()
            row.setContentsMargins(0, 0, 8, 0)
            row.addWidget(box, 1)
            row.addWidget(
                Text(context.theme, Style.BODY, Tone.MUTED, context.formats.money(order.worth[ticket.id]))
            )
            column.addLayout(row)
        column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        self.setFixedHeight(int(min(len(self._boxes), _MOST_ROWS) * _ROW_PX) + 2)

    def chosen(self) -> tuple[int, ...]:
        """Return the tickets chosen."""
        return tuple(number for number, box in self._boxes.items() if box.isChecked())

    def take_focus(self) -> None:
        """Take the keyboard to the first ticket."""
        for box in self._boxes.values():
            box.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def may_give_back(context: Context, order: OrderDetail) -> bool:
    """Tell whether anything of an order is left that this person could give back."""
    wanted = {TicketStatus.VALID}
    if context.desk.identity.role is Role.MANAGER:
        wanted.add(TicketStatus.USED)
    return any(ticket.status in wanted and ticket.id in order.worth for ticket in order.sale.tickets)
