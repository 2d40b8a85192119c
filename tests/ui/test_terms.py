"""What a sale has beyond its lines, and several ways to pay, by keyboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from boxoffice.domain import errors
from boxoffice.domain.card_payment import CardState
from boxoffice.domain.sale import Payment, Reduction, ReductionKind, SellTickets, Tender
from boxoffice.domain.tier import NotSellable
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.lines import BasketLine
from boxoffice.ui.sell.till.tenders import Form
from tests.ui.conftest import Open
from tests.ui.demo_data import shut_world
from tests.ui.fake_event import euro
from tests.ui.stage import Stage, wait
from tests.ui.test_card_clearing import left_behind

SHIFT = Qt.KeyboardModifier.ShiftModifier
F9, F10, F12 = Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F12
ENTER = Qt.Key.Key_Return


def filled(stage: Stage) -> None:
    stage.type("12")
    stage.priced()


def more(stage: Stage, digit: str) -> None:
    stage.key(F12)
    stage.type(digit)


def sold(stage: Stage) -> SellTickets:
    wait(lambda: stage.counter.phase is Phase.DONE)
    return stage.world.sold_commands[-1]


def test_tickets_are_held_while_a_customer_pays_and_go_back_with_escape(stage: Stage) -> None:
    filled(stage)
    key = stage.counter.basket.key
    stage.key(F9, SHIFT)
    wait(lambda: stage.counter.held_until is not None)
    assert list(stage.world.holds) == [key]
    assert stage.find("hold_left").isVisible()
    stage.click("hold_extend")
    wait(lambda: "20:00" in stage.find("hold_left").property("text"))
    stage.key(Qt.Key.Key_Escape)
    wait(lambda: not stage.world.holds)
    assert not stage.find("hold_left").isVisible()


def test_what_was_held_goes_into_the_sale(stage: Stage) -> None:
    filled(stage)
    stage.key(F9, SHIFT)
    wait(lambda: stage.counter.held_until is not None)
    stage.type("60")
    stage.key(ENTER)
    assert sold(stage).terms.is_held
    assert stage.counter.held_until is None
    stage.key(F9)
    # A sale for exact cash takes no time: it holds nothing.
    stage.type("11")
    stage.key(F9)
    wait(lambda: len(stage.world.sales) == 2)
    assert not stage.world.sold_commands[-1].terms.is_held


def test_no_money_is_asked_for_tickets_that_cannot_be_held(stage: Stage) -> None:
    filled(stage)
    stage.world.fail_hold = [errors.SoldOut(1, "Standard", 0, 2, 2)]
    stage.key(F10)
    wait(lambda: stage.counter.problem is not None)
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS
    assert stage.world.sold_commands == []


def test_a_card_form_that_is_left_has_charged_nothing(stage: Stage) -> None:
    filled(stage)
    stage.key(F10)
    wait(lambda: len(stage.world.pins) == 1)
    stage.key(Qt.Key.Key_Escape)
    wait(lambda: len(stage.world.settled) == 1)
    [(key, answer)] = stage.world.settled
    assert (key, answer.state) == (stage.world.pins[0].key, CardState.DECLINED)


def cancel_event(stage: Stage) -> None:
    """Let the event of the basket be cancelled elsewhere."""
    for tier in stage.world.event(2).tiers:
        tier.cancelled = True
    stage.world.tell(2)
    wait(lambda: "cancelled" in stage.find("basket_notice").accessibleName())


def test_a_card_form_whose_event_is_cancelled_says_what_to_do_with_a_charge(stage: Stage) -> None:
    filled(stage)
    stage.key(F10)
    wait(lambda: len(stage.world.pins) == 1)
    cancel_event(stage)
    assert "Till screen" in stage.find("basket_notice").accessibleName()
    # Whoever goes back for that has perhaps charged already: nobody says that nothing was.
    left_behind(stage.world, key=stage.world.pins[0].key)
    stage.key(Qt.Key.Key_Escape)
    wait(lambda: "never finished" in stage.window.banner.words())
    assert stage.world.settled == []
    assert "Till screen" not in stage.find("basket_notice").accessibleName()


def test_a_card_charged_for_a_cancelled_event_is_refused_with_the_way_to_its_money(stage: Stage) -> None:
    filled(stage)
    stage.key(F10)
    wait(lambda: len(stage.world.pins) == 1)
    refusal = errors.TierNotSellable(1000, "Standard", NotSellable.EVENT_CANCELLED, None)
    stage.world.fail_sell = [refusal]
    stage.key(ENTER)
    wait(lambda: stage.counter.problem is refusal)
    assert "Till screen" in stage.find("basket_notice").accessibleName()


def test_cash_and_card_pay_together(stage: Stage) -> None:
    filled(stage)
    more(stage, "2")
    wait(lambda: stage.sell.till.basket.tenders.form is Form.SPLIT)
    amount = stage.find("split_amount")
    assert isinstance(amount, QLineEdit)
    assert amount.text() == "57.00"
    amount.setText("20")
    stage.key(ENTER)
    assert amount.text() == "37.00"
    assert stage.sell.till.basket.tenders.split.is_filled
    stage.key(ENTER)
    # The amount is noted before the terminal is asked; then its reference is typed.
    wait(lambda: len(stage.world.pins) == 1)
    pin = stage.world.pins[0]
    assert (pin.amount, pin.purchase_key) == (euro("37"), stage.counter.basket.key)
    assert pin.basket is not None
    assert pin.basket.total == euro("57")
    assert stage.world.sold_commands == []
    stage.type("T-9")
    stage.key(ENTER)
    assert sold(stage).payments == (
        Payment(Tender.CASH, amount=euro("20")),
        Payment(Tender.CARD, amount=euro("37"), reference="T-9", card_key=pin.key),
    )


def with_a_card_of_20(stage: Stage) -> UUID:
    """Take 20 of the total by card, at a terminal that stands on its own; return the payment's key."""
    filled(stage)
    more(stage, "2")
    stage.click("split_card")
    stage.find("split_amount").setProperty("text", "20")
    stage.key(ENTER)
    wait(lambda: len(stage.world.pins) == 1)
    stage.key(ENTER)
    wait(lambda: len(stage.world.settled) == 1)
    [(key, answer)] = stage.world.settled
    assert answer.state is CardState.APPROVED
    return key


