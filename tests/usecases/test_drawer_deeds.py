"""A closing over all that the counter does with money: sales, exchanges, refunds, deposits, gift cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from boxoffice.domain.after_sale import CancelOrder, Exchange, PayOrder, Refund
from boxoffice.domain.cash import Count, CountDrawer
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.sale import Payment, SaleLine, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.cash.deeds import drawer_deeds
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.pay_order import pay_order
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.payments.gift_cards import issue_gift_card
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.usecases.test_after_sale import db, euro, house

__all__ = ["db", "house"]


def closed(house: Office) -> dict[str, Any]:
    """Count the drawer as it should be, sign it off, and return what the closing says."""
    manager = Database(house.person("manager").url)
    deeds = drawer_deeds(manager, take_place(manager, "Test", house.at.till))
    drawer = deeds.state().drawer
    assert drawer is not None
    assert drawer.expected is not None
    cents = int(drawer.expected.amount * 100)
    deeds.count(CountDrawer(drawer.id, Count("EUR", ((Decimal("0.01"), cents),))))
    report = deeds.z_report(deeds.sign_off(drawer.id).value)
    manager.close()
    return report


def nets(report: dict[str, Any]) -> dict[str, Decimal]:
    return {one["tender"]: Decimal(one["net"]) for one in report["tenders"]}


def test_everything_that_moves_money_is_in_the_closing_once(db: Database, house: Office) -> None:
    cheap, dear = house.event(tax_rate_percent=7), house.event(tax_rate_percent=19)
    stalls, circle = house.tier(cheap), house.tier(dear, price=50)
    first = sell_tickets(db, house.at, wish(cheap, (stalls, 2))).value
    second = sell_tickets(db, house.at, wish(cheap, (stalls, 1))).value
    refund_tickets(db, house.at, Refund(second.order_id, "ill", retained=euro("5")))
    lines = (SaleLine(circle, 1, euro("50")),)
    old = (first.tickets[0].id,)
    exchange_tickets(
        db, house.at, Exchange(first.order_id, old, dear, lines, "other day", (Payment(Tender.CARD),))
    )
    card = issue_gift_card(db, house.at, IssueGiftCard(euro("40"), (Payment(Tender.CASH),))).value
    split = (
        Payment(Tender.GIFT_CARD, amount=euro("40"), gift_card=card.code),
        Payment(Tender.CASH, amount=euro("10")),
    )
    sell_tickets(db, house.at, wish(dear, (circle, 1), price="50", payments=split))
    z = closed(house)
    assert nets(z) == {"cash": 28 + 5 + 28 + 40 + 10, "card": 22, "gift_card": 40, "exchange": 0}
    # Money is what came in as such; the gift card was paid for when it was bought.
    assert [(one["net"], one["gift_cards"]) for one in z["currencies"]] == [(133, 40)]
    sold = {one["title"]: (one["gross"], one["tickets_sold"], one["tickets_back"]) for one in z["events"]}
    assert sold == {"Event 1": (28 + 5, 3, 2), "Event 2": (100, 2, 0)}
    taxes = {int(one["rate"]): (one["gross"], one["tax"]) for one in z["taxes"]}
    assert taxes[19][0] == 100
    assert taxes[7][0] == 33
    assert taxes[19][1] == house.value("SELECT sum(tax) FROM orders WHERE event_id = %s", dear)
    assert z["drawer"]["variance"] == 0
    assert z["last_receipt"] == house.value("SELECT max(number) FROM receipts")


def test_an_order_counts_in_the_closing_in_which_it_was_paid(db: Database, house: Office) -> None:
    event = house.event(tax_rate_percent=7)
    tier = house.tier(event)
    terms = Terms(
        customer_id=house.insert("users", first_name="Mia", role="customer"),
        due_at=datetime.now(UTC) + timedelta(days=7),
    )
    order = sell_tickets(db, house.at, wish(event, (tier, 2), payments=(), terms=terms)).value
    given_up = sell_tickets(db, house.at, wish(event, (tier, 1), payments=(), terms=terms)).value
    for one in (order, given_up):
        pay_order(db, house.at, PayOrder(one.order_id, (Payment(Tender.CASH, amount=euro("20")),)))
    first = closed(house)
    assert (first["currencies"][0]["net"], first["taxes"], first["events"]) == (40, [], [])
    house.open_drawer(house.at.till_id, is_shared=True)
    pay_order(db, house.at, PayOrder(order.order_id, (Payment(Tender.CARD),)))
    allow_refund(house, given_up.order_id)
    cancel_order(db, house.at, CancelOrder(given_up.order_id, "no"))
    second = closed(house)
    assert second["currencies"][0]["net"] == 36 - 20
    assert [(one["rate"], one["gross"]) for one in second["taxes"]] == [(7, 56)]
    assert [(one["gross"], one["tickets_sold"]) for one in second["events"]] == [(56, 2)]


def allow_refund(house: Office, order_id: int) -> None:
    """Let the clerk give back what was sold before this drawer was opened."""
    house.connection.execute(
        "INSERT INTO overrides (action, entity, entity_id, clerk_id, manager_id)"
        " SELECT 'refund', 'order', %s, %s, id FROM users WHERE role = 'manager' LIMIT 1",
        [order_id, house.at.clerk_id],
    )
