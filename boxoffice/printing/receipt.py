"""Arranges a receipt for an 80 mm roll, A5 and A4: one order of things, in the room that each has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from boxoffice.domain.money import Money
from boxoffice.domain.receipt import Receipt, ReceiptEvent, ReceiptKind
from boxoffice.formats import Formats
from boxoffice.printing.drawing import Area, Drawing, Mark, Page, Placed
from boxoffice.printing.layouts import Layout
from boxoffice.printing.receipt_blocks import Block, Composer, moved
from boxoffice.printing.receipt_words import ReceiptWords, receipt_words
from boxoffice.printing.ticket_texts import printable
from boxoffice.printing.typesetting import Typesetter

_ROLL_END_MM = 4.0
"""White below the last line, where the cutter may be late or early."""
_NUMBER_DIGITS = 6
_TAX_EDGES = (0.68, 1.0)


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """What is printed: the facts, whose paper it is, and whether it was printed before."""

    receipt: Receipt
    office: str
    is_copy: bool = False
    imprint: str = ""
    """The office's address, its tax number."""
    is_training: bool = False
    """Of a sale for practice: marked above and below."""


@dataclass(frozen=True, slots=True)
class _Room:
    """Where on a paper a receipt stands, and how large it is written."""

    left_mm: float
    top_mm: float
    bottom_mm: float
    size_mm: float


_ROOMS = {"roll-80": _Room(6, 5, 0, 3.05), "a5": _Room(16, 16, 18, 3.3), "a4": _Room(30, 24, 26, 3.7)}


def receipt_number(till: str, number: int) -> str:
    """Return e.g. "Counter 2 · 000123"."""
    return f"{till} · {number:0{_NUMBER_DIGITS}}".strip(" ·") if till else f"{number:0{_NUMBER_DIGITS}}"


def receipt_pages(
    paper: ReceiptPaper, layout: Layout, formats: Formats, setter: Typesetter
) -> Iterator[Page]:
    """Yield the pages of a receipt: one of a roll, as many as needed of a sheet."""
    room = _ROOMS[layout.name]
    is_roll = layout.paper_height_mm is None
    composer = Composer(setter, layout.paper_width_mm - 2 * room.left_mm, room.size_mm, centred=is_roll)
    blocks = list(_blocks(paper, composer, formats))
    if layout.paper_height_mm is None:
        height_mm = room.top_mm + sum(block.height_mm for block in blocks) + _ROLL_END_MM
        yield _page(blocks, room, layout.paper_width_mm, height_mm)
        return
    sheets = _sheets(blocks, layout.paper_height_mm - room.top_mm - room.bottom_mm)
    words = receipt_words(formats.locale)
    for number, sheet in enumerate(sheets, 1):
        if len(sheets) > 1:
            said = composer.text(words.page.format(number=number, of=len(sheets)), composer.small)
            filled = sum(block.height_mm for block in sheet)
            foot = layout.paper_height_mm - room.top_mm - room.bottom_mm / 2 - filled
            sheet = [*sheet, Block(foot), said]  # noqa: PLW2901 - the sheet with its foot
        yield _page(sheet, room, layout.paper_width_mm, layout.paper_height_mm)


def _sheets(blocks: list[Block], room_mm: float) -> list[list[Block]]:
    sheets: list[list[Block]] = [[]]
    filled = 0.0
    for block in blocks:
        if filled + block.height_mm > room_mm and sheets[-1]:
            sheets.append([])
            filled = 0.0
        sheets[-1].append(block)
        filled += block.height_mm
    return sheets


def _page(blocks: list[Block], room: _Room, width_mm: float, height_mm: float) -> Page:
    marks: list[Mark] = []
    top_mm = room.top_mm
    for block in blocks:
        marks.extend(moved(mark, room.left_mm, top_mm) for mark in block.marks)
        top_mm += block.height_mm
    area = Area(0, 0, width_mm, height_mm, tuple(marks))
    return Page(width_mm, height_mm, (Placed(0, 0, Drawing(width_mm, height_mm, (area,))),))


def _blocks(paper: ReceiptPaper, composer: Composer, formats: Formats) -> Iterator[Block]:
    receipt, words = paper.receipt, receipt_words(formats.locale)
    if paper.is_training:
        yield composer.heading(words.training, composer.strong)
        yield composer.rule()
    yield from _head(paper, composer, formats, words)
    if receipt.event is not None and receipt.event.title:
        yield composer.rule()
        yield from _event(receipt.event, composer, formats)
    if receipt.lines:
        yield composer.rule()
        yield from _lines(receipt, composer, formats, words)
    yield composer.rule()
    yield from _sums(receipt, composer, formats, words)
    yield composer.gap(0.3)
    yield from _payments(receipt, composer, formats, words)
    if receipt.taxes:
        yield composer.rule()
        yield from _taxes(receipt, composer, formats, words)
    if receipt.reason:
        yield composer.rule()
        yield composer.text(words.reason.format(reason=printable(receipt.reason)), composer.small)
    if paper.is_training:
        yield composer.rule()
        yield composer.heading(words.training, composer.strong)


