"""Two at once on one list: each race with a control that shows what it would be without; and a rush."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.sale import HoldBasket, Terms
from boxoffice.domain.waitlist import EntryState
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.keep_list import withdraw_entry
from boxoffice.usecases.waitlist.offers import decline_offer, tend_waitlist
from tests.office import Office, wish
from tests.races.conftest import until_waiting
from tests.waitlist.conftest import House
from tests.waitlist.rush import PASSED_BY, open_tills, rush

JOIN_BY_HAND = """
    INSERT INTO waitlist (event_id, user_id, tier_id, position)
    SELECT %s, %s, %s, COALESCE(MAX(position), 0) + 1 FROM waitlist WHERE event_id = %s
"""


@dataclass
class Crowd:
    """The house, and people at other tills who act at the same moment."""

    house: House
    tills: list[Database]
    hand: psycopg.Connection
    threads: ThreadPoolExecutor

    def behind_tier(self, *deeds: Callable[[], Any]) -> list[Any]:
        """Let all deeds come to the tier while we hold it, one after the other, then go."""
        self.hand.execute("SELECT 1 FROM ticket_tiers WHERE id = %s FOR UPDATE", [self.house.tier])
        futures: list[Future[Any]] = []
        for deed in deeds:
            futures.append(self.threads.submit(deed))
            until_waiting(self.house.office, len(futures), tuple(futures))
        self.hand.rollback()
        return [future.exception() or future.result() for future in futures]

    def sell(self, till: Database, code: str = "") -> Any:
        command = wish(self.house.event, (self.house.tier, 1), terms=Terms(offer=code))
        return sell_tickets(till, self.house.office.at, command).value

    def code(self, entry: int) -> str:
        offer = self.house.entry(entry).offer
        assert offer is not None
        return offer.code

    def value(self, statement: str, *parameters: object) -> Any:
        return self.house.office.value(statement, *parameters)

    def execute(self, statement: str, *parameters: object) -> None:
        self.house.office.connection.execute(statement.encode(), parameters)


@pytest.fixture
def crowd(house: House, database_url: str) -> Iterator[Crowd]:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(20))
        hand = stack.enter_context(psycopg.connect(database_url.replace("+psycopg", "", 1)))
        tills = [Database(database_url) for _ in range(8)]
        for till in tills:
            stack.callback(till.close)
        yield Crowd(house, tills, hand, pool)


def test_joins_at_once_get_places_of_their_own(crowd: Crowd) -> None:
    places = crowd.behind_tier(*[lambda: crowd.house.join(1).place for _ in range(3)])
    assert sorted(places) == [1, 2, 3]
    assert crowd.value("SELECT count(DISTINCT position) FROM waitlist") == 3


def test_control_without_the_lock_two_joins_get_one_place(crowd: Crowd) -> None:
    crowd.execute("ALTER TABLE waitlist DISABLE TRIGGER waitlist_take_position")
    house = crowd.house
    crowd.hand.execute(JOIN_BY_HAND, [house.event, house.person(), house.tier, house.event])
    crowd.execute(JOIN_BY_HAND, house.event, house.person(), house.tier, house.event)
    crowd.hand.commit()
    assert crowd.value("SELECT count(DISTINCT position) FROM waitlist") == 1
    crowd.execute("DELETE FROM waitlist")


@pytest.mark.parametrize("joins_first", [True, False])
def test_whoever_joins_while_a_seat_comes_free_is_not_passed_by(crowd: Crowd, *, joins_first: bool) -> None:
    def join() -> object:
        return crowd.house.join(1)

    def free() -> None:
        crowd.house.free(1)

    first, second = (join, free) if joins_first else (free, join)
    answers = crowd.behind_tier(first, second)
    assert crowd.house.office.connection.execute(PASSED_BY).fetchall() == []
    if joins_first:
        assert [entry.state for entry in crowd.house.entries()] == [EntryState.OFFERED]
    else:
        assert isinstance(answers[1], errors.StillAvailable)


def test_control_who_joins_without_the_tier_s_lock_is_passed_by(crowd: Crowd) -> None:
    house = crowd.house
    crowd.hand.execute(JOIN_BY_HAND, [house.event, house.person(), house.tier, house.event])
    house.free(1)
    crowd.hand.commit()
    assert house.office.connection.execute(PASSED_BY).fetchall() != []
    assert tend_waitlist(house.db).value == 1  # and that is what the clock is for
    assert house.office.connection.execute(PASSED_BY).fetchall() == []


def rush_for_a_seat(crowd: Crowd) -> int:
    """Free one seat while everybody tries to buy it all the time; return how many did."""

    def keep_trying(till: Database) -> int:
        bought = 0
        while True:
            is_over = freed.done()
            try:
                crowd.sell(till)
                bought += 1
            except errors.SoldOut:
                if is_over:
                    return bought

    freed: Future[None] = Future()
    sellers = [crowd.threads.submit(keep_trying, till) for till in crowd.tills]
    crowd.house.free(1)
    freed.set_result(None)
    return sum(seller.result() for seller in sellers)


def test_a_seat_that_comes_free_in_a_crowd_is_the_waiting_one_s(crowd: Crowd) -> None:
    entry = crowd.house.join(1).entry_id
    assert rush_for_a_seat(crowd) == 0
    assert crowd.house.entry(entry).state is EntryState.OFFERED


def test_control_without_serving_the_crowd_gets_it(crowd: Crowd) -> None:
    crowd.house.join(1)
    crowd.execute("ALTER TABLE ticket_tiers DISABLE TRIGGER ticket_tiers_serve")
    assert rush_for_a_seat(crowd) == 1


MOMENT = """
    WITH moved AS (
        UPDATE waitlist_offers SET expires_at = clock_timestamp() + %s * interval '1 ms' WHERE state = 'open'
        RETURNING hold_id, expires_at
    )
    UPDATE holds h SET expires_at = m.expires_at FROM moved m WHERE h.id = m.hold_id
