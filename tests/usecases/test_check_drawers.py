"""The check that ships with the product finds books of a till that do not add up."""

from __future__ import annotations

import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.office import Office
from tests.takings import ring_up, without_drawer

_OPEN_BOOKS = "ALTER TABLE closings DISABLE TRIGGER ALL; "
DAMAGE = {
    "receipts_are_numbered": "ALTER TABLE receipts DISABLE TRIGGER ALL;"
    " DELETE FROM receipts WHERE number = 2",
    "closings_follow_each_other": f"{_OPEN_BOOKS} UPDATE closings SET first_receipt = 2 WHERE number = 1",
    "payments_are_closed_once": f"{_OPEN_BOOKS} UPDATE closings SET first_receipt = 1 WHERE number = 2",
    "closings_are_their_receipts": "ALTER TABLE payment_transactions DISABLE TRIGGER ALL;"
    " UPDATE payment_transactions SET amount = amount + 1 WHERE receipt_number = 1",
    "drawers_add_up": "ALTER TABLE drawer_entries DISABLE TRIGGER ALL; DELETE FROM drawer_entries",
}


@pytest.fixture
def closed(office: Office) -> Office:
    """Two closings of two receipts each, and one receipt that no closing has yet."""
    event = office.event()
    office.tier(event)
    without_drawer(office)
    for _ in range(2):
        drawer = office.insert(
            "cash_drawers",
            till_id=office.at.till_id,
            opened_by=office.at.clerk_id,
            opening_float=100,
            currency="EUR",
        )
        ring_up(office.connection, office, event, "20", "1.40")
        ring_up(office.connection, office, event, "30", tender="card")
        office.connection.execute(
            "UPDATE cash_drawers SET counted = 121.4, counted_at = now(), counted_by = opened_by"
            " WHERE id = %s",
            [drawer],
        )
        office.value("SELECT sign_off_drawer(%s, %s)", drawer, office.at.till_id)
    ring_up(office.connection, office, event, "30", tender="card")
    return office


def test_sound_books_have_nothing_broken(db: Database, closed: Office) -> None:
    assert closed.value("SELECT max(number) FROM closings") == 2
    assert [finding for finding in check_database(db) if finding.broken] == []


@pytest.mark.parametrize(
    "damage",
    [
        *DAMAGE.items(),
        ("closings_follow_each_other", f"{_OPEN_BOOKS} DELETE FROM closings WHERE number = 1"),
        ("closings_follow_each_other", f"{_OPEN_BOOKS} DELETE FROM closings WHERE number = 2"),
        ("closings_follow_each_other", "UPDATE till_numbers SET last_receipt = 3"),
        ("receipts_are_numbered", "UPDATE till_numbers SET last_receipt = 6"),
        ("payments_are_closed_once", f"{_OPEN_BOOKS} UPDATE closings SET last_receipt = 1 WHERE number = 1"),
        ("closings_are_their_receipts", f"{_OPEN_BOOKS} UPDATE closings SET totals = totals - 'tenders'"),
        ("drawers_add_up", f"{_OPEN_BOOKS} UPDATE closings SET counted = counted + 1"),
        ("drawers_add_up", f"{_OPEN_BOOKS} UPDATE closings SET expected = expected + 1"),
    ],
)
def test_damage_to_the_books_is_found_by_its_own_rule(
    db: Database, closed: Office, damage: tuple[str, str]
) -> None:
    name, statement = damage
    closed.connection.execute(statement.encode())
    findings = {finding.name: finding for finding in check_database(db)}
    assert findings[name].broken > 0
    assert findings[name].examples


def test_closings_and_counts_are_never_rewritten(closed: Office) -> None:
    for statement in (
        "UPDATE closings SET counted = 1",
        "DELETE FROM closings",
        "TRUNCATE closings",
        "TRUNCATE drawer_counts",
        "TRUNCATE drawer_users",
    ):
        with pytest.raises(Exception, match=r"append-only"):
            closed.connection.execute(statement.encode())
