"""Reads tickets back from pictures and PDFs, as a scanner at the door would."""

from __future__ import annotations

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage

DPI = 203
MM_PER_POINT = 25.4 / 72


def picture(image: QImage) -> Image.Image:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    size = (grey.width(), grey.height())
    return Image.frombytes("L", size, bytes(grey.constBits()), "raw", "L", grey.bytesPerLine(), 1)


def pdf_pictures(pdf: bytes | Path) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def pdf_texts(pdf: bytes | Path) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def pdf_sizes_mm(pdf: Path) -> list[tuple[float, float]]:
    """Return width and height of every page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(page.get_width() * MM_PER_POINT, page.get_height() * MM_PER_POINT) for page in document]
    finally:
        document.close()


def codes(image: Image.Image) -> list[str]:
    """Return the texts of all QRs on a picture, top to bottom."""
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in sorted(found, key=lambda code: code.position.top_left.y)]
