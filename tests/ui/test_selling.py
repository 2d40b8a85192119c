"""The sale by keyboard: what a clerk presses and what then is true."""

from __future__ import annotations

from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget

from boxoffice.domain import errors
from boxoffice.domain.sale import Payment, SellTickets, Tender
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.tenders import Form
from tests.ui.conftest import Open
from tests.ui.demo_data import demo_world
from tests.ui.fake_event import euro
from tests.ui.stage import Stage, wait

ARABIC_999 = "\N{ARABIC-INDIC DIGIT NINE}" * 3
SHIFT = Qt.KeyboardModifier.ShiftModifier
F9, F10, F11 = Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F11


def sold(stage: Stage) -> SellTickets:
    wait(lambda: stage.counter.phase is Phase.DONE)
    return stage.world.sold_commands[-1]


def test_two_adults_for_exact_cash_take_three_keys_from_the_event(stage: Stage) -> None:
    keys = (Qt.Key.Key_1, Qt.Key.Key_2, F9)
    for key in keys:
        stage.key(key)
    command = sold(stage)
    assert len(keys) <= 4
    assert [(line.quantity, line.unit_price) for line in command.lines] == [(2, euro("28"))]
    assert command.payments[0] == Payment(Tender.CASH)
    assert command.shown_total == euro("57")


def test_two_tiers_are_counted_without_a_key_between_them(stage: Stage) -> None:
    stage.type("1221")
    stage.key(F9)
    assert [line.quantity for line in sold(stage).lines] == [2, 1]


def test_the_next_customer_is_served_by_just_typing(stage: Stage) -> None:
    stage.type("11")
    stage.key(F9)
    first = sold(stage)
    stage.type("21")
    stage.key(F9)
    wait(lambda: len(stage.world.sales) == 2)
    second = sold(stage)
    assert second.purchase_key != first.purchase_key
    assert [line.quantity for line in second.lines] == [1]


def test_enter_goes_on_to_the_next_customer(stage: Stage) -> None:
    stage.type("11")
    stage.key(F9)
    sold(stage)
    stage.key(Qt.Key.Key_Return)
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.counter.basket.count == 0


def test_a_double_press_sells_once(stage: Stage) -> None:
    gate = stage.world.wait_for_sell = Event()
    stage.type("12")
    stage.priced()
    for _ in range(4):
        stage.key(F9)
    assert not stage.find("pay_cash_exact").isEnabled()
    gate.set()
    sold(stage)
    assert len(stage.world.sold_commands) == 1


def test_paying_before_the_price_came_waits_for_it_and_then_sells(stage: Stage) -> None:
    gate = stage.world.wait_for_price = Event()
    stage.type("12")
    stage.key(F9)
    stage.key(F9)
    assert stage.world.sold_commands == []
    stage.world.wait_for_price = None
    gate.set()
    assert sold(stage).shown_total == euro("57")
    assert len(stage.world.sold_commands) == 1


def test_cash_typed_and_confirmed_before_the_price_came_is_taken_when_it_comes(stage: Stage) -> None:
    gate = stage.world.wait_for_price = Event()
    stage.type("12")
    stage.key(F9, SHIFT)
    stage.type("100")
    stage.key(Qt.Key.Key_Return)
    assert stage.counter.phase is Phase.CHOOSING
    stage.world.wait_for_price = None
    gate.set()
    command = sold(stage)
    assert [line.quantity for line in command.lines] == [2]
    assert command.payments[0] == Payment(Tender.CASH, tendered=euro("100"))


def test_too_little_typed_before_the_price_came_is_not_taken_when_it_comes(stage: Stage) -> None:
    gate = stage.world.wait_for_price = Event()
    stage.type("12")
    stage.key(F9, SHIFT)
    stage.type("50")
    stage.key(Qt.Key.Key_Return)
    stage.world.wait_for_price = None
    gate.set()
    stage.priced()
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.sell.till.basket.tenders.form is Form.CASH
    assert stage.sell.till.basket.tenders.cash.amount.text() == "50"


def test_cash_with_change_shows_what_goes_back(stage: Stage) -> None:
    stage.type("1221")
    stage.priced()
    stage.key(F9, SHIFT)
    stage.type("100")
    assert stage.find("change_preview").property("text") == "€\N{NO-BREAK SPACE}24.50"
    stage.key(Qt.Key.Key_Return)
    assert sold(stage).payments[0] == Payment(Tender.CASH, tendered=euro("100"))
    assert stage.find("change_due").property("text") == "€\N{NO-BREAK SPACE}24.50"


