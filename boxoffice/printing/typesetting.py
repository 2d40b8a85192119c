"""Measures text and fits it into the room there is: smaller first, then more lines, then an ellipsis.

A `Typesetter` belongs to one thread; make one for each piece of work, it remembers what it has measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from boxoffice.printing.drawing import TextStyle
from boxoffice.printing.fonts import load_fonts

UNITS_PER_MM = 100
"""Fonts are measured and drawn in hundredths of a millimetre, where rounding to whole units is invisible."""


@dataclass(frozen=True, slots=True)
class Step:
    """One try at fitting a text: this style on at most so many lines."""

    style: TextStyle
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text broken into lines that fit, and the style in which they do."""

    style: TextStyle
    lines: tuple[str, ...]


class Typesetter:
    """Knows the fonts and how wide a text becomes; needs a QGuiApplication."""

    def __init__(self) -> None:
        self._family = load_fonts()
        self._fonts: dict[TextStyle, QFont] = {}
        self._metrics: dict[TextStyle, QFontMetricsF] = {}
        self._fitted: dict[tuple[str, tuple[Step, ...], float], Fitted] = {}
        self._widths_mm: dict[tuple[str, TextStyle], float] = {}

    def font(self, style: TextStyle) -> QFont:
        """Return the font of a style, sized in units of 1/100 mm."""
        font = self._fonts.get(style)
        if font is None:
            font = QFont(self._family)
            font.setPixelSize(round(style.size_mm * UNITS_PER_MM))
            font.setWeight(QFont.Weight(style.weight))
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, style.spacing_percent)
            # Inter raises colons and dashes between digits by glyphs that belong to no letter: a PDF with
            # them shows "19:30", but search and copy find gibberish.
            font.setFeature(QFont.Tag("calt"), 0)
            self._fonts[style] = font
        return font

    def width_mm(self, text: str, style: TextStyle) -> float:
        """Return how far a line of text advances."""
        key = (text, style)
        width_mm = self._widths_mm.get(key)
        if width_mm is None:
            width_mm = self._metrics_of(style).horizontalAdvance(text) / UNITS_PER_MM
            self._widths_mm[key] = width_mm
        return width_mm

    def elided(self, text: str, style: TextStyle, width_mm: float) -> str:
        """Return the text, or as much of it as fits, ending in an ellipsis."""
        if self.width_mm(text, style) <= width_mm:
            return text
        return self._metrics_of(style).elidedText(text, Qt.TextElideMode.ElideRight, width_mm * UNITS_PER_MM)

    def fit(self, text: str, steps: Sequence[Step], width_mm: float) -> Fitted:
        """Return the text by the first step into which it fits whole, or cut by the last."""
        key = (text, tuple(steps), width_mm)
        fitted = self._fitted.get(key)
        if fitted is None:
            fitted = self._fit(text, steps, width_mm)
            self._fitted[key] = fitted
        return fitted

    def _fit(self, text: str, steps: Sequence[Step], width_mm: float) -> Fitted:
        for step in steps:
            lines = self._wrapped(text, step.style, width_mm)
            if len(lines) <= step.lines:
                return Fitted(step.style, tuple(lines))
        kept = lines[: step.lines - 1]
        rest = text[sum(map(len, kept)) :]
        lines = [*kept, self.elided(rest, step.style, width_mm)]
        return Fitted(step.style, tuple(line.strip() for line in lines))

    def _wrapped(self, text: str, style: TextStyle, width_mm: float) -> list[str]:
        if self.width_mm(text, style) <= width_mm:
            return [text]
        layout = QTextLayout(text, self.font(style))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        units = text.encode("utf-16-le")
        lines: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width_mm * UNITS_PER_MM)
            start, length = line.textStart(), line.textLength()
            lines.append(units[2 * start : 2 * (start + length)].decode("utf-16-le"))
        layout.endLayout()
        return lines

    def _metrics_of(self, style: TextStyle) -> QFontMetricsF:
        metrics = self._metrics.get(style)
        if metrics is None:
            metrics = QFontMetricsF(self.font(style))
            self._metrics[style] = metrics
        return metrics
