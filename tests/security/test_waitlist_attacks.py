"""Hands on the list by psql: nobody gets ahead, gets tickets or reads codes past the list's own deeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, open_office, wish


@dataclass
class Scene:
    """A sold-out tier, an offer that stands, and somebody who waits behind it."""

    office: Office
    event: int
    tier: int
    offer: int
    waiting: int


@pytest.fixture
def scene(database_url: str, db: Database) -> Iterator[Scene]:
    office = open_office(database_url.replace("+psycopg", "", 1))
    event = office.event()
    tier = office.tier(event, quantity=2)
    sell_tickets(db, office.at, wish(event, (tier, 2)))
    entries = [
        office.insert(
            "waitlist",
            event_id=event,
            tier_id=tier,
            position=1,
            user_id=office.insert("users", role="customer", email=f"guest{nth}@example.org"),
        )
        for nth in range(2)
    ]
    office.connection.execute("UPDATE ticket_tiers SET quantity = 3 WHERE id = %s", [tier])
    offer = office.value("SELECT id FROM waitlist_offers")
    yield Scene(office, event, tier, offer, entries[1])
    assert [finding for finding in check_database(db) if finding.broken] == []
    office.connection.close()


FORBIDDEN = (
    ("clerk", "UPDATE waitlist SET position = 1, priority = 99 WHERE id = {waiting}"),
    ("clerk", "UPDATE waitlist SET state = 'offered' WHERE id = {waiting}"),
    ("clerk", "DELETE FROM waitlist"),
    ("clerk", "INSERT INTO waitlist (event_id, user_id, position, priority) VALUES ({event}, 1, 1, 9)"),
    ("clerk", "INSERT INTO waitlist (event_id, user_id, position, state) VALUES ({event}, 1, 1, 'redeemed')"),
    ("clerk", "UPDATE waitlist_offers SET expires_at = now() + interval '1 year'"),
    ("clerk", "DELETE FROM waitlist_offers"),
    ("clerk", "UPDATE holds SET ended_at = now()"),
    ("clerk", "SELECT serve_waitlist({event}, ARRAY[{tier}::bigint])"),
    ("clerk", "SELECT end_offer(o, 'declined') FROM waitlist_offers o"),
    ("clerk", "SELECT make_offer(w, t, e, 1, gen_random_uuid()) FROM waitlist w, ticket_tiers t, events e"),
    ("clerk", "SELECT redeem_offer({event}, ARRAY[{tier}::bigint], 'W', gen_random_uuid())"),
    ("clerk", "SELECT move_deadline(o, now() + interval '1 year') FROM waitlist_offers o"),
    ("clerk", "ALTER TABLE ticket_tiers DISABLE TRIGGER ticket_tiers_serve"),
    (
        "clerk",
        "INSERT INTO waitlist_calls (key, offer_id, outcome) VALUES (gen_random_uuid(), {offer}, 'reached')",
    ),
    ("clerk", "SELECT recipient FROM email_notifications"),
    ("clerk", "SELECT facts FROM email_notifications"),
    ("clerk", "SELECT join_waitlist({event}, {tier}, 1, 1, true, '', '', NULL)"),
    ("manager", "UPDATE waitlist SET priority = 9 WHERE id = {waiting}"),
    ("manager", "UPDATE waitlist_offers SET code = 'W1'"),
    ("manager", "INSERT INTO holds (tier_id, kind, quantity) VALUES ({tier}, 'waitlist', 1)"),
    ("promoter", "SELECT code FROM waitlist_offers"),
    ("promoter", "SELECT phone FROM waitlist"),
    ("promoter", "SELECT decline_offer({offer}, 1)"),
    ("promoter", "UPDATE waitlist SET quantity = 20"),
    ("promoter", "SELECT tend_waitlist()"),
    ("door", "SELECT * FROM waitlist_offers"),
    ("door", "SELECT decline_offer({offer}, 1)"),
)


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_what_nobody_may(scene: Scene, role: str, statement: str) -> None:
    person = scene.office.person(role)
    filled = statement.format(waiting=scene.waiting, event=scene.event, tier=scene.tier, offer=scene.offer)
    with psycopg.connect(person.dsn) as hand, pytest.raises(psycopg.errors.InsufficientPrivilege):
        hand.execute(filled.encode())


def test_a_promoter_s_offers_are_those_of_own_events(scene: Scene) -> None:
    stranger = scene.office.person("promoter")
    scene.office.insert("promoters", user_id=stranger.id, company="Elsewhere")
    with psycopg.connect(stranger.dsn) as hand:
        row = hand.execute(
            "SELECT (SELECT count(state) FROM waitlist_offers), (SELECT count(*) FROM waitlist_servings),"
            " (SELECT count(id) FROM waitlist)"
        ).fetchone()
        assert row == (0, 0, 0)
    with psycopg.connect(stranger.dsn) as hand, pytest.raises(psycopg.Error) as refused:
        hand.execute("SELECT set_waitlist_priority(%s, 9, 'mine', NULL)", [scene.waiting])
    assert refused.value.sqlstate in ("BX001", "42501")
    assert scene.office.value("SELECT priority FROM waitlist WHERE id = %s", scene.waiting) == 0


def test_a_promoter_moves_somebody_up_on_own_lists_with_a_reason(scene: Scene) -> None:
    user_id = scene.office.value("SELECT user_id FROM promoters WHERE id = %s", scene.office.promoter_id)
    url = scene.office.let_in(user_id, "promoter").replace("+psycopg", "", 1)
    with psycopg.connect(url) as hand:
        hand.execute("SELECT set_waitlist_priority(%s, 5, 'press', NULL)", [scene.waiting])
    assert scene.office.value("SELECT priority FROM waitlist WHERE id = %s", scene.waiting) == 5
    kept = scene.office.value("SELECT reason FROM audit_logs WHERE action = 'prioritised'")
    assert kept == "press"


@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
def test_when_constraints_are_looked_at_is_no_lever(scene: Scene, when: str) -> None:
    """A clerk who has the serving done at once, or later, frees a seat for the list all the same."""
    clerk = scene.office.person("clerk")
    till = scene.office.at.till_id
    scene.office.connection.execute("UPDATE cash_drawers SET is_shared = true, opened_at = '2020-01-01'")
    order = scene.office.value("SELECT id FROM orders")
    ticket = scene.office.value("SELECT min(id) FROM tickets")
    with psycopg.connect(clerk.dsn) as hand:
        hand.execute(f"SET CONSTRAINTS ticket_tiers_serve {when}".encode())
        hand.execute(
            "SELECT refund_tickets(gen_random_uuid(), %s, ARRAY[%s::bigint], NULL, NULL, '', 'ill', %s)",
            [order, ticket, till],
        )
    assert scene.office.value("SELECT state FROM waitlist WHERE id = %s", scene.waiting) == "offered"
