"""The design tokens as typed values. The only reader of resources/theme/tokens.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path


class Tone(StrEnum):
    """A colour by what it means; each scheme has its own value for it."""

    CANVAS = "canvas"
    SURFACE = "surface"
    SUNKEN = "sunken"
    LINE = "line"
    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    ACCENT_SOFT = "accent_soft"
    ON_ACCENT = "on_accent"
    GOOD = "good"
    GOOD_SOFT = "good_soft"
    WARN = "warn"
    WARN_SOFT = "warn_soft"
    BAD = "bad"
    BAD_SOFT = "bad_soft"


type Colours = dict[Tone, str]
"""Every tone of one scheme as #RRGGBB."""


class Style(StrEnum):
    """A step of the type scale."""

    CAPTION = "caption"
    SMALL = "small"
    BODY = "body"
    ROW = "row"
    PRICE = "price"
    TITLE = "title"
    TOTAL = "total"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class TypeStep:
    """Size and line height in pixels, weight in CSS units, letter spacing in percent."""

    size_px: int
    line_px: int
    weight: int
    upper: bool
    spacing_percent: float

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Return the step written as e.g. "11/16 600 upper +6%"."""
        size, _, rest = text.partition("/")
        line, *marks = rest.split()
        weights = [int(mark) for mark in marks if mark.isdigit()]
        spacing = [float(mark.strip("+%")) for mark in marks if mark.endswith("%")]
        return cls(
            size_px=int(size),
            line_px=int(line),
            weight=weights[0] if weights else 400,
            upper="upper" in marks,
            spacing_percent=spacing[0] if spacing else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels that several widgets share."""

    grid: int
    control_radius: int
    card_radius: int
    control_height: int
    pay_height: int
    pay_main_height: int
    tier_height: int
    rail_width: int
    topbar_height: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """All of the design in one value."""

    family: str
    light: Colours
    dark: Colours
    type_scale: dict[Style, TypeStep]
    metrics: Metrics

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the tokens from their JSON file. Raises KeyError when a tone or a size is missing."""
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            family=str(raw["type"]["family"]).partition(",")[0],
            light={tone: raw["light"][tone.value] for tone in Tone},
            dark={tone: raw["dark"][tone.value] for tone in Tone},
            type_scale={style: TypeStep.parsed(raw["type"][style.value]) for style in Style},
            metrics=_metrics(raw),
        )


def _metrics(raw: dict[str, Any]) -> Metrics:
    heights = raw["row_height"]
    flat = {
        "grid": raw["grid"],
        "control_radius": raw["radius"]["control"],
        "card_radius": raw["radius"]["card"],
        "control_height": heights["control"],
        "pay_height": heights["pay"],
        "pay_main_height": heights["pay_main"],
        "tier_height": heights["tier"],
        "rail_width": raw["rail_width"],
        "topbar_height": raw["topbar_height"],
    }
    return Metrics(**{field.name: int(flat[field.name]) for field in fields(Metrics)})
