"""Which deeds are offered for an order, in the order of their buttons, and when each of them fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.domain.order_list import OrderState
from boxoffice.domain.ticket import TicketStatus
from boxoffice.language import tr
from boxoffice.ui.orders.actions import OrderAction
from boxoffice.ui.orders.deeds.choose import may_give_back
from boxoffice.ui.orders.deeds.exchange import ExchangeForm
from boxoffice.ui.orders.deeds.give_up import CancelForm, TakeUpForm
from boxoffice.ui.orders.deeds.others import MailForm, ReceiptsForm
from boxoffice.ui.orders.deeds.pay import PayForm
from boxoffice.ui.orders.deeds.refund import RefundForm

if TYPE_CHECKING:
    from boxoffice.domain.order_detail import OrderDetail
    from boxoffice.ui.context import Context

_LATER = (OrderState.PENDING, OrderState.EXPIRED)
_GIVEN_UP = (OrderState.EXPIRED, OrderState.CANCELLED)


def order_actions(context: Context) -> tuple[OrderAction, ...]:
    """Return the deeds that this person is offered."""

    def may_return(order: OrderDetail) -> bool:
        return order.state not in (*_LATER, OrderState.CANCELLED) and may_give_back(context, order)

    actions = [
        OrderAction(
            "order_detail_pay",
            "banknote",
            tr("&Pay…"),
            lambda order: order.state is OrderState.PENDING,
            lambda order: PayForm(context, order),
        ),
        OrderAction(
            "order_detail_refund",
            "undo-2",
            tr("&Refund…"),
            may_return,
            lambda order: RefundForm(context, order),
        ),
        OrderAction(
            "order_detail_exchange",
            "refresh-cw",
            tr("E&xchange…"),
            may_return,
            lambda order: ExchangeForm(context, order),
        ),
        OrderAction(
            "order_detail_take_up",
            "rotate-ccw",
            tr("&Take up again…"),
            lambda order: order.state in _GIVEN_UP and not order.money and not order.sale.tickets,
            lambda order: TakeUpForm(context, order),
        ),
        OrderAction(
            "order_detail_cancel",
            "ticket-x",
            tr("&Cancel order…"),
            lambda order: order.state in _LATER,
            lambda order: CancelForm(context, order),
        ),
        OrderAction(
            "order_detail_mail", "mail", tr("E-ma&il…"), _has_tickets, lambda order: MailForm(context, order)
        ),
        OrderAction(
            "order_detail_receipts",
            "receipt",
            tr("R&eceipts…"),
            lambda order: bool(order.receipts),
            lambda order: ReceiptsForm(context, order),
        ),
    ]
    if context.desk.administration is not None:
        actions.append(_history(context))
    return tuple(actions)


def _has_tickets(order: OrderDetail) -> bool:
    return any(ticket.status is TicketStatus.VALID for ticket in order.sale.tickets)


def _history(context: Context) -> OrderAction:
    def begin(order: OrderDetail) -> None:
        number = context.formats.order_number(order.sale.order_number)
        context.show_history(("order", order.sale.order_id), f"{tr('Order')} {number}")

    return OrderAction("order_detail_history", "history", tr("&History"), lambda _order: True, begin)
