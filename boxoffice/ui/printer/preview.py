"""The sample ticket on its paper, as large as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.language import tr
from boxoffice.printing.output import paint_preview
from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from boxoffice.domain.ticket import TicketFace
    from boxoffice.formats import Formats
    from boxoffice.printing.layouts import Layout
    from boxoffice.ui.theme.theme import Theme

_MARGIN_PX = 24


class PaperPreview(QWidget):
    """Draws what the printer will draw, with the same code."""

    def __init__(self, theme: Theme, face: TicketFace, formats: Formats, layout: Layout) -> None:
        super().__init__()
        self._theme = theme
        self._face = face
        self._formats = formats
        self._layout = layout
        self.setObjectName("paper_preview")
        self.setAccessibleName(tr("Preview of a test ticket"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_layout(self, layout: Layout) -> None:
        """Show the ticket on this paper."""
        self._layout = layout
        self.update()

    @property
    def shown(self) -> Layout:
        """The paper that is shown."""
        return self._layout

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.SUNKEN))
        radius = self._theme.metrics.card_radius
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        paint_preview(painter, room, self._face, self._layout, self._formats)
        painter.end()
