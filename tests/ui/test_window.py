from __future__ import annotations

from functools import partial
from threading import Event
from typing import override

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QListView, QWidget

from boxoffice.domain import errors
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.ticket_code import grouped, qr_text
from boxoffice.ui.frame.top_bar import names_an_order
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.tiers.card import TierCard
from boxoffice.ui.theme.theme import Theme
from tests.ui.conftest import Open
from tests.ui.demo_data import demo_world, huge_world, long_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import FakeEvent, at, code_of
from tests.ui.stage import Stage, rest, wait

CONTROL = Qt.KeyboardModifier.ControlModifier


def titles(stage: Stage) -> list[str]:
    model = stage.sell.events.model
    lines = [model.event_line(row) for row in range(model.rowCount())]
    return [line.title for line in lines if line is not None]


def sell_one(stage: Stage) -> None:
    before = len(stage.world.sales)
    stage.type("11")
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.world.sales) > before and stage.counter.phase is Phase.DONE)


def test_the_first_event_is_chosen_at_the_start(open_stage: Open) -> None:
    stage = open_stage(demo_world())
    assert stage.find("event_title").accessibleName() == "Die Zauberflöte for Families"


def test_the_first_ticket_is_rehearsed_once_there_is_something_to_sell(open_stage: Open) -> None:
    stage = open_stage(demo_world())
    wait(stage.printer.rehearsed.is_set)
    assert stage.printer.printed == []


@pytest.mark.parametrize("role", [Role.PROMOTER, Role.DOOR])
def test_who_may_not_sell_is_told_so_and_sells_nothing(theme: Theme, role: Role) -> None:
    world = demo_world()
    world.role = role
    stage = Stage(theme, world).ready()
    assert stage.find("no_right_to_sell").isVisible()
    stage.type("12")
    for key in (Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_Return):
        stage.key(key)
    stage.key(Qt.Key.Key_L, CONTROL)
    rest(20)
    assert stage.counter.basket.count == 0
    assert world.sales == []
    assert stage.find("no_right_to_sell").isVisible()
    stage.close()


class CountingGate(Event):
    """A gate that knows how often it was come to."""

    def __init__(self) -> None:
        super().__init__()
        self.visits = 0

    @override
    def wait(self, timeout: float | None = None) -> bool:
        self.visits += 1
        return super().wait(timeout)


def test_what_changes_while_the_events_are_on_their_way_is_asked_for_after_they_are_shown(
    theme: Theme,
) -> None:
    world = demo_world()
    gate = world.wait_for_events = CountingGate()
    stage = Stage(theme, world).open()
    wait(lambda: gate.visits == 1)
    stage.window.freshness.heard(Notice(Topic.EVENTS))
    assert not stage.window.sell.events.model.rowCount()
    rest(20)
    assert gate.visits == 1
    gate.set()
    wait(lambda: gate.visits == 2 and bool(titles(stage)))
    stage.close()


def test_arrows_choose_the_event_from_anywhere(stage: Stage) -> None:
    stage.key(Qt.Key.Key_Down)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == 3)
    stage.key(Qt.Key.Key_Down)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == 4)


def test_typing_filters_the_list_and_enter_chooses_the_first_match(stage: Stage) -> None:
    stage.type("silent")
    assert stage.find("search").property("text") == "silent"
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == 7)
    assert titles(stage) == ["Silent Cinema: Metropolis, live organ"]
    stage.type("12")
    assert stage.counter.basket.count == 2


def test_slash_and_ctrl_k_go_to_the_search(stage: Stage) -> None:
    stage.type("/")
    assert stage.find("search").hasFocus()
    stage.key(Qt.Key.Key_Escape)
    assert not stage.find("search").hasFocus()
    stage.key(Qt.Key.Key_K, CONTROL)
    assert stage.find("search").hasFocus()


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'; drop table events; --", "“", "🎻", "أمسية"])
def test_odd_letters_in_the_search_find_nothing_and_break_nothing(stage: Stage, typed: str) -> None:
    stage.find("search").setProperty("text", typed)
    wait(lambda: stage.world.browsed[-1][0].text == typed)
    wait(lambda: titles(stage) == [])
    assert stage.find("event_list_state").isVisible()
    stage.click("event_list_state_action")
    wait(lambda: len(titles(stage)) > 8)
    assert stage.find("search").property("text") == ""


