"""A slip at the counter is put right in the real window, and a customer is chosen while selling."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from boxoffice.domain.customer import NewCustomer
from boxoffice.usecases.customers.add_customer import add_customer
from tests.journeys.conftest import OpenTill, Till
from tests.office import Office
from tests.ui.stage import wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, F9, F12 = Qt.Key.Key_Return, Qt.Key.Key_F9, Qt.Key.Key_F12


def ready(till: Till) -> bool:
    button = till.window.findChild(QAbstractButton, "correct_take")
    return isinstance(button, QAbstractButton) and button.isVisible() and button.isEnabled()


def test_the_last_sale_is_corrected_by_one_key(open_till: OpenTill, office: Office) -> None:
    office.tier(office.event(title="Blue Harbour Quartet"))
    till = open_till()
    till.type("12")
    till.press(F9)
    till.sold()
    till.press(Qt.Key.Key_Z, CONTROL)
    wait(lambda: ready(till))
    till.press(ENTER)
    wait(lambda: till.counter.basket.count == 2)
    assert office.value("SELECT kind || reason FROM corrections") == "correctioncorrection"
    assert office.value("SELECT sum(sold) FROM ticket_tiers") == 0
    till.type("13")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(F9)
    till.sold()
    assert office.value("SELECT sum(amount) FROM drawer_entries") == Decimal("84.000")
    assert office.value("SELECT count(DISTINCT purchase_key) FROM orders") == 2


def test_a_customer_is_found_while_selling_and_gets_the_tickets_by_mail(
    open_till: OpenTill, office: Office
) -> None:
    office.tier(office.event(title="Blue Harbour Quartet"))
    till = open_till()
    mia = add_customer(till.db, till.at, NewCustomer("Mia", "Tanaka", "mia@posteo.de", ""))
    till.type("12")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(F12)
    till.press(Qt.Key.Key_7)
    till.type("tanaka")
    till.press(ENTER)
    wait(lambda: till.counter.terms.customer_id == mia.id)
    wait(lambda: not till.counter.is_pricing)
    till.press(F9)
    till.sold()
    assert office.value("SELECT user_id FROM orders") == mia.id
    assert office.value("SELECT recipient FROM email_notifications") == "mia@posteo.de"


def test_a_gift_card_is_sold_and_pays_for_tickets(open_till: OpenTill, office: Office) -> None:
    office.tier(office.event(title="Blue Harbour Quartet"))
    till = open_till()
    till.press(Qt.Key.Key_G, CONTROL)
    till.type("60")
    till.press(ENTER)
    wait(lambda: office.value("SELECT count(*) FROM gift_cards") == 1)
    code = str(office.value("SELECT code FROM gift_cards"))
    finish = till.window.findChild(QAbstractButton, "sell_card_finish")
    assert isinstance(finish, QAbstractButton)
    wait(finish.isVisible)
    till.press(ENTER)
    till.type("12")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(F12)
    till.press(Qt.Key.Key_1)
    till.type(code)
    till.press(ENTER)
    till.sold()
    assert office.value("SELECT balance FROM gift_cards") == Decimal("4.000")
