"""Bind what a manager asks about cancelled events to one database and one till."""

from __future__ import annotations

from functools import partial

from boxoffice.domain.cancellation import Cancellation, CancellationPlan
from boxoffice.domain.card_payment import Gateway
from boxoffice.domain.errors import UnknownEvent
from boxoffice.storage import cancelled_events
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.events.cancel_event import cancel_event, cancellation, give_back_orders
from boxoffice.usecases.events.cancellation_desk import Cancellations, Told


def open_cancellations(db: Database, at: DeskIdentity, gateway: Gateway | None) -> Cancellations:
    """Return the deeds, done by whoever is signed in at this till."""

    def give_back(event_id: int, again: bool, told: Told) -> Cancellation:  # noqa: FBT001 - as declared
        return give_back_orders(db, at, event_id, again=again, told=told, gateway=gateway)

    return Cancellations(
        plan=partial(_plan, db),
        cancel=partial(cancel_event, db, at),
        give_back=give_back,
        progress=partial(cancellation, db),
        all=partial(_all, db),
    )


def _plan(db: Database, event_id: int) -> CancellationPlan:
    with db.read() as session:
        found = cancelled_events.plan(session, event_id)
    if found is None:
        raise UnknownEvent(str(event_id))
    return found


def _all(db: Database) -> tuple[Cancellation, ...]:
    with db.read() as session:
        return cancelled_events.all_of_them(session)
