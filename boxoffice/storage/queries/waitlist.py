"""Reading the waitlist: events that have one, entries in their order, and why somebody was passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from boxoffice.domain.errors import UnknownEntry, UnknownOffer
from boxoffice.domain.money import Money
from boxoffice.domain.waitlist import (
    CallOutcome,
    Chance,
    EntryDeed,
    EntryEvent,
    EntryState,
    Evaluation,
    MailProgress,
    Offer,
    OfferAtCounter,
    TierQueue,
    Verdict,
    WaitlistEntry,
    WaitlistEvent,
    WaitlistFilter,
    WaitlistPage,
    WaitlistSettings,
)
from boxoffice.storage.queries import waitlist_statements as statements
from boxoffice.storage.queries.waitlist_statements import STAFF, Reader

PAGE_SIZE = 100
MOST_EVALUATIONS = 200
"""Of one entry, newest first: whoever was passed over more often knows why by then."""
MOST_DEEDS = 200
"""Of one entry, newest first."""
MOST_SHOWN_SKIPS = 50
"""Looked through for the list's last column; its count says "50" for more."""
PAST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """Text that was typed to find somebody, the fingerprints that it may be, and as whom one looks."""

    text: str
    phones: list[str]
    reader: Reader = STAFF


def events(session: Session) -> tuple[WaitlistEvent, ...]:
    """Return upcoming events that somebody waits for, waited for, or could."""
    rows = session.execute(statements.EVENTS).all()
    return tuple(_event(list(of_event)) for _, of_event in groupby(rows, key=lambda row: row.id))


def entries(
    session: Session, wanted: WaitlistFilter, sought: Sought, after: int | None, most: int | None = PAGE_SIZE
) -> WaitlistPage:
    """Return entries in their order, behind that of this number; phones and notes sealed as they are stored.

    Args:
        session: to read in.
        wanted: which of them.
        sought: what was typed to find somebody.
        after: None: from the first.
        most: None: all of them.
    """
    asked = {
        "event_id": wanted.event_id,
        "tier_id": wanted.tier_id,
        "states": [state.value for state in wanted.states],
        "to_call": wanted.to_call,
        "text": sought.text,
        "like": f"% {_escaped(sought.text)}%",
        "phones": sought.phones,
        "after": after,
        "most": None if most is None else most + 1,
        "most_skips": MOST_SHOWN_SKIPS,
    }
    rows = session.execute(sought.reader.entries, asked).all()
    return WaitlistPage(tuple(map(_entry, rows[:most])), more=most is not None and len(rows) > most)


def entry(session: Session, entry_id: int, reader: Reader = STAFF) -> WaitlistEntry:
    """Return one entry. Raises UnknownEntry."""
    event_id = session.scalar(statements.EVENT_OF, {"id": entry_id})
    if event_id is None:
        raise UnknownEntry(str(entry_id))
    return _by_id(session, event_id, [entry_id], reader)[entry_id]


def entries_of(session: Session, event_id: int, customer_id: int) -> tuple[WaitlistEntry, ...]:
    """Return the open entries of somebody on an event's list, one for each tier at most."""
    ids = list(session.scalars(statements.OPEN_OF, {"event_id": event_id, "customer_id": customer_id}))
    # Places are counted for those few alone who stand there already.
    return tuple(_by_id(session, event_id, ids).values()) if ids else ()


def to_call(session: Session) -> int:
    """Return how many people have to be called about what is offered to them, of all events."""
    return int(session.execute(statements.COUNT_TO_CALL).scalar_one())


def story(session: Session, entry_id: int) -> tuple[Evaluation, ...]:
    """Return every time tickets were there for an entry, newest first."""
    rows = session.execute(statements.STORY, {"id": entry_id, "most": MOST_EVALUATIONS})
    return tuple(
        Evaluation(row.at, row.tier_id, row.tier, Verdict(row.verdict), row.wanted, row.tickets_left,
                   row.all_together, row.tier_limit)
        for row in rows
    )  # fmt: skip


def history(session: Session, entry_id: int) -> tuple[EntryDeed, ...]:
    """Return what happened with an entry, newest first."""
    rows = session.execute(statements.HISTORY, {"id": entry_id, "most": MOST_DEEDS})
    return tuple(
        EntryDeed(
            at=row.at,
            what=EntryEvent(row.what),
            by=row.by_whom,
            till=row.till,
            reason=row.reason,
            offer_id=row.offer_id,
            tier=row.tier,
            quantity=row.quantity,
            all_together=row.all_together,
            priority=row.priority,
            until=row.until,
            outcome=CallOutcome(row.outcome) if row.outcome else None,
            order_number=row.order_number,
        )
        for row in rows
    )


def followers(session: Session, offer_id: int) -> tuple[WaitlistEntry, ...]:
    """Return to whom the tickets of an offer went that came to nothing, in their order."""
    rows = session.execute(statements.FOLLOWERS, {"offer_id": offer_id}).all()
    if not rows:
        return ()
    found = _by_id(session, rows[0].event_id, [row.id for row in rows])
    return tuple(found[row.id] for row in rows)


