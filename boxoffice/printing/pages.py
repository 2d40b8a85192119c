"""Lays tickets onto pages of a layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched

from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.drawing import Area, Drawing, Line, Page, Placed
from boxoffice.printing.layouts import TICKET_HEIGHT_MM, TICKET_WIDTH_MM, Form, Layout
from boxoffice.printing.roll_ticket import column_ticket
from boxoffice.printing.ticket_face import landscape_ticket
from boxoffice.printing.ticket_texts import ticket_texts
from boxoffice.printing.typesetting import Typesetter

_CUT_MARK_MM = 5.0
_CUT_MARK_GAP_MM = 1.5
_FORMS = {Form.LANDSCAPE: landscape_ticket, Form.COLUMN: column_ticket}


def pages(
    faces: Iterable[TicketFace], layout: Layout, formats: Formats, setter: Typesetter
) -> Iterator[Page]:
    """Yield the pages of these tickets one by one, in order."""
    arrange = _FORMS[layout.form]
    for batch in batched(faces, layout.tickets_per_page):
        drawings = [arrange(ticket_texts(face, formats), setter) for face in batch]
        placed = [
            Placed(layout.left_mm, layout.top_mm + index * drawing.height_mm, drawing)
            for index, drawing in enumerate(drawings)
        ]
        height_mm = layout.paper_height_mm or drawings[0].height_mm
        if layout.cut_marks:
            placed.append(Placed(0, 0, _cut_marks(layout, height_mm, len(batch))))
        yield Page(layout.paper_width_mm, height_mm, tuple(placed))


def _cut_marks(layout: Layout, height_mm: float, tickets: int) -> Drawing:
    left, right = layout.left_mm, layout.left_mm + TICKET_WIDTH_MM
    top, bottom = layout.top_mm, layout.top_mm + tickets * TICKET_HEIGHT_MM
    near, far = _CUT_MARK_GAP_MM, _CUT_MARK_GAP_MM + _CUT_MARK_MM
    across = [layout.top_mm + index * TICKET_HEIGHT_MM for index in range(tickets + 1)]
    marks = (
        *(Line(left - far, y, left - near, y) for y in across),
        *(Line(right + near, y, right + far, y) for y in across),
        *(Line(x, top - far, x, top - near) for x in (left, right)),
        *(Line(x, bottom + near, x, bottom + far) for x in (left, right)),
    )
    return Drawing(layout.paper_width_mm, height_mm, (Area(0, 0, layout.paper_width_mm, height_mm, marks),))
