"""Where tickets can go, and who is told how far they are: apart from printing, which takes time to load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.ticket import PrintState
from boxoffice.printing.layouts import Layout

type Report = Callable[[tuple[int, ...], PrintState, str], None]
"""Told as tickets move: their ids, how far they are, and the printer or file or what failed."""


@dataclass(frozen=True, slots=True)
class InstalledPrinter:
    """A printer that the system knows by this name, with this paper in it."""

    name: str
    layout: Layout


@dataclass(frozen=True, slots=True)
class PdfFolder:
    """A folder that gets one PDF for each order."""

    path: Path
    layout: Layout


type Destination = InstalledPrinter | PdfFolder
