"""What comes free is offered in the same transaction, to whoever fits first, and every skip can be explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from boxoffice.domain.waitlist import EntryState, Verdict
from boxoffice.usecases.waitlist.read_list import entry_story
from tests.waitlist.conftest import House


def test_a_refunded_seat_is_offered_to_the_first_who_fits(house: House) -> None:
    family = house.join(4)
    single = house.join(1)
    couple = house.join(2)
    house.free(2)
    assert [entry.state for entry in house.entries()] == [
        EntryState.WAITING,
        EntryState.OFFERED,
        EntryState.WAITING,
    ]
    assert house.free_tickets == 1  # the couple needs two; anybody may have the last one
    assert house.entry(family.entry_id).place == 1
    assert house.entry(single.entry_id).offer is not None
    told = entry_story(house.db, family.entry_id)
    assert [(one.verdict, one.wanted, one.left) for one in told] == [(Verdict.TOO_FEW, 4, 2)]
    told = entry_story(house.db, couple.entry_id)
    assert [(one.verdict, one.wanted, one.left) for one in told] == [(Verdict.TOO_FEW, 2, 1)]
    told = entry_story(house.db, single.entry_id)
    assert [(one.verdict, one.left) for one in told] == [(Verdict.OFFERED, 2)]


def test_whoever_takes_what_there_is_gets_a_part(house: House) -> None:
    anything = house.join(6, together=False)
    house.free(2)
    offer = house.entry(anything.entry_id).offer
    assert offer is not None
    assert offer.quantity == 2
    assert offer.until > datetime.now(UTC) + timedelta(hours=10)
    assert house.free_tickets == 0