def test_a_card_among_several_is_left_at_the_terminal_uncharged(stage: Stage) -> None:
    filled(stage)
    more(stage, "2")
    stage.click("split_card")
    stage.key(ENTER)
    wait(lambda: len(stage.world.pins) == 1)
    stage.key(Qt.Key.Key_Escape)
    wait(lambda: [answer.state for _key, answer in stage.world.settled] == [CardState.DECLINED])
    assert stage.find("split_amount").isVisible()
    stage.key(Qt.Key.Key_Escape)
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS


def test_while_a_part_is_charged_the_basket_stays_and_no_other_form_opens(stage: Stage) -> None:
    with_a_card_of_20(stage)
    stage.counter.add(stage.counter.basket.lines()[0].tier_id, 1)
    stage.key(F10)
    assert stage.counter.basket.count == 2
    assert stage.sell.till.basket.tenders.form is Form.SPLIT


def test_a_form_with_a_charged_card_asks_before_it_is_left(stage: Stage) -> None:
    key = with_a_card_of_20(stage)
    assert key in stage.window.context.cards_in_hand
    stage.key(Qt.Key.Key_Escape)
    assert stage.find("split_advice").property("text").startswith("A card was charged already.")
    assert stage.shows("split_amount")
    left_behind(stage.world, key=key, state=CardState.APPROVED)
    stage.key(Qt.Key.Key_Escape)
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS
    # What was left is to be cleared, and the window says so.
    wait(lambda: "never finished" in stage.window.banner.words())


def test_a_charged_card_is_taken_out_only_when_the_money_went_back(stage: Stage) -> None:
    key = with_a_card_of_20(stage)
    stage.click("split_remove_0")
    assert "given back at the terminal" in stage.find("split_advice").property("text")
    stage.click("split_remove_0")
    wait(lambda: len(stage.world.settled) == 2)
    assert stage.world.settled[1][0] == key
    assert stage.world.settled[1][1].state is CardState.REVERSED
    assert not stage.counter.is_frozen


