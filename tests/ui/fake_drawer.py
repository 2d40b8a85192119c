"""A drawer of plain values for the fake desk. It proves nothing about the real rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxoffice.domain import errors
from boxoffice.domain.cash import (
    Closing,
    CountDrawer,
    Drawer,
    DrawerElsewhere,
    MoveCash,
    Moved,
    Movement,
    OpenDrawer,
    Taken,
    TillState,
)
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.usecases.desk import DrawerDeeds
from tests.ui.fake_event import NOW, ZONE, euro

_PAPER = Path(__file__).parents[1] / "printing" / "closing.json"
REPORT: dict[str, Any] = json.loads(_PAPER.read_text(encoding="utf-8"), parse_float=Decimal)
SALES = euro("742.50")


@dataclass
class FakeDrawer:
    """One till's drawer. A clerk is blind until it is counted, a manager is not."""

    is_manager: bool = False
    drawer: Drawer | None = None
    closings: list[Closing] = field(default_factory=list)
    elsewhere: tuple[DrawerElsewhere, ...] = ()
    needs_leave: bool = False
    """The next deed that a manager may allow takes their leave."""
    fail_state: Exception | None = None
    _opened: int = 0

    def state(self) -> TillState:
        """Return how the till stands."""
        if self.fail_state is not None:
            raise self.fail_state
        blind = self.drawer is not None and not self.drawer.is_counted and not self.is_manager
        taken = (Taken("card", euro("1310.00"), 41), Taken("cash", SALES, 28))
        return TillState(
            business_day=NOW.date(),
            time_zone=ZONE,
            currency="EUR",
            taken=taken[:1] if blind else taken,
            is_blind=blind,
            drawer=self._seen(blind),
            closings=tuple(self.closings),
            elsewhere=self.elsewhere,
        )

    def _seen(self, blind: bool) -> Drawer | None:
        drawer = self.drawer
        if drawer is None:
            return None
        expected = drawer.opening_float + SALES
        for one in drawer.movements:
            expected = expected + one.amount
        variance = None if drawer.counted is None else drawer.counted - expected
        if blind:
            return replace(drawer, expected=None, sales=None, refunds=None)
        return replace(drawer, expected=expected, variance=variance)

    def open(self, wanted: OpenDrawer) -> Done[int]:
        """Open the drawer."""
        if self.drawer is not None:
            raise errors.DrawerOpen("Anna Weber")
        self._opened += 1
        self.drawer = Drawer(
            id=self._opened,
            opened_at=NOW - timedelta(hours=3),
            opened_by="Anna Weber",
            is_shared=wanted.is_shared,
            may_use=True,
            opening_float=wanted.amount,
            sales=SALES,
            refunds=euro("0"),
            expected=None,
            counted=None,
            variance=None,
            counted_at=None,
            counted_by="",
            counts=0,
        )
        return self._done(self._opened)

    def join(self, drawer_id: int) -> Done[None]:
        """Use somebody else's drawer."""
        self._ask("use drawer", drawer_id)
        self.drawer = replace(self._there(), may_use=True)
        return self._done(None)

    def move(self, wanted: MoveCash) -> Done[None]:
        """Book a movement."""
        if wanted.kind is Movement.PAID_OUT:
            self._ask("take cash out", wanted.drawer_id)
        amount = wanted.amount if wanted.kind is Movement.PAID_IN else -wanted.amount
        moved = Moved(wanted.kind, amount, wanted.reason, NOW, "Anna Weber")
        drawer = self._there()
        self.drawer = replace(drawer, movements=(*drawer.movements, moved))
        return self._done(None)

    def count(self, wanted: CountDrawer) -> Done[None]:
        """Write a count down."""
        drawer = self._there()
        self.drawer = replace(
            drawer,
            counted=wanted.count.total,
            counted_at=NOW,
            counted_by="Anna Weber",
            counts=drawer.counts + 1,
        )
        return self._done(None)

    def sign_off(self, drawer_id: int) -> Done[int]:
        """Close the drawer."""
        self._ask("close drawer", drawer_id)
        seen = self._seen(blind=False)
        assert seen is not None
        assert seen.expected is not None
        assert seen.counted is not None
        number = len(self.closings) + 1
        self.closings.insert(
            0, closing(number, NOW.date(), str(seen.expected.amount), str(seen.counted.amount))
        )
        self.drawer = None
        return self._done(number)

    def deeds(self) -> DrawerDeeds:
        """Return what a desk offers of it."""
        return DrawerDeeds(
            state=self.state,
            open=self.open,
            join=self.join,
            move=self.move,
            count=self.count,
            sign_off=self.sign_off,
            x_report=lambda: REPORT | {"kind": "X"},
            z_report=lambda closing_id: REPORT | {"number": closing_id},
        )

    def _there(self) -> Drawer:
        assert self.drawer is not None
        return self.drawer

    def _ask(self, deed: str, drawer_id: int) -> None:
        if self.needs_leave:
            self.needs_leave = False
            raise errors.NeedsOverride(deed, "drawer", drawer_id)

    def _done[T](self, value: T) -> Done[T]:
        return Done(value, frozenset({Notice(Topic.DRAWERS)}))


def closing(number: int, day: date, expected: str, counted: str) -> Closing:
    """Return a closing of the list."""
    first = number * 100
    by = "Margarete Lindner"
    return Closing(number, number, day, NOW, by, euro(expected), euro(counted), first, first + 88)
