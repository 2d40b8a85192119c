"""The Waitlist screen on the fake desk: opening it, pressing, filling in and reading it, for its tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import (
    EntryState,
    WaitlistFilter,
)
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW
from tests.ui.fake_orders import demo_orders
from tests.ui.fake_waitlist import (
    IMPROV,
    FakeWaitlist,
    an_entry,
    an_offer,
    demo_waitlist,
)
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, DOWN, INSERT = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Insert
EVERYBODY = WaitlistFilter(IMPROV)

type Open = Callable[..., Stage]


def a_world(role: Role = Role.CLERK) -> World:
    world = demo_world()
    world.book = demo_orders()
    world.waitlist = demo_waitlist(world.events)
    world.role = role
    return world


def shown(stage: Stage, rows: int = 6) -> Stage:
    stage.key(Qt.Key.Key_W, CONTROL)
    wait(lambda: stage.window.waitlist.entries.model.rowCount() == rows)
    return stage


def book(stage: Stage) -> FakeWaitlist:
    return stage.world.waitlist


def opened(stage: Stage, entry_id: int) -> Stage:
    screen = stage.window.waitlist
    screen.entries.table.choose(screen.entries.model.row_of(entry_id))
    screen.entries.take_focus()
    stage.key(ENTER)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.id == entry_id)
    wait(lambda: stage.shows("waitlist_detail_name"))
    return stage


def choose_state(stage: Stage, words: str) -> None:
    state = stage.find("waitlist_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(state.findText(words))


def words(stage: Stage, name: str) -> str:
    return stage.find(name).text()  # type: ignore[attr-defined, no-any-return]


def said(stage: Stage, name: str) -> str:
    return stage.find(name).sentence()  # type: ignore[attr-defined, no-any-return]


def focused(stage: Stage) -> str:
    widget = stage.window.focusWidget()
    return widget.objectName() if widget is not None else ""


def press(stage: Stage, name: str) -> None:
    button = stage.find(name)
    assert isinstance(button, QAbstractButton)
    button.click()


def fill(stage: Stage, name: str, text: str) -> None:
    line = stage.find(name)
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    stage.type(text)


class UrlTaker(QObject):
    """Takes what the computer would have dialled."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.taken.append(url)


def asked(stage: Stage, *what: object) -> bool:
    return bool(book(stage).done) and book(stage).done[-1] == what


def looked_for(stage: Stage, text: str) -> None:
    search = stage.find("waitlist_search")
    assert isinstance(search, QLineEdit)
    search.setFocus()
    stage.type(text)
    wait(lambda: book(stage).asked[-1][0].text in (text, text.strip()))


def note_title(stage: Stage) -> str:
    return stage.find("waitlist_note").title()  # type: ignore[attr-defined, no-any-return]


def sold_meanwhile(stage: Stage, row: int) -> None:
    list_ = book(stage)
    list_.entries_[row] = replace(list_.entries_[row], state=EntryState.REDEEMED)
    stage.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: words(stage, "waitlist_detail_state") == "Bought")


def with_twins(world: World) -> World:
    world.waitlist.entries_.append(an_entry(9, "O. Svensson", 2, "ola@example.se", place=7))
    world.waitlist.pairs = [(5, 9)]
    return world


def closed_too(stage: Stage) -> None:
    choose_state(stage, "All entries")
    wait(lambda: stage.window.waitlist.entries.model.row_of(8) >= 0)


def two_to_call(world: World) -> World:
    other = an_entry(9, "Nadia Haddad", 2, "+33 6 12", event_id=7, state=EntryState.OFFERED, place=1)
    other = replace(other, offer=an_offer(other, NOW + timedelta(hours=2)))
    assert other.offer is not None
    other = replace(other, offer=replace(other.offer, mail=world.waitlist.entries_[1].offer.mail))  # type: ignore[union-attr]
    world.waitlist.entries_.append(other)
    return world
