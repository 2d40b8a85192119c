"""The event list: pages by key, filters and search in SQL, availability by the database's own rule.

A search takes one of two ways. Of a word that many events have, the page is full soon when they are read in
order; a rare word is found by the full-text index, which then has little to sort. Each is fast where the
other is slow, and the planner cannot tell which it is, because it counts whole words and people type
beginnings. So the next events and a sample of all are asked first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    Text,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    tablesample,
    text,
    tuple_,
)
from sqlalchemy import column as sql_column
from sqlalchemy.orm import Session

from boxoffice.domain.event import (
    EventFilter,
    EventKey,
    EventListing,
    EventPage,
    EventStatus,
    FilterChoices,
    Promoter,
)
from boxoffice.storage.tables.events import EventRow
from boxoffice.storage.tables.people import PromoterRow

PAGE_SIZE = 100
NEAR_EVENTS = 1_000
"""How many of the next events tell whether a search fills its page from them."""
SAMPLE_PERCENT = 1
COMMON_SHARE = 0.05
"""From here on reading in order is the shorter way, measured on 100,000 events."""
TYPED_LENGTH = 100
LONGEST_EVENT_DAYS = 30
"""Events that began longer ago are over; the list starts at the index instead of at the first event ever."""

# The looks of a window run in parallel, and SQLAlchemy fills a collection of columns when it is first asked
# for: two threads that ask at once can see it half full, and get a query without its joins. So all of them
# are asked for here, while the module loads.
_events = EventRow.__table__.alias("e")
_e = _events.c
_sample = tablesample(EventRow.__table__, func.system(SAMPLE_PERCENT), name="sample")
_now = (
    func.event_availability(literal_column("e"))
    .table_valued(
        sql_column("offered"),
        sql_column("available"),
        sql_column("waiting"),
        sql_column("on_sale_from"),
    )
    .lateral("availability")
)
_left = _now.c

# All venues, one step in their index for each: DISTINCT would read every event.
_VENUES = (
    text("""
        WITH RECURSIVE venues AS (
            (SELECT venue FROM events ORDER BY venue LIMIT 1)
            UNION ALL
            SELECT (SELECT e.venue FROM events e WHERE e.venue > v.venue ORDER BY e.venue LIMIT 1)
            FROM venues v WHERE v.venue IS NOT NULL
        )
        SELECT venue FROM venues WHERE venue IS NOT NULL
    """)
    .columns(sql_column("venue", Text))
    .subquery("venues")
)
_venue = _VENUES.c.venue


def browse_events(session: Session, wanted: EventFilter, after: EventKey | None) -> EventPage:
    """Return the page of upcoming events behind `after` that match `wanted`."""
    typed = wanted.text.strip()[:TYPED_LENGTH]
    if not typed:
        return _page(session, select(_e.id, _e.start_time).where(*_conditions(wanted, after)), wanted)
    # A question of its own within the question: else the words are taken apart anew for each event, which
    # takes ten times as long as all the rest.
    words = select(func.event_search(typed)).scalar_subquery()
    # The function that the operator stands for: no index knows it, so the events are read in order.
    has_words = (
        func.ts_match_vq(_e.search_vector, words)
        if _is_common(session, (wanted, after), words)
        else _e.search_vector.op("@@")(words)
    )
    matching = select(_e.id, _e.start_time).where(*_conditions(wanted, after), has_words)
    return _page(session, matching, wanted)


def _is_common(
    session: Session, listed: tuple[EventFilter, EventKey | None], words: ScalarSelect[Any]
) -> bool:
    """Tell whether reading the events in order soon fills a page with those that have the words."""
    near = (
        select(_e.search_vector)
        .where(*_conditions(*listed))
        .order_by(_e.start_time, _e.id)
        .limit(NEAR_EVENTS)
        .subquery("near")
    )
    found_near = select(func.count()).where(near.c.search_vector.op("@@")(words)).scalar_subquery()
    has_them = _sample.c.search_vector.op("@@")(words)
    share = select(func.avg(cast(has_them, Integer))).scalar_subquery()
    return bool(session.scalar(select(or_(found_near > PAGE_SIZE, share >= COMMON_SHARE))))


def _conditions(wanted: EventFilter, after: EventKey | None) -> Iterator[ColumnElement[bool]]:
    yield _e.status != EventStatus.DRAFT
    yield _e.start_time > func.now() - timedelta(days=LONGEST_EVENT_DAYS)
    yield func.coalesce(_e.end_time, _e.start_time) > func.now()
    if after is not None:
        yield tuple_(_e.start_time, _e.id) > (after.starts_at, after.id)
    if wanted.venue is not None:
        yield _e.venue == wanted.venue
    if wanted.promoter_id is not None:
        yield _e.promoter_id == wanted.promoter_id
    # The day is the venue's; the plain bound beside it, a day wider, is what the index understands.
    day = cast(func.timezone(_e.time_zone, _e.start_time), Date)
    if wanted.from_date is not None:
        yield day >= wanted.from_date
        yield _e.start_time >= datetime.combine(wanted.from_date, time(), UTC) - timedelta(days=1)
    if wanted.to_date is not None:
        yield day <= wanted.to_date
        yield _e.start_time < datetime.combine(wanted.to_date, time(), UTC) + timedelta(days=2)


def _page(session: Session, matching: Select[int, datetime], wanted: EventFilter) -> EventPage:
    """Read one page of `matching` (id, start_time); availability is asked for as few events as possible."""
    if not wanted.available_only:
        id_, start_time = matching.selected_columns
        matching = matching.order_by(start_time, id_).limit(PAGE_SIZE + 1)
    found = matching.subquery("found")
    listing = (
        select(
            _e.id,
            _e.slug,
            _e.title,
            _e.venue,
            _e.start_time,
            _e.time_zone,
            _e.status,
            _left.offered,
            _left.available,
            _left.waiting,
            _left.on_sale_from,
        )
        .select_from(found)
        .join(_events, _e.id == found.c.id)
        .join(_now, literal_column("true"))
        .order_by(found.c.start_time, found.c.id)
        .limit(PAGE_SIZE + 1)
    )
    if wanted.available_only:
        listing = listing.where(_left.available > 0)
    rows = session.execute(listing).all()
    page = tuple(_event_listing(row) for row in rows[:PAGE_SIZE])
    more = len(rows) > PAGE_SIZE
    return EventPage(page, EventKey(page[-1].starts_at, page[-1].id) if more else None)


def _event_listing(row: Row[*tuple[Any, ...]]) -> EventListing:
    return EventListing(
        id=row.id,
        slug=row.slug,
        title=row.title,
        venue=row.venue,
        starts_at=row.start_time.astimezone(UTC),
        time_zone=row.time_zone,
        status=EventStatus(row.status),
        offered=row.offered,
        available=row.available,
        waiting=row.waiting,
        on_sale_from=row.on_sale_from and row.on_sale_from.astimezone(UTC),
    )


def filter_choices(session: Session) -> FilterChoices:
    """Return venues and promoters that have upcoming events, in order of name."""
    upcoming = and_(*_conditions(EventFilter(), None))
    venues = session.scalars(
        select(_venue).where(select(_e.id).where(upcoming, _e.venue == _venue).exists()).order_by(_venue)
    )
    promoters = session.execute(
        select(PromoterRow.id, PromoterRow.company)
        .where(select(_e.id).where(upcoming, _e.promoter_id == PromoterRow.id).exists())
        .order_by(PromoterRow.company)
    )
    return FilterChoices(tuple(venues), tuple(Promoter(row.id, row.company) for row in promoters))
