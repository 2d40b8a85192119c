"""Draws pages onto any QPainter: the one painter for preview, paper, PDF and image."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from boxoffice.printing.drawing import Area, Drawing, Line, Mark, Page, QrSquare, Text
from boxoffice.printing.qr import MODULES, QUIET_MODULES, qr_runs
from boxoffice.printing.typesetting import UNITS_PER_MM, Typesetter

INK = QColor(0, 0, 0)
"""Pure black: thermal printers know no grey and would dither small letters to dust."""

_LINE_MM = 0.15
_DASH_MM = 0.9


def paint_page(painter: QPainter, page: Page, setter: Typesetter, dots_per_mm: float) -> None:
    """Draw a page from the painter's present origin; one of its units is one device dot before any zoom.

    The page is `page.width_mm * dots_per_mm` units wide. QRs are aligned to whole dots of the device.
    """
    for placed in page.placed:
        painter.save()
        painter.scale(dots_per_mm / UNITS_PER_MM, dots_per_mm / UNITS_PER_MM)
        painter.translate(placed.x_mm * UNITS_PER_MM, placed.y_mm * UNITS_PER_MM)
        _paint(painter, placed.drawing, setter)
        painter.restore()


def _paint(painter: QPainter, drawing: Drawing, setter: Typesetter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for area in drawing.areas:
        painter.save()
        painter.setClipRect(_box(area), Qt.ClipOperation.IntersectClip)
        painter.setPen(INK)
        for mark in area.marks:
            _paint_mark(painter, mark, setter)
        painter.restore()


def _paint_mark(painter: QPainter, mark: Mark, setter: Typesetter) -> None:
    match mark:
        case Text():
            painter.setFont(setter.font(mark.style))
            painter.drawText(QPointF(mark.x_mm * UNITS_PER_MM, mark.baseline_mm * UNITS_PER_MM), mark.text)
        case Line():
            _paint_line(painter, mark)
        case QrSquare():
            _paint_qr(painter, mark)


def _paint_line(painter: QPainter, line: Line) -> None:
    pen = QPen(INK, _LINE_MM * UNITS_PER_MM)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if line.dashed:
        pen.setDashPattern([_DASH_MM / _LINE_MM, _DASH_MM / _LINE_MM])
    painter.setPen(pen)
    ends = (value * UNITS_PER_MM for value in (line.x1_mm, line.y1_mm, line.x2_mm, line.y2_mm))
    painter.drawLine(QLineF(*ends))


def _paint_qr(painter: QPainter, square: QrSquare) -> None:
    """Fill the dark modules in whole device dots, so that no edge is blurred.

    Where a module would be less than a dot (a thumbnail) it is drawn blurred: nobody scans that.
    """
    side = square.side_mm * UNITS_PER_MM
    to_device = painter.deviceTransform()
    box = to_device.mapRect(QRectF(square.x_mm * UNITS_PER_MM, square.y_mm * UNITS_PER_MM, side, side))
    module = box.width() / (MODULES + 2 * QUIET_MODULES)
    crisp = module >= 1
    module = math.floor(module) if crisp else module
    left = box.center().x() - module * MODULES / 2
    top = box.center().y() - module * MODULES / 2
    if crisp:
        left, top = round(left), round(top)
    modules_to_device = QTransform(module, 0, 0, module, left, top)
    inverse, _ = to_device.inverted()
    painter.setTransform(modules_to_device * inverse, combine=True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not crisp)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(INK)
    painter.drawRects(
        [
            QRect(run.column, run.row, run.length, 1)
            for run in qr_runs(square.code, is_training=square.is_training)
        ]
    )


def _box(area: Area) -> QRectF:
    return QRectF(
        area.x_mm * UNITS_PER_MM,
        area.y_mm * UNITS_PER_MM,
        area.width_mm * UNITS_PER_MM,
        area.height_mm * UNITS_PER_MM,
    )
