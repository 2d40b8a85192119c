"""Arranges a ticket's texts and its QR on 140 x 70 mm: texts on the left, a stub with the QR on the right."""

from __future__ import annotations

from dataclasses import dataclass

from boxoffice.printing.drawing import Area, Drawing, Line, Mark, QrSquare, Text, TextStyle, Weight
from boxoffice.printing.layouts import TICKET_HEIGHT_MM, TICKET_WIDTH_MM
from boxoffice.printing.ticket_texts import TicketTexts
from boxoffice.printing.typesetting import Fitted, Step, Typesetter

PRESENTS_STEPS = (
    Step(TextStyle(2.1, Weight.SEMI_BOLD, spacing_percent=107)),
    Step(TextStyle(1.8, Weight.SEMI_BOLD, spacing_percent=104)),
)
LABEL = TextStyle(1.95)
VALUE = TextStyle(3.3, Weight.SEMI_BOLD)
VALUE_STEPS = (Step(VALUE), Step(TextStyle(2.7, Weight.SEMI_BOLD)))
SMALL_PRINT = TextStyle(1.8)
CODE = TextStyle(3.1, Weight.BOLD, spacing_percent=104)
NOTE = TextStyle(1.85)
TITLE_STEPS = (
    Step(TextStyle(5.9, Weight.BOLD, spacing_percent=97.5)),
    Step(TextStyle(5.2, Weight.BOLD, spacing_percent=97.5)),
    Step(TextStyle(4.6, Weight.BOLD, spacing_percent=98), lines=2),
    Step(TextStyle(3.9, Weight.BOLD), lines=3),
)
STUB_TIER_STEPS = (
    Step(TextStyle(2.5, Weight.SEMI_BOLD)),
    Step(TextStyle(2.2, Weight.SEMI_BOLD), lines=2),
)
VENUE_STEPS = (Step(VALUE), Step(TextStyle(2.7, Weight.SEMI_BOLD), lines=2))

LINE_HEIGHT = 1.17
LABEL_TO_VALUE_MM = 4.2
FACT_GAP_MM = 4.6
ROW_PITCH_MM = 8.3

_LEFT_MM = 6.0
_WIDTH_MM = 90.0
_BODY_MM = 98.0
_PERFORATION_MM = 100.0
_BOTTOM_LABEL_MM = 55.9
_BOTTOM_MM = 65.0
_STUB_MIDDLE_MM = 120.0
_STUB_TEXT_MM = 35.0
_NOTE_MM = 32.0
_QR_SIDE_MM = 38.0
_QR_TOP_MM = 0.6
_CROSS_SHIFTS_MM = (-0.3, -0.15, 0.0, 0.15, 0.3)
"""Thin lines beside each other: a broad one."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A small label and the value below it."""

    label: str
    value: str


def landscape_ticket(texts: TicketTexts, setter: Typesetter) -> Drawing:
    """Return the ticket as it lies on ticket stock and, four times, on A4."""
    qr_left = _STUB_MIDDLE_MM - _QR_SIDE_MM / 2
    below_qr = _QR_TOP_MM + _QR_SIDE_MM
    perforation = Line(_PERFORATION_MM, 0, _PERFORATION_MM, TICKET_HEIGHT_MM, dashed=True)
    square = QrSquare(qr_left, _QR_TOP_MM, _QR_SIDE_MM, texts.code, texts.is_training)
    return Drawing(
        TICKET_WIDTH_MM,
        TICKET_HEIGHT_MM,
        (
            Area(0, 0, _BODY_MM, TICKET_HEIGHT_MM, _body(texts, setter)),
            *crossed_out(texts, TICKET_WIDTH_MM, TICKET_HEIGHT_MM),
            Area(_PERFORATION_MM - 1, 0, 2, TICKET_HEIGHT_MM, (perforation,)),
            Area(qr_left, _QR_TOP_MM, _QR_SIDE_MM, _QR_SIDE_MM, (square,)),
            Area(qr_left, below_qr, _QR_SIDE_MM, TICKET_HEIGHT_MM - below_qr, _stub(texts, setter)),
        ),
    )


def crossed_out(texts: TicketTexts, width_mm: float, height_mm_: float) -> tuple[Area, ...]:
    """Return the lines from corner to corner of a ticket that was sold for practice; none for others."""
    if not texts.is_training:
        return ()
    marks = tuple(
        Line(shift, start, width_mm + shift, end)
        for shift in _CROSS_SHIFTS_MM
        for start, end in ((0.0, height_mm_), (height_mm_, 0.0))
    )
    return (Area(0, 0, width_mm, height_mm_, marks),)


def event_facts(texts: TicketTexts) -> tuple[Fact, ...]:
    """Return when the event is; doors only where they are known."""
    words = texts.words
    doors = (Fact(words.doors, texts.doors),) if texts.doors else ()
    return (Fact(words.date, texts.date), Fact(words.starts, texts.starts), *doors)


def sale_rows(texts: TicketTexts, width_mm: float, setter: Typesetter) -> tuple[tuple[Fact, ...], ...]:
    """Return what was sold, for how much and in which order; a long tier gets a row of its own."""
    words = texts.words
    tier = Fact(words.ticket, texts.tier)
    rest = (Fact(words.price, texts.price), Fact(words.order, texts.order))
    wanted = sum(_wanted_mm(fact, setter) for fact in (tier, *rest)) + len(rest) * FACT_GAP_MM
    return ((tier, *rest),) if wanted <= width_mm else ((tier,), rest)


