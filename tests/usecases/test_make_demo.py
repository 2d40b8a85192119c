"""The demo: a town that adds up, made once, the same for the same moment, and open for business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from boxoffice.domain.event import EventFilter, EventStatus
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, SaleLine, SellTickets, Tender
from boxoffice.domain.ticket_code import normalise
from boxoffice.domain.tier import NotSellable
from boxoffice.keystore import Keystore
from boxoffice.storage.database import Database
from boxoffice.storage.demo_programme import Calendar, DemoEvent, read_events, read_house
from boxoffice.usecases.events.browse_events import browse_events, event_offer_by_slug, filter_choices
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import make_own_key
from boxoffice.usecases.office.make_demo import demo_credentials, make_demo
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.office.open_office import open_as
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.postgres import Cluster, shut_doors

SUNDAY = datetime(2026, 11, 22, 11, 41, tzinfo=UTC)
HOURS = [datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=37 * nth) for nth in range(39)]
BERLIN = ZoneInfo("Europe/Berlin")


@contextmanager
def database(server: Cluster, template: str, name: str) -> Iterator[Database]:
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        shut_doors(admin, name)
        db = Database(server.url(name), application_name="test")
        with TemporaryDirectory() as folder:
            make_own_key(db, Keystore(Path(folder) / "keys"))
            yield db
        db.close()
        admin.execute(f"DROP DATABASE {name}".encode())


def rows(db: Database, statement: str) -> list[Any]:
    with db.read() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(statement).all()]


def value(db: Database, statement: str) -> Any:
    return rows(db, statement)[0][0]


def events_at(now: datetime) -> tuple[DemoEvent, ...]:
    return read_events(read_house(), now)


@pytest.fixture(scope="module")
def demo(server: Cluster, template: str) -> Iterator[Database]:
    """The demo of this moment, for tests that only look at it."""
    with database(server, template, f"{template}_demo") as db:
        assert make_demo(db, datetime.now(UTC)) is True
        yield db


@pytest.fixture
def twin(server: Cluster, template: str) -> Iterator[Database]:
    with database(server, template, f"{template}_twin") as db:
        yield db


def test_everything_adds_up(demo: Database) -> None:
    assert [finding for finding in check_database(demo) if finding.broken] == []


def test_there_is_enough_of_everything(demo: Database) -> None:
    counts = {
        table: value(demo, f"SELECT count(*) FROM {table}")
        for table in ("events", "promoters", "tills", "orders", "tickets", "print_jobs")
    }
    assert counts["events"] == 54
    assert counts["promoters"] == 6
    assert counts["tills"] == 2
    assert 1_400 < counts["orders"] < 1_800
    assert value(demo, "SELECT count(*) FROM audit_logs WHERE action = 'sold'") == counts["orders"]
    planned = sum(tier.sold for event in events_at(SUNDAY) for tier in event.tiers)
    assert counts["tickets"] == counts["print_jobs"] == planned > 4_000
    assert value(demo, "SELECT count(*) FROM users WHERE role = 'customer'") > 580
    assert value(demo, "SELECT count(DISTINCT venue) FROM events") == 7
    assert value(demo, "SELECT count(*) FROM events WHERE capacity_shared") == 1
    assert value(demo, "SELECT count(DISTINCT tax_rate_percent) FROM events WHERE tax_inclusive") == 3
    assert value(demo, "SELECT count(*) FROM events WHERE NOT tax_inclusive AND tax_rate_percent = 19") == 1
    assert value(demo, "SELECT bool_and(n BETWEEN 2 AND 5) FROM (SELECT count(*) AS n FROM ticket_tiers"
                 " GROUP BY event_id) AS tiers")  # fmt: skip
    statuses = dict(rows(demo, "SELECT status, count(*) FROM events GROUP BY status"))
    assert statuses == {"published": 42, "completed": 10, "cancelled": 1, "draft": 1}


def test_people_and_events_have_names_of_their_own(demo: Database) -> None:
    for column, table in (
        ("title", "events"),
        ("slug", "events"),
        ("lower(email)", "users"),
        ("company", "promoters"),
    ):
        assert value(demo, f"SELECT count(*) - count(DISTINCT {column}) FROM {table}") == 0
    assert value(demo, "SELECT count(*) - count(DISTINCT (first_name, last_name)) FROM users") == 0
    assert value(demo, r"SELECT bool_and(email ~ '^[a-z-]+\.[a-z-]+@example\.(org|com|net)$') FROM users")


def test_anna_weber_stands_at_counter_1(demo: Database) -> None:
    with open_as(demo, demo_credentials()) as own:
        at = take_place(own, "Demo", "Counter 1")
    assert (at.clerk, at.till, at.till_id) == (
        "Anna Weber",
        "Counter 1",
        value(demo, "SELECT min(id) FROM tills"),
    )


def test_sales_spread_over_a_month_its_hours_tills_clerks_and_tenders(demo: Database) -> None:
    sold = "SELECT created_at AT TIME ZONE 'Europe/Berlin' AS at, * FROM orders"
    assert value(demo, "SELECT bool_and(created_at BETWEEN now() - interval '31 days' AND now()) FROM orders")
    assert value(demo, f"SELECT count(DISTINCT at::date) FROM ({sold}) AS o") >= 28
    assert (
        value(demo, f"SELECT count(*) FROM ({sold}) AS o WHERE extract(hour FROM at) BETWEEN 10 AND 20")
        > 1_400
    )
    assert value(demo, "SELECT count(DISTINCT (till_id, clerk_id)) FROM orders") == 6
    assert value(demo, "SELECT count(DISTINCT tender) FROM payment_transactions") == 3
    assert value(demo, "SELECT bool_or(tendered > amount) FROM payment_transactions")
    assert 500 < value(demo, "SELECT count(user_id) FROM orders") < 900
    sizes = Counter(size for (size,) in rows(demo, "SELECT count(*) FROM tickets GROUP BY order_id"))
    assert set(sizes) >= {1, 2, 3, 4, 5, 6}
    assert max(sizes) <= 7
    sold_at = [at for (at,) in rows(demo, "SELECT created_at FROM orders ORDER BY id")]
    assert sold_at == sorted(sold_at)


def test_nothing_was_sold_when_it_could_not_be(demo: Database) -> None:
    assert (
        value(
            demo,
            """
        SELECT count(*) FROM orders o JOIN events e ON e.id = o.event_id
        JOIN order_items i ON i.order_id = o.id JOIN ticket_tiers t ON t.id = i.tier_id
        WHERE o.created_at NOT BETWEEN t.sale_start_time AND least(t.sale_end_time, e.start_time)
           OR i.quantity NOT BETWEEN t.min_purchase AND t.max_purchase
        """,
        )
        == 0
    )


def test_tickets_were_used_where_the_event_is_over(demo: Database) -> None:
    tickets = "FROM tickets k JOIN events e ON e.id = k.event_id"
    assert value(demo, f"SELECT count(*) {tickets} WHERE k.used_at > e.start_time OR (k.status = 'used') <>"
                 " (k.used_at IS NOT NULL) OR k.used_at < e.doors_open_time") == 0  # fmt: skip
    shares = dict(rows(demo, f"SELECT e.status, avg((k.status = 'used')::int) {tickets} GROUP BY e.status"))
    assert Decimal("0.9") < shares["completed"] < 1
    assert shares["published"] == 0


def test_codes_pass_the_check_of_typed_codes(demo: Database) -> None:
    codes = [code for (code,) in rows(demo, "SELECT ticket_code FROM tickets")]
    assert [normalise(code) for code in codes] == codes


def test_reports_have_been_counted(demo: Database) -> None:
    assert value(demo, "SELECT sum(total_revenue) FROM event_sales_summary") == value(
        demo, "SELECT sum(amount) FROM payment_transactions"
    )


def test_the_list_begins_today_and_tells_of_every_state(demo: Database) -> None:
    page = browse_events(demo, EventFilter(), None)
    assert page.next_key is None
    assert len(page.rows) == 43
    listed = {row.title: row for row in page.rows}
    assert len(listed) == 43
    improv = listed["Improv Night: The Wrong Door"]
    assert (improv.available, improv.waiting, improv.offered) == (0, 14, 70)
    assert listed["Blue Harbour Quartet"].available == 34
    assert listed["Symphony No. 5 by Mahler"].available == 71
    kora = listed["Night of the Korá"]
    assert kora.on_sale_from is not None
    assert kora.on_sale_from.astimezone(BERLIN).strftime("%a %H:%M") == "Mon 10:00"
    assert [row.title for row in page.rows if row.status is EventStatus.CANCELLED] == [
        "Klaviermarathon: Saties Vexations"
    ]
    choices = filter_choices(demo)
    assert (len(choices.venues), len(choices.promoters)) == (7, 6)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("zauberflote", "die-zauberfloete-for-families"),
        ("Ρεμπέτικο", "rebetiko-ta-paidia-tis-nychtas"),
        ("вечір", "vechir-ukrainskoi-pisni"),
        ("cagla", "cagla-yildiz-quintet"),
    ],
)
def test_titles_of_every_script_are_found(demo: Database, typed: str, slug: str) -> None:
    found = browse_events(demo, EventFilter(text=typed), None).rows
    assert [row.id for row in found] == [event_offer_by_slug(demo, slug).id]


def test_blue_harbour_quartet_can_be_sold(db: Database, tmp_path: Path) -> None:
    make_own_key(db, Keystore(tmp_path / "keys"))
    assert make_demo(db, datetime.now(UTC))
    offer = event_offer_by_slug(db, "blue-harbour-quartet")
    assert (offer.venue, offer.venue_address) == ("Jazz Cellar", "Kanalstraße 14")
    standard, reduced, balcony, supporter = offer.tiers
    assert [tier.price.amount for tier in offer.tiers] == [28, 18, 15, 45]
    assert (balcony.not_sellable, balcony.waiting) == (NotSellable.SOLD_OUT, 5)
    assert supporter.not_sellable is NotSellable.ENDED
    basket = (SaleLine(standard.id, 2, standard.price), SaleLine(reduced.id, 1, reduced.price))
    total = price_basket(db, offer.id, basket).total
    assert total == Money(Decimal("75.50"), "EUR")
    command = SellTickets(uuid4(), offer.id, basket, (Payment(Tender.CASH),), shown_total=total)
    with open_as(db, demo_credentials()) as own:
        sale = sell_tickets(own, take_place(own, "Demo", "Counter 1"), command).value
    assert len(sale.tickets) == 3
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_a_second_call_changes_nothing(demo: Database) -> None:
    before = contents(demo)
    assert make_demo(demo, datetime.now(UTC) + timedelta(days=1)) is False
    assert contents(demo) == before


def test_the_same_moment_makes_the_same_demo(db: Database, twin: Database, tmp_path: Path) -> None:
    make_own_key(db, Keystore(tmp_path / "keys"))
    assert make_demo(db, SUNDAY)
    assert make_demo(twin, SUNDAY)
    assert contents(db) == contents(twin)


def contents(db: Database) -> dict[str, list[Any]]:
    """Everything in every table, but for what is different each time: the server's stamps, salts and keys."""
    tables = rows(
        db,
        "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'"
        " AND column_name NOT IN ('updated_at', 'at', 'hash', 'password_hash', 'phone', 'reference')"
        " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        " AND NOT (table_name = 'audit_logs' AND column_name = 'detail') AND table_name <> 'sealing_keys'"
        " GROUP BY table_name",
    )
    return {table: rows(db, f"SELECT {columns} FROM {table} ORDER BY 1") for table, columns in tables}


