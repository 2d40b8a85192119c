"""The event list: order, pages, search and filters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_event

from boxoffice.domain.event import EventFilter, EventListing
from boxoffice.storage.database import Database
from boxoffice.storage.queries import browse
from boxoffice.usecases.events.browse_events import browse_events, event_offer, filter_choices
from tests.office import Office

START = datetime.now(UTC) + timedelta(days=2)


def titles(db: Database, **wanted: Any) -> list[str]:
    return [row.title for row in browse_events(db, EventFilter(**wanted), None).rows]


def everything(db: Database, wanted: EventFilter) -> list[EventListing]:
    page = browse_events(db, wanted, None)
    rows = list(page.rows)
    while page.next_key is not None:
        page = browse_events(db, wanted, page.next_key)
        rows.extend(page.rows)
    return rows


def test_pages_by_key_are_whole_and_in_order_even_where_events_begin_together(
    db: Database, office: Office
) -> None:
    made = [office.event(start_time=START + timedelta(hours=number // 30)) for number in range(250)]
    rows = everything(db, EventFilter())
    assert [row.id for row in rows] == made
    assert len(browse_events(db, EventFilter(), None).rows) == browse.PAGE_SIZE


def test_drafts_and_what_is_over_are_left_out_and_cancelled_ones_stay(db: Database, office: Office) -> None:
    office.event(title="Draft", status="draft")
    office.event(title="Over", start_time=START - timedelta(days=5), end_time=START - timedelta(days=4))
    office.event(title="Running", start_time=START - timedelta(days=5), end_time=START)
    office.event(title="Off", status="cancelled")
    assert titles(db) == ["Running", "Off"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zauber", True),
        ("ZAUBERFLÖTE", True),
        ("zauberflote", True),
        ("opera", True),
        ("mozarts letzte", True),
        ("families zaub", True),
        ("flöte", False),
        ("rock", False),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("'", False),
        ("zauber'; DROP TABLE events;--", False),
    ],
)
def test_search_finds_beginnings_of_words_in_title_venue_and_description(
    db: Database, office: Office, typed: str, found: bool
) -> None:
    office.event(
        title="Die Zauberflöte for Families", venue="Opera House", description="Mozarts letzte Oper, gekürzt."
    )
    assert (titles(db, text=typed) == ["Die Zauberflöte for Families"]) is found


@pytest.mark.parametrize("typed", ["pop", "rock.pop", "Ρεμπέτικα", "ρεμπε", "балет", "Kora", "strasse"])
def test_search_in_other_alphabets_and_across_punctuation(db: Database, office: Office, typed: str) -> None:
    office.event(title="Rock.Pop: Ρεμπέτικα, Балет & Korá", venue="Straße")
    assert len(titles(db, text=typed)) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=200))
def test_nothing_that_can_be_typed_breaks_the_search(db: Database, typed: str) -> None:
    assert browse_events(db, EventFilter(text=typed.replace("\0", "")), None).next_key is None


def test_a_rare_word_beyond_the_near_events_is_found(
    db: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "NEAR_EVENTS", 5)
    for number in range(20):
        office.event(start_time=START + timedelta(hours=number))
    office.event(title="Rarity", start_time=START + timedelta(days=9))
    assert titles(db, text="rarity") == ["Rarity"]
    assert len(titles(db, text="event")) == 20


def test_a_word_that_all_events_have_is_paged_through_in_order(db: Database, office: Office) -> None:
    office.connection.execute(
        "INSERT INTO events (promoter_id, slug, title, venue, start_time, status)"
        " SELECT %s, 'jazz-' || n, 'Jazz', 'House', now() + (1 + n %% 7) * interval '1 day', 'published'"
        " FROM generate_series(1, 150) AS n",
        [office.promoter_id],
    )
    first = browse_events(db, EventFilter(text="jazz"), None)
    assert first.next_key is not None
    rest = browse_events(db, EventFilter(text="jazz"), first.next_key)
    keys = [(row.starts_at, row.id) for row in (*first.rows, *rest.rows)]
    assert keys == sorted(keys)
    assert len(keys) == 150


def test_filters(db: Database, office: Office) -> None:
    midnight = datetime(2030, 6, 1, 22, 30, tzinfo=UTC)  # half past midnight on 2 June in Berlin
    first = office.event(title="Late", start_time=midnight, venue="Studio")
    office.event(title="Next", start_time=midnight + timedelta(days=1))
    office.tier(first)
    second = date(2030, 6, 2)
    assert titles(db, from_date=second, to_date=second) == ["Late"]
    assert titles(db, to_date=date(2030, 6, 1)) == []
    assert titles(db, venue="Studio") == ["Late"]
    assert titles(db, available_only=True) == ["Late"]
    assert titles(db, promoter_id=office.promoter_id + 1) == []
    assert titles(db, promoter_id=office.promoter_id, text="next") == ["Next"]
    choices = filter_choices(db)
    assert choices.venues == ("Jazz Cellar", "Studio")
    assert [promoter.name for promoter in choices.promoters] == ["Jazz Cellar e.V."]


def test_availability_is_capped_by_the_house_and_counts_only_what_is_on_sale(
    db: Database, office: Office
) -> None:
    event = office.event(capacity=30)
    office.tier(event, quantity=20)
    office.tier(event, name="B", quantity=20)
    office.tier(event, name="Later", quantity=9, sale_start_time=START)
    office.tier(event, name="Off", quantity=9, is_active=False)
    (row,) = browse_events(db, EventFilter(), None).rows
    assert (row.offered, row.available, row.on_sale_from) == (30, 30, None)


def test_an_event_whose_sale_lies_ahead_says_from_when(db: Database, office: Office) -> None:
    office.tier(office.event(), sale_start_time=START)
    (row,) = browse_events(db, EventFilter(), None).rows
    assert (row.available, row.on_sale_from) == (0, START)


def test_a_page_takes_one_question_and_a_search_one_more(db: Database, office: Office) -> None:
    for _ in range(120):
        office.tier(office.event())
    statements: list[str] = []
    sql_event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    browse_events(db, EventFilter(), None)
    assert len(statements) == 1
    browse_events(db, EventFilter(text="ev"), None)
    assert len(statements) == 3
    statements.clear()
    event_offer(db, browse_events(db, EventFilter(), None).rows[0].id)
    assert len(statements) == 3
