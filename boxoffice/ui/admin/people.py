"""Who works here: the list, and one person with what can be done about them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.person import NewPerson, Person, Role
from boxoffice.language import tr
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.start.people import field, labelled, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.table import Cell, Column, Row, Table
from boxoffice.wording import role_name

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.people import Staff


class PeoplePane(Pane):
    """Tells `history_wanted` with a person."""

    history_wanted = Signal(object)

    def __init__(self, context: Context, staff: Staff) -> None:
        self._staff = staff
        self._person: Person | None = None
        self._invited_id: int | None = None
        theme = context.theme
        new = IconButton(theme, "person_new", "user-plus", tr("Let somebody &in"), Kind.PRIMARY)
        new.clicked.connect(self._show_new)
        table = Table(
            theme,
            "people",
            (
                Column(tr("Name")),
                Column(tr("Sign-in name"), 220),
                Column(tr("Role"), 130),
                Column(tr("Last sign-in"), 150),
                Column(tr("State"), 110),
            ),
        )
        self._known = KnownPerson(context)
        self._new = NewPersonForm(context)
        inspector = Inspector(context, "person")
        inspector.inside.addWidget(self._known)
        inspector.inside.addWidget(self._new)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, (new,))
        table.chosen.connect(self._show)
        self._new.entered.connect(self._invite)
        self._new.mistaken.connect(inspector.notice.say)
        self._known.role_wanted.connect(self._set_role)
        self._known.password_wanted.connect(self._reset)
        self._known.state_wanted.connect(self._set_active)
        self._known.history_wanted.connect(lambda: self.history_wanted.emit(self._person))
        self._show(None)

    @override
    def reload(self) -> None:
        self.ask("people", self._staff.everybody, self._loaded)

    def _loaded(self, people: tuple[Person, ...]) -> None:
        self.table.show_rows([self._row(person) for person in people])
        self.show_table(tr("Nobody works here yet."))
        if self._invited_id is not None:
            self.table.choose(self._invited_id)
            self._invited_id = None
            self.table.setFocus()

    def _row(self, person: Person) -> Row:
        at = person.last_sign_in_at
        seen = self.context.formats.stamp_here(at) if at else tr("never")
        state = (
            Cell(tr("Active"), tone=Tone.GOOD, is_tag=True)
            if person.is_active
            else Cell(tr("Disabled"), tone=Tone.BAD, is_tag=True)
        )
        ink = Tone.TEXT if person.is_active else Tone.FAINT
        below = person.company or person.email
        return Row(
            person.id,
            person,
            (
                Cell(person.name, below, ink),
                Cell(person.sign_in_name, tone=ink),
                Cell(role_name(person.role), tone=ink),
                Cell(seen, tone=Tone.MUTED),
                state,
            ),
        )

    def _show(self, person: Person | None) -> None:
        self._person = person
        self.inspector.notice.say("")
        self._new.hide()
        self._known.setVisible(person is not None)
        self.inspector.title.setText(person.name if person else tr("Nobody is chosen"))
        if person is not None:
            is_self = person.id == self.context.desk.identity.clerk_id
            self._known.show_person(person, is_self=is_self)

    def _show_new(self) -> None:
        self.table.clearSelection()
        self._known.hide()
        self.inspector.title.setText(tr("Let somebody in"))
        self.inspector.notice.say("")
        self._new.begin()

    # --- deeds ---------------------------------------------------------------------------------

    def _invite(self, person: NewPerson) -> None:
        self.change(partial(self._staff.invite, person), self._invited)

    def _invited(self, person_id: int) -> None:
        self._new.clear()
        self._new.hide()
        self._invited_id = person_id
        self.reload()

    def _set_role(self, role: Role) -> None:
        if self._person is not None:
            self.change(partial(self._staff.set_role, self._person, role), lambda _: self.reload())

    def _reset(self, password: str) -> None:
        if self._person is not None:
            self.change(partial(self._staff.reset_password, self._person, password), lambda _: self.reload())

    def _set_active(self, active: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        if self._person is not None:
            deed = self._staff.enable if active else self._staff.disable
            self.change(partial(deed, self._person), lambda _: self.reload())


class KnownPerson(QWidget):
    """One person: role, password, state."""

    role_wanted = Signal(object)
    password_wanted = Signal(str)
    state_wanted = Signal(bool)
    history_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._person: Person | None = None
        theme = context.theme
        self._facts = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self._role = Choice(theme)
        self._role.setObjectName("person_role")
        self._role.setAccessibleName(tr("Role"))
        for role in Role:
            self._role.addItem(role_name(role).capitalize(), role)
        self._give = IconButton(theme, "person_give_role", "check", tr("Give this &role"), Kind.PLAIN)
        self._give.clicked.connect(lambda: self.role_wanted.emit(Role(self._role.currentData())))
        self.password = field("person_password", tr("New password"), secret=True)
        self.password.setPlaceholderText(tr("New password"))
        reset = IconButton(theme, "person_reset", "refresh-cw", tr("Set this &password"), Kind.PLAIN)
        reset.clicked.connect(self._reset)
        self.password.returnPressed.connect(self._reset)
        self._state = IconButton(theme, "person_state", "door-open", "", Kind.PLAIN)
        self._state.clicked.connect(self._toggle)
        history = IconButton(theme, "person_history", "history", tr("&History"), Kind.QUIET)
        history.clicked.connect(self.history_wanted)
        self._own = Text(
            theme, Style.SMALL, Tone.MUTED, tr("This is you: another manager changes your role or state.")
        ).wrapping()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (
            self._facts,
            self._role,
            self._give,
            self.password,
            reset,
            self._own,
            self._state,
            history,
        ):
            column.addWidget(part)

    def show_person(self, person: Person, *, is_self: bool) -> None:
        """Show somebody; nobody takes their own role or state away by accident."""
        self._person = person
        lines = (person.sign_in_name, person.email, person.company)
        self._facts.setText("\n".join(line for line in lines if line))
        self._role.setCurrentIndex(self._role.findData(person.role))
        self._state.setText(tr("&Disable at once") if person.is_active else tr("&Let in again"))
        for part in (self._role, self._give, self._state):
            part.setEnabled(not is_self)
        self._own.setVisible(is_self)
        self.password.clear()

    def _reset(self) -> None:
        if not mark_wrong([] if self.password.text() else [self.password]):
            password = self.password.text()
            self.password.clear()
            self.password_wanted.emit(password)

    def _toggle(self) -> None:
        if self._person is not None:
            self.state_wanted.emit(not self._person.is_active)


class NewPersonForm(QWidget):
    """Tells `entered` with a NewPerson, `mistaken` with what is wrong with what was typed."""

    entered = Signal(object)
    mistaken = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        theme = context.theme
        self._role = Choice(theme)
        self._role.setObjectName("new_role")
        self._role.setAccessibleName(tr("Role"))
        for role in Role:
            self._role.addItem(role_name(role).capitalize(), role)
        self._first = field("new_first_name", tr("First name"))
        self._last = field("new_last_name", tr("Last name"))
        self._name = field("new_name", tr("Sign-in name"))
        self._email = field("new_email", tr("E-mail"))
        self._company = field("new_company", tr("Company"))
        self._password = field("new_password", tr("Password"), secret=True)
        self._again = field("new_password_again", tr("The same again"), secret=True)
        self._fields = (
            self._first, self._last, self._name, self._email, self._company, self._password, self._again
        )  # fmt: skip
        self._role.currentIndexChanged.connect(self._follow_role)
        enter = IconButton(theme, "new_enter", "user-plus", tr("Let &in"), Kind.PRIMARY)
        enter.clicked.connect(self._enter)
        for one in self._fields:
            one.returnPressed.connect(self._enter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._role)
        column.addLayout(labelled(theme, self._fields))
        column.addWidget(enter)
        self._follow_role()

    def begin(self) -> None:
        """Show the form and take the keyboard."""
        self.show()
        self._first.setFocus()

    def clear(self) -> None:
        """Empty the form."""
        for one in self._fields:
            one.clear()

    def _follow_role(self) -> None:
        self._company.setEnabled(Role(self._role.currentData()) is Role.PROMOTER)
        self._company.setPlaceholderText("" if self._company.isEnabled() else tr("of a promoter only"))

    def _enter(self) -> None:
        role = Role(self._role.currentData())
        needed = [self._first, self._name, self._password]
        if role is Role.PROMOTER:
            needed.append(self._company)
        wrong = [one for one in needed if not one.text().strip()]
        differ = self._again.text() != self._password.text()
        if differ:
            wrong.append(self._again)
        self.mistaken.emit(tr("The two passwords differ.") if differ else "")
        if not mark_wrong(wrong):
            self.entered.emit(
                NewPerson(
                    self._name.text().strip(),
                    self._password.text(),
                    role,
                    self._first.text().strip(),
                    self._last.text().strip(),
                    self._email.text().strip(),
                    self._company.text().strip(),
                )
            )