@pytest.mark.parametrize("now", HOURS, ids=lambda now: now.astimezone(BERLIN).strftime("%H:%M"))
def test_at_any_hour_something_is_still_to_come(now: datetime) -> None:
    local = now.astimezone(BERLIN)
    coming = [event for event in events_at(now) if event.columns["status"] != "completed"]
    assert all(event.columns["start_time"] > now for event in coming)
    days = [event.columns["start_time"].astimezone(BERLIN).date() for event in coming]
    today = days.count(local.date())
    if local.hour < 20:
        assert today >= 3
    else:
        assert days.count(local.date() + timedelta(days=1)) >= 3
    blue = next(event for event in coming if event.columns["slug"] == "blue-harbour-quartet")
    starts = blue.columns["start_time"].astimezone(BERLIN)
    assert starts.strftime("%H:%M") == "19:30"
    assert (starts.date() == local.date()) is (local.strftime("%H:%M") < "19:30")


@pytest.mark.parametrize("now", HOURS[::6])
def test_no_house_has_two_events_at_once(now: datetime) -> None:
    houses: dict[str, list[DemoEvent]] = {}
    for event in events_at(now):
        houses.setdefault(event.columns["venue"], []).append(event)
    assert len(houses) == 7
    for events in houses.values():
        for first, second in pairwise(events):
            assert first.columns["end_time"] < second.columns["doors_open_time"], second.columns["title"]


def test_no_tier_has_more_than_the_house_holds_unless_they_share_it() -> None:
    full = [
        event.columns["slug"]
        for event in events_at(SUNDAY)
        if sum(tier.columns["quantity"] for tier in event.tiers) > event.columns["capacity"]
    ]
    assert full == ["electro-swing-ball"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-1 18:00", "2026-11-21 18:00"),
        ("0 09:30", "2026-11-22 09:30"),
        ("monday 10:00", "2026-11-23 10:00"),
        ("sunday 10:00", "2026-11-29 10:00"),
    ],
)
def test_moments_are_the_venues(words: str, expected: str) -> None:
    moment = Calendar(SUNDAY, BERLIN).moment(words)
    assert moment.tzinfo is UTC
    assert moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == expected


def test_nothing_waits_to_be_mailed_to_people_who_are_made_up(demo: Database) -> None:
    states = dict(rows(demo, "SELECT state, count(*) FROM email_notifications GROUP BY 1"))
    assert set(states) == {"sent", "failed"}
    assert states["failed"] == 1
