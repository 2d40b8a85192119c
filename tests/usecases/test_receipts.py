"""Receipts as the database keeps them, read again."""

from __future__ import annotations

import json
from decimal import Decimal

from boxoffice.domain.money import Money
from boxoffice.domain.receipt import ReceiptKind
from boxoffice.storage.database import Database
from boxoffice.usecases.orders.receipts import receipt, receipts_of
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.printing.test_receipt import facts


def write(office: Office, number: int, order: int | None, **changes: object) -> None:
    told = facts(receipt_number=number, **changes)
    office.connection.execute(
        "INSERT INTO receipts (till_id, number, kind, order_id, currency, total, facts)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [office.at.till_id, number, told["kind"], order, told["currency"], told["total"], json.dumps(told)],
    )


def test_an_orders_receipts_are_told_oldest_first_to_the_clerk(db: Database, office: Office) -> None:
    event = office.event()
    sale = sell_tickets(db, office.at, wish(event, (office.tier(event), 1))).value
    already = len(receipts_of(db, sale.order_id))
    write(office, 7001, sale.order_id)
    write(office, 7002, sale.order_id, kind="refund", total="-80.500")
    write(office, 7003, None, kind="gift_card")
    clerk = Database(office.let_in(office.at.clerk_id, "clerk"))
    found = receipts_of(clerk, sale.order_id)[already:]
    clerk.close()
    assert [(one.kind, one.number) for one in found] == [(ReceiptKind.SALE, 7001), (ReceiptKind.REFUND, 7002)]
    assert found[1].total == Money(Decimal("-80.5"), "EUR")
    assert found[0].reduction == Money(Decimal(8), "EUR")
    assert found[0].payments[0].change == Money(Decimal("19.5"), "EUR")


def test_a_receipt_is_found_by_its_till_and_number(db: Database, office: Office) -> None:
    write(office, 7003, None, kind="gift_card")
    found = receipt(db, office.at.till_id, 7003)
    assert found is not None
    assert found.kind is ReceiptKind.GIFT_CARD
    assert receipt(db, office.at.till_id, 7004) is None
