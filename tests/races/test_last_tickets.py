"""Nothing is sold twice. Each race is run first without the product's lock, to prove that it can be lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from boxoffice.domain.errors import Busy, SoldOut
from boxoffice.domain.sale import Sale
from boxoffice.storage import database
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.races.conftest import until_waiting

TILLS = 32


def sold_and_tickets(office: Office, tier: int) -> tuple[int, int, int]:
    return (
        office.value("SELECT sold FROM ticket_tiers WHERE id = %s", tier),
        office.value("SELECT count(*) FROM tickets WHERE tier_id = %s AND status = 'valid'", tier),
        office.value("SELECT coalesce(sum(quantity), 0) FROM order_items WHERE tier_id = %s", tier),
    )


def test_control_check_then_write_without_a_lock_sells_the_last_ticket_twice(
    office: Office, database_url: str
) -> None:
    tier = office.tier(office.event(), quantity=1)
    office.connection.execute("DROP TRIGGER ticket_tiers_stock ON ticket_tiers")
    left = "SELECT quantity - sold FROM ticket_tiers WHERE id = %s"
    dsn = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(dsn) as first, psycopg.connect(dsn) as second:
        seen = [till.execute(left, [tier]).fetchone() for till in (first, second)]
        assert seen == [(1,), (1,)]
        for till in (first, second):
            till.execute("UPDATE ticket_tiers SET sold = sold + 1 WHERE id = %s", [tier])
            till.commit()
    assert office.value("SELECT sold - quantity FROM ticket_tiers WHERE id = %s", tier) == 1
    office.connection.execute("UPDATE ticket_tiers SET sold = 0")


def test_the_last_ticket_goes_to_one_of_two_tills(
    db: Database, other_till: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event, quantity=1)
    hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [tier])
    tills = [
        threads.submit(sell_tickets, till, office.at, wish(event, (tier, 1))) for till in (db, other_till)
    ]
    until_waiting(office, 2, tuple(tills))
    hand.rollback()
    outcomes = [till.exception() for till in tills]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "SoldOut"]
    assert sold_and_tickets(office, tier) == (1, 1, 1)


def test_thirty_two_tills_sell_a_hundred_tickets_and_not_one_more(
    database_url: str, office: Office, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event, quantity=100)
    start = Barrier(TILLS)

    def stand_at_till(number: int) -> list[Sale]:
        db = Database(database_url)
        sales: list[Sale] = []
        start.wait()
        try:
            for turn in range(200):
                quantity = 1 + (number + turn) % 4
                try:
                    sales.append(sell_tickets(db, office.at, wish(event, (tier, quantity))).value)
                except SoldOut as sold_out:
                    if sold_out.available == 0:
                        return sales
            raise AssertionError("never sold out")
        finally:
            db.close()

    sales = [sale for till in threads.map(stand_at_till, range(TILLS)) for sale in till]
    codes = {ticket.face.code for sale in sales for ticket in sale.tickets}
    assert len(codes) == 100
    assert sold_and_tickets(office, tier) == (100, 100, 100)


def test_tiers_that_share_the_house_never_overfill_it(
    db: Database, other_till: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event(capacity=10)
    stalls = office.tier(event, quantity=10)
    circle = office.tier(event, name="Circle", quantity=10)
    hand.execute("SELECT lock_event(%s)", [event])
    tills = (
        threads.submit(sell_tickets, db, office.at, wish(event, (stalls, 6))),
        threads.submit(sell_tickets, other_till, office.at, wish(event, (circle, 6))),
    )
    until_waiting(office, 2, tills)
    hand.rollback()
    errors = [error for till in tills if (error := till.exception()) is not None]
    assert [type(error) for error in errors] == [SoldOut]
    assert vars(errors[0])["available"] == 4
    assert office.value("SELECT sum(sold) FROM ticket_tiers WHERE event_id = %s", event) == 6


def test_hand_written_sql_cannot_overfill_a_shared_house(office: Office, hand: psycopg.Connection) -> None:
    event = office.event(capacity=10)
    stalls = office.tier(event, quantity=10)
    circle = office.tier(event, name="Circle", quantity=10)
    hand.execute("UPDATE ticket_tiers SET sold = 6 WHERE id = %s", [stalls])
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        hand.execute("UPDATE ticket_tiers SET sold = 5 WHERE id = %s", [circle])
    assert refused.value.diag.constraint_name == "events_capacity_stock_check"


def test_raising_a_quota_waits_for_sales_in_flight(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    """The moment in which a house becomes shared: the sale that began under the old rule must be counted."""
    event = office.event(capacity=10)
    stalls = office.tier(event, quantity=5)
    circle = office.tier(event, name="Circle", quantity=5)
    hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [stalls])
    sale = threads.submit(sell_tickets, db, office.at, wish(event, (stalls, 5)))
    until_waiting(office, 1, (sale,))
    promoter = threads.submit(
        office.connection.execute, "UPDATE ticket_tiers SET quantity = 10 WHERE id = %s", [circle]
    )
    hand.commit()
    assert sale.result().value.totals.lines[0].quantity == 5
    promoter.result()
    with pytest.raises(SoldOut) as refused:
        sell_tickets(db, office.at, wish(event, (circle, 6)))
    assert refused.value.available == 5


def test_opposite_baskets_do_not_deadlock(
    database_url: str, office: Office, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tiers = [office.tier(event, name=name, quantity=2000) for name in "AB"]
    start = Barrier(8)
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"

    def stand_at_till(number: int) -> int:
        db = Database(database_url)
        mine = tiers if number % 2 else tiers[::-1]
        start.wait()
        try:
            return sum(
                len(sell_tickets(db, office.at, wish(event, (mine[0], 1), (mine[1], 1))).value.tickets)
                for _ in range(25)
            )
        finally:
            db.close()

    assert sum(threads.map(stand_at_till, range(8))) == 400
    office.connection.execute("SELECT pg_stat_force_next_flush()")
    assert office.value(deadlocks) == 0


def test_control_opposite_lock_orders_by_hand_do_deadlock(
    office: Office, hand: psycopg.Connection, database_url: str, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    first, second = (office.tier(event, name=name) for name in "AB")
    take = "UPDATE ticket_tiers SET description = 'x' WHERE id = %s"
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as other:
        hand.execute(take, [first])
        other.execute(take, [second])
        waiting = threads.submit(hand.execute, take, [second])
        until_waiting(office, 1, (waiting,))
        crossing = threads.submit(other.execute, take, [first])
        errors = [future.exception() for future in (waiting, crossing)]
    assert [type(error) for error in errors if error] == [psycopg.errors.DeadlockDetected]


def test_a_tier_locked_for_too_long_is_busy_and_nothing_is_written(
    db: Database, office: Office, hand: psycopg.Connection
) -> None:
    event = office.event()
    tier = office.tier(event)
    hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [tier])
    with pytest.raises(Busy):
        sell_tickets(db, office.at, wish(event, (tier, 1)))
    assert office.value("SELECT count(*) FROM orders") == 0


def test_a_deed_that_always_loses_ends_as_busy(db: Database) -> None:
    attempts = []

    def lose() -> None:
        attempts.append(1)
        with db.write() as session:
            session.connection().exec_driver_sql(
                "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$"
            )

    with pytest.raises(Busy):
        db.repeat(lose, keyed=False)
    assert len(attempts) == database.ATTEMPTS
