"""The statements of the client's own description, word for word, against our schema."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.office import Office

JOIN_WAITLIST = """
INSERT INTO waitlist (event_id, user_id, tier_id, position)
SELECT
    $1, -- event_id
    $2, -- user_id
    $3, -- tier_id (optional)
    COALESCE(MAX(position), 0) + 1
FROM waitlist
WHERE event_id = $1
ON CONFLICT (event_id, user_id, tier_id) DO NOTHING;
"""


def run(office: Office, statement: str, *values: object, types: str = "") -> list[tuple[object, ...]]:
    """Run a statement with $1, $2 ... as the client wrote it: PREPARE takes it unchanged."""
    office.connection.execute(f"PREPARE client{types} AS {statement}".encode(), prepare=False)
    try:
        marks = ", ".join(["%s"] * len(values))
        cursor = psycopg.ClientCursor(office.connection)
        cursor.execute(f"EXECUTE client ({marks})" if values else "EXECUTE client", values or None)
        return cursor.fetchall() if cursor.description else []
    finally:
        office.connection.execute("DEALLOCATE client")


def test_1_available_events(office: Office) -> None:
    event = office.event()
    office.tier(event, quantity=10, sold=0)
    sold_out = office.event()
    office.tier(sold_out, quantity=0)
    office.event(status="draft")
    rows = run(
        office,
        """SELECT * FROM active_events_with_availability
WHERE start_time > CURRENT_TIMESTAMP
  AND tickets_available > 0
ORDER BY start_time ASC
LIMIT 20;""",
    )
    assert [row[0] for row in rows] == [event]


def test_2_availability_of_an_event(office: Office) -> None:
    event = office.event()
    office.tier(event, quantity=10, position=1)
    office.tier(event, name="Off", is_active=False)
    rows = run(
        office,
        """SELECT
    tt.id,
    tt.name,
    tt.price,
    tt.quantity,
    tt.sold,
    tt.reserved,
    (tt.quantity - tt.sold - tt.reserved) as available
FROM ticket_tiers tt
WHERE tt.event_id = $1
  AND tt.is_active = true
  AND (tt.sale_start_time IS NULL OR tt.sale_start_time <= CURRENT_TIMESTAMP)
  AND (tt.sale_end_time IS NULL OR tt.sale_end_time >= CURRENT_TIMESTAMP)
ORDER BY tt.position, tt.price;""",
        event,
    )
    assert [(row[1], row[6]) for row in rows] == [("Standard", 10)]


def test_3_purchase_by_hand(office: Office) -> None:
    event = office.event()
    tier = office.tier(event, quantity=2)
    customer = office.insert("users", email="c@example.org")
    with office.connection.transaction():
        locked = run(
            office, "SELECT id, quantity, sold, reserved FROM ticket_tiers WHERE id = $1 FOR UPDATE;", tier
        )
        assert locked == [(tier, 2, 0, 0)]
        run(office, "UPDATE ticket_tiers SET sold = sold + $2 WHERE id = $1;", tier, 1)
        order = office.insert("orders", user_id=customer, event_id=event)
        office.insert("tickets", order_id=order, tier_id=tier)
    assert office.value("SELECT event_id FROM tickets") == event
    assert office.value("SELECT qr_code = 'BO1:' || ticket_code FROM tickets")


def test_4_upcoming_tickets_of_a_user(office: Office) -> None:
    event = office.event()
    customer = office.insert("users", email="c@example.org")
    order = office.insert("orders", user_id=customer, event_id=event)
    ticket = office.insert("tickets", order_id=order, tier_id=office.tier(event))
    rows = run(
        office,
        """SELECT * FROM user_tickets_summary
WHERE user_id = $1
  AND event_start_time > CURRENT_TIMESTAMP
  AND ticket_status = 'valid'
