"""The Orders screen on the fake desk: found, chosen, opened, changed, all by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from boxoffice.domain import errors
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.order_list import OrderFilter, OrderKey, OrderState
from boxoffice.domain.person import Role
from boxoffice.domain.ticket_code import qr_text
from boxoffice.formats import Formats
from boxoffice.ui.customers.model import CustomerModel
from boxoffice.ui.deeds.action_form import ActionForm
from boxoffice.ui.orders.actions import ActionsBar, OrderAction
from boxoffice.ui.orders.model import OrderModel
from tests.ui.demo_data import demo_world
from tests.ui.fake_event import NOW
from tests.ui.fake_orders import AMINA, SOFIA, demo_orders, long_orders
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, DOWN, UP = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Up

type Open = Callable[..., Stage]


@pytest.fixture
def orders(open_stage: Open) -> Stage:
    """The morning of the design, the Orders screen in front."""
    world = demo_world()
    world.book = demo_orders()
    stage = open_stage(world)
    stage.key(Qt.Key.Key_O, CONTROL)
    wait(lambda: stage.window.orders.list.model.rowCount() == 7)
    return stage


def opened(stage: Stage, number: int) -> bool:
    order = stage.window.orders.detail.order
    return order is not None and order.sale.order_id == number


def focused(stage: Stage) -> str:
    widget = stage.window.focusWidget()
    return widget.objectName() if widget is not None else ""


def words(stage: Stage, name: str) -> str:
    return stage.find(name).text()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.usefixtures("qapp")
def test_the_model_is_one_that_qt_accepts_page_by_page() -> None:
    book = long_orders(130)
    model = OrderModel(Formats("en"), lambda: NOW)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    wanted: list[OrderKey] = []
    model.more_wanted.connect(wanted.append)
    filter_ = _everything()
    model.restart(book.find(filter_, None))
    assert model.rowCount() == 60
    # The tester asks for more as a view would.
    model.fetchMore(QModelIndex())
    while wanted:
        assert not model.canFetchMore(QModelIndex())
        model.extend(book.find(filter_, wanted.pop()))
        model.fetchMore(QModelIndex())
    assert model.rowCount() == 130
    assert not model.refresh(book.find(filter_, None))
    book.orders.pop(3)
    assert model.refresh(book.find(filter_, None))
    assert model.row_of(104500) == 0
    assert model.row_of(1) == -1
    assert tester.model() is model


def _everything() -> OrderFilter:

    return OrderFilter(NOW.date())


@pytest.mark.usefixtures("qapp")
def test_the_model_of_customers_ends_with_whoever_is_new() -> None:
    model = CustomerModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.rowCount() == 0
    model.show("sofia", (SOFIA,))
    assert (model.customer(0), model.customer(1)) == (SOFIA, None)
    assert "New customer: sofia" in model.index(1).data()
    model.show("", ())
    assert model.rowCount() == 0
    assert tester.model() is model


def test_a_name_is_typed_the_first_is_opened_by_enter_and_esc_leads_back_to_selling(orders: Stage) -> None:
    assert focused(orders) == "order_search"
    orders.type("jonas")
    orders.key(ENTER)
    wait(lambda: opened(orders, 104209))
    assert words(orders, "order_detail_number") == "2026-104\u00a0209"
    assert "Unpaid until" in words(orders, "order_detail_state")
    orders.key(ESC)
    wait(lambda: orders.window.orders.list.model.rowCount() == 7)
    orders.key(ESC)
    assert orders.sell.isVisible()
    orders.type("12")
    orders.priced()


def test_arrows_walk_through_the_orders_and_letters_begin_a_search(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    orders.key(DOWN)
    wait(lambda: opened(orders, 104216))
    orders.window.orders.list.table.setFocus()
    orders.key(DOWN)
    wait(lambda: opened(orders, 104209))
    orders.type("amina")
    assert focused(orders) == "order_search"
    wait(lambda: orders.window.orders.list.model.rowCount() == 1)
    wait(lambda: opened(orders, 104171))


def test_a_scan_from_anywhere_on_the_screen_opens_its_order(orders: Stage) -> None:
    orders.window.orders.list.table.setFocus()
    ticket = orders.world.book.orders[1].sale.tickets[0]
    orders.type(qr_text(ticket.face.code))
    orders.key(ENTER)
    wait(lambda: opened(orders, 104216))


def test_the_windows_own_field_finds_here_too(orders: Stage) -> None:
    orders.find("search").setFocus()
    orders.type("2026-104171")
    orders.key(ENTER)
    wait(lambda: opened(orders, 104171))


def test_the_list_is_narrowed_by_state_and_day_and_told_when_nothing_fits(orders: Stage) -> None:
    state = orders.find("order_filter_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(state.findText("Cancelled"))
    wait(lambda: orders.window.orders.list.model.rowCount() == 1)
    orders.find("order_search").setFocus()
    orders.type("nobody")
    wait(lambda: orders.shows("order_list_state"))
    orders.click("order_list_state_action")
    wait(lambda: orders.window.orders.list.model.rowCount() == 7)


def test_cash_that_waits_for_its_owner_is_marked_and_found(orders: Stage) -> None:
    book = orders.world.book
    first, *rest = book.orders
    book.orders = [replace(first, waits_at_counter=True), *rest]
    state = orders.find("order_filter_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(state.findText("Cash waits"))
    model = orders.window.orders.list.model
    wait(lambda: model.rowCount() == 1)
    assert model.index(0, 5).data() == "Cash waits"
    assert book.asked[-1][0].waits_at_counter
    state.setCurrentIndex(0)
    wait(lambda: model.rowCount() == 7)
    assert [model.index(row, 5).data() for row in range(7)].count("Cash waits") == 1


def test_more_filters_unfold_and_are_reset(orders: Stage) -> None:
    assert not orders.shows("order_filter_till")
    orders.click("order_filter_more")
    till = orders.find("order_filter_till")
    assert isinstance(till, QComboBox)
    till.setCurrentIndex(1)
    wait(lambda: orders.world.book.asked[-1][0].till_id == 1)
    orders.click("order_filter_reset")
    wait(lambda: orders.world.book.asked[-1][0].till_id is None)


def test_pages_are_fetched_while_somebody_scrolls(open_stage: Open) -> None:
    world = demo_world()
    world.book = long_orders(150)
    stage = open_stage(world)
    stage.key(Qt.Key.Key_O, CONTROL)
    model, table = stage.window.orders.list.model, stage.window.orders.list.table
    wait(lambda: model.rowCount() == 60)
    for rows in (120, 150):
        table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
        wait(lambda rows=rows: model.rowCount() == rows)  # type: ignore[misc]


def test_a_sale_elsewhere_comes_into_the_list_and_what_is_chosen_stays(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    book = orders.world.book
    new = long_orders(1).orders[0]
    book.orders.insert(0, new)
    orders.window.freshness.touched((Notice(Topic.AVAILABILITY, 1),))
    wait(lambda: orders.window.orders.list.model.rowCount() == 8)
    assert orders.window.orders.list.table.chosen_id() == 104217


def test_only_what_is_not_printed_is_printed_and_all_of_it_needs_a_reason(orders: Stage) -> None:
    orders.window.orders.list.table.choose(3)
    wait(lambda: opened(orders, 104188))
    orders.key(Qt.Key.Key_P, CONTROL)
    wait(lambda: len(orders.printer.printed) == 1)
    assert orders.printer.printed[0].number == 4
    orders.window.orders.list.table.choose(0)
    wait(lambda: opened(orders, 104217))
    orders.key(Qt.Key.Key_P, CONTROL)
    assert focused(orders) == "order_detail_reason"
    orders.key(ESC)
    assert not orders.find("order_detail_reason").isVisible()


def test_the_name_is_moved_to_somebody_found_by_keys_alone(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    orders.click("order_move_name")
    orders.type("dial")
    orders.key(ENTER)
    wait(lambda: [wish.customer_id for wish in orders.world.book.moved] == [AMINA.id])
    wait(lambda: words(orders, "order_detail_customer") == "Amina Diallo")
    orders.click("order_no_name")
    wait(lambda: words(orders, "order_detail_customer") == "Walk-in, no name")


def test_somebody_new_is_taken_down_and_what_is_wrong_is_marked(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    orders.click("order_move_name")
    orders.type("Yuki Tanaka")
    orders.key(ENTER)
    wait(lambda: orders.shows("order_customer_name"))
    assert focused(orders) == "order_customer_email"
    orders.type("yuki")
    orders.key(ENTER)
    wait(lambda: orders.shows("order_customer_notice"))
    assert orders.find("order_customer_email").property("state") == "bad"
    assert focused(orders) == "order_customer_email"
    orders.type("@example.jp")
    orders.key(ENTER)
    wait(lambda: words(orders, "order_detail_customer") == "Yuki Tanaka")
    assert [(new.first_name, new.last_name) for new in orders.world.book.taken] == [("Yuki", "Tanaka")]


def test_a_lost_answer_is_asked_again_under_the_same_key(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    orders.world.book.fail_moves.append(errors.AnswerLost())
    orders.click("order_move_name")
    orders.type("sofia")
    orders.key(ENTER)
    wait(lambda: orders.shows("order_name_notice"))
    orders.find("order_customer_search").setFocus()
    orders.key(ENTER)
    wait(lambda: words(orders, "order_detail_customer") == "Sofia Lindqvist")
    first, second = orders.world.book.moved
    assert first.key == second.key


def test_notes_are_written_and_esc_keeps_what_was_there(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    orders.click("order_edit_notes")
    editor = orders.find("order_notes")
    assert isinstance(editor, QPlainTextEdit)
    orders.type("Brings a dog")
    orders.key(ESC)
    assert not editor.isVisible()
    orders.click("order_edit_notes")
    orders.type("Seat at the aisle")
    orders.key(ENTER, CONTROL)
    wait(lambda: orders.world.book.notes == [(104217, "Seat at the aisle")])
    wait(lambda: words(orders, "order_detail_notes") == "Seat at the aisle")


def test_an_action_is_offered_where_it_fits_and_its_form_stands_in_its_place(orders: Stage) -> None:
    """How refund, exchange and the others join: one entry each."""
    forms: list[ActionForm] = []

    def begin(_order: object) -> ActionForm:
        forms.append(ActionForm())
        return forms[-1]

    action = OrderAction("refund", "undo-2", "Re&fund…", lambda order: order.state is OrderState.PAID, begin)
    bar = ActionsBar(orders.window.context, (action,))
    paid, *_ = (order for order in orders.world.book.orders if order.state is OrderState.PAID)
    cancelled, *_ = (order for order in orders.world.book.orders if order.state is OrderState.CANCELLED)
    changed: list[int] = []
    bar.changed.connect(lambda: changed.append(1))
    bar.show_order(cancelled)
    button = bar.findChild(QAbstractButton, "refund")
    assert isinstance(button, QAbstractButton)
    assert not button.isVisibleTo(bar)
    bar.show_order(paid)
    assert button.isVisibleTo(bar)
    button.click()
    assert not button.isVisibleTo(bar)
    forms[0].closed.emit(True)
    assert changed == [1]
    assert button.isVisibleTo(bar)
    bar.deleteLater()


def test_unreadable_missing_and_failing_orders_are_said_in_their_place(orders: Stage) -> None:
    orders.world.book.fail = errors.DatabaseGone()
    orders.type("x")
    wait(lambda: bool(orders.window.banner.words()))
    assert orders.window.orders.list.model.rowCount() == 7


def test_no_key_of_the_counter_sells_behind_the_orders(orders: Stage) -> None:
    orders.key(Qt.Key.Key_F9)
    orders.key(Qt.Key.Key_F10)
    assert orders.world.sold_commands == []


def test_every_widget_that_is_worked_has_a_name_for_tests_and_for_screen_readers(orders: Stage) -> None:
    orders.key(DOWN)
    wait(lambda: opened(orders, 104217))
    screen = orders.window.orders
    kinds = (QLineEdit, QAbstractButton, QComboBox, QPlainTextEdit)
    nameless = [
        (type(widget).__name__, widget.objectName())
        for widget in screen.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not widget.objectName().startswith("qt_")
        and not (widget.objectName() and (widget.accessibleName() or not widget.isVisible()))
    ]
    assert nameless == []


def test_a_promoter_has_no_orders_screen(open_stage: Open) -> None:
    world = demo_world()
    world.role = Role.PROMOTER
    stage = open_stage(world)
    assert stage.window.findChild(QWidget, "rail_orders") is None
    stage.key(Qt.Key.Key_O, CONTROL)
    assert stage.sell.isVisible()


@pytest.mark.usefixtures("qapp")
def test_today_has_the_hour_and_other_days_their_date() -> None:
    book = long_orders(1)
    model = OrderModel(Formats("de"), lambda: NOW.astimezone(UTC) + timedelta(days=1))
    model.restart(book.find(_everything(), None))
    assert model.index(0, 0).data() == "2026-104\u00a0500"
    cell = model._lines[0].cells[-1]
    assert cell.below == "22. Nov."
