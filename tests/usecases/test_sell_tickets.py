"""The sale: what it writes, and that it writes it once."""

from __future__ import annotations

from decimal import Decimal

from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, Tender
from boxoffice.storage.database import Database
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_sale_writes_order_items_tickets_payment_and_stock(db: Database, office: Office) -> None:
    event = office.event(service_fee_per_ticket="0.50", tax_rate_percent=7)
    standard = office.tier(event)
    reduced = office.tier(event, name="Reduced", price=18)
    command = wish(event, (standard, 2), payment=Payment(Tender.CASH, euro("100")))
    sale = sell_tickets(db, office.at, command).value

    assert sale.totals.total == euro("57.00")
    assert sale.totals.tax == euro("3.73")
    assert sale.change == euro("43.00")
    assert [ticket.face.number for ticket in sale.tickets] == [1, 2]
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", standard) == 2
    assert office.value("SELECT sold FROM ticket_tiers WHERE id = %s", reduced) == 0
