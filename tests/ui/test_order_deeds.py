"""Deeds after the sale on the fake desk, by keys: refund, exchange, pay, cancel, take up, mail, receipts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from boxoffice.domain import errors
from boxoffice.domain.order_list import OrderState
from boxoffice.domain.sale import Tender
from boxoffice.ui.deeds.form import DeedForm
from tests.ui.demo_data import demo_world, shut_world
from tests.ui.fake_event import euro
from tests.ui.fake_orders import AMINA, an_order, demo_orders
from tests.ui.stage import Stage, wait

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
ENTER, ESC, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down

type Open = Callable[..., Stage]


@pytest.fixture
def orders(open_stage: Open) -> Stage:
    """The morning of the design, the Orders screen in front."""
    world = demo_world()
    world.book = demo_orders()
    cancelled = next(one for one in world.book.orders if one.sale.order_id == 104171)
    world.book.orders.remove(cancelled)
    # Given up before anybody paid: it has no tickets.
    given_up = replace(
        cancelled,
        money=(),
        receipts=(),
        worth={},
        sale=replace(cancelled.sale, event_id=2, payments=(), tickets=()),
    )
    world.book.orders.append(given_up)
    stage = open_stage(world)
    stage.key(Qt.Key.Key_O, CONTROL)
    wait(lambda: stage.window.orders.list.model.rowCount() == 7)
    return stage


def at_order(stage: Stage, number: int) -> None:
    screen = stage.window.orders
    row = screen.list.model.row_of(number)
    screen.list.table.choose(row)
    screen.list.table.setFocus()
    wait(lambda: screen.detail.order is not None and screen.detail.order.sale.order_id == number)
    # A click goes where the button will be.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def words(stage: Stage, name: str) -> str:
    said: str = stage.find(name).text()  # type: ignore[attr-defined]
    return said.replace("\N{NO-BREAK SPACE}", "")


def form(stage: Stage) -> DeedForm:
    made = stage.window.orders.detail.deeds.form
    assert isinstance(made, DeedForm)
    return made


def focused(stage: Stage) -> str:
    widget = stage.window.focusWidget()
    return widget.objectName() if widget is not None else ""


def offered(stage: Stage) -> set[str]:
    bar = stage.window.orders.detail.deeds
    return {one.objectName() for one in bar.findChildren(QWidget) if one.isVisible() and one.objectName()}


def begin(stage: Stage, letter: Qt.Key) -> None:
    """Press a button by its letter; Qt lets it sink in for a moment first."""
    stage.key(letter, ALT)
    wait(lambda: stage.window.orders.detail.deeds.form is not None)


def asked(stage: Stage) -> list[Any]:
    return stage.world.after.asked


def test_only_what_fits_the_order_is_offered(orders: Stage) -> None:
    at_order(orders, 104217)
    assert offered(orders) == {
        "order_detail_refund",
        "order_detail_exchange",
        "order_detail_mail",
        "order_detail_receipts",
    }
    at_order(orders, 104209)
    assert {"order_detail_pay", "order_detail_cancel"} < offered(orders)
    assert "order_detail_refund" not in offered(orders)
    at_order(orders, 104171)
    assert offered(orders) == {"order_detail_take_up"}


def test_a_whole_order_is_refunded_by_four_keys(orders: Stage) -> None:
    at_order(orders, 104217)
    begin(orders, Qt.Key.Key_R)
    assert focused(orders) == "refund_reason"
    assert "Cash €75.51" in words(orders, "refund_says")
    orders.type("ill")
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_finish"))
    assert words(orders, "refund_sum") == "€75.51"
    assert "Receipt 77" in words(orders, "refund_lines")
    wait(lambda: words(orders, "order_detail_state") == "Refunded")
    orders.key(ENTER)
    assert orders.window.orders.detail.deeds.form is None
    assert orders.window.focusWidget() is orders.window.orders.list.table


def test_one_ticket_comes_back_with_a_fee_and_by_a_gift_card(orders: Stage) -> None:
    at_order(orders, 104217)
    orders.click("order_detail_refund")
    orders.type("ill")
    for number in (1, 3):
        box = orders.find(f"refund_ticket_{number}")
        assert isinstance(box, QCheckBox)
        box.click()
    orders.find("refund_fee").setFocus()
    orders.type("5.001")
    orders.key(ENTER)
    assert orders.find("refund_fee").property("state") == "bad"
    orders.find("refund_fee").setProperty("text", "5")
    way = orders.find("refund_tender")
    assert isinstance(way, QComboBox)
    way.setCurrentIndex(way.findText("Gift card"))
    assert "Gift card €20.17" in words(orders, "refund_says")
    orders.find("refund_reason").setFocus()
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_gift_card"))
    assert "5.00" in words(orders, "refund_lines")
    [wish] = asked(orders)
    assert (wish.tender, wish.retained, len(wish.ticket_ids)) == (Tender.GIFT_CARD, euro("5"), 1)


def test_a_refund_needs_tickets_and_a_reason_and_esc_throws_it_away(orders: Stage) -> None:
    at_order(orders, 104183)
    orders.click("order_detail_refund")
    orders.key(ENTER)
    assert form(orders).notice.sentence() == "Say why: a few words are enough."
    orders.type("x")
    assert form(orders).notice.sentence() == ""
    box = orders.find("refund_ticket_1")
    assert isinstance(box, QCheckBox)
    box.click()
    orders.find("refund_reason").setFocus()
    orders.key(ENTER)
    assert form(orders).notice.sentence() == "Choose the tickets that come back."
    orders.key(ESC)
    assert orders.window.orders.detail.deeds.form is None
    assert asked(orders) == []


def test_a_manager_allows_it_inline_and_the_same_key_is_asked_again(orders: Stage) -> None:
    at_order(orders, 104217)
    orders.world.after.fail.append(errors.NeedsOverride("refund", "order", 104217))
    orders.click("order_detail_refund")
    orders.type("ill")
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_manager"))
    assert not orders.shows("refund_reason")
    orders.type("boss")
    orders.key(ENTER)
    orders.type("s3cret")
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_finish"))
    first, second = asked(orders)
    assert first.key == second.key
    assert [leave.reason for leave in orders.world.allowed] == ["ill"]


def test_a_lost_answer_keeps_its_key_even_when_another_order_is_looked_at(orders: Stage) -> None:
    at_order(orders, 104217)
    orders.world.after.lose_answer = True
    orders.click("order_detail_refund")
    orders.type("ill")
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_notice"))
    assert not orders.find("refund_take").isEnabled()
    orders.key(ESC)
    assert orders.shows("refund_notice")
    at_order(orders, 104183)
    assert not orders.shows("refund_notice")
    at_order(orders, 104217)
    assert orders.shows("refund_notice")
    orders.click("refund_notice_action")
    wait(lambda: orders.shows("refund_finish"))
    first, second = asked(orders)
    assert first.key == second.key


def test_without_a_drawer_the_way_to_open_one_is_shown(orders: Stage) -> None:
    at_order(orders, 104217)
    orders.world.after.fail.append(errors.NoOpenDrawer("EUR", ""))
    orders.click("order_detail_refund")
    orders.type("ill")
    orders.key(ENTER)
    wait(lambda: orders.shows("refund_notice_action"))
    orders.click("refund_notice_action")
    wait(orders.window.till.isVisible)


def test_a_fee_that_is_none_or_too_much_is_explained(orders: Stage) -> None:
    at_order(orders, 104217)
    orders.click("order_detail_refund")
    orders.find("refund_fee").setProperty("text", "much")
    assert words(orders, "refund_fee_says") == "This is not an amount: write it like €12.50."
    orders.find("refund_fee").setProperty("text", "1000")
    assert words(orders, "refund_fee_says").startswith("The fee is more than a ticket of")
    orders.find("refund_fee").setProperty("text", "1")
    assert not orders.shows("refund_fee_says")


def test_what_the_form_lists_does_not_stand_above_it_too(orders: Stage) -> None:
    at_order(orders, 104217)
    box = orders.window.orders.detail
    assert box._tickets_part.isVisible()
    orders.click("order_detail_refund")
    assert not box._tickets_part.isVisible()
    orders.key(ESC)
    assert box._tickets_part.isVisible()


def test_the_keys_of_the_deeds_are_told(orders: Stage) -> None:
    at_order(orders, 104217)
    assert orders.find("order_detail_refund").toolTip() == "Alt+R"
    assert orders.find("order_detail_exchange").toolTip() == "Alt+X"


def test_without_a_drawer_no_cash_is_taken_for_an_order(open_stage: Open) -> None:
    world = shut_world()
    world.book = demo_orders()
    orders = open_stage(world)
    orders.key(Qt.Key.Key_O, CONTROL)
    wait(lambda: orders.window.orders.list.model.rowCount() == 7)
    at_order(orders, 104209)
    begin(orders, Qt.Key.Key_P)
    orders.key(ENTER)
    assert form(orders).notice.sentence().startswith("Cash needs an open drawer.")
    assert asked(orders) == []
    orders.click("pay_order_several")
    orders.click("pay_order_split_cash")
    orders.key(ENTER)
    assert orders.shows("pay_order_notice_action")
    # By card it is paid all the same.
    orders.click("pay_order_split_card")
    orders.key(ENTER)
    wait(lambda: len(orders.world.pins) == 1)
    orders.key(ENTER)
    wait(lambda: orders.shows("pay_order_finish"))


def exchanging(stage: Stage, number: int) -> None:
    at_order(stage, number)
    begin(stage, Qt.Key.Key_X)
    stage.type("another day")
    stage.key(ENTER)
    assert stage.shows("exchange_event_search")


def choose_event(stage: Stage, typed: str) -> None:
    stage.find("exchange_event_search").setFocus()
    stage.type(typed)
    wait(lambda: stage.shows("exchange_events"))
    stage.key(ENTER)
    wait(lambda: focused(stage) == "exchange_quantity_1")


def test_dearer_tickets_cost_the_difference_in_cash_or_by_several_payments(orders: Stage) -> None:
    exchanging(orders, 104183)
    choose_event(orders, "harbour")
    orders.type("2")
    wait(lambda: words(orders, "exchange_difference") == "€35.00 to pay")
    orders.find("exchange_several").click()  # type: ignore[attr-defined]
    orders.find("exchange_split_amount").setProperty("text", "20")
    orders.key(ENTER)
    wait(lambda: len(orders.world.pins) == 1)
    orders.key(ENTER)
    orders.type("50")
    orders.key(ENTER)
    wait(lambda: orders.shows("exchange_finish"))
    [wish] = asked(orders)
    assert [(part.tender, part.amount) for part in wish.payments] == [
        (Tender.CARD, euro("20")),
        (Tender.CASH, euro("15")),
    ]
    assert words(orders, "exchange_sum") == "€35.00"
    wait(lambda: len(orders.printer.printed) == 2)


def test_cheaper_tickets_give_the_difference_back_and_esc_goes_back_step_by_step(orders: Stage) -> None:
    exchanging(orders, 104216)
    choose_event(orders, "harbour")
    orders.key(Qt.Key.Key_Up)
    wait(lambda: "Cash €89.50" in words(orders, "exchange_difference"))
    orders.key(ESC)
    assert focused(orders) == "exchange_reason"
    orders.key(ENTER)
    wait(lambda: orders.find("exchange_take").isEnabled())
    orders.key(ENTER)
    wait(lambda: orders.shows("exchange_finish"))
    assert words(orders, "exchange_sum") == "€89.50"


def test_a_tier_that_is_sold_out_is_no_exchange_and_too_many_are_said(orders: Stage) -> None:
    exchanging(orders, 104183)
    choose_event(orders, "harbour")
    assert not orders.find("exchange_quantity_3").isEnabled()
    orders.type("9")
    wait(lambda: form(orders).notice.sentence() != "")
    assert not orders.find("exchange_take").isEnabled()


def test_an_order_is_paid_in_parts_and_its_tickets_are_printed(orders: Stage) -> None:
    at_order(orders, 104209)
    begin(orders, Qt.Key.Key_P)
    assert focused(orders) == "pay_order_amount"
    orders.type("20")
    orders.key(ENTER)
    wait(lambda: orders.shows("pay_order_finish"))
    assert words(orders, "pay_order_sum") == "€28.00"
    orders.key(ENTER)
    begin(orders, Qt.Key.Key_P)
    orders.type("30")
    orders.key(ENTER)
    assert form(orders).notice.sentence() == "That is more than is left to pay"
    orders.find("pay_order_amount").setProperty("text", "28")
    orders.click("pay_order_several")
    orders.key(ENTER)
    wait(lambda: len(orders.world.pins) == 1)
    assert orders.world.pins[0].order_id is not None
    orders.key(ENTER)
    wait(lambda: orders.shows("pay_order_finish"))
    wait(lambda: len(orders.printer.printed) == 4)
    assert [[part.tender for part in wish.payments] for wish in asked(orders)] == [
        [Tender.CASH],
        [Tender.CARD],
    ]


def test_an_order_is_cancelled_and_taken_up_again(orders: Stage) -> None:
    at_order(orders, 104209)
    begin(orders, Qt.Key.Key_C)
    orders.type("changed his mind")
    orders.key(ENTER)
    wait(lambda: orders.shows("cancel_order_finish"))
    orders.key(ENTER)
    at_order(orders, 104171)
    begin(orders, Qt.Key.Key_T)
    wait(orders.find("take_up_take").isEnabled)
    orders.type("0")
    orders.key(ENTER)
    assert form(orders).notice.sentence() == "Choose a day to come, within a year."
    orders.find("take_up_days").setProperty("text", "3")
    orders.key(ENTER)
    wait(lambda: orders.shows("take_up_finish"))
    assert "25" in words(orders, "take_up_done")


def test_tickets_are_mailed_and_receipts_printed_from_here(orders: Stage) -> None:
    at_order(orders, 104217)
    begin(orders, Qt.Key.Key_I)
    orders.type("mia@example.org")
    orders.key(ENTER)
    wait(lambda: bool(orders.world.mailed))
    wait(lambda: orders.shows("order_detail_mail_done"))
    orders.key(ESC)
    assert orders.window.orders.detail.deeds.form is None
    begin(orders, Qt.Key.Key_E)
    orders.key(ESC)
    assert orders.window.orders.detail.deeds.form is None


def test_what_a_clerk_may_not_return_is_not_offered(orders: Stage) -> None:
    number = 104150
    book = orders.world.book
    book.orders.append(an_order(number, AMINA, "Old", minutes_ago=200, state=OrderState.REFUNDED))
    book.orders[-1] = replace(book.orders[-1], worth={})
    orders.window.freshness.connected(True)
    orders.find("order_search").setFocus()
    orders.type(str(number))
    orders.key(ENTER)
    wait(lambda: orders.window.orders.list.model.row_of(number) == 0)
    at_order(orders, number)
    assert "order_detail_refund" not in offered(orders)
