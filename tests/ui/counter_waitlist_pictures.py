"""The waitlist at the counter as pictures: python -m tests.ui.counter_waitlist_pictures FOLDER [NAME ...]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from boxoffice.domain.customer import KnownCustomer
from boxoffice.domain.waitlist import EntryState
from boxoffice.ui.language import install_language
from boxoffice.ui.pictures import take_picture
from boxoffice.ui.theme.theme import Mode
from tests.ui.fake_event import NOW, code_of
from tests.ui.fake_orders import SOFIA
from tests.ui.fake_waitlist import an_offer
from tests.ui.pictures import SIZES
from tests.ui.stage import Stage, make_theme, rest, wait
from tests.ui.test_counter_waitlist import (
    F8,
    F9,
    QUARTET,
    SHIFT,
    SOLD_OUT,
    code,
    evening,
    has_to_be_called,
    join_form,
    lena,
    mistype,
    redeem,
)
from tests.ui.test_join_form import NOBODY, changes, comes, comes_with_offer, puts

ENTER, MINUS = Qt.Key.Key_Return, Qt.Key.Key_Minus

type Scene = Callable[[Stage], None]


def sold_out(stage: Stage) -> None:
    stage.choose(SOLD_OUT)


def one_tier_gone(stage: Stage) -> None:
    stage.choose(QUARTET)
    stage.type("123")
    stage.priced()


def joining(stage: Stage) -> None:
    sold_out(stage)
    stage.key(F8)
    stage.type("an")
    rest(300)


def quantity(stage: Stage) -> None:
    sold_out(stage)
    stage.key(F8)
    stage.type(stage.world.book.people[0].name[:6])
    stage.key(ENTER)
    wait(join_form(stage).quantity.hasFocus)


def joined(stage: Stage) -> None:
    quantity(stage)
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))


def offered(stage: Stage) -> None:
    stage.choose(QUARTET)
    redeem(stage)


def fewer(stage: Stage) -> None:
    offered(stage)
    stage.key(MINUS)
    stage.priced()


def paying(stage: Stage) -> None:
    fewer(stage)
    stage.key(F9, SHIFT)
    stage.type("50")


def bought(stage: Stage) -> None:
    offered(stage)
    stage.key(F9)
    wait(lambda: bool(stage.world.sales))


def unknown(stage: Stage) -> None:
    stage.choose(QUARTET)
    stage.type("W" + code_of(4711))
    stage.key(ENTER)
    wait(lambda: stage.counter.problem is not None)


def long_name(stage: Stage) -> None:
    name = "Maximiliana-Charlotte Freifrau von Hohenlohe-Waldenburg-Schillingsfürst und zu Bartenstein"
    stage.world.waitlist.entries_[0] = replace(lena(stage), name=name)
    fewer(stage)


def last_ones_held(stage: Stage) -> None:
    tier = stage.world.event(QUARTET).tiers[2]
    tier.waiting = 12
    stage.world.event(QUARTET).tiers[1].waiting = 1
    stage.choose(QUARTET)
    stage.type("34")


def waits_already(stage: Stage) -> None:
    stage.choose(QUARTET)
    sofia = puts(stage, SOFIA, 4)
    changes(stage, replace(sofia, all_together=True, note="Seats at the aisle, please."))
    puts(stage, SOFIA, 2, 0)
    comes(stage, SOFIA)


def waits_long(stage: Stage) -> None:
    name = "Maximiliana-Charlotte Freifrau von Hohenlohe-Waldenburg-Schillingsfürst und zu Bartenstein"
    long = KnownCustomer(591, name, "a" * 60 + "@" + "subdomain." * 6 + "example", "+49 151 5550142")
    stage.world.book.people.append(long)
    for tier in stage.world.event(QUARTET).tiers:
        tier.name = f"Parkett, Kategorie {tier.name} mit Sicht auf das Orchester und Begrüßungsgetränk"
    stage.choose(QUARTET)
    entry = puts(stage, long, 20)
    changes(stage, replace(entry, note="Sehr lange Notiz für alle, die hier anrufen. " * 10))
    second = puts(stage, long, 2, 0)
    offer = an_offer(second, NOW + timedelta(hours=6))
    changes(stage, replace(second, state=EntryState.OFFERED, offer=offer))
    comes(stage, long)


def changed_long(stage: Stage) -> None:
    waits_long(stage)
    stage.type("6")
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))


def holds(stage: Stage) -> None:
    stage.choose(QUARTET)
    sofia = puts(stage, SOFIA, 2)
    offer = an_offer(sofia, NOW + timedelta(hours=6))
    changes(stage, replace(sofia, state=EntryState.OFFERED, offer=offer))
    comes_with_offer(stage)


def changed(stage: Stage) -> None:
    waits_already(stage)
    stage.type("6")
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))


def no_contact(stage: Stage) -> None:
    stage.world.book.people.append(NOBODY)
    stage.choose(QUARTET)
    comes(stage, NOBODY)
    stage.key(ENTER)


def new_customer(stage: Stage) -> None:
    stage.choose(QUARTET)
    stage.key(F8)
    stage.type("Zora Quin")
    stage.key(ENTER)


def mistyped(stage: Stage) -> None:
    stage.choose(QUARTET)
    mistype(stage)
    stage.key(ENTER)


def over(stage: Stage) -> None:
    stage.choose(QUARTET)
    stage.world.waitlist.entries_[0] = replace(
        lena(stage), state=EntryState.REDEEMED, order_number="2026-000123"
    )
    stage.type(code(stage))
    stage.key(ENTER)


def to_call(stage: Stage) -> None:
    has_to_be_called(stage)
    stage.window._rail.show_calls(12)


SCENES: tuple[Scene, ...] = (
    sold_out, one_tier_gone, joining, quantity, joined, offered, fewer, paying, bought, unknown, long_name,
    last_ones_held, waits_already, waits_long, changed_long, holds, changed, no_contact,
    new_customer, mistyped, over, to_call,
)  # fmt: skip


def main() -> None:
    """Take the pictures."""
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for locale, mode, size in (
        ("en", Mode.LIGHT, SIZES[0]),
        ("en", Mode.DARK, SIZES[1]),
        ("de", Mode.LIGHT, SIZES[0]),
    ):
        install_language(app, locale)
        theme = make_theme(app, mode)
        for scene in SCENES:
            if names and scene.__name__ not in names:
                continue
            stage = Stage(theme, evening(), locale, size).ready()
            scene(stage)
            rest(350)
            look = f"{mode.value}-{locale}-{size[0]}"
            take_picture(stage.window, folder / f"{scene.__name__}-{look}.png")
            stage.close()


if __name__ == "__main__":
    main()