ORDER BY event_start_time ASC;""",
        customer,
    )
    assert [row[1] for row in rows] == [ticket]


@pytest.mark.parametrize("with_tier", [True, False])
def test_5_joining_the_waitlist_twice_is_joining_once(office: Office, with_tier: bool) -> None:
    event = office.event()
    tier = office.tier(event) if with_tier else None
    people = [office.insert("users", email=f"{name}@example.org") for name in "abc"]
    for person in (*people, *people):
        run(office, JOIN_WAITLIST, event, person, tier, types="(bigint, bigint, bigint)")
    assert office.connection.execute("SELECT user_id FROM waitlist ORDER BY position").fetchall() == [
        (person,) for person in people
    ]


def test_5_two_who_join_at_once_get_two_places(office: Office, database_url: str) -> None:
    event = office.event()
    people = [office.insert("users", email=f"{number}@example.org") for number in range(16)]
    together = threading.Barrier(len(people))
    statement = (
        JOIN_WAITLIST.replace("$1", "%(event)s").replace("$2", "%(person)s").replace("$3", "NULL::bigint")
    )

    def join(person: int) -> None:
        with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
            together.wait()
            connection.execute(statement.encode(), {"event": event, "person": person})

    threads = [threading.Thread(target=join, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    places = office.connection.execute("SELECT position FROM waitlist ORDER BY position").fetchall()
    assert places == [(place,) for place in range(1, 17)]


def test_6_notifying_the_waitlist_locks_entries_and_not_people(office: Office, database_url: str) -> None:
    event = office.event()
    tier = office.tier(event)
    people = [office.insert("users", email=f"{name}@example.org", first_name=name) for name in "abc"]
    for person in people:
        run(office, JOIN_WAITLIST, event, person, tier, types="(bigint, bigint, bigint)")
    chosen = """SELECT w.id, w.user_id, u.email, u.first_name
FROM waitlist w
JOIN users u ON w.user_id = u.id
WHERE w.event_id = $1
  AND w.notified = false
  AND (w.tier_id = $2 OR w.tier_id IS NULL)
ORDER BY w.position
LIMIT $3
FOR UPDATE SKIP LOCKED;"""
    with office.connection.transaction():
        first = run(office, chosen, event, tier, 2)
        assert [row[3] for row in first] == ["a", "b"]
        with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as other:
            second = run(Office(other, 0, office.at), chosen, event, tier, 2)
        assert [row[3] for row in second] == ["c"]
        run(
            office,
            """UPDATE waitlist
SET notified = true,
    notified_at = CURRENT_TIMESTAMP,
    notification_expires_at = CURRENT_TIMESTAMP + INTERVAL '24 hours'
WHERE id = ANY($1);""",
            [row[0] for row in first],
        )
    assert office.value("SELECT count(*) FROM waitlist WHERE notified") == 2


def test_refreshing_the_sales_summary_concurrently(office: Office) -> None:
    event = office.event()
    office.tier(event, quantity=7)
    office.connection.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY event_sales_summary")
    assert office.value("SELECT tickets_total FROM event_sales_summary WHERE event_id = %s", event) == 7


@pytest.mark.parametrize(
    "statement",
    [
        """SELECT tablename, pg_size_pretty(pg_total_relation_size(tablename::text)) as size
FROM pg_tables WHERE schemaname = 'public' ORDER BY pg_total_relation_size(tablename::text) DESC;""",
        """SELECT count(*) as total_connections, state, usename
FROM pg_stat_activity GROUP BY state, usename;""",
    ],
)
def test_monitoring_queries(office: Office, statement: str) -> None:
    assert run(office, statement)


def test_indexes_bear_the_names_of_the_description(office: Office) -> None:
    named = {
        "idx_events_status_start",
        "idx_events_slug",
        "idx_events_search",
        "idx_ticket_tiers_event_id",
        "idx_ticket_tiers_active",
        "idx_orders_user_status",
        "idx_tickets_order_tier",
        "idx_waitlist_position",
        "idx_waitlist_notified",
    }
    rows = office.connection.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    ).fetchall()
    assert named <= {name for (name,) in rows}
