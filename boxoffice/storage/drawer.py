"""The drawer's deeds and how a till stands, by the functions of migrations/sql/0006."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.cash import (
    Closing,
    Count,
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
from boxoffice.domain.money import Money

_OPEN = text("SELECT open_drawer(:key, :till_id, :currency, :amount, CAST(:pieces AS jsonb), :shared)")
_JOIN = text("SELECT join_drawer(:drawer_id, :till_id)")
_MOVE = text("SELECT move_cash(:key, :drawer_id, :till_id, :kind, :amount, :reason)")
_COUNT = text("SELECT count_drawer(:key, :drawer_id, :till_id, CAST(:pieces AS jsonb))")
_SIGN_OFF = text("SELECT sign_off_drawer(:drawer_id, :till_id)")
_STATE = text("SELECT till_state(:till_id)")
_X_REPORT = text("SELECT x_report(:till_id)")
_Z_REPORT = text("SELECT totals FROM closings WHERE id = :closing_id")


def open_(session: Session, till_id: int, wanted: OpenDrawer) -> int:
    """Open the till's drawer and return its number. Raises DrawerOpen, BadAmount, NotAllowed."""
    parameters = {
        "key": wanted.key,
        "till_id": till_id,
        "currency": wanted.amount.currency,
        "amount": wanted.amount.amount,
        "pieces": _pieces(wanted.count),
        "shared": wanted.is_shared,
    }
    return int(session.scalar(_OPEN, parameters))


def join(session: Session, till_id: int, drawer_id: int) -> None:
    """Let whoever is signed in use it from now on. Raises NeedsOverride, DrawerClosed."""
    session.execute(_JOIN, {"drawer_id": drawer_id, "till_id": till_id})


def move(session: Session, till_id: int, wanted: MoveCash) -> None:
    """Book a movement. Raises ReasonMissing, BadAmount, DrawerCounted, DrawerNotYours, NeedsOverride."""
    parameters = {
        "key": wanted.key,
        "drawer_id": wanted.drawer_id,
        "till_id": till_id,
        "kind": wanted.kind.value,
        "amount": wanted.amount.amount,
        "reason": wanted.reason,
    }
    session.execute(_MOVE, parameters)


def count(session: Session, till_id: int, wanted: CountDrawer) -> None:
    """Write a count down. Raises BadAmount, DrawerClosed, DrawerNotYours."""
    parameters = {
        "key": wanted.key,
        "drawer_id": wanted.drawer_id,
        "till_id": till_id,
        "pieces": _pieces(wanted.count),
    }
    session.execute(_COUNT, parameters)


def sign_off(session: Session, till_id: int, drawer_id: int) -> int:
    """Close a counted drawer and return its closing. Raises DrawerNotCounted, NeedsOverride."""
    return int(session.scalar(_SIGN_OFF, {"drawer_id": drawer_id, "till_id": till_id}))


def x_report(session: Session, till_id: int) -> dict[str, Any]:
    """Return what the till took since its last closing."""
    report: dict[str, Any] = session.scalar(_X_REPORT, {"till_id": till_id})
    return report


def z_report(session: Session, closing_id: int) -> dict[str, Any] | None:
    """Return what a closing wrote down; None when there is no such closing."""
    report: dict[str, Any] | None = session.scalar(_Z_REPORT, {"closing_id": closing_id})
    return report


def state(session: Session, till_id: int) -> TillState:
    """Return how the till stands."""
    told: dict[str, Any] = session.scalar(_STATE, {"till_id": till_id})
    drawer = told["drawer"]
    return TillState(
        business_day=date.fromisoformat(told["business_day"]),
        time_zone=told["time_zone"],
        currency=drawer["currency"] if drawer else told["currency"],
        taken=tuple(
            Taken(one["tender"], _money(one["net"], one["currency"]), one["payments"])
            for one in told["tenders"]
        ),
        is_blind=told["is_blind"],
        drawer=_drawer(drawer) if drawer else None,
        closings=tuple(map(_closing, told["closings"])),
        elsewhere=tuple(map(_elsewhere, told["elsewhere"])),
    )


def _drawer(told: dict[str, Any]) -> Drawer:
    currency = told["currency"]
    return Drawer(
        id=told["id"],
        opened_at=datetime.fromisoformat(told["opened_at"]),
        opened_by=told["opened_by"],
        is_shared=told["is_shared"],
        may_use=told["may_use"],
        opening_float=_money(told["opening_float"], currency),
        sales=_seen(told["sales"], currency),
        refunds=_seen(told["refunds"], currency),
        expected=_seen(told["expected"], currency),
        counted=_seen(told["counted"], currency),
        variance=_seen(told["variance"], currency),
        counted_at=_moment(told["counted_at"]),
        counted_by=told["counted_by"] or "",
        counts=told["counts"],
        movements=tuple(
            Moved(
                Movement(one["kind"]),
                _money(one["amount"], currency),
                one["reason"],
                datetime.fromisoformat(one["at"]),
                one["by"],
            )
            for one in told["movements"]
        ),
    )


def _closing(told: dict[str, Any]) -> Closing:
    return Closing(
        id=told["id"],
        number=told["number"],
        business_day=date.fromisoformat(told["business_day"]),
        closed_at=datetime.fromisoformat(told["closed_at"]),
        closed_by=told["closed_by"],
        expected=_money(told["expected"], told["currency"]),
        counted=_money(told["counted"], told["currency"]),
        first_receipt=told["first_receipt"],
        last_receipt=told["last_receipt"],
    )


def _elsewhere(told: dict[str, Any]) -> DrawerElsewhere:
    return DrawerElsewhere(
        id=told["id"],
        till=told["till"],
        opened_by=told["opened_by"],
        opened_at=datetime.fromisoformat(told["opened_at"]),
        counted_at=_moment(told["counted_at"]),
        expected=_money(told["expected"], told["currency"]),
        counted=_seen(told["counted"], told["currency"]),
    )


def _money(amount: Decimal | int, currency: str) -> Money:
    return Money(Decimal(amount), currency)


def _seen(amount: Decimal | int | None, currency: str) -> Money | None:
    return None if amount is None else _money(amount, currency)


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def _pieces(counted: Count) -> str:
    """Return the pieces as the database takes them; amounts as text, so that none becomes a float."""
    return json.dumps([{"piece": str(value), "count": number} for value, number in counted.pieces])
