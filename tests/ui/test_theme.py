from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.assets import resource
from boxoffice.ui.theme.icons import Icons
from boxoffice.ui.theme.lines import broken, one_line
from boxoffice.ui.theme.theme import Mode, Theme
from boxoffice.ui.theme.tokens import Style, Tokens, Tone, TypeStep

TOKENS = Tokens.load(resource("theme", "tokens.json"))

TEXT_PAIRS = (
    (Tone.TEXT, Tone.CANVAS),
    (Tone.TEXT, Tone.SURFACE),
    (Tone.TEXT, Tone.SUNKEN),
    (Tone.TEXT, Tone.GOOD_SOFT),
    (Tone.MUTED, Tone.CANVAS),
    (Tone.MUTED, Tone.SURFACE),
    (Tone.MUTED, Tone.ACCENT_SOFT),
    (Tone.MUTED, Tone.SUNKEN),
    (Tone.MUTED, Tone.GOOD_SOFT),
    (Tone.ACCENT, Tone.SURFACE),
    (Tone.ACCENT, Tone.ACCENT_SOFT),
    (Tone.ON_ACCENT, Tone.ACCENT),
    (Tone.GOOD, Tone.GOOD_SOFT),
    (Tone.GOOD, Tone.SURFACE),
    (Tone.WARN, Tone.SURFACE),
    (Tone.WARN, Tone.CANVAS),
    (Tone.WARN, Tone.WARN_SOFT),
    (Tone.BAD, Tone.SURFACE),
    (Tone.BAD, Tone.CANVAS),
    (Tone.BAD, Tone.BAD_SOFT),
    (Tone.BAD, Tone.GOOD_SOFT),
)
"""Every pair of text and ground that the screens use, disabled controls aside (WCAG exempts them)."""

SHAPE_PAIRS = ((Tone.ACCENT, Tone.CANVAS), (Tone.ACCENT, Tone.SURFACE), (Tone.FAINT, Tone.CANVAS))
"""Shapes that carry meaning: focus rings and the bars of the event list."""


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    rgb = QColor(colour)
    return 0.2126 * linear(rgb.redF()) + 0.7152 * linear(rgb.greenF()) + 0.0722 * linear(rgb.blueF())


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_meets_wcag_aa(scheme: str, ink: Tone, ground: Tone) -> None:
    colours = getattr(TOKENS, scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_with_meaning_meet_wcag_aa(scheme: str, shape: Tone, ground: Tone) -> None:
    colours = getattr(TOKENS, scheme)
    assert contrast(colours[shape], colours[ground]) >= 3


def test_a_type_step_is_read_from_its_short_form() -> None:
    assert TypeStep.parsed("11/16 600 upper +6%") == TypeStep(11, 16, 600, upper=True, spacing_percent=6)
    assert TypeStep.parsed("12/16") == TypeStep(12, 16, 400, upper=False, spacing_percent=0)


def test_figures_are_tabular_in_the_bundled_font(theme: Theme, qapp: object) -> None:
    assert qapp
    widget = QWidget()
    widget.setFont(theme.font(Style.TOTAL))
    assert QFontInfo(widget.font()).family() == "Inter"
    metrics = widget.fontMetrics()
    assert len({metrics.horizontalAdvance(figure * 8) for figure in "0123456789"}) == 1


def test_switching_the_theme_changes_what_is_painted_at_once(theme: Theme) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.is_dark))
    theme.set_mode(Mode.DARK)
    assert changes == [True]
    assert theme.colour(Tone.CANVAS).name() == TOKENS.dark[Tone.CANVAS].lower()
    assert QApplication.palette().window().color().name() == TOKENS.dark[Tone.CANVAS].lower()
    theme.toggle()
    assert not theme.is_dark


def test_an_icon_is_sharp_on_a_fine_screen_and_drawn_once() -> None:
    icons = Icons()
    drawn = icons.pixmap("ticket", "#3646C4", 16, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (32, 2.0)
    assert icons.pixmap("ticket", "#3646C4", 16, 2.0) is drawn
    inked = {drawn.toImage().pixelColor(x, y).name() for x in range(32) for y in range(32)}
    assert "#3646c4" in inked


def test_lines_never_cut_a_letter_in_half(theme: Theme) -> None:
    text = "🎻 Strings and Things 🎺 with a line break " * 4
    lines = broken(text, theme.font(Style.BODY), 160, 3)
    assert len(lines) == 3
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(lines)
    assert lines[-1].endswith("…")
    assert lines[0].split() == text.split()[: len(lines[0].split())]


def test_white_space_of_any_kind_becomes_one_space() -> None:
    assert one_line(" a\n\tb  \u2028 c ") == "a b c"
