"""Cards charged by a service over HTTP, against a simulated one that runs as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest

from boxoffice.domain import errors
from boxoffice.domain.after_sale import Refund
from boxoffice.domain.card_payment import CardAnswer, CardBasket, CardState, PinCard
from boxoffice.domain.sale import Payment, Sale, SaleLine, SellTickets, Tender
from boxoffice.gateway import NOT_HEARD_OF, HttpGateway
from boxoffice.sealing import Kind
from boxoffice.storage.database import Database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.payments.card_payments import (
    book_card,
    charge_card,
    look_up_card,
    open_card_payments,
)
from boxoffice.usecases.payments.card_refunds import refund_with
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.gateways import Simulator, simulator
from tests.office import PASSWORD, Office
from tests.usecases.test_after_sale import euro
from tests.usecases.test_card_payments import db, house, only

__all__ = ["db", "house"]


@pytest.fixture
def service() -> Iterator[Simulator]:
    with simulator() as running:
        yield running


def basket(house: Office, price: str) -> PinCard:
    event = house.event(title="Blue Harbour")
    tier = house.tier(event, price=price)
    return PinCard(euro(price), uuid4(), basket=CardBasket(event, (SaleLine(tier, 1, euro(price)),)))


def sold(db: Database, house: Office, service: Simulator, price: str = "57") -> Sale:
    """Charge by the service, and book the sale."""
    pin = basket(house, price)
    answer = charge_card(db, house.at, service.gateway(), pin)
    assert answer.state is CardState.APPROVED
    return book_card(db, house.at, only(db, house.at)).value


def test_what_is_approved_is_booked_with_its_reference(
    db: Database, house: Office, service: Simulator
) -> None:
    pin = basket(house, "57")
    answer = charge_card(db, house.at, service.gateway(), pin)
    assert answer == CardAnswer(CardState.APPROVED, "R1")
    assert pin.basket is not None
    assert pin.purchase_key is not None
    card = Payment(Tender.CARD, reference=answer.reference, card_key=pin.key)
    wish = SellTickets(pin.purchase_key, pin.basket.event_id, pin.basket.lines, (card,))
    sell_tickets(db, house.at, wish)
    sealed = house.value("SELECT reference FROM payment_transactions")
    assert db.sealer.open(Kind.REFERENCE, sealed) == "R1"
    assert open_card_payments(db, house.at) == ()
    assert service.charged() == [57]


def test_a_declined_card_leaves_nothing_to_clear(db: Database, house: Office, service: Simulator) -> None:
    assert charge_card(db, house.at, service.gateway(), basket(house, "57.01")).state is CardState.DECLINED
    assert open_card_payments(db, house.at) == ()
    assert service.charged() == []


@pytest.mark.parametrize("price", ["57.02", "57.03", "57.06"])
def test_an_unknown_outcome_is_looked_up(db: Database, house: Office, service: Simulator, price: str) -> None:
    """It charged and never answered, hung up, or said nonsense."""
    pin = basket(house, price)
    gateway = service.gateway()
    assert charge_card(db, house.at, gateway, pin).state is CardState.UNKNOWN
    assert only(db, house.at).state is CardState.UNKNOWN
    assert look_up_card(db, house.at, gateway, pin.key).state is CardState.APPROVED
    assert only(db, house.at).state is CardState.APPROVED
    assert service.charged() == [Decimal(price)]


@pytest.mark.parametrize("price", ["57", "57.02", "57.03", "57.04", "57.05", "57.06"])
def test_a_retry_never_charges_twice(db: Database, house: Office, service: Simulator, price: str) -> None:
    pin = basket(house, price)
    gateway = service.gateway()
    charge_card(db, house.at, gateway, pin)
    assert charge_card(db, house.at, gateway, pin).state is CardState.APPROVED
    assert charge_card(db, house.at, gateway, pin).state is CardState.APPROVED
    assert service.charged() == [Decimal(price)]


def test_a_key_that_was_never_heard_of_charges_nothing_afterwards(
    db: Database, house: Office, service: Simulator
) -> None:
    """The request was lost on its way; whoever looked it up may rely on that."""
    pin = basket(house, "57.04")
    gateway = service.gateway()
    assert charge_card(db, house.at, gateway, pin).state is CardState.UNKNOWN
    assert look_up_card(db, house.at, gateway, pin.key) == CardAnswer(CardState.DECLINED, detail=NOT_HEARD_OF)
    # It arrives after all.
    assert gateway.charge(pin.key, pin.amount).state is CardState.DECLINED
    assert service.charged() == []
    assert open_card_payments(db, house.at) == ()


def test_no_service_at_all_is_unknown_and_a_wrong_token_is_declined(service: Simulator) -> None:
    key = uuid4()
    nobody = HttpGateway("nobody", "http://127.0.0.1:9/v1", "", 1, 1)
    assert nobody.charge(key, euro("5")).state is CardState.UNKNOWN
    assert nobody.look_up(key).state is CardState.UNKNOWN
    stranger = HttpGateway("simulator", f"http://127.0.0.1:{service.port}/v1", "guessed", 1, 1)
    assert stranger.charge(key, euro("5")).state is CardState.DECLINED
    assert "guessed" not in repr(stranger)
    assert service.charged() == []


KILLED = """
import os, sys
from uuid import UUID
from boxoffice.domain.card_payment import CardAnswer, CardBasket, PinCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import SaleLine
from boxoffice.gateway import HttpGateway
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.payments.card_payments import charge_card
from tests.gateway_simulator import TOKEN
from decimal import Decimal

class Dies(HttpGateway):
    def charge(self, key, amount):
        super().charge(key, amount)
        os._exit(9)

