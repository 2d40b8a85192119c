"""A program dies at any step of a deed: it was done or it was not, and whoever asks again is told which.

The child is stopped at a step by a trigger that waits for a lock of the test's; then it is killed. Its
server process works on: what is one statement of its own (a sale) is committed, what waits for the
program's COMMIT is undone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from subprocess import Popen
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain.after_sale import Exchange, PayOrder, Refund
from boxoffice.domain.cash import Count, CountDrawer
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, SaleLine, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.cash.count_drawer import count_drawer
from boxoffice.usecases.cash.sign_off_drawer import sign_off_drawer
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.pay_order import pay_order
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.races.child import NAME, ask, child, hold_and_sell
from tests.races.conftest import WAITING

GATE = 20_26
STOP = f"""
    CREATE FUNCTION stop_at_gate() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog AS
    $$ BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NEW; END $$
"""
AT = "CREATE TRIGGER zz_gate BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION stop_at_gate()"
AT_COMMIT = (
    "CREATE CONSTRAINT TRIGGER zz_gate AFTER INSERT ON audit_logs DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION stop_at_gate()"
)
COMMIT = "commit"
CHILDREN = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}'"
DONE = """
    SELECT (SELECT count(*) FROM receipts) + (SELECT count(*) FROM closings)
"""


@dataclass(frozen=True)
class Deed:
    """Something that is asked for, and how to tell whether an answer is an old one."""

    function: Callable[..., Any]
    asked: tuple[Any, ...]
    is_old: Callable[[Any], bool]


@dataclass
class House:
    """An office at work: a clerk, a manager, and what was sold so far."""

    office: Office
    url: str
    manager_url: str
    at: DeskIdentity
    db: Database
    gate: psycopg.Connection
    event: int
    tier: int

    def sale(self) -> Deed:
        command = wish(self.event, (self.tier, 2))
        return Deed(sell_tickets, (self.at, command), lambda done: done.value.replayed)

    def refund(self) -> Deed:
        sold = sell_tickets(self.db, self.at, wish(self.event, (self.tier, 2))).value
        return Deed(refund_tickets, (self.at, Refund(sold.order_id, "ill")), lambda done: done.value.replayed)

    def exchange(self) -> Deed:
        sold = sell_tickets(self.db, self.at, wish(self.event, (self.tier, 2))).value
        dearer = self.office.tier(self.event, name="Box", price=50)
        command = Exchange(
            sold.order_id,
            (sold.tickets[0].id,),
            self.event,
            (SaleLine(dearer, 1, Money(Decimal(50), "EUR")),),
            "better",
            (Payment(Tender.CASH),),
        )
        return Deed(exchange_tickets, (self.at, command), lambda done: done.value.sale.replayed)

    def payment(self) -> Deed:
        customer = self.office.insert("users", first_name="Mia", role="customer")
        later = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
        order = sell_tickets(
            self.db, self.at, wish(self.event, (self.tier, 2), payments=(), terms=later)
        ).value
        command = PayOrder(order.order_id, (Payment(Tender.CASH),))
        return Deed(pay_order, (self.at, command), lambda done: done.value.replayed)

    def closing(self) -> Deed:
        if not self.office.value("SELECT count(*) FROM cash_drawers WHERE closed_at IS NULL"):
            self.office.open_drawer(self.at.till_id, is_shared=True)
        sell_tickets(self.db, self.at, wish(self.event, (self.tier, 2)))
        drawer = self.office.value("SELECT id FROM cash_drawers WHERE closed_at IS NULL")
        count_drawer(self.db, self.at, CountDrawer(drawer, Count("EUR", ((Decimal(50), 3),))))
        made = self.office.value(DONE)
        self.url = self.manager_url
        return Deed(
            sign_off_drawer, (self.at, drawer), lambda _: self.office.value(DONE) == made + 1 == self.known
        )

    known: int = 0
    """Deeds that were done when somebody asked again."""

    def shut(self, step: str) -> None:
        """Stop whoever comes to this step."""
        connection = self.office.connection
        connection.execute(STOP)
        connection.execute((AT_COMMIT if step == COMMIT else AT.format(step)).encode())
        self.gate.execute("SELECT pg_advisory_lock(%s)", [GATE])

    def open(self) -> None:
        """Let everybody through, and wait until the dead one's server process is done."""
        self.gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        while self.office.value(CHILDREN):
            continue
        self.office.connection.execute("DROP FUNCTION stop_at_gate CASCADE")

    def until_stopped(self, process: Popen[bytes]) -> None:
        while not self.office.value(WAITING):
            assert process.poll() is None, "went through without coming to this step"


