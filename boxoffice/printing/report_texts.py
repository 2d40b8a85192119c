"""What a till's report says, line by line, from the document of its closing and nothing else.

The words follow the language in force; every name, moment and amount is the document's own, so that a closing
of last year says today what it said then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from boxoffice.domain.money import Money
from boxoffice.formats import Formats
from boxoffice.language import tr, trn
from boxoffice.printing.ticket_texts import printable

type Report = dict[str, Any]
"""A closing's `totals`, or the X report, as the database made it (migrations/sql/0006/up/03_closing.sql)."""


class Look(StrEnum):
    """How a line is set."""

    TITLE = "title"
    HEADING = "heading"
    ROW = "row"
    SUM = "sum"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Words to the left, a figure to the right."""

    look: Look
    words: str
    figure: str = ""


def report_name(report: Report) -> str:
    """Return what a report is called: "Z 12" or "X"."""
    return f"Z {report['number']}" if report["kind"] == "Z" else "X"


def report_lines(report: Report, formats: Formats) -> tuple[ReportLine, ...]:
    """Return the report from its title to its last line."""
    lines = tuple(line for part in _PARTS for line in part(report, formats))
    if not report.get("training"):
        return lines
    mark = ReportLine(Look.HEADING, tr("TRAINING · nothing of this is real"))
    return (mark, *lines, mark)


def tender_name(tender: str) -> str:
    """Return what people call a way to pay."""
    return {
        "cash": tr("Cash"),
        "card": tr("Card"),
        "other": tr("Other"),
        "gift_card": tr("Gift card"),
        "exchange": tr("Exchange"),
    }.get(tender, tender)


def movement_name(kind: str) -> str:
    """Return what people call a movement of cash."""
    return {
        "paid_in": tr("Paid in"),
        "paid_out": tr("Paid out"),
        "safe_drop": tr("Drop to the safe"),
    }.get(kind, kind)


def _receipt_name(kind: str) -> str:
    return {
        "sale": tr("Sales"),
        "payment": tr("Payments of orders"),
        "refund": tr("Refunds"),
        "exchange": tr("Exchanges"),
        "gift_card": tr("Gift cards"),
    }.get(kind, kind)


def _head(report: Report, formats: Formats) -> Iterator[ReportLine]:
    is_final = report["kind"] == "Z"
    title = tr("Closing {name}", name=report_name(report)) if is_final else tr("X report")
    yield ReportLine(Look.TITLE, title, printable(report["till"]))
    if report["venue"]:
        yield ReportLine(Look.NOTE, printable(report["venue"]))
    day = date.fromisoformat(report["business_day"])
    yield ReportLine(Look.ROW, tr("Business day"), formats.full_day(day))
    yield ReportLine(Look.ROW, tr("Made"), _when(report, "made_at", formats))
    yield ReportLine(Look.ROW, tr("Signed off by") if is_final else tr("Made by"), _name(report["made_by"]))
    if not is_final:
        yield ReportLine(Look.NOTE, tr("Not a closing: the till goes on counting."))


def _receipts(report: Report, formats: Formats) -> Iterator[ReportLine]:
    yield ReportLine(Look.HEADING, tr("Receipts"))
    first, last = report["first_receipt"], report["last_receipt"]
    if last < first:
        yield ReportLine(Look.ROW, tr("None"), "")
        return
    span = tr("{first} to {last}", first=first, last=last)
    yield ReportLine(Look.ROW, tr("Numbers"), span)
    if report["first_at"]:
        yield ReportLine(Look.ROW, tr("First"), _when(report, "first_at", formats))
        yield ReportLine(Look.ROW, tr("Last"), _when(report, "last_at", formats))
    for one in report["receipts"]:
        yield ReportLine(Look.ROW, _receipt_name(one["kind"]), formats.number(one["count"]))


def _tenders(report: Report, formats: Formats) -> Iterator[ReportLine]:
    yield ReportLine(Look.HEADING, tr("Taken"))
    for one in report["tenders"]:
        currency = one["currency"]
        words = f"{tender_name(one['tender'])} ({formats.number(one['payments'])})"
        yield ReportLine(Look.ROW, words, _amount(one["taken"], currency, formats))
        if one["refunds"]:
            back = f"{tender_name(one['tender'])}, {tr('given back')} ({formats.number(one['refunds'])})"
            yield ReportLine(Look.ROW, back, _amount(-one["given_back"], currency, formats))
    for one in report.get("currencies", ()):
        yield ReportLine(Look.SUM, one["currency"], _amount(one["net"], one["currency"], formats))
        if one["gift_cards"]:
            sold = _amount(one["gift_cards"], one["currency"], formats)
            yield ReportLine(Look.NOTE, tr("of it for gift cards"), sold)
    if report["is_blind"]:
        yield ReportLine(Look.NOTE, tr("Cash is told after the count."))


def _taxes(report: Report, formats: Formats) -> Iterator[ReportLine]:
    yield ReportLine(Look.HEADING, tr("Tax"))
    for one in report["taxes"]:
        rate, currency = formats.percent(Decimal(one["rate"])), one["currency"]
        yield ReportLine(Look.ROW, tr("{rate}, net", rate=rate), _amount(one["net"], currency, formats))
        yield ReportLine(Look.ROW, tr("{rate}, tax", rate=rate), _amount(one["tax"], currency, formats))
        yield ReportLine(Look.SUM, tr("{rate}, gross", rate=rate), _amount(one["gross"], currency, formats))


def _events(report: Report, formats: Formats) -> Iterator[ReportLine]:
    yield ReportLine(Look.HEADING, tr("Events"))
    for one in report["events"]:
        yield ReportLine(Look.ROW, printable(one["title"]), _amount(one["gross"], one["currency"], formats))
        words = trn("{n} ticket", "{n} tickets", one["tickets_sold"])
        if one["tickets_back"]:
            words += ", " + tr("{n} given back", n=formats.number(one["tickets_back"]))
        yield ReportLine(Look.NOTE, words)


def _drawer(report: Report, formats: Formats) -> Iterator[ReportLine]:
    cash = report["drawer"]
    if not cash:
        return
    currency = cash["currency"]
    yield ReportLine(Look.HEADING, tr("Drawer, {currency}", currency=currency))
    yield ReportLine(Look.ROW, tr("Opened"), _moment(cash["opened_at"], report, formats))
    yield ReportLine(Look.ROW, tr("By"), _name(cash["opened_by"]))
    if cash["counted_at"]:
        yield ReportLine(Look.ROW, tr("Counted"), _moment(cash["counted_at"], report, formats))
        yield ReportLine(Look.ROW, tr("By"), _name(cash["counted_by"]))
    figures = (
        (tr("Float"), cash["opening_float"]),
        (tr("Cash sales"), cash["sales"]),
        (tr("Cash given back"), cash["refunds"]),
        (tr("Paid in"), cash["paid_in"]),
        (tr("Paid out"), cash["paid_out"]),
        (tr("Drops to the safe"), cash["safe_drops"]),
    )
    for words, figure in figures:
        if figure is not None:
            yield ReportLine(Look.ROW, words, _amount(figure, currency, formats))
    for words, figure in (
        (tr("Expected"), cash["expected"]),
        (tr("Counted"), cash["counted"]),
        (tr("Variance"), cash["variance"]),
    ):
        if figure is not None:
            yield ReportLine(Look.SUM, words, _amount(figure, currency, formats))
    if cash["counts"] > 1:
        yield ReportLine(Look.NOTE, tr("Counted {n} times.", n=formats.number(cash["counts"])))


def _movements(report: Report, formats: Formats) -> Iterator[ReportLine]:
    cash = report["drawer"]
    if not cash or not cash["movements"]:
        return
    yield ReportLine(Look.HEADING, tr("Movements"))
    for one in cash["movements"]:
        figure = _amount(one["amount"], cash["currency"], formats)
        yield ReportLine(Look.ROW, movement_name(one["kind"]), figure)
        when = formats.time(datetime.fromisoformat(one["at"]), report["time_zone"])
        yield ReportLine(Look.NOTE, f"{when} · {_name(one['by'])} · {printable(one['reason'])}")


def _pieces(report: Report, formats: Formats) -> Iterator[ReportLine]:
    cash = report["drawer"]
    if not cash or not cash["pieces"]:
        return
    yield ReportLine(Look.HEADING, tr("Count"))
    for one in cash["pieces"]:
        piece = Decimal(str(one["piece"]))
        worth = _amount(piece, cash["currency"], formats)
        words = f"{formats.number(one['count'])} \N{MULTIPLICATION SIGN} {worth}"
        yield ReportLine(Look.ROW, words, _amount(piece * one["count"], cash["currency"], formats))


_PARTS = (_head, _receipts, _tenders, _taxes, _events, _drawer, _movements, _pieces)


def _amount(amount: Decimal | int, currency: str, formats: Formats) -> str:
    return formats.money(Money(Decimal(amount), currency))


def _when(report: Report, moment: str, formats: Formats) -> str:
    return _moment(report[moment], report, formats)


def _moment(at: str, report: Report, formats: Formats) -> str:
    return formats.day_and_time(datetime.fromisoformat(at), report["time_zone"])


def _name(name: str | None) -> str:
    return printable(name or "") or "-"
