"""Events that do not take place: cancelled here with a reason, then given back order by order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, override

from PySide6.QtWidgets import QProgressBar

from boxoffice.domain.cancellation import Cancellation, CancellationPlan
from boxoffice.language import tr, trn
from boxoffice.ui.admin.pane import Inspector, Pane
from boxoffice.ui.orders.words import tender_name
from boxoffice.ui.start.people import field, mark_wrong
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import Text
from boxoffice.ui.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from boxoffice.domain.notice import Done
    from boxoffice.ui.context import Context
    from boxoffice.usecases.events.cancellation_desk import Cancellations

_MOST_FAILURES = 12
"""As many are read out; the rest is counted."""


class CancellationsPane(Pane):
    """The cancelled events. One that is to be cancelled is asked about in the inspector."""

    def __init__(self, context: Context, deeds: Cancellations) -> None:
        self._deeds = deeds
        self._plan: CancellationPlan | None = None
        self._shown: Cancellation | None = None
        theme = context.theme
        columns = (Column(tr("Event")), Column(tr("Given back"), 150), Column(tr("State"), 150))
        table = Table(theme, "cancellations", columns)
        table.setAccessibleName(tr("Cancelled events"))
        inspector = Inspector(context, "cancellation")
        self._facts = Text(theme, Style.BODY, Tone.TEXT).wrapping()
        self._facts.setObjectName("cancellation_facts")
        self.reason = field("cancel_event_reason", tr("Reason"), tr("Reason, told to nobody but us"))
        self.reason.setMaxLength(200)
        made = IconButton
        self.cancel = made(theme, "cancel_event", "calendar-x", tr("Cancel this &event"), Kind.PRIMARY)
        self.bar = QProgressBar()
        self.bar.setObjectName("cancellation_progress")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.go_on = made(theme, "cancellation_go_on", "play", tr("&Go on"), Kind.PRIMARY)
        self.pause = made(theme, "cancellation_pause", "clock", tr("&Pause"), Kind.PLAIN)
        self.again = made(
            theme, "cancellation_again", "refresh-cw", tr("Try the failed ones &again"), Kind.PLAIN
        )
        for part in (self._facts, self.reason, self.cancel, self.bar, self.go_on, self.pause, self.again):
            inspector.inside.addWidget(part)
        inspector.inside.addStretch(1)
        super().__init__(context, table, inspector, ())
        table.chosen.connect(self._choose)
        self.cancel.clicked.connect(self._cancel)
        self.reason.returnPressed.connect(self._cancel)
        self.go_on.clicked.connect(lambda: self._start(again=False))
        self.again.clicked.connect(lambda: self._start(again=True))
        self.pause.clicked.connect(self._pause)
        context.giving_back.progressed.connect(self._progressed)
        context.giving_back.ended.connect(self._ended)
        self._draw()

    @override
    def reload(self) -> None:
        self.ask("cancellations", self._deeds.all, self._loaded)

    def ask_about(self, event_id: int) -> None:
        """Ask whether this event is to be cancelled, with what that comes to."""
        self.ask("plan", partial(self._deeds.plan, event_id), self._planned)

    # --- what comes back -----------------------------------------------------------------------

    def _loaded(self, found: tuple[Cancellation, ...]) -> None:
        self.table.show_rows([self._row(one) for one in found])
        self.show_table(tr("No event was cancelled. An event is cancelled from the Sell screen."))
        if self._shown is not None:
            mine = self._shown.event_id
            self._shown = next((one for one in found if one.event_id == mine), None)
        self._draw()

    def _planned(self, plan: CancellationPlan) -> None:
        self._plan, self._shown = (None, self._shown) if plan.is_cancelled else (plan, None)
        self.inspector.notice.say("")
        self.reason.clear()
        self._draw()
        if self._plan is not None:
            self.reason.setFocus()
        self.reload()

    def _cancelled(self, done: Done[Cancellation]) -> None:
        self._plan, self._shown = None, done.value
        # What had the keyboard goes away; a key pressed now must not leave the screen.
        self.table.setFocus()
        self.context.freshness.touched(done.touched)
        self.reload()
        self._start(again=False)

    def _progressed(self, progress: Cancellation) -> None:
        if self._shown is not None and self._shown.event_id == progress.event_id:
            self._shown = progress
            self._draw()

    def _ended(self, error: Exception | None) -> None:
        if error is not None:
            self.refused(error)
        if self.isVisible():
            self.reload()

    # --- what is wanted ------------------------------------------------------------------------

    def _choose(self, one: Cancellation | None) -> None:
        if one is not None:
            self._plan, self._shown = None, one
            self.inspector.notice.say("")
            self._draw()

    def _cancel(self) -> None:
        reason = self.reason.text().strip()
        if self._plan is None or mark_wrong([] if reason else [self.reason]):
            return
        self.change(partial(self._deeds.cancel, self._plan.event_id, reason), self._cancelled)

    def _start(self, *, again: bool) -> None:
        self.inspector.notice.say("")
        if self._shown is None:
            return
        if not self.context.giving_back.start(self._deeds, self._shown.event_id, again=again):
            self.inspector.notice.say(tr("Another event is being given back. Wait for it, or pause it."))
        self._draw()

    def _pause(self) -> None:
        self.context.giving_back.pause()
        self.pause.setEnabled(False)

    # --- drawing -------------------------------------------------------------------------------

    def _draw(self) -> None:
        one, plan = self._shown, self._plan
        runs = one is not None and self.context.giving_back.event_id == one.event_id
        title = plan.title if plan else one.title if one else tr("Nothing is chosen")
        self.inspector.title.setText(title)
        self._facts.setText(self._plan_words(plan) if plan else self._words(one) if one else "")
        self.reason.setVisible(plan is not None)
        self.cancel.setVisible(plan is not None)
        self.bar.setVisible(one is not None)
        self.go_on.setVisible(one is not None and not runs and one.waiting > 0)
        self.pause.setVisible(runs)
        self.pause.setEnabled(runs)
        self.again.setVisible(one is not None and not runs and one.failed > 0)
        if one is not None:
            self.bar.setMaximum(max(one.orders, 1))
            self.bar.setValue(one.orders - one.waiting if one.orders else 1)

    def _plan_words(self, plan: CancellationPlan) -> str:
        formats = self.context.formats
        lines = [
            formats.short_day_and_time(plan.starts_at, plan.time_zone),
            "",
            trn("{n} order is given back.", "{n} orders are given back.", plan.orders),
            trn("{n} ticket opens no door any more.", "{n} tickets open no door any more.", plan.tickets),
        ]
        lines += [f"{tender_name(tender)}: {formats.money(amount)}" for tender, amount in plan.money]
        if plan.waiting:
            lines.append(trn("{n} person waits for tickets.", "{n} people wait for tickets.", plan.waiting))
        lines += ["", tr("Sales stop at once at every till. There is no way back.")]
        return "\n".join(lines)

    def _words(self, one: Cancellation) -> str:
        lines = [
            one.reason,
            "",
            tr("{done} of {all} orders are done", done=one.orders - one.waiting, all=one.orders),
            trn("{n} given back", "{n} given back", one.refunded),
            trn("{n} to collect at the counter", "{n} to collect at the counter", one.to_collect),
        ]
        if one.failed:
            lines.append(trn("{n} failed", "{n} failed", one.failed))
            lines += [
                f"  {self.context.formats.order_number(number)}: {_why(detail)}"
                for number, detail in one.failures[:_MOST_FAILURES]
            ]
        return "\n".join(lines)

    def _row(self, one: Cancellation) -> Row:
        number = self.context.formats.number
        return Row(
            one.event_id,
            one,
            (
                Cell(one.title, one.reason),
                Cell(f"{number(one.orders - one.waiting)} / {number(one.orders)}"),
                Cell(*_state(one), is_tag=True),
            ),
        )


def _state(one: Cancellation) -> tuple[str, str, Tone]:
    if one.failed:
        return tr("Some failed"), "", Tone.BAD
    if one.waiting:
        return tr("Under way"), "", Tone.WARN
    if one.to_collect:
        return tr("To collect"), "", Tone.ACCENT
    return tr("Given back"), "", Tone.GOOD


def _why(detail: str) -> str:
    """Return what stood in the way of one order; the database keeps the kind of refusal."""
    return {
        "NoOpenDrawer": tr("no drawer is open here"),
        "CardRefundDeclined": tr("the card service declined"),
        "CardRefundUnknown": tr("the card service did not answer"),
        "TicketNotReturnable": tr("a ticket of it cannot be given back"),
        "CardPaymentDiffers": tr("its card payment is not cleared"),
    }.get(detail, detail)
