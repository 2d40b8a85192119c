"""Inline forms for what a sale has beyond its lines: a code, a reduction, a note, a day to pay by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from boxoffice.domain.sale import Reduction, ReductionKind
from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton
from boxoffice.ui.widgets.inline_form import Field, InlineForm
from boxoffice.ui.widgets.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxoffice.formats import Formats
    from boxoffice.ui.sell.counter import Counter
    from boxoffice.ui.theme.theme import Theme
    from boxoffice.wording import Wording

WHOLE_PERCENT = 100
USUAL_DAYS = 7
MOST_DAYS = 365


class CodeForm(InlineForm):
    """A discount code. Tells `done` when it was given to the basket."""

    done = Signal()

    def __init__(self, theme: Theme, counter: Counter, wording: Wording) -> None:
        advice = tr("Type the code as it is printed; capitals do not matter.")
        super().__init__(theme, "code", tr("Discount code"), advice)
        self._counter = counter
        self._wording = wording
        self._asked = ""
        """The code whose price is on its way."""
        counter.changed.connect(self._answered)
        self.code = self.add_field(Field("discount_code", tr("Discount code"), longest=40))
        self.confirmed.connect(self.confirm)
        self.take.set_words(tr("Use the code"), tr("Enter"))

    def begin(self) -> None:
        """Ask for a code."""
        self._asked = ""
        self.advise()
        self.code.setText(self._counter.terms.discount)
        self.code.selectAll()
        self.code.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def confirm(self) -> None:
        """Price the basket under the code; an empty field takes a code away."""
        code = self.code.text().strip().upper()
        if code == self._counter.terms.discount:
            self.done.emit()
            return
        self._asked = code
        self._counter.set_terms(replace(self._counter.terms, discount=code, reduction=None))
        if not code:
            self.done.emit()

    def _answered(self) -> None:
        """Leave the form when the code is good; keep the keyboard in it when it is not."""
        if not self._asked or self._counter.is_pricing:
            return
        asked, self._asked = self._asked, ""
        problem = self._counter.problem
        if self._counter.terms.discount == asked and self._counter.totals is not None:
            self.done.emit()
        elif problem is not None:
            self.advise(self._wording.sentence(problem), self.code)
            self.code.selectAll()


class ReduceForm(InlineForm):
    """A reduced price or none at all, with a reason. Whether it may be given is asked when it is sold."""

    done = Signal()

    def __init__(self, theme: Theme, counter: Counter) -> None:
        advice = tr(
            "Percent off each ticket; 100 is complimentary. A manager's leave is asked for at the sale."
        )
        super().__init__(theme, "reduce", tr("Reduced price"), advice)
        self._counter = counter
        self.percent = self.add_field(Field("reduce_percent", tr("Percent off"), longest=6))
        self.reason = self.add_field(Field("reduce_reason", tr("Reason"), longest=200))
        free = IconButton(theme, "reduce_complimentary", "ticket-check", tr("&Complimentary"))
        free.clicked.connect(self._complimentary)
        none = IconButton(theme, "reduce_none", "x", tr("&Full price"))
        none.clicked.connect(self._full_price)
        row = QHBoxLayout()
        row.addWidget(free)
        row.addWidget(none)
        row.addStretch(1)
        self.body.addLayout(row)
        self.confirmed.connect(self.confirm)
        self.take.set_words(tr("Reduce the price"), tr("Enter"))

    def begin(self) -> None:
        """Ask for the percentage."""
        self.percent.clear()
        self.reason.setText(self._counter.terms.reason)
        self.advise()
        self.percent.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def confirm(self) -> None:
        """Price the basket with the reduction, once there is a percentage and a reason."""
        percent = _percent(self.percent.text())
        reason = self.reason.text().strip()
        if percent is None:
            self.advise(tr("A percentage is a number above 0, up to 100."), self.percent)
            self.percent.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not any(map(str.isalnum, reason)):
            self.advise(tr("Say why: a few words are enough."), self.reason)
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            kind = ReductionKind.COMPLIMENTARY if percent == WHOLE_PERCENT else ReductionKind.REDUCED
            self._give(Reduction(kind, percent), reason)

    def _complimentary(self) -> None:
        self.percent.setText(str(WHOLE_PERCENT))
        self.confirm()

    def _full_price(self) -> None:
        self._give(None, "")

    def _give(self, reduction: Reduction | None, reason: str) -> None:
        terms = replace(self._counter.terms, reduction=reduction, reason=reason, discount="")
        self._counter.set_terms(terms)
        self.done.emit()


class NoteForm(InlineForm):
    """A note that goes with the order."""

    done = Signal()

    def __init__(self, theme: Theme, counter: Counter) -> None:
        super().__init__(theme, "note", tr("Note"), tr("It is kept with the order, sealed, for the counter."))
        self._counter = counter
        self.note = self.add_field(Field("order_note", tr("Note"), longest=1000))
        self.confirmed.connect(self.confirm)
        self.take.set_words(tr("Keep the note"), tr("Enter"))

    def begin(self) -> None:
        """Ask for the note."""
        self.note.setText(self._counter.terms.notes)
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def confirm(self) -> None:
        """Give the note to the sale; an empty one takes it away."""
        self._counter.set_terms(replace(self._counter.terms, notes=self.note.text().strip()))
        self.done.emit()


class LaterForm(InlineForm):
    """Invoice or pay later: the order holds its tickets until a day. Tells `done` when it was asked for."""

    done = Signal()
    customer_wanted = Signal()
    """Nobody is named yet who will pay: choose one and come back."""

    def __init__(
        self, theme: Theme, formats: Formats, counter: Counter, clock: Callable[[], datetime]
    ) -> None:
        advice = tr("The tickets are held until the end of that day and printed when they are paid.")
        super().__init__(theme, "later", tr("Pay later"), advice)
        self._formats = formats
        self._counter = counter
        self._clock = clock
        self.days = self.add_field(Field("later_days", tr("Days from today"), longest=3))
        self._day = Text(theme, Style.ROW, Tone.MUTED)
        self._day.setObjectName("later_day")
        self.body.addWidget(self._day)
        self.confirmed.connect(self.confirm)
        self.days.textChanged.connect(self._show_day)

    def begin(self) -> None:
        """Ask until when."""
        self.days.setText(str(USUAL_DAYS))
        self.days.selectAll()
        self.days.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._show_day()

    def confirm(self) -> None:
        """Order the basket, if somebody is named who will pay and the day is one to come."""
        due = self._due()
        if self._counter.terms.customer_id is None:
            self.customer_wanted.emit()
        elif due is None:
            self.advise(tr("Choose a day to come, within a year."), self.days)
        else:
            self.done.emit()
            self._counter.set_terms(replace(self._counter.terms, due_at=due))
            self._counter.pay()

    def _due(self) -> datetime | None:
        return last_moment_of(self.days.text(), self._clock(), self._counter.time_zone)

    def _show_day(self) -> None:
        due = self._due()
        day = "" if due is None else self._formats.short_day_and_time(due, self._counter.time_zone)
        self._day.setText(day)
        if self._counter.terms.customer_id is None:
            self.advise(tr("An order that is paid later needs a customer."))
            self.take.set_words(tr("Choose the customer…"), tr("Enter"))
            return
        self.advise()
        words = (
            trn("Order for {n} day", "Order for {n} days", int(self.days.text()), n=self.days.text())
            if (due is not None)
            else tr("Order, pay later")
        )
        self.take.set_words(words, tr("Enter"))


def last_moment_of(days: str, now: datetime, time_zone: str) -> datetime | None:
    """Return the end of the day so many days from now; None when that is no day to come, within a year."""
    typed = days.strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= MOST_DAYS:
        return None
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date() + timedelta(days=int(typed))
    return datetime.combine(day, time(23, 59, 59), zone)


def _percent(typed: str) -> Decimal | None:
    try:
        percent = Decimal(typed.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return percent if percent.is_finite() and 0 < percent <= WHOLE_PERCENT else None
