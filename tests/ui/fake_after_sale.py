"""What comes after a sale, on the fake desk: it moves tickets and money in plain lists and proves no rule."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from boxoffice.domain import errors
from boxoffice.domain.after_sale import (
    CancelOrder,
    Correction,
    Exchange,
    Exchanged,
    PayOrder,
    ReactivateOrder,
    Refund,
    Returned,
)
from boxoffice.domain.gift_card import GiftCard, IssueGiftCard
from boxoffice.domain.giving_back import money_back, original_tenders
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.order_detail import MoneyLine, OrderDetail, ReceiptLine
from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import OrderStatus, Paid, Payment, Sale, SellTickets, Tender
from boxoffice.domain.ticket import TicketStatus
from tests.ui.fake_event import NOW, code_of, euro

if TYPE_CHECKING:
    from tests.ui.fake_desk import World

TOUCHED = frozenset({Notice(Topic.ORDERS), Notice(Topic.AVAILABILITY)})
_STATUS = {OrderState.PARTLY_REFUNDED: OrderStatus.PAID}


@dataclass
class FakeAfterSale:
    """Deeds on the orders of a world's book, and on what was sold in its window."""

    world: World
    asked: list[Any] = field(default_factory=list)
    """Every wish, in order; retries too."""
    fail: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next deeds."""
    lose_answer: bool = False
    """Let the next deed happen and lose its answer."""
    answers: dict[UUID, Any] = field(default_factory=dict)

    def _once[T](self, wish: Any, answer: Any) -> Done[T]:
        self.asked.append(wish)
        if self.fail:
            raise self.fail.pop(0)
        known = self.answers.get(wish.key)
        if known is not None:
            return Done(known, TOUCHED)
        self.answers[wish.key] = made = answer()
        if self.lose_answer:
            self.lose_answer = False
            raise errors.AnswerLost
        return Done(made, TOUCHED)

    def refund(self, wish: Refund) -> Done[Correction]:
        return self._once(wish, lambda: self._refund(wish))

    def exchange(self, wish: Exchange) -> Done[Exchanged]:
        return self._once(wish, lambda: self._exchange(wish))

    def pay_order(self, wish: PayOrder) -> Done[Sale]:
        return self._once(wish, lambda: self._pay(wish))

    def cancel_order(self, wish: CancelOrder) -> Done[Correction]:
        return self._once(wish, lambda: self._cancel(wish))

    def reactivate_order(self, wish: ReactivateOrder) -> Done[Sale]:
        return self._once(wish, lambda: self._take_up(wish))

    def issue_gift_card(self, wish: IssueGiftCard) -> Done[GiftCard]:
        return self._once(wish, lambda: self._issue(wish))

    def _refund(self, wish: Refund) -> Correction:
        if not wish.reason:
            raise errors.ReasonMissing
        sold = [sale for sale in self.world.sales if sale.order_id == wish.order_id]
        if sold:
            return self._undo_sale(sold[0])
        order = self.world.book.open(wish.order_id)
        ids = wish.ticket_ids or tuple(order.worth)
        back = money_back(order, ids, wish.retained)
        ways = (Returned(wish.tender, back),) if wish.tender else original_tenders(order, back)
        self._give_back(order, ids, ways, wish.reason, wish.retained)
        card = code_of(900) if any(part.tender is Tender.GIFT_CARD for part in ways) else ""
        kept = money_back(order, ids) - back
        return Correction(1, wish.order_id, back, kept, ways, card, "Counter 2", 77)

    def _undo_sale(self, sale: Sale) -> Correction:
        gone = tuple(replace(ticket, status=TicketStatus.REFUNDED) for ticket in sale.tickets)
        place = self.world.sales.index(sale)
        total = sale.totals.total
        self.world.sales[place] = replace(sale, status=OrderStatus.REFUNDED, refunded=total, tickets=gone)
        tiers = {tier.id: tier for tier in self.world.event(sale.event_id).tiers}
        for line in sale.totals.lines:
            tiers[line.tier_id].sold -= line.quantity
        ways = tuple(Returned(paid.tender, paid.amount) for paid in sale.payments)
        return Correction(2, sale.order_id, total, total - total, ways, "", "Counter 2", 78)

    def _give_back(
        self,
        order: OrderDetail,
        ids: tuple[int, ...],
        ways: tuple[Returned, ...],
        reason: str,
        fee: Money | None = None,
    ) -> None:
        tickets = tuple(
            replace(ticket, status=TicketStatus.REFUNDED) if ticket.id in ids else ticket
            for ticket in order.sale.tickets
        )
        left = any(ticket.status is TicketStatus.VALID for ticket in tickets)
        state = OrderState.PARTLY_REFUNDED if left else OrderState.REFUNDED
        lines = tuple(
            MoneyLine(NOW, part.tender.value, -part.amount, "", reason, "Anna Weber") for part in ways
        )
        kept = (fee or euro("0")) * len(ids)
        self._write(
            replace(order, money=order.money + lines, retained=order.retained + kept), state, tickets=tickets
        )

    def _exchange(self, wish: Exchange) -> Exchanged:
        order = self.world.book.open(wish.order_id)
        worth = money_back(order, wish.ticket_ids)
        sale = self.world.sell(
            SellTickets(wish.key, wish.event_id, wish.lines, (Payment(Tender.OTHER),))
        ).value
        more = sale.totals.total - worth
        back = original_tenders(order, -more) if more.amount < 0 else ()
        self._give_back(order, wish.ticket_ids, back, wish.reason)
        return Exchanged(sale, Correction(3, wish.order_id, worth, worth - worth, back, "", "Counter 2", 79))

    def _pay(self, wish: PayOrder) -> Sale:
        order = self.world.book.open(wish.order_id)
        due = order.sale.open_amount
        parts = tuple(
            Paid(one.tender, one.amount or due, one.tendered, one.reference) for one in wish.payments
        )
        lines = tuple(MoneyLine(NOW, one.tender.value, one.amount, "", "", "Anna Weber") for one in parts)
        whole = sum((one.amount.amount for one in parts), Decimal(0)) == due.amount
        state = OrderState.PAID if whole else OrderState.PENDING
        receipt = ReceiptLine("Counter 2", 80, "payment", due, NOW)
        return self._write(
            replace(order, money=order.money + lines, receipts=(*order.receipts, receipt)),
            state,
            payments=order.sale.payments + parts,
            receipt_number=80,
        )

    def _cancel(self, wish: CancelOrder) -> Correction:
        order = self.world.book.open(wish.order_id)
        back = original_tenders(order, order.kept)
        self._write(order, OrderState.CANCELLED, due_at=None)
        nothing = order.kept - order.kept
        return Correction(4, wish.order_id, order.kept, nothing, back, "", "Counter 2", 81)

    def _take_up(self, wish: ReactivateOrder) -> Sale:
        return self._write(self.world.book.open(wish.order_id), OrderState.PENDING, due_at=wish.due_at)

    def _issue(self, wish: IssueGiftCard) -> GiftCard:
        code = code_of(901)
        self.world.gift_cards[code] = wish.amount
        return GiftCard(code, wish.amount)

    def _write(
        self, order: OrderDetail, state: OrderState, due_at: datetime | None = None, **sale: Any
    ) -> Sale:
        status = _STATUS.get(state) or OrderStatus(state.value)
        book, number = self.world.book, order.sale.order_id
        due = due_at if state is OrderState.PENDING else None
        changed = replace(
            order, state=state, due_at=due, sale=replace(order.sale, status=status, due_at=due, **sale)
        )
        book.orders = [changed if one.sale.order_id == number else one for one in book.orders]
        return changed.sale
