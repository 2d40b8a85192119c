"""What all deeds after a sale share: one form, one key, a manager's leave, a lost answer, and a result.

A deed is asked for with its key. What comes instead of an answer is shown, and the same key is asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from boxoffice.domain.errors import AnswerLost, DatabaseGone, NeedsOverride, NoOpenDrawer, Unavailable
from boxoffice.language import tr
from boxoffice.ui.deeds.action_form import ActionForm
from boxoffice.ui.deeds.leave import ManagerLeave
from boxoffice.ui.deeds.tab_ring import step_within
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind, PayButton
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text, restyled
from boxoffice.ui.widgets.states import Notice
from boxoffice.usecases.desk import AllowOnce

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from boxoffice.domain.notice import Done
    from boxoffice.domain.sale import Payment
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.open_office import Credentials

_LABEL_PX = 108
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DeedForm(ActionForm):
    """Fields go into `body`, what came of it into `outcome`; `confirm` is called by Enter and by `take`.

    Args:
        context: what every screen is given.
        name: of the deed, with which the names of its widgets begin.
        title: what is done.
    """

    takes_leave = True
    """Whether a manager may allow here what was refused."""

    def __init__(self, context: Context, name: str, title: str) -> None:
        super().__init__()
        self.context = context
        self._again: Callable[[], None] | None = None
        self._needed: NeedsOverride | None = None
        self._lost = False
        self._opens_drawer = False
        self._is_busy = False
        self._is_done = False
        self._asked_from: QWidget | None = None
        theme = context.theme
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._leave = IconButton(theme, f"{name}_leave", "arrow-left", tr("Back"), Kind.QUIET)
        self._leave.clicked.connect(self.back)
        head = QHBoxLayout()
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, title))
        head.addStretch(1)
        head.addWidget(self._leave)
        self._fields = QWidget()
        self.body = QVBoxLayout(self._fields)
        self._results = QWidget()
        self.outcome = QVBoxLayout(self._results)
        for column in (self.body, self.outcome):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
        self._results.hide()
        self.notice = Notice(theme, f"{name}_notice")
        self.notice.acted.connect(self._act)
        self.manager = ManagerLeave(theme, name)
        self.manager.given.connect(self._ask_manager)
        self.manager.left.connect(self._refuse_leave)
        self.take = PayButton(theme, f"{name}_take", Kind.PRIMARY)
        self.take.clicked.connect(self.press)
        self._finish = PayButton(theme, f"{name}_finish", Kind.PRIMARY)
        self._finish.set_words(tr("Done"), tr("Enter"))
        self._finish.clicked.connect(self.leave)
        self._finish.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        for part in (self._fields, self._results, self.notice, self.manager, self.take, self._finish):
            column.addWidget(part)

    # --- for each deed -------------------------------------------------------------------------

    def begin(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def confirm(self) -> None:
        """Ask for the deed, once everything is known; by `ask`."""
        raise NotImplementedError

    def step_back(self) -> bool:
        """Go back one step within the form; False when this is the first one."""
        return False

    @property
    def reason(self) -> str:
        """Return why, for the evidence of a manager's leave."""
        return ""

    def refusal_words(self, error: Exception) -> str:
        """Return what is said of a refusal."""
        return self.context.wording.sentence(error)

    def part_meant(self, error: Exception) -> QWidget | None:  # noqa: ARG002 - forms with several lines look at it
        """Return the line that a refusal is about; None: no line of the form."""
        return None

    def add_field(self, field: Field) -> Field:
        """Put a line into the form; its Enter confirms and its Esc goes back."""
        self.body.addWidget(field)
        return self.bind(field)

    def add_row(self, words: str, part: QWidget) -> QWidget:
        """Put something into the form beside what it is called, and return the line."""
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = Text(self.context.theme, Style.BODY, Tone.MUTED, words)
        label.setFixedWidth(_LABEL_PX)
        row.addWidget(label)
        row.addWidget(part, 1)
        self.body.addWidget(line)
        return line

    def bind(self, field: Field) -> Field:
        """Let a line's Enter confirm and its Esc go back."""
        field.confirmed.connect(self.press)
        field.left.connect(self.back)
        field.textEdited.connect(self.calm)
        return field

    def advise(self, words: str, field: Field | None = None) -> None:
        """Say what is wrong, and with which field."""
        self.notice.say(words)
        if field is not None:
            restyled(field, "state", "bad")
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def calm(self) -> None:
        """Take back what was said of a field."""
        if not self.is_asking:
            self.notice.say("")
        line = self.sender()
        if isinstance(line, QWidget):
            restyled(line, "state", "")

    # --- asking --------------------------------------------------------------------------------

    @property
    def is_asking(self) -> bool:
        """Whether the deed was asked for, and it is not known what became of it."""
        return self._is_busy or self._lost

    @property
    def is_done(self) -> bool:
        """Whether what came of it is shown, and nothing is left to do here."""
        return self._is_done

    @property
    def holds_money(self) -> bool:
        """Whether a card is being charged for the deed, or was and is in no order yet."""
        return False

    @property
    def is_waiting(self) -> bool:
        """Whether something hangs on this form: its key must not be thrown away."""
        return self.is_asking or self.holds_money

    def ask[T](self, deed: Callable[[], Done[T]], done: Callable[[T], None]) -> None:
        """Ask for a deed that bears its key; `done` is told what came of it."""

        def send() -> None:
            self._hold_keyboard()
            self._set_busy(busy=True)
            self.notice.say("")
            self.manager.hide()
            self.context.tasks.change(self, deed, answered, self._refused)

        def answered(answer: Done[T]) -> None:
            self._lost = False
            self._again = None
            self._set_busy(busy=False)
            done(answer.value)
            self.context.freshness.touched(answer.touched)

        self._again = send
        send()

    def may_take(self, payments: tuple[Payment, ...], currency: str) -> bool:
        """Tell whether these payments can be taken; says at once when there is no drawer for cash."""
        refusal = self.context.drawer.refuses_any(payments, currency)
        if refusal is not None:
            self.refuse(refusal)
        return refusal is None

    def refuse(self, error: Exception) -> None:
        """Say what is in the way, with the way out of it."""
        self._refused(error)

    def press(self) -> None:
        """Do what Enter means now."""
        if self._is_done:
            self.leave()
        elif self._lost:
            self._act()
        elif not self._is_busy and not self.manager.isVisibleTo(self):
            self.confirm()

    def show_head(self, *, shown: bool) -> None:
        """Show the way back here, or leave it to what stands in the form and has its own."""
        self._leave.setVisible(shown)

    def show_outcome(self) -> None:
        """Show what came of it, in the place of what was asked."""
        self._is_done = True
        self._fields.hide()
        self.take.hide()
        self._leave.hide()
        self._results.show()
        self._finish.show()
        self._finish.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def back(self) -> None:
        """Go back one step, or leave; not while it is unknown what became of the deed."""
        if self.is_asking:
            return
        if self.manager.isVisibleTo(self):
            self._refuse_leave()
            return
        self.notice.say("")
        if self._is_done or not self.step_back():
            self.leave()

    def leave(self) -> None:
        """Give the buttons back."""
        self.closed.emit(False)

    def _refused(self, error: Exception) -> None:
        lost = isinstance(error, AnswerLost | DatabaseGone)
        # A retry that could not be made says nothing of the first try.
        self._lost = lost or (self._lost and isinstance(error, Unavailable))
        self._set_busy(busy=False)
        way_out = ""
        if self._lost:
            way_out = tr("Try a&gain")
        elif isinstance(error, NoOpenDrawer) and not error.open:
            way_out = tr("Open the &drawer…")
        self._needed = error if isinstance(error, NeedsOverride) and self.takes_leave else None
        self._opens_drawer = isinstance(error, NoOpenDrawer)
        words = (
            tr(
                "The connection broke. It is not known whether it was done: try again to see. "
                "Nothing is done twice."
            )
            if self._lost
            else self.refusal_words(error)
        )
        self.notice.say(words, way_out)
        if self._needed is not None:
            self._fields.hide()
            self.take.hide()
            self.manager.begin()
        elif not self._lost and self.window().focusWidget() is self:
            # Whatever window is in front by now: the keyboard of this one was kept here.
            self._point_at(self.part_meant(error))
        elif self._lost and self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _point_at(self, part: QWidget | None) -> None:
        """Give the keyboard to what has to be changed, or to where the refused deed was asked for."""
        if isinstance(part, Field):
            restyled(part, "state", "bad")
            part.selectAll()
        meant = part or self._asked_from or self.take
        if meant.isVisibleTo(self):
            meant.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.begin()

    def _act(self) -> None:
        if self._lost and self._again is not None:
            self._again()
        elif self._opens_drawer:
            self.context.open_drawer()

    def _ask_manager(self, manager: Credentials) -> None:
        if self._needed is None:
            return
        leave, desk = AllowOnce(manager, self._needed, self.reason), self.context.desk
        self.context.tasks.change(self, lambda: desk.allow(leave), self._allowed, self._not_allowed)

    def _allowed(self, _none: None) -> None:
        self._show_fields()
        if self._again is not None:
            self._again()

    def _not_allowed(self, error: Exception) -> None:
        self.notice.say(self.context.wording.sentence(error))
        self.manager.begin()

    def _refuse_leave(self) -> None:
        self._needed = None
        self.notice.say("")
        self._show_fields()
        self.begin()

    def _show_fields(self) -> None:
        self.manager.hide()
        self._fields.show()
        self.take.show()

    def _hold_keyboard(self) -> None:
        """Keep the keyboard while it is not known what becomes of the deed.

        Qt would hand it from a line that rests to whatever follows, and keys would begin a search there.
        """
        focus = self.window().focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            return
        if focus is self.take or self._fields.isAncestorOf(focus):
            self._asked_from = focus
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        # What was asked for stands until it is known what became of it.
        for part in (self._fields, self.take, self._leave):
            part.setEnabled(not busy and not self._lost)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the form leaves over would choose another order or begin a search.
        focus = self.window().focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.back()
        elif event.key() in _ENTER and isinstance(focus, QPushButton) and focus is not self.take:
            focus.click()
        elif event.key() in _ENTER:
            self.press()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return step_within(self, forward=next)
