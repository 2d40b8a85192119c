"""Bind the deeds of the waitlist to one database, one till and one clerk."""

from __future__ import annotations

from functools import partial

from boxoffice.storage.database import Database
from boxoffice.storage.queries.waitlist_statements import PROMOTER, STAFF
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.waitlist.join_waitlist import change_entry, join_waitlist
from boxoffice.usecases.waitlist.keep_list import (
    change_settings,
    merge_entries,
    reoffer,
    set_priority,
    withdraw_entry,
)
from boxoffice.usecases.waitlist.offers import (
    decline_offer,
    extend_offer,
    find_offer,
    record_call,
    tend_waitlist,
)
from boxoffice.usecases.waitlist.read_list import (
    count_to_call,
    entries_of,
    entry_chance,
    entry_history,
    entry_story,
    export_entries,
    find_doubles,
    no_doubles,
    passed_on,
    waitlist_entries,
    waitlist_entry,
    waitlist_events,
)
from boxoffice.usecases.waitlist.waitlist_desk import WaitlistDesk


def open_waitlist(db: Database, at: DeskIdentity) -> WaitlistDesk:
    """Return what this place may do with the list; a promoter reads own lists, without contacts and codes."""
    reader = STAFF if at.may_sell else PROMOTER
    return WaitlistDesk(
        events=partial(waitlist_events, db),
        entries=partial(waitlist_entries, db, reader=reader),
        entry=partial(waitlist_entry, db, reader=reader),
        entries_of=partial(entries_of, db),
        to_call=partial(count_to_call, db),
        join=partial(join_waitlist, db, at),
        change=partial(change_entry, db, at),
        set_priority=partial(set_priority, db, at),
        withdraw=partial(withdraw_entry, db, at),
        reoffer=partial(reoffer, db, at),
        decline=partial(decline_offer, db, at),
        extend=partial(extend_offer, db, at),
        record_call=partial(record_call, db, at),
        doubles=partial(find_doubles, db) if at.may_sell else no_doubles,
        merge=partial(merge_entries, db, at),
        story=partial(entry_story, db),
        history=partial(entry_history, db),
        passed_on=partial(passed_on, db),
        chance=partial(entry_chance, db),
        find_offer=partial(find_offer, db),
        change_settings=partial(change_settings, db),
        tend=partial(tend_waitlist, db),
        export=partial(export_entries, db, reader=reader),
    )
