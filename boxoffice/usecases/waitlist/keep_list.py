"""The deeds of whoever keeps the list: order, leaving, coming back, one person twice, its terms."""

from __future__ import annotations

import re

from boxoffice.domain.errors import OutOfBounds
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.domain.waitlist import Joined, WaitlistSettings
from boxoffice.storage import waitlist
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.waitlist.join_waitlist import touched

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def set_priority(db: Database, at: DeskIdentity, entry_id: int, priority: int, reason: str) -> Done[None]:
    """Let an entry wait before others (0: as everybody). Raises ReasonMissing, NeedsOverride, EntryClosed."""

    def once() -> None:
        with db.write() as session:
            waitlist.set_priority(session, entry_id, priority, reason, at.till_id)

    # Not repeated blindly: a manager's leave is used up by the first.
    db.repeat(once, keyed=False)
    return Done(None, touched(None))


def withdraw_entry(db: Database, at: DeskIdentity, entry_id: int, reason: str) -> Done[None]:
    """Take an entry off the list, with its offer. Raises ReasonMissing, UnknownEntry, EntryClosed."""

    def once() -> None:
        with db.write() as session:
            waitlist.withdraw(session, entry_id, reason, at.till_id)

    db.repeat(once, keyed=False)
    return Done(None, touched(None))


def reoffer(db: Database, at: DeskIdentity, entry_id: int, reason: str) -> Done[Joined]:
    """Let a closed entry wait again at its old place. Raises ReasonMissing, UnknownEntry, EntryClosed."""

    def once() -> Joined:
        with db.write() as session:
            return waitlist.reopen(session, entry_id, reason, at.till_id)

    return Done(db.repeat(once, keyed=False), touched(None))


def merge_entries(db: Database, at: DeskIdentity, kept_id: int, other_id: int) -> Done[None]:
    """Make one entry of two of the same person. Raises UnknownEntry, EntryClosed."""

    def once() -> None:
        with db.write() as session:
            waitlist.merge(session, kept_id, other_id, at.till_id)

    db.repeat(once, keyed=False)
    return Done(None, touched(None))


def change_settings(db: Database, event_id: int, settings: WaitlistSettings) -> Done[None]:
    """Set how an event serves its list.

    Raises:
        OutOfBounds: hours, minutes or times that no clock has; one of the quiet times alone.
        NotAllowed: the event is somebody else's.
    """
    quiet = (settings.quiet_from, settings.quiet_until)
    if any(quiet) and not all(_CLOCK.fullmatch(at) for at in quiet):
        raise OutOfBounds

    def once() -> None:
        with db.write() as session:
            waitlist.change_settings(session, event_id, settings)

    db.repeat(once, keyed=True)
    return Done(None, touched(event_id) | {Notice(Topic.EVENTS, event_id)})
