"""The lists of the Till screen as rows: movements, closings, drawers of other tills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.domain.cash import Closing, Drawer, DrawerElsewhere
from boxoffice.language import tr
from boxoffice.printing.report_texts import movement_name
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.widgets.table import Cell, Column, Row

if TYPE_CHECKING:
    from boxoffice.formats import Formats


def movement_columns() -> tuple[Column, ...]:
    """Return the columns of the movements."""
    return (Column(tr("When"), 130), Column(tr("Movement")), Column(tr("By"), 180), Column(tr("Amount"), 130))


def movement_rows(drawer: Drawer | None, formats: Formats, zone: str) -> list[Row]:
    """Return the float and what came and went since, newest first; sales are told after the count."""
    if drawer is None:
        return []
    rows = [
        Row(0, None, (
            Cell(formats.stamp(drawer.opened_at, zone), tone=Tone.MUTED), Cell(tr("Float")),
            Cell(drawer.opened_by, tone=Tone.MUTED), Cell(formats.money(drawer.opening_float)),
        ))
    ]  # fmt: skip
    rows += [
        Row(nth, one, (
            Cell(formats.stamp(one.at, zone), tone=Tone.MUTED), Cell(movement_name(one.kind), one.reason),
            Cell(one.by, tone=Tone.MUTED), Cell(formats.money(one.amount)),
        ))
        for nth, one in enumerate(drawer.movements, 1)
    ]  # fmt: skip
    return rows[::-1]


def closing_columns() -> tuple[Column, ...]:
    """Return the columns of the closings."""
    return (
        Column(tr("Closing"), 90),
        Column(tr("Business day")),
        Column(tr("Counted"), 130),
        Column(tr("Variance"), 120),
    )


def closing_rows(closings: tuple[Closing, ...], formats: Formats, zone: str) -> list[Row]:
    """Return the closings, newest first."""
    return [
        Row(one.id, one, (
            Cell(f"Z {one.number}"),
            Cell(formats.full_day(one.business_day),
                 tr("{when}, {name}", when=formats.stamp(one.closed_at, zone), name=one.closed_by)),
            Cell(formats.money(one.counted)),
            Cell(formats.money(one.variance), tone=Tone.BAD if one.variance else Tone.MUTED),
        ))
        for one in closings
    ]  # fmt: skip


def elsewhere_columns() -> tuple[Column, ...]:
    """Return the columns of other tills' drawers."""
    return (
        Column(tr("Till")),
        Column(tr("State"), 110),
        Column(tr("Should be in it"), 140),
        Column(tr("Counted"), 130),
    )


def elsewhere_rows(drawers: tuple[DrawerElsewhere, ...], formats: Formats, zone: str) -> list[Row]:
    """Return the open drawers of other tills."""
    return [
        Row(one.id, one, (
            Cell(one.till, _since(one, formats, zone)),
            _state(one),
            Cell(formats.money(one.expected)),
            Cell(formats.money(one.counted) if one.counted is not None else "-"),
        ))
        for one in drawers
    ]  # fmt: skip


def _since(one: DrawerElsewhere, formats: Formats, zone: str) -> str:
    return tr("{name}, since {since}", name=one.opened_by, since=formats.stamp(one.opened_at, zone))


def _state(one: DrawerElsewhere) -> Cell:
    if one.counted_at is not None:
        return Cell(tr("Counted"), tone=Tone.WARN, is_tag=True)
    return Cell(tr("Open"), tone=Tone.GOOD, is_tag=True)
