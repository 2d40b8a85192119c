"""Typing ahead: what is meant for the next event or customer never falls on the one before."""

from __future__ import annotations

from threading import Event

from PySide6.QtCore import Qt

from boxoffice.domain import errors
from boxoffice.ui.sell.counter import Phase
from tests.ui.fake_event import euro
from tests.ui.stage import Stage, rest, wait

F9 = Qt.Key.Key_F9


def test_keys_typed_while_the_event_is_on_its_way_are_for_that_event(stage: Stage) -> None:
    shown = stage.counter.offer
    gate = stage.world.wait_for_offer = Event()
    stage.key(Qt.Key.Key_Up)
    stage.type("12")
    stage.key(F9)
    assert not stage.counter.basket.count
    stage.world.wait_for_offer = None
    gate.set()
    wait(lambda: stage.counter.phase is Phase.DONE)
    (command,) = stage.world.sold_commands
    assert shown is not None
    assert command.event_id != shown.id


def test_keys_typed_behind_a_search_are_for_what_it_finds(stage: Stage) -> None:
    wanted = next(event for event in stage.world.events if "Mahler" in event.title)
    gate = stage.world.wait_for_events = Event()
    stage.type("mahler")
    stage.key(Qt.Key.Key_Return)
    stage.type("11")
    stage.key(F9)
    stage.world.wait_for_events = None
    gate.set()
    wait(lambda: stage.counter.phase is Phase.DONE)
    assert stage.world.sold_commands[-1].event_id == wanted.id


def test_an_amount_typed_ahead_goes_into_the_form_that_opens(stage: Stage) -> None:
    gate = stage.world.wait_for_offer = Event()
    stage.key(Qt.Key.Key_Up)
    stage.type("11")
    stage.key(F9, Qt.KeyboardModifier.ShiftModifier)
    stage.type("200")
    stage.key(Qt.Key.Key_Return)
    stage.world.wait_for_offer = None
    gate.set()
    wait(lambda: stage.counter.phase is Phase.DONE)
    assert stage.world.sold_commands[-1].payments[0].tendered == euro("200")


def test_a_search_without_result_leaves_nothing_to_sell(stage: Stage) -> None:
    stage.type("zzzz")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.counter.offer is None)
    stage.type("12")
    stage.key(F9)
    rest(50)
    assert not stage.world.sold_commands
    assert not stage.counter.basket.count


def test_the_next_customers_digits_typed_during_a_sale_are_kept(stage: Stage) -> None:
    gate = stage.world.wait_for_sell = Event()
    stage.type("12")
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.SELLING)
    stage.type("13")
    stage.world.wait_for_sell = None
    gate.set()
    wait(lambda: stage.counter.basket.count == 3)
    assert len(stage.world.sales) == 1


def test_what_was_typed_behind_a_refused_sale_is_forgotten(stage: Stage) -> None:
    gate = stage.world.wait_for_sell = Event()
    stage.world.fail_sell.append(errors.Busy())
    stage.type("12")
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.SELLING)
    stage.type("15")
    stage.world.wait_for_sell = None
    gate.set()
    wait(lambda: stage.counter.problem is not None)
    assert stage.counter.basket.count == 2