def test_a_gift_card_pays_as_far_as_it_reaches(stage: Stage) -> None:
    filled(stage)
    stage.world.gift_cards["K7QM2X9D4HTB"] = euro("50")
    more(stage, "1")
    stage.type("NONSENSE")
    stage.key(ENTER)
    wait(lambda: "gift card" in stage.find("split_advice").property("text"))
    code = stage.find("split_detail")
    assert isinstance(code, QLineEdit)
    code.setText("K7QM2X9D4HTB")
    stage.key(ENTER)
    seven = stage.window.context.formats.money(euro("7"))
    wait(lambda: stage.find("split_left").property("text").startswith(seven))
    stage.key(ENTER)
    assert [(part.tender, part.amount) for part in sold(stage).payments] == [
        (Tender.GIFT_CARD, euro("50")),
        (Tender.CASH, euro("7")),
    ]


def test_a_code_goes_to_the_price_and_to_the_sale(stage: Stage) -> None:
    filled(stage)
    more(stage, "4")
    stage.type("early")
    stage.key(ENTER)
    stage.priced()
    assert stage.find("term_discount").isVisible()
    stage.key(F9)
    assert sold(stage).terms.discount == "EARLY"
    assert stage.counter.terms.discount == ""


def test_a_code_that_gives_nothing_is_said_and_forgotten(stage: Stage) -> None:
    filled(stage)
    stage.world.fail_price = [errors.DiscountInvalid("LATE", "ended")]
    more(stage, "4")
    stage.type("late")
    stage.key(ENTER)
    wait(lambda: "LATE" in stage.find("code_advice").property("text"))
    assert "LATE" in stage.find("basket_notice").accessibleName()
    assert (stage.counter.terms.discount, stage.counter.totals is not None) == ("", True)
    # The keyboard is still in the field: what is typed next is a code, and sells nothing.
    assert stage.find("discount_code").hasFocus()
    stage.type("25OFF")
    assert stage.counter.basket.count == 2
    stage.key(ENTER)
    stage.priced()
    wait(lambda: stage.counter.terms.discount == "25OFF")
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS


def test_a_reduced_line_says_what_is_paid_and_what_it_would_cost(stage: Stage) -> None:
    filled(stage)
    line, half = stage.counter.basket.lines()[0], euro("14")
    priced = stage.counter.totals
    assert priced is not None
    reduced = replace(priced.lines[0], unit_price=half, list_price=line.unit_price, total=half * 2)
    lines = stage.sell.till.basket._lines
    lines.show_basket(stage.counter.basket, replace(priced, lines=(reduced,)), is_pricing=False)
    said = lines.findChildren(BasketLine)[0].accessibleName().replace("\N{NO-BREAK SPACE}", "")
    assert said == "2 Standard, €14.00 each, instead of €28.00, €28.00"


def test_a_reduction_has_a_percentage_and_a_reason_and_a_managers_leave(stage: Stage) -> None:
    filled(stage)
    more(stage, "5")
    stage.type("150")
    stage.key(ENTER)
    assert "percentage" in stage.find("reduce_advice").property("text")
    percent = stage.find("reduce_percent")
    assert isinstance(percent, QLineEdit)
    percent.setText("50")
    stage.key(ENTER)
    stage.type("press")
    stage.key(ENTER)
    stage.priced()
    stage.world.fail_sell = [errors.NeedsOverride("reduce price", "event", 2)]
    stage.key(F9)
    # The manager is asked at once; Esc puts the fields away, and the basket stays.
    wait(lambda: stage.find("sale_manager").hasFocus())
    stage.type("x")
    stage.key(Qt.Key.Key_Escape)
    assert not stage.shows("sale_manager")
    assert stage.counter.basket.count == 2
    stage.click("basket_notice_action")
    manager = stage.find("sale_manager")
    assert isinstance(manager, QLineEdit)
    # The name is still there, so the keyboard is in the password.
    manager.setText("maria")
    stage.type(stage.world.secrets[0])
    stage.key(ENTER)
    command = sold(stage)
    assert command.terms.reduction == Reduction(ReductionKind.REDUCED, Decimal(50))
    assert command.terms.reason == "press"
    assert [leave.deed.deed for leave in stage.world.allowed] == ["reduce price"]


