"""Cash at the counter: which notes a customer is likely to hand over, and what was typed."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

from boxoffice.domain.money import Money

_STEPS = (Decimal(5), Decimal(10), Decimal(20), Decimal(50), Decimal(100), Decimal(200))
_AMOUNT = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,2}\.[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3}){1,2},[0-9]{1,2}")
_SUGGESTIONS = 4


def likely_cash(total: Money) -> tuple[Money, ...]:
    """Return round amounts at or above the total, smallest first: what people hand over to pay it."""
    amounts: list[Decimal] = []
    for step in _STEPS:
        rounded = (total.amount / step).to_integral_value(ROUND_CEILING) * step
        if rounded > total.amount and rounded not in amounts:
            amounts.append(rounded)
    return tuple(Money(amount, total.currency) for amount in sorted(amounts)[:_SUGGESTIONS])


def typed_amount(text: str, currency: str, sign: str = "") -> Money | None:
    """Return what was typed as money, with a point or a comma; None when it is no amount.

    The currency's code or its sign may stand on either side, and thousands may be grouped: "€ 1.000,00".
    """
    compact = "".join(text.split()).upper()
    for mark in filter(None, (currency, sign.upper())):
        compact = compact.removeprefix(mark).removesuffix(mark)
    if _GROUPED.fullmatch(compact):
        compact = compact.replace("." if compact.rfind(",") > compact.rfind(".") else ",", "")
    elif not _AMOUNT.fullmatch(compact):
        return None
    return Money(Decimal(compact.replace(",", ".")), currency)
