"""The QR of a ticket, or of an offer, as a square of dark and light modules."""

from __future__ import annotations

import re
from typing import NamedTuple

from qrcode.constants import ERROR_CORRECT_H
from qrcode.main import QRCode

from boxoffice.domain.ticket_code import qr_text

QUIET_MODULES = 4
"""Light modules that the standard wants on every side."""

_VERSION = 2
"""The smallest that carries our 16 alphanumeric letters with the strongest correction (H, 30 %)."""

_MASK = 3
"""Scoring all eight masks takes six times as long; a reader needs none in particular."""

MODULES = 4 * _VERSION + 17
"""Modules on each side, quiet zone not counted."""


_DARK = re.compile(b"\x01+")


class Run(NamedTuple):
    """Dark modules side by side: the row, the first column and how many."""

    row: int
    column: int
    length: int


def qr_runs(code: str, *, is_training: bool = False) -> list[Run]:
    """Return the dark runs of a ticket code's QR, row by row, quiet zone not counted."""
    return text_runs(qr_text(code, is_training=is_training))


def text_runs(text: str) -> list[Run]:
    """Return the dark runs of the QR of up to 20 capitals and digits, as above."""
    qr = QRCode(version=_VERSION, error_correction=ERROR_CORRECT_H, mask_pattern=_MASK, border=QUIET_MODULES)
    qr.add_data(text, optimize=0)
    qr.make(fit=False)
    return [
        Run(row, first, end - first)
        for row, modules in enumerate(qr.modules)
        for first, end in (dark.span() for dark in _DARK.finditer(bytes(map(bool, modules))))
    ]
