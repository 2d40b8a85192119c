"""Reading the waitlist: events that have one, entries in their order, and why somebody was passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, text
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

PAGE_SIZE = 100
MOST_EVALUATIONS = 200
"""Of one entry, newest first: whoever was passed over more often knows why by then."""
MOST_DEEDS = 200
"""Of one entry, newest first."""
MOST_SHOWN_SKIPS = 50
"""Looked through for the list's last column; its count says "50" for more."""
MOST_DOUBLES = 50
PAST_EVENTS = 50

_OPEN = "('waiting', 'told', 'offered')"
# A letter that failed, or none: they are called, until somebody was reached.
_TO_CALL = """
    o.state = 'open' AND (m.id IS NULL OR m.state = 'failed')
    AND NOT EXISTS (SELECT 1 FROM waitlist_calls c
                    WHERE c.offer_id = o.id AND c.outcome IN ('reached', 'declined'))
"""
_EVENTS = text(f"""
    WITH listed AS (
        SELECT e.id FROM events e
        WHERE e.status = 'published' AND coalesce(e.end_time, e.start_time) > now()
          AND (EXISTS (SELECT 1 FROM waitlist w WHERE w.event_id = e.id AND w.state <> 'merged')
               OR EXISTS (SELECT 1 FROM ticket_tiers t
                          WHERE t.event_id = e.id AND t.is_active AND t.quantity <= t.sold + t.reserved))
    ), queues AS (
        SELECT w.event_id, w.tier_id, count(*) FILTER (WHERE w.state = 'waiting') AS waiting,
               coalesce(sum(w.quantity) FILTER (WHERE w.state = 'waiting'), 0) AS tickets
        FROM waitlist w WHERE w.event_id IN (SELECT id FROM listed) GROUP BY w.event_id, w.tier_id
    ), offered AS (
        SELECT o.event_id, count(*) AS offers, count(*) FILTER (WHERE {_TO_CALL}) AS to_call
        FROM waitlist_offers o LEFT JOIN email_notifications m ON m.id = o.mail_id
        WHERE o.state = 'open' GROUP BY o.event_id
    ), tiers AS (
        SELECT t.event_id, t.id, t.name, t.position
        FROM ticket_tiers t WHERE t.event_id IN (SELECT id FROM listed)
        UNION ALL SELECT l.id, NULL, '', NULL FROM listed l
    )
    SELECT e.id, e.title, e.venue, e.start_time, e.time_zone, e.waitlist_offer_hours,
           e.waitlist_cutoff_minutes, e.waitlist_quiet_from, e.waitlist_quiet_until, a.available, a.offered,
           coalesce(f.offers, 0) AS offers, coalesce(f.to_call, 0) AS to_call,
           t.id AS tier_id, t.name AS tier, coalesce(q.waiting, 0) AS waiting,
           coalesce(q.tickets, 0) AS tickets
    FROM listed JOIN events e ON e.id = listed.id JOIN tiers t ON t.event_id = e.id
    CROSS JOIN LATERAL event_availability(e) a
    LEFT JOIN offered f ON f.event_id = e.id
    LEFT JOIN queues q ON q.event_id = e.id AND q.tier_id IS NOT DISTINCT FROM t.id
    ORDER BY e.start_time, e.id, t.position NULLS LAST, t.id NULLS LAST
""")  # noqa: S608 - made of our own words alone

