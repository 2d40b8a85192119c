"""Somebody stands at the counter with what they have in hand: their order is found and changes its name."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from boxoffice.domain.customer import NewCustomer
from boxoffice.domain.sale import Payment, Sale, Tender
from boxoffice.domain.ticket_code import qr_text
from boxoffice.storage.queries import find_orders
from boxoffice.usecases.customers.add_customer import add_customer
from boxoffice.usecases.orders.move_name import move_name
from boxoffice.usecases.orders.order_desk import MoveName
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.journeys.conftest import OpenTill, Till
from tests.office import Office, wish
from tests.ui.stage import wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down


@pytest.fixture
def event(office: Office) -> tuple[int, int]:
    made = office.event(title="Blue Harbour Quartet")
    return made, office.tier(made)


def sell(till: Till, event: tuple[int, int], **changes: Any) -> Sale:
    return sell_tickets(till.db, till.at, wish(event[0], (event[1], 2), **changes)).value


def at_orders(till: Till, rows: int) -> None:
    till.press(Qt.Key.Key_O, CONTROL)
    wait(lambda: till.window.orders.list.model.rowCount() == rows)


def opened(till: Till, sale: Sale) -> bool:
    order = till.window.orders.detail.order
    return order is not None and order.sale.order_id == sale.order_id


def press(till: Till, name: str) -> None:
    button = till.window.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    button.click()


def test_found_by_each_thing_that_a_customer_has_in_hand(open_till: OpenTill, event: tuple[int, int]) -> None:
    till = open_till()
    sale = sell(till, event, payment=Payment(Tender.CARD, reference="AUTH-4711"))
    for _ in range(4):
        sell(till, event)
    new = NewCustomer("Jonas", "Özdemir", "jonas@posteo.de", "0151 5550142")
    jonas = add_customer(till.db, till.at, new)
    move_name(till.db, till.at, MoveName(sale.order_id, jonas.id))
    at_orders(till, 5)
    screen = till.window.orders
    ways = (
        sale.order_number,
        sale.order_number.partition("-")[2],
        qr_text(sale.tickets[0].face.code),
        sale.tickets[1].face.code.lower(),
        "ozdemir",
        "jonas@posteo.de",
        "+49 151 5550142",
        "0151/5550142",
        "AUTH-4711",
        "Ozdemmir",
    )
    for typed in ways:
        till.type(typed)
        till.press(ENTER)
        wait(lambda: screen.list.model.rowCount() == 1 and opened(till, sale))
        till.press(ESC)
        wait(lambda: screen.list.model.rowCount() == 5)
        screen.detail.show_nothing()


def test_the_name_moves_to_somebody_new_and_a_second_till_sees_it(
    open_till: OpenTill, event: tuple[int, int], office: Office
) -> None:
    till = open_till()
    sale = sell(till, event)
    at_orders(till, 1)
    till.press(DOWN)
    wait(lambda: opened(till, sale))
    press(till, "order_move_name")
    till.type("Yuki Tanaka")
    till.press(ENTER)
    wait(till.window.orders.detail.name.picker.form.isVisible)
    till.type("yuki@posteo.de")
    till.press(ENTER)
    wait(lambda: office.value("SELECT user_id FROM orders WHERE id = %s", sale.order_id) is not None)
    other = open_till()
    at_orders(other, 1)
    row = other.window.orders.list.model.listing(0)
    assert row is not None
    assert (row.customer, row.contact) == ("Yuki Tanaka", "yuki@posteo.de")
    assert office.value("SELECT count(*) FROM audit_logs WHERE action = 'moved_name'") == 1


def test_a_page_follows_the_other_down_to_the_first_order(
    open_till: OpenTill, event: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_orders, "PAGE_SIZE", 20)
    till = open_till()
    first = sell(till, event)
    for _ in range(30):
        sell(till, event)
    at_orders(till, 20)
    table = till.window.orders.list.table
    table.setFocus()
    till.press(Qt.Key.Key_End)
    wait(lambda: till.window.orders.list.model.rowCount() == 31)
    till.press(Qt.Key.Key_End)
    wait(lambda: opened(till, first))
