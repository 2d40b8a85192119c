"""The check that ships with the product finds what is broken, and nothing else."""

from __future__ import annotations

import pytest

from boxoffice.storage.database import Database
from boxoffice.storage.invariants import INVARIANTS
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.usecases.test_check_drawers import DAMAGE as DRAWER_DAMAGE
from tests.usecases.test_check_money import DAMAGE as MONEY_DAMAGE
from tests.usecases.test_check_waitlist import WAITLIST_DAMAGE

DAMAGE = {
    "sold_is_tickets": "UPDATE tickets SET status = 'cancelled'",
    "sold_is_items": "UPDATE order_items SET quantity = quantity + 1",
    "reserved_is_holds": "UPDATE ticket_tiers SET reserved = 1",
    "stock": "ALTER TABLE ticket_tiers DISABLE TRIGGER ALL; UPDATE ticket_tiers SET quantity = 1",
    "capacity": "ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET capacity = 1",
    "capacity_shared": "ALTER TABLE events DISABLE TRIGGER ALL; UPDATE events SET capacity_shared = true",
    "order_amounts": "UPDATE orders SET subtotal = subtotal + 1, total_amount = total_amount + 1",
    "ticket_amounts": "UPDATE tickets SET price = price + 1 WHERE number = 1",
    "tickets_are_items": "UPDATE order_items SET quantity = 1",
    "paid_is_paid": "INSERT INTO payment_transactions (order_id, tender, amount, currency)"
    " SELECT id, 'cash', 1, 'EUR' FROM orders",
    "personal_words_are_sealed": "ALTER TABLE payment_transactions DROP CONSTRAINT"
    " payment_transactions_reference_check, DISABLE TRIGGER ALL;"
    " UPDATE payment_transactions SET reference = '4711'",
    "one_event_an_order": "INSERT INTO events (promoter_id, slug, title, venue, start_time)"
    " SELECT promoter_id, 'x', 'x', 'x', now() FROM events LIMIT 1;"
    " UPDATE orders SET event_id = (SELECT max(id) FROM events)",
    "cash_is_in_the_drawer": "ALTER TABLE drawer_entries DISABLE TRIGGER ALL;"
    " UPDATE drawer_entries SET amount = 1",
    "sales_leave_evidence": "ALTER TABLE audit_logs DISABLE TRIGGER ALL; DELETE FROM audit_logs",
    "waitlist_places": "INSERT INTO waitlist (event_id, user_id, position)"
    " SELECT e.id, u.id, 1 FROM events e, users u; UPDATE waitlist SET position = 1",
    "evidence_is_whole": "ALTER TABLE audit_logs DISABLE TRIGGER ALL; UPDATE audit_logs SET reason = 'x'",
    "tables_are_guarded": "ALTER TABLE events NO FORCE ROW LEVEL SECURITY",
    "doors_are_shut": "GRANT USAGE ON SCHEMA public TO PUBLIC",
}


@pytest.fixture
def sold(db: Database, office: Office) -> Office:
    event = office.event(tax_rate_percent=7, service_fee_per_ticket="0.5")
    sell_tickets(db, office.at, wish(event, (office.tier(event), 2)))
    return office


def test_a_sound_database_has_nothing_broken(db: Database, sold: Office) -> None:
    assert sold.value("SELECT count(*) FROM drawer_entries") == 1
    assert {finding.broken for finding in check_database(db)} == {0}


def test_every_invariant_has_its_damage_here() -> None:
    assert {invariant.name for invariant in INVARIANTS} == (
        set(DAMAGE) | set(DRAWER_DAMAGE) | {name for name, _ in (*MONEY_DAMAGE, *WAITLIST_DAMAGE)}
    )


SLIPPED_IN = "INSERT INTO audit_logs (action, entity, entity_id, chain, seq, hash)"
UNLOCKED = "ALTER TABLE audit_logs DISABLE TRIGGER ALL; "


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM audit_logs WHERE id = (SELECT max(id) FROM audit_logs)",
        "DELETE FROM audit_logs WHERE id = (SELECT min(id) FROM audit_logs)",
        "DELETE FROM audit_logs WHERE seq = 3",
        "UPDATE audit_logs SET at = at + interval '1 microsecond' WHERE seq = 2",
        "UPDATE audit_logs SET user_id = 77 WHERE action = 'sold'",
        "UPDATE audit_logs SET detail = detail || '{\"total\": 1}' WHERE action = 'sold'",
        "UPDATE audit_logs SET database_role = 'somebody' WHERE seq = 1",
        "UPDATE audit_logs SET client = '10.0.0.1' WHERE seq = 1",
        "UPDATE audit_logs SET before = '{}' WHERE seq = 1",
        f"{SLIPPED_IN} VALUES ('x', 'x', 1, 'x', 1, '')",
        f"{SLIPPED_IN} SELECT 'x', 'x', 1, chain, seq + 1, hash FROM audit_chains LIMIT 1",
        "DELETE FROM audit_logs",
        "DELETE FROM audit_chains",
    ],
)
def test_every_kind_of_tampering_with_the_evidence_is_found(db: Database, sold: Office, damage: str) -> None:
    sold.connection.execute((UNLOCKED + damage).encode())
    findings = {finding.name: finding for finding in check_database(db)}
    assert findings["evidence_is_whole"].broken > 0


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_by_its_own_rule(db: Database, sold: Office, name: str) -> None:
    sold.connection.execute(DAMAGE[name].encode())
    findings = {finding.name: finding for finding in check_database(db)}
    assert findings[name].broken > 0
    assert findings[name].examples
