"""The code of an offer as a picture, for its letter."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from boxoffice.printing.qr import MODULES, QUIET_MODULES, text_runs

_PIXELS = 8
"""Of a module: whole ones, so that it is sharp."""


def code_png(text: str) -> bytes:
    """Return the QR of up to 20 capitals and digits as a PNG, with the quiet zone that readers want."""
    side = (MODULES + 2 * QUIET_MODULES) * _PIXELS
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for run in text_runs(text):
        left, top = (QUIET_MODULES + run.column) * _PIXELS, (QUIET_MODULES + run.row) * _PIXELS
        painter.fillRect(left, top, run.length * _PIXELS, _PIXELS, Qt.GlobalColor.black)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