def test_a_quick_note_fills_in_the_amount(stage: Stage) -> None:
    stage.type("1221")
    stage.priced()
    stage.key(F9, SHIFT)
    stage.click("cash_note_1")
    stage.key(F9)
    assert sold(stage).payments[0].tendered == euro("80")


def test_too_little_cash_is_not_taken(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F9, SHIFT)
    stage.type("20")
    stage.key(Qt.Key.Key_Return)
    assert stage.counter.phase is Phase.CHOOSING
    assert not stage.find("cash_take").isEnabled()
    assert stage.find("change_preview").property("text") == "€\N{NO-BREAK SPACE}37.00"


def test_text_huge_and_negative_amounts_are_no_amount(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F9, SHIFT)
    for typed in ("abc", "-100", "1e9", "12.345", "99999999999", ARABIC_999):
        stage.find("cash_given").setProperty("text", typed)
        stage.key(Qt.Key.Key_Return)
        assert not stage.find("cash_take").isEnabled(), typed
        assert stage.counter.phase is Phase.CHOOSING


def test_a_card_is_taken_with_its_reference(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F10)
    stage.type("V4711")
    stage.key(F10)
    assert sold(stage).payments[0] == Payment(Tender.CARD, reference="V4711")


def test_another_payment_needs_its_reference(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F11)
    stage.key(Qt.Key.Key_Return)
    assert stage.world.sold_commands == []
    stage.type("Voucher 9")
    stage.key(Qt.Key.Key_Return)
    assert sold(stage).payments[0] == Payment(Tender.OTHER, reference="Voucher 9")


def test_escape_leaves_the_form_first_and_then_clears_the_basket(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F10)
    stage.key(Qt.Key.Key_Escape)
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS
    assert stage.counter.basket.count == 2
    stage.key(Qt.Key.Key_Escape)
    assert stage.counter.basket.count == 0


def test_no_key_pays_for_an_empty_basket(stage: Stage) -> None:
    for key in (F9, F10, F11):
        stage.key(key)
    stage.key(F9, SHIFT)
    assert stage.world.sold_commands == []
    assert stage.sell.till.basket.tenders.form is Form.BUTTONS


def test_plus_and_minus_work_on_the_tier_in_hand(stage: Stage) -> None:
    stage.type("1")
    stage.type("++-")
    assert stage.counter.quantity(stage.world.event(2).tiers[0].id) == 2


def test_the_limit_of_an_order_is_kept_and_said(stage: Stage) -> None:
    stage.type("19")
    assert stage.counter.basket.count == 6
    assert "At most 6" in stage.sell.till.basket.notice.sentence()


def test_a_sold_out_tier_says_why_and_stays_out_of_the_basket(stage: Stage) -> None:
    stage.type("3")
    assert stage.counter.basket.count == 0
    assert "sold out" in stage.sell.till.basket.notice.sentence()


def test_a_basket_holds_one_event_only_and_says_so(stage: Stage) -> None:
    stage.type("12")
    stage.choose(1)
    stage.type("11")
    assert stage.counter.basket.count == 2
    assert "Blue Harbour Quartet" in stage.sell.till.basket.notice.sentence()


def test_sold_out_meanwhile_is_refused_and_what_is_left_can_be_taken(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    key = stage.counter.basket.key
    stage.world.event(2).tiers[0].sold = 79
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.SoldOut))
    assert stage.sell.till.basket.notice.sentence() == "Only 1 ticket of Standard is left."
    stage.click("basket_notice_action")
    stage.priced()
    stage.key(F9)
    command = sold(stage)
    assert [line.quantity for line in command.lines] == [1]
    assert command.purchase_key == key


def test_a_changed_price_is_refused_shown_and_then_sold(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.event(2).tiers[0].price = euro("30")
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.PriceChanged))
    wait(lambda: stage.counter.totals is not None and stage.counter.totals.total == euro("61"))
    assert stage.world.sales == []
    assert "€\N{NO-BREAK SPACE}30.00" in stage.sell.till.basket.notice.sentence()
    stage.key(F9)
    assert sold(stage).lines[0].unit_price == euro("30")


