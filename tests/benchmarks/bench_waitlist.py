"""A list of 50,000: seats that come free are matched, held and noticed; reading it; a rush of twenty tills.

"by hand" is what the client's own pattern 6 does, with nothing held or explained: it marks the first five
hundred and queues their letters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from boxoffice.domain.errors import StillAvailable
from boxoffice.domain.waitlist import JoinWaitlist, WaitlistFilter
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.waitlist.join_waitlist import join_waitlist
from boxoffice.usecases.waitlist.read_list import (
    entry_history,
    entry_story,
    find_doubles,
    waitlist_entries,
    waitlist_events,
)
from tests.benchmarks.report import Aim, Row, latencies
from tests.benchmarks.stage import Stage
from tests.office import Office, open_office
from tests.waitlist.rush import open_tills, rush

WAITING = 50_000
SEATS = 500
MOST_SECONDS = 2.0
RUSH_TILLS = 20
RUSH_SECONDS = 60
PAGE_MS = 500.0
REPEATS = 20

# Past the triggers: evidence of so many people is no part of what is measured.
SEED = """
ALTER TABLE users DISABLE TRIGGER USER;
ALTER TABLE waitlist DISABLE TRIGGER USER;
INSERT INTO users (role, first_name, last_name, email)
SELECT 'customer', 'Guest', 'Number ' || n, 'guest' || n || '@example.org'
FROM generate_series(1, {waiting}) n;
INSERT INTO waitlist (event_id, user_id, tier_id, position, quantity, all_together)
SELECT {event}, id, CASE WHEN id % 5 = 0 THEN NULL ELSE {tier} END, row_number() OVER (ORDER BY id),
       {quantity}, {together}
FROM users WHERE email LIKE 'guest%@example.org' ORDER BY id;
ALTER TABLE users ENABLE TRIGGER USER;
ALTER TABLE waitlist ENABLE TRIGGER USER;
ANALYZE;
"""
BY_HAND = """
    WITH first AS (
        SELECT w.id, w.user_id FROM waitlist w WHERE w.event_id = %s AND w.notified = false
          AND (w.tier_id = %s OR w.tier_id IS NULL) ORDER BY w.position LIMIT 500 FOR UPDATE OF w SKIP LOCKED
    ), told AS (
        UPDATE waitlist w SET notified = true, notified_at = CURRENT_TIMESTAMP,
            notification_expires_at = CURRENT_TIMESTAMP + INTERVAL '24 hours'
        FROM first f WHERE w.id = f.id RETURNING w.id, w.user_id
    )
    INSERT INTO email_notifications (user_id, waitlist_id, kind, recipient)
    SELECT t.user_id, t.id, 'waitlist_offer', u.email FROM told t JOIN users u ON u.id = t.user_id
