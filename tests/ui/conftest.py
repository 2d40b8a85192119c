"""Screen tests fail on Qt's own warnings and on windows or threads that are left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from boxoffice.ui.theme.theme import Mode, Theme
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.stage import Stage, make_theme
from tests.ui.waitlist_stage import a_world, shown

type Open = Callable[[World], Stage]

_HARMLESS = ("This plugin does not support",)
"""What the offscreen platform says of things that a screen has and it has not."""


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return make_theme(qapp)


@pytest.fixture(autouse=True)
def tidy(theme: Theme) -> Iterator[None]:
    said: list[str] = []

    def hear(kind: QtMsgType, _context: object, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not message.startswith(_HARMLESS):
            said.append(message)

    threads = {thread.ident for thread in threading.enumerate()}
    before = qInstallMessageHandler(hear)
    theme.set_mode(Mode.LIGHT)
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qInstallMessageHandler(before)
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    names = [f"{type(widget).__name__} {widget.objectName()}" for widget in left]
    for widget in left:
        widget.close()
    assert not said, said
    assert not names, names
    # Threads of Qt's pools show up as dummies and live on for half a minute by design.
    ours = [
        thread
        for thread in threading.enumerate()
        if thread.ident not in threads and "Dummy" not in type(thread).__name__
    ]
    assert not ours, ours


@pytest.fixture
def open_stage(theme: Theme) -> Iterator[Open]:
    """Opens a window on a world, ready to sell, and closes it after the test."""
    stages: list[Stage] = []

    def open_on(world: World) -> Stage:
        stages.append(Stage(theme, world))
        return stages[-1].ready()

    yield open_on
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(open_stage: Open) -> Stage:
    """The demo evening, with the Blue Harbour Quartet chosen."""
    opened = open_stage(demo_world())
    opened.choose(2)
    return opened


@pytest.fixture
def waitlist(open_stage: Open) -> Stage:
    """The list of the design, the Waitlist screen in front."""
    return shown(open_stage(a_world()))
