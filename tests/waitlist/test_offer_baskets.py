"""An offer is in one basket at a time: nobody pays for tickets that somebody else is paying for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from boxoffice.domain import errors
from boxoffice.domain.sale import HoldBasket, Terms
from boxoffice.domain.waitlist import CallOutcome, EntryState, Offer, RecordCall
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket, release_hold
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.keep_list import withdraw_entry
from boxoffice.usecases.waitlist.offers import decline_offer, record_call
from tests.office import wish
from tests.waitlist.conftest import House

BASKET_OVER = "UPDATE waitlist_offers SET basket_until = now() - interval '1 second' WHERE id = %s"


class Counter:
    """One clerk's way to an offer, at a till of their own."""

    def __init__(self, house: House, db: Database, at: DeskIdentity, offer: Offer) -> None:
        self.house, self.db, self.at, self.offer = house, db, at, offer

    def hold(self, key: UUID) -> datetime:
        lines = wish(self.house.event, (self.offer.tier_id, self.offer.quantity)).lines
        return hold_basket(self.db, self.at, HoldBasket(key, self.house.event, lines, self.offer.code)).value

    def sell(self, key: UUID) -> str:
        terms = Terms(offer=self.offer.code)
        command = wish(self.house.event, (self.offer.tier_id, self.offer.quantity), terms=terms)
        return sell_tickets(self.db, self.at, replace(command, purchase_key=key)).value.order_number


@pytest.fixture
def offer(house: House) -> Offer:
    entry = house.join(2).entry_id
    house.free(2)
    found = house.entry(entry).offer
    assert found is not None
    return found


@pytest.fixture
def ours(house: House, offer: Offer) -> Counter:
    return Counter(house, house.db, house.office.at, offer)


@pytest.fixture
def theirs(house: House, offer: Offer) -> Iterator[Counter]:
    """Another clerk at another till."""
    till = house.office.insert("tills", name="Foyer")
    other = house.office.person("clerk", first_name="Ada", last_name="Lund")
    house.office.open_drawer(till, is_shared=True)
    db = Database(other.url)
    at = replace(house.office.at, clerk_id=other.id, till_id=till, till="Foyer", clerk="Ada Lund")
    yield Counter(house, db, at, offer)
    db.close()


def test_a_second_clerk_is_told_whose_basket_the_tickets_are_in(ours: Counter, theirs: Counter) -> None:
    until = theirs.hold(uuid4())
    with pytest.raises(errors.OfferInOtherBasket) as refused:
        ours.hold(uuid4())
    assert (refused.value.till, refused.value.clerk) == ("Foyer", "Ada Lund")
    assert abs(refused.value.until - until) < timedelta(seconds=1)


def test_nobody_sells_past_a_basket_that_is_being_paid(house: House, ours: Counter, theirs: Counter) -> None:
    basket = uuid4()
    theirs.hold(basket)
    with pytest.raises(errors.OfferInOtherBasket):
        ours.sell(uuid4())
    assert theirs.sell(basket)
    assert house.entry(ours.offer.entry_id).state is EntryState.REDEEMED


def test_what_is_given_up_can_be_taken_by_the_next(ours: Counter, theirs: Counter) -> None:
    basket = uuid4()
    theirs.hold(basket)
    release_hold(theirs.db, basket)
    assert ours.hold(uuid4()) > datetime.now(UTC)
    with pytest.raises(errors.OfferInOtherBasket):
        theirs.sell(basket)


def test_a_basket_whose_time_is_up_keeps_nobody_off(house: House, ours: Counter, theirs: Counter) -> None:
    theirs.hold(uuid4())
    house.office.connection.execute(BASKET_OVER, [ours.offer.id])
    ours.hold(uuid4())
    with pytest.raises(errors.OfferInOtherBasket):
        theirs.hold(uuid4())


def test_the_same_clerk_begins_anew_after_a_window_was_lost(house: House, ours: Counter) -> None:
    ours.hold(uuid4())
    again = uuid4()
    ours.hold(again)
    assert ours.sell(again)
    assert house.entry(ours.offer.entry_id).state is EntryState.REDEEMED


def test_another_clerk_neither_lengthens_nor_gives_back_the_basket(ours: Counter, theirs: Counter) -> None:
    basket = uuid4()
    until = theirs.hold(basket)
    assert extend_hold(ours.db, basket) is None
    release_hold(ours.db, basket)
    with pytest.raises(errors.OfferInOtherBasket) as refused:
        ours.hold(uuid4())
    assert refused.value.until == until
    longer = extend_hold(theirs.db, basket)
    assert longer is not None
    assert longer > until


