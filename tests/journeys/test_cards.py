"""Cards among several payments, and for orders paid later, in the real window by a real card service."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import Sale
from boxoffice.ui.payments.card_charge import CardTalk
from tests.gateways import Simulator, simulator
from tests.journeys.conftest import OpenTill, Till
from tests.journeys.test_order_deeds import at_order, event, house, opened, order_later
from tests.office import PASSWORD, Office
from tests.ui.stage import wait

__all__ = ["event", "house"]

ENTER, F12 = Qt.Key.Key_Return, Qt.Key.Key_F12
CONTROL = Qt.KeyboardModifier.ControlModifier
STATES = "SELECT string_agg(round(amount, 2) || ' ' || state, ', ' ORDER BY id) FROM card_payments"
MONEY = "SELECT string_agg(tender || ' ' || round(amount, 2), ', ' ORDER BY id) FROM payment_transactions"


@pytest.fixture
def service() -> Iterator[Simulator]:
    with simulator() as running:
        yield running


def find[W: QWidget](till: Till, kind: type[W], name: str) -> W:
    found = [one for one in till.window.findChildren(kind, name) if one.isVisible()]
    assert len(found) == 1, (name, len(found))
    return found[0]


def shows(till: Till, name: str) -> bool:
    return any(one.isVisible() for one in till.window.findChildren(QWidget, name))


def click(till: Till, name: str) -> None:
    find(till, QAbstractButton, name).click()


def amount(till: Till, name: str, words: str) -> None:
    """Type an amount into a form of several payments, by card."""
    click(till, f"{name}_card")
    find(till, QLineEdit, f"{name}_amount").setText(words)
    till.press(ENTER)


def split_basket(till: Till) -> None:
    """Two tickets for 57.00, to be paid in several ways."""
    till.type("12")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(F12)
    till.type("2")
    wait(lambda: shows(till, "split_amount"))


def split_order(till: Till, house: Office, event: tuple[int, int]) -> Sale:
    """An order of 57.00 that is paid now, in several ways."""
    sale = order_later(till, house, event)
    at_order(till, sale, OrderState.PENDING)
    click(till, "order_detail_pay")
    wait(lambda: shows(till, "pay_order_several"))
    click(till, "pay_order_several")
    return sale


# --- several payments for a basket -------------------------------------------------------------


@pytest.mark.parametrize("part", ["20.00", "20.05"])
@pytest.mark.usefixtures("event")
def test_a_part_is_charged_once_and_booked(
    open_till: OpenTill, house: Office, service: Simulator, part: str
) -> None:
    """Also where the service answers twice."""
    till = open_till(gateway=service.gateway())
    split_basket(till)
    amount(till, "split", part)
    wait(lambda: till.counter.parts.holds_money)
    wait(lambda: shows(till, "split_amount"))
    till.press(ENTER)
    till.sold()
    rest = Decimal(57) - Decimal(part)
    assert house.value(STATES) == f"{part} booked"
    assert house.value(MONEY) == f"card {part}, cash {rest}"
    assert service.charged() == [Decimal(part)]
    till.printed()


@pytest.mark.usefixtures("event")
def test_a_declined_part_charges_nothing_and_the_customer_pays_in_cash(
    open_till: OpenTill, house: Office, service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    split_basket(till)
    amount(till, "split", "20.01")
    wait(lambda: till.counter.parts.talk is CardTalk.DECLINED)
    till.press(Qt.Key.Key_Escape)
    wait(lambda: shows(till, "split_amount"))
    click(till, "split_cash")
    till.press(ENTER)
    till.sold()
    assert house.value(STATES) == "20.01 declined"
    assert service.charged() == []
    till.printed()


@pytest.mark.usefixtures("event")
def test_a_part_without_an_answer_is_looked_up_and_charged_once(
    open_till: OpenTill, house: Office, service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    split_basket(till)
    amount(till, "split", "20.02")
    wait(lambda: till.counter.parts.talk is CardTalk.UNKNOWN)
    till.press(ENTER)
    wait(lambda: till.counter.parts.holds_money)
    till.press(ENTER)
    till.sold()
    assert house.value(STATES) == "20.02 booked"
    assert service.charged() == [Decimal("20.02")]
    till.printed()


@pytest.mark.usefixtures("event")
def test_a_part_that_nobody_knows_of_is_left_and_cleared_at_the_till(
    open_till: OpenTill, house: Office, service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    split_basket(till)
    amount(till, "split", "20.02")
    wait(lambda: till.counter.parts.talk is CardTalk.UNKNOWN)
    click(till, "split_gateway_give_up")
    wait(lambda: shows(till, "split_amount"))
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_Escape)
    wait(lambda: "never finished" in till.window.banner.words())
    to_clear(till)
    click(till, "card_clear_ask")
    wait(lambda: shows(till, "card_clear_book"))
    click(till, "card_clear_given_back")
    wait(lambda: house.value(STATES) == "20.02 reversed")
    wait(lambda: not till.window.banner.words())
    assert house.value("SELECT count(*) FROM orders") == 0


@pytest.mark.usefixtures("event")
def test_at_a_terminal_on_its_own_two_cards_pay_one_basket(open_till: OpenTill, house: Office) -> None:
    till = open_till()
    split_basket(till)
    amount(till, "split", "20")
    till.type("T-1")
    till.press(ENTER)
    amount(till, "split", "37")
    till.type("T-2")
    till.press(ENTER)
    till.sold()
    assert house.value(STATES) == "20.00 booked, 37.00 booked"
    assert house.value("SELECT count(*) FROM payment_transactions WHERE is_sealed(reference)") == 2
    till.printed()


# --- an order that was to be paid later --------------------------------------------------------


@pytest.mark.parametrize("part", ["20.00", "20.05"])
def test_an_order_is_paid_by_card_and_cash(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator, part: str
) -> None:
    till = open_till(gateway=service.gateway())
    sale = split_order(till, house, event)
    amount(till, "pay_order_split", part)
    wait(lambda: shows(till, "pay_order_split_amount"))
    till.press(ENTER)
    wait(lambda: opened(till, sale, OrderState.PAID))
    assert house.value(STATES) == f"{part} booked"
    assert service.charged() == [Decimal(part)]
    assert house.value("SELECT order_id FROM card_payments") == sale.order_id
    paid = till.window.orders.detail.order
    assert paid is not None
    wait(lambda: till.window.paper.summary(paid.sale.tickets).out == 2)


def test_a_declined_card_leaves_the_order_unpaid(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    sale = split_order(till, house, event)
    amount(till, "pay_order_split", "20.01")
    wait(lambda: "declined" in find(till, QLabel, "pay_order_split_gateway_words").text())
    for _ in range(3):
        till.press(Qt.Key.Key_Escape)
    assert opened(till, sale, OrderState.PENDING)
    assert house.value(STATES) == "20.01 declined"
    assert service.charged() == []


def test_an_order_whose_card_gave_no_answer_is_paid_once(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    sale = split_order(till, house, event)
    amount(till, "pay_order_split", "20.02")
    wait(lambda: "does not say" in find(till, QLabel, "pay_order_split_gateway_words").text())
    # It cannot be left while nobody knows.
    till.press(Qt.Key.Key_Escape)
    assert shows(till, "pay_order_split_gateway_take")
    till.press(ENTER)
    wait(lambda: shows(till, "pay_order_split_amount"))
    till.press(ENTER)
    wait(lambda: opened(till, sale, OrderState.PAID))
    assert service.charged() == [Decimal("20.02")]
    assert house.value(STATES) == "20.02 booked"


# --- a till that is killed ---------------------------------------------------------------------

KILLED = """
import os, signal, sys
from decimal import Decimal
from uuid import UUID
from boxoffice.domain.card_payment import CardBasket, PinCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import SaleLine
from boxoffice.gateway import HttpGateway
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.payments.card_payments import charge_card
from tests.gateway_simulator import TOKEN

