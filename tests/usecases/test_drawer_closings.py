"""What a closing covers and says: each receipt once, by tender, tax, event and currency; quickly."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.cash import CountDrawer, MoveCash, Movement
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.office import Office
from tests.takings import give_back, ring_up
from tests.usecases.test_drawer import Counter, counter, euro, opening, pieces

__all__ = ["counter"]


def closed(counter: Counter, drawer: int, *counted: tuple[str, int]) -> dict[str, Any]:
    """Count and sign off; return what the closing wrote down."""
    counter.clerk.count(CountDrawer(drawer, pieces(*counted)))
    return counter.clerk.z_report(counter.manager.sign_off(drawer).value)


def test_a_closing_says_what_was_taken_by_whom_and_for_what(counter: Counter) -> None:
    office, hand = counter.office, counter.office.connection
    jazz, opera = office.event(title="Jazz"), office.event(title="Opera")
    for event in (jazz, opera):
        office.tier(event)
    drawer = counter.clerk.open(opening()).value
    sale = ring_up(hand, office, jazz, "20", "1.40", tickets=2)
    ring_up(hand, office, opera, "50", "9.50", rate="19", tender="card")
    ring_up(hand, office, opera, "10", "0.70", tender="card")
    ring_up(hand, office, opera, "30", "0", rate="0", currency="CHF", tender="card")
    give_back(hand, office, sale, "10", "0.70")
    counter.manager.move(MoveCash(drawer, Movement.SAFE_DROP, euro("40"), "evening"))
    z = closed(counter, drawer, ("50", 1), ("20", 1), ("0.50", 1), ("0.20", 1))
    assert (z["kind"], z["number"], z["first_receipt"], z["last_receipt"]) == ("Z", 1, 1, 5)
    assert [
        (t["currency"], t["tender"], t["payments"], t["taken"], t["given_back"], t["net"])
        for t in z["tenders"]
    ] == [
        ("CHF", "card", 1, 30, 0, 30),
        ("EUR", "card", 2, Decimal("70.2"), 0, Decimal("70.2")),
        ("EUR", "cash", 1, Decimal("21.4"), Decimal("10.7"), Decimal("10.7")),
    ]
    assert [(t["currency"], t["rate"], t["net"], t["tax"], t["gross"]) for t in z["taxes"]] == [
        ("CHF", 0, 30, 0, 30),
        ("EUR", 7, 20, Decimal("1.4"), Decimal("21.4")),
        ("EUR", 19, 50, Decimal("9.5"), Decimal("59.5")),
    ]
    assert [(e["title"], e["currency"], e["tickets_sold"], e["gross"], e["back"]) for e in z["events"]] == [
        ("Jazz", "EUR", 2, Decimal("10.7"), Decimal("10.7")),
        ("Opera", "CHF", 1, 30, 0),
        ("Opera", "EUR", 2, Decimal("70.2"), 0),
    ]
    assert [(c["currency"], c["net"]) for c in z["currencies"]] == [("CHF", 30), ("EUR", Decimal("80.9"))]
    assert {one["kind"]: one["count"] for one in z["receipts"]} == {"sale": 4, "refund": 1}
    cash = z["drawer"]
    assert (cash["sales"], cash["refunds"], cash["safe_drops"]) == (Decimal("21.4"), Decimal("-10.7"), -40)
    assert (cash["expected"], cash["counted"], cash["variance"]) == (Decimal("70.7"), Decimal("70.7"), 0)
    assert (cash["opened_by"], cash["counted_by"], z["made_by"]) == ("Anna Weber", "Anna Weber", "Mara")


def test_each_receipt_is_in_one_closing_and_numbers_have_no_gaps(counter: Counter, db: Database) -> None:
    office, hand = counter.office, counter.office.connection
    event = office.event()
    office.tier(event)
    spans = []
    for sold in (2, 0, 3):
        drawer = counter.clerk.open(opening("0")).value
        for _ in range(sold):
            ring_up(hand, office, event, "10", tender="card")
        z = closed(counter, drawer)
        spans.append((z["number"], z["first_receipt"], z["last_receipt"]))
        # Between two drawers nobody takes cash, but cards.
        ring_up(hand, office, event, "10", tender="card")
    assert spans == [(1, 1, 2), (2, 3, 3), (3, 4, 7)]
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_a_refund_of_yesterday_is_in_todays_closing_and_the_old_one_stays(counter: Counter) -> None:
    office, hand = counter.office, counter.office.connection
    event = office.event()
    office.tier(event)
    drawer = counter.clerk.open(opening()).value
    sale = ring_up(hand, office, event, "20")
    first = closed(counter, drawer, ("20", 6))
    drawer = counter.clerk.open(opening()).value
    give_back(hand, office, sale, "20")
    second = closed(counter, drawer, ("20", 4))
    assert [tender["net"] for tender in second["tenders"]] == [-20]
    [listed_second, listed_first] = counter.clerk.state().closings
    assert counter.clerk.z_report(listed_first.id) == first
    assert counter.clerk.z_report(listed_second.id) == second


@pytest.mark.parametrize(
    ("opened", "day"),
    [
        ("2026-03-01 18:00+01", "2026-03-01"),
        ("2026-03-02 00:30+01", "2026-03-01"),
        ("2026-03-02 05:59+01", "2026-03-01"),
        ("2026-03-02 06:00+01", "2026-03-02"),
        # The night in which the clock goes forward.
        ("2026-03-29 05:59+02", "2026-03-28"),
        ("2026-03-29 06:00+02", "2026-03-29"),
    ],
)
def test_the_business_day_turns_at_six(office: Office, opened: str, day: str) -> None:
    assert office.value("SELECT business_day(%s, %s)::text", office.at.till_id, opened) == day


def test_a_till_elsewhere_has_its_own_day(office: Office) -> None:
    tokyo = office.insert("tills", name="Tokyo", time_zone="Asia/Tokyo", day_starts_at="04:00")
    assert office.value("SELECT business_day(%s, '2026-03-01 18:59Z')::text", tokyo) == "2026-03-01"
    assert office.value("SELECT business_day(%s, '2026-03-01 19:00Z')::text", tokyo) == "2026-03-02"
    with pytest.raises(psycopg.errors.DatabaseError):
        office.insert("tills", name="Nowhere", time_zone="Europe/Atlantis")


def test_a_closing_belongs_to_the_day_its_drawer_was_opened_on(counter: Counter) -> None:
    office = counter.office
    drawer = counter.clerk.open(opening("0")).value
    office.connection.execute("UPDATE cash_drawers SET business_day = '2026-01-05' WHERE id = %s", [drawer])
    z = closed(counter, drawer)
    assert z["business_day"] == "2026-01-05"
    assert counter.clerk.state().closings[0].business_day.isoformat() == "2026-01-05"


def test_an_x_changes_nothing_and_says_the_same_as_the_z(counter: Counter) -> None:
    office = counter.office
    event = office.event()
    office.tier(event)
    drawer = counter.clerk.open(opening()).value
    ring_up(office.connection, office, event, "20", "1.40")
    x = counter.manager.x_report()
    assert counter.manager.x_report()["tenders"] == x["tenders"]
    z = closed(counter, drawer, ("50", 2), ("20", 1), ("1", 1), ("0.20", 2))
    for part in ("tenders", "taxes", "events", "currencies", "receipts", "first_receipt", "last_receipt"):
        assert z[part] == x[part], part
    assert x["drawer"]["expected"] == z["drawer"]["expected"]


def test_an_x_tells_a_clerk_who_has_yet_to_count_nothing_of_the_cash(counter: Counter) -> None:
    office = counter.office
    event = office.event()
    office.tier(event)
    counter.clerk.open(opening())
    ring_up(office.connection, office, event, "20")
    ring_up(office.connection, office, event, "30", tender="card")
    x = counter.clerk.x_report()
    assert x["is_blind"]
    assert [tender["tender"] for tender in x["tenders"]] == ["card"]
    assert "currencies" not in x


def test_there_is_no_closing_of_that_number(counter: Counter) -> None:
    with pytest.raises(errors.UnknownClosing):
        counter.clerk.z_report(4711)


FILL = """
    WITH made AS (
        INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount,
                            tax_rate_percent, till_id, clerk_id, paid_at, created_at)
        SELECT %(event)s + n %% 20, 'paid', 'EUR', 10, 0, 0.7, 10.7, CASE n %% 3 WHEN 0 THEN 19 ELSE 7 END,
               %(till)s, %(clerk)s, now(), now() FROM generate_series(1, %(sales)s) n RETURNING id
    ), numbered AS (
        SELECT id, row_number() OVER (ORDER BY id) + %(from)s AS number FROM made
    ), items AS (
        INSERT INTO order_items (order_id, tier_id, quantity, unit_price)
        SELECT id, %(tier)s, 2, 5 FROM numbered
    ), written AS (
        INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)
        SELECT %(till)s, number, 'sale', id, %(clerk)s, 'EUR', 10.7, '{}' FROM numbered
    )
    INSERT INTO payment_transactions (order_id, tender, amount, currency, till_id, clerk_id, receipt_number)
    SELECT id, CASE number %% 2 WHEN 0 THEN 'cash' ELSE 'card' END, 10.7, 'EUR', %(till)s, %(clerk)s, number
    FROM numbered
