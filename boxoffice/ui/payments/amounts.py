"""Cash at the counter: which notes a customer is likely to hand over, and what was typed."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import cache

from boxoffice.domain.money import Money, minor_digits
from boxoffice.domain.sale import Payment

_STEPS = (Decimal(5), Decimal(10), Decimal(20), Decimal(50), Decimal(100), Decimal(200))
"""Notes of a currency with hundredths. Where the unit is small, notes have zeros more: 500, 1000 … yen."""
_USUAL_DIGITS = 2
_SUGGESTIONS = 4


def likely_cash(total: Money) -> tuple[Money, ...]:
    """Return round amounts at or above the total, smallest first: what people hand over to pay it."""
    scale = Decimal(10) ** (_USUAL_DIGITS - minor_digits(total.currency))
    amounts: list[Decimal] = []
    for step in _STEPS:
        note = step * scale
        rounded = (total.amount / note).to_integral_value(ROUND_CEILING) * note
        if rounded > total.amount and rounded not in amounts:
            amounts.append(rounded)
    return tuple(Money(amount, total.currency) for amount in sorted(amounts)[:_SUGGESTIONS])


def is_doubtful(total: Money, given: Money) -> bool:
    """Return whether nobody hands over so much for this total: a slip of the finger, more likely."""
    return given.amount > total.amount * 10 and given > max(likely_cash(total), default=total)


def change_of(payments: tuple[Payment, ...], currency: str) -> Money:
    """Return what goes back of the cash that was handed over."""
    change = Money(Decimal(0), currency)
    for part in payments:
        if part.tendered is not None and part.amount is not None:
            change += part.tendered - part.amount
    return change


def typed_amount(text: str, currency: str, sign: str = "") -> Money | None:
    """Return what was typed as money, with a point or a comma; None when it is no amount.

    It has no more decimals than its currency. The currency's code or its sign may stand on either side, and
    thousands may be grouped: "€ 1.000,00"; where there are no decimals, "1,000" is a thousand.
    """
    compact = "".join(text.split()).upper()
    for mark in filter(None, (currency, sign.upper())):
        compact = compact.removeprefix(mark).removesuffix(mark)
    plain, grouped = _shapes(minor_digits(currency))
    if grouped.fullmatch(compact):
        point = max(compact.rfind(","), compact.rfind(".")) if minor_digits(currency) else len(compact)
        compact = f"{re.sub('[.,]', '', compact[:point])}.{compact[point + 1 :]}".removesuffix(".")
    elif not plain.fullmatch(compact):
        return None
    return Money(Decimal(compact.replace(",", ".")), currency)


@cache
def _shapes(digits: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return how an amount with so many decimals is written, without and with its thousands grouped."""
    if not digits:
        return re.compile("[0-9]{1,8}"), re.compile("[0-9]{1,3}(?:(?:,[0-9]{3}){1,2}|(?:[.][0-9]{3}){1,2})")
    plain = f"[0-9]{{1,8}}([.,][0-9]{{1,{digits}}})?"
    english = f"[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,2}}[.][0-9]{{1,{digits}}}"
    german = f"[0-9]{{1,3}}(?:[.][0-9]{{3}}){{1,2}},[0-9]{{1,{digits}}}"
    return re.compile(plain), re.compile(f"{english}|{german}")
