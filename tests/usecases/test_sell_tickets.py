"""The sale: what it writes, what it refuses, and that a refusal writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from boxoffice.domain.errors import (
    BadQuantity,
    CashTooLittle,
    EmptyBasket,
    OverLimit,
    PriceChanged,
    PurchaseKeyReused,
    ReferenceTooLong,
    Refused,
    SoldOut,
    TierNotSellable,
    TotalChanged,
    UnderMinimum,
    UnknownEvent,
    UnknownTier,
)
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.sale import Payment, SellTickets, Tender
from boxoffice.domain.ticket_code import normalise
from boxoffice.domain.tier import NotSellable
from boxoffice.sealing import is_token
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, booked, wish

TABLES = ("orders", "order_items", "tickets", "payment_transactions", "drawer_entries")


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def rows(office: Office) -> list[int]:
    """Count what a sale writes; the evidence of how the office itself was set up does not count."""
    counts = [office.value(f"SELECT count(*) FROM {table}") for table in TABLES]
    return [*counts, office.value("SELECT count(*) FROM audit_logs WHERE action = 'sold'")]


def assert_refused[T: Refused](db: Database, office: Office, command: SellTickets, kind: type[T]) -> T:
    """The sale is refused for this reason, and nothing at all was written."""
    before = rows(office), office.value("SELECT coalesce(sum(sold), 0) FROM ticket_tiers")
    with pytest.raises(kind) as refused:
        sell_tickets(db, office.at, command)
    assert (rows(office), office.value("SELECT coalesce(sum(sold), 0) FROM ticket_tiers")) == before
    return refused.value


def test_a_sale_writes_order_items_tickets_payment_and_stock(db: Database, office: Office) -> None:
    event = office.event(service_fee_per_ticket="0.50", tax_rate_percent=7)
    standard = office.tier(event)
    reduced = office.tier(event, name="Reduced", price=18)
    command = wish(event, (standard, 2), payment=Payment(Tender.CASH, euro("100")))
    done = sell_tickets(db, office.at, command)
    sale = done.value

    assert sale.totals.subtotal == euro("56")
    assert sale.totals.service_fee == euro("1")
    assert sale.totals.tax == euro("3.73")
    assert sale.totals.total == euro("57")
    assert sale.change == euro("43")
    assert (sale.till, sale.clerk) == ("Counter 2", "Anna Weber")
    assert [ticket.face.number for ticket in sale.tickets] == [1, 2]
    assert [ticket.face.price for ticket in sale.tickets] == [euro("28.5"), euro("28.5")]
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", standard) == 2
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", reduced) == 0
    assert rows(office) == [1, 1, 2, 1, 1, 1]
    assert Notice(Topic.AVAILABILITY, event) in done.touched
    assert not [finding for finding in check_database(db) if finding.broken]


def test_several_tiers_of_one_event_are_one_order(db: Database, office: Office) -> None:
    event = office.event()
    tiers = [office.tier(event, name=name) for name in ("Stalls", "Circle", "Box")]
    sale = sell_tickets(db, office.at, wish(event, *((tier, 2) for tier in reversed(tiers)))).value
    assert [(line.tier, line.quantity) for line in sale.totals.lines] == [
        ("Stalls", 2),
        ("Circle", 2),
        ("Box", 2),
    ]
    assert [ticket.face.number for ticket in sale.tickets] == [1, 2, 3, 4, 5, 6]


def test_the_same_tier_twice_in_a_basket_is_one_line(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event, max_purchase=4)
    assert sell_tickets(db, office.at, wish(event, (tier, 1), (tier, 2))).value.totals.lines[0].quantity == 3
    assert assert_refused(db, office, wish(event, (tier, 3), (tier, 2)), OverLimit).requested == 5


def test_every_code_the_database_mints_passes_the_check_of_typed_codes(db: Database, office: Office) -> None:
    event = office.event()
    sale = sell_tickets(db, office.at, wish(event, (office.tier(event), 10))).value
    codes = [ticket.face.code for ticket in sale.tickets]
    assert [normalise(code) for code in codes] == codes
    assert len(set(codes)) == 10


def test_cash_goes_into_the_open_drawer_in_the_same_transaction(
    db: Database, office: Office, tmp_path: Path
) -> None:
    event = office.event()
    tier = office.tier(event)
    seal_with(db, office.give_key(tmp_path))
    sell_tickets(db, office.at, wish(event, (tier, 1)))
    sold = sell_tickets(db, office.at, wish(event, (tier, 1), payment=Payment(Tender.CARD, reference="4711")))
    assert booked(sold.value) == Payment(Tender.CARD, reference="4711")
    assert office.value("SELECT sum(amount) FROM drawer_entries") == 28
    stored = office.value("SELECT reference FROM payment_transactions WHERE tender = 'card'")
    assert is_token(stored)
    assert "4711" not in stored


def test_held_tickets_are_not_sold(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event, quantity=5)
    hold = office.insert("holds", tier_id=tier, kind="house", quantity=4)
    refusal = assert_refused(db, office, wish(event, (tier, 2)), SoldOut)
    assert (refusal.available, refusal.held, refusal.requested) == (1, 4, 2)
    office.connection.execute("UPDATE holds SET ended_at = now() WHERE id = %s", [hold])
    assert sell_tickets(db, office.at, wish(event, (tier, 5))).value.tickets


def test_limits_of_an_order(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event, min_purchase=2, max_purchase=4)
    assert assert_refused(db, office, wish(event, (tier, 5)), OverLimit).limit == 4
    assert assert_refused(db, office, wish(event, (tier, 1)), UnderMinimum).minimum == 2
    assert assert_refused(db, office, wish(event, (tier, 2**31 - 1)), OverLimit).requested == 2**31 - 1


@pytest.mark.parametrize("quantity", [0, -1, 2**31, 10**30, 1.5, "2", True, None])
def test_quantities_that_are_no_number_of_tickets(db: Database, office: Office, quantity: Any) -> None:
    event = office.event()
    refusal = assert_refused(db, office, wish(event, (office.tier(event), quantity)), BadQuantity)
    assert refusal.quantity == quantity


def test_an_empty_basket(db: Database, office: Office) -> None:
    assert_refused(db, office, wish(office.event()), EmptyBasket)


def test_unknown_events_and_tiers_and_those_of_another_event(db: Database, office: Office) -> None:
    event, other = office.event(), office.event()
    tier, foreign = office.tier(event), office.tier(other)
    assert_refused(db, office, wish(10**9, (tier, 1)), UnknownEvent)
    assert_refused(db, office, wish(event, (10**9, 1)), UnknownTier)
    assert assert_refused(db, office, wish(event, (tier, 1), (foreign, 1)), UnknownTier).tier == str(foreign)


NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("event_columns", "tier_columns", "reason"),
    [
        ({"status": "draft"}, {}, NotSellable.EVENT_DRAFT),
        ({"status": "cancelled"}, {}, NotSellable.EVENT_CANCELLED),
        ({"status": "closed"}, {}, NotSellable.EVENT_CLOSED),
        ({"status": "completed"}, {}, NotSellable.EVENT_PAST),
        ({"start_time": NOW - 3 * HOUR, "end_time": NOW - HOUR}, {}, NotSellable.EVENT_PAST),
        ({"start_time": NOW - HOUR}, {}, NotSellable.EVENT_PAST),
        ({}, {"is_active": False}, NotSellable.INACTIVE),
        ({}, {"sale_start_time": NOW + HOUR}, NotSellable.NOT_YET),
        ({}, {"sale_end_time": NOW - HOUR}, NotSellable.ENDED),
    ],
)
def test_what_is_not_on_sale_says_why(
    db: Database,
    office: Office,
    event_columns: dict[str, Any],
    tier_columns: dict[str, Any],
    reason: NotSellable,
) -> None:
    event = office.event(**event_columns)
    tier = office.tier(event, **tier_columns)
    refusal = assert_refused(db, office, wish(event, (tier, 1)), TierNotSellable)
    assert refusal.reason is reason
    assert refusal.at == tier_columns.get("sale_start_time", tier_columns.get("sale_end_time"))


def test_an_event_under_way_still_sells_to_those_who_come_late(db: Database, office: Office) -> None:
    event = office.event(start_time=NOW - HOUR, end_time=NOW + HOUR)
    assert sell_tickets(db, office.at, wish(event, (office.tier(event), 1))).value.tickets


def test_a_price_that_changed_is_refused_with_the_new_one(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event)
    command = wish(event, (tier, 1))
    office.connection.execute("UPDATE ticket_tiers SET price = 30 WHERE id = %s", [tier])
    refusal = assert_refused(db, office, command, PriceChanged)
    assert (refusal.shown, refusal.now) == (euro("28"), euro("30"))


def test_a_fee_that_changed_is_refused_with_the_new_total(db: Database, office: Office) -> None:
    event = office.event()
    command = wish(event, (office.tier(event), 1), shown_total=euro("28"))
    office.connection.execute("UPDATE events SET service_fee_per_ticket = 1")
    refusal = assert_refused(db, office, command, TotalChanged)
    assert (refusal.shown, refusal.now) == (euro("28"), euro("29"))


def test_too_little_cash(db: Database, office: Office) -> None:
    event = office.event()
    command = wish(event, (office.tier(event), 1), payment=Payment(Tender.CASH, euro("27.99")))
    refusal = assert_refused(db, office, command, CashTooLittle)
    assert (refusal.total, refusal.tendered) == (euro("28"), euro("27.99"))


def test_a_key_sells_once_and_for_one_basket(db: Database, office: Office) -> None:
    event = office.event()
    command = wish(event, (office.tier(event), 2))
    first = sell_tickets(db, office.at, command).value
    again = sell_tickets(db, office.at, command).value
    assert again.replayed
    assert replace(again, replayed=False) == first
    other = replace(command, lines=(replace(command.lines[0], quantity=1),))
    assert assert_refused(db, office, other, PurchaseKeyReused).order_number == first.order_number


def test_a_key_is_answered_even_when_nothing_is_left_or_the_price_went_up(
    db: Database, office: Office
) -> None:
    event = office.event()
    tier = office.tier(event, quantity=1)
    command = wish(event, (tier, 1))
    first = sell_tickets(db, office.at, command).value
    office.connection.execute("UPDATE ticket_tiers SET price = 99")
    assert sell_tickets(db, office.at, command).value.order_id == first.order_id


def test_shared_capacity_is_refused_over_the_whole_basket(db: Database, office: Office) -> None:
    event = office.event(capacity=5)
    tiers = [office.tier(event, name=name, quantity=5) for name in "AB"]
    refusal = assert_refused(db, office, wish(event, (tiers[0], 3), (tiers[1], 3)), SoldOut)
    assert (refusal.available, refusal.requested) == (5, 6)
    assert sell_tickets(db, office.at, wish(event, (tiers[0], 3), (tiers[1], 2))).value.tickets


def test_names_and_references_of_any_letters_are_kept_as_they_are(
    db: Database, office: Office, tmp_path: Path
) -> None:
    seal_with(db, office.give_key(tmp_path))
    hostile = "'); DROP TABLE tickets;-- %s \\ \" 🎭 שלום Ωμέγα"
    event = office.event(title=hostile)
    command = wish(
        event, (office.tier(event, name=hostile), 1), payment=Payment(Tender.OTHER, reference=hostile)
    )
    sale = sell_tickets(db, office.at, command).value
    assert sale.event_title == hostile
    assert sale.tickets[0].face.tier == hostile
    assert booked(sale) == Payment(Tender.OTHER, None, hostile)


def test_the_servers_clock_decides_whatever_the_till_thinks(db: Database, office: Office) -> None:
    """No time goes from the till to the database: the command has no field for one."""
    event = office.event()
    sale = sell_tickets(db, office.at, wish(event, (office.tier(event), 1), purchase_key=uuid4())).value
    assert abs(sale.sold_at - office.value("SELECT now()")) < timedelta(minutes=1)


def test_a_reference_longer_than_a_terminal_gives(db: Database, office: Office) -> None:
    event = office.event()
    tier = office.tier(event)
    assert_refused(
        db,
        office,
        wish(event, (tier, 1), payment=Payment(Tender.CARD, reference="x" * 201)),
        ReferenceTooLong,
    )
