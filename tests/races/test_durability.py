"""In a queue for a tier a sale lets the next till in before the disk has it, but answers only afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from decimal import Decimal
from itertools import count
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from boxoffice.domain.after_sale import Exchange, Refund
from boxoffice.domain.errors import Unavailable
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Sale, SaleLine, SellTickets
from boxoffice.storage import sale
from boxoffice.storage.database import Database
from boxoffice.storage.migrate import migrate
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, open_office, wish
from tests.postgres import Cluster, cluster
from tests.races.conftest import until_waiting

TURN = "SELECT pg_advisory_xact_lock(hashtextextended('tier', %s))"
NOT_ON_DISK = "SELECT pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn()"
BARE = """
    SELECT sell_tickets(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint], ARRAY[28::numeric], NULL,
        'cash', NULL, '', %s, %s, p_till_tells => true, p_may_flush_later => true)
"""
ENOUGH = 40
"""Sales before the server is killed."""
_numbers = count(1)


@pytest.fixture(scope="module")
def careful_server() -> Iterator[Cluster]:
    """A server that waits for its disk, and whose background writer does not come to a sale's help."""
    with cluster(durable=True, options={"wal_writer_delay": "10s"}) as running:
        yield running


@pytest.fixture
def database_url(careful_server: Cluster) -> str:
    name = f"durable_{next(_numbers)}"
    with psycopg.connect(careful_server.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    with closing(Database(careful_server.url(name))) as fresh:
        migrate(fresh.engine)
    # Or whoever reads the catalogue clears away what the migration left there, and writes that into the log.
    with psycopg.connect(careful_server.dsn(name), autocommit=True) as admin:
        admin.execute("VACUUM")
    return careful_server.url(name)


def let_in(office: Office, hand: psycopg.Connection, deed: Future[Any]) -> None:
    """Let a sale wait for the tier behind another till, and then let it in."""
    until_waiting(office, 1, (deed,))
    hand.rollback()


def ask(db: Database, office: Office, command: SellTickets) -> Sale:
    """Sell without word to other tills, whose own transaction would write to the log as well."""
    with db.single_statement() as session:
        return sale.sell(session, command, till_id=office.at.till_id, clerk_id=office.at.clerk_id)


def test_control_a_sale_that_may_flush_later_is_answered_before_the_disk_has_it(
    office: Office, hand: psycopg.Connection, other_hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event)
    hand.execute(TURN, [tier])
    bare = threads.submit(other_hand.execute, BARE, [event, tier, office.at.till_id, office.at.clerk_id])
    let_in(office, hand, bare)
    bare.result()
    assert office.value(NOT_ON_DISK) > 0


@pytest.fixture
def other_hand(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        yield connection


def test_a_till_hears_of_its_sale_when_the_disk_has_it(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event)
    hand.execute(TURN, [tier])
    sold = threads.submit(ask, db, office, wish(event, (tier, 1)))
    let_in(office, hand, sold)
    sold.result()
    assert office.value(NOT_ON_DISK) == 0


def test_a_retry_hears_of_the_sale_when_the_disk_has_it(
    db: Database,
    office: Office,
    hand: psycopg.Connection,
    other_hand: psycopg.Connection,
    threads: ThreadPoolExecutor,
) -> None:
    """Its first try may have committed in the queue and lost its line before the disk had the sale."""
    event = office.event()
    tier = office.tier(event)
    command = wish(event, (tier, 1))
    hand.execute(TURN, [tier])
    bare = threads.submit(
        other_hand.execute,
        BARE.replace("gen_random_uuid()", f"'{command.purchase_key}'"),
        [event, tier, office.at.till_id, office.at.clerk_id],
    )
    let_in(office, hand, bare)
    bare.result()
    assert office.value(NOT_ON_DISK) > 0
    assert ask(db, office, command).replayed
    assert office.value(NOT_ON_DISK) == 0


def test_a_sale_that_queued_for_its_house_waits_for_the_disk_as_well(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event(capacity=10)
    stalls = office.tier(event, quantity=10)
    office.tier(event, name="Circle", quantity=10)
    hand.execute("SELECT pg_advisory_xact_lock(hashtextextended('house sales', %s))", [event])
    sold = threads.submit(ask, db, office, wish(event, (stalls, 1)))
    let_in(office, hand, sold)
    sold.result()
    assert office.value(NOT_ON_DISK) == 0


LONGER_THAN_ALLOWED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'asker' AND wait_event = 'SyncRep'
      AND clock_timestamp() - query_start > '1 second'
"""


@pytest.fixture
def asker(database_url: str) -> Iterator[psycopg.Connection]:
    """A till whose statements may take half a second."""
    dsn = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(dsn, autocommit=True, application_name="asker") as connection:
        connection.execute("SET statement_timeout = '500ms'")
        connection.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.notes (note text)")
        connection.execute(
            "CREATE PROCEDURE hasty() LANGUAGE plpgsql AS"
            " $$ BEGIN INSERT INTO elsewhere.notes VALUES ('kept'); COMMIT; END $$"
        )
        yield connection


@pytest.fixture
def absent_standby(careful_server: Cluster, asker: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A till that was here before the synchronous standby went away; from now on commits wait for it."""
    with psycopg.connect(careful_server.dsn(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        admin.execute("SELECT pg_reload_conf()")
        yield asker
        admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
        admin.execute("SELECT pg_reload_conf()")


def test_control_a_commit_inside_is_cut_short_by_the_statements_time(
    absent_standby: psycopg.Connection,
) -> None:
    absent_standby.execute("CALL hasty()")


def test_a_lone_sale_is_not_answered_before_a_synchronous_standby_has_it(
    office: Office, asker: psycopg.Connection, threads: ThreadPoolExecutor, request: pytest.FixtureRequest
) -> None:
    event = office.event()
    tier = office.tier(event)
    request.getfixturevalue("absent_standby")
    sold = threads.submit(
        asker.execute,
        "CALL sell(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint], ARRAY[28::numeric], NULL,"
        " 'cash', NULL, '', %s, %s, NULL)",
        [event, tier, office.at.till_id, office.at.clerk_id],
    )
    while not office.value(LONGER_THAN_ALLOWED):
        assert not sold.done()
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as admin:
        admin.autocommit = True
        admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
        admin.execute("SELECT pg_reload_conf()")
    assert sold.result()


def test_what_was_answered_in_a_rush_survives_the_death_of_the_server(
    careful_server: Cluster, database_url: str, threads: ThreadPoolExecutor
) -> None:
    office = open_office(database_url.replace("+psycopg", "", 1))
    event = office.event()
    tier = office.tier(event, quantity=1_000_000)
    office.connection.close()
    tills = [Database(database_url) for _ in range(4)]
    answered: list[UUID] = []
    enough = Event()

    def sell_on(till: Database) -> None:
        with suppress(Unavailable):
            while True:
                command = wish(event, (tier, 1))
                sell_tickets(till, office.at, command)
                answered.append(command.purchase_key)
                if len(answered) >= ENOUGH:
                    enough.set()

    rush = [threads.submit(sell_on, till) for till in tills]
    enough.wait()
    careful_server.kill()
    for till in rush:
        till.result()
    for database in tills:
        database.close()
    careful_server.start()
    with closing(Database(database_url)) as db:
        with db.read() as session:
            kept = set(session.scalars(text("SELECT purchase_key FROM orders")))
        assert set(answered) <= kept
        assert [finding for finding in check_database(db) if finding.broken] == []


def test_refunds_and_exchanges_that_were_answered_survive_and_the_others_are_done_once(
    careful_server: Cluster, database_url: str, threads: ThreadPoolExecutor
) -> None:
    office = open_office(database_url.replace("+psycopg", "", 1))
    event = office.event()
    tier = office.tier(event, quantity=1_000_000)
    tills = [Database(database_url) for _ in range(4)]
    wishes: list[Refund | Exchange] = []
    for number in range(4 * ENOUGH):
        sold = sell_tickets(tills[0], office.at, wish(event, (tier, 1))).value
        line = SaleLine(tier, 1, Money(Decimal(28), "EUR"))
        wishes.append(
            Exchange(sold.order_id, (sold.tickets[0].id,), event, (line,), "other seat")
            if number % 2
            else Refund(sold.order_id, "ill")
        )
    office.connection.close()
    answered: list[UUID] = []
    enough = Event()

    def is_old(till: Database, wanted: Refund | Exchange) -> bool:
        if isinstance(wanted, Refund):
            return refund_tickets(till, office.at, wanted).value.replayed
        return exchange_tickets(till, office.at, wanted).value.sale.replayed

    def work_on(number: int) -> None:
        with suppress(Unavailable):
            for wanted in wishes[number::4]:
                is_old(tills[number], wanted)
                answered.append(wanted.key)
                if len(answered) >= ENOUGH:
                    enough.set()

    rush = [threads.submit(work_on, number) for number in range(4)]
    enough.wait()
    careful_server.kill()
    for till in rush:
        till.result()
    for database in tills:
        database.close()
    careful_server.start()
    with closing(Database(database_url)) as db:
        old = {wanted.key for wanted in wishes if is_old(db, wanted)}
        assert set(answered) <= old
        with db.read() as session:
            made = session.scalars(text("SELECT count(*) FROM corrections")).one()
        assert made == len(wishes)
        assert [finding for finding in check_database(db) if finding.broken] == []