def test_nothing_of_a_managers_password_stays_for_the_next_customer(stage: Stage) -> None:
    filled(stage)
    stage.world.fail_sell = [errors.NeedsOverride("reduce price", "event", 2)]
    stage.key(F9)
    wait(lambda: stage.find("sale_manager").hasFocus())
    stage.type("maria")
    stage.key(ENTER)
    stage.type("secret")
    stage.key(Qt.Key.Key_Escape)
    stage.key(Qt.Key.Key_Escape)
    password = stage.find("sale_manager_password")
    assert isinstance(password, QLineEdit)
    assert (password.text(), stage.counter.basket.count) == ("", 0)
    stage.type("11")
    stage.key(F9)
    assert sold(stage).lines[0].quantity == 1


@pytest.fixture
def shut(open_stage: Open) -> Stage:
    """Two tickets in the basket, and no drawer that cash could go into."""
    stage = open_stage(shut_world())
    stage.choose(2)
    wait(lambda: stage.find("drawer").accessibleName() == "No drawer")
    filled(stage)
    return stage


def test_without_a_drawer_the_press_for_cash_is_answered_at_once(shut: Stage) -> None:
    for modifier in (Qt.KeyboardModifier.NoModifier, SHIFT):
        shut.key(F9, modifier)
        assert shut.find("basket_notice").accessibleName().startswith("Cash needs an open drawer.")
        assert shut.sell.till.basket.tenders.form is Form.BUTTONS
    assert (shut.world.sold_commands, shut.world.holds) == ([], {})
    shut.click("basket_notice_action")
    wait(lambda: shut.shows("drawer_float"))
    shut.type("150")
    shut.key(ENTER)
    wait(lambda: shut.find("drawer").accessibleName() == "Drawer open")
    # The basket is still there, what was said of it is not.
    shut.click("rail_sell")
    assert not shut.find("basket_notice").isVisible()
    shut.key(F9)
    assert sold(shut).payments == (Payment(Tender.CASH),)


def test_without_a_drawer_a_card_pays_and_cash_is_no_part_of_it(shut: Stage) -> None:
    more(shut, "2")
    shut.key(ENTER)
    assert shut.find("basket_notice").accessibleName().startswith("Cash needs an open drawer.")
    assert not shut.sell.till.basket.tenders.split.is_filled
    shut.click("split_card")
    shut.key(ENTER)
    wait(lambda: len(shut.world.pins) == 1)
    shut.key(ENTER)
    assert [part.tender for part in sold(shut).payments] == [Tender.CARD]


def test_the_database_judges_where_the_window_does_not_know_better(stage: Stage) -> None:
    filled(stage)
    stage.world.drawer.drawer = None
    stage.world.fail_sell = [errors.NoOpenDrawer("EUR", "")]
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.NoOpenDrawer))
    assert len(stage.world.sold_commands) == 1


def test_more_cash_than_anybody_hands_over_is_asked_about(stage: Stage) -> None:
    filled(stage)
    stage.key(F9, SHIFT)
    stage.type("10000")
    stage.key(ENTER)
    assert stage.world.sold_commands == []
    stage.key(ENTER)
    assert sold(stage).payments[0].tendered == euro("10000")


def test_an_order_paid_later_needs_a_customer_and_a_day(stage: Stage) -> None:
    filled(stage)
    more(stage, "3")
    stage.key(ENTER)
    assert "customer" in stage.find("later_advice").property("text")
    stage.key(Qt.Key.Key_Escape)
    stage.counter.set_customer(7, "Mia Kramer")
    more(stage, "3")
    days = stage.find("later_days")
    assert isinstance(days, QLineEdit)
    days.setText("0")
    stage.key(ENTER)
    assert "year" in stage.find("later_advice").property("text")
    days.setText("3")
    stage.key(ENTER)
    command = sold(stage)
    assert command.payments == ()
    assert stage.find("done_correct").isHidden() is (
        stage.counter.sale is not None and not stage.counter.sale.payments
    )
    assert command.terms.customer_id == 7
    assert command.terms.due_at is not None
    assert command.terms.due_at - stage.window.context.clock() > timedelta(days=3)


def test_a_note_goes_with_the_order_and_is_taken_out_again(stage: Stage) -> None:
    filled(stage)
    more(stage, "6")
    stage.type("Wheelchair")
    stage.key(ENTER)
    wait(lambda: stage.shows("term_note"))
    stage.click("term_note_remove")
    wait(lambda: not stage.shows("term_note"))
    stage.key(F9)
    assert sold(stage).terms.notes == ""
