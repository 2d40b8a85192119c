"""Card payments that somebody left behind: found by the next program, cleared, booked or given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from boxoffice.domain import errors
from boxoffice.domain.card_payment import (
    CardAnswer,
    CardBasket,
    CardOutcome,
    CardState,
    ClearCard,
    OpenCardPayment,
    PinCard,
)
from boxoffice.domain.person import Role
from boxoffice.domain.sale import HoldBasket, Payment, SaleLine, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.payments.card_payments import (
    book_card,
    clear_card,
    open_card_payments,
    pin_card,
    settle_card,
)
from boxoffice.usecases.sales.hold_basket import hold_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.usecases.test_after_sale import euro

CHARGED, NOT_CHARGED, GIVEN_BACK = CardOutcome.CHARGED, CardOutcome.NOT_CHARGED, CardOutcome.GIVEN_BACK


@pytest.fixture
def house(office: Office, database_url: str) -> Iterator[Office]:
    office.at = replace(office.at, clerk_id=office.person("clerk").id)
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    yield office
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


@pytest.fixture
def db(house: Office, tmp_path: Path) -> Iterator[Database]:
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    database = Database(f"postgresql+psycopg://{name}:opens-sesame@{info.host}:{info.port}/{info.dbname}")
    seal_with(database, house.give_key(tmp_path))
    yield database
    database.close()


def pinned(db: Database, house: Office, price: str = "28", quantity: int = 2) -> PinCard:
    """Note two tickets as a till does before its terminal is asked, and let the till die."""
    event = house.event(title="Blue Harbour")
    tier = house.tier(event, price=price)
    lines = (SaleLine(tier, quantity, euro(price)),)
    pin = PinCard(euro(price) * quantity, uuid4(), basket=CardBasket(event, lines))
    pin_card(db, house.at, pin)
    return pin


def only(db: Database, at: DeskIdentity) -> OpenCardPayment:
    [found] = open_card_payments(db, at)
    return found


def test_a_payment_left_behind_says_what_it_was_for(db: Database, house: Office) -> None:
    pin = pinned(db, house)
    found = only(db, house.at)
    assert (found.key, found.amount, found.state) == (pin.key, euro("56"), CardState.PINNED)
    assert (found.what, found.tickets, found.till) == ("Blue Harbour", ((2, "Standard"),), "Counter 2")
    assert found.basket == pin.basket
    assert found.can_be_booked


def test_what_was_charged_is_booked_in_its_sale(db: Database, house: Office) -> None:
    pin = pinned(db, house)
    assert pin.basket is not None
    assert pin.purchase_key is not None
    hold_basket(db, house.at, HoldBasket(pin.purchase_key, pin.basket.event_id, pin.basket.lines))
    clear_card(db, house.at, ClearCard(only(db, house.at), CHARGED))
    sale = book_card(db, house.at, only(db, house.at)).value
    assert [ticket.face.tier for ticket in sale.tickets] == ["Standard", "Standard"]
    assert [(paid.tender, paid.amount) for paid in sale.payments] == [(Tender.CARD, euro("56"))]
    assert open_card_payments(db, house.at) == ()
    assert house.value("SELECT state FROM card_payments") == "booked"
    assert house.value("SELECT sum(reserved) FROM ticket_tiers") == 0


def test_booking_twice_sells_once(db: Database, house: Office) -> None:
    pinned(db, house)
    clear_card(db, house.at, ClearCard(only(db, house.at), CHARGED))
    found = only(db, house.at)
    first = book_card(db, house.at, found).value
    again = book_card(db, house.at, found).value
    assert (again.order_id, again.replayed) == (first.order_id, True)
    assert house.value("SELECT count(*) FROM orders") == 1


@pytest.mark.parametrize(("outcome", "state"), [(NOT_CHARGED, "declined"), (GIVEN_BACK, "reversed")])
def test_it_is_settled_otherwise(db: Database, house: Office, outcome: CardOutcome, state: str) -> None:
    pinned(db, house)
    clear_card(db, house.at, ClearCard(only(db, house.at), outcome))
    assert open_card_payments(db, house.at) == ()
    assert house.value("SELECT state FROM card_payments") == state
    evidence = "SELECT count(*) FROM audit_logs WHERE entity = 'card_payment' AND after ->> 'state' = %s"
    assert house.value(evidence, state) == 1


def test_a_sale_that_was_paid_otherwise_is_not_made_again(db: Database, house: Office) -> None:
    pin = pinned(db, house)
    assert pin.basket is not None
    assert pin.purchase_key is not None
    command = wish(pin.basket.event_id, (pin.basket.lines[0].tier_id, 2))
    sale = sell_tickets(db, house.at, replace(command, purchase_key=pin.purchase_key)).value
    found = only(db, house.at)
    assert found.order_number == sale.order_number
    assert not found.can_be_booked


def test_a_price_that_changed_is_refused_and_the_charge_stays_open(db: Database, house: Office) -> None:
    pinned(db, house)
    clear_card(db, house.at, ClearCard(only(db, house.at), CHARGED))
    house.connection.execute("UPDATE ticket_tiers SET price = 30")
    with pytest.raises(errors.PriceChanged):
        book_card(db, house.at, only(db, house.at))
    assert only(db, house.at).state is CardState.APPROVED


def test_a_payment_of_nobody_knows_what_is_not_booked(db: Database, house: Office) -> None:
    pin_card(db, house.at, PinCard(euro("10"), uuid4()))
    found = only(db, house.at)
    assert not found.can_be_booked
    with pytest.raises(errors.CardPaymentDiffers):
        book_card(db, house.at, found)


def test_terms_are_kept_with_it(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event)
    terms = Terms(discount="SUMMER", reason="agreed", notes="on the aisle", offer="WK7QM2X9D4HTB")
    basket = CardBasket(event, (SaleLine(tier, 1, euro("28")),), terms)
    pin_card(db, house.at, PinCard(euro("28"), uuid4(), basket=basket))
    kept = only(db, house.at).basket
    assert kept is not None
    assert kept.terms == replace(terms, notes="")
    assert "aisle" not in str(house.value("SELECT basket::text FROM card_payments"))


def test_only_managers_see_and_settle_what_other_tills_left(db: Database, house: Office) -> None:
    pin = pinned(db, house)
    other = house.insert("tills", name="Counter 3")
    clerk, manager = house.person("clerk"), house.person("manager")
    there = replace(house.at, till="Counter 3", till_id=other, clerk_id=clerk.id)
    door = Database(clerk.url)
    assert open_card_payments(door, there) == ()
    with pytest.raises(errors.NotAllowed):
        settle_card(door, there, pin.key, CardAnswer(CardState.DECLINED))
    door.close()
    boss = replace(there, clerk_id=manager.id, role=Role.MANAGER)
    door = Database(manager.url)
    clear_card(door, boss, ClearCard(only(door, boss), CHARGED))
    # It is booked at the till whose terminal took it.
    with pytest.raises(errors.CardPaymentDiffers):
        book_card(door, boss, only(door, boss))
    clear_card(door, boss, ClearCard(only(door, boss), GIVEN_BACK))
    assert open_card_payments(door, boss) == ()
    door.close()


def test_a_payment_in_a_sale_is_settled_no_more(db: Database, house: Office) -> None:
    pin = pinned(db, house)
    found = only(db, house.at)
    assert pin.basket is not None
    assert pin.purchase_key is not None
    card = Payment(Tender.CARD, card_key=pin.key)
    command = wish(pin.basket.event_id, (pin.basket.lines[0].tier_id, 2), payment=card)
    sell_tickets(db, house.at, replace(command, purchase_key=pin.purchase_key))
    with pytest.raises(errors.CardPaymentDiffers):
        clear_card(db, house.at, ClearCard(found, NOT_CHARGED))
