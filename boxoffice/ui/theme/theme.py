"""The look in force: colours, fonts and icons of the scheme chosen, and the switch between schemes."""

from __future__ import annotations

from enum import StrEnum
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPixmap
from PySide6.QtWidgets import QApplication

from boxoffice.assets import resource
from boxoffice.printing.fonts import load_fonts
from boxoffice.ui.theme.icons import Icons
from boxoffice.ui.theme.palette import build_palette
from boxoffice.ui.theme.tokens import Metrics, Style, Tokens, Tone

if TYPE_CHECKING:
    from boxoffice.ui.theme.tokens import Colours

_TABULAR = QFont.Tag("tnum")
_DISPLAY_PX = 20
_DISPLAY_SPACING_PERCENT = 97
"""Letters drawn for text stand too far apart when they are this large."""


class Mode(StrEnum):
    """Which scheme to show; SYSTEM follows the desktop as far as the desktop says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """One per application. Widgets read colours from it while painting and listen to `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication, tokens: Tokens, mode: Mode = Mode.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._tokens = tokens
        self._mode = mode
        self._icons = Icons()
        self._sheet = Template(resource("theme", "boxoffice.qss").read_text(encoding="utf-8"))
        load_fonts()
        self._fonts = {style: self._build_font(style) for style in Style}
        app.setStyle("Fusion")
        app.setFont(self._fonts[Style.BODY])
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def mode(self) -> Mode:
        """What was chosen, not what is shown: see `is_dark`."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Whether the dark scheme is shown now."""
        if self._mode is Mode.SYSTEM:
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._mode is Mode.DARK

    @property
    def metrics(self) -> Metrics:
        """Shared sizes in pixels."""
        return self._tokens.metrics

    def set_mode(self, mode: Mode) -> None:
        """Show this scheme from now on, in every open window."""
        self._mode = mode
        self._apply()

    def toggle(self) -> None:
        """Switch from what is shown to the other scheme."""
        self.set_mode(Mode.LIGHT if self.is_dark else Mode.DARK)

    def colour(self, tone: Tone) -> QColor:
        """Return the colour of a tone in the scheme shown now."""
        return QColor(self._colours[tone])

    def font(self, style: Style) -> QFont:
        """Return a copy of the font of a step of the scale, with tabular figures."""
        return QFont(self._fonts[style])

    def line_px(self, style: Style) -> int:
        """Return the line height of a step of the scale in pixels."""
        return self._tokens.type_scale[style].line_px

    def icon(self, name: str, tone: Tone, size_px: int, ratio: float = 1.0) -> QPixmap:
        """Return a Lucide icon in a tone of the scheme shown now."""
        return self._icons.pixmap(name, self._colours[tone], size_px, ratio)

    @property
    def _colours(self) -> Colours:
        return self._tokens.dark if self.is_dark else self._tokens.light

    def _build_font(self, style: Style) -> QFont:
        step = self._tokens.type_scale[style]
        font = QFont(self._tokens.family)
        font.setPixelSize(step.size_px)
        font.setWeight(QFont.Weight(step.weight))
        font.setFeature(_TABULAR, 1)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if step.upper:
            font.setCapitalization(QFont.Capitalization.AllUppercase)
        if step.spacing_percent:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + step.spacing_percent)
        elif step.size_px >= _DISPLAY_PX:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, _DISPLAY_SPACING_PERCENT)
        return font

    def _apply(self) -> None:
        colours = self._colours
        self._app.setPalette(build_palette(colours))
        self._app.setStyleSheet(self._sheet.substitute({tone.value: colours[tone] for tone in Tone}))
        self.changed.emit()

    def _follow_system(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()
