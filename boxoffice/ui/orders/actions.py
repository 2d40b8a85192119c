"""What can be done with the order that is shown: one list, in which each deed of the counter has its entry.

An action says when it fits, and begins: either it is done at once (`begin` returns None), or it returns a
form, which stands in the place of the buttons until it tells `closed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.widgets.buttons import IconButton, Kind

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_IN_A_ROW = 2


class ActionForm(QWidget):
    """What a deed asks before it is done. Tells `closed`, with whether the order was changed."""

    closed = Signal(bool)


@dataclass(frozen=True, slots=True)
class OrderAction:
    """One deed: its button, when it is offered, and how it begins."""

    name: str
    """Of the button, for tests and style sheets."""
    icon: str
    words: str
    """With a mnemonic."""
    fits: Callable[[OrderDetail], bool]
    begin: Callable[[OrderDetail], ActionForm | None]


def order_actions(context: Context) -> tuple[OrderAction, ...]:
    """Return the deeds that this person is offered, in the order of their buttons."""
    actions: list[OrderAction] = []
    if context.desk.administration is not None:
        actions.append(_history(context))
    return tuple(actions)


def _history(context: Context) -> OrderAction:
    def begin(order: OrderDetail) -> None:
        number = context.formats.order_number(order.sale.order_number)
        context.show_history(("order", order.sale.order_id), f"{tr('Order')} {number}")

    return OrderAction("order_detail_history", "history", tr("&History"), lambda _order: True, begin)


class ActionsBar(QWidget):
    """The buttons of the deeds that fit the order, or the form of the one that was begun."""

    changed = Signal()
    """The order was changed: look at it again."""

    def __init__(self, context: Context, actions: tuple[OrderAction, ...]) -> None:
        super().__init__()
        self._actions = actions
        self._order: OrderDetail | None = None
        self._form: ActionForm | None = None
        self._buttons = QWidget()
        grid = QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self._by_name: dict[str, IconButton] = {}
        for place, action in enumerate(actions):
            button = IconButton(context.theme, action.name, action.icon, action.words, Kind.QUIET)
            button.clicked.connect(lambda _checked=False, one=action: self._begin(one))
            grid.addWidget(button, place // _IN_A_ROW, place % _IN_A_ROW)
            self._by_name[action.name] = button
        grid.setColumnStretch(_IN_A_ROW, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._buttons)
        self.setVisible(bool(actions))

    def show_order(self, order: OrderDetail) -> None:
        """Offer what fits this order; a form that is open stays while it is the same one."""
        if self._order is None or self._order.sale.order_id != order.sale.order_id:
            self._put_away()
        self._order = order
        for action in self._actions:
            self._by_name[action.name].setVisible(action.fits(order))

    def _begin(self, action: OrderAction) -> None:
        if self._order is None:
            return
        form = action.begin(self._order)
        if form is None:
            return
        self._form = form
        form.closed.connect(self._closed)
        self._buttons.hide()
        self._column.addWidget(form)
        form.setFocus()

    def _closed(self, changed: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        self._put_away()
        if changed:
            self.changed.emit()

    def _put_away(self) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        self._buttons.show()
