from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from boxoffice.domain.notice import Notice, Topic
from boxoffice.ui.freshness import Connection, Freshness, Watch
from tests.ui.stage import wait

SOLD = Notice(Topic.AVAILABILITY, 7)
RENAMED = Notice(Topic.EVENTS, 7)
PRINTED = Notice(Topic.PRINTS)


class Screen:
    def __init__(self, freshness: Freshness) -> None:
        self.widget = QWidget()
        self.reloads: list[frozenset[Notice]] = []
        topics = (Topic.AVAILABILITY, Topic.EVENTS)
        self.watch: Watch = freshness.watch(self.widget, topics, self.reloads.append)


@pytest.fixture
def freshness() -> Freshness:
    return Freshness()


@pytest.fixture
def screen(freshness: Freshness, qapp: object) -> Iterator[Screen]:
    assert qapp
    made = Screen(freshness)
    yield made
    made.widget.close()
    made.widget.deleteLater()


def test_a_visible_screen_reloads_at_once(freshness: Freshness, screen: Screen) -> None:
    screen.widget.show()
    freshness.heard(SOLD)
    assert screen.reloads == [frozenset({SOLD})]


def test_what_a_screen_does_not_show_leaves_it_alone(freshness: Freshness, screen: Screen) -> None:
    screen.widget.show()
    freshness.heard(PRINTED)
    assert screen.reloads == []
    assert not screen.watch.stale


def test_a_storm_reaches_the_screen_as_two_reloads(freshness: Freshness, screen: Screen) -> None:
    screen.widget.show()
    for event in range(500):
        freshness.heard(Notice(Topic.AVAILABILITY, event))
    freshness.heard(RENAMED)
    assert len(screen.reloads) == 1
    wait(lambda: len(screen.reloads) == 2)
    assert RENAMED in screen.reloads[1]
    assert len(screen.reloads[1]) == 500


def test_a_hidden_screen_goes_stale_and_reloads_when_it_is_shown(
    freshness: Freshness, screen: Screen
) -> None:
    freshness.touched((SOLD, RENAMED))
    assert screen.reloads == []
    assert screen.watch.stale
    screen.widget.show()
    wait(lambda: len(screen.reloads) == 1)
    assert screen.reloads == [frozenset({SOLD, RENAMED})]


def test_after_a_reconnect_everything_is_stale(freshness: Freshness, screen: Screen) -> None:
    screen.widget.show()
    states: list[Connection] = []
    freshness.connection_changed.connect(states.append)
    freshness.connected(alive=False)
    freshness.connected(alive=True)
    assert states == [Connection.RECONNECTING, Connection.LIVE]
    assert screen.reloads == [frozenset({Notice(Topic.AVAILABILITY), Notice(Topic.EVENTS)})]


def test_what_was_missed_before_the_first_listening_is_asked_for(
    freshness: Freshness, screen: Screen
) -> None:
    screen.widget.show()
    freshness.connected(alive=True)
    assert len(screen.reloads) == 1
    freshness.connected(alive=True)
    assert len(screen.reloads) == 1


def test_a_connection_that_stays_away_is_called_offline(freshness: Freshness, screen: Screen) -> None:
    assert screen
    states: list[Connection] = []
    freshness.connection_changed.connect(states.append)
    freshness.connected(alive=False)
    freshness.give_up()
    freshness.connected(alive=True)
    assert states == [Connection.RECONNECTING, Connection.OFFLINE, Connection.LIVE]


def test_a_screen_that_is_gone_is_not_called(freshness: Freshness, qapp: object) -> None:
    assert qapp
    gone = Screen(freshness)
    gone.widget.show()
    gone.widget.close()
    gone.widget.deleteLater()
    wait(lambda: not freshness.watched)
    freshness.heard(SOLD)
    assert gone.reloads == []
