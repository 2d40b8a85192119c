"""The till's open line: one connection from sale to sale, and a fresh one when it died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import text

from boxoffice.domain.errors import AnswerLost, Busy, SoldOut
from boxoffice.storage import line
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

BACKENDS = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity WHERE application_name = 'test'"
KILL = """
    SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'test'
"""


@pytest.fixture
def tier(office: Office) -> tuple[int, int]:
    event = office.event()
    return event, office.tier(event, quantity=5)


def sell(db: Database, office: Office, tier: tuple[int, int], quantity: int = 1) -> None:
    sell_tickets(db, office.at, wish(tier[0], (tier[1], quantity)))


def until_gone(office: Office) -> None:
    while office.value(BACKENDS):
        pass


def test_a_till_keeps_its_connection_through_sales_refusals_and_waits_that_were_too_long(
    database_url: str, office: Office, tier: tuple[int, int]
) -> None:
    with closing(Database(database_url, application_name="test")) as db:
        with db.single_statement() as session:
            mine = session.scalar(text("SELECT pg_backend_pid()"))
        with pytest.raises(SoldOut):
            sell(db, office, tier, 6)
        with psycopg.connect(database_url.replace("+psycopg", "", 1)) as hand:
            hand.execute("SELECT 1 FROM ticket_tiers FOR UPDATE")
            with pytest.raises(Busy):
                sell(db, office, tier)
        with db.single_statement() as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) == mine
            assert (
                session.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'")) == 0
            )
    until_gone(office)


def test_a_line_that_died_while_nobody_sold_is_noticed_before_the_next_price(
    db: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "IDLE_BEFORE_PING_SECONDS", 0.0)
    with db.single_statement() as session:
        assert session.scalar(text("SELECT 1")) == 1
    assert office.value(KILL)
    with db.single_statement() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_line_that_dies_between_two_keys_is_a_price_asked_twice(
    db: Database, office: Office, tier: tuple[int, int]
) -> None:
    lines = wish(tier[0], (tier[1], 1)).lines
    first = price_basket(db, tier[0], lines)
    assert office.value(KILL)
    assert price_basket(db, tier[0], lines) == first


def test_a_dead_line_says_that_the_answer_is_lost_and_the_next_statement_has_a_new_one(db: Database) -> None:
    with pytest.raises(AnswerLost), db.single_statement() as session:
        line.driver(session).execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with db.single_statement() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_those_who_come_at_once_do_not_wait_for_each_other_and_leave_nothing_open(
    database_url: str, office: Office
) -> None:
    db = Database(database_url, application_name="test")
    together = Barrier(3)

    def ask() -> int:
        with db.single_statement() as session:
            together.wait(10)
            return int(session.scalars(text("SELECT pg_backend_pid()")).one())

    with ThreadPoolExecutor(3) as threads:
        backends = {threads.submit(ask) for _ in range(3)}
        assert len({future.result() for future in backends}) == 3
    db.close()
    until_gone(office)


def test_a_statement_that_outlives_the_program_hangs_up_when_it_ends(
    database_url: str, office: Office
) -> None:
    db = Database(database_url, application_name="test")
    inside, closed = Barrier(2), Barrier(2)

    def ask() -> None:
        with db.single_statement() as session:
            session.scalar(text("SELECT 1"))
            inside.wait(10)
            closed.wait(10)

    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask)
        inside.wait(10)
        db.close()
        closed.wait(10)
        asked.result()
    until_gone(office)
