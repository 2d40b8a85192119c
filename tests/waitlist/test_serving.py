"""What comes free is offered in the same transaction to whoever fits first; every skip can be explained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from boxoffice.domain.after_sale import CancelOrder, Exchange
from boxoffice.domain.sale import HoldBasket, Sale, Terms
from boxoffice.domain.waitlist import EntryState, Verdict
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.refund_tickets import cancel_order
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import hold_basket, release_hold
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.usecases.waitlist.offers import tend_waitlist
from boxoffice.usecases.waitlist.read_list import entry_story
from tests.office import wish
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


def test_every_way_in_which_tickets_come_free_serves_the_list(house: House) -> None:
    """Refund, exchange, a basket or an order that lapses or is given up, a larger quota, a house hold."""
    other = house.office.tier(house.event, name="Balcony", quantity=50)
    ways: dict[str, Callable[[], object]] = {
        "refund": lambda: house.free(1),
        "exchange": lambda: exchange(house, other),
        "basket given up": lambda: give_up_basket(house),
        "basket over": lambda: let_basket_lapse(house),
        "order cancelled": lambda: cancel_pending(house),
        "order over": lambda: let_order_lapse(house),
        "quota": lambda: house.office.connection.execute(
            "UPDATE ticket_tiers SET quantity = quantity + 1 WHERE id = %s", [house.tier]
        ),
        "house hold": lambda: release_house_hold(house),
    }
    for name, free in ways.items():
        entry = house.join(1)
        free()
        assert house.entry(entry.entry_id).state is EntryState.OFFERED, name
        assert house.free_tickets == 0, name


def exchange(house: House, other: int) -> None:
    order = house.sold.pop()
    wanted = wish(house.event, (other, 1))
    command = Exchange(
        order.order_id, (order.tickets[0].face.ticket_id,), house.event, wanted.lines, "rather upstairs"
    )
    exchange_tickets(house.db, house.office.at, command)


def unnoticed(house: House, tier: int, more: int) -> None:
    """Make room for tickets that nobody is served with yet."""
    house.office.connection.execute(
        "ALTER TABLE ticket_tiers DISABLE TRIGGER ticket_tiers_serve;"
        f"UPDATE ticket_tiers SET quantity = quantity + {more} WHERE id = {tier};"
        "ALTER TABLE ticket_tiers ENABLE TRIGGER ticket_tiers_serve"
    )


def held_basket(house: House) -> UUID:
    unnoticed(house, house.tier, 1)
    key = uuid4()
    hold_basket(
        house.db, house.office.at, HoldBasket(key, house.event, wish(house.event, (house.tier, 1)).lines)
    )
    return key


def give_up_basket(house: House) -> None:
    release_hold(house.db, held_basket(house))


def let_basket_lapse(house: House) -> None:
    held_basket(house)
    house.office.connection.execute("UPDATE holds SET expires_at = now() WHERE kind = 'basket'")
    assert expire_holds(house.db).value == 1


def pending_order(house: House) -> Sale:
    unnoticed(house, house.tier, 1)
    terms = Terms(customer_id=house.person(), due_at=datetime.now(UTC) + timedelta(hours=1))
    return sell_tickets(
        house.db, house.office.at, wish(house.event, (house.tier, 1), terms=terms, payments=())
    ).value


def cancel_pending(house: House) -> None:
    cancel_order(house.db, house.office.at, CancelOrder(pending_order(house).order_id, "changed their mind"))


def let_order_lapse(house: House) -> None:
    pending_order(house)
    house.office.connection.execute("UPDATE holds SET expires_at = now() WHERE kind = 'order'")
    assert expire_holds(house.db).value == 1


def release_house_hold(house: House) -> None:
    unnoticed(house, house.tier, 1)
    hold = house.office.insert("holds", tier_id=house.tier, kind="house", quantity=1)
    house.office.connection.execute("UPDATE holds SET ended_at = now() WHERE id = %s", [hold])


def test_a_sale_that_turns_a_held_basket_into_tickets_frees_nothing(house: House) -> None:
    waiting = house.join(1)
    key = held_basket(house)
    sell_tickets(
        house.db,
        house.office.at,
        wish(house.event, (house.tier, 1), purchase_key=key, terms=Terms(is_held=True)),
    )
    assert house.entry(waiting.entry_id).state is EntryState.WAITING
    assert entry_story(house.db, waiting.entry_id) == ()


def test_any_tier_and_one_tier_stand_in_one_order(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=2, position=2)
    house.sell(2, upstairs)
    first = house.join(1, tier_id=upstairs)
    any_tier = house.join(1, tier_id=None)
    third = house.join(1)
    house.free(2)
    assert (
        house.entry(any_tier.entry_id).offer is not None
    )  # before the third, though that one named the tier
    assert house.entry(third.entry_id).offer is not None
    assert house.entry(first.entry_id).state is EntryState.WAITING
    assert entry_story(house.db, first.entry_id) == ()  # nothing of its tier was there


def test_any_tier_gets_the_tier_that_gives_them_most(house: House) -> None:
    upstairs = house.office.tier(house.event, name="Balcony", quantity=2, position=2)
    house.sell(2, upstairs)
    entry = house.join(3, tier_id=None, together=False)
    unnoticed(house, house.tier, 1)
    unnoticed(house, upstairs, 2)
    assert tend_waitlist(house.db).value == 1
    offer = house.entry(entry.entry_id).offer
    assert offer is not None
    assert (offer.tier_id, offer.quantity) == (upstairs, 2)


def test_where_the_tiers_share_the_house_the_whole_list_is_one(house: House) -> None:
    """Room of the house may be filled in any tier: whoever stands first gets it."""
    upstairs = house.office.tier(house.event, name="Balcony", quantity=10, position=2)
    house.office.connection.execute("UPDATE events SET capacity = 10 WHERE id = %s", [house.event])
    first = house.join(2, tier_id=upstairs)
    second = house.join(1)
    house.free(2)
    assert house.entry(first.entry_id).offer is not None
    assert house.entry(second.entry_id).state is EntryState.WAITING
    house.free(1)
    assert house.entry(second.entry_id).offer is not None
    assert [one.verdict for one in entry_story(house.db, second.entry_id)] == [Verdict.OFFERED, Verdict.GONE]


def test_priority_before_place(house: House) -> None:
    house.join(1)
    favoured = house.join(1)
    house.office.connection.execute("UPDATE waitlist SET priority = 1 WHERE id = %s", [favoured.entry_id])
    house.free(1)
    assert house.entry(favoured.entry_id).offer is not None


def test_nothing_is_offered_within_the_cut_off_or_after_the_end_of_sales(house: House) -> None:
    entry = house.join(1)
    house.office.connection.execute(
        "UPDATE events SET start_time = now() + interval '50 minutes' WHERE id = %s", [house.event]
    )
    house.free(1)
    assert house.entry(entry.entry_id).state is EntryState.WAITING
    assert house.free_tickets == 1
    assert [one.verdict for one in entry_story(house.db, entry.entry_id)] == [Verdict.CUT_OFF]
    house.office.connection.execute(
        "UPDATE events SET start_time = now() + interval '2 days' WHERE id = %s", [house.event]
    )  # it was postponed: what is free is offered with that
    assert house.entry(entry.entry_id).state is EntryState.OFFERED
    later = house.join(1)
    house.office.connection.execute(
        "UPDATE ticket_tiers SET sale_end_time = now() - interval '1 second' WHERE id = %s", [house.tier]
    )
    house.free(1)
    assert [one.verdict for one in entry_story(house.db, later.entry_id)] == [Verdict.NOT_ON_SALE]


def test_more_than_one_order_may_hold_and_fewer_than_the_tier_sells(house: House) -> None:
    many = house.join(5)
    few = house.join(1)
    house.office.connection.execute(
        "UPDATE ticket_tiers SET max_purchase = 4, min_purchase = 2 WHERE id = %s", [house.tier]
    )
    for _ in range(3):
        house.free(2)
    assert [one.verdict for one in entry_story(house.db, many.entry_id)] == [Verdict.OVER_LIMIT] * 3
    newest = entry_story(house.db, few.entry_id)[0]
    assert (newest.verdict, newest.limit, newest.left) == (Verdict.UNDER_MINIMUM, 2, 6)


def test_whoever_was_written_down_by_hand_is_served_by_the_clock(house: House) -> None:
    """The client's own statement knows of no locks: the next program that comes by makes it good."""
    house.free(1)
    person = house.person()
    house.office.connection.execute(JOIN_BY_HAND, [house.event, person, house.tier, house.event])
    [entry] = house.entries()
    assert entry.state is EntryState.WAITING
    assert tend_waitlist(house.db).value == 1
    assert house.entry(entry.id).state is EntryState.OFFERED
    assert tend_waitlist(house.db).value == 0


def test_a_tier_whose_sale_begins_serves_those_who_wait(house: House) -> None:
    later = house.office.tier(house.event, name="Late seats", quantity=1, sale_start_time=TOMORROW)
    entry = house.join(1, tier_id=None)
    assert house.entry(entry.entry_id).state is EntryState.WAITING
    house.office.connection.execute("UPDATE ticket_tiers SET sale_start_time = now() WHERE id = %s", [later])
    assert house.entry(entry.entry_id).state is EntryState.OFFERED


JOIN_BY_HAND = """
    INSERT INTO waitlist (event_id, user_id, tier_id, position)
    SELECT %s, %s, %s, COALESCE(MAX(position), 0) + 1 FROM waitlist WHERE event_id = %s
    ON CONFLICT (event_id, user_id, tier_id) DO NOTHING
"""
TOMORROW = datetime.now(UTC) + timedelta(hours=20)
