"""The Waitlist screen: events to the left, their entries in the middle, a person or a form to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.ui.deeds.action_form import ActionForm
from boxoffice.ui.waitlist.call_list import CallList
from boxoffice.ui.waitlist.detail import EntryDetail
from boxoffice.ui.waitlist.entries import EntryPane
from boxoffice.ui.waitlist.events import WaitlistEvents
from boxoffice.ui.waitlist.join_form import JoinAt, JoinForm
from boxoffice.ui.waitlist.settings_form import SettingsForm
from boxoffice.ui.waitlist.words import tier_choices
from boxoffice.ui.widgets.labels import panel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from boxoffice.domain.waitlist import Joined, OfferAtCounter, WaitlistEntry, WaitlistEvent
    from boxoffice.ui.context import Context

_NARROW_PX = 1500
_EVENTS_PX, _WIDE_EVENTS_PX = 316, 340
_SIDE_PX, _WIDE_SIDE_PX = 346, 440


class WaitlistScreen(QWidget):
    """For clerks, managers and promoters. Asks for nothing until it is shown."""

    left = Signal()
    """A last Esc."""
    sell_wanted = Signal(str)
    """The code of an offer whose tickets are to be sold."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("waitlist_screen")
        self._context = context
        self._form: ActionForm | CallList | None = None
        self._wanted: tuple[int, int] | None = None
        """The entry, behind its event, that is opened once that is listed."""
        self.events = WaitlistEvents(context)
        self.entries = EntryPane(context)
        self.detail = EntryDetail(context)
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """Ask for what is shown, and take the keyboard."""
        self.events.reload()
        self.events.take_focus()

    def look_for(self, text: str) -> None:
        """Find what was typed or scanned in the window's own field."""
        self.entries.look_for(text)

    def show_entry(self, event_id: int, entry_id: int) -> None:
        """Open somebody's entry, whatever became of it, now or as soon as its event is listed."""
        self._wanted = (event_id, entry_id)
        self.events.show_event(event_id)
        if self.events.current is not None:
            self._open_wanted(self.events.current)

    def add_person(self) -> None:
        """Ask who is put on the list of the event in hand."""
        event = self.events.current
        if event is None or not self._context.desk.identity.may_sell:
            return
        at = JoinAt(event.event_id, event.title, event.time_zone, tuple(tier_choices(event)))
        form = JoinForm(self._context, at, self.entries.head.tier_id or _longest_queue(event))
        form.joined.connect(self._joined)
        self._put_up(form)

    def call(self) -> None:
        """Call whoever has to be called, one after the other."""
        event = self.events.current
        if event is not None:
            calls = CallList(self._context, event)
            calls.shown.connect(self._show_called)
            calls.changed.connect(self._changed)
            self._put_up(calls)

    def change_rules(self) -> None:
        """Show how the event in hand serves its list."""
        event = self.events.current
        if event is not None:
            form = SettingsForm(self._context, event)
            self._put_up(form)

    def escape(self) -> None:
        """Take back one thing: a form, the panel, what was narrowed, then the screen."""
        if isinstance(self._form, CallList):
            self._form.escape()
        elif self._form is not None:
            self._form.back()
        elif self._side.isVisibleTo(self):
            if not self.detail.escape():
                self._close_detail()
        elif not self.entries.escape():
            self.left.emit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key that no field wanted; False when it is not for here."""
        text = event.text()
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.key() == Qt.Key.Key_Insert:
            self.add_person()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_list()
        elif text == "/":
            self.entries.head.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif text and text.isprintable() and not text.isspace() and not command:
            self.entries.type(text)
        else:
            return False
        return True

    # --- the events ----------------------------------------------------------------------------

    def _show_event(self, event: WaitlistEvent) -> None:
        self.detail.forget()
        self.detail.show_event(event)
        self.entries.show_event(event)
        if self._form is not None and not self._form.is_waiting:
            self._take_down()
        if self._form is None:
            self._close_detail(focus=False)
        self._open_wanted(event)

    def _open_wanted(self, event: WaitlistEvent) -> None:
        if self._wanted is not None and self._wanted[0] == event.event_id:
            entry_id, self._wanted = self._wanted[1], None
            self.entries.show_entry(entry_id, focus=True)
            self._open(entry_id)

    def _update_event(self, event: WaitlistEvent) -> None:
        self.detail.show_event(event)
        self.entries.update_event(event)

    def _lose_event(self) -> None:
        self.entries.show_nothing()
        self._close_detail(focus=False)

    # --- the panel -----------------------------------------------------------------------------

    def _choose(self, entry_id: int) -> None:
        # Arrows walk through the people while one of them is shown.
        if self._side.isVisibleTo(self) and self._form is None:
            self.detail.open(entry_id)

    def _open(self, entry_id: int) -> None:
        if self._form is not None and not self._take_down():
            return
        self._side.show()
        self.detail.open(entry_id)

    def _close_detail(self, *, focus: bool = True) -> None:
        if self._form is None:
            self._side.hide()
            self.detail.forget()
        if focus:
            self.entries.take_focus()

    def _take_list(self) -> None:
        """Give the keyboard to the list; who is looked at stays, in the list or not."""
        if self.detail.entry_id is None:
            self.entries.take_focus()
        else:
            self.entries.focus_list()

    def _listed(self, is_other_part: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        """Look at nobody whom a search left out; who left the list by what became of them is looked at on."""
        entry_id = self.detail.entry_id
        if entry_id is None or self._form is not None or self.entries.marks(entry_id):
            return
        if is_other_part:
            self._close_detail(focus=False)

    def _put_up(self, form: ActionForm | CallList) -> None:
        if self._form is not None and not self._take_down():
            form.deleteLater()
            return
        self._form = form
        form.closed.connect(self._form_closed)
        self._place.addWidget(form)
        if isinstance(form, ActionForm):
            self._place.addStretch(1)
        inset = 0 if isinstance(form, CallList) else 20
        self._place.setContentsMargins(inset, 0 if isinstance(form, CallList) else 16, inset, 16)
        self._side_stack.setCurrentWidget(self._area)
        self._side.show()
        form.show()
        form.begin()

    def _take_down(self) -> bool:
        """Put the form away; False while it is not known what became of its deed."""
        form = self._form
        if form is None:
            return True
        if form.is_waiting:
            form.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        self._form = None
        while self._place.count():
            self._place.takeAt(0)
        form.hide()
        form.deleteLater()
        self._side_stack.setCurrentWidget(self.detail)
        # Behind the form somebody else may have been chosen, or those who were looked at left out.
        chosen = self.entries.table.chosen_id()
        if self.detail.entry_id is None or chosen is None:
            self._close_detail(focus=False)
        elif chosen != self.detail.entry_id:
            self.detail.open(chosen)
        return True

    def _form_closed(self) -> None:
        self._take_down()
        self.events.reload()
        self.entries.take_focus()

    def _joined(self, joined: Joined) -> None:
        self.entries.show_entry(joined.entry_id)
        self._changed()

    def _changed(self) -> None:
        self.entries.load()
        self.events.reload()

    def _offer_found(self, found: OfferAtCounter) -> None:
        self.show_entry(found.offer.event_id, found.offer.entry_id)

    def _show_called(self, entry: WaitlistEntry) -> None:
        self.entries.point_at(entry.id)

    # --- making --------------------------------------------------------------------------------

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        # Both the events and what narrows the list lead to its people, whatever stands between.
        if next and self.window().focusWidget() in (self.events.list, self.entries.head.state):
            self.entries.focus_list()
            return True
        return super().focusNextPrevChild(next)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = event.size().width() >= _NARROW_PX
        self.events.setFixedWidth(_WIDE_EVENTS_PX if is_wide else _EVENTS_PX)
        self._side.setFixedWidth(_WIDE_SIDE_PX if is_wide else _SIDE_PX)
        super().resizeEvent(event)

    def _connect(self) -> None:
        self.events.chosen.connect(self._show_event)
        self.events.updated.connect(self._update_event)
        self.events.lost.connect(self._lose_event)
        head = self.entries.head
        head.add_wanted.connect(self.add_person)
        head.calls_wanted.connect(self.call)
        head.settings_wanted.connect(self.change_rules)
        self.entries.chosen.connect(self._choose)
        self.entries.opened.connect(self._open)
        self.entries.listed.connect(self._listed)
        self.entries.offer_found.connect(self._offer_found)
        self.entries.doubled.connect(self.detail.show_doubles)
        self.detail.closed.connect(self._close_detail)
        self.detail.changed.connect(self._changed)
        self.detail.deeds.left.connect(self._take_list)
        self.detail.sell_wanted.connect(self.sell_wanted)

    def _lay_out(self) -> None:
        inside = QWidget()
        self._place = QVBoxLayout(inside)
        self._place.setSpacing(0)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._side = panel("basket")
        holder = QVBoxLayout(self._side)
        holder.setContentsMargins(1, 0, 0, 0)
        stacked = QWidget()
        self._side_stack = QStackedLayout(stacked)
        self._side_stack.addWidget(self.detail)
        self._side_stack.addWidget(self._area)
        holder.addWidget(stacked)
        self._side.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.events)
        row.addWidget(self.entries, 1)
        row.addWidget(self._side)


def _longest_queue(event: WaitlistEvent) -> int | None:
    """Return the tier that most people wait for, which is the one that is asked for most."""
    tiers = [one for one in event.tiers if one.tier_id is not None]
    return max(tiers, key=lambda one: one.waiting).tier_id if tiers else None
