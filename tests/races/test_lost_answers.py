"""What a till does not hear it asks again, under the same key; it is done once all the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import make_url

from boxoffice.domain.errors import AnswerLost, DatabaseGone, PurchaseKeyReused
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import Reprint
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.find_order import find_order
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.postgres import Cluster
from tests.races.conftest import until_waiting
from tests.races.wire import Wire, wire_to

SALE = b"CALL sell("
COMMIT = b"COMMIT\0"


@pytest.fixture
def wire(server: Cluster) -> Iterator[Wire]:
    with wire_to(server.port) as laid:
        yield laid


@pytest.fixture
def far_till(database_url: str, wire: Wire) -> Iterator[Database]:
    """A till at the other end of the wire."""
    db = Database(make_url(database_url).set(port=wire.port).render_as_string(hide_password=False))
    yield db
    db.close()


def test_control_a_sale_whose_answer_was_lost_is_in_the_database(
    far_till: Database, office: Office, wire: Wire
) -> None:
    event = office.event()
    tier = office.tier(event)
    wire.swallow_answer_to(SALE, times=9)
    with pytest.raises(AnswerLost):
        sell_tickets(far_till, office.at, wish(event, (tier, 2)))
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", tier) == 2


def test_a_lost_answer_is_asked_for_again_and_the_sale_is_there_once(
    far_till: Database, office: Office, wire: Wire
) -> None:
    event = office.event()
    tier = office.tier(event)
    wire.swallow_answer_to(SALE)
    sale = sell_tickets(far_till, office.at, wish(event, (tier, 2))).value
    assert wire.cut.is_set()
    assert sale.replayed
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", tier) == 2
    assert office.value("SELECT count(*) FROM orders") == 1


def test_after_the_clerk_retries_with_the_same_key_nothing_is_sold_twice(
    far_till: Database, db: Database, office: Office, wire: Wire
) -> None:
    event = office.event()
    tier = office.tier(event)
    command = wish(event, (tier, 1))
    wire.swallow_answer_to(SALE, times=9)
    with pytest.raises(AnswerLost):
        sell_tickets(far_till, office.at, command)
    first = sell_tickets(db, office.at, command).value
    second = sell_tickets(db, office.at, command).value
    assert first.replayed
    assert first == second
    assert office.value("SELECT count(*) FROM payment_transactions") == 1


def test_a_reprint_whose_answer_was_lost_mints_one_new_code(
    far_till: Database, office: Office, wire: Wire
) -> None:
    event = office.event()
    sale = sell_tickets(far_till, office.at, wish(event, (office.tier(event), 1))).value
    # As at a till that has been looking: the connection is open, so the next COMMIT is the reprint's.
    assert find_order(far_till, sale.order_number) == sale
    wire.swallow_answer_to(COMMIT)
    again = reprint_tickets(
        far_till, office.at, Reprint(sale.order_id, (sale.tickets[0].id,), "paper jam")
    ).value
    assert wire.cut.is_set()
    assert [ticket.face.number for ticket in again] == [1]
    assert office.value("SELECT count(*) FROM tickets") == 2
    assert office.value("SELECT count(*) FROM tickets WHERE status = 'valid'") == 1


def test_a_backend_killed_while_it_waits_for_the_tier_leaves_nothing_and_the_retry_sells(
    db: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier = office.tier(event)
    hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [tier])
    sale = threads.submit(sell_tickets, db, office.at, wish(event, (tier, 1)))
    until_waiting(office, 1, (sale,))
    assert office.value(
        "SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE application_name = 'test'"
    )
    hand.rollback()
    assert not sale.result().value.replayed
    assert office.value("SELECT count(*) FROM orders") == 1


def test_the_same_key_from_two_tills_at_once_is_one_sale(
    db: Database, other_till: Database, office: Office, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    command = wish(event, (office.tier(event), 2))
    together = Barrier(2)

    def sell_at(till: Database) -> tuple[int, bool]:
        together.wait()
        sale = sell_tickets(till, office.at, command).value
        return sale.order_id, sale.replayed

    (first, replayed), (second, replayed_too) = threads.map(sell_at, (db, other_till))
    assert first == second
    assert {replayed, replayed_too} == {True, False}
    assert office.value("SELECT count(*) FROM tickets") == 2


def test_the_same_key_for_another_tier_waits_for_the_first_sale_and_is_refused(
    db: Database, other_till: Database, office: Office, hand: psycopg.Connection, threads: ThreadPoolExecutor
) -> None:
    event = office.event()
    tier, other = office.tier(event), office.tier(event, name="Other")
    command = wish(event, (tier, 1))
    hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [tier])
    first = threads.submit(sell_tickets, db, office.at, command)
    until_waiting(office, 1, (first,))
    changed = replace(command, lines=wish(event, (other, 1)).lines)
    second = threads.submit(sell_tickets, other_till, office.at, changed)
    until_waiting(office, 2, (first, second))
    hand.rollback()
    number = first.result().value.order_number
    error = second.exception()
    assert isinstance(error, PurchaseKeyReused)
    assert error.order_number == number


def test_with_the_server_gone_a_sale_says_so(server: Cluster) -> None:
    with wire_to(server.port) as wire:
        address = make_url(server.url("postgres")).set(port=wire.port)
        wire.close()
        db = Database(address.render_as_string(hide_password=False))
        with pytest.raises(DatabaseGone):
            check_database(db)
        db.close()
