"""Fills an empty database with a town's box office: what is on, who works there, what was sold in a month.

The same moment makes the same demo, but for the times at which the server itself wrote a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from boxoffice.domain.person import Role
from boxoffice.passwords import hashed
from boxoffice.sealing import Key, Kind
from boxoffice.storage.demo_orders import write_orders
from boxoffice.storage.demo_people import DEMO_PASSWORD, email_of, make_customers, sign_in_name
from boxoffice.storage.demo_programme import DemoEvent, DemoHouse, read_events, read_house
from boxoffice.storage.demo_sales import DemoCounter, DemoOrder, plan_orders
from boxoffice.storage.people import make_demo_role
from boxoffice.storage.tables.whole import (
    Base,
    DrawerRow,
    EventRow,
    HoldRow,
    PromoterRow,
    TierRow,
    TillRow,
    UserRow,
    WaitlistRow,
)

STAFF_SINCE = timedelta(days=1000)
DRAWERS_OPEN_SINCE = timedelta(hours=1)
OPENING_FLOAT = 200
WAITING_SINCE = timedelta(days=9)
WAITED_FOR = {1: 25, 2: 55, 3: 10, 4: 10}
"""How often somebody waits for so many tickets, in percent."""

# Another program that makes the demo at this moment waits here and then finds it made.
_ONE_AT_A_TIME = text("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class _Written:
    """Numbers of what is in the database, in the order of the plans."""

    tills: list[int]
    clerks: list[int]
    customers: list[dict[str, Any]]
    """With their number as "id"."""
    events: list[int]
    tiers: list[list[int]]
    """Of each event."""
    key: Key
    """Seals what is written."""


_ALL_SENT = text("""
    UPDATE email_notifications m
    SET state = 'sent', attempts = 1, created_at = o.created_at, next_attempt_at = o.created_at,
        key = CAST(md5('demo ' || m.id) AS uuid),
        sent_at = o.created_at + interval '20 seconds', subject = 'Your tickets: ' || left(e.title, 400)
    FROM orders o JOIN events e ON e.id = o.event_id WHERE o.id = m.order_id
""")
_ONE_FAILED = text("""
    UPDATE email_notifications
    SET state = 'failed', sent_at = NULL, subject = '', failure = 'address',
        detail = '550 5.1.1 no such user here'
    WHERE id = (SELECT id FROM email_notifications ORDER BY created_at DESC LIMIT 1)
""")


def fill_if_empty(session: Session, now: datetime, key: Key) -> bool:
    """Write the demo unless there is an event already; return whether it was written. `key` seals."""
    session.execute(_ONE_AT_A_TIME)
    if session.scalar(select(EventRow.id).limit(1)) is not None:
        return False
    house = read_house()
    events = read_events(house, now)
    written = _write_house(session, house, events, now, key)
    _write_sales(session, house, events, written, now)
    _insert(session, DrawerRow, list(_drawers(written, now)))
    # What the orders of made-up customers queued must never leave the house.
    session.execute(_ALL_SENT)
    session.execute(_ONE_FAILED)
    _insert(session, HoldRow, list(_holds(events, written)))
    _insert(session, WaitlistRow, list(_waiting(_dice("waiting"), events, written, now)))
    session.execute(text("REFRESH MATERIALIZED VIEW event_sales_summary"))
    return True


def _drawers(written: _Written, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield an open drawer for each till, so that a newcomer's first sale may be for cash."""
    for place, till_id in enumerate(written.tills):
        yield {
            "till_id": till_id,
            "opened_by": written.clerks[place % len(written.clerks)],
            "opened_at": now - DRAWERS_OPEN_SINCE,
            "opening_float": OPENING_FLOAT,
            "currency": "EUR",
            "is_shared": True,
        }


def _dice(purpose: str) -> Random:
    """Return numbers of this purpose's own, so that a change to one part of the demo leaves the others."""
    return Random(f"box office demo, {purpose}")  # noqa: S311 - repeatable on purpose, nothing secret


