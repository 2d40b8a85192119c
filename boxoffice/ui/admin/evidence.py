"""The evidence: searched by words and time, one row read whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, override

from PySide6.QtCore import QTimer

from boxoffice.domain.evidence import Evidence, EvidenceFilter
from boxoffice.language import tr
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.start.people import field
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.choice import Choice
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.administration import Administration

MOST_ROWS = 200
_TYPING_MS = 250


class EvidencePane(Pane):
    """Newest first; a subject alone is its history."""

    def __init__(self, context: Context, deeds: Administration) -> None:
        self._deeds = deeds
        self._subject: tuple[str, int] | None = None
        theme = context.theme
        self.search = field("evidence_search", tr("Search"), tr("Name, order number, deed, reason"))
        self.search.setFixedWidth(320)
        self._within = Choice(theme)
        self._within.setObjectName("evidence_within")
        self._within.setAccessibleName(tr("Time"))
        times = (
            (tr("Today"), timedelta(days=1)),
            (tr("7 days"), timedelta(days=7)),
            (tr("30 days"), timedelta(days=30)),
            (tr("All"), None),
        )
        for words, within in times:
            self._within.addItem(words, within)
        self._within.setCurrentIndex(2)
        self._alone = IconButton(theme, "evidence_subject", "x", "", Kind.PLAIN)
        self._alone.clicked.connect(lambda: self.show_history(None, ""))
        self._alone.hide()
        columns = (
            Column(tr("When"), 150),
            Column(tr("Who"), 190),
            Column(tr("Deed"), 180),
            Column(tr("What")),
            Column(tr("Till"), 120),
        )
        table = Table(theme, "evidence", columns)
        inspector = Inspector(context, "evidence")
        self._facts = Text(theme, Style.BODY, Tone.TEXT).wrapping()
        self._facts.setObjectName("evidence_facts")
        inspector.inside.addWidget(self._facts)
        inspector.inside.addStretch(1)
        self._most = Text(theme, Style.SMALL, Tone.MUTED, tr("The newest {n} are shown.", n=MOST_ROWS))
        self._most.hide()
        super().__init__(context, table, inspector, (self.search, self._within, self._alone, self._most))
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._within.currentIndexChanged.connect(lambda _: self.reload())
        table.chosen.connect(self._show)
        self._show(None)

    def show_history(self, subject: tuple[str, int] | None, name: str) -> None:
        """Show what happened to one thing, from the beginning; None: everything again."""
        self._subject = subject
        self._alone.setText(name)
        self._alone.setVisible(subject is not None)
        if subject is not None:
            self._within.setCurrentIndex(self._within.count() - 1)
        self.reload()

    @override
    def reload(self) -> None:
        wanted = EvidenceFilter(self.search.text(), self._subject, self._within.currentData())
        self.ask("evidence", lambda: self._deeds.evidence(wanted), self._loaded)

    def _loaded(self, found: tuple[Evidence, ...]) -> None:
        self.table.show_rows([self._row(one) for one in found])
        self.show_table(tr("Nothing fits."))
        self._most.setVisible(len(found) == MOST_ROWS)

    def _row(self, one: Evidence) -> Row:
        return Row(
            one.id,
            one,
            (
                Cell(self.context.formats.stamp_here(one.at), tone=Tone.MUTED),
                Cell(one.name or one.role, one.role if one.name else ""),
                Cell(deed_name(one.action)),
                Cell(f"{subject_name(one.subject)} {one.subject_id}", _summary(one)),
                Cell(one.till, tone=Tone.MUTED),
            ),
        )

    def _show(self, one: Evidence | None) -> None:
        self.inspector.title.setText(deed_name(one.action) if one else tr("Nothing is chosen"))
        self._facts.setText(self._facts_of(one) if one else "")

    def _facts_of(self, one: Evidence) -> str:
        lines = [
            f"{subject_name(one.subject)} {one.subject_id}",
            self.context.formats.stamp_here(one.at),
            tr("by {name} ({role})", name=one.name, role=one.role)
            if one.name
            else tr("by {role}", role=one.role),
        ]
        if one.till or one.client:
            lines.append(tr("at {till}, from {client}", till=one.till or "-", client=one.client or "-"))
        if one.reason:
            lines.append(tr("because: {reason}", reason=one.reason))
        lines.append("")
        lines.extend(f"{name}: {_plain(value)}" for name, value in one.detail.items())
        for name in sorted(one.before.keys() | one.after.keys()):
            before, after = one.before.get(name), one.after.get(name)
            lines.append(f"{name}: {_plain(before)} → {_plain(after)}")
        return "\n".join(lines)


def _summary(one: Evidence) -> str:
    if one.reason:
        return one.reason
    if one.before and one.after:
        return ", ".join(f"{name}: {_plain(one.before.get(name))} → {_plain(one.after.get(name))}"
                         for name in one.after)  # fmt: skip
    return ", ".join(f"{name} {_plain(value)}" for name, value in one.detail.items())


def _plain(value: Any) -> str:
    return "-" if value is None else str(value)


def deed_name(action: str) -> str:
    """Return what people call a deed."""
    return {
        "sold": tr("Sold"),
        "reprinted": tr("Printed again"),
        "mailed": tr("Sent by e-mail"),
        "mail_retried": tr("E-mails tried again"),
        "signed_in": tr("Signed in"),
        "allowed": tr("Allowed by a manager"),
        "barred": tr("Disabled"),
        "let_in": tr("Let in again"),
        "connections_ended": tr("Connections ended"),
        "password_reset": tr("Password set anew"),
        "password_changed": tr("Own password changed"),
        "made_key": tr("Key made"),
        "resealed": tr("Sealed anew"),
        "exported": tr("Data handed over"),
        "erased": tr("Person erased"),
        "retired": tr("Old records removed"),
        "drawer_opened": tr("Drawer opened"),
        "drawer_joined": tr("Drawer joined"),
        "drawer_counted": tr("Drawer counted"),
        "drawer_closed": tr("Drawer closed"),
        "paid_in": tr("Paid in"),
        "paid_out": tr("Paid out"),
        "safe_drop": tr("Drop to the safe"),
        "took_down": tr("Customer added"),
        "moved_name": tr("Name moved"),
        "noted": tr("Notes written"),
        "added": tr("Added"),
        "changed": tr("Changed"),
        "removed": tr("Removed"),
    }.get(action, action)


def subject_name(subject: str) -> str:
    """Return what people call the thing that a deed was done to."""
    return {
        "order": tr("Order"),
        "ticket": tr("Ticket"),
        "person": tr("Person"),
        "promoter": tr("Promoter"),
        "event": tr("Event"),
        "tier": tr("Tier"),
        "till": tr("Till"),
        "hold": tr("Hold"),
        "waitlist": tr("Waitlist place"),
        "drawer": tr("Drawer"),
        "office": tr("Box office"),
    }.get(subject, subject)
