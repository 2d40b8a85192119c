"""Customers at the counter: found as somebody types, taken down once, put on orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.domain.customer import NewCustomer
from boxoffice.domain.errors import (
    BadEmail,
    BadPhone,
    CustomerNameMissing,
    EmailTaken,
    KeyMissing,
    OutOfBounds,
    UnknownOrder,
    UnknownPerson,
)
from boxoffice.domain.sale import Sale
from boxoffice.storage.database import Database
from boxoffice.usecases.customers.add_customer import add_customer
from boxoffice.usecases.customers.find_customers import find_customers
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.office.personal_data import erase_person
from boxoffice.usecases.orders.move_name import move_name
from boxoffice.usecases.orders.open_order import open_order
from boxoffice.usecases.orders.order_desk import MoveName
from boxoffice.usecases.orders.write_notes import write_notes
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

SOFIA = NewCustomer("Sofia", "Lindqvist", "sofia@posteo.de", "0151 555 0142")


@pytest.fixture
def clerk(office: Office, tmp_path: Path) -> Iterator[Database]:
    db = Database(office.let_in(office.at.clerk_id, "clerk"))
    seal_with(db, office.give_key(tmp_path))
    yield db
    db.close()


@pytest.fixture
def sale(clerk: Database, office: Office) -> Sale:
    event = office.event()
    return sell_tickets(clerk, office.at, wish(event, (office.tier(event), 1))).value


def test_taken_down_and_found_by_each_part(clerk: Database, db: Database, office: Office) -> None:
    sofia = add_customer(clerk, office.at, SOFIA)
    assert (sofia.name, sofia.email, sofia.phone) == ("Sofia Lindqvist", "sofia@posteo.de", "+49 1515550142")
    for typed in ("lindq", "sofia lind", "SOFIA@", "0151 5550142", "+49 151 555 0142", "Lindquist"):
        assert [one.id for one in find_customers(clerk, typed)] == [sofia.id], typed
    assert find_customers(clerk, "s") == find_customers(clerk, "nobody") == ()
    assert office.value("SELECT count(*) FROM audit_logs WHERE action = 'took_down'") == 1
    stored = office.value("SELECT string_agg(coalesce(after::text, ''), '') FROM audit_logs")
    assert "Lindqvist" not in stored
    assert "lindqvist" not in stored
    assert not [finding for finding in check_database(db) if finding.broken]


def test_an_email_address_is_taken_down_once_in_any_case(clerk: Database, office: Office) -> None:
    sofia = add_customer(clerk, office.at, SOFIA)
    again = add_customer(clerk, office.at, NewCustomer("S.", "L.", "SOFIA@posteo.de"))
    assert again == sofia
    assert office.value("SELECT count(*) FROM users WHERE lower(email) = 'sofia@posteo.de'") == 1


def test_asked_again_without_an_email_the_same_person_is_found_by_name_and_phone(
    clerk: Database, office: Office
) -> None:
    jonas = NewCustomer("Jonas", "Özdemir", phone="0151 5550142")
    first = add_customer(clerk, office.at, jonas)
    assert add_customer(clerk, office.at, jonas) == first
    assert add_customer(clerk, office.at, NewCustomer("Emine", "Özdemir", phone="0151 5550142")) != first


def test_what_is_no_address_number_or_name_is_said(clerk: Database, office: Office) -> None:
    with pytest.raises(BadEmail):
        add_customer(clerk, office.at, NewCustomer("A", "B", "a@@b"))
    with pytest.raises(BadPhone):
        add_customer(clerk, office.at, NewCustomer("A", "B", phone="12"))
    with pytest.raises(CustomerNameMissing):
        add_customer(clerk, office.at, NewCustomer(" ", "-", "a@b.de"))
    with pytest.raises(OutOfBounds):
        add_customer(clerk, office.at, NewCustomer("A" * 121, "B"))


def test_staff_and_deleted_people_are_not_offered(clerk: Database, office: Office) -> None:
    assert find_customers(clerk, "Anna") == ()
    with pytest.raises(EmailTaken):
        add_customer(clerk, office.at, NewCustomer("Anna", "Weber", "ANNA@example.org"))
    sofia = add_customer(clerk, office.at, SOFIA)
    office.connection.execute("UPDATE users SET deleted_at = now() WHERE id = %s", [sofia.id])
    assert find_customers(clerk, "sofia") == find_customers(clerk, "Lindquist") == ()
    with pytest.raises(EmailTaken):
        add_customer(clerk, office.at, SOFIA)


def test_without_the_key_a_name_is_taken_down_and_a_phone_is_not(office: Office) -> None:
    db = Database(office.let_in(office.at.clerk_id, "clerk"))
    assert add_customer(db, office.at, NewCustomer("Kim", "Ito")).phone == ""
    with pytest.raises(KeyMissing):
        add_customer(db, office.at, SOFIA)
    db.close()


def test_the_name_moves_once_for_each_wish_and_leaves_evidence(
    clerk: Database, office: Office, sale: Sale
) -> None:
    sofia = add_customer(clerk, office.at, SOFIA)
    wish_ = MoveName(sale.order_id, sofia.id)
    move_name(clerk, office.at, wish_)
    move_name(clerk, office.at, wish_)
    customer = open_order(clerk, sale.order_id).customer
    assert customer is not None
    assert (customer.name, customer.phone) == ("Sofia Lindqvist", "+49 1515550142")
    move_name(clerk, office.at, MoveName(sale.order_id, None))
    assert open_order(clerk, sale.order_id).customer is None
    moved = office.connection.execute(
        "SELECT detail, till_id FROM audit_logs WHERE action = 'moved_name' ORDER BY id"
    ).fetchall()
    assert moved == [({"to": sofia.id}, office.at.till_id), ({"from": sofia.id}, office.at.till_id)]


def test_an_order_is_put_into_no_deleted_or_erased_name_nor_into_the_staffs(
    clerk: Database, db: Database, office: Office, sale: Sale
) -> None:
    sofia = add_customer(clerk, office.at, SOFIA)
    with pytest.raises(UnknownPerson):
        move_name(clerk, office.at, MoveName(sale.order_id, office.at.clerk_id))
    with pytest.raises(UnknownOrder):
        move_name(clerk, office.at, MoveName(10**9, sofia.id))
    move_name(clerk, office.at, MoveName(sale.order_id, sofia.id))
    write_notes(clerk, office.at, sale.order_id, "Sofia comes in a wheelchair")
    erase_person(db, sofia.id, "asked by letter")
    detail = open_order(clerk, sale.order_id)
    assert detail.notes == ""
    with pytest.raises(UnknownPerson):
        move_name(clerk, office.at, MoveName(sale.order_id, sofia.id))


def test_notes_are_sealed_and_their_words_are_in_no_evidence(
    clerk: Database, office: Office, sale: Sale
) -> None:
    write_notes(clerk, office.at, sale.order_id, "  Picks up at 7, brings a dog ")
    assert open_order(clerk, sale.order_id).notes == "Picks up at 7, brings a dog"
    assert office.value("SELECT is_sealed(notes) FROM orders WHERE id = %s", sale.order_id)
    assert "dog" not in office.value("SELECT string_agg(a::text, '') FROM audit_logs a")
    write_notes(clerk, office.at, sale.order_id, "")
    assert open_order(clerk, sale.order_id).notes == ""
    with pytest.raises(OutOfBounds):
        write_notes(clerk, office.at, sale.order_id, "x" * 2001)