class Killed(HttpGateway):
    def charge(self, key, amount):
        super().charge(key, amount)
        os.kill(os.getpid(), signal.SIGKILL)

url, port, purchase, till, clerk, event, tier, order = sys.argv[1:]
euro = lambda amount: Money(Decimal(amount), "EUR")
what = CardBasket(int(event), (SaleLine(int(tier), 2, euro("28")),), total=euro("57"))
pin = PinCard(euro("20"), UUID(purchase), order_id=int(order) or None, basket=None if int(order) else what)
at = DeskIdentity("Test", "Anna Weber", int(clerk), "Counter 2", int(till))
charge_card(Database(url), at, Killed("simulator", f"http://127.0.0.1:{port}/v1", TOKEN), pin)
"""


def die_charging(house: Office, service: Simulator, event: tuple[int, int], order: int = 0) -> None:
    """Let another program at this till charge 20.00 of 57.00, and be killed before it can note that."""
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    url = f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}"
    facts = (service.port, uuid4(), house.at.till_id, house.at.clerk_id, *event, order)
    program = [sys.executable, "-c", KILLED, url, *map(str, facts)]
    assert subprocess.run(program, check=False, timeout=60).returncode == -signal.SIGKILL
    assert service.charged() == [20]
    assert house.value(STATES) == "20.00 pinned"


def to_clear(till: Till) -> None:
    """Follow the banner to the card payment that was left."""
    wait(lambda: "never finished" in till.window.banner.words())
    till.press(Qt.Key.Key_R, CONTROL)
    wait(lambda: shows(till, "card_clear_form"))


def ask_and_book(till: Till) -> None:
    to_clear(till)
    click(till, "card_clear_ask")
    wait(lambda: shows(till, "card_clear_book"))
    click(till, "card_clear_book")
    wait(lambda: not till.window.banner.words())


def test_a_part_charged_by_a_till_that_was_killed_is_booked_with_the_rest_in_cash(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator
) -> None:
    open_till()
    die_charging(house, service, event)
    till = open_till(gateway=service.gateway())
    ask_and_book(till)
    assert house.value(STATES) == "20.00 booked"
    assert house.value(MONEY) == "card 20.00, cash 37.00"
    assert service.charged() == [20]
    wait(lambda: house.value("SELECT count(*) FROM print_jobs WHERE state = 'printed'") == 2)


def test_an_order_charged_by_a_till_that_was_killed_is_paid_at_the_next(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator
) -> None:
    sale = order_later(open_till(), house, event)
    die_charging(house, service, event, sale.order_id)
    till = open_till(gateway=service.gateway())
    ask_and_book(till)
    assert house.value(STATES) == "20.00 booked"
    assert house.value(MONEY) == "card 20.00"
    assert service.charged() == [20]
    at_order(till, sale, OrderState.PENDING)
    order = till.window.orders.detail.order
    assert order is not None
    assert order.sale.open_amount.amount == 37


def test_what_a_killed_till_charged_for_an_order_paid_otherwise_is_given_back(
    open_till: OpenTill, house: Office, event: tuple[int, int], service: Simulator
) -> None:
    till = open_till(gateway=service.gateway())
    sale = order_later(till, house, event)
    die_charging(house, service, event, sale.order_id)
    at_order(till, sale, OrderState.PENDING)
    click(till, "order_detail_pay")
    till.press(ENTER)
    wait(lambda: opened(till, sale, OrderState.PAID))
    till.window.till.show_cards()
    till.press(Qt.Key.Key_D, CONTROL)
    wait(lambda: shows(till, "card_clear_form"))
    click(till, "card_clear_ask")
    wait(lambda: "paid otherwise" in find(till, QLabel, "card_clear_advice").text())
    assert not shows(till, "card_clear_book")
    click(till, "card_clear_given_back")
    wait(lambda: house.value(STATES) == "20.00 reversed")
