"""What the sale in hand has beyond its lines, each to be taken out again, and how long it holds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.domain.sale import ReductionKind
from boxoffice.formats import local
from boxoffice.language import tr, trn
from boxoffice.ui.sell.offered import short_name
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.ui.context import Context
    from boxoffice.ui.sell.counter import Counter

_SECOND_MS = 1000
_SHORT_SECONDS = 60


class HoldLine(QWidget):
    """Counts down until the tickets of the basket go back, and gives more time."""

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        self._context = context
        self._counter = counter
        self._words = Text(context.theme, Style.SMALL, Tone.MUTED)
        self._words.setObjectName("hold_left")
        self._more = IconButton(context.theme, "hold_extend", "clock", tr("&More time"), Kind.QUIET)
        self._more.clicked.connect(counter.extend)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words)
        row.addStretch(1)
        row.addWidget(self._more)
        self._tick = QTimer(self)
        self._tick.setInterval(_SECOND_MS)
        self._tick.timeout.connect(self.show_state)
        self.hide()

    def show_state(self) -> None:
        """Draw what is left of the time."""
        until = self._counter.runs_out_at
        self.setVisible(until is not None)
        if until is None:
            self._tick.stop()
            return
        left = int((until - self._context.clock()).total_seconds())
        if left > 0:
            minutes, seconds = divmod(left, 60)
            self._words.setText(tr("Tickets held for {time}", time=f"{minutes}:{seconds:02}"))
            self._tick.start()
        else:
            self._words.setText(tr("The tickets are no longer held; they are sold if they are still there."))
            self._tick.stop()
        self._words.set_tone(Tone.MUTED if left > _SHORT_SECONDS else Tone.WARN)


class TermsBar(QWidget):
    """A line for each of offer, customer, code, reduction and note; empty for most sales."""

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        self._context = context
        self._counter = counter
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_state(self) -> None:
        """Draw the terms as they are now."""
        told = tuple((name, words) for name, words, _ in self._terms())
        if told == self._shown:
            return
        self._shown = told
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for name, words, take_out in self._terms():
            self._column.addWidget(self._line(name, words, take_out))
        self.setVisible(bool(told))

    def _offer_words(self, held: OfferAtCounter) -> str:
        formats, zone = self._context.formats, self._counter.time_zone
        until = max(held.offer.until, self._counter.held_until or held.offer.until)
        is_today = local(until, zone).date() == local(self._context.clock(), zone).date()
        when = formats.time(until, zone) if is_today else formats.short_day_and_time(until, zone)
        words = tr("Held for {name} until {when} (offer)", name=short_name(held.name), when=when)
        left = held.offer.quantity - self._counter.quantity(held.offer.tier_id)
        if left <= 0:
            return words
        rest = trn(
            "{n} of the {all} offered tickets goes to the next who waits.",
            "{n} of the {all} offered tickets go to the next who waits.",
            left,
            n=formats.number(left),
            all=formats.number(held.offer.quantity),
        )
        return f"{words}. {rest}"

    def _terms(self) -> Iterator[tuple[str, str, Callable[[], None] | None]]:
        counter = self._counter
        terms = counter.terms
        if terms.offer and counter.held is not None:
            yield "offer", self._offer_words(counter.held), None
        if terms.customer_id is not None:
            yield "customer", counter.customer, partial(counter.set_customer, None, "")
        if terms.discount:
            words = tr("Code {code}", code=terms.discount)
            yield "discount", words, partial(counter.set_terms, replace(terms, discount=""))
        if terms.reduction is not None:
            if terms.reduction.kind is ReductionKind.COMPLIMENTARY:
                words = tr("Complimentary: {reason}", reason=terms.reason)
            else:
                percent = self._context.formats.percent(terms.reduction.percent)
                words = tr("{percent} off: {reason}", percent=percent, reason=terms.reason)
            yield "reduction", words, partial(counter.set_terms, replace(terms, reduction=None, reason=""))
        if terms.notes:
            yield (
                "note",
                tr("Note: {note}", note=terms.notes),
                partial(counter.set_terms, replace(terms, notes="")),
            )

    def _line(self, name: str, words: str, take_out: Callable[[], None] | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        is_offer = take_out is None
        text = ClampedText(
            self._context.theme, Style.BODY, 4 if is_offer else 2, Tone.ACCENT if is_offer else Tone.TEXT
        )
        text.setObjectName(f"term_{name}")
        text.set_text(words)
        row.addWidget(text, 1)
        if take_out is None:
            # The tickets are in the basket by it: it goes with them.
            return line
        button = IconButton(self._context.theme, f"term_{name}_remove", "x", "", Kind.QUIET)
        button.setAccessibleName(tr("Take out: {what}", what=words))
        button.clicked.connect(lambda _checked: take_out())
        row.addWidget(button)
        return line