@pytest.fixture
def house(office: Office, database_url: str) -> Iterator[House]:
    clerk, manager = office.person("clerk"), office.person("manager")
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    event = office.event()
    db = Database(clerk.url)
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as gate:
        yield House(
            office,
            clerk.url,
            manager.url,
            replace(office.at, clerk_id=clerk.id),
            db,
            gate,
            event,
            office.tier(event),
        )
    db.close()


THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""All steps, instead of every fourth: each costs the start of a program."""
STEPS = {
    "sale": "till_numbers orders order_items tickets payment_transactions drawer_entries audit_logs receipts"
    " ticket_tiers commit",
    "refund": "till_numbers corrections correction_tickets payment_transactions drawer_entries receipts"
    " tickets ticket_tiers orders audit_logs commit",
    "exchange": "idempotency_keys till_numbers orders tickets payment_transactions drawer_entries receipts"
    " ticket_tiers corrections correction_tickets audit_logs commit",
    "payment": "idempotency_keys till_numbers payment_transactions drawer_entries holds ticket_tiers tickets"
    " orders receipts audit_logs commit",
    "closing": "till_numbers cash_drawers closings audit_logs commit",
}


@pytest.mark.parametrize("deed", STEPS)
def test_a_program_killed_at_any_step_did_its_deed_once_or_not_at_all(house: House, deed: str) -> None:
    steps = STEPS[deed].split()
    for step in steps if THOROUGH else [*steps[1:-1:4], COMMIT]:
        with child() as process:
            asked: Deed = getattr(house, deed)()
            before = house.office.value(DONE)
            house.shut(step)
            ask(process, house.url, asked.function, *asked.asked)
            house.until_stopped(process)
            process.kill()
            process.wait()
            house.open()
        happened = house.office.value(DONE) > before
        # A sale is one statement, and so is a COMMIT: the server ends what it began.
        assert happened == (deed == "sale" or step == COMMIT), step
        ask_again(house, asked, happened=happened)


def ask_again(house: House, asked: Deed, *, happened: bool) -> None:
    """Ask with the same key from another process, twice: it is done once, and said whether it was before."""
    house.known = house.office.value(DONE)
    db = Database(house.url)
    assert asked.is_old(asked.function(db, *asked.asked)) == happened
    done = house.known = house.office.value(DONE)
    asked.function(db, *asked.asked)
    assert house.office.value(DONE) == done
    db.close()


@pytest.mark.parametrize("step", ["tickets", COMMIT])
@pytest.mark.parametrize("deed", ["sale", "refund", "exchange", "payment"])
def test_a_connection_cut_by_the_server_leaves_nothing_and_the_program_asks_again_itself(
    house: House, deed: str, step: str
) -> None:
    asked: Deed = getattr(house, deed)()
    before = house.office.value(DONE)
    house.shut(step)
    with child() as process:
        ask(process, house.url, asked.function, *asked.asked)
        house.until_stopped(process)
        assert house.office.value(
            f"SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            f" WHERE application_name = '{NAME}' AND wait_event_type = 'Lock'"
        )
        house.gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        # Where it does not know what became of its COMMIT, or lost its line before it: the same key again.
        process.wait()
    house.gate.execute("SELECT pg_advisory_lock(%s)", [GATE])
    house.open()
    ask_again(house, asked, happened=house.office.value(DONE) > before)


def test_what_a_dead_program_held_comes_free(house: House) -> None:
    key = uuid4()
    house.shut("orders")
    command = wish(house.event, (house.tier, 2))
    reserved = "SELECT sum(reserved) FROM ticket_tiers"
    with child() as process:
        ask(process, house.url, hold_and_sell, house.at, command, key)
        house.until_stopped(process)
        process.kill()
        process.wait()
        house.open()
    assert house.office.value(reserved) == 2
    assert expire_holds(house.db).value == 0
    house.office.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    assert expire_holds(house.db).value == 2
    assert house.office.value(reserved) == 0
