"""Tills that want the same money, ticket, code or number at once; some are shown without the lock, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.after_sale import CancelOrder, Exchange, PayOrder, Refund
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import HoldBasket, Payment, Sale, SaleLine, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity, Reprint
from boxoffice.usecases.events.cancel_event import cancel_event
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.pay_order import pay_order
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.payments.gift_cards import find_gift_card, issue_gift_card
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import hold_basket, release_hold
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.races.conftest import until_waiting

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@dataclass
class Tills:
    """Tills of managers: each its own program, place and drawer."""

    office: Office
    dbs: list[Database]
    at: list[DeskIdentity]
    hand: psycopg.Connection
    threads: ThreadPoolExecutor

    def together(self, *deeds: Callable[[], Any]) -> list[Any]:
        """Do all deeds at once; answers with their results or refusals."""
        barrier = Barrier(len(deeds))

        def one(deed: Callable[[], Any]) -> Any:
            barrier.wait()
            try:
                return deed()
            except (errors.Refused, errors.Unavailable) as error:
                return error

        return list(self.threads.map(one, deeds))

    def behind(self, lock: str, *deeds: Callable[[], Any]) -> list[Future[Any]]:
        """Let all deeds wait for a lock of ours, then go."""
        self.hand.execute(lock.encode())
        futures = [self.threads.submit(deed) for deed in deeds]
        until_waiting(self.office, len(deeds), tuple(futures))
        self.hand.rollback()
        return futures

    def sold(self, event: int, tier: int, quantity: int = 1, **changes: Any) -> Sale:
        return sell_tickets(self.dbs[0], self.at[0], wish(event, (tier, quantity), **changes)).value

    def later(self, event: int, tier: int) -> Sale:
        customer = self.office.insert("users", first_name="Mia", role="customer")
        terms = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
        return self.sold(event, tier, payments=(), terms=terms)


def named(outcomes: list[Any]) -> list[str]:
    """Return the kinds of refusal among outcomes."""
    return sorted(type(one).__name__ for one in outcomes if isinstance(one, Exception))


@pytest.fixture
def tills(office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor) -> Iterator[Tills]:
    with ExitStack() as stack:
        office.connection.execute("UPDATE cash_drawers SET is_shared = true")
        numbers = [office.at.till_id]
        for number in range(9):
            till = office.insert("tills", name=f"Counter {10 + number}")
            office.open_drawer(till, is_shared=True)
            numbers.append(till)
        url = office.person("manager").url
        dbs = []
        for _ in numbers:
            db = Database(url)
            stack.callback(db.close)
            dbs.append(db)
        names = [office.value("SELECT name FROM tills WHERE id = %s", number) for number in numbers]
        at = [take_place(dbs[0], "Test", name) for name in names]
        yield Tills(office, dbs, at, hand, threads)


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def event(office: Office) -> int:
    return office.event()


@pytest.fixture
def tier(office: Office, event: int) -> int:
    return office.tier(event)


UNLOCKED = """
    CREATE OR REPLACE FUNCTION lock_order(p_order_id bigint, p_till_id bigint) RETURNS orders
    LANGUAGE sql AS 'SELECT * FROM orders WHERE id = p_order_id';
    ALTER TABLE correction_tickets DROP CONSTRAINT correction_tickets_pkey
