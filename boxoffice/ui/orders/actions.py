"""What can be done with what is shown, an order say: one list, in which each deed has its entry.

The list of the orders is deeds/offered.py. An action says when it fits, and begins: either it is done at once
(`begin` returns None), or it returns a form, which stands in the place of the buttons until it is `closed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from boxoffice.ui.deeds.action_form import ActionForm
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.keys import key_words

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Action[T]:
    """One deed: its button, when it is offered, and how it begins."""

    name: str
    """Of the button, for tests and style sheets."""
    icon: str
    words: str
    """With a mnemonic."""
    fits: Callable[[T], bool]
    begin: Callable[[T], ActionForm | None]


class OrderAction(Action["OrderDetail"]):
    """A deed about an order."""


class DeedsBar(QWidget):
    """The buttons of the deeds that fit a thing, or the form of the one that was begun."""

    changed = Signal()
    """The thing was changed: look at it again."""
    opened = Signal(bool)
    """Whether a form stands in the place of the buttons."""
    left = Signal()
    """A form was left: the keyboard belongs to the list again."""

    def __init__(self, context: Context, actions: tuple[Action[Any], ...]) -> None:
        super().__init__()
        self._actions = actions
        self._thing: Any = None
        self._key: int | None = None
        self._form: ActionForm | None = None
        self._waiting: dict[int, ActionForm] = {}
        """Forms of other things, of which it is not known yet what became."""
        self._offered: list[str] | None = None
        self._buttons = QWidget()
        self._grid = QGridLayout(self._buttons)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._by_name: dict[str, IconButton] = {}
        for action in actions:
            button = IconButton(context.theme, action.name, action.icon, action.words, Kind.QUIET)
            button.clicked.connect(lambda _checked=False, one=action: self._begin(one))
            button.setParent(self._buttons)
            key = action.words.partition("&")[2][:1].upper()
            button.setToolTip(key_words(f"Alt+{key}"))
            self._by_name[action.name] = button
        self._grid.setColumnStretch(_IN_A_ROW, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._buttons)
        self.setVisible(bool(actions))

    @property
    def form(self) -> ActionForm | None:
        """The form that is open."""
        return self._form

    def offer(self, key: int, thing: Any) -> None:
        """Offer what fits this thing; a form that is open stays while it is the one of the same key."""
        if self._key != key:
            self._put_away()
            self._key = key
            form = self._waiting.pop(key, None)
            if form is not None:
                self._put_up(form)
        self._thing = thing
        fitting = [action.name for action in self._actions if action.fits(thing)]
        if fitting == self._offered:
            return
        self._offered = fitting
        for name, button in self._by_name.items():
            self._grid.removeWidget(button)
            button.setVisible(name in fitting)
        for place, name in enumerate(fitting):
            self._grid.addWidget(self._by_name[name], place // _IN_A_ROW, place % _IN_A_ROW)

    def escape(self) -> bool:
        """Go back one step in the form; False when none is open."""
        if self._form is None:
            return False
        self._form.back()
        return True

    def _begin(self, action: Action[Any]) -> None:
        if self._key is None:
            return
        form = action.begin(self._thing)
        if form is None:
            return
        form.closed.connect(self._closed)
        self._put_up(form)
        form.begin()

    def _closed(self, changed: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        self._put_away()
        self.left.emit()
        if changed:
            self.changed.emit()

    def _put_up(self, form: ActionForm) -> None:
        self._form = form
        self._buttons.hide()
        self._column.addWidget(form)
        form.show()
        self.opened.emit(True)

    def _put_away(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            form.hide()
            if form.is_waiting and self._key is not None:
                self._column.removeWidget(form)
                self._waiting[self._key] = form
            else:
                form.deleteLater()
            self.opened.emit(False)
        self._buttons.show()


class ActionsBar(DeedsBar):
    """What can be done with an order."""

    def show_order(self, order: OrderDetail) -> None:
        """Offer what fits this order."""
        self.offer(order.sale.order_id, order)