def test_a_scan_opens_the_order_without_touching_the_list(stage: Stage) -> None:
    sell_one(stage)
    code = stage.world.sales[0].tickets[0].face.code
    asked = len(stage.world.browsed)
    stage.type(qr_text(code))
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.find("order_number").isVisible())
    assert stage.find("order_number").property("text") == "2026-104\N{NO-BREAK SPACE}217"
    assert {wanted.text for wanted, _ in stage.world.browsed[asked:]} <= {""}


def test_an_order_is_found_by_its_number_and_esc_goes_back_to_the_basket(stage: Stage) -> None:
    sell_one(stage)
    stage.key(Qt.Key.Key_Return)
    stage.type("/")
    stage.type("2026-104 217")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.find("order_number").isVisible())
    stage.key(Qt.Key.Key_Escape)
    assert not stage.find("order_number").isVisible()


def test_a_mistyped_code_is_called_a_typing_error(stage: Stage) -> None:
    code = code_of(7)
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    stage.type("/")
    stage.type(grouped(wrong))
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.find("order_state").isVisible() and "No order" in stage.sell.till.order.note.title())
    assert "is not a ticket code" in stage.sell.till.order.note.advice()


@pytest.mark.parametrize(
    ("text", "is_order"),
    [
        ("2026-104217", True),
        ("2026-104 217", True),
        (qr_text(code_of(1)), True),
        (grouped(code_of(1)), True),
        (code_of(1), True),
        ("BO1:nonsense", True),
        ("mahler", False),
        ("Philharmonic", False),
        ("2026", False),
        ("", False),
        ("12", False),
    ],
)
def test_what_is_typed_is_told_apart(text: str, *, is_order: bool) -> None:
    assert names_an_order(text) is is_order


def test_the_filter_narrows_the_list_and_is_reset(stage: Stage) -> None:
    every = len(titles(stage))
    stage.click("filter_available")
    wait(lambda: "Improv Night: The Wrong Door" not in titles(stage))
    stage.key(Qt.Key.Key_F, CONTROL)
    venue = stage.find("filter_venue")
    assert isinstance(venue, QComboBox)
    wait(lambda: venue.count() > 3)
    venue.setCurrentText("Jazz Cellar")
    wait(lambda: titles(stage) == ["Blue Harbour Quartet", "Open Mic with the House Band"])
    day = stage.find("filter_day")
    assert isinstance(day, QComboBox)
    day.setCurrentIndex(1)
    wait(lambda: titles(stage) == ["Blue Harbour Quartet"])
    stage.click("filter_reset")
    wait(lambda: len(titles(stage)) == every)


def test_last_sales_are_listed_and_opened(stage: Stage) -> None:
    sell_one(stage)
    sell_one(stage)
    stage.key(Qt.Key.Key_L, CONTROL)
    view = stage.find("last_sales_list")
    assert isinstance(view, QListView)
    wait(lambda: view.model().rowCount() == 2)
    QAbstractItemModelTester(view.model(), QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    stage.key(Qt.Key.Key_Down)
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.find("order_number").isVisible())
    assert stage.find("order_number").property("text") == "2026-104\N{NO-BREAK SPACE}217"


def test_events_that_cannot_be_had_say_why_and_are_asked_for_again(theme: Theme) -> None:
    world = demo_world()
    world.fail_looks = errors.DatabaseGone()
    stage = Stage(theme, world).open()
    wait(lambda: stage.find("event_list_state_action").isVisible())
    assert stage.window.banner.words() == ""
    world.fail_looks = None
    stage.click("event_list_state_action")
    wait(lambda: len(titles(stage)) > 8)
    stage.close()


