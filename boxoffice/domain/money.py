"""Exact money: an amount that never forgets its currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

_NO_MINOR_UNIT = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
}
_THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def minor_digits(currency: str) -> int:
    """Return how many decimals amounts of a currency have, as the database has it."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THOUSANDTHS else 2


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies cannot be added or compared."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the major unit of `currency` (ISO 4217, three letters), e.g. 28.50 EUR.

    Raises:
        CurrencyMismatch: from arithmetic or comparison across currencies.
    """

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount


def plain_amount(money: Money) -> str:
    """Return an amount as it is typed, with all the decimals of its currency: 28.50, 1200, 1.250."""
    return f"{money.amount:.{minor_digits(money.currency)}f}"
