"""The event list over 100,000 events of three tiers each: pages, every keystroke of a search, filters.

"plain SQL" is pgbench reading the same first page of events from its index, without availability: what the
server needs at the least.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from boxoffice.domain.event import EventFilter, EventKey
from boxoffice.storage.database import Database
from boxoffice.usecases.events.browse_events import browse_events, event_offer, filter_choices
from tests.benchmarks.pgbench import find_pgbench, pgbench
from tests.benchmarks.report import Aim, Row, latencies
from tests.benchmarks.stage import Stage
from tests.office import open_office

EVENTS = 100_000
MOST_P95_MS = 50.0
REPEATS = 20
PAGES = 100
"""Of a hundred events each: the list down to the 10,000th."""
MOST_GROWTH = 1.5
SEARCHES = {
    "common word, 'concert'": "concert",
    "rare word, 'zauberflöte'": "zauberflöte",
    "two words, 'jazz night'": "jazz night",
    "no match, 'xylophagous'": "xylophagous",
    "one letter, 'q'": "q",
    "a fifth of all, but later, 'winter'": "winter",
}

# Titles and venues as in a real programme: a few words that are everywhere, some that are rare, one opera.
SEED = """
INSERT INTO events (promoter_id, slug, title, description, venue, start_time, status, service_fee_per_ticket)
SELECT %(promoter)s, 'event-' || n,
       CASE WHEN n %% 20000 = 19999 THEN 'Die Zauberflöte'
            ELSE (ARRAY['Concert', 'Jazz Night', 'Comedy Club', 'Poetry Slam', 'Choir Evening', 'Opera Gala',
                        'Quiz Night', 'Dance Matinee'])[1 + n %% 8]
                 || ' with ' || (ARRAY['Nora Lind', 'the Quartet', 'Amir Haddad', 'Clara Voss',
                        'the Big Band', 'Tomás Rivera', 'Yuki Mori'])[1 + n %% 7] || ' ' || n END,
       'An evening at the house, doors one hour before. Season ' || n %% 12
           || CASE WHEN n > 20000 AND n %% 4 = 0 THEN ', winter programme.' ELSE '.' END,
       (ARRAY['Jazz Cellar', 'Stadthalle', 'Opera House', 'Old Brewery', 'Harbour Stage'])[1 + n %% 5]
           || ' ' || n %% 40,
       now() + n * interval '4 minutes', 'published', 0.5
FROM generate_series(1, %(events)s) AS n;
"""
TIERS = """
INSERT INTO ticket_tiers (event_id, name, price, quantity, sold, position)
SELECT e.id, t.name, t.price, 100, CASE WHEN e.id %% 10 = 0 THEN 100 ELSE e.id %% 90 END, t.position
FROM events e CROSS JOIN (VALUES ('Standard', 28, 1), ('Reduced', 18, 2), ('Balcony', 40, 3))
    AS t (name, price, position);