def test_whoever_knows_a_basket_s_key_has_no_more_right_to_it(ours: Counter, theirs: Counter) -> None:
    key = uuid4()
    theirs.hold(key)
    for deed in (ours.hold, ours.sell):
        with pytest.raises((errors.NotAllowed, errors.OfferInOtherBasket)):
            deed(key)
    assert extend_hold(theirs.db, key, theirs.offer.code) is not None
    assert theirs.sell(key)


def test_of_two_windows_of_one_clerk_only_the_one_that_holds_sells(ours: Counter) -> None:
    lost, again = uuid4(), uuid4()
    ours.hold(lost)
    ours.hold(again)
    with pytest.raises(errors.OfferInOtherBasket):
        ours.sell(lost)
    assert extend_hold(ours.db, lost, ours.offer.code) is None
    assert ours.sell(again)


def test_another_clerk_does_not_decline_what_is_being_paid_and_a_manager_may(
    house: House, ours: Counter, theirs: Counter
) -> None:
    key = uuid4()
    theirs.hold(key)
    with pytest.raises(errors.OfferInOtherBasket):
        decline_offer(ours.db, ours.at, ours.offer.id)
    with pytest.raises(errors.OfferInOtherBasket):
        record_call(ours.db, ours.at, RecordCall(ours.offer.id, CallOutcome.DECLINED))
    with pytest.raises(errors.OfferInOtherBasket):
        withdraw_entry(ours.db, ours.at, ours.offer.entry_id, "moved away")
    record_call(ours.db, ours.at, RecordCall(ours.offer.id, CallOutcome.REACHED))
    manager = Database(house.office.person("manager").url)
    decline_offer(manager, ours.at, ours.offer.id)
    manager.close()
    with pytest.raises(errors.OfferOver):
        theirs.sell(key)


def test_more_time_is_not_promised_for_what_is_gone(house: House, ours: Counter) -> None:
    """Two of four are the offer's: without it the basket cannot be sold, and nothing is lengthened."""
    house.free(2)
    key = uuid4()
    lines = wish(house.event, (ours.offer.tier_id, 4)).lines
    hold_basket(ours.db, ours.at, HoldBasket(key, house.event, lines, ours.offer.code))
    until = house.office.value("SELECT expires_at FROM holds WHERE kind = 'basket' AND ended_at IS NULL")
    decline_offer(ours.db, ours.at, ours.offer.id)
    assert extend_hold(ours.db, key, ours.offer.code) is None
    assert until == house.office.value(
        "SELECT expires_at FROM holds WHERE kind = 'basket' AND ended_at IS NULL"
    )


def test_an_event_that_changes_leaves_a_basket_that_is_being_paid_its_time(
    house: House, ours: Counter
) -> None:
    key = uuid4()
    until = ours.hold(key)
    house.office.connection.execute(
        "UPDATE ticket_tiers SET sale_end_time = now() + interval '2 seconds' WHERE id = %s",
        [ours.offer.tier_id],
    )
    assert house.office.value("SELECT expires_at FROM waitlist_offers WHERE id = %s", ours.offer.id) == until


def test_what_a_basket_lengthened_past_the_cut_off_ends_when_it_is_given_up(
    house: House, ours: Counter
) -> None:
    key = uuid4()
    ours.hold(key)
    house.office.connection.execute(
        "UPDATE ticket_tiers SET sale_end_time = now() + interval '1 minute' WHERE id = %s",
        [ours.offer.tier_id],
    )
    cutoff = house.office.value("SELECT sale_end_time FROM ticket_tiers WHERE id = %s", ours.offer.tier_id)
    release_hold(ours.db, key)
    assert house.office.value("SELECT expires_at FROM waitlist_offers WHERE id = %s", ours.offer.id) == cutoff


def test_a_basket_that_changes_its_offer_lets_the_first_one_go(house: House, ours: Counter) -> None:
    house.join(2)
    house.free(2)
    second = house.entries()[1].offer
    assert second is not None
    key = uuid4()
    ours.hold(key)
    Counter(house, ours.db, ours.at, second).hold(key)
    held = house.office.connection.execute(
        "SELECT id FROM waitlist_offers WHERE basket_key IS NOT NULL"
    ).fetchall()
    assert held == [(second.id,)]


def test_declining_what_is_in_a_basket_ends_it_for_the_basket_too(
    house: House, ours: Counter, theirs: Counter
) -> None:
    basket = uuid4()
    theirs.hold(basket)
    house.office.connection.execute("SELECT decline_offer(%s, %s)", [ours.offer.id, house.office.at.till_id])
    assert extend_hold(theirs.db, basket) is None
    with pytest.raises(errors.OfferOver):
        theirs.sell(basket)
