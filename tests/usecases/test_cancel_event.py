"""An event that does not take place: sales stop, every order is given back once, whoever dies meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from boxoffice.domain import errors
from boxoffice.domain.after_sale import Refund
from boxoffice.domain.cancellation import Cancellation
from boxoffice.domain.card_payment import CardBasket, PinCard
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.order_list import OrderFilter
from boxoffice.domain.person import Role
from boxoffice.domain.sale import Payment, SaleLine, Tender
from boxoffice.storage.database import Database
from boxoffice.usecases.events.cancel_event import cancel_event, cancellation, give_back_orders
from boxoffice.usecases.events.cancellations import open_cancellations
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.orders.find_orders import find_orders
from boxoffice.usecases.orders.open_order import open_order
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.payments.card_payments import book_card, charge_card
from boxoffice.usecases.payments.gift_cards import issue_gift_card
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.gateways import simulator
from tests.office import Office, Person, wish
from tests.usecases.test_after_sale import euro
from tests.usecases.test_card_payments import only

CASH, GIFT = Payment(Tender.CASH), Payment(Tender.GIFT_CARD, amount=euro("28"))
BACK_TWICE = """
    SELECT count(*) FROM (SELECT order_id FROM payment_transactions WHERE kind = 'refund'
                          GROUP BY order_id HAVING count(*) > 1) o
