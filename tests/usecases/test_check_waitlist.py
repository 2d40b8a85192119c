"""What `boxoffice check` says of a damaged list."""

from __future__ import annotations

import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

UNGUARDED = (
    "ALTER TABLE waitlist_offers DISABLE TRIGGER ALL; ALTER TABLE waitlist DISABLE TRIGGER ALL;"
    "ALTER TABLE ticket_tiers DISABLE TRIGGER ALL;"
)
WAITLIST_DAMAGE = (
    ("offers_are_held", "UPDATE holds SET ended_at = now()"),
    ("offers_are_held", UNGUARDED + "UPDATE waitlist_offers SET quantity = 2"),
    ("offers_are_held", UNGUARDED + "UPDATE waitlist SET state = 'declined' WHERE state = 'offered'"),
    ("offers_are_held", UNGUARDED + "UPDATE waitlist_offers SET state = 'expired', ended_at = now()"),
    (
        "redeemed_offers_are_orders",
        UNGUARDED + "UPDATE waitlist_offers SET state = 'returned', ended_at = now(), purchase_key ="
        " (SELECT purchase_key FROM orders LIMIT 1)",
    ),
    (
        "nobody_waits_beside_free_tickets",
        UNGUARDED + "UPDATE ticket_tiers SET quantity = quantity + 1;"
        " UPDATE waitlist SET asked_at = now() - interval '3 minutes'",
    ),
)


@pytest.fixture
def listed(db: Database, office: Office) -> Office:
    """An offer that stands, and somebody who waits behind it."""
    event = office.event()
    tier = office.tier(event, quantity=2)
    sell_tickets(db, office.at, wish(event, (tier, 2)))
    for nth in range(2):
        person = office.insert("users", role="customer", email=f"guest{nth}@example.org")
        office.insert("waitlist", event_id=event, user_id=person, tier_id=tier, position=1)
    office.connection.execute("UPDATE ticket_tiers SET quantity = 3 WHERE id = %s", [tier])
    return office


def test_a_sound_list_has_nothing_broken(db: Database, listed: Office) -> None:
    assert listed.value("SELECT count(*) FROM waitlist_offers WHERE state = 'open'") == 1
    assert [finding for finding in check_database(db) if finding.broken] == []


@pytest.mark.parametrize(("rule", "damage"), WAITLIST_DAMAGE)
def test_what_is_damaged_is_found(db: Database, listed: Office, rule: str, damage: str) -> None:
    listed.connection.execute(damage.encode())
    assert rule in {finding.name for finding in check_database(db) if finding.broken}
