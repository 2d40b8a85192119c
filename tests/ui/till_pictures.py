"""The Till screen's states as pictures: python -m tests.ui.till_pictures FOLDER [NAME ...]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from boxoffice.domain.card_payment import CardBasket, CardState
from boxoffice.domain.cash import Count, DrawerElsewhere, MoveCash, Movement, OpenDrawer
from boxoffice.domain.person import Role
from boxoffice.printing.layouts import A4
from boxoffice.ui.language import install_language
from boxoffice.ui.pictures import take_picture
from boxoffice.ui.theme.theme import Mode
from boxoffice.ui.widgets.table import Table
from tests.ui.demo_data import shut_world
from tests.ui.fake_drawer import closing
from tests.ui.fake_event import NOW, euro
from tests.ui.pictures import SIZES
from tests.ui.stage import Stage, make_theme, rest, wait
from tests.ui.test_card_clearing import left_behind

type Scene = Callable[[Stage], None]


def none(stage: Stage) -> None:
    stage.ready()
    stage.click("rail_till")
    wait(lambda: stage.shows("drawer_open"))


def opening(stage: Stage) -> None:
    none(stage)
    stage.key(Qt.Key.Key_F2)
    stage.find("float_note_50").setFocus()
    stage.type("2")
    stage.key(Qt.Key.Key_Return)
    stage.type("5")


def open_drawer(stage: Stage) -> None:
    drawer = stage.world.drawer
    drawer.open(OpenDrawer(Count("EUR"), euro("200")))
    drawer.move(MoveCash(1, Movement.PAID_IN, euro("50"), "change from the bank"))
    drawer.move(MoveCash(1, Movement.PAID_OUT, euro("12.50"), "taxi for the soloist"))
    drawer.move(MoveCash(1, Movement.SAFE_DROP, euro("500"), "evening"))
    drawer.closings += [
        closing(12, NOW.date() - timedelta(days=1), "1060.50", "1058"),
        closing(11, NOW.date() - timedelta(days=2), "812", "812"),
        closing(10, NOW.date() - timedelta(days=3), "1311.20", "1311.70"),
    ]
    stage.ready()
    stage.click("rail_till")
    wait(lambda: stage.shows("drawer_count"))


def manager(stage: Stage) -> None:
    drawer = stage.world.drawer
    drawer.is_manager = True
    drawer.elsewhere = (
        DrawerElsewhere(7, "Counter 1", "Otto Klein", NOW - timedelta(hours=5), None, euro("655.50"), None),
        DrawerElsewhere(8, "Foyer", "Nina Roth", NOW - timedelta(hours=6), NOW, euro("480"), euro("479.50")),
    )
    open_drawer(stage)
    stage.click("till_tab_elsewhere")


def paying_out(stage: Stage) -> None:
    open_drawer(stage)
    stage.world.drawer.needs_leave = True
    stage.key(Qt.Key.Key_F4)
    stage.type("20")
    stage.key(Qt.Key.Key_Return)
    stage.type("flowers")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.shows("till_manager"))


def counting(stage: Stage) -> None:
    open_drawer(stage)
    stage.key(Qt.Key.Key_F6)
    for text in ("", "", "1", "5", "3", "2", "0", "4", "7"):
        stage.type(text)
        stage.key(Qt.Key.Key_Return)


def counted(stage: Stage) -> None:
    counting(stage)
    stage.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: stage.shows("sign_off_enter"))


def doubted(stage: Stage) -> None:
    left_behind(stage.world)
    counted(stage)
    stage.key(Qt.Key.Key_Return)


def no_amount(stage: Stage) -> None:
    none(stage)
    stage.key(Qt.Key.Key_F2)
    stage.type("much")
    stage.key(Qt.Key.Key_Return)


def part_charged(stage: Stage) -> None:
    basket = CardBasket(1, (), total=euro("57"))
    left_behind(stage.world, state=CardState.APPROVED, basket=basket, amount=euro("20"))
    order = {"order_id": 7, "order_number": "2026-104209", "basket": None, "order_due": euro("48")}
    left_behind(stage.world, state=CardState.APPROVED, amount=euro("30"), **order)
    open_drawer(stage)
    stage.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: stage.shows("card_clear_book"))


def report(stage: Stage) -> None:
    open_drawer(stage)
    stage.click("till_tab_closings")
    table = stage.find("till_closings")
    assert isinstance(table, Table)
    table.choose(12)
    wait(lambda: stage.shows("report_sheet"))


def clearing(stage: Stage) -> None:
    left_behind(stage.world)
    left_behind(stage.world, state=CardState.UNKNOWN, basket=None, what="", tickets=())
    open_drawer(stage)
    stage.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: stage.shows("card_clear_charged"))


def charged(stage: Stage) -> None:
    clearing(stage)
    stage.click("card_clear_charged")
    wait(lambda: stage.shows("card_clear_book"))


def training(stage: Stage) -> None:
    stage.window.mark_training()
    open_drawer(stage)


SCENES: tuple[Scene, ...] = (
    training,
    none, opening, open_drawer, manager, paying_out, counting, counted, doubted, no_amount,
    part_charged, report, clearing, charged,
)  # fmt: skip


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1])
    names = sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for locale, mode, size in (
        ("en", Mode.LIGHT, SIZES[0]),
        ("de", Mode.DARK, SIZES[0]),
        ("de", Mode.LIGHT, SIZES[1]),
        ("en", Mode.DARK, SIZES[1]),
    ):
        install_language(app, locale)
        theme = make_theme(app, mode)
        for scene in SCENES:
            if names and scene.__name__ not in names:
                continue
            world = shut_world()
            if scene is manager:
                world.role = Role.MANAGER
            stage = Stage(theme, world, locale, size)
            stage.printer.destination = replace(stage.printer.destination, layout=A4)
            scene(stage)
            rest(350)
            take_picture(stage.window, folder / f"till-{scene.__name__}-{mode.value}-{locale}-{size[0]}.png")
            stage.close()


if __name__ == "__main__":
    main()
