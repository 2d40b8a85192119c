"""What comes after a sale: refunds, exchanges, orders paid later, gift cards, held baskets, codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain import errors
from boxoffice.domain.after_sale import CancelOrder, Exchange, PayOrder, ReactivateOrder, Refund
from boxoffice.domain.card_payment import CardAnswer, CardState, PinCard
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import (
    HoldBasket,
    OrderStatus,
    Payment,
    Reduction,
    ReductionKind,
    Sale,
    SaleLine,
    Tender,
    Terms,
)
from boxoffice.domain.ticket import TicketStatus
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.find_order import find_order
from boxoffice.usecases.orders.pay_order import pay_order, reactivate_order
from boxoffice.usecases.orders.refund_tickets import cancel_order, refund_tickets
from boxoffice.usecases.payments.card_payments import open_card_payments, pin_card, settle_card
from boxoffice.usecases.payments.gift_cards import find_gift_card, issue_gift_card
from boxoffice.usecases.sales.expire_holds import expire_holds
from boxoffice.usecases.sales.hold_basket import extend_hold, hold_basket, release_hold
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import PASSWORD, Office, wish

DRAWER = "SELECT coalesce(sum(amount), 0) FROM drawer_entries"


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def house(office: Office, database_url: str) -> Iterator[Office]:
    """A till with its clerk signed in. After each test the whole database must add up."""
    office.at = replace(office.at, clerk_id=office.person("clerk").id)
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    yield office
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


@pytest.fixture
def db(house: Office) -> Iterator[Database]:
    """The door of the clerk: with the rights of one, and no more."""
    info = house.connection.info
    name = f"clerk_{house.at.clerk_id}_{info.dbname}"
    database = Database(f"postgresql+psycopg://{name}:{PASSWORD}@{info.host}:{info.port}/{info.dbname}")
    yield database
    database.close()


def allowed(house: Office, deed: str, entity: str, number: int) -> None:
    """Let a manager allow the clerk this deed once."""
    with psycopg.connect(house.person("manager").dsn) as manager:
        manager.execute(
            "SELECT grant_override(%s, %s, %s, %s, 'seen')", [deed, entity, number, house.at.clerk_id]
        )


def sold(db: Database, office: Office, quantity: int = 2, payment: Payment | None = None) -> Sale:
    event = office.event(service_fee_per_ticket="0.50", tax_rate_percent=7)
    tier = office.tier(event)
    return sell_tickets(
        db, office.at, wish(event, (tier, quantity), payment=payment or Payment(Tender.CASH))
    ).value


def stock(office: Office) -> tuple[int, int]:
    row = office.connection.execute("SELECT sum(sold), sum(reserved) FROM ticket_tiers").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def test_a_whole_order_comes_back_once(db: Database, house: Office) -> None:
    sale = sold(db, house)
    refund = Refund(sale.order_id, "ill")
    back = refund_tickets(db, house.at, refund).value
    assert (back.total, back.returned[0].tender) == (sale.totals.total, Tender.CASH)
    again = refund_tickets(db, house.at, refund).value
    assert (again.id, again.replayed) == (back.id, True)
    assert stock(house) == (0, 0)
    assert house.value(DRAWER) == 0
    order = find_order(db, sale.order_number)
    assert (order.status, order.refunded) == (OrderStatus.REFUNDED, sale.totals.total)
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.REFUNDED}
    with pytest.raises(errors.TicketNotReturnable):
        refund_tickets(db, house.at, Refund(sale.order_id, "ill", (sale.tickets[0].id,)))


def test_one_ticket_comes_back_with_a_fee_retained(db: Database, house: Office) -> None:
    sale = sold(db, house, 3)
    back = refund_tickets(
        db, house.at, Refund(sale.order_id, "ill", (sale.tickets[1].id,), retained=euro("5"))
    ).value
    assert (back.total, back.retained) == (euro("23.5"), euro("5"))
    order = find_order(db, sale.order_number)
    assert order.status is OrderStatus.PAID
    assert stock(house) == (2, 0)
    assert house.value("SELECT total = subtotal + service_fee + tax FROM corrections")
    rest = refund_tickets(db, house.at, Refund(sale.order_id, "ill")).value
    assert rest.total == euro("57")
    assert house.value(DRAWER) == Decimal("5.000")


def test_what_was_sold_elsewhere_comes_back_by_a_managers_leave(db: Database, house: Office) -> None:
    sale = sold(db, house)
    house.connection.execute("UPDATE cash_drawers SET opened_at = now() + interval '1 second'")
    refund = Refund(sale.order_id, "ill")
    with pytest.raises(errors.NeedsOverride):
        refund_tickets(db, house.at, refund)
    allowed(house, "refund", "order", sale.order_id)
    refund_tickets(db, house.at, refund)
    with pytest.raises(errors.NeedsOverride):
        refund_tickets(db, house.at, Refund(sale.order_id, "again"))


def test_tax_of_a_whole_refund_is_the_tax_of_the_order(db: Database, house: Office) -> None:
    sale = sold(db, house, 3)
    for ticket in sale.tickets:
        refund_tickets(db, house.at, Refund(sale.order_id, "ill", (ticket.id,)))
    assert house.value("SELECT sum(tax) FROM corrections") == sale.totals.tax.amount


def test_a_refund_needs_a_reason_and_something_to_give_back(db: Database, house: Office) -> None:
    sale = sold(db, house)
    with pytest.raises(errors.ReasonMissing):
        refund_tickets(db, house.at, Refund(sale.order_id, " - "))
    with pytest.raises(errors.UnknownOrder):
        refund_tickets(db, house.at, Refund(999, "ill"))
    with pytest.raises(errors.UnknownOrder):
        refund_tickets(db, house.at, Refund(sale.order_id, "ill", (999,)))


def test_cash_needs_an_open_drawer_both_ways(db: Database, house: Office) -> None:
    sale = sold(db, house)
    house.connection.execute("UPDATE cash_drawers SET closed_at = now()")
    allowed(house, "refund", "order", sale.order_id)
    with pytest.raises(errors.NoOpenDrawer):
        refund_tickets(db, house.at, Refund(sale.order_id, "ill"))
    with pytest.raises(errors.NoOpenDrawer):
        sold(db, house)
    assert sold(db, house, payment=Payment(Tender.CARD)).receipt_number == 2


def test_money_goes_back_by_the_tenders_it_came_by(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event)
    split = (
        Payment(Tender.CASH, amount=euro("20"), tendered=euro("50")),
        Payment(Tender.CARD, amount=euro("64")),
    )
    sale = sell_tickets(db, house.at, wish(event, (tier, 3), payments=split)).value
    assert (sale.change, len(sale.payments)) == (euro("30"), 2)
    one = refund_tickets(db, house.at, Refund(sale.order_id, "ill", (sale.tickets[0].id,))).value
    assert [(part.tender, part.amount) for part in one.returned] == [(Tender.CARD, euro("28"))]
    rest = refund_tickets(db, house.at, Refund(sale.order_id, "ill")).value
    assert {(part.tender, part.amount) for part in rest.returned} == {
        (Tender.CARD, euro("36")),
        (Tender.CASH, euro("20")),
    }


@pytest.mark.parametrize(
    "amounts", [("20", "8.01"), ("20", "7"), ("0", "28"), ("-5", "33"), ("10.001", "17.999")]
)
def test_payments_come_to_the_total(db: Database, house: Office, amounts: tuple[str, str]) -> None:
    event = house.event()
    split = tuple(Payment(Tender.CARD, amount=euro(amount)) for amount in amounts)
    with pytest.raises(errors.PaymentsDiffer):
        sell_tickets(db, house.at, wish(event, (house.tier(event), 1), payments=split))
    assert stock(house) == (0, 0)


def test_an_exchange_costs_the_difference(db: Database, house: Office) -> None:
    sale = sold(db, house)
    dearer = house.event()
    gala = house.tier(dearer, name="Gala", price=50)
    lines = (SaleLine(gala, 1, euro("50")),)
    tickets = (sale.tickets[0].id,)
    with pytest.raises(errors.PaymentsDiffer):
        exchange_tickets(db, house.at, Exchange(sale.order_id, tickets, dearer, lines, "other day"))
    deed = Exchange(sale.order_id, tickets, dearer, lines, "other day", (Payment(Tender.CASH),))
    done = exchange_tickets(db, house.at, deed).value
    assert [(paid.tender, paid.amount) for paid in done.sale.payments] == [
        (Tender.EXCHANGE, euro("28.5")),
        (Tender.CASH, euro("21.5")),
    ]
    assert done.correction.total == euro("28.5")
    assert house.value(DRAWER) == Decimal("78.500")
    assert exchange_tickets(db, house.at, deed).value.sale.replayed
    cheaper = house.tier(dearer, name="Standing", price=10)
    back = exchange_tickets(
        db,
        house.at,
        Exchange(
            sale.order_id, (sale.tickets[1].id,), dearer, (SaleLine(cheaper, 2, euro("10")),), "cheaper"
        ),
    ).value
    assert {(part.tender, part.amount) for part in back.correction.returned} == {
        (Tender.EXCHANGE, euro("20")),
        (Tender.CASH, euro("8.5")),
    }
    assert stock(house) == (3, 0)
    assert find_order(db, sale.order_number).status is OrderStatus.REFUNDED


def test_an_exchange_that_is_refused_changes_nothing(db: Database, house: Office) -> None:
    sale = sold(db, house)
    full = house.event()
    tier = house.tier(full, quantity=1, price="28.50")
    lines = (SaleLine(tier, 2, euro("28.50")),)
    with pytest.raises(errors.SoldOut):
        exchange_tickets(
            db, house.at, Exchange(sale.order_id, tuple(t.id for t in sale.tickets), full, lines, "x")
        )
    assert stock(house) == (2, 0)
    yen = house.event(currency="JPY")
    lines = (SaleLine(house.tier(yen), 1, Money(Decimal(28), "JPY")),)
    with pytest.raises(errors.OtherCurrency):
        exchange_tickets(db, house.at, Exchange(sale.order_id, (sale.tickets[0].id,), yen, lines, "x"))


def test_an_order_is_paid_later_in_parts(db: Database, house: Office) -> None:
    event = house.event(service_fee_per_ticket="1", tax_rate_percent=19)
    tier = house.tier(event)
    customer = house.insert("users", first_name="Mia", role="customer")
    due = datetime.now(UTC) + timedelta(days=7)
    with pytest.raises(errors.CustomerMissing):
        sell_tickets(db, house.at, wish(event, (tier, 2), payments=(), terms=Terms(due_at=due)))
    past = Terms(customer_id=customer, due_at=due - timedelta(days=8))
    with pytest.raises(errors.DueDatePast):
        sell_tickets(db, house.at, wish(event, (tier, 2), payments=(), terms=past))
    terms = Terms(customer_id=customer, due_at=due)
    order = sell_tickets(db, house.at, wish(event, (tier, 2), payments=(), terms=terms)).value
    assert (order.status, order.tickets, stock(house)) == (OrderStatus.PENDING, (), (0, 2))
    assert order.open_amount == euro("58")
    part = pay_order(db, house.at, PayOrder(order.order_id, (Payment(Tender.CASH, amount=euro("20")),))).value
    assert (part.status, part.open_amount) == (OrderStatus.PENDING, euro("38"))
    rest = PayOrder(order.order_id, (Payment(Tender.CARD),))
    paid = pay_order(db, house.at, rest).value
    assert (paid.status, len(paid.tickets), stock(house)) == (OrderStatus.PAID, 2, (2, 0))
    assert pay_order(db, house.at, rest).value.replayed
    with pytest.raises(errors.OrderNotPending):
        pay_order(db, house.at, PayOrder(order.order_id, (Payment(Tender.CARD),)))
    back = refund_tickets(db, house.at, Refund(order.order_id, "ill")).value
    assert back.total == euro("58")


def test_an_order_that_is_not_paid_in_time_expires_and_is_taken_up_again(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event, quantity=2)
    customer = house.insert("users", first_name="Mia", role="customer")
    terms = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
    order = sell_tickets(db, house.at, wish(event, (tier, 2), payments=(), terms=terms)).value
    assert expire_holds(db).value == 0
    house.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    assert expire_holds(db).value == 2
    assert find_order(db, order.order_number).status is OrderStatus.EXPIRED
    later = datetime.now(UTC) + timedelta(days=2)
    again = reactivate_order(db, house.at, ReactivateOrder(order.order_id, later)).value
    assert (again.status, stock(house)) == (OrderStatus.PENDING, (0, 2))
    back = cancel_order(db, house.at, CancelOrder(order.order_id, "changed his mind")).value
    assert (back.total, stock(house)) == (euro("0"), (0, 0))
    sell_tickets(db, house.at, wish(event, (tier, 1)))
    with pytest.raises(errors.SoldOut):
        reactivate_order(db, house.at, ReactivateOrder(order.order_id, later))


def test_what_was_paid_of_an_order_goes_back_when_it_is_given_up(db: Database, house: Office) -> None:
    event = house.event()
    customer = house.insert("users", first_name="Mia", role="customer")
    terms = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
    command = wish(event, (house.tier(event), 1), payments=(), terms=terms)
    order = sell_tickets(db, house.at, command).value
    pay_order(db, house.at, PayOrder(order.order_id, (Payment(Tender.CASH, amount=euro("8")),)))
    house.connection.execute("UPDATE holds SET expires_at = now() - interval '1 second'")
    # There is money in it: somebody has to decide.
    assert expire_holds(db).value == 0
    assert cancel_order(db, house.at, CancelOrder(order.order_id, "no")).value.total == euro("8")
    assert house.value(DRAWER) == 0


def test_gift_cards_are_sold_pay_and_are_credited(db: Database, house: Office) -> None:
    buy = IssueGiftCard(euro("50"), (Payment(Tender.CASH),))
    card = issue_gift_card(db, house.at, buy).value
    assert issue_gift_card(db, house.at, buy).value == card
    event = house.event()
    tier = house.tier(event)
    split = (
        Payment(Tender.GIFT_CARD, amount=euro("50"), gift_card=card.code.lower()),
        Payment(Tender.CARD, amount=euro("6")),
    )
    sale = sell_tickets(db, house.at, wish(event, (tier, 2), payments=split)).value
    assert find_gift_card(db, card.code).balance == euro("0")
    assert house.value("SELECT total FROM receipts WHERE kind = 'sale'") == 6
    only = (Payment(Tender.GIFT_CARD, gift_card=card.code),)
    with pytest.raises(errors.GiftCardTooLittle):
        sell_tickets(db, house.at, wish(event, (tier, 1), payments=only))
    for wrong in ("nonsense", "0" * 12):
        with pytest.raises(errors.UnknownGiftCard):
            find_gift_card(db, wrong)
    refund_tickets(db, house.at, Refund(sale.order_id, "ill"))
    assert find_gift_card(db, card.code).balance == euro("50")
    elsewhere = sell_tickets(db, house.at, wish(event, (tier, 1))).value
    to_card = Refund(elsewhere.order_id, "ill", tender=Tender.GIFT_CARD)
    with pytest.raises(errors.NeedsOverride):
        refund_tickets(db, house.at, to_card)
    allowed(house, "refund elsewhere", "order", elsewhere.order_id)
    credit = refund_tickets(db, house.at, to_card).value
    assert find_gift_card(db, credit.gift_card).balance == euro("28")


def test_nobody_pays_with_an_exchange_that_is_none(db: Database, house: Office) -> None:
    event = house.event()
    forged = (Payment(Tender.EXCHANGE, amount=euro("28")),)
    with pytest.raises(errors.NotAllowed):
        sell_tickets(db, house.at, wish(event, (house.tier(event), 1), payments=forged))


def test_a_card_payment_is_pinned_and_booked_as_pinned(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event)
    command = wish(event, (tier, 1))
    pin = PinCard(euro("28"), command.purchase_key)
    pin_card(db, house.at, pin)
    pin_card(db, house.at, pin)
    assert [one.state for one in open_card_payments(db, house.at)] == [CardState.PINNED]
    settle_card(db, house.at, pin.key, CardAnswer(CardState.UNKNOWN, detail="timeout"))
    wrong = (Payment(Tender.CARD, amount=euro("56"), card_key=pin.key),)
    with pytest.raises(errors.CardPaymentDiffers):
        sell_tickets(db, house.at, wish(event, (tier, 2), payments=wrong, purchase_key=command.purchase_key))
    settle_card(db, house.at, pin.key, CardAnswer(CardState.APPROVED))
    right = (Payment(Tender.CARD, card_key=pin.key),)
    sell_tickets(db, house.at, wish(event, (tier, 1), payments=right, purchase_key=command.purchase_key))
    assert open_card_payments(db, house.at) == ()
    with pytest.raises(errors.CardPaymentDiffers):
        sell_tickets(db, house.at, wish(event, (tier, 1), payments=right))
    with pytest.raises(errors.CardPaymentDiffers):
        settle_card(db, house.at, pin.key, CardAnswer(CardState.REVERSED))


def test_a_code_makes_tickets_cheaper_as_often_as_it_may(db: Database, house: Office) -> None:
    event = house.event(service_fee_percent="10", tax_rate_percent=7)
    tier = house.tier(event, price="9.99")
    other = house.tier(event, name="Box", price=50)
    house.insert(
        "discounts", event_id=event, tier_id=tier, code="EARLY", kind="percent", value=15, max_uses=1
    )
    lines = (SaleLine(tier, 2, euro("9.99")), SaleLine(other, 1, euro("50")))
    terms = Terms(discount=" early ")
    shown = price_basket(db, event, lines, terms)
    assert [(line.unit_price, line.list_price) for line in shown.lines] == [
        (euro("8.49"), euro("9.99")),
        (euro("50"), None),
    ]
    sale = sell_tickets(db, house.at, wish(event, lines=lines, shown_total=shown.total, terms=terms)).value
    assert (sale.totals, sale.discount) == (shown, "EARLY")
    with pytest.raises(errors.DiscountInvalid) as refused:
        sell_tickets(db, house.at, wish(event, lines=lines, terms=terms))
    assert refused.value.reason == "used_up"
    refund_tickets(db, house.at, Refund(sale.order_id, "ill"))
    assert house.value("SELECT used FROM discounts") == 0
    with pytest.raises(errors.DiscountInvalid):
        price_basket(db, event, lines, Terms(discount="NEVER"))


def test_complimentary_tickets_cost_nothing_and_need_a_reason(db: Database, house: Office) -> None:
    event = house.event(service_fee_per_ticket="2", tax_rate_percent=7)
    lines = (SaleLine(house.tier(event), 2, euro("28")),)
    free = Terms(reduction=Reduction(ReductionKind.COMPLIMENTARY))
    with pytest.raises(errors.ReasonMissing):
        sell_tickets(db, house.at, wish(event, lines=lines, terms=free))
    free = Terms(reduction=Reduction(ReductionKind.COMPLIMENTARY), reason="press")
    with pytest.raises(errors.NeedsOverride):
        sell_tickets(db, house.at, wish(event, lines=lines, terms=free))
    allowed(house, "reduce price", "event", event)
    sale = sell_tickets(db, house.at, wish(event, lines=lines, terms=free)).value
    assert (sale.totals.total, len(sale.tickets)) == (euro("0"), 2)
    assert house.value("SELECT reason FROM audit_logs WHERE action = 'sold'") == "press"
    back = refund_tickets(db, house.at, Refund(sale.order_id, "not coming")).value
    assert (back.total, find_order(db, sale.order_number).status) == (euro("0"), OrderStatus.CANCELLED)


def test_a_basket_holds_its_tickets_and_sells_them(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event, quantity=3)
    command = wish(event, (tier, 2))
    until = hold_basket(db, house.at, HoldBasket(command.purchase_key, event, command.lines)).value
    assert timedelta(minutes=9) < until - datetime.now(UTC) <= timedelta(minutes=10, seconds=5)
    assert stock(house) == (0, 2)
    with pytest.raises(errors.SoldOut):
        sell_tickets(db, house.at, wish(event, (tier, 2)))
    assert extend_hold(db, command.purchase_key) is not None
    # Held anew, one more: what was held before is part of it.
    three = wish(event, (tier, 3), purchase_key=command.purchase_key)
    hold_basket(db, house.at, HoldBasket(command.purchase_key, event, three.lines))
    assert stock(house) == (0, 3)
    held = wish(event, (tier, 3), purchase_key=command.purchase_key, terms=Terms(is_held=True))
    sell_tickets(db, house.at, held)
    assert stock(house) == (3, 0)
    assert sell_tickets(db, house.at, held).value.replayed


def test_a_hold_is_given_back_and_expires(db: Database, house: Office) -> None:
    event = house.event()
    tier = house.tier(event, quantity=2)
    key = uuid4()
    lines = (SaleLine(tier, 2, euro("28")),)
    hold_basket(db, house.at, HoldBasket(key, event, lines))
    release_hold(db, key)
    release_hold(db, key)
    assert (stock(house), extend_hold(db, key)) == ((0, 0), None)
    hold_basket(db, house.at, HoldBasket(key, event, lines))
    house.connection.execute(
        "UPDATE holds SET expires_at = now() - interval '1 second' WHERE ended_at IS NULL"
    )
    assert expire_holds(db).value == 2
    # Too late, but the tickets are still there.
    sell_tickets(db, house.at, wish(event, (tier, 2), purchase_key=key, terms=Terms(is_held=True)))


def test_a_hold_that_is_over_stands_in_nobodys_way(db: Database, house: Office) -> None:
    """The till that held them may be dead, and nobody came by since."""
    event = house.event()
    tier = house.tier(event, quantity=2)
    lines = (SaleLine(tier, 2, euro("28")),)
    for take in (
        lambda: sell_tickets(db, house.at, wish(event, (tier, 1))),
        lambda: hold_basket(db, house.at, HoldBasket(uuid4(), event, (SaleLine(tier, 1, euro("28")),))),
    ):
        key = uuid4()
        hold_basket(db, house.at, HoldBasket(key, event, lines))
        with pytest.raises(errors.SoldOut):
            take()
        house.connection.execute(
            "UPDATE holds SET expires_at = now() - interval '1 second' WHERE basket_key = %s", [key]
        )
        take()
        lines = (SaleLine(tier, 1, euro("28")),)
