"""Tab goes through a form as it is read, from top to bottom, and round again: it never types elsewhere."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator


def tab_ring(form: QWidget) -> list[QWidget]:
    """Return what of a form Tab stops at now, in the order in which it is read."""
    # Qt's own order is that of making, which a form's lines, added by whoever derives it, are not read in.
    stops = [one for one in form.findChildren(QWidget) if _is_stop(one, form)]

    def box(one: QWidget) -> QRect:
        return QRect(one.mapTo(form, QPoint(0, 0)), one.size())

    def order(one: QWidget, other: QWidget) -> int:
        return _reading_order(box(one), box(other))

    return sorted(stops, key=cmp_to_key(order))


def step_within(form: QWidget, *, forward: bool) -> bool:
    """Give the keyboard to the next stop of the form; False when it has none."""
    ring = tab_ring(form)
    if not ring:
        return False
    current = form.window().focusWidget()
    # From outside of them the first is next, and the last is before.
    before = ring.index(current) if current in ring else -1 if forward else 0
    stop = ring[(before + (1 if forward else -1)) % len(ring)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    stop.setFocus(reason)
    for area in _areas_around(stop):
        area.ensureWidgetVisible(stop)
    return True


def _is_stop(one: QWidget, form: QWidget) -> bool:
    takes_tab = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus)
    # What stands for another widget, as a box's own line does, is reached by that one.
    is_inner = one.focusProxy() is not None or one.objectName().startswith("qt_")
    return takes_tab and not is_inner and one.isEnabled() and one.isVisibleTo(form)


def _reading_order(one: QRect, other: QRect) -> int:
    overlap = min(one.bottom(), other.bottom()) - max(one.top(), other.top())
    if 2 * overlap > min(one.height(), other.height()):
        return one.left() - other.left()
    return one.top() - other.top()


def _areas_around(widget: QWidget) -> Iterator[QScrollArea]:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            yield parent
        parent = parent.parentWidget()
