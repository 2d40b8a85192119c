"""What becomes of an offer: bought, declined, called about, given more time, over; and who is next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.after_sale import Refund, UndoKind
from boxoffice.domain.sale import HoldBasket, OrderStatus, Terms
from boxoffice.domain.waitlist import (
    CallOutcome,
    EntryState,
    MailProgress,
    Offer,
    RecordCall,
    WaitlistSettings,
)
from boxoffice.storage.database import Database
from boxoffice.usecases.office.personal_data import erase_person
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket, release_hold
from boxoffice.usecases.waitlist.keep_list import (
    change_settings,
    merge_entries,
    reoffer,
    set_priority,
    withdraw_entry,
)
from boxoffice.usecases.waitlist.offers import (
    decline_offer,
    extend_offer,
    find_offer,
    record_call,
    tend_waitlist,
)
from boxoffice.usecases.waitlist.read_list import (
    count_to_call,
    entry_chance,
    entry_story,
    find_doubles,
    waitlist_events,
)
from tests.office import wish
from tests.waitlist.conftest import House


def offer_of(house: House, entry_id: int) -> Offer:
    offer = house.entry(entry_id).offer
    assert offer is not None
    return offer


def let_lapse(house: House) -> None:
    """Move every deadline into the past."""
    house.office.connection.execute(
        "UPDATE waitlist_offers SET expires_at = now() - interval '1 s' WHERE state = 'open';"
        "UPDATE holds h SET expires_at = o.expires_at FROM waitlist_offers o"
        " WHERE o.hold_id = h.id AND o.state = 'open'"
    )


# --- redeeming -------------------------------------------------------------------------------------


def test_an_offer_is_redeemed_in_one_sale(house: House) -> None:
    entry = house.join(2).entry_id
    house.free(2)
    typed = f"{offer_of(house, entry).code[:5].lower()} {offer_of(house, entry).code[5:]}"
    found = find_offer(house.db, typed)
    assert (found.offer.quantity, found.name, found.event_title) == (2, "Guest 1", "Event 1")
    sale = house.redeem(entry)
    assert (len(sale.tickets), sale.status) == (2, OrderStatus.PAID)
    done = house.entry(entry)
    assert (done.state, done.order_number) == (EntryState.REDEEMED, sale.order_number)
    assert house.office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", house.tier) == 0
    with pytest.raises(errors.OfferOver) as refused:
        find_offer(house.db, typed)
    assert refused.value.state is EntryState.REDEEMED
    assert refused.value.order_number == sale.order_number
    assert refused.value.offer is not None
    assert (refused.value.offer.name, refused.value.offer.offer.id) == ("Guest 1", found.offer.id)


def test_an_offer_that_lapsed_says_whose_it_was_and_when_its_time_was_up(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    code = offer_of(house, entry).code
    let_lapse(house)
    until = offer_of(house, entry).until
    tend_waitlist(house.db)
    with pytest.raises(errors.OfferOver) as refused:
        find_offer(house.db, code)
    assert (refused.value.state, refused.value.until) == (EntryState.EXPIRED, until)
    assert refused.value.offer is not None
    assert (refused.value.offer.name, refused.value.offer.time_zone) == ("Guest 1", "Europe/Berlin")
    assert refused.value.order_number == ""


def test_it_is_counted_how_many_have_to_be_called(house: House) -> None:
    called, told = house.join(1, customer_id=house.person(email=None), phone="+49 30 5550123"), house.join(1)
    assert count_to_call(house.db) == 0
    house.free(2)
    assert house.entry(told.entry_id).offer is not None
    assert count_to_call(house.db) == 1
    offer = offer_of(house, called.entry_id)
    record_call(house.db, house.office.at, RecordCall(offer.id, CallOutcome.NO_ANSWER))
    assert count_to_call(house.db) == 1
    record_call(house.db, house.office.at, RecordCall(offer.id, CallOutcome.REACHED))
    assert count_to_call(house.db) == 0


def test_what_is_not_taken_of_an_offer_goes_to_the_next(house: House) -> None:
    first, second = house.join(2).entry_id, house.join(1).entry_id
    house.free(2)
    house.redeem(first, 1)
    assert house.entry(second).state is EntryState.OFFERED
    assert house.free_tickets == 0


def test_more_than_was_offered_comes_out_of_what_is_free(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    with pytest.raises(errors.SoldOut):
        house.redeem(entry, 2)
    assert house.entry(entry).state is EntryState.OFFERED
    house.free(1)
    assert len(house.redeem(entry, 2).tickets) == 2


def test_an_offer_is_for_its_own_tickets_and_redeemed_once(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=5)
    entry = house.join(1).entry_id
    house.free(1)
    code = offer_of(house, entry).code
    with pytest.raises(errors.OfferOfOtherTickets):
        house.sell(1, upstairs, terms=Terms(offer=code))
    with pytest.raises(errors.UnknownOffer):
        house.sell(1, terms=Terms(offer="W" + code[:0:-1]))
    key = uuid4()
    sale = house.sell(1, purchase_key=key, terms=Terms(offer=code))
    assert house.sell(1, purchase_key=key, terms=Terms(offer=code)).order_id == sale.order_id
    with pytest.raises(errors.OfferOver):
        house.sell(1, terms=Terms(offer=code))


def test_the_deadline_counts_whether_or_not_somebody_came_by(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    code = offer_of(house, entry).code
    let_lapse(house)
    with pytest.raises(errors.OfferOver) as refused:
        house.sell(1, terms=Terms(offer=code))
    assert refused.value.state is EntryState.EXPIRED
    with pytest.raises(errors.OfferOver):
        find_offer(house.db, code)
    with pytest.raises(errors.OfferOver):
        extend_offer(house.db, house.office.at, offer_of(house, entry).id, 5)
    with pytest.raises(errors.OfferOver):
        decline_offer(house.db, house.office.at, offer_of(house, entry).id)


@pytest.mark.parametrize(
    "typed", ["", "W", "W123", "K7QM2X9D4HTB", "W-K7QM-2X9D-4HTX", "'; DROP TABLE waitlist"]
)
def test_what_is_no_code_is_no_offer(house: House, typed: str) -> None:
    with pytest.raises(errors.UnknownOffer):
        find_offer(house.db, typed)


def test_paying_holds_the_offer_and_giving_up_leaves_it(house: House) -> None:
    entry = house.join(2).entry_id
    house.free(2)
    offer = offer_of(house, entry)
    house.office.connection.execute(
        "UPDATE waitlist_offers SET expires_at = now() + interval '1 minute';"
        "UPDATE holds h SET expires_at = o.expires_at FROM waitlist_offers o WHERE o.hold_id = h.id"
    )
    key = uuid4()
    lines = wish(house.event, (house.tier, 2)).lines
    until = hold_basket(house.db, house.office.at, HoldBasket(key, house.event, lines, offer.code)).value
    assert offer_of(house, entry).until == until  # it does not lapse at the counter
    assert house.office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", house.tier) == 2
    assert extend_hold(house.db, key) is not None
    release_hold(house.db, key)
    assert extend_hold(house.db, key) is None
    assert house.entry(entry).state is EntryState.OFFERED
    hold_basket(house.db, house.office.at, HoldBasket(key, house.event, lines, offer.code))
    sale = house.sell(2, purchase_key=key, terms=Terms(offer=offer.code, is_held=True))
    assert house.entry(entry).order_number == sale.order_number


def test_a_basket_may_hold_more_than_was_offered(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(2)
    offer = offer_of(house, entry)
    key = uuid4()
    two = wish(house.event, (house.tier, 2)).lines
    hold_basket(house.db, house.office.at, HoldBasket(key, house.event, two, offer.code))
    assert house.free_tickets == 0
    three = wish(house.event, (house.tier, 3)).lines
    with pytest.raises(errors.SoldOut):
        hold_basket(house.db, house.office.at, HoldBasket(key, house.event, three, offer.code))
    assert house.free_tickets == 0
    release_hold(house.db, key)
    assert house.free_tickets == 1


def test_an_order_that_is_paid_later_redeems_too(house: House) -> None:
    entry = house.join(2).entry_id
    house.free(2)
    terms = Terms(
        customer_id=house.entry(entry).customer_id,
        due_at=datetime.now(UTC) + timedelta(hours=3),
        offer=offer_of(house, entry).code,
    )
    sale = house.sell(2, payments=(), terms=terms)
    assert sale.status is OrderStatus.PENDING
    assert house.entry(entry).state is EntryState.REDEEMED
    second = house.join(1).entry_id
    house.office.connection.execute("UPDATE holds SET expires_at = now() WHERE kind = 'order'")
    assert expire_holds(house.db).value == 2
    assert house.entry(entry).state is EntryState.RETURNED
    assert house.entry(second).state is EntryState.OFFERED


def test_a_refund_of_what_was_redeemed_kills_the_offer_and_serves_the_next(house: House) -> None:
    first = house.join(2).entry_id
    house.free(2)
    sale = house.redeem(first)
    second = house.join(2).entry_id
    house.free(2, sale)
    assert house.entry(first).state is EntryState.RETURNED
    assert house.entry(second).state is EntryState.OFFERED
    assert house.free_tickets == 0


# --- declining, extending, leaving, coming back ----------------------------------------------------------


def test_a_declined_offer_serves_the_next(house: House) -> None:
    first, second = house.join(1).entry_id, house.join(1).entry_id
    house.free(1)
    decline_offer(house.db, house.office.at, offer_of(house, first).id)
    assert [house.entry(one).state for one in (first, second)] == [EntryState.DECLINED, EntryState.OFFERED]


def test_an_offer_that_lapses_serves_the_next(house: House) -> None:
    first, second = house.join(1).entry_id, house.join(1).entry_id
    house.free(1)
    assert tend_waitlist(house.db).value == 0
    let_lapse(house)
    assert tend_waitlist(house.db).value == 1
    assert [house.entry(one).state for one in (first, second)] == [EntryState.EXPIRED, EntryState.OFFERED]
    assert house.free_tickets == 0


def test_more_time_ends_at_the_cut_off(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    offer = offer_of(house, entry)
    extend_offer(house.db, house.office.at, offer.id, 1)
    assert offer_of(house, entry).until == offer.until  # never less than it had
    extend_offer(house.db, house.office.at, offer.id, 336)
    start = house.office.value("SELECT start_time FROM events WHERE id = %s", house.event)
    assert offer_of(house, entry).until == start - timedelta(minutes=60)


def test_whoever_is_taken_off_the_list_frees_what_was_offered(house: House) -> None:
    first, second = house.join(1).entry_id, house.join(1).entry_id
    house.free(1)
    with pytest.raises(errors.ReasonMissing):
        withdraw_entry(house.db, house.office.at, first, " … ")
    withdraw_entry(house.db, house.office.at, first, "bought elsewhere")
    assert [house.entry(one).state for one in (first, second)] == [EntryState.WITHDRAWN, EntryState.OFFERED]
    with pytest.raises(errors.EntryClosed):
        withdraw_entry(house.db, house.office.at, first, "again")
    reason = house.office.value(
        "SELECT reason FROM audit_logs WHERE entity = 'waitlist' AND entity_id = %s AND action = 'withdrawn'",
        first,
    )
    assert reason == "bought elsewhere"


def test_whoever_comes_back_has_the_old_place_and_gets_what_is_there(house: House) -> None:
    first = house.join(1).entry_id
    house.free(1)
    decline_offer(house.db, house.office.at, offer_of(house, first).id)
    assert house.free_tickets == 1
    with pytest.raises(errors.ReasonMissing):
        reoffer(house.db, house.office.at, first, "")
    again = reoffer(house.db, house.office.at, first, "changed their mind")
    assert again.value.state is EntryState.OFFERED
    assert house.free_tickets == 0
    with pytest.raises(errors.EntryClosed):
        reoffer(house.db, house.office.at, first, "once more")


# --- who is told, and how ------------------------------------------------------------------------------


def test_an_offer_goes_out_by_mail_with_its_code(house: House) -> None:
    entry = house.join(2).entry_id
    house.free(2)
    offer = offer_of(house, entry)
    assert offer.mail is MailProgress.QUEUED
    assert not offer.is_to_call
    facts = house.office.value("SELECT facts FROM email_notifications WHERE waitlist_id = %s", entry)
    assert facts["code"] == offer.code
    assert (facts["tier"], facts["quantity"]) == ("Standard", 2)
    assert datetime.fromisoformat(facts["until"]) == offer.until
    extend_offer(house.db, house.office.at, offer.id, 30)
    facts = house.office.value("SELECT facts FROM email_notifications WHERE waitlist_id = %s", entry)
    assert datetime.fromisoformat(facts["until"]) == offer_of(house, entry).until
    decline_offer(house.db, house.office.at, offer.id)
    assert house.office.value("SELECT state || ' ' || failure FROM email_notifications") == "failed void"


def test_whom_no_letter_reaches_is_called(house: House) -> None:
    by_phone = house.join(1, customer_id=house.person(email=None), phone="+49 30 5550199").entry_id
    house.free(1)
    assert [entry.id for entry in house.entries(to_call=True)] == [by_phone]
    [event] = waitlist_events(house.db)
    assert (event.offers, event.to_call) == (1, 1)
    offer = offer_of(house, by_phone)
    assert offer.is_to_call
    for outcome in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER):
        record_call(house.db, house.office.at, RecordCall(offer.id, outcome))
    called = offer_of(house, by_phone)
    assert (called.calls, called.last_call, called.is_to_call) == (2, CallOutcome.WRONG_NUMBER, True)
    reached = RecordCall(offer.id, CallOutcome.REACHED)
    record_call(house.db, house.office.at, reached)
    record_call(house.db, house.office.at, reached)  # an answer that was lost
    assert offer_of(house, by_phone).calls == 3
    assert house.entries(to_call=True) == ()
    record_call(house.db, house.office.at, RecordCall(offer.id, CallOutcome.NO_ANSWER))
    again = offer_of(house, by_phone)
    assert (again.last_call, again.is_reached, again.is_to_call) == (CallOutcome.NO_ANSWER, True, False)
    assert house.entries(to_call=True) == ()


def test_no_by_phone_declines(house: House) -> None:
    first, second = house.join(1).entry_id, house.join(1).entry_id
    house.free(1)
    record_call(house.db, house.office.at, RecordCall(offer_of(house, first).id, CallOutcome.DECLINED))
    assert [house.entry(one).state for one in (first, second)] == [EntryState.DECLINED, EntryState.OFFERED]


def test_a_letter_that_fails_puts_its_reader_on_the_call_list(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    house.office.connection.execute("UPDATE email_notifications SET state = 'failed', failure = 'address'")
    assert [one.id for one in house.entries(to_call=True)] == [entry]


# --- until when ------------------------------------------------------------------------------------------

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DEADLINE = """
    SELECT offer_deadline(t, e, %s) FROM ticket_tiers t JOIN events e ON e.id = t.event_id WHERE t.id = %s
