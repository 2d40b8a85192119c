"""Find a customer while typing, or add one: a field, a short list, and a form for who is new.

    picker = CustomerPicker(context, "sale_customer")
    picker.picked.connect(...)   # with a KnownCustomer
    picker.left.connect(...)     # Esc: nobody was chosen
    picker.begin()               # takes the keyboard

The names of its widgets begin with the name given: sale_customer_search, sale_customer_list, …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from boxoffice.domain.customer import LONGEST_EMAIL, LONGEST_NAME, NewCustomer, split_name
from boxoffice.domain.errors import BadEmail, BadPhone, CustomerNameMissing, EmailTaken
from boxoffice.language import tr
from boxoffice.ui.customers.model import LINES_ROLE, CustomerModel
from boxoffice.ui.start.people import field, labelled, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent, QPainter
    from PySide6.QtWidgets import QStyleOptionViewItem

    from boxoffice.domain.customer import KnownCustomer
    from boxoffice.ui.context import Context
    from boxoffice.ui.theme.theme import Theme

_TYPING_MS = 150
_ROW_PX = 42
_MOST_ROWS = 5
_LONGEST_PHONE = 40


class _Search(QLineEdit):
    """Arrows go to the list, Enter takes what is chosen there, Esc leaves."""

    entered = Signal()
    stepped = Signal(int)
    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strong = theme.font(Style.BODY)
        self._strong.setWeight(QFont.Weight.Medium)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        upper, lower = index.data(LINES_ROLE)
        box = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(box, theme.colour(Tone.ACCENT_SOFT))
        inner = box.adjusted(12, 4, -12, -4)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._strong)
        painter.setPen(theme.colour(Tone.TEXT if lower or not chosen else Tone.ACCENT))
        elided = painter.fontMetrics().elidedText(upper, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner.adjusted(0, 0, 0, -17) if lower else inner, int(middle), elided)
        if lower:
            painter.setFont(theme.font(Style.SMALL))
            painter.setPen(theme.colour(Tone.MUTED))
            elided = painter.fontMetrics().elidedText(lower, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner.adjusted(0, 17, 0, 0), int(middle), elided)
        painter.restore()


class CustomerPicker(QWidget):
    """Tells `picked` with a KnownCustomer, found or added now, and `left` when somebody turns away."""

    picked = Signal(object)
    left = Signal()

    def __init__(self, context: Context, name: str) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        self.search = _Search()
        self.search.setObjectName(f"{name}_search")
        self.search.setAccessibleName(tr("Find a customer"))
        self.search.setPlaceholderText(tr("Name, e-mail or phone"))
        self.search.setMaxLength(LONGEST_NAME)
        self.model = CustomerModel(self)
        self.list = QListView()
        self.list.setObjectName(f"{name}_list")
        self.list.setAccessibleName(tr("Customers"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form = _NewCustomerForm(theme, name)
        self.notice = Notice(theme, f"{name}_notice")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._takes_first = False
        self._lay_out()
        self._connect()
        self.form.hide()
        self._fit_list()

    def begin(self, typed: str = "") -> None:
        """Ask for somebody, with this already typed, and take the keyboard."""
        self.notice.say("")
        self._leave_form()
        self.model.show("", ())
        self._fit_list()
        self.search.setText(typed)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- finding -------------------------------------------------------------------------------

    def _look(self) -> None:
        typed = " ".join(self.search.text().split())
        find = self._context.desk.customers.find
        self._context.tasks.look(
            self, "customers", lambda: find(typed), lambda found: self._found(typed, found), self._failed
        )

    def _found(self, typed: str, found: tuple[KnownCustomer, ...]) -> None:
        self.notice.say("")
        self.model.show(typed, found)
        self._fit_list()
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0))
            if self._takes_first:
                self._take()
        self._takes_first = False

    def _failed(self, error: Exception) -> None:
        self._takes_first = False
        self.notice.say(self._context.wording.sentence(error))

    def _step(self, direction: int) -> None:
        row = self.list.currentIndex().row() + direction
        if 0 <= row < self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(row))

    def _enter(self) -> None:
        if self._typing.isActive() or self._context.tasks.is_asking(self, "customers"):
            # Faster than the answer: whoever is found first is meant.
            self._takes_first = True
            if self._typing.isActive():
                self._typing.stop()
                self._look()
            return
        self._take()

    def _take(self) -> None:
        if not self.model.rowCount():
            return
        one = self.model.customer(self.list.currentIndex().row())
        if one is not None:
            self.picked.emit(one)
            return
        self.search.hide()
        self.list.hide()
        self.form.begin(self.search.text())

    # --- adding --------------------------------------------------------------------------------

    def _add(self, new: NewCustomer) -> None:
        self.notice.say("")
        self.form.setEnabled(False)
        add = self._context.desk.customers.add
        self._context.tasks.change(self, lambda: add(new), self._added, self._not_added)

    def _added(self, one: KnownCustomer) -> None:
        self.form.setEnabled(True)
        self._leave_form()
        self.picked.emit(one)

    def _not_added(self, error: Exception) -> None:
        self.form.setEnabled(True)
        self.notice.say(self._context.wording.sentence(error))
        self.form.mark(error)

    def _leave_form(self) -> None:
        self.form.hide()
        self.search.show()
        self.notice.say("")
        self._fit_list()

    def _back_to_search(self) -> None:
        self._leave_form()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- making --------------------------------------------------------------------------------

    def _fit_list(self) -> None:
        rows = min(self.model.rowCount(), _MOST_ROWS)
        self.list.setVisible(rows > 0 and not self.form.isVisibleTo(self))
        self.list.setFixedHeight(rows * _ROW_PX + 2)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.search, self.list, self.form, self.notice):
            column.addWidget(part)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.entered.connect(self._enter)
        self.search.stepped.connect(self._step)
        self.search.left.connect(self.left)
        self._typing.timeout.connect(self._look)
        self.list.clicked.connect(lambda _index: self._take())
        self.form.wanted.connect(self._add)
        self.form.left.connect(self._back_to_search)


class _NewCustomerForm(QWidget):
    """Name, e-mail and phone of somebody new."""

    wanted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.name = field(f"{name}_name", tr("Name"))
        self.name.setMaxLength(2 * LONGEST_NAME)
        self.email = field(f"{name}_email", tr("E-mail"))
        self.email.setMaxLength(LONGEST_EMAIL)
        self.phone = field(f"{name}_phone", tr("Phone"))
        self.phone.setMaxLength(_LONGEST_PHONE)
        self._add = IconButton(theme, f"{name}_add", "user-plus", tr("Add new customer"), Kind.PRIMARY)
        self._back = IconButton(theme, f"{name}_back", "", tr("Cancel"), Kind.QUIET)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._add)
        buttons.addWidget(self._back)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(theme, Style.SMALL, Tone.MUTED, tr("New customer")))
        column.addLayout(labelled(theme, (self.name, self.email, self.phone)))
        column.addLayout(buttons)
        for place in (self.name, self.email, self.phone):
            place.returnPressed.connect(self._enter)
        self._add.clicked.connect(self._enter)
        self._back.clicked.connect(self.left)

    def begin(self, typed: str) -> None:
        """Ask, with what was typed where it belongs."""
        for place in (self.name, self.email, self.phone):
            place.clear()
        is_phone = bool(typed.strip()) and not any(letter.isalpha() for letter in typed)
        first = self.email if "@" in typed else self.phone if is_phone else self.name
        first.setText(typed.strip())
        self.show()
        # The name is asked for first, or what follows it when that is there already.
        (self.name if first is not self.name else self.email).setFocus(Qt.FocusReason.OtherFocusReason)

    def mark(self, error: Exception) -> None:
        """Show which field was refused, and go there."""
        wrong = {
            CustomerNameMissing: self.name,
            BadEmail: self.email,
            EmailTaken: self.email,
            BadPhone: self.phone,
        }
        place = wrong.get(type(error))
        if place is not None:
            mark_wrong([place])
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.isEnabled():
            first, last = split_name(self.name.text())
            self.wanted.emit(NewCustomer(first, last, self.email.text(), self.phone.text()))