"""
GROW = "UPDATE ticket_tiers SET quantity = quantity + %s WHERE id = %s"
CANCEL = "UPDATE events SET status = 'cancelled' WHERE id = %s"
MADE = "SELECT count(*) FROM waitlist_offers WHERE event_id = %s AND state = 'open'"


def run(stage: Stage) -> Iterator[Row]:
    """Yield one row for each thing that is done with a long list."""
    yield from _served(stage, "singles", "1", "id % 3 = 0")
    yield from _served(
        stage, "only the last fit", f"CASE WHEN id > {WAITING} - 2000 THEN 1 ELSE 4 END", "true"
    )
    yield _cancelled(stage)
    yield _rush(stage)


def _list(stage: Stage, quantity: str, together: str, waiting: int = WAITING) -> tuple[Office, int, int]:
    office = open_office(stage.database("list").replace("+psycopg", "", 1))
    event = office.event(capacity=None)
    tier = office.tier(event, quantity=0, max_purchase=10)
    seed = SEED.format(waiting=waiting, event=event, tier=tier, quantity=quantity, together=together)
    office.connection.execute(seed.encode())
    return office, event, tier


def _timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _served(stage: Stage, who: str, quantity: str, together: str) -> Iterator[Row]:
    office, event, tier = _list(stage, quantity, together)
    taken = 3 if who == "only the last fit" else SEATS
    grow = _timed(lambda: office.connection.execute(GROW, [taken, tier]))
    made = office.value(MADE, event)
    held = office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", tier)
    office.connection.execute("ALTER TABLE ticket_tiers DISABLE TRIGGER ticket_tiers_serve")
    by_hand = _timed(lambda: office.connection.execute(BY_HAND, [event, tier]))
    office.connection.execute("ALTER TABLE ticket_tiers ENABLE TRIGGER ticket_tiers_serve")
    aims = (
        Aim(f"{taken} seats under {MOST_SECONDS:.0f} s", grow < MOST_SECONDS),
        Aim("all held", held == taken),
    )
    yield Row(
        f"{taken} seats, {who}",
        {"seconds": grow, "offers": made, "by_hand_seconds": by_hand, "times_by_hand": grow / by_hand},
        aims,
    )
    if who != "only the last fit":
        yield from _read(office, event, tier)
    office.connection.close()


def _read(office: Office, event: int, tier: int) -> Iterator[Row]:
    info = office.connection.info
    url = f"postgresql+psycopg://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}"
    db = Database(url)
    with closing(db):
        page = waitlist_entries(db, WaitlistFilter(event))
        deep = page.entries[-1]
        for _ in range(20):
            deep = waitlist_entries(db, WaitlistFilter(event), deep).entries[-1]
        cases: dict[str, Callable[[], object]] = {
            "events": lambda: waitlist_events(db),
            "first page": lambda: waitlist_entries(db, WaitlistFilter(event)),
            "a page far down": lambda: waitlist_entries(db, WaitlistFilter(event), deep),
            "a name": lambda: waitlist_entries(db, WaitlistFilter(event, text="number 4321")),
            "why was I skipped": lambda: entry_story(db, deep.id),
            "what happened": lambda: entry_history(db, page.entries[0].id),
            "doubles": lambda: find_doubles(db, event),
        }
        for name, deed in cases.items():
            times = [_timed(deed) * 1000 for _ in range(REPEATS)]
            figures = latencies(times)
            yield Row(f"reading: {name}", figures, (Aim("p95 under 0.5 s", figures["p95_ms"] < PAGE_MS),))
        people = [
            office.insert("users", role="customer", email=f"late{n}@example.org") for n in range(REPEATS)
        ]

        def join(person: int) -> None:
            try:
                join_waitlist(db, office.at, JoinWaitlist(event, tier, person, 2))
            except StillAvailable:
                return

        times = [_timed(lambda person=person: join(person)) * 1000 for person in people]  # type: ignore[misc]
        yield Row("joining", latencies(times))


def _cancelled(stage: Stage) -> Row:
    """An event that does not take place: everybody's entry is closed, with evidence and a letter each."""
    seconds = []
    for waiting in (WAITING // 10, WAITING):
        office, event, _ = _list(stage, "1", "true", waiting)
        seconds.append(_timed(lambda at=(office, event): at[0].connection.execute(CANCEL, [at[1]])))  # type: ignore[misc]
        office.connection.close()
    few, many = seconds
    grown = many / few / 10
    return Row(
        f"cancelled while {WAITING} wait",
        {"seconds": many, "times_as_long_a_head_as_with_a_tenth": grown},
        (Aim("no longer a head than twice as with a tenth", grown < 2),),
    )


def _rush(stage: Stage) -> Row:
    url = stage.database("rush")
    office = open_office(url.replace("+psycopg", "", 1))
    event = office.event()
    tiers = [office.tier(event, name=f"Tier {nth}", quantity=30, position=nth) for nth in range(3)]
    came = rush(office, open_tills(office, event, tiers, RUSH_TILLS, 5_000), RUSH_SECONDS)
    deadlocks = office.value("SELECT deadlocks FROM pg_stat_database WHERE datname = 'rush'")
    office.connection.close()
    keeper = Database(url)
    broken = [finding for finding in check_database(keeper) if finding.broken]
    keeper.close()
    done = sum(count for deed, count in came.done.items() if ":" not in deed and deed != "tended")
    return Row(
        f"{RUSH_TILLS} tills for {RUSH_SECONDS} s",
        {
            "deeds_per_second": done / RUSH_SECONDS,
            "looks": came.looks,
            "busy": came.done["busy"],
            "deadlocks": deadlocks,
            "slowest_s": came.slowest_s,
        },
        (
            Aim("nobody passed by in any look", not came.passed_by and came.looks > 0),
            Aim("no fault, nobody told to try again", not came.faults and not came.done["busy"]),
            Aim("the database adds up", not broken),
        ),
    )
