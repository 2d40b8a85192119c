"""A locked screen shows nothing, lets no key through and keeps the basket."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from boxoffice.ui.frame.idle import IdleWatch
from boxoffice.ui.sell.counter import Phase
from tests.ui.stage import Stage, rest, wait

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def lock(stage: Stage) -> QLineEdit:
    stage.key(Qt.Key.Key_L, BOTH)
    field = stage.find("unlock_secret")
    assert isinstance(field, QLineEdit)
    assert stage.shows("lock_screen")
    return field


def answer(stage: Stage, secret: str) -> None:
    QTest.keyClicks(stage.find("unlock_secret"), secret)
    QTest.keyClick(stage.find("unlock_secret"), Qt.Key.Key_Return)
    wait(stage.find("unlock").isEnabled)


def test_it_covers_everything_and_no_key_sells_behind_it(stage: Stage) -> None:
    stage.type("12")
    lock(stage)
    assert stage.find("lock_screen").geometry() == stage.window.rect()
    picture = stage.window.grab().toImage()
    assert len({picture.pixelColor(x, 30).name() for x in range(0, picture.width(), 3)}) == 1
    for key in (Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Tab):
        QTest.keyClick(stage.window.focusWidget() or stage.window, key)
    QTest.keyClick(stage.window, Qt.Key.Key_P, BOTH)
    rest(20)
    assert stage.world.sales == []
    assert stage.counter.phase is Phase.CHOOSING
    assert not stage.shows("help_overlay")
    assert stage.shows("lock_screen")


def test_password_or_pin_lets_the_same_person_on_with_their_basket(stage: Stage) -> None:
    for secret in ("s3cret", "4711"):
        stage.type("11")
        before = stage.counter.basket.count
        lock(stage)
        answer(stage, "guess")
        assert stage.shows("lock_screen")
        assert stage.find("unlock_notice").isVisible()
        answer(stage, secret)
        wait(lambda: not stage.shows("lock_screen"))
        assert stage.counter.basket.count == before
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.world.sales) == 1)


def test_a_wrong_secret_does_not_stay_in_the_field(stage: Stage) -> None:
    field = lock(stage)
    answer(stage, "guess")
    assert field.text() == ""
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_somebody_else_may_come(stage: Stage) -> None:
    asked: list[bool] = []
    stage.window.switch_wanted.connect(lambda: asked.append(True))
    lock(stage)
    stage.click("switch_person")
    assert asked == [True]
    assert stage.shows("lock_screen")


def test_without_input_it_locks_by_itself_and_input_puts_it_off(stage: Stage) -> None:
    watch = IdleWatch(0.5 / 60, stage.window)
    watch.idle.connect(stage.window.lock)
    twice_as_long = QDeadlineTimer(1000)
    while not twice_as_long.hasExpired():
        rest(5)
        QTest.keyClick(stage.window, Qt.Key.Key_Down)
    assert not stage.shows("lock_screen")
    wait(lambda: stage.shows("lock_screen"))