"""
MOST_SECONDS = 1.0


def test_a_closing_of_ten_thousand_sales_takes_less_than_a_second(counter: Counter) -> None:
    """In a season of six times as many, and without the planner having been told of them."""
    office = counter.office
    events = [office.event() for _ in range(20)]
    tier = office.tier(events[0])
    at = {"till": office.at.till_id, "clerk": office.at.clerk_id, "event": events[0], "tier": tier}
    office.connection.execute(FILL, at | {"sales": 50_000, "from": 0})
    office.connection.execute(
        "INSERT INTO till_numbers (till_id, last_receipt) VALUES (%s, 50000)", [office.at.till_id]
    )
    old = counter.clerk.open(opening("0")).value
    closed(counter, old)
    drawer = counter.clerk.open(opening()).value
    office.connection.execute(FILL, at | {"sales": 10_000, "from": 50_000})
    office.connection.execute("UPDATE till_numbers SET last_receipt = 60000")
    office.connection.execute(
        "INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id) SELECT %s, 'sale', amount, id"
        " FROM payment_transactions WHERE receipt_number > 50000 AND tender = 'cash'",
        [drawer],
    )
    counter.clerk.count(CountDrawer(drawer, pieces(("100", 536))))
    began = time.perf_counter()
    closing = counter.manager.sign_off(drawer).value
    seconds = time.perf_counter() - began
    z = counter.clerk.z_report(closing)
    assert sum(one["count"] for one in z["receipts"]) == 10_000
    assert sum(event["gross"] for event in z["events"]) == 107_000
    assert z["drawer"]["variance"] == 0
    assert len(json.dumps(z, default=str)) < 20_000
    assert seconds < MOST_SECONDS
