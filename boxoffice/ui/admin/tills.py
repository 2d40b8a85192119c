"""The tills: their names, where they stand, whether they are in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from functools import partial
from typing import TYPE_CHECKING, override
from zoneinfo import available_timezones

from boxoffice.domain.person import Till
from boxoffice.language import tr
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.start.people import field, labelled, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.administration import Administration


class TillsPane(Pane):
    """A till is never deleted: its sales bear its name."""

    def __init__(self, context: Context, deeds: Administration) -> None:
        self._deeds = deeds
        self._till: Till | None = None
        theme = context.theme
        new = IconButton(theme, "till_new", "plus", tr("&Add a till"), Kind.PRIMARY)
        new.clicked.connect(self._show_new)
        columns = (Column(tr("Till")), Column(tr("Venue")), Column(tr("State"), 130))
        table = Table(theme, "tills", columns)
        inspector = Inspector(context, "till")
        self._name = field("till_name", tr("Name"), "Counter 3")
        self._venue = field("till_venue", tr("Venue"))
        self._zone = field("till_time_zone", tr("Time zone"), "Europe/Berlin")
        self._turns = field("till_day_starts", tr("Day turns at"), "06:00")
        self._zone.setMaxLength(60)
        self._turns.setMaxLength(5)
        self._name.setMaxLength(60)
        self._venue.setMaxLength(200)
        self._save = IconButton(theme, "till_save", "check", tr("&Save"), Kind.PRIMARY)
        self._save.clicked.connect(self._enter)
        self._state = IconButton(theme, "till_state", "monitor", "", Kind.PLAIN)
        self._state.clicked.connect(self._toggle)
        fields = (self._name, self._venue, self._zone, self._turns)
        for one in fields:
            one.returnPressed.connect(self._enter)
        inspector.inside.addLayout(labelled(theme, fields))
        own = tr("You stand at this till: rename it, or take it out of use, from another.")
        self._own = Text(theme, Style.SMALL, Tone.MUTED, own).wrapping()
        inspector.inside.addWidget(self._own)
        inspector.inside.addWidget(self._save)
        inspector.inside.addWidget(self._state)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, (new,))
        table.chosen.connect(self._show)
        self._show(None)

    @override
    def reload(self) -> None:
        self.ask("tills", self._deeds.tills, self._loaded)

    def _loaded(self, tills: tuple[Till, ...]) -> None:
        self.table.show_rows([self._row(till) for till in tills])
        self.show_table(tr("There is no till yet."))

    def _row(self, till: Till) -> Row:
        state = (
            Cell(tr("In use"), tone=Tone.GOOD, is_tag=True)
            if till.is_active
            else Cell(tr("Not in use"), tone=Tone.MUTED, is_tag=True)
        )
        return Row(till.id, till, (Cell(till.name), Cell(till.venue, tone=Tone.MUTED), state))

    def _show(self, till: Till | None) -> None:
        self._till = till
        self.inspector.notice.say("")
        self.inspector.title.setText(till.name if till else tr("New till"))
        self._name.setText(till.name if till else "")
        self._venue.setText(till.venue if till else "")
        self._zone.setText(till.time_zone if till else "")
        self._turns.setText(f"{till.day_starts_at:%H:%M}" if till else "")
        for one in (self._zone, self._turns):
            # A new till gets the usual ones.
            one.setEnabled(till is not None)
        self._state.setVisible(till is not None)
        is_own = till is not None and till.id == self.context.desk.identity.till_id
        self._own.setVisible(is_own)
        self._name.setEnabled(not is_own)
        self._state.setEnabled(not is_own)
        if till is not None:
            self._state.setText(tr("Take out of &use") if till.is_active else tr("Put into &use"))

    def _show_new(self) -> None:
        self.table.clearSelection()
        self._show(None)
        self._name.setFocus()

    def _enter(self) -> None:
        name, venue = self._name.text().strip(), self._venue.text().strip()
        if mark_wrong([] if name else [self._name]):
            return
        if self._till is None:
            self.change(partial(self._deeds.add_till, name, venue), lambda _: self.reload())
        else:
            zone, turns = self._zone.text().strip(), _time(self._turns.text())
            if turns is None or not _is_zone(zone):
                mark_wrong([self._turns if turns is None else self._zone])
                return
            changed = replace(self._till, name=name, venue=venue, time_zone=zone, day_starts_at=turns)
            self.change(partial(self._deeds.change_till, changed), lambda _: self.reload())

    def _toggle(self) -> None:
        if self._till is not None:
            changed = replace(self._till, is_active=not self._till.is_active)
            self.change(partial(self._deeds.change_till, changed), lambda _: self.reload())


def _time(typed: str) -> time | None:
    """Return a time of day as people type it, None when that is none."""
    try:
        return time.fromisoformat(typed.strip().zfill(5))
    except ValueError:
        return None


def _is_zone(typed: str) -> bool:
    return typed in available_timezones()
