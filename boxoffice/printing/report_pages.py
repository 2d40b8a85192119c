"""Lays a till's report onto paper: one long strip of an 80 mm roll, or as many sheets of A4 as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxoffice.formats import Formats
from boxoffice.printing.drawing import Area, Drawing, Line, Mark, Page, Placed, Text, TextStyle, Weight
from boxoffice.printing.layouts import A4, ROLL_80, Form, Layout
from boxoffice.printing.report_texts import Look, Report, ReportLine, report_lines
from boxoffice.printing.typesetting import Step, Typesetter

_WIDTH_MM = 68.0
"""Of the drawing itself, on every paper: what a receipt printer reaches."""
_GAP_MM = 3.0
_ROLL_LEFT_MM = 6.0
_ROLL_END_MM = 6.0
_SHEET_EDGE_MM = 18.0
_SHEET_COLUMNS = 2
_SHEET_GAP_MM = 30.0

_STYLES = {
    Look.TITLE: TextStyle(4.6, Weight.BOLD),
    Look.HEADING: TextStyle(3.0, Weight.BOLD),
    Look.ROW: TextStyle(2.9),
    Look.SUM: TextStyle(2.9, Weight.BOLD),
    Look.NOTE: TextStyle(2.4),
}
_PITCH_MM = {Look.TITLE: 6.4, Look.HEADING: 8.4, Look.ROW: 4.5, Look.SUM: 4.5, Look.NOTE: 4.0}
_RULE_BELOW_HEADING_MM = 1.2


def report_layout(layout: Layout) -> Layout:
    """Return the paper that a report takes where tickets take this one: a roll stays one, all else is A4."""
    return ROLL_80 if layout.form is Form.COLUMN else A4


def report_pages(report: Report, layout: Layout, formats: Formats, setter: Typesetter) -> tuple[Page, ...]:
    """Return the report's pages on A4 or on a roll, the same drawing on both."""
    lines = report_lines(report, formats)
    if layout.paper_height_mm is None:
        column = _column(lines, setter)
        height_mm = column.height_mm + _ROLL_END_MM
        return (Page(layout.paper_width_mm, height_mm, (Placed(_ROLL_LEFT_MM, 2, column),)),)
    room_mm = layout.paper_height_mm - 2 * _SHEET_EDGE_MM
    columns = [_column(part, setter) for part in _parts(lines, room_mm)]
    sheets = [columns[first : first + _SHEET_COLUMNS] for first in range(0, len(columns), _SHEET_COLUMNS)]
    return tuple(
        Page(
            layout.paper_width_mm,
            layout.paper_height_mm,
            tuple(
                Placed(_SHEET_EDGE_MM + place * (_WIDTH_MM + _SHEET_GAP_MM), _SHEET_EDGE_MM, column)
                for place, column in enumerate(sheet)
            ),
        )
        for sheet in sheets
    )


def _parts(lines: Sequence[ReportLine], room_mm: float) -> Iterator[list[ReportLine]]:
    """Break lines into columns of this height; a heading goes with the line below it, a note with its row."""
    part: list[ReportLine] = []
    used_mm = 0.0
    for block in _blocks(lines):
        height_mm = sum(_PITCH_MM[line.look] for line in block)
        if part and used_mm + height_mm > room_mm:
            yield part
            part, used_mm = [], 0.0
        part += block
        used_mm += height_mm
    if part:
        yield part


def _blocks(lines: Sequence[ReportLine]) -> Iterator[list[ReportLine]]:
    block: list[ReportLine] = []
    for line in lines:
        goes_on = line.look is Look.NOTE or (bool(block) and block[-1].look is Look.HEADING)
        if block and not goes_on:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _column(lines: Sequence[ReportLine], setter: Typesetter) -> Drawing:
    marks: list[Mark] = []
    baseline_mm = 0.0
    for line in lines:
        baseline_mm += _PITCH_MM[line.look]
        marks += _marks(line, baseline_mm, setter)
        if line.look is Look.HEADING:
            rule_mm = baseline_mm + _RULE_BELOW_HEADING_MM
            marks.append(Line(0, rule_mm, _WIDTH_MM, rule_mm))
            baseline_mm += _RULE_BELOW_HEADING_MM / 2
    height_mm = baseline_mm + 2
    return Drawing(_WIDTH_MM, height_mm, (Area(0, 0, _WIDTH_MM, height_mm, tuple(marks)),))


def _marks(line: ReportLine, baseline_mm: float, setter: Typesetter) -> Iterator[Mark]:
    style = _STYLES[line.look]
    figure = setter.fit(line.figure, (Step(style), Step(_STYLES[Look.NOTE])), _WIDTH_MM * 0.62)
    figure_mm = setter.width_mm(figure.lines[0], figure.style) if line.figure else 0.0
    if line.figure:
        yield Text(_WIDTH_MM - figure_mm, baseline_mm, figure.lines[0], figure.style)
    room_mm = _WIDTH_MM - figure_mm - (_GAP_MM if line.figure else 0)
    yield Text(0, baseline_mm, setter.elided(line.words, style, room_mm), style)
