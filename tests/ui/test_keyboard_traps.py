"""What a clerk's keys must not do by accident: sell behind something, pay twice, end up nowhere."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView

from boxoffice.domain.sale import Tender
from boxoffice.domain.ticket_code import qr_text
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.tenders import Form
from tests.ui.fake_event import code_of
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
F1, F9, F10, F11 = Qt.Key.Key_F1, Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F11
ESC, ENTER, DOWN, UP = Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Up


def basket_of_two(stage: Stage) -> None:
    stage.type("12")
    stage.priced()


def sell_one(stage: Stage) -> None:
    before = len(stage.world.sales)
    stage.type("11")
    stage.key(F9)
    wait(lambda: len(stage.world.sales) > before and stage.counter.phase is Phase.DONE)
    tickets = stage.world.sales[0].tickets
    wait(lambda: not stage.window.paper.summary(tickets).unprinted)


def focused(stage: Stage) -> str:
    widget = stage.window.focusWidget()
    return widget.objectName() if widget is not None else ""


def field(stage: Stage, name: str) -> QLineEdit:
    found = stage.find(name)
    assert isinstance(found, QLineEdit)
    return found


@pytest.mark.parametrize("key", [F9, F10, F11])
def test_no_pay_key_reaches_the_basket_behind_the_help(stage: Stage, key: Qt.Key) -> None:
    basket_of_two(stage)
    stage.key(F1)
    stage.key(key)
    assert not stage.find("help_overlay").isVisible()
    assert stage.world.sold_commands == []
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS


def test_help_and_printer_panel_take_turns_and_hand_the_keyboard_back(stage: Stage) -> None:
    basket_of_two(stage)
    stage.key(F10)
    stage.key(F1)
    stage.key(Qt.Key.Key_P, CONTROL | SHIFT)
    assert stage.find("printer_panel").isVisible()
    assert not stage.find("help_overlay").isVisible()
    stage.key(F1)
    assert not stage.find("printer_panel").isVisible()
    assert stage.find("help_overlay").isVisible()
    stage.key(Qt.Key.Key_Tab)
    assert focused(stage) == "card_reference"


@pytest.mark.parametrize("form", [Form.CARD, Form.OTHER])
def test_exact_cash_is_not_taken_inside_another_form(stage: Stage, form: Form) -> None:
    basket_of_two(stage)
    stage.key(F10 if form is Form.CARD else F11)
    stage.key(F9)
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.sell.till.basket.tenders.form is form


def test_a_double_tap_opens_the_form_and_pays_nothing(stage: Stage) -> None:
    basket_of_two(stage)
    now_s = [100.0]
    stage.sell.till.basket.tenders.clock = lambda: now_s[0]
    stage.key(F10)
    now_s[0] += 0.2
    stage.key(F10)
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.sell.till.basket.tenders.form is Form.CARD
    now_s[0] += 0.2
    stage.key(F10)
    wait(lambda: stage.counter.phase is Phase.DONE)
    assert stage.world.sold_commands[-1].payments[0].tender is Tender.CARD


@pytest.mark.parametrize("name", ["card", "other"])
def test_a_scanned_ticket_is_no_reference(stage: Stage, name: str) -> None:
    basket_of_two(stage)
    stage.key(F10 if name == "card" else F11)
    stage.type(qr_text(code_of(7)))
    stage.key(ENTER)
    assert stage.counter.phase is Phase.CHOOSING
    assert field(stage, f"{name}_reference").text() == ""
    assert "was a ticket" in str(stage.find(f"{name}_advice").property("text"))


def test_another_payment_without_a_note_says_that_one_is_needed(stage: Stage) -> None:
    basket_of_two(stage)
    stage.key(F11)
    stage.key(ENTER)
    assert "a note is needed" in str(stage.find("other_advice").property("text"))
    stage.type("V")
    assert "a note is needed" not in str(stage.find("other_advice").property("text"))


def test_a_scanned_ticket_is_no_reason_to_print_again(stage: Stage) -> None:
    sell_one(stage)
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type(qr_text(code_of(7)))
    stage.key(ENTER)
    assert field(stage, "done_reason").text() == ""
    assert "was a ticket" in stage.sell.till.done.reprint.notice.sentence()
    assert len(stage.world.sales[0].tickets) == 1


def test_after_a_reprint_from_the_last_sales_no_hidden_field_has_the_keyboard(stage: Stage) -> None:
    sell_one(stage)
    sell_one(stage)
    view = stage.find("last_sales_list")
    assert isinstance(view, QListView)
    stage.key(Qt.Key.Key_L, CONTROL)
    wait(lambda: view.model().rowCount() == 2)
    stage.key(ENTER)
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type("jam")
    stage.key(ENTER)
    wait(lambda: len(stage.world.sales[0].tickets) == 2)
    wait(lambda: stage.find("order_number").isVisible() and focused(stage) == "event_list")
    stage.key(ESC)
    stage.key(Qt.Key.Key_L, CONTROL)
    stage.key(DOWN)
    stage.key(ENTER)
    assert stage.find("order_number").isVisible()
    assert focused(stage) == "event_list"
    assert field(stage, "order_reason").text() == ""
    stage.key(ESC)
    assert not stage.find("order_number").isVisible()


def test_leaving_the_reason_forgets_it_and_hands_the_keyboard_back(stage: Stage) -> None:
    sell_one(stage)
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type("jam")
    stage.key(Qt.Key.Key_L, CONTROL)
    assert field(stage, "done_reason").text() == ""
    stage.key(ESC)
    assert focused(stage) == "event_list"
    assert not field(stage, "done_reason").isVisible()


@pytest.mark.parametrize("key", [ESC, ENTER])
def test_leaving_the_filter_keeps_the_basket(stage: Stage, key: Qt.Key) -> None:
    basket_of_two(stage)
    for name in ("filter_day", "filter_venue", "filter_on_day"):
        stage.key(Qt.Key.Key_F, CONTROL)
        stage.find("filter_on_day").show()
        stage.find(name).setFocus()
        stage.key(key)
        assert focused(stage) == "event_list", name
        assert stage.counter.basket.count == 2


def test_arrows_stay_in_the_card_form(stage: Stage) -> None:
    basket_of_two(stage)
    stage.key(F10)
    for key in (DOWN, UP):
        stage.key(key)
        assert focused(stage) == "card_reference"
    assert stage.counter.offer is not None
    assert stage.counter.offer.id == 2
