"""A house that becomes shared while something else changes: no order of events leaves it unguarded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from boxoffice.domain.errors import SoldOut
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.races.conftest import until_waiting


def test_a_capacity_given_while_a_quota_is_raised(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event, quantity=10, max_purchase=1000)
    hand.execute("UPDATE events SET capacity = 100 WHERE id = %s", [event])
    raised = threads.submit(
        office.connection.execute, "UPDATE ticket_tiers SET quantity = 150 WHERE id = %s", [tier]
    )
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as eye:
        eye.autocommit = True
        until_waiting(Office(eye, 0, office.at), 1, (raised,))
    hand.commit()
    raised.result()
    with pytest.raises(SoldOut) as refused:
        sell_tickets(db, office.at, wish(event, (tier, 140)))
    assert refused.value.available == 100


def test_a_tier_added_while_the_event_gets_a_capacity(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event, quantity=90, max_purchase=1000)
    hand.execute(
        "INSERT INTO ticket_tiers (event_id, name, price, quantity, max_purchase)"
        " VALUES (%s, 'B', 28, 90, 1000)",
        [event],
    )
    given = threads.submit(
        office.connection.execute, "UPDATE events SET capacity = 100 WHERE id = %s", [event]
    )
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as eye:
        eye.autocommit = True
        until_waiting(Office(eye, 0, office.at), 1, (given,))
    hand.commit()
    given.result()
    sell_tickets(db, office.at, wish(event, (tier, 90)))
    other = office.value("SELECT id FROM ticket_tiers WHERE name = 'B'")
    with pytest.raises(SoldOut) as refused:
        sell_tickets(db, office.at, wish(event, (other, 90)))
    assert refused.value.available == 10


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ticket_tiers SET sold = sold + 1 WHERE id = %s",
        "UPDATE ticket_tiers SET quantity = quantity + 1 WHERE id = %s",
    ],
)
def test_stock_is_not_changed_on_an_old_snapshot(
    office: Office, hand: psycopg.Connection, statement: str
) -> None:
    tier = office.tier(office.event())
    hand.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with pytest.raises(psycopg.errors.InvalidTransactionState):
        hand.execute(statement.encode(), [tier])


def test_a_full_house_takes_no_tier_that_brings_its_own_sales(office: Office) -> None:
    full = office.event(capacity=10)
    other = office.tier(office.event())
    office.tier(full, quantity=10)
    office.connection.execute("UPDATE ticket_tiers SET sold = 0 WHERE event_id = %s", [full])
    office.tier(full, name="B", quantity=20)
    with pytest.raises(psycopg.errors.CheckViolation):
        office.tier(full, name="C", quantity=20, sold=11)
    with pytest.raises(psycopg.errors.CheckViolation):
        office.connection.execute("UPDATE ticket_tiers SET event_id = %s WHERE id = %s", [full, other])


def test_the_clients_own_purchase_and_the_sale_do_not_deadlock_in_a_shared_house(
    db: Database, office: Office, database_url: str, threads: ThreadPoolExecutor
) -> None:
    event = office.event(capacity=500)
    tiers = [office.tier(event, name=name, quantity=400) for name in "AB"]
    dsn = database_url.replace("+psycopg", "", 1)

    def buy_by_hand() -> None:
        with psycopg.connect(dsn) as client:
            for turn in range(30):
                with client.transaction(force_rollback=True):
                    tier = tiers[turn % 2]
                    client.execute("SELECT id FROM ticket_tiers WHERE id = %s FOR UPDATE", [tier])
                    client.execute("UPDATE ticket_tiers SET sold = sold + 1 WHERE id = %s", [tier])

    by_hand = [threads.submit(buy_by_hand) for _ in range(2)]
    for _ in range(40):
        sell_tickets(db, office.at, wish(event, (tiers[0], 1), (tiers[1], 1)))
    for client in by_hand:
        client.result()
    office.connection.execute("SELECT pg_stat_force_next_flush()")
    assert office.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