# Places are counted among those who are after the same tickets: whoever waits for one tier stands behind
# those of the tier and those who take any.
_PLACES = f"""
    SELECT p.id, CASE WHEN p.tier_id IS NULL THEN p.overall ELSE p.own + p.anys END AS place
    FROM (SELECT w.id, w.tier_id, row_number() OVER queue AS overall,
                 count(*) FILTER (WHERE w.tier_id IS NULL) OVER queue AS anys,
                 row_number() OVER (PARTITION BY w.tier_id ORDER BY -w.priority, w.position) AS own
          FROM waitlist w WHERE w.event_id = :event_id AND w.state IN {_OPEN}
          WINDOW queue AS (ORDER BY -w.priority, w.position)) p
"""  # noqa: S608 - made of our own words alone
_OFFER = """
    o.id AS offer_id, o.code, o.tier_id AS offer_tier_id, ot.name AS offer_tier, o.quantity AS offer_quantity,
    o.created_at AS offered_at, o.expires_at AS until,
    CASE WHEN o.mail_id IS NULL THEN 'none' ELSE coalesce(m.state, 'sent') END AS mail,
    calls.number AS calls, calls.outcome AS last_call, calls.at AS last_call_at, oe.currency,
    CASE WHEN o.state = 'open'
         THEN round((price_of(oe, ARRAY[o.tier_id], ARRAY[o.quantity::bigint], NULL, NULL)).total,
                    minor_digits(oe.currency)) END AS price
"""
_OFFER_JOINS = """
    LEFT JOIN ticket_tiers ot ON ot.id = o.tier_id
    LEFT JOIN events oe ON oe.id = o.event_id
    LEFT JOIN email_notifications m ON m.id = o.mail_id
    LEFT JOIN LATERAL (
        SELECT count(*) OVER () AS number, c.outcome, c.created_at AS at FROM waitlist_calls c
        WHERE c.offer_id = o.id ORDER BY c.id DESC LIMIT 1) calls ON true
"""
_ENTRY = f"""
    SELECT w.id, w.event_id, w.tier_id, coalesce(t.name, '') AS tier, w.user_id,
           trim(u.first_name || ' ' || u.last_name) AS name, coalesce(u.email, '') AS email,
           coalesce(w.phone, u.phone, '') AS phone, w.quantity, w.all_together, w.priority,
           coalesce(w.notes, '') AS notes,
           w.state, p.place, w.created_at, w.changed_at, w.position, {_OFFER}, b.order_number,
           coalesce(s.skipped, 0) AS skipped, s.at AS skip_at, s.tier_id AS skip_tier_id, s.tier AS skip_tier,
           s.verdict AS skip_verdict, s.wanted AS skip_wanted, s.tickets_left AS skip_left,
           s.tier_limit AS skip_limit,
           s.all_together AS skip_together
    FROM chosen w JOIN users u ON u.id = w.user_id
    LEFT JOIN places p ON p.id = w.id
    LEFT JOIN ticket_tiers t ON t.id = w.tier_id
    LEFT JOIN LATERAL (
        SELECT * FROM waitlist_offers f WHERE f.waitlist_id = w.id ORDER BY f.id DESC LIMIT 1) o ON true
    {_OFFER_JOINS}
    LEFT JOIN orders b ON b.purchase_key = o.purchase_key
    LEFT JOIN LATERAL (
        SELECT k.*, count(*) OVER () AS skipped
        FROM waitlist_story((SELECT x FROM waitlist x WHERE x.id = w.id), :most_skips) k
        WHERE w.state = 'waiting' AND k.verdict IN ('too_few', 'under_minimum', 'over_limit')
        ORDER BY k.at DESC LIMIT 1) s ON true
"""  # noqa: S608 - made of our own words alone
# Those who may still get something by place, then the others, the last changed first; as numbers, so that a
# page begins behind the key of the last one before it.
_KEY = f"""
    ({{w}}.state NOT IN {_OPEN})::integer, CASE WHEN {{w}}.state IN {_OPEN} THEN -{{w}}.priority ELSE 0 END,
    CASE WHEN {{w}}.state IN {_OPEN} THEN {{w}}.position ELSE 0 END,
    CASE WHEN {{w}}.state IN {_OPEN} THEN 0 ELSE -extract(epoch FROM {{w}}.changed_at) END, -{{w}}.id
"""
_ORDER = f"ORDER BY {_KEY.format(w='w')}"
_BEHIND = f"""
    AND (CAST(:after AS bigint) IS NULL
         OR ({_KEY.format(w="w")}) > (SELECT {_KEY.format(w="a")} FROM waitlist a WHERE a.id = :after))
"""  # noqa: S608 - as above
_TEXT = """
    AND (:text = '' OR w.user_id IN (
        SELECT u.id FROM users u
        WHERE ' ' || fold_text(concat_ws(' ', u.first_name, u.last_name, u.email)) LIKE :like
           OR split_part(u.phone, ':', 3) = ANY (:phones))
        OR split_part(w.phone, ':', 3) = ANY (:phones))
"""
_ENTRIES = text(f"""
    WITH places AS ({_PLACES}), chosen AS (
        SELECT w.* FROM waitlist w
        WHERE w.event_id = :event_id
          AND (CAST(:tier_id AS bigint) IS NULL OR w.tier_id = :tier_id OR w.tier_id IS NULL)
          AND (CAST(:states AS text[]) = '{{}}' OR w.state = ANY (:states))
          AND (NOT :to_call OR EXISTS (
              SELECT 1 FROM waitlist_offers o LEFT JOIN email_notifications m ON m.id = o.mail_id
              WHERE o.waitlist_id = w.id AND {_TO_CALL}))
          {_TEXT} {_BEHIND}
        {_ORDER} LIMIT :most
    )
    {_ENTRY} {_ORDER}
""")  # noqa: S608 - made of our own words alone
_ONE = text(f"""
    WITH places AS ({_PLACES}), chosen AS (SELECT w.* FROM waitlist w WHERE w.id = ANY (:ids)) {_ENTRY}
""")  # noqa: S608 - as above
_OPEN_OF = text(f"""
    SELECT id FROM waitlist
    WHERE event_id = :event_id AND user_id = :customer_id AND state IN {_OPEN} ORDER BY id
""")  # noqa: S608 - as above
_COUNT_TO_CALL = text(f"""
    SELECT count(*) FROM waitlist_offers o LEFT JOIN email_notifications m ON m.id = o.mail_id
    WHERE {_TO_CALL}
""")  # noqa: S608 - as above
_EVENT_OF = text("SELECT event_id FROM waitlist WHERE id = :id")
_OPEN_OFFER = text(f"""
    SELECT o.event_id, o.waitlist_id, {_OFFER} FROM waitlist_offers o {_OFFER_JOINS}
    WHERE o.waitlist_id = :entry_id AND o.state = 'open'
""")  # noqa: S608 - as above
_BY_CODE = text(f"""
    SELECT o.event_id, o.waitlist_id, {_OFFER}, o.state, o.ended_at,
           o.expires_at <= clock_timestamp() AS is_over,
           e.title, e.time_zone, u.id AS user_id, trim(u.first_name || ' ' || u.last_name) AS name,
           b.order_number
    FROM waitlist_offers o {_OFFER_JOINS}
    JOIN events e ON e.id = o.event_id
    LEFT JOIN waitlist w ON w.id = o.waitlist_id LEFT JOIN users u ON u.id = w.user_id
    LEFT JOIN orders b ON b.purchase_key = o.purchase_key
    WHERE o.code = :code
""")  # noqa: S608 - as above
_STORY = text("""
    SELECT s.* FROM waitlist w CROSS JOIN LATERAL waitlist_story(w, :most) s
    WHERE w.id = :id ORDER BY s.at DESC, s.tier_id
""")
_HISTORY = text("SELECT * FROM waitlist_history(:id, :most)")
_FOLLOWERS = text("""
    SELECT f.id, w.event_id
    FROM offer_followers(:offer_id) WITH ORDINALITY f (id, nth) JOIN waitlist w ON w.id = f.id ORDER BY f.nth
""")
# What came back of past events of the same promoter, as a share of what was sold of each; slips that were
# corrected at once are none.
_CHANCE = text(f"""
    WITH me AS (SELECT * FROM waitlist WHERE id = :id), ahead AS (
        SELECT coalesce(sum(b.quantity), 0) + me.quantity AS tickets
        FROM me LEFT JOIN waitlist b ON b.event_id = me.event_id AND b.state = 'waiting' AND b.id <> me.id
          AND (me.tier_id IS NULL OR b.tier_id IS NULL OR b.tier_id = me.tier_id)
          AND (-b.priority, b.position) < (-me.priority, me.position)
        GROUP BY me.quantity
    ), now_sold AS (
        SELECT coalesce(sum(t.sold), 0) AS tickets FROM ticket_tiers t, me
        WHERE t.event_id = me.event_id AND (me.tier_id IS NULL OR t.id = me.tier_id)
    ), past AS (
        SELECT e.id FROM events e, me JOIN events mine ON mine.id = me.event_id
        WHERE e.promoter_id = mine.promoter_id AND e.start_time < now()
          AND e.status IN ('published', 'completed')
        ORDER BY e.start_time DESC LIMIT {PAST_EVENTS}
    ), shares AS (
        SELECT p.id, (SELECT count(*) FROM tickets k JOIN correction_tickets g ON g.ticket_id = k.id
                      JOIN corrections c ON c.id = g.correction_id
                      WHERE k.event_id = p.id AND c.kind <> 'correction') AS back,
               (SELECT count(*) FROM tickets k WHERE k.event_id = p.id AND k.status <> 'superseded') AS issued
        FROM past p
    )
    SELECT ahead.tickets AS ahead, count(*) FILTER (WHERE issued > 0) AS past,
           count(*) FILTER (WHERE issued > 0 AND back * now_sold.tickets >= ahead.tickets * issued) AS enough
    FROM ahead CROSS JOIN now_sold LEFT JOIN shares ON true GROUP BY ahead.tickets
""")  # noqa: S608 - as above
# The same person twice: by number, e-mail, phone or name.
_DOUBLES = text(f"""
    WITH open AS (
        SELECT w.id, w.user_id, w.state, w.priority, w.position, lower(u.email) AS email,
               split_part(coalesce(w.phone, u.phone), ':', 3) AS phone,
               fold_text(u.first_name || ' ' || u.last_name) AS name
        FROM waitlist w JOIN users u ON u.id = w.user_id WHERE w.event_id = :event_id AND w.state IN {_OPEN}
    ), pairs AS (
        SELECT a.id AS first, b.id AS second FROM open a JOIN open b ON a.user_id = b.user_id
        UNION SELECT a.id, b.id FROM open a JOIN open b ON a.email = b.email
        UNION SELECT a.id, b.id FROM open a JOIN open b ON a.phone = b.phone AND a.phone <> ''
        UNION SELECT a.id, b.id FROM open a JOIN open b ON a.name = b.name AND trim(a.name) <> ''
    )
    SELECT p.first, p.second FROM pairs p JOIN open a ON a.id = p.first JOIN open b ON b.id = p.second
    WHERE b.state = 'waiting' AND a.state <> 'told' AND p.first <> p.second
      AND (a.state = 'offered' OR (-a.priority, a.position) < (-b.priority, b.position))
    ORDER BY a.position, b.position LIMIT {MOST_DOUBLES}
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Sought:
    """Text that was typed to find somebody: folded by the database, and the fingerprints it may be."""

    text: str
    phones: list[str]


def events(session: Session) -> tuple[WaitlistEvent, ...]:
    """Return upcoming events that somebody waits for, waited for, or could."""
    rows = session.execute(_EVENTS).all()
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
    rows = session.execute(_ENTRIES, asked).all()
    return WaitlistPage(tuple(map(_entry, rows[:most])), more=most is not None and len(rows) > most)


def entry(session: Session, entry_id: int) -> WaitlistEntry:
    """Return one entry. Raises UnknownEntry."""
    event_id = session.scalar(_EVENT_OF, {"id": entry_id})
    if event_id is None:
        raise UnknownEntry(str(entry_id))
    return _by_id(session, event_id, [entry_id])[entry_id]


def entries_of(session: Session, event_id: int, customer_id: int) -> tuple[WaitlistEntry, ...]:
    """Return the open entries of somebody on an event's list, one for each tier at most."""
    ids = list(session.scalars(_OPEN_OF, {"event_id": event_id, "customer_id": customer_id}))
    # Places are counted for those few alone who stand there already.
    return tuple(_by_id(session, event_id, ids).values()) if ids else ()


def to_call(session: Session) -> int:
    """Return how many people have to be called about what is offered to them, of all events."""
    return int(session.execute(_COUNT_TO_CALL).scalar_one())


def story(session: Session, entry_id: int) -> tuple[Evaluation, ...]:
    """Return every time tickets were there for an entry, newest first."""
    rows = session.execute(_STORY, {"id": entry_id, "most": MOST_EVALUATIONS})
    return tuple(
        Evaluation(row.at, row.tier_id, row.tier, Verdict(row.verdict), row.wanted, row.tickets_left,
                   row.all_together, row.tier_limit)
        for row in rows
    )  # fmt: skip


def history(session: Session, entry_id: int) -> tuple[EntryDeed, ...]:
    """Return what happened with an entry, newest first."""
    rows = session.execute(_HISTORY, {"id": entry_id, "most": MOST_DEEDS})
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
    rows = session.execute(_FOLLOWERS, {"offer_id": offer_id}).all()
    if not rows:
        return ()
    found = _by_id(session, rows[0].event_id, [row.id for row in rows])
    return tuple(found[row.id] for row in rows)


def chance(session: Session, entry_id: int) -> Chance:
    """Return how likely tickets are. Raises UnknownEntry."""
    row = session.execute(_CHANCE, {"id": entry_id}).one_or_none()
    if row is None:
        raise UnknownEntry(str(entry_id))
    return Chance(int(row.ahead), int(row.past), int(row.enough))


def doubles(session: Session, event_id: int) -> tuple[tuple[WaitlistEntry, WaitlistEntry], ...]:
    """Return pairs of entries that look like one person; the first is the one to keep."""
    pairs = [(row.first, row.second) for row in session.execute(_DOUBLES, {"event_id": event_id})]
    found = _by_id(session, event_id, sorted({one for pair in pairs for one in pair}))
    return tuple((found[first], found[second]) for first, second in pairs)


def open_offer(session: Session, entry_id: int) -> Offer | None:
    """Return the offer that an entry holds."""
    row = session.execute(_OPEN_OFFER, {"entry_id": entry_id}).one_or_none()
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
    row = session.execute(_BY_CODE, {"code": code}).one_or_none()
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


def _by_id(session: Session, event_id: int, ids: list[int]) -> dict[int, WaitlistEntry]:
    rows = session.execute(_ONE, {"event_id": event_id, "ids": ids, "most_skips": MOST_SHOWN_SKIPS})
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
    )


def _escaped(typed: str) -> str:
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
