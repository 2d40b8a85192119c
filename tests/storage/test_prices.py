"""The arithmetic of a basket, against the same rules written a second time in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment, SaleLine, Tender
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.sales.price_basket import price_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Case:
    currency: str
    prices: tuple[Decimal, ...]
    quantities: tuple[int, ...]
    fee: Decimal
    fee_percent: Decimal
    rate: Decimal
    inclusive: bool
    rounding: str


@st.composite
def cases(draw: st.DrawFn) -> Case:
    currency = draw(st.sampled_from(sorted(DIGITS)))
    amounts = st.decimals(0, 5000, places=DIGITS[currency])
    prices = draw(st.lists(amounts, min_size=1, max_size=4))
    quantities = draw(st.lists(st.integers(1, 10), min_size=len(prices), max_size=len(prices)))
    return Case(
        currency,
        tuple(prices),
        tuple(quantities),
        draw(st.decimals(0, 5, places=DIGITS[currency])),
        draw(st.decimals(0, 30, places=3)),
        draw(st.decimals(0, 100, places=3)),
        draw(st.booleans()),
        draw(st.sampled_from(("line", "sum_by_net", "sum_by_net_keep_gross"))),
    )


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-DIGITS[currency]), ROUND_HALF_UP)


def expected(case: Case) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return subtotal, fee, tax and total as shown."""

    def tax_of(amount: Decimal) -> Decimal:
        base = 100 + case.rate if case.inclusive else Decimal(100)
        return rounded(amount * case.rate / base, case.currency)

    lines = [price * quantity for price, quantity in zip(case.prices, case.quantities, strict=True)]
    fee = sum(
        (
            rounded(case.fee + price * case.fee_percent / 100, case.currency) * quantity
            for price, quantity in zip(case.prices, case.quantities, strict=True)
            if price
        ),
        Decimal(0),
    )
    tax = sum(map(tax_of, lines), tax_of(fee))
    subtotal = sum(lines, Decimal(0))
    total = subtotal + fee + (0 if case.inclusive else tax)
    if case.rounding == "sum_by_net":
        net = total - tax
        tax = rounded(net * case.rate / 100, case.currency)
        total = net + tax
    elif case.rounding == "sum_by_net_keep_gross":
        tax = rounded(total * case.rate / (100 + case.rate), case.currency)
    return subtotal, fee, tax, total


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_price_sale_and_tickets_agree_with_the_rules(db: Database, office: Office, case: Case) -> None:
    event = office.event(
        currency=case.currency,
        service_fee_per_ticket=case.fee,
        service_fee_percent=case.fee_percent,
        tax_rate_percent=case.rate,
        tax_inclusive=case.inclusive,
        tax_rounding=case.rounding,
    )
    lines = tuple(
        SaleLine(office.tier(event, name=f"T{place}", price=price), quantity, Money(price, case.currency))
        for place, (price, quantity) in enumerate(zip(case.prices, case.quantities, strict=True))
    )
    subtotal, fee, tax, total = (Money(amount, case.currency) for amount in expected(case))
    shown = price_basket(db, event, lines)
    assert (shown.subtotal, shown.service_fee, shown.tax, shown.total) == (subtotal, fee, tax, total)

    command = wish(event, lines=lines, shown_total=total, payment=Payment(Tender.CARD))
    sale = sell_tickets(db, office.at, command).value
    assert sale.totals == shown
    if case.rounding == "line":
        assert sum((ticket.face.price for ticket in sale.tickets), Money(Decimal(0), case.currency)) == total
    # What each ticket is worth when it comes back: whole minor units that add up, however tax was rounded.
    worth = "SELECT array_agg(amount) FROM ticket_worth(%s)"
    amounts = office.value(worth, sale.order_id)
    assert sum(amounts) == total.amount
    assert all(rounded(amount, case.currency) == amount for amount in amounts)
    broken = [finding for finding in check_database(db) if finding.broken]
    assert broken == []
