"""The card form where a service charges: the window goes on, and nobody is charged without a sale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from boxoffice.domain import errors
from boxoffice.domain.card_payment import CardAnswer, CardState, PinCard
from boxoffice.ui.payments.card_charge import CardTalk
from tests.ui.conftest import Open
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import euro
from tests.ui.stage import Stage, wait
from tests.ui.test_card_clearing import left_behind

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@dataclass
class Service:
    """A card service of plain values."""

    answers: list[CardAnswer | Exception] = field(default_factory=list)
    looked_up: list[CardAnswer] = field(default_factory=list)
    asked: list[PinCard] = field(default_factory=list)
    gate: Event | None = None

    def charge(self, pin: PinCard) -> CardAnswer:
        self.asked.append(pin)
        if self.gate is not None:
            self.gate.wait(10)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def look_up(self, _key: UUID) -> CardAnswer:
        return self.looked_up.pop(0)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def stage(open_stage: Open, service: Service) -> Stage:
    world = demo_world()
    world.charge, world.card_look_up = service.charge, service.look_up
    stage = open_stage(world)
    stage.choose(2)
    stage.sell.till.basket.tenders.clock = _clock()
    stage.type("12")
    stage.priced()
    stage.key(Qt.Key.Key_F10)
    wait(lambda: stage.shows("gateway_take"))
    return stage


def _clock() -> Callable[[], float]:
    ticks = iter(range(10_000))
    return lambda: float(next(ticks))


def words(stage: Stage) -> str:
    label = stage.find("gateway_words")
    assert isinstance(label, QLabel)
    return label.text()


def test_what_is_approved_is_sold_at_once(stage: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.APPROVED, "R1"))
    stage.key(Qt.Key.Key_F10)
    wait(lambda: stage.counter.sale is not None)
    [command] = stage.world.sold_commands
    [pin] = service.asked
    assert command.payments[0].reference == "R1"
    assert command.payments[0].card_key == pin.key
    assert pin.amount == euro("57")
    # Nothing is pinned or settled from the window itself: the deed does both.
    assert (stage.world.pins, stage.world.settled) == ([], [])


def test_while_it_is_asked_the_window_goes_on_and_the_basket_stays(stage: Stage, service: Service) -> None:
    service.gate = Event()
    service.answers.append(CardAnswer(CardState.APPROVED, "R1"))
    stage.key(ENTER)
    wait(lambda: len(service.asked) == 1)
    assert words(stage) == "Asking the terminal…"
    stage.key(ESCAPE)
    stage.key(Qt.Key.Key_F9)
    stage.key(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    stage.key(ENTER)
    assert stage.shows("gateway_take")
    assert stage.counter.basket.count == 2
    assert len(service.asked) == 1
    service.gate.set()
    wait(lambda: stage.counter.sale is not None)
    assert len(stage.world.sold_commands) == 1


def test_declined_is_said_and_the_next_try_is_another_payment(stage: Stage, service: Service) -> None:
    service.answers += [
        CardAnswer(CardState.DECLINED, detail="no cover"),
        CardAnswer(CardState.APPROVED, "R2"),
    ]
    stage.key(ENTER)
    wait(lambda: words(stage) == "The card was declined. no cover")
    stage.key(ENTER)
    wait(lambda: stage.counter.sale is not None)
    first, second = service.asked
    assert first.key != second.key


def test_an_unknown_outcome_is_looked_up_again(stage: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.UNKNOWN))
    service.looked_up += [CardAnswer(CardState.UNKNOWN), CardAnswer(CardState.APPROVED, "R1")]
    stage.key(ENTER)
    wait(lambda: stage.counter.card.talk is CardTalk.UNKNOWN)
    stage.key(ESCAPE)
    assert stage.shows("gateway_give_up")
    stage.key(ENTER)
    wait(lambda: len(service.looked_up) == 1 and stage.counter.card.talk is CardTalk.UNKNOWN)
    stage.key(ENTER)
    wait(lambda: stage.counter.sale is not None)
    assert len(service.asked) == 1
    assert stage.world.sold_commands[0].payments[0].card_key == service.asked[0].key


def test_left_unknown_it_is_asked_for_under_the_same_key(stage: Stage, service: Service) -> None:
    service.answers += [CardAnswer(CardState.UNKNOWN), CardAnswer(CardState.APPROVED, "R1")]
    stage.key(ENTER)
    wait(lambda: stage.counter.card.talk is CardTalk.UNKNOWN)
    stage.click("gateway_give_up")
    wait(lambda: not stage.shows("gateway_take"))
    stage.key(Qt.Key.Key_F10)
    stage.key(ENTER)
    wait(lambda: stage.counter.sale is not None)
    first, second = service.asked
    assert first.key == second.key


@pytest.fixture
def several(open_stage: Open, service: Service) -> Stage:
    """Several payments, the first of them 20 by card."""
    world = demo_world()
    world.charge, world.card_look_up = service.charge, service.look_up
    stage = open_stage(world)
    stage.choose(2)
    stage.type("12")
    stage.priced()
    stage.key(Qt.Key.Key_F12)
    stage.type("2")
    stage.click("split_card")
    stage.find("split_amount").setProperty("text", "20")
    return stage


def test_a_part_is_charged_when_it_is_added(several: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.APPROVED, "R1"))
    service.gate = Event()
    several.key(ENTER)
    wait(lambda: len(service.asked) == 1)
    assert several.shows("split_gateway_take")
    several.key(ESCAPE)
    several.key(Qt.Key.Key_F9)
    assert several.counter.is_frozen
    assert several.world.sold_commands == []
    service.gate.set()
    wait(lambda: several.shows("split_amount"))
    several.key(ENTER)
    wait(lambda: several.counter.sale is not None)
    [command] = several.world.sold_commands
    [pin] = service.asked
    assert [(part.amount, part.card_key) for part in command.payments] == [
        (euro("20"), pin.key),
        (euro("37"), None),
    ]
    assert several.world.pins == []


def test_two_parts_of_one_amount_are_two_payments(several: Stage, service: Service) -> None:
    service.answers += [CardAnswer(CardState.APPROVED, f"R{number}") for number in (1, 2, 3)]
    several.key(ENTER)
    wait(lambda: several.shows("split_amount"))
    for amount in ("20", "17"):
        several.click("split_card")
        several.find("split_amount").setProperty("text", amount)
        several.key(ENTER)
        wait(lambda: several.shows("split_amount") or several.counter.sale is not None)
    wait(lambda: several.counter.sale is not None)
    assert len({pin.key for pin in service.asked}) == 3


def test_a_declined_part_is_tried_again_or_paid_otherwise(several: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.DECLINED, detail="no cover"))
    several.key(ENTER)
    wait(lambda: several.counter.parts.talk is CardTalk.DECLINED)
    several.key(ESCAPE)
    wait(lambda: several.shows("split_amount"))
    several.click("split_cash")
    several.key(ENTER)
    wait(lambda: several.counter.sale is not None)
    assert [part.card_key for part in several.world.sold_commands[0].payments] == [None]


def test_an_unknown_part_is_looked_up_and_left_to_the_till(several: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.UNKNOWN))
    service.looked_up.append(CardAnswer(CardState.UNKNOWN))
    several.key(ENTER)
    wait(lambda: several.counter.parts.talk is CardTalk.UNKNOWN)
    several.key(ENTER)
    wait(lambda: not service.looked_up and several.counter.parts.talk is CardTalk.UNKNOWN)
    left_behind(several.world, key=service.asked[0].key, state=CardState.UNKNOWN)
    several.click("split_gateway_give_up")
    wait(lambda: several.shows("split_amount"))
    wait(lambda: "never finished" in several.window.banner.words())


def test_without_the_database_the_terminal_is_not_asked(stage: Stage, service: Service) -> None:
    service.answers.append(errors.DatabaseGone())
    stage.key(ENTER)
    wait(lambda: "no connection" in words(stage))
    stage.key(ESCAPE)
    wait(lambda: not stage.shows("gateway_take"))


def test_a_sale_refused_after_the_charge_says_so_across_the_window(stage: Stage, service: Service) -> None:
    service.answers.append(CardAnswer(CardState.APPROVED, "R1"))
    world: World = stage.world
    world.fail_sell.append(errors.SoldOut(1000, "Standard", 0, 2, 0))
    left_behind(world, state=CardState.APPROVED)
    stage.key(ENTER)
    wait(lambda: "never finished" in stage.window.banner.words())
