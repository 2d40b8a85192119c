"""Customers and what the office holds about each: find, mend, hand over, delete, erase."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.personal import Contact, Customer
from boxoffice.language import tr, trn
from boxoffice.ui.admin.files import choose_new_file
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.start.people import field, labelled, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.states import Notice
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.personal_data import PersonalData

_TYPING_MS = 200


class CustomersPane(Pane):
    """Tells `history_wanted` with a customer."""

    history_wanted = Signal(object)

    def __init__(self, context: Context, deeds: PersonalData) -> None:
        self._deeds = deeds
        self._customer: Customer | None = None
        theme = context.theme
        self.search = field("customer_search", tr("Find a customer"), tr("Name, e-mail, phone or reference"))
        self.search.setMinimumWidth(320)
        columns = (
            Column(tr("Name")),
            Column(tr("Phone"), 180),
            Column(tr("Orders"), 130),
            Column(tr("Since"), 150),
            Column(tr("State"), 110),
        )
        table = Table(theme, "customers", columns)
        self._known = KnownCustomer(context)
        inspector = Inspector(context, "customer")
        self._done = Notice(theme, "customer_done", Tone.ACCENT)
        inspector.inside.addWidget(self._done)
        inspector.inside.addWidget(self._known)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, (self.search,))
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _: self._typing.start())
        table.chosen.connect(self._show)
        self._known.saved.connect(self._save)
        self._known.export_wanted.connect(self._choose_file)
        self._known.delete_wanted.connect(self._set_deleted)
        self._known.erase_wanted.connect(self._erase)
        self._known.history_wanted.connect(lambda: self.history_wanted.emit(self._customer))
        self._show(None)

    @override
    def reload(self) -> None:
        typed = self.search.text()
        self.ask("customers", lambda: self._deeds.find(typed), self._loaded)

    def _loaded(self, found: tuple[Customer, ...]) -> None:
        self.table.show_rows([self._row(one) for one in found])
        self.show_table(tr("Nobody fits. Phone numbers and references are found whole only."))

    def _row(self, one: Customer) -> Row:
        formats = self.context.formats
        state = (
            Cell(tr("Deleted"), tone=Tone.WARN, is_tag=True)
            if one.deleted_at
            else Cell(tr("Active"), tone=Tone.GOOD, is_tag=True)
        )
        ink = Tone.FAINT if one.deleted_at else Tone.TEXT
        return Row(
            one.id,
            one,
            (
                Cell(one.name or tr("Person {n}", n=one.id), one.email, ink),
                Cell(one.contact.phone, tone=ink),
                Cell(formats.number(one.orders), tone=Tone.MUTED),
                Cell(formats.day_with_year(one.since, "UTC"), tone=Tone.MUTED),
                state,
            ),
        )

    def _show(self, one: Customer | None) -> None:
        is_other = one is None or self._customer is None or one.id != self._customer.id
        self._customer = one
        self.inspector.notice.say("")
        if is_other:
            self._done.say("")
        self._known.setVisible(one is not None)
        title = (one.name or tr("Person {n}", n=one.id)) if one else tr("Nobody is chosen")
        self.inspector.title.setText(title)
        if one is not None:
            self._known.show_customer(one, is_other=is_other)

    # --- deeds ---------------------------------------------------------------------------------

    def _save(self, contact: Contact) -> None:
        if self._customer is not None:
            deed = partial(self._deeds.set_contact, self._customer, contact)
            self.change(deed, lambda _: self._did(tr("Saved.")))

    def _choose_file(self, reason: str) -> None:
        one = self._customer
        if one is not None:
            self._done.say("")
            name = f"{one.first_name}-{one.last_name}-{one.id}".strip("-").lower().replace(" ", "-")
            choose_new_file(self, tr("Save what is held"), f"{name}.pdf", partial(self._export, one, reason))

    def _export(self, one: Customer, reason: str, path: Path) -> None:
        formats = self.context.formats

        def hand_over() -> tuple[Path, Path]:
            from boxoffice.printing.dossier import write_dossier  # noqa: PLC0415 - loads the printing of pages

            return write_dossier(self._deeds.dossier(one, reason), path, formats)

        self.change(hand_over, self._exported)

    def _exported(self, paths: tuple[Path, Path]) -> None:
        names = " + ".join(path.name for path in paths)
        self._did(tr("Saved: {names}. That it was handed over is recorded.", names=names))

    def _set_deleted(self, deleted: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        if self._customer is not None:
            words = tr("Deleted. Within 90 days it can be brought back.") if deleted else tr("Brought back.")
            deed = partial(self._deeds.set_deleted, self._customer, deleted)
            self.change(deed, lambda _: self._did(words))

    def _erase(self, reason: str) -> None:
        if self._customer is not None:
            deed = partial(self._deeds.erase, self._customer, reason)
            self.change(deed, lambda _: self._did(tr("Erased. Orders and payments stay, without a name.")))

    def _did(self, words: str) -> None:
        self._done.say(words)
        self.reload()


class KnownCustomer(QWidget):
    """One customer: contact, and the deeds that the law asks for."""

    saved = Signal(object)
    export_wanted = Signal(str)
    delete_wanted = Signal(bool)
    erase_wanted = Signal(str)
    history_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        theme = context.theme
        self._customer: Customer | None = None
        self._facts = Text(theme, Style.BODY, Tone.MUTED).wrapping()
        self.phone = field("customer_phone", tr("Phone"))
        self.address = field("customer_address", tr("Address"))
        self.notes = field("customer_notes", tr("Notes"))
        shut = tr("Dots stand for what cannot be read here: its key is not on this computer.")
        self._shut = Text(theme, Style.SMALL, Tone.WARN, shut).wrapping()
        self._save = IconButton(theme, "customer_save", "check", tr("&Save"), Kind.PRIMARY)
        self._save.clicked.connect(self._enter)
        self.reason = field("customer_reason", tr("Why"), tr("Why: asked by letter, …"))
        export = IconButton(theme, "customer_export", "file-text", tr("&Hand over what is held…"), Kind.PLAIN)
        export.clicked.connect(self._hand_over)
        self._delete = IconButton(theme, "customer_delete", "x", "", Kind.PLAIN)
        self._delete.clicked.connect(self._toggle)
        self._erase = IconButton(theme, "customer_erase", "circle-x", tr("Er&ase the person"), Kind.PLAIN)
        self._erase.clicked.connect(self._confirm)
        self._sure = Notice(theme, "customer_sure", Tone.WARN)
        self._sure.acted.connect(self._erase_now)
        history = IconButton(theme, "customer_history", "history", tr("H&istory"), Kind.QUIET)
        history.clicked.connect(self.history_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._facts)
        column.addLayout(labelled(theme, (self.phone, self.address, self.notes)))
        for part in (
            self._shut,
            self._save,
            self.reason,
            export,
            self._delete,
            self._erase,
            self._sure,
            history,
        ):
            column.addWidget(part)
        for one in (self.phone, self.address, self.notes):
            one.returnPressed.connect(self._enter)

    def show_customer(self, one: Customer, *, is_other: bool) -> None:
        """Show somebody; what was typed as a reason stays with the same person."""
        self._customer = one
        words = trn("{n} order", "{n} orders", one.orders)
        self._facts.setText("\n".join(line for line in (one.email, words) if line))
        for place, text in ((self.phone, one.contact.phone), (self.address, one.contact.address),
                            (self.notes, one.contact.notes)):  # fmt: skip
            place.setText(text)
            place.setEnabled(not one.contact.is_shut)
        self._shut.setVisible(one.contact.is_shut)
        self._save.setEnabled(not one.contact.is_shut)
        self._delete.setText(tr("&Bring back") if one.deleted_at else tr("&Delete"))
        self._sure.say("")
        if is_other:
            self.reason.clear()

    def _enter(self) -> None:
        self.saved.emit(Contact(self.phone.text(), self.address.text(), self.notes.text()))

    def _toggle(self) -> None:
        if self._customer is not None:
            self.delete_wanted.emit(self._customer.deleted_at is None)

    def _confirm(self) -> None:
        if not mark_wrong([] if self.reason.text().strip() else [self.reason]):
            words = tr("Name, contact, waitlist places and e-mails go for good; orders and payments stay.")
            self._sure.say(words, tr("Erase for good"))

    def _erase_now(self) -> None:
        self._sure.say("")
        self.erase_wanted.emit(self.reason.text().strip())

    def _hand_over(self) -> None:
        reason = self.reason.text().strip()
        if not mark_wrong([] if reason else [self.reason]):
            self.export_wanted.emit(reason)
