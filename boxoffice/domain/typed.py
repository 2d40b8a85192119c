"""What somebody at the counter means by what they typed or scanned: every reading that makes sense.

Numbers and days are read in English and German notation at once, because no spelling of one is a different
value in the other: a decimal separator stands before at most two digits, a day comes before its month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from boxoffice.domain import ticket_code
from boxoffice.domain.waitlist import MistypedOfferCode, offer_code

LONGEST = 200
_FULL_NUMBER = re.compile(r"(\d{4})\s*[-\u2010-\u2014\s]\s*(\d[\d\s]{0,14})", re.ASCII)
_SERIAL = re.compile(r"\d[\d\s\u00a0]{0,14}")
_PHONE = re.compile(r"[+(]?[\d\s()/.\u00a0-]{5,30}")
_CURRENCY = r"(?:€|\$|£|eur|usd|gbp|chf|kr)"
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY}\s*)?(?P<whole>\d{{1,3}}(?:[.,'\u00a0 ]\d{{3}})+|\d{{1,9}})(?:[.,](?P<part>\d{{2}}|-))?"
    rf"(?:\s*{_CURRENCY})?",
    re.IGNORECASE,
)
_MARKED = re.compile(rf"{_CURRENCY}|[.,](?:\d{{2}}|-)(?!\d)", re.IGNORECASE)
"""What makes an amount of digits: a currency or decimals."""
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})(?:[./]\s*(\d{4}|\d{2})?)?")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})\.?\s+([a-zäöü]{3,9})\.?(?:\s+(\d{4}))?", re.IGNORECASE)
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan januar january",
            "feb februar february",
            "mar mär mrz märz march",
            "apr april",
            "may mai",
            "jun juni june",
            "jul juli july",
            "aug august",
            "sep sept september",
            "oct okt oktober october",
            "nov november",
            "dec dez dezember december",
        ),
        1,
    )
    for name in names.split()
}
_DASHED_OFFER = re.compile(r"(?=.*[0-9])W-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_OTHER_OFFER = re.compile(r"(?=.*[0-9][A-Z])W[- ]?(?:[0-9A-Z]{4}[- ][0-9A-Z]{4}[- ][0-9A-Z]{4}|[0-9A-Z]{12})")
"""Titles have years and numbers, but seldom a figure right before a letter."""
_NEAR_DAYS = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the text can mean. Empty or None: not that."""

    words: str
    """The text itself: a name, or a payment reference."""
    number: str = ""
    """A whole order number, as stored."""
    serial: str = ""
    """The part of an order number behind its year."""
    code: str = ""
    """The twelve letters of a ticket code."""
    email: str = ""
    """A whole address, or its beginning with the @."""
    phone: str = ""
    amount: Decimal | None = None
    day: date | None = None
    """The day on which the amount was paid."""

    @property
    def names(self) -> str:
        """What may be part of somebody's name: no digits, no address, and some letter."""
        is_name = not any(letter.isdigit() for letter in self.words) and any(map(str.isalpha, self.words))
        return self.words if is_name and not self.email else ""


def read_typed(text: str, today: date) -> Typed:
    """Return every reading of the text; days without a year are the last such day up to `today`."""
    words = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    code = _code(words)
    if code and words.upper().startswith(ticket_code.QR_PREFIX):
        return Typed("", code=code)
    amount, day = _amount_and_day(words, today)
    if amount is not None:
        return Typed(words, amount=amount, day=day)
    full = _FULL_NUMBER.fullmatch(words)
    return Typed(
        words,
        number=f"{full[1]}-{_digits(full[2])}" if full else "",
        serial=_digits(words) if _SERIAL.fullmatch(words) else "",
        code=code,
        email=words.lower() if "@" in words and " " not in words else "",
        phone=words if _PHONE.fullmatch(words) and len(_digits(words)) >= 5 else "",  # noqa: PLR2004 - the shortest
    )


def read_offer(text: str) -> str:
    """Return the code of a waitlist offer that this is, as stored; empty for what may be part of a title."""
    short = " ".join(text.split())
    # Words of lower case letters are a title, though one in 32 that are as long have the right last letter.
    if " " in short and short.islower() and not any(letter.isdigit() for letter in short):
        return ""
    try:
        return offer_code(short)
    except MistypedOfferCode:
        return ""


def is_mistyped_offer(text: str) -> bool:
    """Tell whether this was meant for the code of an offer, but a letter of it is wrong.

    What may be a title is none: words, and numbers beside them.
    """
    short = " ".join(text.split()).upper()
    looks_so = _DASHED_OFFER.fullmatch(short) or _OTHER_OFFER.fullmatch(short)
    return looks_so is not None and not read_offer(text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII)


def _code(words: str) -> str:
    try:
        return ticket_code.normalise(words)
    except ticket_code.MistypedCode:
        return ""


def _amount_and_day(words: str, today: date) -> tuple[Decimal | None, date | None]:
    """Read "57,00", "57,00 26.11.", "26 Nov 57.00", "€ 57 yesterday". A bare number is no amount."""
    marked = _MARKED.search(words) is not None
    whole = read_amount(words)
    if whole is not None and marked:
        return whole, None
    parts = words.split(" ")
    for cut in range(1, len(parts)):
        first, second = " ".join(parts[:cut]), " ".join(parts[cut:])
        for money, when in ((first, second), (second, first)):
            amount, day = read_amount(money), read_day(when, today)
            if amount is not None and day is not None:
                return amount, day
    return None, None


def read_amount(words: str) -> Decimal | None:
    """Return an amount as written in either language: 57,00; 57.00; 1.234,50; 1,234.50; € 57; 57,-."""
    found = _AMOUNT.fullmatch(words.strip())
    if found is None:
        return None
    part = (found["part"] or "00").replace("-", "00")
    return Decimal(f"{re.sub(r'\D', '', found['whole'])}.{part}")


def read_day(words: str, today: date) -> date | None:
    """Return a day as written in either language: 26.11.; 26/11/2026; 26 Nov; 2026-11-26; yesterday."""
    plain = words.strip().lower()
    if plain in _NEAR_DAYS:
        return today - timedelta(days=_NEAR_DAYS[plain])
    iso = _ISO_DAY.fullmatch(plain)
    if iso is not None:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    figures = _DAY.fullmatch(plain)
    if figures is not None:
        return _last(int(figures[1]), int(figures[2]), figures[3], today)
    spelt = _DAY_IN_WORDS.fullmatch(plain)
    if spelt is not None and spelt[2] in _MONTHS:
        return _last(int(spelt[1]), _MONTHS[spelt[2]], spelt[3], today)
    return None


def _last(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _day(int(year) + (2000 if len(year) < 4 else 0), month, day)  # noqa: PLR2004 - digits of a year
    this_year = _day(today.year, month, day)
    if this_year is not None and this_year <= today:
        return this_year
    return _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
