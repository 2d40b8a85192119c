"""Card payments that a killed program left behind: said across the window, cleared on the Till screen."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from boxoffice.domain.card_payment import (
    CardAnswer,
    CardBasket,
    CardOutcome,
    CardState,
    OpenCardPayment,
)
from boxoffice.domain.sale import SaleLine
from boxoffice.ui.theme.theme import Theme
from tests.ui.conftest import Open
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW, euro
from tests.ui.stage import Stage, wait

ENTER, CONTROL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


def left_behind(world: World, **changes: object) -> OpenCardPayment:
    """Let an earlier program have died with the card at the terminal."""
    event = world.events[0]
    tier = event.tiers[0]
    facts: dict[str, object] = {
        "key": uuid4(),
        "amount": euro(str((tier.price.amount + 0) * 2)),
        "state": CardState.PINNED,
        "till": "Counter 2",
        "till_id": 2,
        "clerk": "Anna Weber",
        "started_at": NOW - timedelta(minutes=20),
        "purchase_key": uuid4(),
        "basket": CardBasket(event.id, (SaleLine(tier.id, 2, tier.price),)),
        "what": event.title,
        "tickets": ((2, tier.name),),
    }
    payment = OpenCardPayment(**(facts | changes))  # type: ignore[arg-type]  # a test's own facts
    world.to_clear.append(payment)
    return payment


@pytest.fixture
def world() -> World:
    return demo_world()


def begin(open_stage: Open, world: World) -> Stage:
    stage = open_stage(world)
    wait(lambda: bool(stage.window.banner.words()))
    return stage


def go(stage: Stage) -> None:
    """Follow the banner by its key."""
    stage.key(Qt.Key.Key_R, CONTROL)
    wait(lambda: stage.shows("card_clear_form"))


def text(stage: Stage, name: str) -> str:
    label = stage.find(name)
    assert isinstance(label, QLabel)
    return label.text()


def test_the_banner_counts_them_and_leads_there(open_stage: Open, world: World) -> None:
    left_behind(world)
    left_behind(world)
    stage = begin(open_stage, world)
    assert stage.window.banner.words().startswith("2 card payments")
    go(stage)
    assert text(stage, "card_clear_what").splitlines()[0] == world.events[0].title


def test_what_was_charged_is_booked_and_printed(open_stage: Open, world: World) -> None:
    payment = left_behind(world)
    stage = begin(open_stage, world)
    go(stage)
    stage.find("card_clear_reference").setFocus()
    stage.type("T-77")
    stage.click("card_clear_charged")
    wait(lambda: stage.shows("card_clear_book"))
    assert not stage.shows("card_clear_not_charged")
    stage.click("card_clear_book")
    wait(lambda: len(stage.printer.printed) == 2)
    [command] = world.sold_commands
    assert (command.purchase_key, command.payments[0].card_key) == (payment.purchase_key, payment.key)
    assert command.payments[0].reference == "T-77"
    wait(lambda: not stage.window.banner.words())


@pytest.mark.parametrize(
    ("state", "button", "outcome"),
    [
        (CardState.PINNED, "card_clear_not_charged", CardOutcome.NOT_CHARGED),
        (CardState.APPROVED, "card_clear_given_back", CardOutcome.GIVEN_BACK),
    ],
)
def test_it_is_settled_by_one_button(
    open_stage: Open, world: World, state: CardState, button: str, outcome: CardOutcome
) -> None:
    left_behind(world, state=state)
    stage = begin(open_stage, world)
    go(stage)
    stage.click(button)
    wait(lambda: [wish.outcome for wish in world.cleared] == [outcome])
    wait(lambda: not stage.window.banner.words())


def test_nothing_is_booked_twice_or_at_another_till(open_stage: Open, world: World) -> None:
    left_behind(world, state=CardState.APPROVED, order_number="2026-1")
    stage = begin(open_stage, world)
    go(stage)
    assert not stage.shows("card_clear_book")
    assert "paid otherwise" in text(stage, "card_clear_advice")


def test_the_payment_in_hand_is_nobodys_to_clear(open_stage: Open, world: World) -> None:
    stage = open_stage(world)
    stage.type("12")
    stage.priced()
    stage.key(Qt.Key.Key_F10)
    wait(lambda: len(world.pins) == 1)
    left_behind(world, key=world.pins[0].key)
    stage.key(Qt.Key.Key_D, CONTROL)
    wait(lambda: stage.shows("till_tab_cards"))
    tab = stage.find("till_tab_cards")
    assert isinstance(tab, QPushButton)
    assert "(" not in tab.text()
    assert world.pins[0].basket is not None
    assert [line.quantity for line in world.pins[0].basket.lines] == [2]


def test_the_gateway_is_asked_from_here(open_stage: Open, world: World) -> None:
    payment = left_behind(world, gateway="acme", state=CardState.UNKNOWN)

    def look_up(_key: object) -> CardAnswer:
        world.to_clear.clear()
        return CardAnswer(CardState.DECLINED)

    world.charge = lambda _pin: CardAnswer(CardState.UNKNOWN)
    world.card_look_up = look_up
    stage = begin(open_stage, world)
    go(stage)
    stage.click("card_clear_ask")
    wait(lambda: not stage.window.banner.words())
    assert payment.key not in {wish.payment.key for wish in world.cleared}


def test_a_closed_window_says_nothing(theme: Theme, world: World) -> None:
    stage = Stage(theme, world)
    stage.ready()
    assert stage.window.banner.words() == ""
    stage.close()