def test_a_price_that_changed_before_paying_is_seen_when_the_basket_is_priced(stage: Stage) -> None:
    stage.world.event(2).tiers[0].price = euro("30")
    stage.type("12")
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.PriceChanged))
    assert stage.world.sold_commands == []


def test_a_lost_answer_freezes_the_basket_until_a_retry_finds_out(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.lose_answer = True
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.UNSURE)
    assert "not known whether it went through" in stage.window.banner.words()
    stage.type("19")
    stage.key(Qt.Key.Key_Escape)
    stage.key(F9)
    assert stage.counter.basket.count == 2
    stage.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    sold(stage)
    first, again = stage.world.sold_commands
    assert first == again
    assert len(stage.world.sales) == 1
    assert stage.counter.sale is not None
    assert stage.counter.sale.replayed
    assert stage.window.banner.words() == ""


def test_a_database_that_is_gone_keeps_the_basket_and_its_key(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.fail_sell = [errors.DatabaseGone(), errors.DatabaseGone()]
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.UNSURE)
    stage.click("banner_action")
    wait(lambda: len(stage.world.sold_commands) == 2 and stage.counter.phase is Phase.UNSURE)
    stage.click("banner_action")
    sold(stage)
    assert len({command.purchase_key for command in stage.world.sold_commands}) == 1


def test_an_unknown_sale_stays_unknown_while_the_database_is_too_busy_to_ask(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.fail_sell = [errors.AnswerLost(), errors.Busy()]
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.UNSURE)
    stage.click("banner_action")
    wait(lambda: len(stage.world.sold_commands) == 2 and stage.counter.phase is Phase.UNSURE)
    stage.key(Qt.Key.Key_Escape)
    assert stage.counter.basket.count == 2
    stage.click("banner_action")
    sold(stage)
    assert len({command.purchase_key for command in stage.world.sold_commands}) == 1


def test_a_busy_tier_is_said_beside_the_buttons_and_can_be_paid_again(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.fail_sell = [errors.Busy()]
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.Busy))
    assert "Another till" in stage.sell.till.basket.notice.sentence()
    stage.key(F9)
    sold(stage)
    assert len({command.purchase_key for command in stage.world.sold_commands}) == 1


def test_a_fault_is_shown_with_its_reference_and_the_basket_is_kept(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.world.fail_sell = [ValueError("ours")]
    stage.key(F9)
    wait(lambda: stage.window.findChild(QWidget, "fault_dialog") is not None)
    dialog = stage.find("fault_dialog")
    assert dialog.isVisible()
    assert stage.counter.basket.count == 2
    dialog.close()
    stage.window.activateWindow()
    wait(stage.window.isActiveWindow)
    stage.key(F9)
    sold(stage)
    assert len({command.purchase_key for command in stage.world.sold_commands}) == 1


def test_a_price_that_cannot_be_had_can_be_asked_for_again(stage: Stage) -> None:
    stage.world.fail_looks = errors.DatabaseGone()
    stage.type("12")
    wait(lambda: isinstance(stage.counter.problem, errors.DatabaseGone))
    stage.world.fail_looks = None
    stage.click("basket_notice_action")
    stage.priced()
    assert stage.counter.problem is None


def test_a_sale_at_another_till_keeps_choice_quantities_and_place(open_stage: Open) -> None:
    stage = open_stage(demo_world())
    stage.choose(5)
    stage.type("12")
    stage.priced()
    bar = stage.sell.events.list.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    stage.world.event(5).tiers[0].sold += 4
    stage.world.event(7).tiers[0].sold += 9
    spy = QSignalSpy(stage.sell.events.model.dataChanged)
    stage.world.tell(5)
    wait(lambda: spy.count() >= 2)
    left = stage.world.event(5).tiers[0].available
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.tiers[0].available == left)
    assert stage.sell.events.list.currentIndex().row() == stage.sell.events.model.row_of(5)
    assert stage.counter.basket.count == 2
    assert bar.value() == place


def test_the_server_alone_computes_money(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    totals = stage.counter.totals
    assert totals is not None
    assert stage.find("total").property("text") == "€\N{NO-BREAK SPACE}57.00"
    assert stage.find("amount_fee").property("text") == "€\N{NO-BREAK SPACE}1.00"
