"""What hand-written SQL cannot do to the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def violated(office: Office, statement: str, *values: object) -> str | None:
    """Return the constraint that refuses this statement."""
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        office.connection.execute(statement.encode(), values)
    return refused.value.diag.constraint_name


@pytest.mark.parametrize(
    "change",
    ["sold = 101", "reserved = 101", "sold = 60, reserved = 41", "quantity = -1", "sold = 90, quantity = 89"],
)
def test_stock_cannot_be_oversold(office: Office, change: str) -> None:
    tier = office.tier(office.event())
    assert violated(office, f"UPDATE ticket_tiers SET {change} WHERE id = %s", tier) in {
        "ticket_tiers_stock_check",
        "ticket_tiers_quantity_check",
    }


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"end_time": NOW, "start_time": NOW + HOUR}, "events_end_time_check"),
        ({"doors_open_time": NOW + 2 * HOUR, "start_time": NOW + HOUR}, "events_doors_open_time_check"),
        ({"capacity": 0}, "events_capacity_check"),
        ({"status": "open"}, "events_status_check"),
        ({"title": ""}, "events_title_check"),
        ({"title": "x" * 10_000}, "events_title_check"),
        ({"slug": "Not a slug"}, "events_slug_check"),
    ],
)
def test_events(office: Office, columns: dict[str, Any], constraint: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        office.event(**columns)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"price": -1}, "ticket_tiers_price_check"),
        ({"min_purchase": 3, "max_purchase": 2}, "ticket_tiers_purchase_check"),
        ({"sale_start_time": NOW, "sale_end_time": NOW}, "ticket_tiers_sale_time_check"),
        ({"sold": 101}, "ticket_tiers_stock_check"),
    ],
)
def test_tiers(office: Office, columns: dict[str, Any], constraint: str) -> None:
    event = office.event()
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        office.tier(event, **columns)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"subtotal": 10, "total_amount": 11}, "orders_total_check"),
        ({"subtotal": -1, "total_amount": -1}, "orders_amounts_check"),
        ({"status": "lost"}, "orders_status_check"),
    ],
)
def test_orders(office: Office, columns: dict[str, Any], constraint: str) -> None:
    event = office.event()
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        office.insert("orders", event_id=event, **columns)
    assert refused.value.diag.constraint_name == constraint


def test_what_has_money_attached_is_not_deleted(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event)
    sell_tickets(db, office.at, wish(event, (tier, 1)))
    assert violated(office, "DELETE FROM orders") == "tickets_order_id_fkey"
    assert violated(office, "DELETE FROM ticket_tiers WHERE id = %s", tier) == "order_items_tier_id_fkey"
    assert violated(office, "DELETE FROM promoters") == "events_promoter_id_fkey"
    assert violated(office, "DELETE FROM users WHERE id = %s", office.at.clerk_id)
    assert violated(office, "DELETE FROM events")


def test_a_draft_goes_with_its_tiers_and_waitlist(office: Office) -> None:
    event = office.event(status="draft")
    tier = office.tier(event)
    office.insert("waitlist", event_id=event, user_id=office.at.clerk_id, tier_id=tier, position=1)
    office.connection.execute("DELETE FROM events WHERE id = %s", [event])
    assert office.value("SELECT count(*) FROM ticket_tiers") == 0
    assert office.value("SELECT count(*) FROM waitlist") == 0


@pytest.mark.parametrize("table", ["audit_logs", "payment_transactions"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {} CASCADE"])
def test_evidence_is_only_added_to(db: Database, office: Office, table: str, deed: str) -> None:
    event = office.event()
    sell_tickets(db, office.at, wish(event, (office.tier(event), 1)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office.connection.execute(deed.format(table).encode())


def test_reserved_follows_the_holds(office: Office) -> None:
    tier = office.tier(office.event(), quantity=10)
    reserved = "SELECT reserved FROM ticket_tiers WHERE id = %s"
    hold = office.insert("holds", tier_id=tier, kind="basket", quantity=4)
    other = office.insert("holds", tier_id=tier, kind="house", quantity=2)
    assert office.value(reserved, tier) == 6
    office.connection.execute("UPDATE holds SET quantity = 3 WHERE id = %s", [hold])
    assert office.value(reserved, tier) == 5
    office.connection.execute("UPDATE holds SET ended_at = now() WHERE id = %s", [hold])
    assert office.value(reserved, tier) == 2
    office.connection.execute("DELETE FROM holds WHERE id = %s", [other])
    assert office.value(reserved, tier) == 0
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        office.insert("holds", tier_id=tier, kind="house", quantity=11)
    assert refused.value.diag.constraint_name == "ticket_tiers_stock_check"


def test_capacity_cannot_fall_below_what_is_sold(db: Database, office: Office) -> None:
    event = office.event(capacity=10)
    sell_tickets(db, office.at, wish(event, (office.tier(event, quantity=10), 5)))
    assert violated(office, "UPDATE events SET capacity = 4") == "events_capacity_stock_check"


def test_the_mark_of_a_shared_house_follows_capacity_and_quotas(office: Office) -> None:
    event = office.event(capacity=10)
    tier = office.tier(event, quantity=10)
    shared = "SELECT capacity_shared FROM events WHERE id = %s"
    assert office.value(shared, event) is False
    other = office.tier(event, name="B", quantity=1)
    assert office.value(shared, event) is True
    office.connection.execute("UPDATE ticket_tiers SET quantity = 9 WHERE id = %s", [tier])
    assert office.value(shared, event) is False
    office.connection.execute("UPDATE events SET capacity = 9 WHERE id = %s", [event])
    assert office.value(shared, event) is True
    office.connection.execute("DELETE FROM ticket_tiers WHERE id = %s", [other])
    assert office.value(shared, event) is False
    office.connection.execute("UPDATE events SET capacity_shared = true WHERE id = %s", [event])
    assert office.value(shared, event) is False