"""
PLAIN = """
SELECT id, title, venue, start_time, time_zone, status FROM events
WHERE status <> 'draft' AND start_time > now() - interval '30 days' ORDER BY start_time, id LIMIT 101;
"""


def run(stage: Stage) -> Iterator[Row]:
    """Yield a row for each way of looking through the events."""
    program = find_pgbench(stage)
    url = stage.database("bench_browse")
    clerk_url = _seed(url)
    plain = pgbench(program, url.replace("+psycopg", "", 1), PLAIN, clients=1, seconds=stage.seconds)
    yield Row("first page, plain SQL", latencies(plain.latencies_ms))
    with closing(Database(clerk_url)) as clerk, closing(Database(url)) as unguarded:
        counter = _Counter(clerk, unguarded)
        first = counter.row("first page", [EventFilter()] * 3)
        times_plain = first.figures["p50_ms"] / latencies(plain.latencies_ms)["p50_ms"]
        yield Row(first.case, {**first.figures, "times_plain": times_plain}, first.aims)
        for case, text in SEARCHES.items():
            yield counter.row(f"search: {case}", list(_keystrokes(text)))
        for case, wanted in _filters().items():
            yield counter.row(f"filter: {case}", [wanted])
        yield _row("venues and promoters to filter by", _time([lambda: filter_choices(clerk)] * REPEATS))
        page = browse_events(clerk, EventFilter(), None)
        yield _row(
            "one event with its tiers",
            _time([lambda id_=row.id: event_offer(clerk, id_) for row in page.rows]),  # type: ignore[misc]
        )
        yield from _paging(clerk)


@dataclass(frozen=True)
class _Counter:
    """Asks in turns as a clerk and as the superuser, whom no policy concerns."""

    clerk: Database
    unguarded: Database

    def row(self, case: str, asked: Sequence[EventFilter]) -> Row:
        """Time the questions; the aim is the clerk's."""
        as_clerk: list[float] = []
        as_superuser: list[float] = []
        for _ in range(REPEATS):
            as_clerk += _time([_question(self.clerk, wanted) for wanted in asked])
            as_superuser += _time([_question(self.unguarded, wanted) for wanted in asked])
        made = _row(case, as_clerk)
        cost = latencies(as_clerk)["p50_ms"] / latencies(as_superuser)["p50_ms"]
        return Row(case, {**made.figures, "times_unguarded": cost}, made.aims)


def _seed(url: str) -> str:
    """Fill the office and return its clerk's address."""
    office = open_office(url.replace("+psycopg", "", 1))
    with office.connection.transaction():
        # One by one the triggers would take longer than everything that is measured.
        office.connection.execute("SET LOCAL session_replication_role = replica")
        office.connection.execute(SEED, {"promoter": office.promoter_id, "events": EVENTS})
        office.connection.execute(TIERS, {})
    clerk = office.let_in(office.at.clerk_id, "clerk")
    office.connection.execute("VACUUM ANALYZE")
    office.connection.close()
    return clerk


def _keystrokes(text: str) -> Iterator[EventFilter]:
    for typed in range(1, len(text) + 1):
        yield EventFilter(text=text[:typed])


def _question(db: Database, wanted: EventFilter) -> Callable[[], object]:
    return lambda: browse_events(db, wanted, None)


def _filters() -> dict[str, EventFilter]:
    someday = (datetime.now(UTC) + timedelta(days=200)).date()
    return {
        "one venue": EventFilter(venue="Old Brewery 8"),
        "one day": EventFilter(from_date=someday, to_date=someday),
        "from a day on": EventFilter(from_date=someday),
        "only with tickets": EventFilter(available_only=True),
        "one promoter": EventFilter(promoter_id=1),
        "word, venue and tickets": EventFilter(text="jazz", venue="Stadthalle 1", available_only=True),
    }


def _paging(db: Database) -> Iterator[Row]:
    passes: list[list[float]] = []
    for _ in range(3):
        times: list[float] = []
        key: EventKey | None = None
        for _ in range(PAGES):
            start = time.perf_counter()
            page = browse_events(db, EventFilter(), key)
            times.append((time.perf_counter() - start) * 1000)
            key = page.next_key
        passes.append(times)
    first = [latency for times in passes for latency in times[:10]]
    last = [latency for times in passes for latency in times[-10:]]
    growth = latencies(last)["p50_ms"] / latencies(first)["p50_ms"]
    yield _row("paging: events 1 to 1,000", first)
    yield Row(
        "paging: events 9,001 to 10,000",
        {**latencies(last), "times_first_pages": growth},
        (*_row("", last).aims, Aim("flat", growth < MOST_GROWTH)),
    )


def _time(questions: Sequence[Callable[[], object]]) -> list[float]:
    times = []
    for question in questions:
        start = time.perf_counter()
        question()
        times.append((time.perf_counter() - start) * 1000)
    return times


def _row(case: str, times_ms: list[float]) -> Row:
    told = latencies(times_ms)
    return Row(
        case,
        told,
        (Aim(f"p95 under {MOST_P95_MS:g} ms", told["p95_ms"] < MOST_P95_MS),),
    )