"""


@pytest.mark.parametrize("milliseconds", [-5, 0, 2, 5, 10, 1000])
def test_an_offer_is_bought_or_it_is_over(crowd: Crowd, milliseconds: int) -> None:
    """Expiry against redeeming, around the very moment: one of both, and the seat has one owner."""
    first, second = crowd.house.join(1).entry_id, crowd.house.join(1).entry_id
    crowd.house.free(1)
    code = crowd.code(first)
    crowd.execute(MOMENT, milliseconds)
    bought = crowd.threads.submit(crowd.sell, crowd.tills[0], code)
    ended = [crowd.threads.submit(tend_waitlist, till) for till in crowd.tills[1:5]]
    over = sum(one.result().value for one in ended)
    refused = bought.exception()
    if refused is None:
        assert over == 0
        assert crowd.house.entry(first).state is EntryState.REDEEMED
        assert crowd.house.entry(second).state is EntryState.WAITING
        assert milliseconds >= 0
    else:
        assert isinstance(refused, errors.OfferOver)
        tend_waitlist(crowd.house.db)
        assert crowd.house.entry(first).state is EntryState.EXPIRED
        assert crowd.house.entry(second).state is EntryState.OFFERED
        assert milliseconds < 1000
    assert crowd.house.free_tickets == 0


def test_control_without_a_look_behind_the_lock_an_offer_that_is_over_is_sold(crowd: Crowd) -> None:
    crowd.execute(
        "CREATE OR REPLACE FUNCTION require_open_offer(o waitlist_offers) RETURNS void LANGUAGE sql AS ''"
    )
    first = crowd.house.join(1).entry_id
    crowd.house.free(1)
    code = crowd.code(first)
    crowd.execute(MOMENT, -1)
    assert tend_waitlist(crowd.house.db).value == 1
    assert crowd.sell(crowd.tills[0], code).order_id  # bought long after it was over
    assert crowd.house.entry(first).state is EntryState.REDEEMED


def test_declined_or_over_and_the_next_one_is_served_once(crowd: Crowd) -> None:
    for milliseconds in (-5, 0, 1, 2, 5):
        first, second = crowd.house.join(1).entry_id, crowd.house.join(1).entry_id
        crowd.house.free(1)
        offer = crowd.house.entry(first).offer
        assert offer is not None
        crowd.execute(MOMENT, milliseconds)
        declined = crowd.threads.submit(decline_offer, crowd.tills[0], crowd.house.office.at, offer.id)
        ended = [crowd.threads.submit(tend_waitlist, till) for till in crowd.tills[1:4]]
        [one.result() for one in ended]
        refused = declined.exception()
        assert refused is None or isinstance(refused, errors.OfferOver)
        tend_waitlist(crowd.house.db)
        state = crowd.house.entry(first).state
        assert state is (EntryState.DECLINED if refused is None else EntryState.EXPIRED)
        assert crowd.house.entry(second).state is EntryState.OFFERED
        assert crowd.value("SELECT count(*) FROM waitlist_offers WHERE waitlist_id = %s", second) == 1
        crowd.house.redeem(second)


@pytest.mark.parametrize("capacity", [None, 40], ids=["tiers of their own", "a shared house"])
def test_in_a_rush_nobody_is_passed_by(office: Office, capacity: int | None) -> None:
    event = office.event(capacity=capacity)
    tiers = [office.tier(event, name=f"Tier {nth}", quantity=25, position=nth) for nth in range(2)]
    tills = open_tills(office, event, tiers, tills=6, people=400)
    came = rush(office, tills, seconds=4)
    assert came.faults == []
    assert came.passed_by == []
    assert came.looks > 10
    for deed in ("sold", "refunded", "joined", "redeemed", "declined"):
        assert came.done[deed] > 0, came.done
    assert came.done["busy"] == 0
    deadlocks = office.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == 0


def test_one_list_that_somebody_keeps_locked_does_not_stop_the_others(crowd: Crowd) -> None:
    house, office = crowd.house, crowd.house.office
    house.join(1)
    house.free(1)
    other = House(house.db, office, office.event(), 0)
    other.tier = office.tier(other.event, quantity=1)
    sale = other.sell(1)
    elsewhere = other.join(1, customer_id=house.person()).entry_id
    other.free(1, sale)
    crowd.execute(MOMENT, -60_000)
    crowd.hand.execute("UPDATE ticket_tiers SET description = 'thinking' WHERE id = %s", [house.tier])
    assert tend_waitlist(house.db).value == 1
    assert other.entry(elsewhere).state is EntryState.EXPIRED
    crowd.hand.rollback()
    assert tend_waitlist(house.db).value == 1


def test_whoever_is_erased_while_being_served_leaves_nothing_held(crowd: Crowd) -> None:
    """An erasure that comes between an offer and its commit must not lose sight of it."""
    house, office = crowd.house, crowd.house.office
    gone = house.person()
    first = house.join(1, customer_id=gone)
    last = house.join(1).entry_id
    crowd.hand.execute("SELECT 1 FROM waitlist WHERE id = %s FOR KEY SHARE", [last])
    manager = office.person("manager")

    def erase() -> None:
        with psycopg.connect(manager.dsn) as keeper:
            keeper.execute("SELECT erase_person(%s, 'asked for it')", [gone])

    freed = crowd.threads.submit(house.free, 2)
    until_waiting(office, 1, (freed,))
    erased = crowd.threads.submit(erase)
    until_waiting(office, 2, (freed, erased))
    crowd.hand.rollback()
    freed.result()
    erased.result()
    assert crowd.value("SELECT count(*) FROM waitlist WHERE id = %s", first.entry_id) == 0
    assert crowd.value("SELECT count(*) FROM waitlist_offers WHERE state = 'open'") == 1
    assert house.free_tickets == 1


def test_more_time_for_a_basket_and_a_withdrawal_do_not_lock_each_other_out(crowd: Crowd) -> None:
    house, at = crowd.house, crowd.house.office.at
    for _ in range(10):
        entry = house.join(1).entry_id
        house.free(1)
        key = uuid4()
        lines = wish(house.event, (house.tier, 1)).lines
        hold_basket(crowd.tills[0], at, HoldBasket(key, house.event, lines, crowd.code(entry)))
        both: list[Future[Any]] = [
            crowd.threads.submit(extend_hold, crowd.tills[0], key),
            crowd.threads.submit(withdraw_entry, crowd.tills[1], at, entry, "elsewhere"),
        ]
        [one.result() for one in both]
        house.sell(1)
    office = house.office
    assert office.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
