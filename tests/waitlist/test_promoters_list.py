"""A promoter reads own lists: who waits and why, not how they are reached, nor an offer's code."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import EntryState, MailProgress, WaitlistFilter
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.waitlist.open_waitlist import open_waitlist
from boxoffice.usecases.waitlist.waitlist_desk import WaitlistDesk
from tests.waitlist.conftest import House


@pytest.fixture
def promoter(house: House) -> Iterator[psycopg.Connection]:
    """The hand of the promoter whose event it is."""
    person = house.office.person("promoter")
    house.office.connection.execute(
        "UPDATE promoters SET user_id = %s WHERE id = %s", [person.id, house.office.promoter_id]
    )
    with psycopg.connect(person.dsn, autocommit=True) as hand:
        yield hand


@pytest.fixture
def desk(promoter: psycopg.Connection) -> Iterator[WaitlistDesk]:
    info = promoter.info
    url = f"postgresql+psycopg://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}"
    db = Database(url)
    yield open_waitlist(db, DeskIdentity("Office", "Pia", 0, "Desk", 0, Role.PROMOTER))
    db.close()


def test_the_own_list_is_read_without_contacts_and_codes(house: House, desk: WaitlistDesk) -> None:
    family = house.join(4, note="wheelchair", phone="030 1234567").entry_id
    single = house.join(1).entry_id
    house.free(1)
    [event] = desk.events()
    assert (event.waiting, event.offers, event.to_call) == (1, 1, 0)
    first, second = desk.entries(WaitlistFilter(house.event), None).entries
    assert [first.id, second.id] == [family, single]
    assert (first.name, first.email, first.phone, first.note) == ("Guest 1", "", "", "")
    assert (first.place, first.skipped, first.quantity, first.all_together) == (1, 1, 4, True)
    assert second.state is EntryState.OFFERED
    assert second.offer is not None
    assert (second.offer.code, second.offer.price, second.offer.mail) == ("", None, MailProgress.QUEUED)
    assert desk.entry(family) == first
    assert [one.left for one in desk.story(family)] == [1]
    assert desk.chance(family).ahead == 4
    assert desk.doubles(house.event) == ()
    assert desk.export(house.event) == (first, second)


def test_a_name_is_found_and_an_address_is_not(house: House, desk: WaitlistDesk) -> None:
    house.join(1, customer_id=house.person(first_name="Zoë", email="zoe@example.org"))
    house.join(1)
    found = desk.entries(WaitlistFilter(house.event, text="zoe"), None).entries
    assert [one.name for one in found] == ["Zoë"]
    assert desk.entries(WaitlistFilter(house.event, text="example.org"), None).entries == ()
    assert desk.entries(WaitlistFilter(house.event, text="zoe@"), None).entries == ()


def test_who_has_to_be_called_is_counted(house: House, desk: WaitlistDesk) -> None:
    house.join(1, customer_id=house.person(email=None), phone="030 1234567")
    house.free(1)
    [event] = desk.events()
    assert event.to_call == 1


def test_others_lists_are_not_there(house: House, desk: WaitlistDesk) -> None:
    other = house.office.insert("users", role="promoter", first_name="Rita")
    rival = house.office.insert("promoters", user_id=other, company="Rival")
    event = house.office.event(promoter_id=rival)
    tier = house.office.tier(event, quantity=0)
    entry = house.join(1, event_id=event, tier_id=tier).entry_id
    assert [one.event_id for one in desk.events()] == [house.event]
    assert desk.entries(WaitlistFilter(event), None).entries == ()
    for look in (desk.entry, desk.story, desk.chance):
        with pytest.raises(errors.UnknownEntry):
            look(entry)
    house.office.connection.execute("UPDATE ticket_tiers SET quantity = 1 WHERE id = %s", [tier])
    assert house.office.value("SELECT count(*) FROM waitlist_offers WHERE event_id = %s", event) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT code FROM waitlist_offers",
        "SELECT phone FROM waitlist",
        "SELECT notes FROM waitlist",
        "SELECT recipient FROM email_notifications",
        "SELECT facts FROM email_notifications",
        "SELECT clerk_id FROM waitlist_calls",
        "SELECT waitlist_history(1, 10)",
        "SELECT offer_followers(1)",
    ],
)
def test_what_a_promoter_is_not_told(promoter: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        promoter.execute(statement.encode())


def test_notices_and_calls_of_others_are_not_seen(house: House, promoter: psycopg.Connection) -> None:
    house.join(1)
    house.free(1)
    other = house.office.insert("users", role="promoter", first_name="Rita")
    rival = house.office.insert("promoters", user_id=other, company="Rival")
    event = house.office.event(promoter_id=rival)
    tier = house.office.tier(event, quantity=0)
    entry = house.join(1, event_id=event, tier_id=tier).entry_id
    house.office.connection.execute("UPDATE ticket_tiers SET quantity = 1 WHERE id = %s", [tier])
    offer = house.entries()[0].offer
    assert offer is not None
    for waitlist_id in (house.entries()[0].id, entry):
        of = house.office.value("SELECT id FROM waitlist_offers WHERE waitlist_id = %s", waitlist_id)
        house.office.connection.execute(
            "INSERT INTO waitlist_calls (key, offer_id, outcome) VALUES (gen_random_uuid(), %s, 'no_answer')",
            [of],
        )
    assert promoter.execute("SELECT waitlist_id FROM email_notifications").fetchall() == [
        (house.entries()[0].id,)
    ]
    assert promoter.execute("SELECT offer_id FROM waitlist_calls").fetchall() == [(offer.id,)]
