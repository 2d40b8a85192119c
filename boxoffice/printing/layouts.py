"""The papers that tickets and receipts come on, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How the ticket itself is arranged."""

    LANDSCAPE = "landscape"
    """Texts on the left, a stub with the QR on the right; 140 x 70 mm."""
    COLUMN = "column"
    """Everything below one another, as long as it gets."""
    RECEIPT = "receipt"
    """Not a ticket: words and amounts, from the top of the paper."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One paper and how tickets lie on it."""

    name: str
    form: Form
    paper_width_mm: float
    paper_height_mm: float | None
    """None: the paper is a roll and is cut where the ticket ends."""
    left_mm: float = 0
    """From the paper's edge to the first ticket."""
    top_mm: float = 0
    tickets_per_page: int = 1
    cut_marks: bool = False


TICKET_WIDTH_MM = 140
TICKET_HEIGHT_MM = 70

TICKET_STOCK = Layout("ticket-stock", Form.LANDSCAPE, TICKET_WIDTH_MM, TICKET_HEIGHT_MM)

A4 = Layout("a4", Form.LANDSCAPE, 210, 297, left_mm=35, top_mm=8.5, tickets_per_page=4, cut_marks=True)
"""Four tickets of the stock's own size below one another: both fit the same pouch and the same eye."""

ROLL_80 = Layout("roll-80", Form.COLUMN, 80, None)
"""80 mm receipt paper, of which printers reach the middle 72 mm."""

LAYOUTS = {layout.name: layout for layout in (TICKET_STOCK, A4, ROLL_80)}

RECEIPT_ROLL_80 = Layout("roll-80", Form.RECEIPT, 80, None)
RECEIPT_A5 = Layout("a5", Form.RECEIPT, 148, 210)
RECEIPT_A4 = Layout("a4", Form.RECEIPT, 210, 297)

RECEIPT_LAYOUTS = {layout.name: layout for layout in (RECEIPT_ROLL_80, RECEIPT_A5, RECEIPT_A4)}
"""The papers that receipts come on."""