def chance(session: Session, entry_id: int) -> Chance:
    """Return how likely tickets are. Raises UnknownEntry."""
    row = session.execute(statements.CHANCE, {"id": entry_id, "most": PAST_EVENTS}).one_or_none()
    if row is None:
        raise UnknownEntry(str(entry_id))
    return Chance(int(row.ahead), int(row.past), int(row.enough))


def doubles(session: Session, event_id: int) -> tuple[tuple[WaitlistEntry, WaitlistEntry], ...]:
    """Return pairs of entries that look like one person; the first is the one to keep."""
    pairs = [(row.first, row.second) for row in session.execute(statements.DOUBLES, {"event_id": event_id})]
    found = _by_id(session, event_id, sorted({one for pair in pairs for one in pair}))
    return tuple((found[first], found[second]) for first, second in pairs)


def open_offer(session: Session, entry_id: int) -> Offer | None:
    """Return the offer that an entry holds."""
    row = session.execute(statements.OPEN_OFFER, {"entry_id": entry_id}).one_or_none()
    return _offer(row, row.event_id, row.waitlist_id) if row else None


@dataclass(frozen=True, slots=True)
class FoundOffer:
    """An offer by its code, with how it stands."""

    at_counter: OfferAtCounter | None
    """None: the person was erased."""
    state: EntryState
    over_since: datetime
    order_number: str
    """Of the order that came of it."""


def offer_by_code(session: Session, code: str) -> FoundOffer:
    """Return the offer of a code, whatever became of it. Raises UnknownOffer."""
    row = session.execute(statements.BY_CODE, {"code": code}).one_or_none()
    if row is None:
        raise UnknownOffer(code)
    stands = row.state == "open" and not row.is_over
    state = EntryState.OFFERED if stands else EntryState("expired" if row.state == "open" else row.state)
    counter = None
    if row.user_id is not None:
        offer = _offer(row, row.event_id, row.waitlist_id)
        counter = OfferAtCounter(offer, row.title, row.user_id, row.name, row.time_zone)
    # When its time was up is said, not when somebody noticed.
    over_since = row.until if state is EntryState.EXPIRED else row.ended_at or row.until
    return FoundOffer(counter, state, over_since, row.order_number or "")


def _by_id(
    session: Session, event_id: int, ids: list[int], reader: Reader = STAFF
) -> dict[int, WaitlistEntry]:
    rows = session.execute(reader.by_ids, {"event_id": event_id, "ids": ids, "most_skips": MOST_SHOWN_SKIPS})
    return {row.id: _entry(row) for row in rows}


def _event(rows: list[Row[Any]]) -> WaitlistEvent:
    first = rows[0]
    quiet = [f"{at:%H:%M}" if at else "" for at in (first.waitlist_quiet_from, first.waitlist_quiet_until)]
    return WaitlistEvent(
        event_id=first.id,
        title=first.title,
        venue=first.venue,
        starts_at=first.start_time,
        time_zone=first.time_zone,
        waiting=sum(row.waiting for row in rows),
        tickets_wanted=int(sum(row.tickets for row in rows)),
        offers=first.offers,
        to_call=first.to_call,
        available=first.available,
        offered_in_all=first.offered,
        settings=WaitlistSettings(first.waitlist_offer_hours, first.waitlist_cutoff_minutes, *quiet),
        tiers=tuple(TierQueue(row.tier_id, row.tier, row.waiting, int(row.tickets)) for row in rows),
    )


def _entry(row: Row[Any]) -> WaitlistEntry:
    skip = None
    if row.skip_at is not None:
        skip = Evaluation(
            row.skip_at, row.skip_tier_id, row.skip_tier, Verdict(row.skip_verdict), row.skip_wanted,
            row.skip_left, row.skip_together, row.skip_limit,
        )  # fmt: skip
    return WaitlistEntry(
        id=row.id,
        event_id=row.event_id,
        tier_id=row.tier_id,
        tier=row.tier,
        customer_id=row.user_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        quantity=row.quantity,
        all_together=row.all_together,
        priority=row.priority,
        note=row.notes,
        state=EntryState(row.state),
        place=row.place,
        joined_at=row.created_at,
        changed_at=row.changed_at,
        skipped=row.skipped,
        last_skip=skip,
        offer=_offer(row, row.event_id, row.id) if row.offer_id is not None else None,
        order_number=row.order_number or "",
    )


def _offer(row: Row[Any], event_id: int, entry_id: int) -> Offer:
    return Offer(
        id=row.offer_id,
        entry_id=entry_id,
        code=row.code,
        event_id=event_id,
        tier_id=row.offer_tier_id,
        tier=row.offer_tier,
        quantity=row.offer_quantity,
        offered_at=row.offered_at,
        until=row.until,
        mail=MailProgress(row.mail),
        calls=row.calls or 0,
        last_call=CallOutcome(row.last_call) if row.last_call else None,
        last_call_at=row.last_call_at,
        price=None if row.price is None else Money(row.price, row.currency),
        is_reached=row.is_reached,
    )


def _escaped(typed: str) -> str:
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