def _head(paper: ReceiptPaper, composer: Composer, formats: Formats, words: ReceiptWords) -> Iterator[Block]:
    receipt = paper.receipt
    zone = receipt.event.time_zone if receipt.event else "UTC"
    if printable(paper.office):
        yield composer.heading(printable(paper.office), composer.head)
    if printable(paper.imprint):
        yield composer.heading(printable(paper.imprint), composer.small)
        yield composer.gap(0.3)
    title = words.titles[receipt.kind]
    yield composer.heading(f"{title} · {words.copy}" if paper.is_copy else title, composer.strong)
    yield composer.heading(receipt_number(printable(receipt.till), receipt.number), composer.body)
    moment = f"{formats.day_with_year(receipt.sold_at, zone)}, {formats.time(receipt.sold_at, zone)}"
    yield composer.heading(moment if receipt.event else f"{moment} UTC", composer.small)
    if printable(receipt.clerk):
        yield composer.heading(words.clerk.format(clerk=printable(receipt.clerk)), composer.small)
    if receipt.order_number:
        number = printable(formats.order_number(receipt.order_number))
        yield composer.heading(words.order.format(number=number), composer.small)


def _event(event: ReceiptEvent, composer: Composer, formats: Formats) -> Iterator[Block]:
    yield composer.text(printable(event.title), composer.strong)
    when = ""
    if event.starts_at is not None:
        when = f"{formats.day_with_year(event.starts_at, event.time_zone)}, "
        when += formats.time(event.starts_at, event.time_zone)
    place = ", ".join(filter(None, (printable(event.venue), printable(event.address))))
    for line in filter(None, (when, place, printable(event.promoter))):
        yield composer.text(line, composer.small)


def _lines(receipt: Receipt, composer: Composer, formats: Formats, words: ReceiptWords) -> Iterator[Block]:
    for place, line in enumerate(receipt.lines):
        if place:
            yield composer.gap(0.2)
        count = f"{formats.number(line.quantity)}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
        what = f"{count} {printable(line.tier)}"
        yield composer.pair(what, formats.money(line.total), composer.body)
        price = formats.money(line.unit_price)
        if line.list_price is not None:
            list_price = formats.money(line.list_price)
            yield composer.text(words.each_reduced.format(price=price, list_price=list_price), composer.small)
        elif line.quantity != 1:
            yield composer.text(words.each.format(price=price), composer.small)


def _sums(receipt: Receipt, composer: Composer, formats: Formats, words: ReceiptWords) -> Iterator[Block]:
    parts: list[tuple[str, Money | None]] = [(words.subtotal, receipt.subtotal), (words.fee, receipt.fee)]
    if not receipt.tax_inclusive:
        parts.append((words.tax_added, receipt.tax))
    parts.append((words.retained, receipt.retained))
    shown = [(label, amount) for label, amount in parts if amount]
    if len(shown) == 1 and shown[0][0] == words.subtotal:
        # It would say the total twice.
        shown = []
    for label, amount in shown:
        yield composer.pair(label, formats.money(amount), composer.body)
    total = words.returned if receipt.kind is ReceiptKind.REFUND else words.total
    yield composer.pair(total, formats.money(receipt.total), composer.total)
    saved = receipt.reduction
    if saved:
        code = printable(receipt.discount_code)
        label = words.reduction_code.format(code=code) if code else words.reduction
        yield composer.pair(label, formats.money(saved), composer.small)


def _payments(receipt: Receipt, composer: Composer, formats: Formats, words: ReceiptWords) -> Iterator[Block]:
    for payment in receipt.payments:
        tender = words.tenders.get(payment.tender, printable(payment.tender))
        if payment.amount.amount < 0:
            label = words.back.format(tender=tender)
            yield composer.pair(label, formats.money(-payment.amount), composer.body)
            continue
        change = payment.change
        given = payment.tendered if change is not None and payment.tendered is not None else payment.amount
        yield composer.pair(tender, formats.money(given), composer.body)
        if change is not None:
            yield composer.pair(words.change, formats.money(change), composer.body)


def _taxes(receipt: Receipt, composer: Composer, formats: Formats, words: ReceiptWords) -> Iterator[Block]:
    yield composer.row((words.rate, words.net, words.tax), _TAX_EDGES, composer.small)
    for part in receipt.taxes:
        cells = (formats.percent(part.rate_percent), formats.money(part.net), formats.money(part.tax))
        yield composer.row(cells, _TAX_EDGES, composer.small)
