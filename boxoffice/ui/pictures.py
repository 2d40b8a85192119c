"""The window as a picture, with or without a display: for the demo, the README and whoever mends the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget


def take_picture(widget: QWidget, file: Path, ratio: float = 1.0) -> Path:
    """Draw the widget as it is now into a PNG file of its size times `ratio`; return the file.

    Raises:
        OSError: the file cannot be written.
    """
    size = widget.size()
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    widget.render(image)
    if not image.save(str(file)):
        raise OSError(f"cannot write {file}")
    return file
