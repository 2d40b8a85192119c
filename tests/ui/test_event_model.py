from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from boxoffice.domain.event import EventFilter, EventKey, EventPage
from boxoffice.formats import Formats
from boxoffice.ui.sell.events.model import EventModel
from boxoffice.ui.sell.events.rows import DayHeading, EventLine, LineWriter
from boxoffice.ui.theme.tokens import Tone
from tests.ui.demo_data import demo_world, huge_world
from tests.ui.fake_desk import World

TODAY = date(2026, 11, 22)
ALL = EventFilter()

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def model() -> EventModel:
    made = EventModel(LineWriter(Formats("en"), TODAY))
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def words(model: EventModel) -> list[str]:
    lines = [model.line(row) for row in range(model.rowCount())]
    return [line.words if isinstance(line, DayHeading) else line.title for line in lines]


def small(page_size: int = 3) -> World:
    world = demo_world()
    world.page_size = page_size
    return world


def test_days_stand_above_their_events_and_today_comes_first(model: EventModel) -> None:
    model.restart(demo_world().browse_events(ALL, None))
    assert words(model)[:6] == [
        "Today, Sunday 22 November",
        "Die Zauberflöte for Families",
        "Blue Harbour Quartet",
        "Improv Night: The Wrong Door",
        "Tomorrow",
        "Lecture: Cities after Dark",
    ]


def test_lines_say_how_many_are_left_and_how_bad_it_is(model: EventModel) -> None:
    model.restart(demo_world().browse_events(ALL, None))
    seen = {}
    for row in range(model.rowCount()):
        line = model.event_line(row)
        if line is not None:
            seen[line.listing.id] = (line.note.split(" · ")[1], line.tone)
    assert seen[1] == ("212 left", Tone.ACCENT)
    assert seen[2] == ("9 left", Tone.WARN)
    assert seen[3] == ("sold out, 14 waiting", Tone.FAINT)
    assert seen[8] == ("on sale Mon 10:00", Tone.FAINT)


def test_pages_follow_each_other_without_a_second_heading_for_the_same_day(model: EventModel) -> None:
    world = small(page_size=2)
    wanted: list[EventKey] = []
    model.more_wanted.connect(wanted.append)
    model.restart(world.browse_events(ALL, None))
    given = 0
    # The tester asks for more as a view would, as often as it likes: only one page is ever on its way.
    while given < len(wanted) or model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
        assert not model.canFetchMore(QModelIndex())
        assert len(wanted) == given + 1
        model.extend(world.browse_events(ALL, wanted[given]))
        given += 1
    whole = EventModel(LineWriter(Formats("en"), TODAY))
    whole.restart(demo_world().browse_events(ALL, None))
    assert words(model) == words(whole)
    assert len(wanted) == 6


def test_a_page_that_could_not_be_had_can_be_asked_for_again(model: EventModel) -> None:
    model.restart(small().browse_events(ALL, None))
    model.fetchMore(QModelIndex())
    model.fetch_failed()
    assert model.canFetchMore(QModelIndex())


def loaded(model: EventModel, world: World, pages: int) -> None:
    page = world.browse_events(ALL, None)
    model.restart(page)
    for _ in range(pages - 1):
        page = world.browse_events(ALL, page.next_key)
        model.extend(page)


def shown(model: EventModel) -> list[int]:
    lines = [model.line(row) for row in range(model.rowCount())]
    return [line.listing.id for line in lines if isinstance(line, EventLine)]


def test_a_sale_elsewhere_changes_one_line_and_moves_none(model: EventModel) -> None:
    world = small(page_size=50)
    loaded(model, world, 1)
    changes: list[int] = []
    moves: list[int] = []
    model.dataChanged.connect(lambda top, _bottom: changes.append(top.row()))
    model.rowsInserted.connect(lambda *_: moves.append(1))
    model.rowsRemoved.connect(lambda *_: moves.append(1))
    world.event(5).tiers[0].sold += 3
    model.refresh(None, world.browse_events(ALL, None))
    assert changes == [model.row_of(5)]
    assert moves == []


@pytest.mark.parametrize("after_row", [0, 2, 5, 8])
def test_refreshing_a_part_yields_what_a_fresh_list_shows(model: EventModel, after_row: int) -> None:
    world = small(page_size=4)
    loaded(model, world, 3)
    after = model.key_before(after_row)
    gone = model.event_line(after_row + 2) or model.event_line(after_row + 3)
    assert gone is not None
    world.events = [event for event in world.events if event.id != gone.listing.id]
    model.refresh(after, world.browse_events(ALL, after))
    assert gone.listing.id not in shown(model)
    assert shown(model) == sorted(shown(model), key=[event.id for event in world.events].index)
    headings = [line for line in words(model) if line.endswith("November") or line == "Tomorrow"]
    assert len(headings) == len(set(headings))


def test_an_event_moved_to_another_day_takes_its_heading_along(model: EventModel) -> None:
    world = small(page_size=50)
    loaded(model, world, 1)
    moved = world.event(4)
    moved.starts += timedelta(days=1)
    world.events.sort(key=lambda event: (event.starts, event.id))
    model.refresh(None, world.browse_events(ALL, None))
    fresh = EventModel(LineWriter(Formats("en"), TODAY))
    fresh.restart(world.browse_events(ALL, None))
    assert words(model) == words(fresh)


def test_a_list_that_became_empty_is_empty(model: EventModel) -> None:
    loaded(model, small(page_size=50), 1)
    model.refresh(None, EventPage((), None))
    assert model.rowCount() == 0


def test_ten_thousand_events_are_paged_by_key(model: EventModel) -> None:
    world = huge_world(2_000)
    world.page_size = 500
    loaded(model, world, 4)
    assert len(shown(model)) == 2_000
    assert shown(model) == list(range(1, 2_001))