"""
NUMBERS = "SELECT 1 FROM till_numbers ORDER BY till_id FOR UPDATE"


def test_control_without_its_lock_a_ticket_is_given_back_twice(tills: Tills, event: int, tier: int) -> None:
    sale = tills.sold(event, tier, 2)
    sell_tickets(tills.dbs[1], tills.at[1], wish(event, (tier, 1)))
    tills.office.connection.execute(UNLOCKED)
    wishes = [Refund(sale.order_id, "ill", (sale.tickets[0].id,)) for _ in range(2)]
    done = tills.behind(
        NUMBERS, *(lambda n=n: refund_tickets(tills.dbs[n], tills.at[n], wishes[n]) for n in range(2))
    )
    back = [future.result().value.total for future in done]
    assert back == [euro("28"), euro("28")]
    # Put right again, for the check after each race.
    tills.office.connection.execute(
        "ALTER TABLE corrections DISABLE TRIGGER ALL; ALTER TABLE payment_transactions DISABLE TRIGGER ALL;"
        "ALTER TABLE correction_tickets DISABLE TRIGGER ALL; ALTER TABLE drawer_entries DISABLE TRIGGER ALL;"
        "ALTER TABLE receipts DISABLE TRIGGER ALL;"
        "DELETE FROM drawer_entries d USING payment_transactions p"
        " WHERE d.payment_id = p.id AND p.correction_id = (SELECT max(id) FROM corrections);"
        "DELETE FROM payment_transactions WHERE correction_id = (SELECT max(id) FROM corrections);"
        "DELETE FROM correction_tickets WHERE correction_id = (SELECT max(id) FROM corrections);"
        "DELETE FROM receipts r USING corrections c"
        " WHERE c.id = (SELECT max(id) FROM corrections)"
        " AND (r.till_id, r.number) = (c.till_id, c.receipt_number);"
        "UPDATE till_numbers n SET last_receipt = last_receipt - 1 FROM corrections c"
        " WHERE c.id = (SELECT max(id) FROM corrections) AND n.till_id = c.till_id;"
        "DELETE FROM corrections WHERE id = (SELECT max(id) FROM corrections);"
        "UPDATE ticket_tiers SET sold = sold + 1"
    )


def test_a_ticket_is_given_back_once_of_two_tills(tills: Tills, event: int, tier: int) -> None:
    sale = tills.sold(event, tier, 2)
    wishes = [Refund(sale.order_id, "ill", (sale.tickets[0].id,)) for _ in range(2)]
    done = tills.behind(
        f"SELECT 1 FROM orders WHERE id = {sale.order_id} FOR UPDATE",
        *(lambda n=n: refund_tickets(tills.dbs[n], tills.at[n], wishes[n]) for n in range(2)),
    )
    assert named([future.exception() for future in done]) == ["TicketNotReturnable"]


def test_a_refund_and_a_reprint_of_one_ticket_take_turns(tills: Tills, event: int, tier: int) -> None:
    sale = tills.sold(event, tier)
    ticket = sale.tickets[0].id
    outcomes = tills.together(
        lambda: refund_tickets(tills.dbs[0], tills.at[0], Refund(sale.order_id, "ill", (ticket,))),
        lambda: reprint_tickets(tills.dbs[1], tills.at[1], Reprint(sale.order_id, (ticket,), "jam")),
    )
    assert named(outcomes) in (["TicketNotPrintable"], ["UnknownOrder"])


def test_a_refund_waits_for_the_door_and_sees_what_it_did(tills: Tills, event: int, tier: int) -> None:
    sale = tills.sold(event, tier)
    clerk = Database(tills.office.person("clerk").url)
    at = take_place(clerk, "Test", tills.office.at.till)
    tills.hand.execute("UPDATE tickets SET status = 'used', used_at = now()")
    done = tills.threads.submit(refund_tickets, clerk, at, Refund(sale.order_id, "ill"))
    until_waiting(tills.office, 1, (done,))
    tills.hand.commit()
    assert isinstance(done.exception(), errors.Refused)
    clerk.close()
    assert tills.office.value("SELECT count(*) FROM corrections") == 0


def test_exchanges_the_other_way_round_meet_without_a_word_to_anybody(tills: Tills) -> None:
    events = [tills.office.event() for _ in range(2)]
    tiers = [tills.office.tier(event) for event in events]
    rounds = 6
    sales = [[tills.sold(events[n % 2], tiers[n % 2]) for _ in range(rounds)] for n in range(4)]

    def change(n: int) -> None:
        for sale in sales[n]:
            other = 1 - n % 2
            lines = (SaleLine(tiers[other], 1, euro("28")),)
            wanted = Exchange(sale.order_id, (sale.tickets[0].id,), events[other], lines, "other day")
            exchange_tickets(tills.dbs[n], tills.at[n], wanted)

    assert named(tills.together(*(lambda n=n: change(n) for n in range(4)))) == []
    tills.office.connection.execute("SELECT pg_stat_force_next_flush()")
    assert tills.office.value(DEADLOCKS) == 0


def test_two_programs_at_one_till_number_their_receipts_without_gaps_or_deadlocks(
    tills: Tills, event: int, tier: int
) -> None:
    """Sales have the tiers last, refunds a tier and more: both take the till's number before them."""
    rounds = 15
    sales = [tills.sold(event, tier) for _ in range(rounds)]

    def sell() -> None:
        for _ in range(rounds):
            sell_tickets(tills.dbs[0], tills.at[0], wish(event, (tier, 1)))

    def give_back() -> None:
        for sale in sales:
            refund_tickets(tills.dbs[1], tills.at[0], Refund(sale.order_id, "ill"))

    def held() -> None:
        for _ in range(rounds):
            command = wish(event, (tier, 1), terms=Terms(is_held=True))
            hold_basket(tills.dbs[2], tills.at[0], HoldBasket(command.purchase_key, event, command.lines))
            sell_tickets(tills.dbs[2], tills.at[0], command)

    assert named(tills.together(sell, give_back, held)) == []
    tills.office.connection.execute("SELECT pg_stat_force_next_flush()")
    assert tills.office.value(DEADLOCKS) == 0
    assert tills.office.value("SELECT count(*) = max(number) FROM receipts")


