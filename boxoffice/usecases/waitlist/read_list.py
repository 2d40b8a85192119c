"""Reading the list: events that have one, their entries, and why somebody was passed over."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.waitlist import (
    Chance,
    Doubles,
    EntryDeed,
    Evaluation,
    WaitlistEntry,
    WaitlistEvent,
    WaitlistFilter,
    WaitlistPage,
)
from boxoffice.sealing import Kind
from boxoffice.storage.database import Database
from boxoffice.storage.queries import waitlist as queries
from boxoffice.storage.queries.waitlist_statements import STAFF, Reader
from boxoffice.storage.sealer import Sealer
from boxoffice.usecases.customers.find_customers import LONGEST, phone_fingerprints


def waitlist_events(db: Database) -> tuple[WaitlistEvent, ...]:
    """Return upcoming events that somebody waits for, or could, by start."""
    with db.read() as session:
        return queries.events(session)


def waitlist_entries(
    db: Database, wanted: WaitlistFilter, after: WaitlistEntry | None = None, reader: Reader = STAFF
) -> WaitlistPage:
    """Return the page of entries behind `after`: those who wait by place, then the others."""
    typed = " ".join(wanted.text.split())[:LONGEST]
    sought = queries.Sought(typed, phone_fingerprints(db.sealer, typed) if typed else [], reader)
    with db.read() as session:
        page = queries.entries(session, wanted, sought, after.id if after else None)
    return replace(page, entries=tuple(readable(db.sealer, one) for one in page.entries))


def waitlist_entry(db: Database, entry_id: int, reader: Reader = STAFF) -> WaitlistEntry:
    """Return one entry. Raises UnknownEntry."""
    with db.read() as session:
        found = queries.entry(session, entry_id, reader)
    return readable(db.sealer, found)


def entries_of(db: Database, event_id: int, customer_id: int) -> tuple[WaitlistEntry, ...]:
    """Return what somebody waits for, was told of or is offered at an event."""
    with db.read() as session:
        found = queries.entries_of(session, event_id, customer_id)
    return tuple(readable(db.sealer, one) for one in found)


def count_to_call(db: Database) -> int:
    """Return how many people have to be called about an offer, of all events."""
    with db.read() as session:
        return queries.to_call(session)


def export_entries(db: Database, event_id: int, reader: Reader = STAFF) -> tuple[WaitlistEntry, ...]:
    """Return all entries of an event, in their order."""
    everybody = queries.Sought("", [], reader)
    with db.read() as session:
        page = queries.entries(session, WaitlistFilter(event_id), everybody, None, None)
    return tuple(readable(db.sealer, one) for one in page.entries)


def entry_story(db: Database, entry_id: int) -> tuple[Evaluation, ...]:
    """Return every time tickets were there since this entry wants what it wants, newest first."""
    with db.read() as session:
        return queries.story(session, entry_id)


def entry_history(db: Database, entry_id: int) -> tuple[EntryDeed, ...]:
    """Return what happened with an entry, newest first: who did it, and why."""
    with db.read() as session:
        return queries.history(session, entry_id)


def passed_on(db: Database, offer_id: int) -> tuple[WaitlistEntry, ...]:
    """Return to whom the tickets went of an offer that came to nothing; nobody: they are on sale."""
    with db.read() as session:
        found = queries.followers(session, offer_id)
    return tuple(readable(db.sealer, one) for one in found)


def entry_chance(db: Database, entry_id: int) -> Chance:
    """Return how likely tickets are, by past events of the same promoter. Raises UnknownEntry."""
    with db.read() as session:
        return queries.chance(session, entry_id)


def find_doubles(db: Database, event_id: int) -> tuple[Doubles, ...]:
    """Return pairs of open entries that look like one person; the first is the one to keep."""
    with db.read() as session:
        pairs = queries.doubles(session, event_id)
    return tuple(Doubles(readable(db.sealer, first), readable(db.sealer, second)) for first, second in pairs)


def no_doubles(_event_id: int) -> tuple[Doubles, ...]:
    """Find none: by which contacts people are alike is not a promoter's to see, nor theirs to merge."""
    return ()


def readable(sealer: Sealer, one: WaitlistEntry) -> WaitlistEntry:
    """Return the entry with phone and note opened, as far as their key is here."""
    return replace(
        one,
        phone=sealer.shown(Kind.PHONE, one.phone) if one.phone else "",
        note=sealer.shown(Kind.NOTES, one.note) if one.note else "",
    )
