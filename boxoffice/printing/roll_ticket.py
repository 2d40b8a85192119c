"""Arranges a ticket on receipt paper: one column, the QR near its end, as long as the texts need."""

from __future__ import annotations

from boxoffice.printing.drawing import Area, Drawing, Mark, QrSquare, Text, TextStyle, Weight
from boxoffice.printing.layouts import ROLL_80
from boxoffice.printing.ticket_face import (
    CODE,
    LABEL,
    LABEL_TO_VALUE_MM,
    NOTE,
    PRESENTS_STEPS,
    ROW_PITCH_MM,
    VALUE,
    centred,
    crossed_out,
    event_facts,
    fact_row,
    fact_rows,
    height_mm,
    lines_from,
    sale_rows,
)
from boxoffice.printing.ticket_texts import TicketTexts
from boxoffice.printing.typesetting import Step, Typesetter

_TITLE_STEPS = (
    Step(TextStyle(5.9, Weight.BOLD, spacing_percent=97.5)),
    Step(TextStyle(5.0, Weight.BOLD, spacing_percent=97.5), lines=2),
    Step(TextStyle(4.2, Weight.BOLD), lines=4),
)
_VENUE_STEPS = (Step(VALUE), Step(TextStyle(2.9, Weight.SEMI_BOLD), lines=3))
_SMALL_PRINT_STEPS = (Step(TextStyle(1.85)), Step(TextStyle(1.85), lines=2))

_LEFT_MM = 6.0
_WIDTH_MM = 68.0
_MIDDLE_MM = ROLL_80.paper_width_mm / 2
_QR_SIDE_MM = 38.0
_END_MM = 4.0
"""White below the last line, where the cutter may be late or early."""


def column_ticket(texts: TicketTexts, setter: Typesetter) -> Drawing:
    """Return the ticket for an 80 mm roll; its height follows its texts."""
    upper, upper_end_mm = _upper(texts, setter)
    lower, end_mm = _lower(texts, setter, upper_end_mm + _QR_SIDE_MM)
    square = QrSquare(_MIDDLE_MM - _QR_SIDE_MM / 2, upper_end_mm, _QR_SIDE_MM, texts.code, texts.is_training)
    width = ROLL_80.paper_width_mm
    qr_end_mm = upper_end_mm + _QR_SIDE_MM
    return Drawing(
        width,
        end_mm,
        (
            Area(0, 0, width, upper_end_mm, upper),
            Area(square.x_mm, square.y_mm, _QR_SIDE_MM, _QR_SIDE_MM, (square,)),
            Area(0, qr_end_mm, width, end_mm - qr_end_mm, lower),
            *crossed_out(texts, width, end_mm),
        ),
    )


def _upper(texts: TicketTexts, setter: Typesetter) -> tuple[tuple[Mark, ...], float]:
    presents = setter.fit(texts.presents, PRESENTS_STEPS, _WIDTH_MM)
    title = setter.fit(texts.title, _TITLE_STEPS, _WIDTH_MM)
    title_mm = 6.9 + 0.96 * title.style.size_mm
    facts_mm = title_mm + height_mm(title) + 6
    venue = setter.fit(texts.venue, _VENUE_STEPS, _WIDTH_MM)
    venue_label_mm = facts_mm + 9.5
    venue_mm = venue_label_mm + LABEL_TO_VALUE_MM
    sale_mm = venue_mm + height_mm(venue) + 5.3
    rows = sale_rows(texts, _WIDTH_MM, setter)
    last_row_mm = sale_mm + ROW_PITCH_MM * (len(rows) - 1)
    marks = (
        *lines_from(presents, _LEFT_MM, 5.5),
        *lines_from(title, _LEFT_MM, title_mm),
        *fact_row(event_facts(texts), _LEFT_MM, facts_mm, _WIDTH_MM, setter),
        Text(_LEFT_MM, venue_label_mm, texts.words.venue, LABEL),
        *lines_from(venue, _LEFT_MM, venue_mm),
        *fact_rows(rows, _LEFT_MM, sale_mm, _WIDTH_MM, setter),
    )
    return marks, last_row_mm + LABEL_TO_VALUE_MM + 1.6


def _lower(texts: TicketTexts, setter: Typesetter, top_mm: float) -> tuple[tuple[Mark, ...], float]:
    code = setter.fit(texts.code_in_clear, (Step(CODE),), _WIDTH_MM)
    note = setter.fit(texts.words.valid_once, (Step(NOTE, lines=2),), _WIDTH_MM)
    small_print = setter.fit(texts.small_print, _SMALL_PRINT_STEPS, _WIDTH_MM)
    code_mm = top_mm + 2.6
    note_mm = code_mm + 4.6
    small_print_mm = note_mm + height_mm(note) + 4.4
    marks = (
        *centred(code, _MIDDLE_MM, code_mm, setter),
        *centred(note, _MIDDLE_MM, note_mm, setter),
        *centred(small_print, _MIDDLE_MM, small_print_mm, setter),
    )
    return marks, small_print_mm + height_mm(small_print) + _END_MM
