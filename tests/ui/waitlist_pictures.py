"""The Waitlist screen's states as pictures: python -m tests.ui.waitlist_pictures FOLDER [NAME ...]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

from boxoffice.domain import errors
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import EntryState
from boxoffice.ui.language import install_language
from boxoffice.ui.pictures import take_picture
from boxoffice.ui.theme.theme import Mode
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_orders import demo_orders
from tests.ui.fake_waitlist import IMPROV, an_entry, demo_waitlist, long_waitlist, with_calls, without_contact
from tests.ui.pictures import SIZES
from tests.ui.stage import Stage, make_theme, rest, wait

type Scene = Callable[[Stage], None]

ENTER, DOWN, INSERT = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Insert


def world() -> World:
    made = demo_world()
    made.book = demo_orders()
    made.waitlist = with_calls(demo_waitlist(made.events))
    made.role = Role.MANAGER
    return made


def waitlist(stage: Stage) -> None:
    stage.ready()
    stage.click("rail_waitlist")
    entries = stage.window.waitlist.entries
    wait(lambda: entries.model.rowCount() > 0)
    state = stage.find("waitlist_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(state.count() - 1)
    wait(
        lambda: (
            entries.model.rowCount() == len(stage.world.waitlist.entries_) or entries.model.rowCount() == 60
        )
    )
    entries.take_focus()


def _open(stage: Stage, entry_id: int) -> None:
    screen = stage.window.waitlist
    screen.entries.show_entry(entry_id)
    screen.entries.opened.emit(entry_id)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.id == entry_id)
    rest(50)  # the panel is laid out once it is shown


def offered(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 2)


def skipped(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 4)


def changing(stage: Stage) -> None:
    skipped(stage)
    stage.click("waitlist_to_change")


def priority(stage: Stage) -> None:
    skipped(stage)
    stage.world.waitlist.fail.append(errors.NeedsOverride("prioritise", "event", 4))
    stage.click("waitlist_to_priority")
    stage.key(ENTER)
    stage.find("waitlist_priority_reason").setFocus()
    stage.type("wheelchair")
    stage.key(ENTER)
    wait(lambda: stage.shows("waitlist_priority_manager"))


def calling(stage: Stage) -> None:
    offered(stage)
    stage.click("waitlist_to_call")


def doubles(stage: Stage) -> None:
    book = stage.world.waitlist
    twin = replace(an_entry(9, "O. Svensson", 2, "ola@example.se", place=7), tier_id=None, tier="")
    book.entries_.append(twin)
    book.pairs = [(5, 9)]
    waitlist(stage)
    _open(stage, 5)
    wait(lambda: stage.shows("waitlist_detail_double"))


def merging(stage: Stage) -> None:
    doubles(stage)
    stage.click("waitlist_to_merge")


def adding(stage: Stage) -> None:
    waitlist(stage)
    stage.key(INSERT)
    stage.type("a")
    wait(lambda: stage.shows("join_customer_list"))


def wanting(stage: Stage) -> None:
    waitlist(stage)
    stage.key(INSERT)
    stage.type("sofia")
    stage.key(ENTER)
    wait(lambda: stage.shows("join_quantity"))


def added(stage: Stage) -> None:
    wanting(stage)
    stage.key(ENTER)
    wait(lambda: stage.shows("join_result"))


def refused(stage: Stage) -> None:
    wanting(stage)
    stage.world.waitlist.fail.append(errors.StillAvailable("Standard", 3))
    stage.key(ENTER)
    wait(lambda: stage.shows("join_notice"))


def calls(stage: Stage) -> None:
    waitlist(stage)
    stage.click("waitlist_calls")
    wait(lambda: stage.shows("call_name"))


def declining(stage: Stage) -> None:
    calls(stage)
    stage.key(Qt.Key.Key_3)


def declined(stage: Stage) -> None:
    stage.world.waitlist.went_to = {902: (6, 3)}
    declining(stage)
    stage.key(ENTER)
    wait(lambda: stage.shows("call_next"))


def happened(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 8)


def long_story(stage: Stage) -> None:
    long_person(stage)
    for part in ("history", "story"):
        stage.click(f"waitlist_{part}_more")
    area = stage.window.waitlist.detail._area.verticalScrollBar()
    rest(50)
    area.setValue(area.maximum() // 2)


def open_entries(stage: Stage) -> None:
    offered(stage)
    state = stage.find("waitlist_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(0)
    rest(50)


def called(stage: Stage) -> None:
    calls(stage)
    stage.key(Qt.Key.Key_1)
    wait(lambda: stage.shows("call_list_state"))


def settled(stage: Stage) -> None:
    calls(stage)
    book = stage.world.waitlist
    book.entries_[1] = replace(book.entries_[1], state=EntryState.REDEEMED, order_number="2026-104102")
    stage.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: stage.shows("call_notice"))


def calls_elsewhere(stage: Stage) -> None:
    waitlist(stage)
    book = stage.world.waitlist
    book.entries_[1] = replace(book.entries_[1], event_id=2)
    stage.click("waitlist_calls")
    wait(lambda: stage.shows("call_list_state_action"))


def found_otherwise(stage: Stage) -> None:
    open_entries(stage)
    stage.find("waitlist_search").setFocus()
    stage.type("rosa")
    wait(lambda: stage.shows("waitlist_note_action"))


def extending(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 1)
    stage.click("waitlist_to_extend")
    stage.type("2")
    stage.key(ENTER)


def rules(stage: Stage) -> None:
    waitlist(stage)
    stage.click("waitlist_rules")


def empty_event(stage: Stage) -> None:
    waitlist(stage)
    stage.window.waitlist.events.show_event(2)
    wait(lambda: stage.window.waitlist.entries.model.rowCount() == 0)


def nothing(stage: Stage) -> None:
    stage.world.waitlist.events_ = []
    stage.world.waitlist.entries_ = []
    stage.ready()
    stage.click("rail_waitlist")


def loading(stage: Stage) -> None:
    stage.world.waitlist.gate = Event()
    stage.ready()
    stage.click("rail_waitlist")
    rest(200)


def failed(stage: Stage) -> None:
    stage.world.waitlist.fail_looks = errors.DatabaseGone()
    stage.ready()
    stage.click("rail_waitlist")


def long_list(stage: Stage) -> None:
    waitlist(stage)


def long_person(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 1)


def promoter(stage: Stage) -> None:
    waitlist(stage)
    _open(stage, 1)


SCENES: tuple[Scene, ...] = (
    waitlist, offered, skipped, changing, priority, calling, doubles, merging, adding, wanting, added,
    refused, calls, declining, declined, open_entries, called, rules, empty_event, nothing, loading, failed,
    long_list, long_person, long_story, happened, promoter, settled, calls_elsewhere, found_otherwise,
    extending,
)  # fmt: skip


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1])
    names = sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for locale, mode, size in (
        ("en", Mode.LIGHT, SIZES[1]),
        ("de", Mode.LIGHT, SIZES[0]),
        ("de", Mode.DARK, SIZES[1]),
        ("en", Mode.DARK, SIZES[0]),
    ):
        look = f"{mode.value}-{locale}-{size[0]}"
        if any("-" in name for name in names) and look not in names:
            continue
        install_language(app, locale)
        theme = make_theme(app, mode)
        for scene in SCENES:
            if scene.__name__ not in (names or [scene.__name__]) and any("-" not in name for name in names):
                continue
            made = world()
            if scene in (long_list, long_person, long_story):
                made.waitlist = long_waitlist(made.events)
            if scene is promoter:
                made.role = Role.PROMOTER
                made.waitlist.entries_ = [without_contact(one) for one in made.waitlist.entries_]
            stage = Stage(theme, made, locale, size)
            scene(stage)
            rest(350)
            take_picture(stage.window, folder / f"waitlist-{scene.__name__}-{look}.png")
            stage.close()


if __name__ == "__main__":
    main()
