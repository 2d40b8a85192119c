"""What happened with somebody who waits can be read out at the counter: what, when, who did it, and why."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.waitlist import (
    CallOutcome,
    ChangeEntry,
    EntryDeed,
    EntryEvent,
    RecordCall,
)
from boxoffice.usecases.waitlist.join_waitlist import change_entry
from boxoffice.usecases.waitlist.keep_list import merge_entries, reoffer, set_priority, withdraw_entry
from boxoffice.usecases.waitlist.offers import decline_offer, extend_offer, record_call
from boxoffice.usecases.waitlist.read_list import entry_history, passed_on
from tests.waitlist.conftest import House


def told(house: House, entry_id: int) -> list[EntryDeed]:
    """Return an entry's story, oldest first."""
    return list(reversed(entry_history(house.db, entry_id)))


def events(house: House, entry_id: int) -> list[EntryEvent]:
    return [deed.what for deed in told(house, entry_id)]


def test_the_way_to_a_ticket_is_told_from_joining_to_the_order(house: House) -> None:
    entry_id = house.join(2).entry_id
    change_entry(house.db, house.office.at, ChangeEntry(entry_id, None, 3, all_together=False))
    house.free(2)
    order = house.redeem(entry_id)
    joined, changed, offered, redeemed = told(house, entry_id)
    clerk = house.office.value(
        "SELECT trim(first_name || ' ' || last_name) FROM users WHERE id = %s", house.office.at.clerk_id
    )
    assert (joined.what, joined.tier, joined.quantity, joined.all_together) == (
        EntryEvent.JOINED, "Standard", 2, True,
    )  # fmt: skip
    assert joined.by == clerk != ""
    assert (changed.what, changed.tier, changed.quantity, changed.all_together) == (
        EntryEvent.CHANGED, "", 3, False,
    )  # fmt: skip
    assert (offered.what, offered.tier, offered.quantity, offered.by) == (
        EntryEvent.OFFERED, "Standard", 2, "",
    )  # fmt: skip
    assert offered.until is not None
    assert offered.until > offered.at
    assert (redeemed.what, redeemed.by, redeemed.order_number) == (
        EntryEvent.REDEEMED, clerk, order.order_number,
    )  # fmt: skip
    house.free(2, order)
    assert events(house, entry_id)[-1] is EntryEvent.RETURNED


def test_reasons_are_told_with_who_gave_them_and_where(house: House) -> None:
    entry_id = house.join(1).entry_id
    with psycopg.connect(house.office.person("manager").dsn) as manager:
        manager.execute(
            "SELECT grant_override('prioritise', 'event', %s, %s, 'friend')",
            [house.event, house.office.at.clerk_id],
        )
    set_priority(house.db, house.office.at, entry_id, 5, "wheelchair")
    withdraw_entry(house.db, house.office.at, entry_id, "asked by phone")
    reoffer(house.db, house.office.at, entry_id, "has changed her mind")
    found = told(house, entry_id)
    assert [(deed.what, deed.reason, deed.priority) for deed in found[1:]] == [
        (EntryEvent.PRIORITISED, "wheelchair", 5),
        (EntryEvent.WITHDRAWN, "asked by phone", 0),
        (EntryEvent.REOPENED, "has changed her mind", 0),
    ]
    assert all(deed.by and deed.till for deed in found[1:])


def test_every_call_is_told_and_not_only_the_last(house: House) -> None:
    entry_id = house.join(1, customer_id=house.person(email=None), phone="030 1234567").entry_id
    house.free(1)
    offer = house.entry(entry_id).offer
    assert offer is not None
    for outcome in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER, CallOutcome.DECLINED):
        record_call(house.db, house.office.at, RecordCall(offer.id, outcome))
    calls = [deed for deed in told(house, entry_id) if deed.what is EntryEvent.CALLED]
    assert [call.outcome for call in calls] == [
        CallOutcome.NO_ANSWER,
        CallOutcome.WRONG_NUMBER,
        CallOutcome.DECLINED,
    ]
    assert all(call.by and call.till and call.offer_id == offer.id for call in calls)
    assert EntryEvent.DECLINED in events(house, entry_id)


def test_more_time_is_told_with_the_deadline_of_then(house: House) -> None:
    entry_id = house.join(1).entry_id
    house.free(1)
    offer = house.entry(entry_id).offer
    assert offer is not None
    extend_offer(house.db, house.office.at, offer.id, 72)
    *_, offered, extended = told(house, entry_id)
    longer = house.entry(entry_id).offer
    assert longer is not None
    assert (offered.what, offered.until) == (EntryEvent.OFFERED, offer.until)
    assert (extended.what, extended.until) == (EntryEvent.DEADLINE_MOVED, longer.until)
    assert extended.by != ""


def test_an_offer_tells_what_the_counter_takes_for_it(house: House) -> None:
    house.office.connection.execute("UPDATE events SET service_fee_per_ticket = 1.50")
    entry_id = house.join(2).entry_id
    house.free(2)
    offer = house.entry(entry_id).offer
    assert offer is not None
    sale = house.redeem(entry_id)
    assert offer.price == sale.totals.total
    after = house.entry(entry_id).offer
    assert after is not None
    assert after.price is None


def test_whoever_declines_is_told_to_whom_the_tickets_went(house: House) -> None:
    first, second, third = house.join(2).entry_id, house.join(1).entry_id, house.join(1).entry_id
    house.free(2)
    offer = house.entry(first).offer
    assert offer is not None
    assert passed_on(house.db, offer.id) == ()
    decline_offer(house.db, house.office.at, offer.id)
    assert [entry.id for entry in passed_on(house.db, offer.id)] == [second, third]


def test_tickets_that_nobody_wants_went_to_nobody(house: House) -> None:
    first = house.join(2).entry_id
    house.free(2)
    offer = house.entry(first).offer
    assert offer is not None
    decline_offer(house.db, house.office.at, offer.id)
    late = house.join(2, tier_id=house.office.tier(house.event, name="Box", quantity=1, min_purchase=1))
    assert late.entry_id != first
    assert passed_on(house.db, offer.id) == ()


def test_the_longest_story_is_cut_at_its_oldest_end(house: House) -> None:
    entry_id = house.join(1).entry_id
    for quantity in range(205):
        change = ChangeEntry(entry_id, house.tier, quantity % 2 + 1, all_together=False)
        change_entry(house.db, house.office.at, replace(change))
    found = entry_history(house.db, entry_id)
    assert len(found) == 200
    assert found[0].at > found[-1].at
    assert {deed.what for deed in found} == {EntryEvent.CHANGED}


def test_a_merging_is_told_at_both_entries(house: House) -> None:
    person = house.person()
    kept = house.join(1, customer_id=person, tier_id=None).entry_id
    other = house.join(2, customer_id=person).entry_id
    merge_entries(house.db, house.office.at, kept, other)
    assert events(house, kept)[-2:] == [EntryEvent.CHANGED, EntryEvent.ABSORBED]
    assert events(house, other)[-1] is EntryEvent.MERGED


def test_of_somebody_who_was_erased_nothing_is_told(house: House) -> None:
    person = house.person()
    entry_id = house.join(1, customer_id=person).entry_id
    withdraw_entry(house.db, house.office.at, entry_id, "her mother is ill")
    manager = house.office.person("manager")
    with psycopg.connect(manager.dsn) as hand:
        hand.execute("SELECT erase_person(%s, 'asked')", [person])
    with pytest.raises(errors.UnknownEntry):
        entry_history(house.db, entry_id)
