"""The bundled font: registers the Inter files that lie in resources/fonts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFontDatabase

from boxoffice.assets import resource

FAMILY = "Inter"


@dataclass(eq=False)
class FontUnreadable(Exception):
    """A bundled font file is missing or damaged: the installation is broken."""

    path: Path


@cache
def load_fonts() -> str:
    """Register the bundled fonts once and return their family name; needs a QGuiApplication.

    Raises:
        FontUnreadable: a file is missing or damaged.
    """
    files = sorted(resource("fonts").glob("*.otf"))
    if not files:
        raise FontUnreadable(resource("fonts"))
    for path in files:
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FontUnreadable(path)
    return FAMILY