def test_a_lost_connection_is_said_and_everything_is_fresh_after_it(stage: Stage) -> None:
    say = stage.world.connection
    assert say is not None
    say(False)
    wait(lambda: stage.find("banner").isVisible())
    assert stage.find("connection").property("text") == "Reconnecting…"
    stage.world.event(2).tiers[0].sold += 2
    say(True)
    wait(lambda: not stage.find("banner").isVisible())
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.tiers[0].available == 4)
    assert stage.find("connection").property("text") == "Live"


def test_ten_thousand_events_are_fetched_as_they_are_scrolled_to(open_stage: Open) -> None:
    stage = open_stage(huge_world())
    assert len(titles(stage)) <= 200
    bar = stage.sell.events.list.verticalScrollBar()
    for _ in range(12):
        known = len(titles(stage))
        bar.setValue(bar.maximum())
        wait(partial(lambda known: len(titles(stage)) > known, known))
    # The first page is asked for once more when the listening begins; every other one comes once.
    keys = [after for _, after in stage.world.browsed if after is not None]
    assert len(keys) == len(set(keys))


def test_long_and_foreign_texts_are_shown_in_few_lines_and_never_as_markup(open_stage: Open) -> None:
    stage = open_stage(long_world())
    stage.type("12")
    stage.priced()
    assert stage.find("event_title").height() <= 2 * 28
    stage.choose(3)
    assert "<b>Things</b>" in stage.find("event_title").accessibleName()


def test_an_event_without_tiers_says_so(open_stage: Open) -> None:
    world = World()
    world.add(FakeEvent(1, "Only a title", "Hall", at(22, "20:00"), []))
    stage = open_stage(world)
    assert stage.find("offer_state").isVisible()


def test_an_event_that_is_gone_says_so(stage: Stage) -> None:
    stage.world.events = [event for event in stage.world.events if event.id != 4]
    stage.sell.events.list.choose(stage.sell.events.model.row_of(4))
    wait(lambda: stage.find("offer_state").isVisible())
    assert stage.counter.offer is None


def test_help_opens_and_goes_with_any_key(stage: Stage) -> None:
    stage.key(Qt.Key.Key_F1)
    assert stage.find("help_overlay").isVisible()
    stage.key(Qt.Key.Key_Escape)
    assert not stage.find("help_overlay").isVisible()
    stage.type("12")
    assert stage.counter.basket.count == 2


def nameless(stage: Stage) -> list[str]:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, TierCard)
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in stage.window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not (widget.objectName() and widget.accessibleName())
    ]


def test_everything_that_can_be_worked_has_a_name_for_tests_and_for_screen_readers(stage: Stage) -> None:
    stage.key(Qt.Key.Key_F, CONTROL)
    stage.key(Qt.Key.Key_Escape)
    stage.sell.events.take_focus()
    stage.type("12")
    stage.priced()
    assert nameless(stage) == []
    for key in (Qt.Key.Key_F10, Qt.Key.Key_F11):
        stage.key(key)
        assert nameless(stage) == []
        stage.key(Qt.Key.Key_Escape)
    stage.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert nameless(stage) == []
    stage.type("100")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.counter.phase is Phase.DONE and bool(stage.printer.printed))
    stage.key(Qt.Key.Key_L, CONTROL)
    assert nameless(stage) == []
    stage.key(Qt.Key.Key_F1)
    assert nameless(stage) == []


def test_tab_goes_from_the_search_over_the_list_and_the_tiers_to_the_money(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.find("search").setFocus()
    seen: list[str] = []
    for _ in range(24):
        focused = stage.window.focusWidget()
        assert focused is not None
        seen.append(focused.objectName())
        stage.key(Qt.Key.Key_Tab)
    wanted = ["search", "event_list", "tier_1", "tier_2", "pay_cash_exact", "pay_cash_change", "pay_card"]
    assert [name for name in seen if name in wanted][: len(wanted)] == wanted


def test_the_model_of_the_list_holds_what_qt_expects_while_the_window_works(stage: Stage) -> None:
    model: QAbstractItemModel = stage.sell.events.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    stage.type("jazz")
    wait(lambda: len(titles(stage)) == 2)
    stage.key(Qt.Key.Key_Escape)
    wait(lambda: len(titles(stage)) > 8)
    assert model.rowCount(QModelIndex()) > 8