def fact_row(
    facts: tuple[Fact, ...], left_mm: float, label_mm: float, width_mm: float, setter: Typesetter
) -> list[Mark]:
    """Return facts side by side, the labels' baseline at `label_mm`; too long ones shrink or are cut."""
    room = width_mm - FACT_GAP_MM * (len(facts) - 1)
    marks: list[Mark] = []
    x_mm = left_mm
    for fact, share in zip(facts, _shares_mm(facts, room, setter), strict=True):
        value = setter.fit(fact.value, VALUE_STEPS, share)
        marks.append(Text(x_mm, label_mm, setter.elided(fact.label, LABEL, share), LABEL))
        marks.append(Text(x_mm, label_mm + LABEL_TO_VALUE_MM, value.lines[0], value.style))
        x_mm += share + FACT_GAP_MM
    return marks


def fact_rows(
    rows: tuple[tuple[Fact, ...], ...], left_mm: float, label_mm: float, width_mm: float, setter: Typesetter
) -> list[Mark]:
    """Return rows of facts below one another, the first labels' baseline at `label_mm`."""
    return [
        mark
        for index, facts in enumerate(rows)
        for mark in fact_row(facts, left_mm, label_mm + index * ROW_PITCH_MM, width_mm, setter)
    ]


def lines_from(fitted: Fitted, left_mm: float, first_baseline_mm: float) -> list[Mark]:
    """Return the lines of a fitted text below one another."""
    pitch = fitted.style.size_mm * LINE_HEIGHT
    return [
        Text(left_mm, first_baseline_mm + index * pitch, line, fitted.style)
        for index, line in enumerate(fitted.lines)
    ]


def centred(fitted: Fitted, middle_mm: float, first_baseline_mm: float, setter: Typesetter) -> list[Mark]:
    """Return the lines of a fitted text below one another, each centred on `middle_mm`."""
    pitch = fitted.style.size_mm * LINE_HEIGHT
    return [
        Text(
            middle_mm - setter.width_mm(line.strip(), fitted.style) / 2,
            first_baseline_mm + index * pitch,
            line.strip(),
            fitted.style,
        )
        for index, line in enumerate(fitted.lines)
    ]


def height_mm(fitted: Fitted) -> float:
    """Return how far the last baseline lies below the first."""
    return (len(fitted.lines) - 1) * fitted.style.size_mm * LINE_HEIGHT


def _body(texts: TicketTexts, setter: Typesetter) -> tuple[Mark, ...]:
    presents = setter.fit(texts.presents, PRESENTS_STEPS, _WIDTH_MM)
    title = setter.fit(texts.title, TITLE_STEPS, _WIDTH_MM)
    title_mm = 8.9 + 0.96 * title.style.size_mm
    facts_mm = title_mm + height_mm(title) + 5.4
    venue = setter.fit(texts.venue, VENUE_STEPS, _WIDTH_MM)
    venue_label_mm = facts_mm + 9.2
    small_print = setter.elided(texts.small_print, SMALL_PRINT, _WIDTH_MM)
    rows = sale_rows(texts, _WIDTH_MM, setter)
    first_row_mm = _BOTTOM_LABEL_MM - ROW_PITCH_MM * (len(rows) - 1)
    sale = fact_rows(rows, _LEFT_MM, first_row_mm, _WIDTH_MM, setter)
    return (
        *lines_from(presents, _LEFT_MM, 7.4),
        *lines_from(title, _LEFT_MM, title_mm),
        *fact_row(event_facts(texts), _LEFT_MM, facts_mm, _WIDTH_MM, setter),
        Text(_LEFT_MM, venue_label_mm, texts.words.venue, LABEL),
        *lines_from(venue, _LEFT_MM, venue_label_mm + LABEL_TO_VALUE_MM),
        *sale,
        Text(_LEFT_MM, _BOTTOM_MM, small_print, SMALL_PRINT),
    )


def _stub(texts: TicketTexts, setter: Typesetter) -> tuple[Mark, ...]:
    code = setter.fit(texts.code_in_clear, (Step(CODE),), _STUB_TEXT_MM)
    note = setter.fit(texts.words.valid_once, (Step(NOTE, lines=3),), _NOTE_MM)
    tier = setter.fit(texts.tier, STUB_TIER_STEPS, _STUB_TEXT_MM)
    when = setter.fit(texts.when, (Step(SMALL_PRINT),), _STUB_TEXT_MM)
    return (
        *centred(code, _STUB_MIDDLE_MM, 41.2, setter),
        *centred(note, _STUB_MIDDLE_MM, 45.9, setter),
        *centred(tier, _STUB_MIDDLE_MM, 61.8 - height_mm(tier), setter),
        *centred(when, _STUB_MIDDLE_MM, _BOTTOM_MM, setter),
    )


def _shares_mm(facts: tuple[Fact, ...], room_mm: float, setter: Typesetter) -> list[float]:
    """Return the width of each fact: what it wants or, where that is too much, a fair share."""
    wanted = [_wanted_mm(fact, setter) for fact in facts]
    shares = [0.0] * len(facts)
    for served, index in enumerate(sorted(range(len(facts)), key=wanted.__getitem__)):
        shares[index] = min(wanted[index], (room_mm - sum(shares)) / (len(facts) - served))
    return shares


def _wanted_mm(fact: Fact, setter: Typesetter) -> float:
    return max(setter.width_mm(fact.label, LABEL), setter.width_mm(fact.value, VALUE))
