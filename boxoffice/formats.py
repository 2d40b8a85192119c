"""Money, days and times as text in one locale. The only place that turns values into what people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from boxoffice.domain.money import Money


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats of one locale, e.g. Formats("en") or Formats("de"). Times come in as aware UTC."""

    locale: str = "en"

    def money(self, money: Money) -> str:
        """Return e.g. "€ 28.00": symbol, no-break space, the currency's own number of decimals."""
        amount = _amount(abs(money.amount), money.currency, self.locale)
        return f"\N{MINUS SIGN}\N{NO-BREAK SPACE}{amount}" if money.amount < 0 else amount

    def nothing(self, currency: str) -> str:
        """Return no money of this currency, e.g. "€ 0.00"."""
        return _amount(Decimal(0), currency, self.locale)

    def percent(self, percent: Decimal) -> str:
        """Return e.g. "7 %" or "5.5 %"."""
        return f"{format_decimal(percent.normalize(), locale=self.locale)}\N{NO-BREAK SPACE}%"

    def list(self, things: Sequence[str]) -> str:
        """Return "Counter 1, Counter 2 and Counter 3"."""
        return format_list(things, locale=self.locale)

    def number(self, number: int) -> str:
        """Return a whole number with the locale's grouping."""
        return _grouped(number, self.locale)

    def time(self, at: datetime, time_zone: str) -> str:
        """Return the time of day at the venue, e.g. "19:30"."""
        return str(format_time(local(at, time_zone), "HH:mm", locale=self.locale))

    def short_day(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "Sun 22 Nov"."""
        return str(format_date(local(at, time_zone).date(), self._day_pattern("E d MMM"), self.locale))

    def day_with_year(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "Sun 22 Nov 2026"."""
        return str(format_date(local(at, time_zone).date(), self._day_pattern("E d MMM y"), self.locale))

    def day_and_month(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "22 Nov"."""
        return str(format_date(local(at, time_zone).date(), self._day_pattern("d MMM"), self.locale))

    def short_day_and_time(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "Sun 22 Nov, 19:30"."""
        return f"{self.short_day(at, time_zone)}, {self.time(at, time_zone)}"

    def day_and_time(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "22 Nov 2026, 19:30", for books."""
        day = format_date(local(at, time_zone).date(), self._day_pattern("d MMM y"), self.locale)
        return f"{day}, {self.time(at, time_zone)}"

    def full_day(self, day: date) -> str:
        """Return e.g. "Sun 22 Nov 2026" of a day that has no time."""
        return str(format_date(day, self._day_pattern("E d MMM y"), self.locale))

    def stamp(self, at: datetime, time_zone: str) -> str:
        """Return e.g. "22 Nov 12:41", for small print."""
        day = format_date(local(at, time_zone).date(), self._day_pattern("d MMM"), self.locale)
        return f"{day} {self.time(at, time_zone)}"

    def stamp_here(self, at: datetime) -> str:
        """Return the same as this computer's clock shows it."""
        here = at.astimezone()
        day = format_date(here.date(), self._day_pattern("d MMM"), self.locale)
        return f"{day} {format_time(here, 'HH:mm', locale=self.locale)}"

    def long_day(self, day: date) -> str:
        """Return e.g. "Sunday 22 November", the headings of the event list."""
        return str(format_date(day, self._day_pattern("EEEE d MMMM"), self.locale))

    def month(self, day: date) -> str:
        """Return e.g. "November 2026"."""
        return str(format_skeleton("yMMMM", day, locale=Locale.parse(self.locale)))

    def order_number(self, number: str) -> str:
        """Return an order number grouped for reading aloud: "2026-104217" becomes "2026-104 217"."""
        year, _, serial = number.partition("-")
        if not serial.isdigit():
            return number
        return f"{year}-{int(serial):,}".replace(",", "\N{NO-BREAK SPACE}")

    def _day_pattern(self, english: str) -> str:
        if self.locale.startswith("de"):
            return {
                "d MMM": "d. MMM",
                "d MMM y": "d. MMM y",
                "E d MMM": "EE d. MMM",
                "E d MMM y": "EE d. MMM y",
                "EEEE d MMMM": "EEEE, d. MMMM",
            }[english]
        return english


# The same few prices and counts are said again and again, and Babel takes its time for each.
@lru_cache(maxsize=4096)
def _amount(amount: Decimal, currency: str, locale: str) -> str:
    return str(format_currency(amount, currency, format="¤\N{NO-BREAK SPACE}#,##0.00", locale=locale))


@lru_cache(maxsize=4096)
def _grouped(number: int, locale: str) -> str:
    return str(format_decimal(number, locale=locale))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime, time_zone: str) -> datetime:
    """Return the moment as the venue's clock shows it."""
    return at.astimezone(UTC).astimezone(_zone(time_zone))