url, port, key, purchase, event, tier, till, clerk = sys.argv[1:]
price = Money(Decimal("57"), "EUR")
at = DeskIdentity("Test", "Anna Weber", int(clerk), "Counter 2", int(till))
what = CardBasket(int(event), (SaleLine(int(tier), 1, price),))
pin = PinCard(price, UUID(purchase), basket=what, key=UUID(key))
charge_card(Database(url), at, Dies("simulator", f"http://127.0.0.1:{port}/v1", TOKEN), pin)
"""


def test_a_killed_till_leaves_a_payment_that_is_found_and_cleared(
    db: Database, house: Office, service: Simulator
) -> None:
    pin = basket(house, "57")
    assert pin.basket is not None
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    url = f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}"
    facts = (pin.key, pin.purchase_key, pin.basket.event_id, pin.basket.lines[0].tier_id)
    words = [str(fact) for fact in (*facts, house.at.till_id, house.at.clerk_id)]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(service.port), *words], check=False, timeout=60
    )
    assert killed.returncode == 9
    assert service.charged() == [57]
    found = only(db, house.at)
    assert found.state is CardState.PINNED
    assert look_up_card(db, house.at, service.gateway(), found.key).state is CardState.APPROVED
    sale = book_card(db, house.at, only(db, house.at)).value
    assert sale.event_title == "Blue Harbour"
    assert open_card_payments(db, house.at) == ()
    assert service.charged() == [57]


def test_an_answer_that_the_database_could_not_take_is_unknown(
    house: Office, service: Simulator, tmp_path: Path
) -> None:
    """The network to the database broke while the customer stood at the terminal."""
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    own = Database(f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}")

    seal_with(own, house.give_key(tmp_path))
    pin = basket(house, "57")

    class Breaks(HttpGateway):
        def charge(self, key: UUID, amount: object) -> CardAnswer:
            assert (key, amount) == (pin.key, pin.amount)
            house.connection.execute(f"ALTER ROLE {name} NOLOGIN")
            house.connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [name]
            )
            return CardAnswer(CardState.APPROVED, "R1")

    gateway = Breaks("simulator", f"http://127.0.0.1:{service.port}/v1")
    assert charge_card(own, house.at, gateway, pin).state is CardState.UNKNOWN
    house.connection.execute(f"ALTER ROLE {name} LOGIN")
    assert only(own, house.at).state is CardState.PINNED
    own.close()


def test_a_refund_goes_back_by_the_service(db: Database, house: Office, service: Simulator) -> None:
    sale = sold(db, house, service)
    done = refund_with(db, house.at, service.gateway(), Refund(sale.order_id, "ill")).value
    assert done.total == euro("57")
    assert service.refunded() == [57]
    kinds = "SELECT string_agg(kind || ' ' || state, ', ' ORDER BY id) FROM card_payments"
    assert house.value(kinds) == "payment booked, refund booked"
    assert house.value("SELECT count(*) FROM payment_transactions WHERE kind = 'refund'") == 1
    assert house.value("SELECT reference <> '' FROM payment_transactions WHERE kind = 'refund'")


def test_nothing_goes_back_for_what_the_database_refuses(
    db: Database, house: Office, service: Simulator
) -> None:
    sale = sold(db, house, service)
    with pytest.raises(errors.ReasonMissing):
        refund_with(db, house.at, service.gateway(), Refund(sale.order_id, " "))
    refund_with(db, house.at, service.gateway(), Refund(sale.order_id, "ill"))
    with pytest.raises(errors.Refused):
        refund_with(db, house.at, service.gateway(), Refund(sale.order_id, "again"))
    assert service.refunded() == [57]


@pytest.mark.parametrize("price", ["57.02", "57.03", "57.06"])
def test_a_refund_without_an_answer_is_made_once(
    db: Database, house: Office, service: Simulator, price: str
) -> None:
    pin = basket(house, price)
    gateway = service.gateway()
    charge_card(db, house.at, gateway, pin)
    look_up_card(db, house.at, gateway, pin.key)
    sale = book_card(db, house.at, only(db, house.at)).value
    with pytest.raises(errors.CardRefundUnknown):
        refund_with(db, house.at, gateway, Refund(sale.order_id, "ill"))
    assert only(db, house.at).order_number == sale.order_number
    # The form was opened anew: another wish, the same money.
    refund_with(db, house.at, gateway, Refund(sale.order_id, "ill"))
    assert service.refunded() == [Decimal(price)]
    assert open_card_payments(db, house.at) == ()


def test_two_programs_refund_at_once_and_the_money_goes_back_once(
    db: Database, house: Office, service: Simulator
) -> None:
    sale = sold(db, house, service)
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    other = Database(f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}")
    start = Barrier(2)
    done: list[object] = []

    def refund(door: Database) -> None:
        start.wait(10)
        try:
            done.append(refund_with(door, house.at, service.gateway(), Refund(sale.order_id, "ill")))
        except errors.Refused as refused:
            done.append(refused)

    threads = [Thread(target=refund, args=[door]) for door in (db, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    other.close()
    assert len(done) == 2
    assert service.refunded() == [57]
    assert house.value("SELECT count(*) FROM corrections") == 1


def test_what_was_charged_by_hand_is_given_back_by_hand(
    db: Database, house: Office, service: Simulator
) -> None:
    event = house.event()
    tier = house.tier(event)
    card = Payment(Tender.CARD, reference="T-1")
    wish = SellTickets(uuid4(), event, (SaleLine(tier, 1, euro("28")),), (card,))
    sale = sell_tickets(db, house.at, wish).value
    refund_with(db, house.at, service.gateway(), Refund(sale.order_id, "ill"))
    assert service.refunded() == []