"""


@pytest.mark.parametrize(
    ("starts", "settings", "until"),
    [
        # Far from the event: a day, or what the event says.
        (AT + timedelta(days=9), WaitlistSettings(), AT + timedelta(hours=24)),
        (AT + timedelta(days=9), WaitlistSettings(offer_hours=3), AT + timedelta(hours=3)),
        # Near it: half of what is left until the cut-off, so that somebody after them has a chance.
        (AT + timedelta(hours=21), WaitlistSettings(), AT + timedelta(hours=10)),
        # Never under half an hour, and never past the cut-off.
        (AT + timedelta(minutes=100), WaitlistSettings(), AT + timedelta(minutes=30)),
        (AT + timedelta(minutes=80), WaitlistSettings(), AT + timedelta(minutes=20)),
        # Not in the middle of the night (22:00 to 08:00 in Berlin is 21:00 to 07:00 UTC).
        (
            AT + timedelta(days=9),
            WaitlistSettings(offer_hours=12, quiet_from="22:00", quiet_until="08:00"),
            datetime(2026, 11, 21, 7, tzinfo=UTC),
        ),
        # Made at night (noon is quiet here), it runs from the morning on.
        (
            AT + timedelta(days=9),
            WaitlistSettings(offer_hours=2, quiet_from="12:30", quiet_until="14:00"),
            datetime(2026, 11, 20, 15, tzinfo=UTC),
        ),
    ],
)
def test_an_offer_stands_until(
    house: House, starts: datetime, settings: WaitlistSettings, until: datetime
) -> None:
    house.office.connection.execute(
        "UPDATE events SET start_time = %s, time_zone = 'Europe/Berlin', waitlist_offer_hours = %s,"
        " waitlist_cutoff_minutes = %s, waitlist_quiet_from = %s, waitlist_quiet_until = %s WHERE id = %s",
        [starts, settings.offer_hours, settings.cutoff_minutes, settings.quiet_from or None,
         settings.quiet_until or None, house.event],
    )  # fmt: skip
    assert house.office.value(DEADLINE, AT, house.tier) == until


def test_in_quiet_hours_the_tickets_are_held_and_the_letter_waits(house: House) -> None:
    house.office.connection.execute(
        "UPDATE events SET time_zone = 'UTC', start_time = now() + interval '9 days',"
        " waitlist_quiet_from = ((now() - interval '1 hour') AT TIME ZONE 'UTC')::time,"
        " waitlist_quiet_until = ((now() + interval '1 hour') AT TIME ZONE 'UTC')::time"
    )
    entry = house.join(1).entry_id
    house.free(1)
    assert house.free_tickets == 0
    due = house.office.value("SELECT next_attempt_at FROM email_notifications WHERE waitlist_id = %s", entry)
    assert timedelta(minutes=58) < due - datetime.now(UTC) < timedelta(minutes=61)
    assert offer_of(house, entry).until - due > timedelta(hours=23, minutes=58)


def test_settings_are_those_of_whoever_keeps_the_event(house: House) -> None:
    with pytest.raises(errors.NotAllowed):
        change_settings(house.db, house.event, WaitlistSettings(offer_hours=2))
    manager = house.office.person("manager")
    with psycopg.connect(manager.dsn) as connection:
        connection.execute("UPDATE events SET waitlist_offer_hours = 5 WHERE id = %s", [house.event])
    house.join(1)
    assert waitlist_events(house.db)[0].settings.offer_hours == 5


@pytest.mark.parametrize(
    "settings",
    [
        WaitlistSettings(quiet_from="22:00"),
        WaitlistSettings(quiet_from="25:00", quiet_until="08:00"),
        WaitlistSettings(quiet_from="10 pm", quiet_until="8 am"),
    ],
)
def test_settings_that_no_clock_has_are_refused(house: House, settings: WaitlistSettings) -> None:
    with pytest.raises(errors.OutOfBounds):
        change_settings(house.db, house.event, settings)


# --- order, doubles, leaving for good ----------------------------------------------------------------------


def test_priority_is_a_manager_s_and_has_a_reason(house: House) -> None:
    house.join(1)
    second = house.join(1).entry_id
    with pytest.raises(errors.NeedsOverride) as wanted:
        set_priority(house.db, house.office.at, second, 1, "sponsor")
    assert (wanted.value.deed, wanted.value.entity, wanted.value.entity_id) == (
        "prioritise",
        "event",
        house.event,
    )
    with psycopg.connect(house.office.person("manager").dsn) as manager:
        manager.execute(
            "SELECT grant_override('prioritise', 'event', %s, %s, 'sponsor')",
            [house.event, house.office.at.clerk_id],
        )
    with pytest.raises(errors.ReasonMissing):
        set_priority(house.db, house.office.at, second, 1, "")
    set_priority(house.db, house.office.at, second, 1, "sponsor")
    assert house.entry(second).place == 1
    house.free(1)
    assert house.entry(second).state is EntryState.OFFERED


def test_one_person_twice_becomes_one(house: House) -> None:
    person = house.person(first_name="Zoë", last_name="Müller", email="zoe@example.org")
    first = house.join(2, customer_id=person, tier_id=None, note="aisle").entry_id
    between = house.join(1).entry_id
    again = house.join(4, customer_id=person).entry_id
    same_name = house.join(1, customer_id=house.person(first_name="Zoe", last_name="Muller")).entry_id
    pairs = {(pair.first.id, pair.second.id) for pair in find_doubles(house.db, house.event)}
    assert pairs == {(first, again), (first, same_name), (again, same_name)}
    with pytest.raises(errors.NeedsOverride):  # two records: a friend would be moved up
        merge_entries(house.db, house.office.at, same_name, first)
    merge_entries(house.db, house.office.at, again, first)
    kept = house.entry(again)
    assert (kept.place, kept.quantity, kept.tier_id, kept.note) == (1, 4, house.tier, "aisle")
    assert house.entry(first).state is EntryState.MERGED
    assert house.entry(between).place == 2
    with pytest.raises(errors.EntryClosed):
        merge_entries(house.db, house.office.at, again, first)
    with pytest.raises(errors.UnknownEntry):
        merge_entries(house.db, house.office.at, again, again)
    reoffer(house.db, house.office.at, first, "merged by mistake")
    assert house.entry(first).state is EntryState.WAITING


def test_who_waits_for_two_tiers_is_no_double_unless_one_of_them_is_any(house: House) -> None:
    other_tier = house.office.tier(house.event, quantity=2)
    house.sell(2, other_tier)
    zoe = house.person(first_name="Zoë", last_name="Müller", email="zoe@example.org")
    first = house.join(1, customer_id=zoe).entry_id
    second = house.join(1, customer_id=zoe, tier_id=other_tier).entry_id
    assert find_doubles(house.db, house.event) == ()
    twin = house.person(first_name="Zoe", last_name="Muller")
    record = house.join(1, customer_id=twin, tier_id=other_tier).entry_id
    pairs = {(pair.first.id, pair.second.id) for pair in find_doubles(house.db, house.event)}
    assert pairs == {(first, record), (second, record)}
    any_tier = house.join(1, customer_id=zoe, tier_id=None).entry_id
    pairs = {(pair.first.id, pair.second.id) for pair in find_doubles(house.db, house.event)}
    assert {(first, any_tier), (second, any_tier)} <= pairs
    assert (first, second) not in pairs


def test_an_event_that_does_not_take_place_closes_its_list_and_tells_everybody(house: House) -> None:
    waiting = house.join(4).entry_id
    offered = house.join(1).entry_id
    silent = house.join(2, customer_id=house.person(email=None), phone="+49 30 5550199").entry_id
    buyer = house.person()
    house.join(3, customer_id=buyer)
    house.free(1)
    house.office.connection.execute(
        "UPDATE orders SET user_id = %s WHERE id = %s", [buyer, house.sold[0].order_id]
    )
    with psycopg.connect(house.office.person("manager").dsn) as manager:
        manager.execute("SELECT cancel_event(%s, 'burst pipe', %s)", [house.event, house.office.at.till_id])
    assert {entry.state for entry in house.entries()} == {EntryState.CANCELLED}
    told = house.office.connection.execute(
        "SELECT waitlist_id FROM email_notifications WHERE kind = 'waitlist_cancelled' AND state = 'queued'"
    ).fetchall()
    assert {row[0] for row in told} == {waiting, offered}  # the buyer is told by the order
    assert silent not in {row[0] for row in told}
    assert house.office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", house.tier) == 0


def test_whoever_is_erased_leaves_the_offer_to_the_next(house: House) -> None:
    gone = house.person()
    house.join(1, customer_id=gone)
    second = house.join(1).entry_id
    house.free(1)
    manager = house.office.person("manager")
    keeper = Database(manager.url)
    erase_person(keeper, gone, "asked for it")
    keeper.close()
    assert house.entry(second).state is EntryState.OFFERED
    assert house.office.value("SELECT count(*) FROM waitlist WHERE user_id = %s", gone) == 0


def test_what_past_events_say_of_the_chance(house: House) -> None:
    entry = house.join(2).entry_id
    assert entry_chance(house.db, entry).percent is None
    sale = house.sold[-1]
    house.office.connection.execute("UPDATE ticket_tiers SET max_purchase = 20")
    past = [house.office.event() for _ in range(6)]
    for nth, event in enumerate(past):
        tier = house.office.tier(event, quantity=10)
        made = House(house.db, house.office, event, tier)
        for _ in range(5):
            made.sell(2)
        if nth % 2:
            made.free(2)
    house.office.connection.execute(
        "UPDATE events SET start_time = now() - interval '30 days', end_time = now() - interval '29 days'"
        " WHERE id = ANY (%s)",
        [past],
    )
    chance = entry_chance(house.db, entry)
    assert (chance.ahead, chance.past, chance.enough, chance.percent) == (2, 6, 3, 50)
    assert sale.order_number


def test_an_event_that_is_moved_takes_its_offers_deadlines_along(house: House) -> None:
    entry = house.join(1).entry_id
    house.free(1)
    house.office.connection.execute(
        "UPDATE events SET start_time = now() + interval '3 hours' WHERE id = %s", [house.event]
    )
    cutoff = house.office.value(
        "SELECT start_time - interval '1 hour' FROM events WHERE id = %s", house.event
    )
    assert offer_of(house, entry).until == cutoff
    sooner = house.office.value(
        "UPDATE ticket_tiers SET sale_end_time = now() + interval '1 hour'"
        " WHERE id = %s RETURNING sale_end_time",
        house.tier,
    )
    assert offer_of(house, entry).until == sooner


def test_a_start_before_all_calendars_is_refused(house: House) -> None:
    """Nothing could be reckoned with it, and nobody's offers would end any more."""
    with pytest.raises(psycopg.errors.CheckViolation):
        house.office.connection.execute("UPDATE events SET start_time = '4713-11-24 00:00:00+00 BC'")


def test_a_new_seal_does_not_change_the_story_of_who_left(house: House) -> None:
    entry = house.join(2).entry_id
    withdraw_entry(house.db, house.office.at, entry, "no longer")
    house.join(1)
    house.free(1)
    assert entry_story(house.db, entry) == ()
    house.office.connection.execute("UPDATE waitlist SET phone = phone WHERE id = %s", [entry])
    assert entry_story(house.db, entry) == ()


def test_a_slip_at_the_counter_leaves_the_customer_first_in_line(house: House) -> None:
    """Undone to be sold right: no refund, after which the next one is served."""
    first, second = house.join(2).entry_id, house.join(2).entry_id
    house.free(2)
    sale = house.redeem(first)
    tickets = tuple(ticket.face.ticket_id for ticket in sale.tickets)
    undo = Refund(sale.order_id, "correction", tickets, kind=UndoKind.CORRECTION)
    refund_tickets(house.db, house.office.at, undo)
    assert house.entry(first).state is EntryState.OFFERED
    assert house.entry(second).state is EntryState.WAITING
    assert house.free_tickets == 0
    house.redeem(first)
