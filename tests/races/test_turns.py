"""Sales and changes of their event take turns: fairly, and nobody decides by what is no longer true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from boxoffice.domain.errors import TierNotSellable
from boxoffice.domain.tier import NotSellable
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.races.conftest import until_waiting

LOCK_TIER = "SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE"


def test_an_event_is_cancelled_between_two_sales_not_after_the_last(
    db: Database, other_till: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    """Sales share their event's turn; one that comes after the manager must not slip in before them."""
    event = office.event()
    stalls, circle = office.tier(event), office.tier(event, name="Circle")
    hand.execute(LOCK_TIER, [stalls])
    first = threads.submit(sell_tickets, db, office.at, wish(event, (stalls, 1)))
    until_waiting(office, 1, (first,))
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as manager:
        cancelled = threads.submit(
            manager.execute, "UPDATE events SET status = 'cancelled' WHERE id = %s", [event]
        )
        until_waiting(office, 2, (first, cancelled))
        second = threads.submit(sell_tickets, other_till, office.at, wish(event, (circle, 1)))
        until_waiting(office, 3, (first, cancelled, second))
        hand.rollback()
        cancelled.result()
    assert len(first.result().value.tickets) == 1
    error = second.exception()
    assert isinstance(error, TierNotSellable)
    assert error.reason is NotSellable.EVENT_CANCELLED


def test_a_retry_that_overtakes_its_first_try_is_not_told_sold_out(
    db: Database, other_till: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    """The last seats of a shared house: the till lost its line and asks again while the first try runs."""
    event = office.event(capacity=2)
    stalls = office.tier(event, quantity=2)
    office.tier(event, name="Circle", quantity=2)
    command = wish(event, (stalls, 2))
    hand.execute(LOCK_TIER, [stalls])
    first = threads.submit(sell_tickets, db, office.at, command)
    until_waiting(office, 1, (first,))
    retry = threads.submit(sell_tickets, other_till, office.at, command)
    until_waiting(office, 2, (first, retry))
    hand.rollback()
    assert retry.result().value.order_id == first.result().value.order_id
    assert retry.result().value.replayed


def test_a_house_is_not_made_smaller_than_what_is_being_sold_by_hand(
    office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event(capacity=100)
    tier = office.tier(event, quantity=50)
    hand.execute("UPDATE ticket_tiers SET sold = 6 WHERE id = %s", [tier])
    smaller = threads.submit(
        office.connection.execute, "UPDATE events SET capacity = 5 WHERE id = %s", [event]
    )
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as eyes:
        watching = Office(eyes, office.promoter_id, office.at)
        until_waiting(watching, 1, (smaller,))
        hand.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        smaller.result()
    office.connection.execute("UPDATE ticket_tiers SET sold = 0 WHERE id = %s", [tier])


def test_a_sale_by_an_old_snapshot_is_refused(office: Office, hand: psycopg.Connection) -> None:
    """With psql one could keep the event as it was before it was cancelled."""
    event = office.event()
    tier = office.tier(event)
    hand.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    hand.execute("SELECT 1")
    office.connection.execute("UPDATE events SET status = 'cancelled' WHERE id = %s", [event])
    with pytest.raises(psycopg.errors.InvalidTransactionState):
        hand.execute(
            "SELECT sell_tickets(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint],"
            " ARRAY[28::numeric], NULL, 'cash', NULL, '', %s, %s)",
            [event, tier, office.at.till_id, office.at.clerk_id],
        )


def test_a_till_that_opened_before_the_first_sale_never_reads_whole_tables(
    db: Database, office: Office
) -> None:
    """Plans made for empty tables are kept; a plan that reads all orders would slow every later sale."""
    event = office.event()
    tier = office.tier(event)
    office.connection.execute("VACUUM ANALYZE")
    for _ in range(20):
        sell_tickets(db, office.at, wish(event, (tier, 1)))
    db.close()
    gone = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test'"
    while office.value(gone):
        pass
    scanned = "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables WHERE relname = %s"
    assert office.value(scanned, "orders") == 0
    assert office.value(scanned, "tickets") == 0
