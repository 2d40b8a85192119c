"""The check that ships with the product finds money, holds and codes that do not add up after a sale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from boxoffice.domain.after_sale import Exchange, PayOrder, Refund
from boxoffice.domain.card_payment import CardAnswer, CardState, PinCard
from boxoffice.domain.gift_card import IssueGiftCard
from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, SaleLine, Tender, Terms
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.exchange_tickets import exchange_tickets
from boxoffice.usecases.orders.pay_order import pay_order
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.payments.card_payments import pin_card, settle_card
from boxoffice.usecases.payments.gift_cards import issue_gift_card
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

_OPEN = "ALTER TABLE {0} DISABLE TRIGGER ALL; "
_PAYMENTS = _OPEN.format("payment_transactions")
_CORRECTIONS = _OPEN.format("corrections")
_TICKETS_BACK = _OPEN.format("correction_tickets")
_CARD_BOOK = _OPEN.format("gift_card_entries")
_ORDERS = _OPEN.format("orders")
_TICKETS = _OPEN.format("tickets")

DAMAGE = (
    (
        "corrections_are_refunds",
        f"{_CORRECTIONS} UPDATE corrections SET subtotal = subtotal + 1, total = total + 1",
    ),
    ("corrections_are_refunds", f"{_CORRECTIONS} UPDATE corrections SET retained = 3"),
    ("corrections_are_refunds", f"{_TICKETS_BACK} UPDATE correction_tickets SET amount = amount + 1"),
    (
        "corrections_are_refunds",
        f"{_PAYMENTS} UPDATE payment_transactions SET amount = amount - 1 WHERE kind = 'refund'",
    ),
    (
        "corrections_are_refunds",
        f"{_PAYMENTS} UPDATE payment_transactions SET correction_id = NULL WHERE kind = 'refund'",
    ),
    (
        "no_more_back_than_paid",
        f"{_PAYMENTS} UPDATE payment_transactions SET amount = amount + 100 WHERE kind = 'refund'",
    ),
    (
        "exchanges_carry_over",
        (
            f"{_PAYMENTS} UPDATE payment_transactions SET amount = amount + 1"
            " WHERE tender = 'exchange' AND kind = 'payment'"
        ),
    ),
    ("exchanges_carry_over", f"{_ORDERS} UPDATE orders SET exchanged_from = NULL"),
    ("gift_cards_add_up", "UPDATE gift_cards SET balance = balance + 1"),
    (
        "gift_cards_add_up",
        (
            f"{_CARD_BOOK} UPDATE gift_card_entries SET amount = amount + 5 WHERE kind = 'issue';"
            " UPDATE gift_cards SET balance = balance + 5"
        ),
    ),
    (
        "gift_cards_add_up",
        (
            f"{_CARD_BOOK} UPDATE gift_card_entries SET amount = amount + 5 WHERE kind = 'redeem';"
            " UPDATE gift_cards SET balance = balance + 5"
        ),
    ),
    ("card_payments_are_booked_once", "UPDATE card_payments SET amount = amount + 1"),
    ("card_payments_are_booked_once", "UPDATE card_payments SET state = 'approved'"),
    (
        "card_payments_are_booked_once",
        f"{_PAYMENTS} UPDATE payment_transactions SET card_payment_id = NULL",
    ),
    (
        "card_payments_are_booked_once",
        f"{_PAYMENTS} UPDATE payment_transactions SET tender = 'other' WHERE card_payment_id IS NOT NULL",
    ),
    ("pending_orders_hold", "UPDATE holds SET ended_at = now() WHERE kind = 'order'"),
    ("pending_orders_hold", "UPDATE holds SET quantity = quantity + 1 WHERE kind = 'order'"),
    ("pending_orders_hold", f"{_ORDERS} UPDATE orders SET status = 'expired' WHERE status = 'pending'"),
    ("codes_are_counted", "UPDATE discounts SET used = 0"),
    (
        "orders_are_what_they_say",
        f"{_ORDERS} UPDATE orders SET status = 'refunded' WHERE exchanged_from IS NULL",
    ),
    (
        "orders_are_what_they_say",
        f"{_TICKETS} UPDATE tickets SET status = 'cancelled' WHERE status = 'valid'",
    ),
    ("orders_are_what_they_say", f"{_ORDERS} UPDATE orders SET paid_at = now() WHERE status = 'pending'"),
    ("orders_are_what_they_say", f"{_ORDERS} UPDATE orders SET status = 'paid' WHERE status = 'pending'"),
    (
        "orders_are_what_they_say",
        (
            f"{_PAYMENTS} UPDATE payment_transactions p SET amount = o.total_amount"
            " FROM orders o WHERE o.id = p.order_id AND o.status = 'pending'"
        ),
    ),
    ("returned_tickets_have_corrections", f"{_TICKETS_BACK} DELETE FROM correction_tickets"),
    (
        "returned_tickets_have_corrections",
        f"{_TICKETS} UPDATE tickets SET status = 'valid' WHERE status = 'refunded'",
    ),
)


@dataclass(frozen=True)
class Busy:
    """An office in which everything has happened once."""

    office: Office
    db: Database


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def busy(db: Database, office: Office) -> Busy:
    clerk = office.person("clerk")
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    office.at = replace(office.at, clerk_id=clerk.id)
    till = Database(clerk.url)
    everything_once(till, office)
    till.close()
    return Busy(office, db)


def everything_once(db: Database, office: Office) -> None:
    event = office.event(tax_rate_percent=7)
    tier = office.tier(event)
    other = office.tier(event, name="Circle", price=40)
    office.insert("discounts", event_id=event, code="EARLY", kind="percent", value=50)
    customer = office.insert("users", first_name="Mia", role="customer")
    at = office.at
    card = issue_gift_card(db, at, IssueGiftCard(euro("50"), (Payment(Tender.CASH),))).value
    by_gift_card = (
        Payment(Tender.GIFT_CARD, amount=euro("20"), gift_card=card.code),
        Payment(Tender.CASH, amount=euro("36")),
    )
    sale = sell_tickets(db, at, wish(event, (tier, 2), payments=by_gift_card)).value
    refund_tickets(db, at, Refund(sale.order_id, "ill", (sale.tickets[0].id,), retained=euro("2")))
    exchange_tickets(
        db,
        at,
        Exchange(
            sale.order_id,
            (sale.tickets[1].id,),
            event,
            (SaleLine(other, 1, euro("40")),),
            "better",
            (Payment(Tender.CASH),),
        ),
    )
    by_terminal = wish(event, (tier, 1), terms=Terms(discount="EARLY"))
    pin = PinCard(euro("14"), by_terminal.purchase_key)
    pin_card(db, at, pin)
    settle_card(db, at, pin.key, CardAnswer(CardState.APPROVED))
    sell_tickets(
        db,
        at,
        wish(
            event,
            (tier, 1),
            purchase_key=by_terminal.purchase_key,
            terms=by_terminal.terms,
            payments=(Payment(Tender.CARD, card_key=pin.key),),
        ),
    )
    later = Terms(customer_id=customer, due_at=datetime.now(UTC) + timedelta(days=7))
    order = sell_tickets(db, at, wish(event, (tier, 3), payments=(), terms=later)).value
    pay_order(db, at, PayOrder(order.order_id, (Payment(Tender.CASH, amount=euro("10")),)))


def test_a_sound_office_has_nothing_broken(busy: Busy) -> None:
    assert [finding for finding in check_database(busy.db) if finding.broken] == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_the_money_is_found_by_its_own_rule(busy: Busy, damage: tuple[str, str]) -> None:
    name, statement = damage
    busy.office.connection.execute(statement.encode())
    findings = {finding.name: finding for finding in check_database(busy.db)}
    assert findings[name].broken > 0
    assert findings[name].examples


def test_payments_that_are_kept_no_longer_leave_the_book_of_their_card(busy: Busy) -> None:
    connection = busy.office.connection
    connection.execute(
        "ALTER TABLE payment_transactions DISABLE TRIGGER ALL;"
        " UPDATE payment_transactions SET created_at = now() - interval '8 years';"
        " ALTER TABLE payment_transactions ENABLE TRIGGER ALL"
    )
    connection.execute("SELECT apply_retention(false)")
    assert busy.office.value("SELECT count(*) FROM payment_transactions") == 0
    assert busy.office.value(
        "SELECT (SELECT sum(amount) FROM gift_card_entries) = (SELECT sum(balance) FROM gift_cards)"
    )
