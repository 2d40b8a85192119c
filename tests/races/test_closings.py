"""Closing a till while it sells: no late receipt is missed, none is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from threading import Barrier, Event

import psycopg
import pytest

from boxoffice.domain.cash import Count, CountDrawer, OpenDrawer
from boxoffice.domain.errors import DrawerCounted
from boxoffice.domain.money import Money
from boxoffice.storage.database import Database
from boxoffice.storage.faults import translated
from boxoffice.usecases.cash.deeds import drawer_deeds
from boxoffice.usecases.desk import DrawerDeeds
from boxoffice.usecases.office.open_desk import take_place
from tests.office import Office
from tests.races.conftest import until_waiting
from tests.takings import NUMBER, ring_up, without_drawer

NOTHING = Count("EUR")


@dataclass
class Till:
    """A manager's hands on the drawer, and an event to sell."""

    office: Office
    deeds: DrawerDeeds
    event: int
    stack: ExitStack

    def open(self, amount: str = "0") -> int:
        return self.deeds.open(OpenDrawer(NOTHING, Money(Decimal(amount), "EUR"))).value

    def close(self, drawer: int) -> int:
        self.deeds.count(CountDrawer(drawer, NOTHING))
        return self.deeds.sign_off(drawer).value

    def line(self) -> psycopg.Connection:
        """Return a connection of one more clerk's program."""
        info = self.office.connection.info
        return self.stack.enter_context(psycopg.connect(info.dsn, password=info.password, autocommit=True))


@pytest.fixture
def till(office: Office) -> Iterator[Till]:
    event = office.event()
    office.tier(event, quantity=10_000)
    without_drawer(office)
    with ExitStack() as stack:
        db = Database(office.person("manager").url)
        stack.callback(db.close)
        yield Till(office, drawer_deeds(db, take_place(db, "Test", office.at.till)), event, stack)


def spans(office: Office) -> list[tuple[int, int, int]]:
    return office.connection.execute(
        "SELECT number, first_receipt, last_receipt FROM closings ORDER BY number"
    ).fetchall()


def test_a_sale_that_is_being_written_is_waited_for(till: Till, threads: ThreadPoolExecutor) -> None:
    """It has its number already: a closing that did not wait would end before it, the next begin after."""
    drawer = till.open()
    ring_up(till.office.connection, till.office, till.event, "10", tender="card")
    selling = till.line()
    with selling.transaction():
        ring_up(selling, till.office, till.event, "20", tender="card")
        closing = threads.submit(till.close, drawer)
        until_waiting(till.office, 1, (closing,))
    z = till.deeds.z_report(closing.result())
    assert spans(till.office) == [(1, 1, 2)]
    assert z["currencies"][0]["net"] == 30


def test_without_the_lock_the_late_sale_is_missed_for_good(till: Till) -> None:
    """The control of the test above: a closing by what is there, up to this moment, and one after it."""
    at = till.office.at.till_id
    by_moment = (
        "SELECT coalesce(sum(amount), 0) FROM payment_transactions WHERE till_id = %s"
        " AND created_at > %s AND created_at <= %s"
    )
    selling = till.line()
    with selling.transaction():
        ring_up(selling, till.office, till.event, "20", tender="card")
        moment = till.office.value("SELECT clock_timestamp()")
        first = till.office.value(by_moment, at, "-infinity", moment)
    second = till.office.value(by_moment, at, moment, "infinity")
    assert (first, second) == (0, 0)


def test_a_number_cannot_be_taken_while_a_till_is_being_closed(
    till: Till, threads: ThreadPoolExecutor
) -> None:
    drawer = till.open()
    till.deeds.count(CountDrawer(drawer, NOTHING))
    closer, selling = till.line(), till.line()
    with closer.transaction():
        closer.execute("SELECT sign_off_drawer(%s, %s)", [drawer, till.office.at.till_id])
        taken = threads.submit(selling.execute, NUMBER, [till.office.at.till_id])
        until_waiting(till.office, 1, (taken,))
    taken.result()
    till.office.connection.execute("UPDATE till_numbers SET last_receipt = 0")
    assert spans(till.office) == [(1, 1, 0)]


def test_cash_that_is_on_its_way_into_the_drawer_is_counted_with_it(
    till: Till, threads: ThreadPoolExecutor
) -> None:
    drawer = till.open("100")
    selling = till.line()
    with selling.transaction():
        ring_up(selling, till.office, till.event, "20")
        counting = threads.submit(till.deeds.count, CountDrawer(drawer, Count("EUR", ((Decimal(20), 6),))))
        until_waiting(till.office, 1, (counting,))
    counting.result()
    state = till.deeds.state().drawer
    assert state is not None
    assert state.variance == Money(Decimal(0), "EUR")


def test_cash_that_comes_while_the_drawer_is_counted_is_refused(
    till: Till, threads: ThreadPoolExecutor
) -> None:
    drawer = till.open("100")
    counter, selling = till.line(), till.line()
    tier = till.office.tier(till.event, price=20)
    by_cash = (
        "SELECT sell_tickets(gen_random_uuid(), %s, ARRAY[%s::bigint], ARRAY[1::bigint], NULL, NULL, 'cash',"
        " NULL, '', %s, %s)"
    )
    at = till.office.at
    with counter.transaction():
        counter.execute(
            "SELECT count_drawer(gen_random_uuid(), %s, %s, '[]')", [drawer, till.office.at.till_id]
        )
        sale = threads.submit(selling.execute, by_cash, [till.event, tier, at.till_id, at.clerk_id])
        until_waiting(till.office, 1, (sale,))
    with pytest.raises(DrawerCounted), translated(committing=False):
        sale.result()


def test_many_closings_in_a_rush_cover_every_receipt_once(till: Till, threads: ThreadPoolExecutor) -> None:
    """Tills sell until the last closing is made; each closing finds a few new receipts at least."""
    tills, closings, fresh = 6, 8, 5
    barrier, over = Barrier(tills + 1), Event()
    lines = [till.line() for _ in range(tills)]
    given = "SELECT coalesce(max(last_receipt), 0) FROM till_numbers"

    def sell(line: psycopg.Connection) -> int:
        barrier.wait()
        sold = 0
        while not over.is_set():
            ring_up(line, till.office, till.event, "10", tender="card")
            sold += 1
        return sold

    def close() -> None:
        barrier.wait()
        for _ in range(closings):
            before = till.office.value(given)
            drawer = till.open()
            while till.office.value(given) < before + fresh:
                continue
            till.close(drawer)

    futures = [threads.submit(sell, line) for line in lines]
    try:
        close()
    finally:
        over.set()
    sold = sum(future.result() for future in futures)
    till.close(till.open())
    covered = spans(till.office)
    assert len(covered) == closings + 1
    assert all(last - first + 1 >= fresh for _, first, last in covered[:-1])
    assert sum(last - first + 1 for _, first, last in covered) == covered[-1][2] == sold
    said = till.office.value(
        "SELECT sum((t ->> 'net')::numeric) FROM closings, jsonb_array_elements(totals -> 'tenders') t"
    )
    assert said == sold * 10
