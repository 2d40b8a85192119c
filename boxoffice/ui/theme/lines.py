"""Breaking text into a few lines that fit, whatever somebody typed into a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QTextLayout, QTextOption

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

_LONGEST = 500
"""More letters than this never fit anywhere on a screen; laying them out would only cost time."""


def one_line(text: str) -> str:
    """Return the text with every run of white space and line breaks as one space."""
    return " ".join(text.split())


def isolated(text: str) -> str:
    """Return the text in marks that keep its writing direction from turning the words around it."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def broken(text: str, font: QFont, width_px: int, max_lines: int) -> tuple[str, ...]:
    """Return at most `max_lines` lines of `text` as wide as `width_px`, the last one ending in … when cut."""
    short = text[:_LONGEST]
    metrics = QFontMetrics(font)
    if short.isprintable() and metrics.horizontalAdvance(short) < width_px:
        return (short.rstrip(),)  # as most titles; a layout would cost ten times as much
    # Qt counts UTF-16 units, Python letters: an emoji is two of the one and one of the other.
    units = short.encode("utf-16-le")
    layout = QTextLayout(short, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < max_lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width_px)
        start = 2 * line.textStart()
        is_last = len(lines) == max_lines - 1
        rest = units[start:] if is_last else units[start : start + 2 * line.textLength()]
        lines.append(rest.decode("utf-16-le", errors="replace").rstrip())
    layout.endLayout()
    if len(lines) == max_lines:
        lines[-1] = metrics.elidedText(lines[-1], Qt.TextElideMode.ElideRight, width_px)
    return tuple(lines)
