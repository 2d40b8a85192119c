"""What comes after a sale as pictures: python -m tests.ui.deed_pictures FOLDER [NAME ...]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox

from boxoffice.domain import errors
from boxoffice.domain.person import Role
from boxoffice.ui.language import install_language
from boxoffice.ui.pictures import take_picture
from boxoffice.ui.sell.till.tenders import Form
from boxoffice.ui.theme.theme import Mode
from tests.ui.demo_data import demo_world
from tests.ui.fake_orders import demo_orders
from tests.ui.pictures import SIZES
from tests.ui.stage import Stage, make_theme, rest, wait

type Scene = Callable[[Stage], None]
ENTER = Qt.Key.Key_Return


def _at(stage: Stage, number: int) -> None:
    stage.ready()
    stage.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    screen = stage.window.orders
    wait(lambda: screen.list.model.rowCount() == 7)
    screen.list.table.choose(screen.list.model.row_of(number))
    wait(lambda: screen.detail.order is not None)


def _press(stage: Stage, name: str) -> None:
    button = stage.find(name)
    assert isinstance(button, QAbstractButton)
    button.click()


def offered(stage: Stage) -> None:
    _at(stage, 104217)


def unpaid(stage: Stage) -> None:
    _at(stage, 104209)


def refund(stage: Stage) -> None:
    _at(stage, 104188)
    _press(stage, "order_detail_refund")
    stage.type("ill")
    stage.find("refund_fee").setProperty("text", "2.50")


def refund_fee(stage: Stage) -> None:
    refund(stage)
    stage.find("refund_fee").setProperty("text", "30")


def leave(stage: Stage) -> None:
    _at(stage, 104217)
    stage.world.after.fail.append(errors.NeedsOverride("refund", "order", 104217))
    _press(stage, "order_detail_refund")
    stage.type("ill")
    stage.key(ENTER)
    wait(lambda: stage.shows("refund_manager"))


def lost(stage: Stage) -> None:
    _at(stage, 104217)
    stage.world.after.lose_answer = True
    _press(stage, "order_detail_refund")
    stage.type("ill")
    stage.key(ENTER)
    wait(lambda: stage.shows("refund_notice"))


def refunded(stage: Stage) -> None:
    _at(stage, 104217)
    _press(stage, "order_detail_refund")
    way = stage.find("refund_tender")
    assert isinstance(way, QComboBox)
    way.setCurrentIndex(3)
    stage.type("ill")
    stage.key(ENTER)
    wait(lambda: stage.shows("refund_finish"))


def exchange(stage: Stage) -> None:
    _at(stage, 104183)
    _press(stage, "order_detail_exchange")
    stage.type("another day")
    stage.key(ENTER)
    stage.find("exchange_event_search").setFocus()
    stage.type("harbour")
    wait(lambda: stage.shows("exchange_events"))
    stage.key(ENTER)
    wait(lambda: stage.shows("exchange_quantity_1") and stage.find("exchange_quantity_1").hasFocus())
    stage.type("2")
    wait(stage.find("exchange_take").isEnabled)


def exchange_pay(stage: Stage) -> None:
    exchange(stage)
    _press(stage, "exchange_several")


def pay(stage: Stage) -> None:
    _at(stage, 104209)
    _press(stage, "order_detail_pay")


def cancel(stage: Stage) -> None:
    _at(stage, 104209)
    _press(stage, "order_detail_cancel")


def receipts(stage: Stage) -> None:
    _at(stage, 104188)
    _press(stage, "order_detail_mail")


def _sold(stage: Stage) -> None:
    stage.ready()
    stage.choose(2)
    stage.type("12")
    stage.priced()
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.sale is not None)


def done(stage: Stage) -> None:
    _sold(stage)


def correct(stage: Stage) -> None:
    _sold(stage)
    stage.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: stage.shows("correct_take") and stage.find("correct_take").isEnabled())


def corrected(stage: Stage) -> None:
    correct(stage)
    stage.key(ENTER)
    wait(lambda: stage.counter.basket.count == 2)
    stage.priced()


def _basket(stage: Stage) -> None:
    stage.ready()
    stage.choose(2)
    stage.type("12")
    stage.priced()


def more(stage: Stage) -> None:
    _basket(stage)
    stage.key(Qt.Key.Key_F12)


def customer(stage: Stage) -> None:
    _basket(stage)
    stage.sell.till.basket.tenders.open(Form.CUSTOMER)
    stage.type("a")
    wait(lambda: stage.shows("sale_customer_list"))


def later(stage: Stage) -> None:
    _basket(stage)
    stage.sell.till.basket.tenders.open(Form.LATER)


SCENES: tuple[Scene, ...] = (
    offered,
    unpaid,
    refund,
    refund_fee,
    leave,
    lost,
    refunded,
    exchange,
    exchange_pay,
    pay,
    cancel,
    receipts,
    done,
    correct,
    corrected,
    more,
    customer,
    later,
)


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
            world = demo_world()
            world.book = demo_orders()
            if scene is refund:
                world.role = Role.MANAGER
            stage = Stage(theme, world, locale, size)
            scene(stage)
            rest(350)
            name = f"deed-{scene.__name__}-{mode.value}-{locale}-{size[0]}.png"
            take_picture(stage.window, folder / name)
            stage.close()


if __name__ == "__main__":
    main()