def test_in_a_shared_house_holds_end_while_it_sells_without_deadlocks(tills: Tills) -> None:
    """Whoever gives tickets back takes the house's turn as those who sell do."""
    event = tills.office.event(capacity=150)
    tiers = [tills.office.tier(event, name=name) for name in "AB"]
    rounds = 15

    def sell(n: int) -> None:
        for _ in range(rounds):
            sell_tickets(tills.dbs[n], tills.at[n], wish(event, (tiers[n], 1)))

    def hold(n: int) -> None:
        for _ in range(rounds):
            key = uuid4()
            lines = wish(event, (tiers[0], 1), (tiers[1], 1)).lines
            hold_basket(tills.dbs[n], tills.at[n], HoldBasket(key, event, lines))
            release_hold(tills.dbs[n], key)

    outcomes = tills.together(lambda: sell(0), lambda: sell(1), lambda: hold(2), lambda: hold(3))
    assert named(outcomes) == []
    tills.office.connection.execute("SELECT pg_stat_force_next_flush()")
    assert tills.office.value(DEADLOCKS) == 0


@pytest.mark.parametrize("rival", ["expire", "cancel", "pay"])
def test_a_pending_order_is_paid_or_ended_and_never_both(
    tills: Tills, event: int, tier: int, rival: str
) -> None:
    order = tills.later(event, tier)
    tills.office.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    pays = PayOrder(order.order_id, (Payment(Tender.CARD),))
    rivals: dict[str, Callable[[], Any]] = {
        "expire": lambda: expire_holds(tills.dbs[1]),
        "cancel": lambda: cancel_order(tills.dbs[1], tills.at[1], CancelOrder(order.order_id, "x")),
        "pay": lambda: pay_order(
            tills.dbs[1], tills.at[1], PayOrder(order.order_id, (Payment(Tender.CARD),))
        ),
    }
    outcomes = tills.together(lambda: pay_order(tills.dbs[0], tills.at[0], pays), rivals[rival])
    paid = tills.office.value("SELECT status FROM orders") == "paid"
    assert paid == (tills.office.value("SELECT sum(sold) FROM ticket_tiers") == 1)
    assert named(outcomes) == ([] if rival == "expire" and paid else ["OrderNotPending"])
    assert tills.office.value("SELECT sum(reserved) FROM ticket_tiers") == 0


def test_the_last_use_of_a_code_is_given_to_one_of_eight_tills(tills: Tills, event: int, tier: int) -> None:
    tills.office.insert("discounts", event_id=event, code="LAST", kind="percent", value=50, max_uses=1)

    def sell(n: int) -> Any:
        return sell_tickets(tills.dbs[n], tills.at[n], wish(event, (tier, 1), terms=Terms(discount="LAST")))

    outcomes = tills.together(*(lambda n=n: sell(n) for n in range(8)))
    assert named(outcomes) == ["DiscountInvalid"] * 7


def test_a_gift_card_pays_at_one_of_two_tills(tills: Tills, event: int, tier: int) -> None:
    card = issue_gift_card(
        tills.dbs[0], tills.at[0], IssueGiftCard(euro("40"), (Payment(Tender.CARD),))
    ).value
    other = tills.office.tier(event, name="Circle")
    pays = (Payment(Tender.GIFT_CARD, gift_card=card.code),)
    done = tills.behind(
        "SELECT 1 FROM gift_cards FOR UPDATE",
        *(
            lambda n=n, one=one: sell_tickets(tills.dbs[n], tills.at[n], wish(event, (one, 1), payments=pays))
            for n, one in enumerate((tier, other))
        ),
    )
    assert named([future.exception() for future in done]) == ["GiftCardTooLittle"]
    assert find_gift_card(tills.dbs[0], card.code).balance == euro("12")


def test_control_a_balance_that_is_read_before_the_lock_is_spent_twice(tills: Tills) -> None:
    read = "SELECT 40::numeric AS balance"
    tills.office.connection.execute("CREATE TABLE purse AS " + read)
    info = tills.office.connection.info
    with psycopg.connect(info.dsn, password=info.password) as other:
        for till in (tills.hand, other):
            row = till.execute("SELECT balance FROM purse").fetchone()
            assert row is not None
            assert row[0] >= 28
        for till in (tills.hand, other):
            till.execute("UPDATE purse SET balance = balance - 28")
            till.commit()
    assert tills.office.value("SELECT balance FROM purse") == -16
    tills.office.connection.execute("DROP TABLE purse")


