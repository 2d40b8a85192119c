"""Put somebody on a waitlist, and change what they wait for."""

from __future__ import annotations

from boxoffice.domain.errors import ReferenceTooLong
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.waitlist import ChangeEntry, Joined, JoinWaitlist
from boxoffice.sealing import Kind
from boxoffice.storage import waitlist
from boxoffice.storage.database import Database
from boxoffice.usecases.customers.contact import tidy_phone
from boxoffice.usecases.desk import DeskIdentity

LONGEST_NOTE = 500


def join_waitlist(db: Database, at: DeskIdentity, wish: JoinWaitlist) -> Done[Joined]:
    """Put a customer on an event's list; asked again, it finds the entry and changes what is wanted.

    Raises:
        What WaitlistDesk.join names; Busy, DatabaseGone, AnswerLost.
    """
    phone, note = _sealed(db, wish.phone, wish.note)

    def once() -> Joined:
        with db.write() as session:
            return waitlist.join(session, wish, phone, note, at.till_id)

    return Done(db.repeat(once, keyed=True), touched(wish.event_id))


def change_entry(db: Database, at: DeskIdentity, wish: ChangeEntry) -> Done[Joined]:
    """Change what an entry wants from now on; another tier is a move.

    Raises:
        What WaitlistDesk.change names; Busy, DatabaseGone, AnswerLost.
    """
    phone = None if wish.phone is None else _sealed(db, wish.phone, "")[0]
    note = None if wish.note is None else _sealed(db, "", wish.note)[1]

    def once() -> Joined:
        with db.write() as session:
            return waitlist.change(session, wish, phone, note, at.till_id)

    return Done(db.repeat(once, keyed=True), touched(None))


def touched(event_id: int | None) -> frozenset[Notice]:
    """Return what a deed of the list changes: the list, and how many the Sell screen says are waiting."""
    return frozenset({Notice(Topic.WAITLIST, event_id), Notice(Topic.AVAILABILITY, event_id)})


def _sealed(db: Database, phone: str, note: str) -> tuple[str, str]:
    """Return phone and note as the database keeps them. Raises BadPhone, ReferenceTooLong, KeyMissing."""
    if len(note.strip()) > LONGEST_NOTE:
        raise ReferenceTooLong
    return db.sealer.seal(Kind.PHONE, tidy_phone(phone)), db.sealer.seal(Kind.NOTES, note.strip())