def _insert(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert the rows in order and return their numbers."""
    column = table.__table__.c.id
    return list(session.scalars(insert(table).returning(column, sort_by_parameter_order=True), rows))


def _write_house(
    session: Session, house: DemoHouse, events: Sequence[DemoEvent], now: datetime, key: Key
) -> _Written:
    since = {"created_at": now - STAFF_SINCE}
    hash_ = hashed(DEMO_PASSWORD)
    staff_ids = _insert(
        session, UserRow, [_staff(session, person, person["role"], hash_) | since for person in house.staff]
    )
    promoters = list(house.promoters.values())
    owners = _insert(
        session, UserRow, [_staff(session, person, "promoter", hash_) | since for person in promoters]
    )
    companies = [
        {"user_id": owner, "company": promoter["company"]} | since
        for owner, promoter in zip(owners, promoters, strict=True)
    ]
    promoter_ids = dict(zip(house.promoters, _insert(session, PromoterRow, companies), strict=True))
    staff_emails = [_user(person, "")["email"] for person in (*house.staff, *promoters)]
    customers = [
        row | {"phone": key.seal(Kind.PHONE, row["phone"]) if row["phone"] else None}
        for row in make_customers(_dice("customers"), now, staff_emails)
    ]
    customer_ids = _insert(session, UserRow, customers)
    event_ids = _insert(
        session, EventRow, [event.columns | {"promoter_id": promoter_ids[event.promoter]} for event in events]
    )
    return _Written(
        tills=_insert(session, TillRow, [{"name": name} | since for name in house.tills]),
        clerks=[id_ for id_, person in zip(staff_ids, house.staff, strict=True) if person["role"] == "clerk"],
        customers=[row | {"id": id_} for id_, row in zip(customer_ids, customers, strict=True)],
        events=event_ids,
        tiers=_write_tiers(session, events, event_ids),
        key=key,
    )


def _user(person: dict[str, Any], role: str) -> dict[str, Any]:
    first_name, last_name = person["first_name"], person["last_name"]
    email = email_of(first_name, last_name, "example.org")
    return {"email": email, "first_name": first_name, "last_name": last_name, "role": role}


def _staff(session: Session, person: dict[str, Any], role: str, password_hash: str) -> dict[str, Any]:
    name = sign_in_name(person["first_name"])
    make_demo_role(session, name, Role(role), DEMO_PASSWORD)
    return _user(person, role) | {"database_role": name, "password_hash": password_hash}


def _write_tiers(session: Session, events: Sequence[DemoEvent], event_ids: Sequence[int]) -> list[list[int]]:
    rows = [
        tier.columns | {"event_id": event_id}
        for event_id, event in zip(event_ids, events, strict=True)
        for tier in event.tiers
    ]
    tier_ids = iter(_insert(session, TierRow, rows))
    return [[next(tier_ids) for _ in event.tiers] for event in events]


def _write_sales(
    session: Session, house: DemoHouse, events: Sequence[DemoEvent], written: _Written, now: datetime
) -> None:
    counter = DemoCounter(
        now=now,
        zone=ZoneInfo(house.time_zone),
        tills=len(written.tills),
        clerks=len(written.clerks),
        customers=len(written.customers),
    )
    orders = plan_orders(_dice("sales"), counter, events)
    tickets = [ticket for order in orders for ticket in order.tickets]
    write_orders(session, [_order_row(order, written) for order in orders], tickets, house.printer)


def _order_row(order: DemoOrder, written: _Written) -> dict[str, Any]:
    return {
        "key": order.key,
        "event_id": written.events[order.event],
        "tier_ids": [written.tiers[order.event][place] for place, _ in order.lines],
        "quantities": [quantity for _, quantity in order.lines],
        "sold_at": order.sold_at,
        "till_id": written.tills[order.till],
        "clerk_id": written.clerks[order.clerk],
        "user_id": None if order.customer is None else written.customers[order.customer]["id"],
        "tender": order.tender,
        "reference": written.key.seal(Kind.REFERENCE, order.reference) if order.reference else "",
        "note": order.note,
    }


def _holds(events: Sequence[DemoEvent], written: _Written) -> Iterator[dict[str, Any]]:
    for event, tier_ids in zip(events, written.tiers, strict=True):
        for tier, tier_id in zip(event.tiers, tier_ids, strict=True):
            if tier.held:
                yield {
                    "tier_id": tier_id,
                    "kind": "house",
                    "quantity": tier.held,
                    "owner": tier.held_for,
                    "created_at": tier.columns["created_at"],
                }


def _waiting(
    random: Random, events: Sequence[DemoEvent], written: _Written, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield waitlist entries in order of joining: the database gives the places in that order."""
    for event_id, event, tier_ids in zip(written.events, events, written.tiers, strict=True):
        queue = [
            tier_id for tier_id, tier in zip(tier_ids, event.tiers, strict=True) for _ in range(tier.waiting)
        ]
        random.shuffle(queue)
        people = random.sample(written.customers, len(queue))
        joined = sorted(now - WAITING_SINCE * random.random() for _ in queue)
        for tier_id, person, at in zip(queue, people, joined, strict=True):
            yield {
                "event_id": event_id,
                "tier_id": tier_id,
                "user_id": person["id"],
                "quantity": random.choices(list(WAITED_FOR), list(WAITED_FOR.values()))[0],
                "all_together": random.random() < 0.5,  # noqa: PLR2004 - a share
                "phone": person["phone"],
                **dict.fromkeys(("created_at", "asked_at", "changed_at"), at.replace(microsecond=0)),
            }
