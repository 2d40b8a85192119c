"""Joining the list at the counter: in seconds, once, and only where somebody has to wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from boxoffice.domain import errors
from boxoffice.domain.customer import NewCustomer
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import ChangeEntry, EntryState, JoinWaitlist
from boxoffice.usecases.customers.add_customer import add_customer
from boxoffice.usecases.waitlist.join_waitlist import change_entry, join_waitlist
from boxoffice.usecases.waitlist.keep_list import withdraw_entry
from boxoffice.usecases.waitlist.offers import tend_waitlist
from boxoffice.usecases.waitlist.read_list import entries_of
from tests.waitlist.conftest import House


def test_places_are_counted_among_those_who_are_after_the_same(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=1, position=2)
    house.sell(1, upstairs)
    joined = [
        house.join(1),
        house.join(1, tier_id=upstairs),
        house.join(1, tier_id=None),
        house.join(1),
        house.join(1, tier_id=upstairs),
    ]
    assert [one.place for one in joined] == [1, 1, 3, 3, 3]
    assert all(one.is_new for one in joined)
    assert [entry.place for entry in house.entries()] == [1, 1, 3, 3, 3]
    withdraw_entry(house.db, house.office.at, joined[0].entry_id, "got tickets elsewhere")
    assert [entry.place for entry in house.entries()] == [1, 2, 2, 3, None]


def test_a_repeat_changes_what_is_wanted_and_says_so(house: House) -> None:
    person = house.person()
    first = house.join(2, customer_id=person)
    house.join(1)
    again = house.join(3, customer_id=person, together=False, note="in a wheelchair")
    assert (again.entry_id, again.is_new, again.place) == (first.entry_id, False, 1)
    entry = house.entry(first.entry_id)
    assert (entry.quantity, entry.all_together, entry.note) == (3, False, "in a wheelchair")
    stored = house.office.value("SELECT notes FROM waitlist WHERE id = %s", first.entry_id)
    assert stored.startswith("bo1:")


def test_whoever_left_begins_at_the_end(house: House) -> None:
    person = house.person()
    first = house.join(1, customer_id=person)
    second = house.join(1)
    withdraw_entry(house.db, house.office.at, first.entry_id, "ill")
    again = house.join(1, customer_id=person)
    assert (again.is_new, again.place) == (True, 2)
    assert house.entry(second.entry_id).place == 1


def test_what_somebody_waits_for_is_found_for_each_tier_of_the_event_alone(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=1, position=2)
    house.sell(1, upstairs)
    person = house.person()
    house.join(1)
    first = house.join(2, customer_id=person, note="aisle", phone="+49 30 5550123")
    second = house.join(1, customer_id=person, tier_id=upstairs)
    left = house.join(1, customer_id=person, tier_id=None)
    withdraw_entry(house.db, house.office.at, left.entry_id, "ill")
    elsewhere = house.office.event(title="Elsewhere")
    found = {one.id: one for one in entries_of(house.db, house.event, person)}
    assert set(found) == {first.entry_id, second.entry_id}
    entry = found[first.entry_id]
    assert (entry.place, entry.quantity, entry.note, entry.phone) == (2, 2, "aisle", "+49 30 5550123")
    assert found[second.entry_id].tier == "Balcony"
    assert entries_of(house.db, elsewhere, person) == ()
    house.free(2)
    house.free(2)
    offered = {one.id: one for one in entries_of(house.db, house.event, person)}[first.entry_id]
    assert (offered.state, offered.offer is not None) == (EntryState.OFFERED, True)


def test_somebody_who_holds_an_offer_is_told_of_it(house: House) -> None:
    person = house.person()
    house.join(2, customer_id=person)
    house.free(2)
    again = house.join(4, customer_id=person)
    assert again.state is EntryState.OFFERED
    assert again.offer is not None
    assert again.offer.quantity == 2
    assert not again.is_new


def test_somebody_who_waits_has_to_be_told(house: House) -> None:
    nobody = house.person(email=None)
    with pytest.raises(errors.ContactMissing):
        house.join(1, customer_id=nobody)
    with pytest.raises(errors.BadPhone):
        house.join(1, customer_id=nobody, phone="after six")
    house.join(1, customer_id=nobody, phone="0151 5550142")
    assert house.entries()[0].phone == "+49 1515550142"
    with pytest.raises(errors.BadEmail):
        add_customer(house.db, house.office.at, NewCustomer("Mo", "Ali", "mo@@example", ""))


@pytest.mark.parametrize("quantity", [0, -1, 11, 21])
def test_more_than_one_order_may_hold_is_refused(house: House, quantity: int) -> None:
    with pytest.raises(errors.WaitlistLimit) as refused:
        house.join(quantity)
    assert refused.value.limit == 10


def test_twenty_at_most_whatever_the_tier_allows(house: House) -> None:
    house.office.connection.execute("UPDATE ticket_tiers SET max_purchase = 50 WHERE id = %s", [house.tier])
    with pytest.raises(errors.WaitlistLimit) as refused:
        house.join(21)
    assert refused.value.limit == 20
    assert house.join(20).place == 1


def test_nobody_waits_for_what_is_there(house: House) -> None:
    house.free(2)
    with pytest.raises(errors.StillAvailable) as refused:
        house.join(2)
    assert (refused.value.tier, refused.value.available) == ("Standard", 2)
    assert house.join(3).place == 1  # they want to sit together
    with pytest.raises(errors.StillAvailable):
        house.join(3, together=False)
    with pytest.raises(errors.StillAvailable):
        house.join(1, tier_id=None)


PAST = datetime.now(UTC) - timedelta(hours=2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "draft"}, NotSellable.EVENT_DRAFT),
        ({"status": "cancelled"}, NotSellable.EVENT_CANCELLED),
        ({"start_time": PAST, "end_time": PAST + timedelta(hours=1)}, NotSellable.EVENT_PAST),
    ],
)
def test_nobody_waits_for_what_is_not_sold(
    house: House, change: dict[str, object], reason: NotSellable
) -> None:
    for column, value in change.items():
        house.office.connection.execute(
            f"UPDATE events SET {column} = %s WHERE id = %s".encode(), [value, house.event]
        )
    with pytest.raises(errors.TierNotSellable) as refused:
        house.join(1)
    assert refused.value.reason is reason


def test_nobody_waits_before_the_sale_or_after_its_end(house: House) -> None:
    later = house.office.tier(
        house.event, name="Late", sale_start_time=datetime.now(UTC) + timedelta(hours=5)
    )
    with pytest.raises(errors.TierNotSellable) as refused:
        house.join(1, tier_id=later)
    assert refused.value.reason is NotSellable.NOT_YET
    over = house.office.tier(house.event, name="Early bird", sale_end_time=PAST)
    with pytest.raises(errors.TierNotSellable) as refused:
        house.join(1, tier_id=over)
    assert refused.value.reason is NotSellable.ENDED


def test_within_the_cut_off_the_list_is_closed(house: House) -> None:
    house.office.connection.execute(
        "UPDATE events SET start_time = now() + interval '30 minutes' WHERE id = %s", [house.event]
    )
    with pytest.raises(errors.WaitlistClosed):
        house.join(1)


def test_who_and_what_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(errors.UnknownPerson):
        house.join(1, customer_id=987654)
    with pytest.raises(errors.UnknownPerson):
        house.join(1, customer_id=house.office.at.clerk_id)  # works here
    with pytest.raises(errors.UnknownTier):
        house.join(1, tier_id=987654)
    with pytest.raises(errors.UnknownEvent):
        join_waitlist(house.db, house.office.at, JoinWaitlist(987654, None, house.person(), 1))
    other = house.office.tier(house.office.event())
    with pytest.raises(errors.UnknownTier):
        house.join(1, tier_id=other)


def test_a_move_keeps_the_place(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=1, position=2)
    house.sell(1, upstairs)
    mover = house.join(2)
    other = house.join(1, tier_id=upstairs)
    wish = ChangeEntry(mover.entry_id, upstairs, 1, all_together=True, note="upstairs is fine")
    moved = change_entry(house.db, house.office.at, wish).value
    assert moved.place == 1
    assert house.entry(other.entry_id).place == 2
    with pytest.raises(errors.WaitlistLimit):
        change_entry(house.db, house.office.at, replace(wish, quantity=0))
    person = house.entry(other.entry_id).customer_id
    twice = house.join(1, customer_id=person)
    with pytest.raises(errors.AlreadyWaiting):
        change_entry(house.db, house.office.at, replace(wish, entry_id=twice.entry_id))
    house.free(1)
    assert house.entry(twice.entry_id).state is EntryState.OFFERED
    with pytest.raises(errors.EntryClosed):
        change_entry(house.db, house.office.at, replace(wish, entry_id=twice.entry_id))


def test_what_cannot_be_read_here_stays_as_it_is(house: House) -> None:
    entry = house.join(2, note="aisle", phone="+49 30 5550199").entry_id
    change_entry(house.db, house.office.at, ChangeEntry(entry, house.tier, 3, all_together=True))
    changed = house.entry(entry)
    assert (changed.quantity, changed.note, changed.phone) == (3, "aisle", "+49 30 5550199")
    change_entry(
        house.db, house.office.at, ChangeEntry(entry, house.tier, 3, all_together=True, note="", phone="")
    )
    changed = house.entry(entry)
    assert (changed.note, changed.phone) == ("", "")


def test_the_client_s_own_statements_run_and_mean_what_they_say(house: House) -> None:
    """Patterns 5 and 6 of the client's description: joining, and telling the first ones, by hand."""
    for person in (house.person(), house.person()):
        house.office.connection.execute(
            "INSERT INTO waitlist (event_id, user_id, tier_id, position)"
            " SELECT %s, %s, %s, COALESCE(MAX(position), 0) + 1 FROM waitlist WHERE event_id = %s"
            " ON CONFLICT (event_id, user_id, tier_id) DO NOTHING",
            [house.event, person, house.tier, house.event],
        )
    with house.office.connection.transaction():
        told = house.office.connection.execute(
            "SELECT w.id FROM waitlist w JOIN users u ON w.user_id = u.id WHERE w.event_id = %s"
            " AND w.notified = false AND (w.tier_id = %s OR w.tier_id IS NULL)"
            " ORDER BY w.position LIMIT 1 FOR UPDATE OF w SKIP LOCKED",
            [house.event, house.tier],
        ).fetchall()
        house.office.connection.execute(
            "UPDATE waitlist SET notified = true, notified_at = CURRENT_TIMESTAMP,"
            " notification_expires_at = CURRENT_TIMESTAMP + INTERVAL '24 hours' WHERE id = ANY(%s)",
            [[row[0] for row in told]],
        )
    first, second = house.entries()
    assert (first.state, second.state) == (EntryState.TOLD, EntryState.WAITING)
    house.free(1)  # nothing was held for whoever was told: the next one gets it
    assert house.entry(second.id).state is EntryState.OFFERED
    house.office.connection.execute("UPDATE waitlist SET notification_expires_at = now() WHERE notified")
    tend_waitlist(house.db)
    assert house.entry(first.id).state is EntryState.EXPIRED


def test_a_move_to_a_tier_that_was_waited_for_before_keeps_the_place(house: House) -> None:
    """Bought there, and waiting for another tier since: no dead end, and nobody is overtaken."""
    person = house.person()
    bought = house.join(1, customer_id=person).entry_id
    house.free(1)
    house.redeem(bought)
    ahead = house.join(1).entry_id
    box = house.office.tier(house.event, name="Box", quantity=0)
    waiting = house.join(2, customer_id=person, tier_id=box, note="aisle").entry_id
    behind = house.join(1).entry_id
    moved = change_entry(
        house.db, house.office.at, ChangeEntry(waiting, house.tier, 3, all_together=False)
    ).value
    assert (moved.entry_id, moved.state) == (bought, EntryState.WAITING)
    places = [(entry.id, entry.place) for entry in house.entries() if entry.place]
    assert places == [(ahead, 1), (bought, 2), (behind, 3)]
    assert house.entry(bought).note == "aisle"
    assert house.entry(waiting).state is EntryState.MERGED
