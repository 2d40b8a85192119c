"""Turns a ticket face into the lines that are printed: worded, formatted, and safe to typeset."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from boxoffice.domain.ticket import TicketFace
from boxoffice.domain.ticket_code import grouped
from boxoffice.formats import Formats
from boxoffice.printing.words import TicketWords, ticket_words

_LONGEST = 400
"""Letters of any one text that are typeset at all; no layout has room for as many."""

_MARKS_PER_LETTER = 4
"""Accents kept on one letter. Real scripts need fewer; hundreds would paint over other lines."""

_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_DROPPED = {"Cf", "Cs"}

_PICTOGRAPHS = re.compile("[\U0001f000-\U0001fbff\ufe0e\ufe0f][\u200d\u20e3]*")
"""Emoji: few printers' systems have a font for them, and a row of empty boxes helps nobody."""

_GREEK_TONOS = re.compile("([\u0391-\u03a9])\u0301")


@dataclass(frozen=True, slots=True)
class TicketTexts:
    """What one ticket says, line by line; an empty text is left out."""

    words: TicketWords
    code: str
    presents: str
    title: str
    date: str
    starts: str
    doors: str
    venue: str
    tier: str
    price: str
    order: str
    code_in_clear: str
    small_print: str
    when: str
    is_training: bool = False


def ticket_texts(face: TicketFace, formats: Formats) -> TicketTexts:
    """Return the lines of a ticket in the language of `formats`, times as the venue's clock shows them."""
    words = ticket_words(formats.locale)
    promoter = printable(face.promoter)
    presents = capitals(words.presents.format(promoter=promoter)) if promoter else ""
    if face.is_training:
        presents = words.training
        words = replace(words, valid_once=words.training_note)
    return TicketTexts(
        words=words,
        code=face.code,
        presents=presents,
        title=printable(face.event_title),
        date=formats.day_with_year(face.starts_at, face.time_zone),
        starts=formats.time(face.starts_at, face.time_zone),
        doors=formats.time(face.doors_at, face.time_zone) if face.doors_at else "",
        venue=", ".join(filter(None, (printable(face.venue), printable(face.venue_address)))),
        tier=printable(face.tier),
        price=formats.money(face.price),
        order=printable(formats.order_number(face.order_number)),
        code_in_clear=grouped(face.code),
        small_print=_small_print(face, formats, words),
        when=formats.short_day_and_time(face.starts_at, face.time_zone),
        is_training=face.is_training,
    )


def printable(text: str) -> str:
    """Return `text` on one line, without what cannot be printed or would disturb its neighbours.

    Control letters, direction overrides, surplus accents and (unless there is nothing else) pictographs go;
    a text too long for any layout is cut.
    """
    one_line = _one_line(unicodedata.normalize("NFC", text[: 4 * _LONGEST]))
    without_pictographs = " ".join(_PICTOGRAPHS.sub("", one_line).split())
    return (without_pictographs or one_line)[:_LONGEST]


def _one_line(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MARKS_PER_LETTER or (category in _DROPPED and letter not in _JOINERS):
            continue
        kept.append(" " if category[0] in "CZ" and letter not in _JOINERS else letter)
    return " ".join("".join(kept).split())


def capitals(text: str) -> str:
    """Return the text in capitals; Greek ones carry no tonos."""
    decomposed = unicodedata.normalize("NFD", text.upper())
    return unicodedata.normalize("NFC", _GREEK_TONOS.sub(r"\1", decomposed))


def _small_print(face: TicketFace, formats: Formats, words: TicketWords) -> str:
    fee = formats.money(face.fee)
    tax = formats.percent(face.tax_rate_percent)
    if face.fee and face.tax_rate_percent:
        included = words.including_fee_and_tax.format(fee=fee, tax=tax)
    elif face.fee:
        included = words.including_fee.format(fee=fee)
    elif face.tax_rate_percent:
        included = words.including_tax.format(tax=tax)
    else:
        included = ""
    place = words.place_in_order.format(number=face.number, of=face.of)
    sold = ", ".join(filter(None, (printable(face.till), formats.stamp(face.sold_at, face.time_zone))))
    return " · ".join(filter(None, (included, place, sold)))
