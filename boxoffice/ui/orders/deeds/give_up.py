"""Orders that are paid later: given up, or taken up again until another day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from boxoffice.domain.after_sale import CancelOrder, ReactivateOrder
from boxoffice.domain.giving_back import original_tenders
from boxoffice.domain.sale import Tender
from boxoffice.language import tr
from boxoffice.ui.deeds.form import DeedForm
from boxoffice.ui.deeds.result import Outcome, returned_words, show_correction
from boxoffice.ui.sell.till.term_forms import USUAL_DAYS, last_moment_of
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.inline_form import Field
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from datetime import datetime

    from boxoffice.domain.after_sale import Correction
    from boxoffice.domain.event import EventOffer
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.domain.sale import Sale
    from boxoffice.ui.context import Context

_BY_REFERENCE = (Tender.CARD, Tender.OTHER)


class CancelForm(DeedForm):
    """Why the order is given up; what was paid of it goes back the way it came."""

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, "cancel_order", tr("Cancel the order"))
        self._wish = CancelOrder(order.sale.order_id, "")
        back = original_tenders(order, order.kept)
        says = (
            tr("Goes back: {ways}", ways=returned_words(context, back))
            if back
            else tr("Its tickets are free again at once. Nothing was paid.")
        )
        self.body.addWidget(Text(context.theme, Style.BODY, Tone.MUTED, says).wrapping())
        self._reason = self.add_field(Field("cancel_order_reason", tr("Reason"), longest=200))
        reference = Field("cancel_order_reference", tr("Reference"), hint=tr("Terminal's reference, if any"))
        self._reference = self.add_field(reference)
        self._reference.setVisible(any(part.tender in _BY_REFERENCE for part in back))
        self.take.set_words(tr("Cancel the order"), tr("Enter"))
        self._outcome = Outcome(context, "cancel_order")
        self.outcome.addWidget(self._outcome)

    def begin(self) -> None:
        """Ask why."""
        self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def reason(self) -> str:
        """Return why."""
        return self._reason.text().strip()

    def confirm(self) -> None:
        """Give the order up, once there is a reason."""
        if not any(map(str.isalnum, self.reason)):
            self.advise(tr("Say why: a few words are enough."), self._reason)
            return
        wish = self._wish = replace(self._wish, reason=self.reason, reference=self._reference.text().strip())
        desk = self.context.desk
        self.ask(lambda: desk.cancel_order(wish), self._cancelled)

    def _cancelled(self, done: Correction) -> None:
        show_correction(self.context, self._outcome, done)
        self.show_outcome()


class TakeUpForm(DeedForm):
    """Until when it is held now."""

    def __init__(self, context: Context, order: OrderDetail) -> None:
        super().__init__(context, "take_up", tr("Take up again"))
        self._order = order
        self._zone = ""
        """Of the event, in which a day ends; unknown at first, for an order without tickets does not say."""
        self._wish: ReactivateOrder | None = None
        advice = tr("Its tickets are held again, if they are still there, until the end of that day.")
        self.body.addWidget(Text(context.theme, Style.BODY, Tone.MUTED, advice).wrapping())
        self._days = self.add_field(Field("take_up_days", tr("Days from today"), longest=3))
        self._day = Text(context.theme, Style.ROW)
        self._day.setObjectName("take_up_day")
        self.body.addWidget(self._day)
        self._days.textChanged.connect(lambda _text: self._show_day())
        self._days.setText(str(USUAL_DAYS))
        self.take.set_words(tr("Take it up again"), tr("Enter"))
        self._outcome = Outcome(context, "take_up")
        self.outcome.addWidget(self._outcome)
        event_id, offer = order.sale.event_id, context.desk.event_offer
        self.take.setEnabled(False)
        context.tasks.look(self, "zone", lambda: offer(event_id), self._learn_zone, self._zone_unknown)

    def begin(self) -> None:
        """Ask for how many days."""
        self._days.setFocus(Qt.FocusReason.OtherFocusReason)
        self._days.selectAll()

    def confirm(self) -> None:
        """Hold its tickets again, if the day is one to come."""
        due = self._due()
        if not self._zone:
            return
        if due is None:
            self.advise(tr("Choose a day to come, within a year."), self._days)
            return
        wish = self._wish = (
            ReactivateOrder(self._order.sale.order_id, due)
            if self._wish is None
            else replace(self._wish, due_at=due)
        )
        desk = self.context.desk
        self.ask(lambda: desk.reactivate_order(wish), self._taken_up)

    def _learn_zone(self, offer: EventOffer) -> None:
        self._zone = offer.time_zone
        self.take.setEnabled(True)
        self._show_day()

    def _zone_unknown(self, error: Exception) -> None:
        self.notice.say(self.context.wording.sentence(error))

    def _due(self) -> datetime | None:
        return last_moment_of(self._days.text(), self.context.clock(), self._zone) if self._zone else None

    def _show_day(self) -> None:
        due = self._due()
        self._day.setText("" if due is None else self.context.formats.short_day_and_time(due, self._zone))

    def _taken_up(self, sale: Sale) -> None:
        formats = self.context.formats
        day = "" if sale.due_at is None else formats.short_day_and_time(sale.due_at, self._zone)
        words = tr("Taken up again. To be paid until {day}.", day=day)
        self._outcome.say(words, formats.money(sale.open_amount))
        self.show_outcome()