"""


@pytest.fixture
def boss(office: Office) -> Person:
    return office.person("manager")


@pytest.fixture
def house(office: Office, boss: Person, database_url: str) -> Iterator[Office]:
    office.at = replace(office.at, clerk_id=boss.id, role=Role.MANAGER)
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    yield office
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


@pytest.fixture
def db(house: Office, boss: Person, tmp_path: Path) -> Iterator[Database]:
    database = Database(boss.url)
    seal_with(database, house.give_key(tmp_path))
    yield database
    database.close()


def sold(db: Database, house: Office, *payments: Payment) -> int:
    """Sell a ticket of one event for each of these payments, and return the event."""
    event = house.event(title="Blue Harbour")
    tier = house.tier(event, quantity=1000)
    gifts = sum(one.tender is Tender.GIFT_CARD for one in payments)
    code = ""
    if gifts:
        bought = IssueGiftCard(euro("28") * gifts, (Payment(Tender.OTHER, reference="paid"),))
        code = issue_gift_card(db, house.at, bought).value.code
    for payment in payments:
        paid = replace(payment, gift_card=code) if payment.tender is Tender.GIFT_CARD else payment
        sell_tickets(db, house.at, wish(event, (tier, 1), payment=paid))
    return event


def counts(one: Cancellation) -> tuple[int, int, int, int]:
    return one.waiting, one.refunded, one.to_collect, one.failed


def test_sales_stop_at_once_and_each_order_goes_its_way(db: Database, house: Office) -> None:
    event = sold(db, house, CASH, GIFT, Payment(Tender.CARD, reference="T-1"), GIFT)
    tier = house.value("SELECT id FROM ticket_tiers")
    plan = open_cancellations(db, house.at, None).plan(event)
    assert (plan.orders, plan.tickets, plan.is_cancelled) == (4, 4, False)
    assert dict(plan.money)[Tender.GIFT_CARD] == euro("56")
    begun = cancel_event(db, house.at, event, "the singer is ill").value
    assert counts(begun) == (4, 0, 0, 0)
    with pytest.raises(errors.TierNotSellable):
        sell_tickets(db, house.at, wish(event, (tier, 1)))
    steps: list[int] = []

    def told(one: Cancellation) -> bool:
        steps.append(one.waiting)
        return True

    done = give_back_orders(db, house.at, event, told=told)
    assert counts(done) == (0, 2, 2, 0)
    assert steps == [3, 2, 1, 0, 0]
    assert cancellation(db, event).is_finished
    assert house.value("SELECT sum(balance) FROM gift_cards") == 56


def test_who_comes_to_collect_is_paid_out_and_that_settles_it(db: Database, house: Office) -> None:
    event = sold(db, house, CASH)
    cancel_event(db, house.at, event, "ill")
    give_back_orders(db, house.at, event)
    order = house.value("SELECT id FROM orders")
    assert open_order(db, order).waits_at_counter
    today = datetime.now().astimezone().date()
    [listed] = find_orders(db, OrderFilter(today)).rows
    assert listed.waits_at_counter
    assert find_orders(db, OrderFilter(today, waits_at_counter=True)).rows == (listed,)
    assert find_orders(db, OrderFilter(today, listed.number, waits_at_counter=True)).rows != ()
    refund_tickets(db, house.at, Refund(order, "event cancelled"))
    assert not open_order(db, order).waits_at_counter
    assert find_orders(db, OrderFilter(today, waits_at_counter=True)).rows == ()
    assert not find_orders(db, OrderFilter(today)).rows[0].waits_at_counter
    assert counts(cancellation(db, event)) == (0, 1, 0, 0)


def test_it_goes_on_after_the_connection_broke_between_two_orders(
    db: Database, house: Office, boss: Person
) -> None:
    event = sold(db, house, *[GIFT] * 5)
    cancel_event(db, house.at, event, "ill")

    def breaks(one: Cancellation) -> bool:
        if one.refunded == 2:
            house.connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
            house.connection.execute("UPDATE users SET database_role = NULL WHERE id = %s", [boss.id])
        return True

    name = house.value("SELECT database_role FROM users WHERE id = %s", boss.id)
    with pytest.raises((errors.Unavailable, errors.Refused)):
        give_back_orders(db, house.at, event, told=breaks)
    house.connection.execute("UPDATE users SET database_role = %s WHERE id = %s", [name, boss.id])
    # What the dead program had claimed is free in two minutes.
    house.connection.execute(
        "UPDATE event_cancellation_orders SET changed_at = changed_at - interval '3 minutes'"
    )
    assert counts(give_back_orders(db, house.at, event)) == (0, 5, 0, 0)
    assert house.value(BACK_TWICE) == 0
    assert house.value("SELECT sum(balance) FROM gift_cards") == 140


def test_it_is_paused_and_taken_up_at_another_till(db: Database, house: Office) -> None:
    event = sold(db, house, *[GIFT] * 3)
    cancel_event(db, house.at, event, "ill")
    paused = give_back_orders(db, house.at, event, told=lambda _: False)
    assert counts(paused) == (2, 1, 0, 0)
    elsewhere = house.insert("tills", name="Office")
    house.connection.execute(
        "INSERT INTO places (user_id, till_id) VALUES (%s, %s)", [house.at.clerk_id, elsewhere]
    )
    at = replace(house.at, till="Office", till_id=elsewhere)
    assert counts(give_back_orders(db, at, event)) == (0, 3, 0, 0)


def test_two_programs_at_once_give_nothing_back_twice(db: Database, house: Office, tmp_path: Path) -> None:
    event = sold(db, house, *[GIFT] * 12)
    cancel_event(db, house.at, event, "ill")
    colleague = house.person("manager")
    other = Database(colleague.url)
    seal_with(other, house.give_key(tmp_path))
    there = replace(house.at, clerk_id=colleague.id)
    threads = [
        Thread(target=give_back_orders, args=[door, at, event])
        for door, at in ((db, house.at), (other, there))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert counts(cancellation(db, event)) == (0, 12, 0, 0)
    assert house.value(BACK_TWICE) == 0
    assert house.value("SELECT count(*) FROM corrections") == 12


def test_what_failed_says_why_and_is_tried_again(db: Database, house: Office) -> None:
    event = sold(db, house, GIFT, GIFT)
    cancel_event(db, house.at, event, "ill")
    order = house.value("SELECT min(order_id) FROM event_cancellation_orders")
    # Somebody left a claim on this key for another order.
    house.connection.execute("UPDATE tickets SET status = 'cancelled' WHERE order_id = %s", [order])
    done = give_back_orders(db, house.at, event)
    assert counts(done) == (0, 1, 0, 1)
    [(_, why)] = done.failures
    assert why
    house.connection.execute("UPDATE tickets SET status = 'valid' WHERE order_id = %s", [order])
    house.connection.execute(
        "UPDATE event_cancellation_orders SET changed_at = changed_at - interval '1 minute'"
    )
    assert counts(give_back_orders(db, house.at, event, again=True)) == (0, 2, 0, 0)


def test_cards_that_the_service_charged_go_back_by_themselves(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event)
    with simulator() as service:
        pin = PinCard(euro("28"), uuid4(), basket=CardBasket(event, (SaleLine(tier, 1, euro("28")),)))
        charge_card(db, house.at, service.gateway(), pin)
        book_card(db, house.at, only(db, house.at))
        cancel_event(db, house.at, event, "ill")
        done = give_back_orders(db, house.at, event, gateway=service.gateway())
        assert counts(done) == (0, 1, 0, 0)
        assert service.refunded() == [28]


def test_clerks_cancel_nothing(db: Database, house: Office) -> None:
    event = sold(db, house, CASH)
    clerk = house.person("clerk")
    door = Database(clerk.url)
    at = replace(house.at, clerk_id=clerk.id, role=Role.CLERK)
    with pytest.raises(errors.NotAllowed):
        cancel_event(door, at, event, "ill")
    door.close()
    with pytest.raises(errors.ReasonMissing):
        cancel_event(db, house.at, event, " ")
    assert house.value("SELECT status FROM events WHERE id = %s", event) == "published"
