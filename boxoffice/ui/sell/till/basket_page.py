"""The basket: what is in it, what it comes to, how it is paid, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from boxoffice.domain.errors import (
    NeedsOverride,
    NoOpenDrawer,
    OfferOver,
    Refused,
    SoldOut,
    TierNotSellable,
)
from boxoffice.domain.sale import Tender
from boxoffice.domain.tier import NotSellable
from boxoffice.language import tr, trn
from boxoffice.ui.deeds.leave import ManagerLeave
from boxoffice.ui.sell.basket import allowed
from boxoffice.ui.sell.counter import Counter, Phase
from boxoffice.ui.sell.offered import is_gone, missed_by
from boxoffice.ui.sell.till.done import PrintStrip
from boxoffice.ui.sell.till.lines import BasketLines, TotalsBox
from boxoffice.ui.sell.till.order_card import tender_word
from boxoffice.ui.sell.till.tenders import Form, Tenders
from boxoffice.ui.sell.till.terms_bar import HoldLine, TermsBar
from boxoffice.ui.theme.tokens import Style, Tone
from boxoffice.ui.widgets.buttons import IconButton, Kind
from boxoffice.ui.widgets.labels import ClampedText, Text
from boxoffice.ui.widgets.states import Notice, StateNote
from boxoffice.usecases.desk import AllowOnce

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from boxoffice.domain.tier import TierOffer
    from boxoffice.ui.context import Context
    from boxoffice.usecases.office.open_office import Credentials


class BasketPage(QWidget):
    """Renders the counter. Everything pressed here goes straight back to it."""

    last_sales_wanted = Signal()
    gift_card_wanted = Signal()
    wait_wanted = Signal()
    """Somebody wants to wait for what is sold out."""

    def __init__(self, context: Context, counter: Counter) -> None:
        super().__init__()
        self._context = context
        self._counter = counter
        self._shown: object = None
        theme, formats = context.theme, context.formats
        self._event = ClampedText(theme, Style.SMALL, 2, Tone.MUTED)
        self._last = IconButton(theme, "last_sales", "history", tr("Last sales"), Kind.QUIET)
        self._last.setToolTip(tr("Last sales of this till (Ctrl+L)"))
        self._last.clicked.connect(self.last_sales_wanted)
        self._gift = IconButton(theme, "sell_gift_card", "ticket-check", "", Kind.QUIET)
        self._gift.setAccessibleName(tr("Sell a gift card"))
        self._gift.setToolTip(tr("Sell a gift card (Ctrl+G)"))
        self._gift.clicked.connect(self.gift_card_wanted)
        self.strip = PrintStrip(context)
        self._lines = BasketLines(theme, formats)
        self._empty = StateNote(theme, "basket_state")
        self._empty.acted.connect(self.wait_wanted)
        # Else the lines, which may scroll, would get as much room as this note needs, and forms too little.
        self._empty.setMinimumHeight(1)
        self.notice = Notice(theme, "basket_notice")
        self.notice.acted.connect(self._act)
        self.given_back = Notice(theme, "given_back_notice", Tone.ACCENT)
        self._totals = TotalsBox(theme, formats)
        self._terms = TermsBar(context, counter)
        self._hold = HoldLine(context, counter)
        self.leave = ManagerLeave(theme, "sale")
        self.leave.given.connect(self._allow)
        self.leave.left.connect(self._leave_refused)
        self._asked_for: NeedsOverride | None = None
        """The refusal for which a manager was asked last."""
        self.tenders = Tenders(context, counter)
        self.tenders.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.tenders.paid.connect(lambda payments: counter.pay(*payments))
        self.tenders.paying.connect(self._begin_paying)
        self.tenders.cleared.connect(counter.clear)
        counter.hold_refused.connect(self.tenders.back)
        self._lay_out()
        counter.changed.connect(self.show_state)
        self.show_state()

    def show_state(self) -> None:
        """Draw the counter as it is now; a page behind another one waits until it is seen."""
        if self.isHidden():
            return
        counter = self._counter
        basket = counter.basket
        state = (
            basket,
            counter.totals,
            counter.is_pricing,
            counter.is_paying,
            counter.phase,
            counter.problem,
            counter.terms,
            counter.customer,
            counter.held_until,
            counter.given_back,
            counter.card.talk,
            counter.parts.is_bound,
            counter.may_be_charged,
            counter.held,
        )
        if (state, counter.offer) == self._shown:
            return
        self._shown = (state, counter.offer)
        self._lines.show_basket(basket, counter.totals, is_pricing=counter.is_pricing)
        self._stack.setCurrentWidget(self._lines if basket.count else self._empty)
        self._say_empty()
        elsewhere = (
            basket.offer is not None and counter.offer is not None and basket.offer.id != counter.offer.id
        )
        self._event.setVisible(elsewhere)
        if elsewhere and basket.offer is not None:
            self._event.set_text(tr("for {title}", title=basket.offer.title))
        self._totals.show_totals(counter.totals, is_pricing=counter.is_pricing)
        self._terms.show_state()
        self._hold.show_state()
        settled = None if counter.is_pricing else counter.totals
        self.tenders.show_state(
            basket.count, settled, busy=counter.is_paying, frozen=counter.phase is not Phase.CHOOSING
        )
        self.tenders.is_barred = self._hindrance() is not None
        self._show_problem()
        self._show_given_back()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.show_state()

    def _say_empty(self) -> None:
        offer = self._counter.offer
        if offer is None or not any(map(is_gone, offer.tiers)) or any(map(_is_on_sale, offer.tiers)):
            advice = tr("Press a tier's number, then how many tickets.")
            self._empty.show_note("ticket", tr("The basket is empty"), advice)
            return
        waiting = sum(tier.waiting for tier in offer.tiers)
        advice = tr("Whoever comes for tickets that are sold out can wait for those that come back.")
        if waiting:
            number = self._context.formats.number(waiting)
            advice = (
                f"{trn('{n} person waits already.', '{n} people wait already.', waiting, n=number)} {advice}"
            )
        self._empty.show_note("users", tr("Nothing is left of this event"), advice, _waitlist_words())

    def _show_problem(self) -> None:
        counter = self._counter
        problem = counter.problem or self._hindrance()
        # The banner speaks of a sale whose answer was lost: saying it twice would only frighten.
        self._ask_manager(problem)
        if problem is None or counter.phase is Phase.UNSURE:
            self.notice.say("")
            return
        words = self._context.wording.sentence(problem, counter.time_zone)
        is_final = isinstance(problem, Refused) and not isinstance(problem, NeedsOverride | NoOpenDrawer)
        is_told = problem is counter.problem or _is_cancelled(problem)
        if is_final and is_told and counter.may_be_charged:
            words += " " + tr(
                "If the card was charged, it is found on the Till screen under card payments: "
                "give the money back from there."
            )
        self.notice.say(words, self._way_out(problem))

    def _ask_manager(self, problem: Exception | None) -> None:
        """Ask a manager once for each refusal; what was asked about another basket is put away."""
        if isinstance(problem, NeedsOverride):
            if problem is not self._asked_for:
                self._asked_for = problem
                self.leave.begin()
        elif self.leave.isVisible() and self._counter.phase is not Phase.SELLING:
            self.leave.close_()
            self.tenders.left.emit()

    def _leave_refused(self) -> None:
        self.leave.close_()
        self.tenders.left.emit()

    def _show_given_back(self) -> None:
        done = self._counter.given_back
        if done is None:
            self.given_back.say("")
            return
        money = self._context.formats.money
        cash = [part.amount for part in done.returned if part.tender is Tender.CASH]
        other = [part for part in done.returned if part.tender is not Tender.CASH]
        sentences = [tr("The last sale was given back.")]
        if cash:
            sentences.append(tr("Give the customer {amount} in cash.", amount=money(sum(cash[1:], cash[0]))))
        sentences += [
            tr("{amount} went back by {tender}.", amount=money(part.amount), tender=tender_word(part.tender))
            for part in other
        ]
        self.given_back.say(" ".join(sentences))

    def _hindrance(self) -> Refused | None:
        """Return what the server would refuse, going by the newest that it said of the basket's event."""
        counter = self._counter
        offer = counter.basket.offer
        if offer is None or counter.phase is not Phase.CHOOSING:
            return None
        for tier in offer.tiers:
            refusal = allowed(tier, counter.quantity(tier.id))[1]
            if refusal is not None:
                return refusal
        return None

    def _way_out(self, problem: Exception) -> str:
        basket = self._counter.basket
        if isinstance(problem, NeedsOverride):
            return tr("A &manager allows it…")
        if isinstance(problem, NoOpenDrawer) and not problem.open:
            return tr("Open the &drawer…")
        if missed_by(problem) is not None:
            return self._way_to_tickets(problem)
        if isinstance(problem, OfferOver) and problem.offer is not None:
            return tr("Show the &order") if problem.order_number else tr("Show on the wai&tlist")
        if not isinstance(problem, Refused) and self._counter.totals is None and basket.count:
            return tr("Try again")
        return ""

    def _way_to_tickets(self, problem: Exception) -> str:
        if isinstance(problem, SoldOut) and not self._leads_to_list(problem):
            count = self._context.formats.number(problem.available)
            return trn("Take {n}", "Take {n}", problem.available, n=count)
        missed = self._counter.missed
        return _waitlist_words(missed.quantity if missed is not None else 0)

    def _leads_to_list(self, problem: Exception) -> bool:
        """Return whether the way out is to wait; of tickets in the basket some may be left, to be taken."""
        if isinstance(problem, SoldOut):
            return not 0 < problem.available < self._counter.basket.quantity(problem.tier_id)
        return missed_by(problem) is not None

    def _show_what_became(self, over: OfferOver) -> None:
        if over.order_number:
            self._context.show_order(over.order_number)
        elif over.offer is not None:
            self._context.show_entry(over.offer.offer.event_id, over.offer.offer.entry_id)

    def _begin_paying(self, paying: bool) -> None:  # noqa: FBT001 - the slot of a signal that carries one bool
        if paying:
            self._counter.hold()
        else:
            self._counter.release()
        if paying and self.tenders.form is Form.CARD:
            self._counter.pin_card()
        else:
            self._counter.unpin_card(is_cancelled=_is_cancelled(self._hindrance()))

    def _allow(self, credentials: Credentials) -> None:
        problem = self._counter.problem
        if not isinstance(problem, NeedsOverride):
            self.leave.close_()
            return
        desk = self._context.desk
        leave = AllowOnce(credentials, problem, self._counter.terms.reason)
        self._context.tasks.change(self, lambda: desk.allow(leave), self._allowed, self._not_allowed)

    def _allowed(self, _none: None) -> None:
        self.leave.close_()
        self.tenders.left.emit()
        self._counter.pay_again()

    def _not_allowed(self, error: Exception) -> None:
        self.notice.say(self._context.wording.sentence(error))
        self.leave.begin()

    def _act(self) -> None:
        hindrance = self._hindrance()
        if isinstance(self._counter.problem, NeedsOverride):
            self.leave.begin()
            return
        if isinstance(self._counter.problem, NoOpenDrawer):
            self._context.open_drawer()
            return
        problem = self._counter.problem or hindrance
        if isinstance(problem, OfferOver):
            self._show_what_became(problem)
        elif problem is not None and self._leads_to_list(problem):
            self.wait_wanted.emit()
        elif isinstance(self._counter.problem, SoldOut):
            self._counter.take_what_is_left()
        elif isinstance(hindrance, SoldOut):
            self._counter.set_quantity(hindrance.tier_id, hindrance.available)
        else:
            self._counter.price_again()

    def _lay_out(self) -> None:
        theme = self._context.theme
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 12, 4)
        head.addWidget(Text(theme, Style.CAPTION, Tone.MUTED, tr("Basket")))
        head.addStretch(1)
        head.addWidget(self._gift)
        head.addWidget(self._last)
        event = QHBoxLayout()
        event.setContentsMargins(20, 0, 20, 8)
        event.addWidget(self._event)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._lines)
        self._stack.addWidget(self._empty)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 8, 20, 20)
        foot.setSpacing(12)
        foot.addWidget(self.given_back)
        foot.addWidget(self.notice)
        foot.addWidget(self.leave)
        foot.addWidget(self._terms)
        foot.addWidget(self._totals)
        foot.addWidget(self._hold)
        foot.addWidget(self.tenders)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(event)
        column.addWidget(self.strip)
        column.addWidget(holder, 1)
        column.addLayout(foot)


def _is_on_sale(tier: TierOffer) -> bool:
    return tier.not_sellable is None


def _waitlist_words(quantity: int = 0) -> str:
    return tr("Waitlist: {n}… (F8)", n=quantity) if quantity else tr("Waitlist… (F8)")


def _is_cancelled(problem: Exception | None) -> bool:
    """Return whether an event that does not take place is what stands in the way."""
    return isinstance(problem, TierNotSellable) and problem.reason is NotSellable.EVENT_CANCELLED
