"""Tokens to QPalette, so that whatever the style sheet does not name still fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from boxoffice.ui.theme.tokens import Colours

_ROLES = {
    QPalette.ColorRole.Window: Tone.CANVAS,
    QPalette.ColorRole.WindowText: Tone.TEXT,
    QPalette.ColorRole.Base: Tone.SURFACE,
    QPalette.ColorRole.AlternateBase: Tone.SUNKEN,
    QPalette.ColorRole.Text: Tone.TEXT,
    QPalette.ColorRole.PlaceholderText: Tone.MUTED,
    QPalette.ColorRole.Button: Tone.SURFACE,
    QPalette.ColorRole.ButtonText: Tone.TEXT,
    QPalette.ColorRole.BrightText: Tone.ON_ACCENT,
    QPalette.ColorRole.Highlight: Tone.ACCENT,
    QPalette.ColorRole.HighlightedText: Tone.ON_ACCENT,
    QPalette.ColorRole.Accent: Tone.ACCENT,
    QPalette.ColorRole.Link: Tone.ACCENT,
    QPalette.ColorRole.ToolTipBase: Tone.SURFACE,
    QPalette.ColorRole.ToolTipText: Tone.TEXT,
    QPalette.ColorRole.Light: Tone.SURFACE,
    QPalette.ColorRole.Midlight: Tone.CANVAS,
    QPalette.ColorRole.Mid: Tone.LINE,
    QPalette.ColorRole.Dark: Tone.LINE,
    QPalette.ColorRole.Shadow: Tone.LINE,
}


def build_palette(colours: Colours) -> QPalette:
    """Return the palette of one scheme, with muted text where something is disabled."""
    palette = QPalette()
    for role, tone in _ROLES.items():
        palette.setColor(role, QColor(colours[tone]))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours[Tone.FAINT]))
    return palette
