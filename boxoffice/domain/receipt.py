"""A receipt: what a deed that moved money wrote down about itself, to be printed today and in seven years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from boxoffice.domain.money import Money


class ReceiptKind(StrEnum):
    """Which deed it tells of."""

    SALE = "sale"
    PAYMENT = "payment"
    REFUND = "refund"
    EXCHANGE = "exchange"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True)
class ReceiptEvent:
    """What the tickets are for. Times are aware UTC, shown in `time_zone`."""

    title: str
    venue: str = ""
    address: str = ""
    promoter: str = ""
    starts_at: datetime | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """So many tickets of one tier; `list_price` where they were sold for less."""

    tier: str
    quantity: int
    unit_price: Money
    list_price: Money | None = None

    @property
    def total(self) -> Money:
        """What the line comes to."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class TaxPart:
    """What of the total is tax at one rate."""

    rate_percent: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class ReceiptPayment:
    """Money by one tender, negative when it went back; `tendered` is the cash that was handed over."""

    tender: str
    amount: Money
    tendered: Money | None = None

    @property
    def change(self) -> Money | None:
        """What the customer got back of the cash; None when it was exact."""
        if self.tendered is None or self.tendered == self.amount:
            return None
        return self.tendered - self.amount


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a printed receipt says. What its deed did not write down is None or empty and left out."""

    kind: ReceiptKind
    number: int
    till: str
    clerk: str
    sold_at: datetime
    total: Money
    payments: tuple[ReceiptPayment, ...]
    order_number: str = ""
    event: ReceiptEvent | None = None
    lines: tuple[ReceiptLine, ...] = ()
    subtotal: Money | None = None
    fee: Money | None = None
    tax: Money | None = None
    tax_inclusive: bool = True
    taxes: tuple[TaxPart, ...] = ()
    retained: Money | None = None
    reason: str = ""
    discount_code: str = ""

    @property
    def reduction(self) -> Money | None:
        """What the customer saved; None when everything was sold at its price."""
        saved = [
            (line.list_price - line.unit_price) * line.quantity
            for line in self.lines
            if line.list_price is not None
        ]
        return sum(saved[1:], saved[0]) if saved else None


def receipt_from_facts(facts: dict[str, Any]) -> Receipt:
    """Return the receipt that a deed wrote down; keys that it left out are left out of the paper too."""
    currency = facts["currency"]

    def money(amount: str) -> Money:
        return Money(Decimal(amount), currency)

    def perhaps(name: str, among: dict[str, Any] = facts) -> Money | None:
        amount = among.get(name)
        return None if amount is None else money(amount)

    return Receipt(
        kind=ReceiptKind(facts["kind"]),
        number=int(facts["receipt_number"]),
        till=facts["till"] or "",
        clerk=(facts["clerk"] or "").strip(),
        sold_at=_moment(facts["sold_at"]),
        total=money(facts["total"]),
        payments=tuple(
            ReceiptPayment(one["tender"], money(one["amount"]), perhaps("tendered", one))
            for one in facts["payments"] or ()
        ),
        order_number=facts.get("order_number") or "",
        event=_event(facts.get("event")),
        lines=tuple(
            ReceiptLine(
                one["tier"], int(one["quantity"]), money(one["unit_price"]), perhaps("list_price", one)
            )
            for one in facts.get("lines") or ()
        ),
        subtotal=perhaps("subtotal"),
        fee=perhaps("fee"),
        tax=perhaps("tax"),
        tax_inclusive=facts.get("tax_inclusive") is not False,
        taxes=tuple(
            TaxPart(Decimal(one["rate_percent"]), money(one["net"]), money(one["tax"]))
            for one in facts.get("taxes") or ()
        ),
        retained=perhaps("retained"),
        reason=facts.get("reason") or "",
        discount_code=facts.get("discount_code") or "",
    )


def _event(facts: dict[str, Any] | None) -> ReceiptEvent | None:
    if not facts:
        return None
    starts_at = facts.get("starts_at")
    return ReceiptEvent(
        title=facts.get("title") or "",
        venue=facts.get("venue") or "",
        address=facts.get("address") or "",
        promoter=facts.get("promoter") or "",
        starts_at=_moment(starts_at) if starts_at else None,
        time_zone=facts.get("time_zone") or "UTC",
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
