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


def broken(text: str, font: QFont, width_px: int, max_lines: int) -> tuple[str, ...]:
    """Return at most `max_lines` lines of `text` as wide as `width_px`, the last one ending in … when cut."""
    short = text[:_LONGEST]
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
        start = line.textStart()
        is_last = len(lines) == max_lines - 1
        rest = short[start:] if is_last else short[start : start + line.textLength()]
        lines.append(rest.rstrip())
    layout.endLayout()
    if len(lines) == max_lines:
        metrics = QFontMetrics(font)
        lines[-1] = metrics.elidedText(lines[-1], Qt.TextElideMode.ElideRight, width_px)
    return tuple(lines)
