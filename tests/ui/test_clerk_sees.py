"""What a clerk must be told: what was sold, what cannot be, and which ticket is no good."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView

from boxoffice.domain.money import Money, plain_amount
from boxoffice.domain.ticket_code import qr_text
from boxoffice.ui.payments.amounts import likely_cash, typed_amount
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.tenders import Form
from tests.ui.fake_event import euro
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
F9, F10, F11, ENTER = Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F11, Qt.Key.Key_Return


def sell(stage: Stage, digits: str) -> None:
    before = len(stage.world.sales)
    stage.type(digits)
    stage.key(F9)
    wait(lambda: len(stage.world.sales) > before and stage.counter.phase is Phase.DONE)
    tickets = stage.world.sales[0].tickets
    wait(lambda: not stage.window.paper.summary(tickets).working)


def test_the_finished_sale_says_what_was_sold(stage: Stage) -> None:
    sell(stage, "1221")
    assert stage.find("done_event").accessibleName() == "Blue Harbour Quartet"
    lines = stage.find("done_lines").accessibleName()
    assert lines.startswith("2 \N{MULTIPLICATION SIGN} Standard, 1 \N{MULTIPLICATION SIGN} Reduced · ")


def test_no_form_opens_for_a_basket_that_can_no_longer_be_sold(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.event(2).tiers[0].sold = 79
    stage.world.tell(2)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.tiers[0].available == 1)
    for key, modifier in ((F10, PLAIN), (F11, PLAIN), (F9, SHIFT)):
        stage.key(key, modifier)
        assert stage.sell.till.basket.tenders.form is Form.BUTTONS
    assert stage.sell.till.basket.notice.sentence() == "Only 1 ticket of Standard is left."
    stage.click("basket_notice_action")
    stage.priced()
    assert stage.counter.basket.count == 1
    stage.key(F10)
    assert stage.sell.till.basket.tenders.form is Form.CARD


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("50,00 €", "50"),
        ("€ 50.00", "50"),
        ("EUR 50", "50"),
        ("1.000,00", "1000"),
        ("€\N{NO-BREAK SPACE}1,000.50", "1000.50"),
        ("1\N{NARROW NO-BREAK SPACE}000,00", "1000"),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, amount: str) -> None:
    assert typed_amount(typed, "EUR", "€") == euro(amount)


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1,000", "JPY", "1000"),
        ("1.234.567", "JPY", "1234567"),
        ("1000", "JPY", "1000"),
        ("10.5", "JPY", None),
        ("1,250", "KWD", "1.250"),
        ("1.000,500", "KWD", "1000.500"),
        ("1.2505", "KWD", None),
        ("1,000", "EUR", None),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(typed: str, currency: str, amount: str | None) -> None:
    expected = None if amount is None else Money(Decimal(amount), currency)
    assert typed_amount(typed, currency) == expected


@pytest.mark.parametrize(
    ("currency", "total", "notes"),
    [
        ("JPY", "5700", ["6000", "10000", "20000"]),
        ("KWD", "5.250", ["5.5", "6", "10", "20"]),
        ("EUR", "57", ["60", "100", "200"]),
    ],
)
def test_likely_cash_is_what_people_have_in_their_purse(currency: str, total: str, notes: list[str]) -> None:
    likely = likely_cash(Money(Decimal(total), currency))
    assert [money.amount for money in likely] == [Decimal(note) for note in notes]


def test_an_amount_is_written_into_a_field_with_its_decimals() -> None:
    typed = [plain_amount(Money(Decimal(1000), currency)) for currency in ("JPY", "EUR", "KWD")]
    assert typed == ["1000", "1000.00", "1000.000"]


@pytest.mark.parametrize("typed", ["$ 50", "1.000.00", "10.00,00", "12.345", "€", "50 EUR CHF", "1,2,3"])
def test_what_is_no_amount_of_this_currency_is_none(typed: str) -> None:
    assert typed_amount(typed, "EUR", "€") is None


def test_the_cash_form_takes_a_currency_sign_and_says_what_is_no_amount(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F9, SHIFT)
    amount = stage.find("cash_given")
    assert isinstance(amount, QLineEdit)
    amount.setText("fifty")
    assert stage.find("change_word").property("text") == "This is not an amount"
    amount.setText("€\N{NO-BREAK SPACE}1.000,00")
    assert stage.find("change_word").property("text") == "Change"
    assert stage.find("cash_take").isEnabled()


def test_an_order_found_by_a_replaced_ticket_says_so(stage: Stage) -> None:
    sell(stage, "11")
    old = stage.world.sales[0].tickets[0].face.code
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type("jam")
    stage.key(ENTER)
    wait(lambda: stage.find("order_number").isVisible())
    new = stage.world.sales[0].tickets[1].face.code
    card = stage.sell.till.order
    for code, words in ((old, "replaced by a reprint"), (new, ""), ("2026-104217", "")):
        stage.sell.till.look_up(code if "-" in code else qr_text(code))
        wait(lambda: stage.find("order_number").isVisible())
        assert words in card.replaced.sentence()
        assert bool(words) is card.replaced.isVisible()


def test_why_printing_failed_stays_in_sight_and_the_last_sales_mark_it(stage: Stage) -> None:
    stage.printer.failure = "Out of paper"
    sell(stage, "12")
    stage.key(ENTER)
    detail = stage.find("print_strip_detail")
    assert detail.isVisible()
    assert detail.accessibleName() == "Out of paper"
    stage.key(Qt.Key.Key_L, CONTROL)
    view = stage.find("last_sales_list")
    assert isinstance(view, QListView)
    wait(lambda: view.model().rowCount() == 1)
    spoken = view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "2 tickets not printed" in spoken
