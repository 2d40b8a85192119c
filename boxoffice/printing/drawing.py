"""What a page consists of: texts, lines and QRs at places in millimetres from its top left corner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """Weights of the bundled font, in OpenType's numbers."""

    REGULAR = 400
    MEDIUM = 500
    SEMI_BOLD = 600
    BOLD = 700


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Size of the em in millimetres, weight, and letter spacing in percent of a letter's width."""

    size_mm: float
    weight: Weight = Weight.REGULAR
    spacing_percent: float = 100


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `x_mm` is its left end."""

    x_mm: float
    baseline_mm: float
    text: str
    style: TextStyle


@dataclass(frozen=True, slots=True)
class Line:
    """A thin straight line, whole or dashed."""

    x1_mm: float
    y1_mm: float
    x2_mm: float
    y2_mm: float
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class QrSquare:
    """The square that a QR with its quiet zone may fill; it is drawn centred, in whole dots."""

    x_mm: float
    y_mm: float
    side_mm: float
    code: str
    is_training: bool = False


Mark = Text | Line | QrSquare


@dataclass(frozen=True, slots=True)
class Area:
    """Marks and the box that they cannot leave, however wild a text or a font is."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A ticket or a whole page, with its size."""

    width_mm: float
    height_mm: float
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawing on a page, by its top left corner."""

    x_mm: float
    y_mm: float
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of paper and what is drawn on it."""

    width_mm: float
    height_mm: float
    placed: tuple[Placed, ...]
