"""After the sale, in the real window on the real database: refunds, exchanges, orders that are paid later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QWidget

from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import Payment, Sale, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.journeys.conftest import OpenTill, Till
from tests.office import Office, wish
from tests.ui.stage import wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down
DRAWER = "SELECT coalesce(sum(amount), 0) FROM drawer_entries"


@pytest.fixture
def house(office: Office, database_url: str) -> Iterator[Office]:
    """After each test the whole database must add up."""
    yield office
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


@pytest.fixture
def event(house: Office) -> tuple[int, int]:
    made = house.event(title="Blue Harbour Quartet", service_fee_per_ticket="0.50", tax_rate_percent=7)
    return made, house.tier(made)


def opened(till: Till, sale: Sale, state: OrderState) -> bool:
    order = till.window.orders.detail.order
    return order is not None and (order.sale.order_id, order.state) == (sale.order_id, state)


def at_order(till: Till, sale: Sale, state: OrderState = OrderState.PAID) -> None:
    till.press(Qt.Key.Key_O, CONTROL)
    till.window.orders.list.take_focus()
    till.type(sale.order_number)
    till.press(ENTER)
    wait(lambda: opened(till, sale, state))


def part[W: QWidget](till: Till, kind: type[W], name: str) -> W:
    found = till.window.orders.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def click(till: Till, name: str) -> None:
    part(till, QAbstractButton, name).click()


def shows(till: Till, name: str) -> bool:
    found = till.window.orders.findChild(QWidget, name)
    return isinstance(found, QWidget) and found.isVisible()


def words(till: Till, name: str) -> str:
    return part(till, QLabel, name).text()


def sell(till: Till, event: tuple[int, int], quantity: int = 2, price: str = "28") -> Sale:
    command = wish(event[0], (event[1], quantity), price=price, payment=Payment(Tender.CASH))
    return sell_tickets(till.db, till.at, command).value


def order_later(till: Till, house: Office, event: tuple[int, int]) -> Sale:
    customer = house.insert("users", first_name="Mia", role="customer")
    terms = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
    return sell_tickets(till.db, till.at, wish(event[0], (event[1], 2), payments=(), terms=terms)).value


def test_a_whole_order_is_refunded_and_its_receipt_printed(
    open_till: OpenTill, event: tuple[int, int], house: Office
) -> None:
    till = open_till()
    sale = sell(till, event)
    at_order(till, sale)
    click(till, "order_detail_refund")
    till.type("ill")
    till.press(ENTER)
    wait(lambda: shows(till, "refund_finish"))
    assert words(till, "refund_sum") == till.window.context.formats.money(sale.totals.total)
    assert house.value(DRAWER) == 0
    click(till, "refund_print_receipt")
    wait(lambda: "Receipt printed" in words(till, "refund_receipt_state"))
    till.press(ENTER)
    wait(lambda: opened(till, sale, OrderState.REFUNDED))
    assert not part(till, QAbstractButton, "order_detail_refund").isVisible()


def test_one_ticket_comes_back_less_a_fee(open_till: OpenTill, event: tuple[int, int], house: Office) -> None:
    till = open_till()
    sale = sell(till, event, 3)
    at_order(till, sale)
    click(till, "order_detail_refund")
    till.type("ill")
    for number in (2, 3):
        part(till, QCheckBox, f"refund_ticket_{number}").click()
    part(till, QLineEdit, "refund_fee").setText("5")
    said = words(till, "refund_says")
    part(till, QLineEdit, "refund_reason").setFocus()
    till.press(ENTER)
    wait(lambda: shows(till, "refund_finish"))
    assert words(till, "refund_sum") in said
    assert house.value("SELECT total FROM corrections") == Decimal("23.5")
    wait(lambda: opened(till, sale, OrderState.PARTLY_REFUNDED))


def exchange(till: Till, sale: Sale, title: str, quantity: str) -> None:
    at_order(till, sale)
    click(till, "order_detail_exchange")
    till.type("another day")
    till.press(ENTER)
    part(till, QLineEdit, "exchange_event_search").setFocus()
    till.type(title)
    wait(lambda: shows(till, "exchange_events"))
    till.press(ENTER)
    wait(
        lambda: shows(till, "exchange_quantity_1") and part(till, QLineEdit, "exchange_quantity_1").hasFocus()
    )
    till.type(quantity)
    wait(lambda: part(till, QAbstractButton, "exchange_take").isEnabled())


def test_an_exchange_costs_the_difference_or_gives_it_back(
    open_till: OpenTill, event: tuple[int, int], house: Office
) -> None:
    gala = house.event(title="Gala Night")
    house.tier(gala, name="Gala", price=50)
    low = house.event(title="Matinee")
    house.tier(low, name="Standing", price=10)
    till = open_till()
    first, second = sell(till, event, 1), sell(till, event, 1)
    exchange(till, first, "Gala", "1")
    assert "21.50" in words(till, "exchange_difference")
    till.press(ENTER)
    wait(lambda: shows(till, "exchange_finish"))
    assert house.value(DRAWER) == Decimal("78.500")
    wait(lambda: len(list(till.folder.glob("*.pdf"))) == 1)
    till.press(ENTER)
    till.press(ESC)
    exchange(till, second, "Matinee", "2")
    assert "8.50" in words(till, "exchange_difference")
    till.press(ENTER)
    wait(lambda: shows(till, "exchange_finish"))
    assert "8.50" in words(till, "exchange_sum")
    assert house.value(DRAWER) == Decimal("70.000")


def test_paid_later_in_parts_expired_and_taken_up_again(
    open_till: OpenTill, event: tuple[int, int], house: Office
) -> None:
    till = open_till()
    sale = order_later(till, house, event)
    house.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    expire_holds(till.db)
    at_order(till, sale, OrderState.EXPIRED)
    click(till, "order_detail_take_up")
    wait(lambda: part(till, QAbstractButton, "take_up_take").isEnabled())
    till.press(ENTER)
    wait(lambda: shows(till, "take_up_finish"))
    till.press(ENTER)
    wait(lambda: opened(till, sale, OrderState.PENDING))
    click(till, "order_detail_pay")
    till.type("20")
    till.press(ENTER)
    wait(lambda: shows(till, "pay_order_finish"))
    assert words(till, "pay_order_sum").endswith("37.00")
    till.press(ENTER)
    wait(lambda: len(till.window.orders.detail.order.money) == 1)  # type: ignore[union-attr]
    click(till, "order_detail_pay")
    wait(lambda: part(till, QLineEdit, "pay_order_amount").text() == "37.00")
    click(till, "pay_order_several")
    # By card: the amount is noted, then the terminal is asked and its reference typed.
    till.press(ENTER)
    till.press(ENTER)
    wait(lambda: shows(till, "pay_order_finish"))
    wait(lambda: opened(till, sale, OrderState.PAID))
    assert house.value("SELECT state FROM card_payments") == "booked"
    order = till.window.orders.detail.order
    assert order is not None
    assert len(order.sale.tickets) == 2
    wait(lambda: till.window.paper.summary(order.sale.tickets).out == 2)


def test_an_order_is_given_up_and_what_was_paid_goes_back(
    open_till: OpenTill, event: tuple[int, int], house: Office
) -> None:
    till = open_till()
    sale = order_later(till, house, event)
    at_order(till, sale, OrderState.PENDING)
    click(till, "order_detail_pay")
    till.type("8")
    till.press(ENTER)
    wait(lambda: shows(till, "pay_order_finish"))
    till.press(ENTER)
    wait(lambda: len(till.window.orders.detail.order.money) == 1)  # type: ignore[union-attr]
    click(till, "order_detail_cancel")
    till.type("changed his mind")
    till.press(ENTER)
    wait(lambda: shows(till, "cancel_order_finish"))
    assert words(till, "cancel_order_sum").endswith("8.00")
    assert house.value(DRAWER) == 0


def test_what_is_foretold_is_what_the_database_does_to_the_cent(open_till: OpenTill, house: Office) -> None:
    """Tax on top, a third of a cent each: the worth shown is the database's own."""
    made = house.event(title="Thirds", tax_rate_percent="7.7", tax_inclusive=False)
    till = open_till()
    sale = sell(till, (made, house.tier(made, price="9.99")), 3, "9.99")
    at_order(till, sale)
    order = till.window.orders.detail.order
    assert order is not None
    total = sum((worth.amount for worth in order.worth.values()), Decimal(0))
    assert total == sale.totals.total.amount
    click(till, "order_detail_refund")
    till.type("ill")
    part(till, QCheckBox, "refund_ticket_1").click()
    part(till, QLineEdit, "refund_reason").setFocus()
    said = words(till, "refund_says")
    till.press(ENTER)
    wait(lambda: shows(till, "refund_finish"))
    assert words(till, "refund_sum") in said
