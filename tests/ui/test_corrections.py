"""On the Sell screen: the last sale corrected by one key, and a customer chosen for the sale in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.domain import errors
from boxoffice.domain.after_sale import UndoKind
from boxoffice.domain.sale import OrderStatus, Tender
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.tenders import Form
from tests.ui.fake_orders import demo_orders
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, F9, F12 = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F9, Qt.Key.Key_F12

type Open = Callable[..., Stage]


def sold(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F9)
    wait(lambda: stage.counter.sale is not None)


def said(stage: Stage, name: str) -> str:
    words: str = stage.find(name).text()  # type: ignore[attr-defined]
    return words


def correcting(stage: Stage) -> None:
    stage.key(Qt.Key.Key_Z, CONTROL)
    wait(lambda: stage.shows("correct"))


def ready(stage: Stage) -> None:
    correcting(stage)
    wait(stage.find("correct_take").isEnabled)


def test_the_last_sale_is_undone_and_sold_right_under_a_new_key(stage: Stage) -> None:
    sold(stage)
    first = stage.world.sold_commands[0]
    ready(stage)
    assert "57.00" in said(stage, "correct_says")
    stage.key(ENTER)
    wait(lambda: stage.counter.basket.count == 2)
    assert stage.counter.phase is Phase.CHOOSING
    assert "57.00 in cash" in stage.sell.till.basket.given_back.sentence()
    [wish] = stage.world.after.asked
    assert (wish.kind, wish.reason) == (UndoKind.CORRECTION, "correction")
    stage.type("13")
    stage.priced()
    stage.key(F9)
    wait(lambda: stage.counter.sale is not None)
    second = stage.world.sold_commands[1]
    assert second.purchase_key != first.purchase_key
    assert [line.quantity for line in second.lines] == [3]
    assert stage.sell.till.basket.given_back.sentence() == "" or not stage.shows("given_back_notice")


def test_the_basket_is_of_its_event_again_wherever_the_clerk_has_gone(stage: Stage) -> None:
    sold(stage)
    stage.key(ENTER)
    stage.choose(1)
    ready(stage)
    stage.key(ENTER)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == 2)
    assert stage.counter.basket.count == 2
    stage.priced()


def test_terms_and_customer_come_back_too(open_stage: Open) -> None:
    from tests.ui.demo_data import demo_world  # noqa: PLC0415 - for this one

    world = demo_world()
    world.book = demo_orders()
    stage = open_stage(world)
    stage.choose(2)
    stage.type("12")
    stage.priced()
    stage.key(F12)
    stage.key(Qt.Key.Key_7)
    assert stage.sell.till.basket.tenders.form is Form.CUSTOMER
    stage.type("sofia")
    stage.key(ENTER)
    wait(lambda: stage.counter.terms.customer_id == 501)
    assert stage.counter.customer == "Sofia Lindqvist"
    stage.priced()
    stage.key(F9)
    wait(lambda: stage.counter.sale is not None)
    ready(stage)
    stage.key(ENTER)
    wait(lambda: stage.counter.basket.count == 2)
    assert stage.counter.terms.customer_id == 501


@pytest.mark.parametrize("waiting", [0, 3])
def test_it_says_so_where_people_wait_for_what_comes_back(stage: Stage, waiting: int) -> None:
    sold(stage)
    order = stage.world.sold_commands[0]
    event = next(one for one in stage.world.events if one.id == order.event_id)
    for tier in event.tiers:
        tier.waiting = waiting
    ready(stage)
    assert ("People wait for them" in said(stage, "correct_says")) is bool(waiting)


def test_esc_leaves_the_sale_as_it_is(stage: Stage) -> None:
    sold(stage)
    ready(stage)
    stage.key(ESC)
    assert stage.shows("next_customer")
    assert stage.world.after.asked == []


@pytest.mark.parametrize("case", ["nothing", "elsewhere", "returned", "exchange"])
def test_what_is_no_slip_of_this_till_is_refused_kindly(stage: Stage, case: str) -> None:
    if case != "nothing":
        sold(stage)
        [sale] = stage.world.sales
        changed = {
            "elsewhere": replace(sale, till="Counter 9"),
            "returned": replace(sale, status=OrderStatus.REFUNDED),
            "exchange": replace(sale, payments=(replace(sale.payments[0], tender=Tender.EXCHANGE),)),
        }[case]
        stage.world.sales[0] = changed
    correcting(stage)
    wait(lambda: stage.shows("correct_notice"))
    stage.key(ENTER)
    assert stage.world.after.asked == []
    assert not stage.find("correct_take").isEnabled()


def test_a_sale_of_another_drawer_is_refused_without_asking_a_manager(stage: Stage) -> None:
    sold(stage)
    stage.world.after.fail.append(errors.NeedsOverride("refund", "order", 1))
    ready(stage)
    stage.key(ENTER)
    wait(lambda: stage.shows("correct_notice"))
    assert not stage.shows("correct_manager")
    stage.key(ESC)
    assert stage.shows("next_customer")


def test_a_lost_answer_is_found_out_under_the_same_key_and_cannot_be_left(stage: Stage) -> None:
    sold(stage)
    stage.world.after.lose_answer = True
    ready(stage)
    stage.key(ENTER)
    wait(lambda: stage.shows("correct_notice"))
    stage.key(ESC)
    assert stage.shows("correct_notice")
    stage.key(ENTER)
    wait(lambda: stage.counter.basket.count == 2)
    first, second = stage.world.after.asked
    assert first.key == second.key


def test_a_basket_of_the_next_customer_is_not_thrown_away(stage: Stage) -> None:
    sold(stage)
    stage.key(ENTER)
    stage.type("11")
    stage.key(Qt.Key.Key_Z, CONTROL)
    assert not stage.shows("correct")
    assert stage.counter.basket.count == 1


def test_paying_later_asks_who_it_is_and_comes_back(stage: Stage) -> None:
    stage.world.book = demo_orders()
    stage.type("12")
    stage.priced()
    tenders = stage.sell.till.basket.tenders
    tenders.open(Form.LATER)
    stage.key(ENTER)
    assert stage.shows("sale_customer_search")
    stage.type("amina")
    stage.key(ENTER)
    wait(lambda: stage.shows("later_days"))
    assert stage.counter.customer == "Amina Diallo"
    stage.priced()
    assert tenders.form is Form.LATER
    stage.key(ENTER)
    wait(lambda: bool(stage.world.sold_commands))
    assert stage.world.sold_commands[0].terms.customer_id == 504


def test_a_gift_card_is_sold_from_an_empty_basket_and_printed(stage: Stage) -> None:
    stage.key(Qt.Key.Key_G, CONTROL)
    wait(lambda: stage.shows("sell_card_amount"))
    stage.key(ENTER)
    assert stage.find("sell_card_amount").property("state") == "bad"
    stage.type("50")
    stage.key(ENTER)
    wait(lambda: stage.shows("sell_card_gift_card"))
    [code] = stage.world.gift_cards
    assert code[:4] in said(stage, "sell_card_gift_card")
    stage.find("sell_card_print").click()  # type: ignore[attr-defined]
    wait(lambda: [face.code for face in stage.printer.printed] == [code])
    stage.key(ENTER)
    assert stage.shows("basket_state")
    assert [wish.payments[0].tender for wish in stage.world.after.asked] == [Tender.CASH]
