"""Lucide icons in any colour of the theme, sharp on any screen. Rendered once, then kept."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from boxoffice.assets import resource

type _Key = tuple[str, str, int, float]


class Icons:
    """Icons by their Lucide name. A name without a file raises FileNotFoundError at its first use."""

    def __init__(self) -> None:
        self._sources: dict[str, str] = {}
        self._drawn: dict[_Key, QPixmap] = {}

    def pixmap(self, name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
        """Return the icon in `colour` (#RRGGBB), `size_px` wide on a screen of this device pixel ratio."""
        key = (name, colour, size_px, ratio)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = self._render(key)
        return drawn

    def _render(self, key: _Key) -> QPixmap:
        name, colour, size_px, ratio = key
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
        renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
        edge = round(size_px * ratio)
        pixmap = QPixmap(edge, edge)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, edge, edge))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
