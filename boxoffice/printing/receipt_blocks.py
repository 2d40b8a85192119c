"""The pieces that a receipt consists of, one below the other: texts, amounts at the right edge, rules.

Each knows its height, so that a roll becomes as long as it must and a sheet is turned in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxoffice.printing.drawing import Line, Mark, Text, TextStyle, Weight
from boxoffice.printing.typesetting import Step, Typesetter

LINE_HEIGHT = 1.34
_ASCENT = 0.98
_GAP_MM = 3.0
"""At least so much white between words and an amount on their right."""
_MOST_LINES = 6
_NARROWEST = 0.72


@dataclass(frozen=True, slots=True)
class Block:
    """Marks from a top edge at 0, and how much room they take."""

    height_mm: float
    marks: tuple[Mark, ...] = ()


def moved(mark: Mark, x_mm: float, y_mm: float) -> Mark:
    """Return the mark at another place."""
    match mark:
        case Text():
            return replace(mark, x_mm=mark.x_mm + x_mm, baseline_mm=mark.baseline_mm + y_mm)
        case Line():
            return replace(
                mark,
                x1_mm=mark.x1_mm + x_mm,
                x2_mm=mark.x2_mm + x_mm,
                y1_mm=mark.y1_mm + y_mm,
                y2_mm=mark.y2_mm + y_mm,
            )
    return replace(mark, x_mm=mark.x_mm + x_mm, y_mm=mark.y_mm + y_mm)


class Composer:
    """Makes blocks of one width in one size of type."""

    def __init__(self, setter: Typesetter, width_mm: float, size_mm: float, *, centred: bool) -> None:
        self._setter = setter
        self._width_mm = width_mm
        self._centred = centred
        self.body = TextStyle(size_mm)
        self.strong = TextStyle(size_mm, Weight.SEMI_BOLD)
        self.small = TextStyle(0.84 * size_mm)
        self.total = TextStyle(1.4 * size_mm, Weight.BOLD)
        self.head = TextStyle(1.7 * size_mm, Weight.BOLD, spacing_percent=98)

    def gap(self, lines: float = 0.5) -> Block:
        """Return white of so many lines."""
        return Block(lines * self.body.size_mm * LINE_HEIGHT)

    def rule(self, *, dashed: bool = False) -> Block:
        """Return a line across, with white around it."""
        height = 0.9 * self.body.size_mm
        return Block(height, (Line(0, height / 2, self._width_mm, height / 2, dashed),))

    def heading(self, text: str, style: TextStyle) -> Block:
        """Return words in the middle of a roll, or at the left of a sheet."""
        lines = self._wrapped(text, style, self._width_mm)
        return self._stacked(
            [
                ((self._width_mm - self._wide(line, style)) / 2 if self._centred else 0, line)
                for line in lines
            ],
            style,
        )

    def text(self, text: str, style: TextStyle) -> Block:
        """Return words from the left edge, on as many lines as they need."""
        return self._stacked([(0, line) for line in self._wrapped(text, style, self._width_mm)], style)

    def pair(self, text: str, amount: str, style: TextStyle) -> Block:
        """Return words at the left and an amount at the right edge, on the last line of the words."""
        return self.row((text, amount), (1.0,), style)

    def row(self, cells: Sequence[str], edges: Sequence[float], style: TextStyle) -> Block:
        """Return words at the left and amounts that end at these parts of the width."""
        text, *amounts = cells
        style = self._narrowed(amounts, edges, style)
        first = min(
            (
                edge * self._width_mm - self._wide(amount, style)
                for amount, edge in zip(amounts, edges, strict=True)
            ),
            default=self._width_mm,
        )
        lines = self._wrapped(text, style, max(first - _GAP_MM, 0.35 * self._width_mm))
        block = self._stacked([(0, line) for line in lines], style)
        baseline = self._baseline(len(lines) - 1, style)
        marks = [
            Text(edge * self._width_mm - self._wide(amount, style), baseline, amount, style)
            for amount, edge in zip(amounts, edges, strict=True)
            if amount
        ]
        return Block(block.height_mm, (*block.marks, *marks))

    def _narrowed(self, amounts: Sequence[str], edges: Sequence[float], style: TextStyle) -> TextStyle:
        """Return the style, smaller where amounts would run into each other or leave no room for words."""
        starts = (0.2, *edges)
        fits = min(
            (
                (edge - before) * self._width_mm / (self._wide(amount, style) + 1)
                for amount, before, edge in zip(amounts, starts, edges, strict=False)
                if amount
            ),
            default=1.0,
        )
        return style if fits >= 1 else replace(style, size_mm=style.size_mm * max(fits, _NARROWEST))

    def _stacked(self, lines: Sequence[tuple[float, str]], style: TextStyle) -> Block:
        marks = tuple(
            Text(x_mm, self._baseline(place, style), line, style) for place, (x_mm, line) in enumerate(lines)
        )
        return Block(len(lines) * style.size_mm * LINE_HEIGHT, marks)

    def _baseline(self, place: int, style: TextStyle) -> float:
        return (_ASCENT + place * LINE_HEIGHT) * style.size_mm

    def _wrapped(self, text: str, style: TextStyle, width_mm: float) -> tuple[str, ...]:
        return tuple(
            line.strip() for line in self._setter.fit(text, (Step(style, lines=_MOST_LINES),), width_mm).lines
        )

    def _wide(self, text: str, style: TextStyle) -> float:
        return self._setter.width_mm(text, style)