def test_the_last_ticket_is_held_for_one_of_ten_tills(tills: Tills, event: int) -> None:
    last = tills.office.tier(event, name="Last", quantity=1)
    lines = wish(event, (last, 1)).lines
    outcomes = tills.together(
        *(
            lambda n=n: hold_basket(tills.dbs[n], tills.at[n], HoldBasket(uuid4(), event, lines))
            for n in range(10)
        )
    )
    assert named(outcomes) == ["SoldOut"] * 9


def test_a_hold_that_ends_while_its_sale_runs_sells_its_ticket_once(tills: Tills, event: int) -> None:
    last = tills.office.tier(event, name="Last", quantity=1)
    command = wish(event, (last, 1), terms=Terms(is_held=True))
    hold_basket(tills.dbs[0], tills.at[0], HoldBasket(command.purchase_key, event, command.lines))
    tills.office.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    outcomes = tills.together(
        lambda: sell_tickets(tills.dbs[0], tills.at[0], command),
        lambda: expire_holds(tills.dbs[1]),
        lambda: sell_tickets(tills.dbs[2], tills.at[2], wish(event, (last, 1))),
    )
    assert named(outcomes) == ["SoldOut"]


def test_a_refund_in_cash_waits_for_the_count_and_is_refused(tills: Tills, event: int, tier: int) -> None:
    sale = tills.sold(event, tier)
    drawer = tills.office.value("SELECT min(id) FROM cash_drawers")
    tills.hand.execute("SELECT count_drawer(gen_random_uuid(), %s, %s, '[]')", [drawer, tills.at[0].till_id])
    done = tills.threads.submit(refund_tickets, tills.dbs[0], tills.at[0], Refund(sale.order_id, "ill"))
    until_waiting(tills.office, 1, (done,))
    tills.hand.commit()
    assert isinstance(done.exception(), errors.DrawerCounted)


def test_an_event_is_cancelled_in_the_middle_of_sales_holds_and_payments(
    tills: Tills, event: int, tier: int
) -> None:
    """Whatever came before it is on its list, and whatever comes after is refused."""
    orders = [tills.later(event, tier) for _ in range(6)]

    def sell(n: int) -> None:
        while True:
            sell_tickets(tills.dbs[n], tills.at[n], wish(event, (tier, 1), payment=Payment(Tender.CARD)))

    def hold() -> None:
        while True:
            hold_basket(tills.dbs[3], tills.at[3], HoldBasket(uuid4(), event, wish(event, (tier, 1)).lines))

    def pay() -> None:
        for order in orders:
            pay_order(tills.dbs[4], tills.at[4], PayOrder(order.order_id, (Payment(Tender.CARD),)))

    tills.together(
        lambda: sell(0),
        lambda: sell(1),
        hold,
        pay,
        lambda: cancel_event(tills.dbs[5], tills.at[5], event, "flood"),
    )
    assert tills.office.value("SELECT status FROM events WHERE id = %s", event) == "cancelled"
    missing = "SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM event_cancellation_orders)"
    assert tills.office.value(missing) == 0
    paid = [n for (n,) in tills.office.connection.execute("SELECT id FROM orders WHERE status = 'paid'")]
    for number in paid[:2]:
        refund_tickets(tills.dbs[0], tills.at[0], Refund(number, "flood"))


def test_refunds_of_orders_that_came_from_one_give_back_no_tender_twice(
    tills: Tills, event: int, tier: int
) -> None:
    """Both follow their money to the order before them, where half came by gift card and half in cash."""
    card = issue_gift_card(
        tills.dbs[0], tills.at[0], IssueGiftCard(euro("28"), (Payment(Tender.CARD),))
    ).value
    split = (
        Payment(Tender.GIFT_CARD, amount=euro("28"), gift_card=card.code),
        Payment(Tender.CASH, amount=euro("28")),
    )
    sale = tills.sold(event, tier, 2, payments=split)
    other = tills.office.event()
    lines = (SaleLine(tills.office.tier(other), 1, euro("28")),)
    new = [
        exchange_tickets(
            tills.dbs[0], tills.at[0], Exchange(sale.order_id, (ticket.id,), other, lines, "day")
        ).value.sale
        for ticket in sale.tickets
    ]
    tills.together(
        *(lambda n=n: refund_tickets(tills.dbs[n], tills.at[n], Refund(new[n].order_id, "x")) for n in (0, 1))
    )
    back: dict[str, Decimal] = dict(
        tills.office.connection.execute(
            "SELECT tender, sum(amount) FROM payment_transactions"
            " WHERE kind = 'refund' AND tender <> 'exchange' GROUP BY tender"
        ).fetchall()
    )
    assert back == {"cash": 28, "gift_card": 28}
    assert find_gift_card(tills.dbs[0], card.code).balance == euro("28")
