"""The deeds of the waitlist, by the functions of migrations/sql/0011 and 0012."""

from __future__ import annotations

from datetime import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.errors import NotAllowed
from boxoffice.domain.waitlist import (
    ChangeEntry,
    EntryState,
    Joined,
    JoinWaitlist,
    RecordCall,
    WaitlistSettings,
)
from boxoffice.storage.queries.waitlist import open_offer

_JOIN = text("""
    SELECT join_waitlist(:event_id, :tier_id, :customer_id, :quantity, :all_together, :phone, :note, :till_id)
""")
_CHANGE = text("""
    SELECT change_waitlist_entry(:entry_id, :tier_id, :quantity, :all_together, :phone, :note, :till_id)
""")
_PRIORITY = text("SELECT set_waitlist_priority(:entry_id, :priority, :reason, :till_id)")
_WITHDRAW = text("SELECT withdraw_waitlist_entry(:entry_id, :reason, :till_id)")
_REOPEN = text("SELECT reopen_waitlist_entry(:entry_id, :reason, :till_id)")
_MERGE = text("SELECT merge_waitlist_entries(:kept_id, :other_id, :till_id)")
_DECLINE = text("SELECT decline_offer(:offer_id, :till_id)")
_EXTEND = text("SELECT extend_offer(:offer_id, :hours, :till_id)")
_CALL = text("SELECT record_waitlist_call(:key, :offer_id, :outcome, :till_id)")
_TEND = text("SELECT tend_waitlist()")
_SETTINGS = text("""
    UPDATE events SET waitlist_offer_hours = :hours, waitlist_cutoff_minutes = :cutoff,
        waitlist_quiet_from = :quiet_from, waitlist_quiet_until = :quiet_until
    WHERE id = :event_id RETURNING id
""")


def join(session: Session, wish: JoinWaitlist, sealed_phone: str, sealed_note: str, till_id: int) -> Joined:
    """Put somebody on a list. Raises what WaitlistDesk.join names."""
    facts = session.scalar(
        _JOIN,
        {
            "event_id": wish.event_id,
            "tier_id": wish.tier_id,
            "customer_id": wish.customer_id,
            "quantity": wish.quantity,
            "all_together": wish.all_together,
            "phone": sealed_phone,
            "note": sealed_note,
            "till_id": till_id,
        },
    )
    return _joined(session, facts)


def change(
    session: Session, wish: ChangeEntry, sealed_phone: str | None, sealed_note: str | None, till_id: int
) -> Joined:
    """Change what an entry wants. Raises what WaitlistDesk.change names."""
    facts = session.scalar(
        _CHANGE,
        {
            "entry_id": wish.entry_id,
            "tier_id": wish.tier_id,
            "quantity": wish.quantity,
            "all_together": wish.all_together,
            "phone": sealed_phone,
            "note": sealed_note,
            "till_id": till_id,
        },
    )
    return _joined(session, facts)


def set_priority(session: Session, entry_id: int, priority: int, reason: str, till_id: int) -> None:
    """Let an entry wait before others."""
    session.execute(
        _PRIORITY, {"entry_id": entry_id, "priority": priority, "reason": reason, "till_id": till_id}
    )


def withdraw(session: Session, entry_id: int, reason: str, till_id: int) -> None:
    """Take an entry off the list."""
    session.execute(_WITHDRAW, {"entry_id": entry_id, "reason": reason, "till_id": till_id})


def reopen(session: Session, entry_id: int, reason: str, till_id: int) -> Joined:
    """Let a closed entry wait again."""
    facts = session.scalar(_REOPEN, {"entry_id": entry_id, "reason": reason, "till_id": till_id})
    return _joined(session, facts)


def merge(session: Session, kept_id: int, other_id: int, till_id: int) -> None:
    """Make one entry of two."""
    session.execute(_MERGE, {"kept_id": kept_id, "other_id": other_id, "till_id": till_id})


def decline(session: Session, offer_id: int, till_id: int) -> None:
    """End an offer that is not wanted."""
    session.execute(_DECLINE, {"offer_id": offer_id, "till_id": till_id})


def extend(session: Session, offer_id: int, hours: int, till_id: int) -> None:
    """Give an offer more time."""
    session.execute(_EXTEND, {"offer_id": offer_id, "hours": hours, "till_id": till_id})


def record_call(session: Session, call: RecordCall, till_id: int) -> None:
    """Write down what came of a call."""
    session.execute(
        _CALL,
        {"key": call.key, "offer_id": call.offer_id, "outcome": call.outcome.value, "till_id": till_id},
    )


def tend(session: Session) -> int:
    """End and serve what is due of one event; how many offers that were, 0 when nothing is due."""
    return int(session.execute(_TEND).scalar_one())


def change_settings(session: Session, event_id: int, settings: WaitlistSettings) -> None:
    """Set how an event serves its list.

    Raises:
        NotAllowed: the event is not one that this person may change.
        OutOfBounds: the database takes no such numbers.
    """
    changed = session.scalar(
        _SETTINGS,
        {
            "event_id": event_id,
            "hours": settings.offer_hours,
            "cutoff": settings.cutoff_minutes,
            "quiet_from": _clock(settings.quiet_from),
            "quiet_until": _clock(settings.quiet_until),
        },
    )
    if changed is None:
        raise NotAllowed


def _clock(typed: str) -> time | None:
    return time.fromisoformat(typed) if typed else None


def _joined(session: Session, facts: dict[str, object]) -> Joined:
    entry_id, place = facts["entry_id"], facts["place"]
    state = EntryState(str(facts["state"]))
    return Joined(
        entry_id=int(str(entry_id)),
        is_new=bool(facts["is_new"]),
        state=state,
        place=None if place is None else int(str(place)),
        offer=open_offer(session, int(str(entry_id))) if state is EntryState.OFFERED else None,
    )
