"""The Admin screen: its parts, one shown at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.language import tr
from boxoffice.ui.admin.cancellations import CancellationsPane
from boxoffice.ui.admin.customers import CustomersPane
from boxoffice.ui.admin.evidence import EvidencePane
from boxoffice.ui.admin.keeping import KeepingPane
from boxoffice.ui.admin.mails import MailsPane
from boxoffice.ui.admin.people import PeoplePane
from boxoffice.ui.admin.tills import TillsPane
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import panel

if TYPE_CHECKING:
    from boxoffice.domain.person import Person
    from boxoffice.domain.personal import Customer
    from boxoffice.ui.admin.pane import Pane
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.administration import Administration


class AdminScreen(QWidget):
    """For managers. Asks for nothing until it is shown."""

    def __init__(self, context: Context, deeds: Administration) -> None:
        super().__init__()
        self.setObjectName("admin_screen")
        self.people = PeoplePane(context, deeds.staff)
        self.tills = TillsPane(context, deeds)
        self.customers = CustomersPane(context, deeds.personal)
        self.mails = MailsPane(context, deeds.outbox)
        self.evidence = EvidencePane(context, deeds)
        self.keeping = KeepingPane(context, deeds)
        self.cancellations = (
            CancellationsPane(context, deeds.cancellations) if deeds.cancellations is not None else None
        )
        self._pages = QStackedWidget()
        self._tabs = QButtonGroup(self)
        bar = panel("hints")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        parts: list[tuple[str, str, str, Pane]] = [
            ("admin_people", "users", tr("P&eople"), self.people),
            ("admin_tills", "monitor", tr("&Tills"), self.tills),
            ("admin_customers", "user", tr("&Customers"), self.customers),
            ("admin_mails", "mail", tr("E-&mails"), self.mails),
            ("admin_evidence", "history", tr("E&vidence"), self.evidence),
            ("admin_keeping", "shield-alert", tr("&Keys and keeping"), self.keeping),
        ]
        if self.cancellations is not None:
            parts.append(("admin_cancellations", "calendar-x", tr("Cance&lled events"), self.cancellations))
        for place, (name, icon, words, pane) in enumerate(parts):
            tab = IconButton(context.theme, name, icon, words, Kind.QUIET)
            tab.setCheckable(True)
            self._tabs.addButton(tab, place)
            row.addWidget(tab)
            self._pages.addWidget(pane)
        self._panes = [pane for *_, pane in parts]
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._pages, 1)
        self._tabs.idClicked.connect(self._turn_to)
        for pane in (self.people, self.customers):
            pane.history_wanted.connect(self._show_person)
        self._tabs.button(0).setChecked(True)

    def begin(self) -> None:
        """Ask for what the part in front shows."""
        self._turn_to(self._pages.currentIndex())

    def _turn_to(self, place: int) -> None:
        self._tabs.button(place).setChecked(True)
        self._pages.setCurrentIndex(place)
        self._panes[place].reload()

    def show_history(self, subject: tuple[str, int], name: str) -> None:
        """Show what happened to one thing."""
        self._turn_to(self._panes.index(self.evidence))
        self.evidence.show_history(subject, name)

    def ask_to_cancel(self, event_id: int) -> None:
        """Ask whether this event is to be cancelled."""
        if self.cancellations is not None:
            self._turn_to(self._panes.index(self.cancellations))
            self.cancellations.ask_about(event_id)

    def _show_person(self, person: Person | Customer) -> None:
        self.show_history(("person", person.id), person.name)
