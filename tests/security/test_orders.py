"""What hands that hold psql may find of customers, and whatever is typed into the orders' field."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import example, given

from boxoffice.domain.customer import NewCustomer
from boxoffice.domain.order_list import OrderFilter
from boxoffice.storage.database import Database
from boxoffice.usecases.customers.add_customer import add_customer
from boxoffice.usecases.customers.find_customers import find_customers
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.orders.find_orders import find_orders
from boxoffice.usecases.orders.write_notes import write_notes
from tests.security.conftest import House, Psql
from tests.security.test_injection import HOSTILE, MANY, TEXTS, typed
from tests.usecases.test_find_orders import TODAY

DEEDS = (
    "SELECT add_customer('A', 'B', '', '', {till})",
    "SELECT set_order_customer(gen_random_uuid(), {order}, {customer}, {till})",
    "SELECT set_order_notes({order}, '', {till})",
    "SELECT names_like('ito')",
)


@pytest.fixture
def clerk(house: House, tmp_path: Path) -> Database:
    db = house.database("clerk")
    seal_with(db, house.office.give_key(tmp_path))
    return db


@MANY
@given(words=TEXTS)
@example(words=HOSTILE[0])
@example(words="\x00")
@example(words="%")
def test_whatever_is_typed_is_looked_for_and_nothing_else(house: House, clerk: Database, words: str) -> None:
    typed(lambda: find_orders(clerk, OrderFilter(TODAY, words)))
    typed(lambda: find_customers(clerk, words))
    assert house.office.value("SELECT count(*) FROM orders") == 1


@MANY
@given(words=TEXTS)
@example(words="\x00")
def test_whatever_is_written_down_is_text(house: House, clerk: Database, words: str) -> None:
    sale = house.sale
    assert sale is not None
    at = house.place(clerk)
    typed(lambda: add_customer(clerk, at, NewCustomer(words, words, words, words)))
    typed(lambda: add_customer(clerk, at, NewCustomer(words, "x")))
    typed(lambda: write_notes(clerk, at, sale.order_id, words))
    assert house.office.value("SELECT count(*) FROM users WHERE role = 'manager'") == 1


def _filled(house: House, deed: str) -> str:
    assert house.sale is not None
    return deed.format(order=house.sale.order_id, customer=house.customer, till=house.office.at.till_id)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ["promoter", "rival", "door", "reporting"])
def test_these_deeds_are_the_counters_alone(house: House, psql: Psql, deed: str, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql(role).execute(_filled(house, deed).encode())


@pytest.mark.parametrize("deed", DEEDS[:3])
def test_a_deed_happens_at_a_till_where_the_clerk_stands(house: House, psql: Psql, deed: str) -> None:
    house.office.connection.execute("INSERT INTO tills (name) VALUES ('Elsewhere')")
    elsewhere = house.office.value("SELECT id FROM tills WHERE name = 'Elsewhere'")
    assert house.sale is not None
    statement = deed.format(order=house.sale.order_id, customer=house.customer, till=elsewhere)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql("clerk").execute(statement.encode())


@pytest.mark.parametrize("role", ["clerk", "promoter", "manager", "door", "reporting"])
def test_nobody_reads_or_writes_the_words_of_all_names(psql: Psql, role: str) -> None:
    for statement in ("SELECT word FROM name_words", "INSERT INTO name_words VALUES ('x')"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql(role).execute(statement.encode())


def test_a_promoter_finds_names_of_own_events_only_and_searches_in_none(house: House, psql: Psql) -> None:
    """Kim waits for the rival's event: the rival may read the name, nobody's list of words or address."""
    assert psql("promoter").execute("SELECT id FROM users WHERE last_name = 'Ito'").fetchall() == []
    assert psql("rival").execute("SELECT id FROM users WHERE last_name = 'Ito'").fetchall() == [
        (house.customer,)
    ]
    for column in ("search_vector", "email", "phone", "notes"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql("rival").execute(f"SELECT {column} FROM users".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql("rival").execute("SELECT notes FROM orders")


def test_a_clerk_writes_no_name_past_the_deed_and_only_sealed_notes(house: House, psql: Psql) -> None:
    hand = psql("clerk")
    assert house.sale is not None
    for statement in (
        "UPDATE orders SET user_id = NULL",
        "UPDATE users SET first_name = 'x'",
        "INSERT INTO users (first_name) VALUES ('x')",
        "SELECT order_to_change(1)",
        "SELECT * FROM boxoffice_extensions.show_limit()",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hand.execute(statement.encode())
    notes = "SELECT set_order_notes(%s, 'plain words', %s)"
    with pytest.raises(psycopg.errors.CheckViolation):
        hand.execute(notes, [house.sale.order_id, house.office.at.till_id])
    phone = "SELECT add_customer('A', 'B', '', 'plain phone', %s)"
    with pytest.raises(psycopg.errors.CheckViolation):
        hand.execute(phone, [house.office.at.till_id])


def test_an_erased_persons_name_is_in_no_list_of_words(house: House, psql: Psql) -> None:
    value = house.office.value
    assert value("SELECT count(*) FROM name_words WHERE word = 'ito'") == 1
    psql("manager").execute("SELECT erase_person(%s, 'asked by letter')", [house.customer])
    assert value("SELECT count(*) FROM name_words WHERE word IN ('ito', 'kim')") == 0
    order = house.sale.order_id if house.sale else 0
    with pytest.raises(psycopg.Error, match="unknown_person"):
        psql("clerk").execute(
            "SELECT set_order_customer(%s, %s, %s, %s)",
            [uuid4(), order, house.customer, house.office.at.till_id],
        )
