"""The statements that read the waitlist."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import TextClause, text

MOST_DOUBLES = 50

_OPEN = "('waiting', 'told', 'offered')"
# A letter that failed, or none: they are called, until somebody was reached.
_TO_CALL = """
    o.state = 'open' AND (m.id IS NULL OR m.state = 'failed')
    AND NOT EXISTS (SELECT 1 FROM waitlist_calls c
                    WHERE c.offer_id = o.id AND c.outcome IN ('reached', 'declined'))
"""
EVENTS = text(f"""
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
    o.id AS offer_id, o.tier_id AS offer_tier_id, ot.name AS offer_tier, o.quantity AS offer_quantity,
    o.created_at AS offered_at, o.expires_at AS until,
    CASE WHEN o.mail_id IS NULL THEN 'none' ELSE coalesce(m.state, 'sent') END AS mail,
    calls.number AS calls, calls.outcome AS last_call, calls.at AS last_call_at,
    coalesce(calls.is_reached, false) AS is_reached, oe.currency
"""
_AT_COUNTER = """
    o.code,
    CASE WHEN o.state = 'open'
         THEN round((price_of(oe, ARRAY[o.tier_id], ARRAY[o.quantity::bigint], NULL, NULL)).total,
                    minor_digits(oe.currency)) END AS price
"""
_OFFER_JOINS = """
    LEFT JOIN ticket_tiers ot ON ot.id = o.tier_id
    LEFT JOIN events oe ON oe.id = o.event_id
    LEFT JOIN email_notifications m ON m.id = o.mail_id
    LEFT JOIN LATERAL (
        SELECT count(*) OVER () AS number, c.outcome, c.created_at AS at,
               bool_or(c.outcome IN ('reached', 'declined')) OVER () AS is_reached
        FROM waitlist_calls c WHERE c.offer_id = o.id ORDER BY c.id DESC LIMIT 1) calls ON true
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of an entry is seen by whom: what the database does not show them is not asked for."""

    chosen: str
    contact: str
    offer: str
    order_number: str
    order: str
    story: str
    text: str


_COLUMNS = """
    w.id, w.event_id, w.user_id, w.tier_id, w.quantity, w.all_together, w.priority, w.position, w.state,
    w.created_at, w.changed_at
"""
_STAFF = _Seen(
    chosen=f"{_COLUMNS}, w.phone, w.notes",
    contact="""
        coalesce(u.email, '') AS email, coalesce(w.phone, u.phone, '') AS phone,
        coalesce(w.notes, '') AS notes
    """,
    offer=_AT_COUNTER,
    order_number="coalesce(b.order_number, '') AS order_number",
    order="LEFT JOIN orders b ON b.purchase_key = o.purchase_key",
    story="waitlist_story((SELECT x FROM waitlist x WHERE x.id = w.id), :most_skips)",
    text="""
        (:text = '' OR w.user_id IN (
            SELECT u.id FROM users u
            WHERE ' ' || fold_text(concat_ws(' ', u.first_name, u.last_name, u.email)) LIKE :like
               OR split_part(u.phone, ':', 3) = ANY (:phones))
            OR split_part(w.phone, ':', 3) = ANY (:phones))
    """,
)
# A promoter knows who waits, and not how they are reached; whoever says an offer's code gets its tickets.
_PROMOTER = _Seen(
    chosen=_COLUMNS,
    contact="'' AS email, '' AS phone, '' AS notes",
    offer="'' AS code, NULL::numeric AS price",
    order_number="'' AS order_number",
    order="",
    story="waitlist_story_of(w.id, :most_skips)",
    text="""
        (:text = '' OR w.user_id IN (
            SELECT u.id FROM users u
            WHERE ' ' || fold_text(u.first_name || ' ' || u.last_name) LIKE :like))
    """,
)


def _entry_by(seen: _Seen) -> str:
    return f"""
    SELECT w.id, w.event_id, w.tier_id, coalesce(t.name, '') AS tier, w.user_id,
           trim(u.first_name || ' ' || u.last_name) AS name, {seen.contact}, w.quantity, w.all_together,
           w.priority, w.state, p.place, w.created_at, w.changed_at, w.position, {_OFFER}, {seen.offer},
           {seen.order_number},
           coalesce(s.skipped, 0) AS skipped, s.at AS skip_at, s.tier_id AS skip_tier_id, s.tier AS skip_tier,
           s.verdict AS skip_verdict, s.wanted AS skip_wanted, s.tickets_left AS skip_left,
           s.tier_limit AS skip_limit, s.all_together AS skip_together
    FROM chosen w JOIN users u ON u.id = w.user_id
    LEFT JOIN places p ON p.id = w.id
    LEFT JOIN ticket_tiers t ON t.id = w.tier_id
    LEFT JOIN LATERAL (
        SELECT f.id FROM waitlist_offers f WHERE f.waitlist_id = w.id ORDER BY f.id DESC LIMIT 1
    ) newest ON true
    LEFT JOIN waitlist_offers o ON o.id = newest.id
    {_OFFER_JOINS} {seen.order}
    LEFT JOIN LATERAL (
        SELECT k.*, count(*) OVER () AS skipped FROM {seen.story} k
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


@dataclass(frozen=True, slots=True)
class Reader:
    """The statements that somebody reads entries with."""

    entries: TextClause
    by_ids: TextClause


def _reader(seen: _Seen) -> Reader:
    entry = _entry_by(seen)
    return Reader(
        entries=text(f"""
    WITH places AS ({_PLACES}), chosen AS (
        SELECT {seen.chosen} FROM waitlist w
        WHERE w.event_id = :event_id
          AND (CAST(:tier_id AS bigint) IS NULL OR w.tier_id = :tier_id OR w.tier_id IS NULL)
          AND (CAST(:states AS text[]) = '{{}}' OR w.state = ANY (:states))
          AND (NOT :to_call OR EXISTS (
              SELECT 1 FROM waitlist_offers o LEFT JOIN email_notifications m ON m.id = o.mail_id
              WHERE o.waitlist_id = w.id AND {_TO_CALL}))
          AND {seen.text} {_BEHIND}
        {_ORDER} LIMIT :most
    )
    {entry} {_ORDER}
"""),  # noqa: S608 - made of our own words alone
        by_ids=text(f"""
    WITH places AS ({_PLACES}), chosen AS (
        SELECT {seen.chosen} FROM waitlist w WHERE w.id = ANY (:ids))
    {entry}
"""),  # noqa: S608 - as above
    )


STAFF, PROMOTER = _reader(_STAFF), _reader(_PROMOTER)
OPEN_OF = text(f"""
    SELECT id FROM waitlist
    WHERE event_id = :event_id AND user_id = :customer_id AND state IN {_OPEN} ORDER BY id
""")  # noqa: S608 - as above
COUNT_TO_CALL = text(f"""
    SELECT count(*) FROM waitlist_offers o LEFT JOIN email_notifications m ON m.id = o.mail_id
    WHERE {_TO_CALL}
""")  # noqa: S608 - as above
EVENT_OF = text("SELECT event_id FROM waitlist WHERE id = :id")
OPEN_OFFER = text(f"""
    SELECT o.event_id, o.waitlist_id, {_OFFER}, {_AT_COUNTER} FROM waitlist_offers o {_OFFER_JOINS}
    WHERE o.waitlist_id = :entry_id AND o.state = 'open'
""")  # noqa: S608 - as above
BY_CODE = text(f"""
    SELECT o.event_id, o.waitlist_id, {_OFFER}, {_AT_COUNTER}, o.state, o.ended_at,
           o.expires_at <= clock_timestamp() AS is_over,
           e.title, e.time_zone, u.id AS user_id, trim(u.first_name || ' ' || u.last_name) AS name,
           b.order_number
    FROM waitlist_offers o {_OFFER_JOINS}
    JOIN events e ON e.id = o.event_id
    LEFT JOIN waitlist w ON w.id = o.waitlist_id LEFT JOIN users u ON u.id = w.user_id
    LEFT JOIN orders b ON b.purchase_key = o.purchase_key
    WHERE o.code = :code
""")  # noqa: S608 - as above
STORY = text("SELECT * FROM waitlist_story_of(:id, :most) ORDER BY at DESC, tier_id")
HISTORY = text("SELECT * FROM waitlist_history(:id, :most)")
FOLLOWERS = text("""
    SELECT f.id, w.event_id
    FROM offer_followers(:offer_id) WITH ORDINALITY f (id, nth) JOIN waitlist w ON w.id = f.id ORDER BY f.nth
""")
CHANCE = text("SELECT ahead, past, enough FROM waitlist_chance(:id, :most)")
# The same person twice: by number, e-mail, phone or name. One record may wait for two tiers, each on its own.
DOUBLES = text(f"""
    WITH open AS (
        SELECT w.id, w.user_id, w.tier_id, w.state, w.priority, w.position, lower(u.email) AS email,
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
      AND (a.user_id <> b.user_id OR a.tier_id IS NULL OR b.tier_id IS NULL)
      AND (a.state = 'offered' OR (-a.priority, a.position) < (-b.priority, b.position))
    ORDER BY a.position, b.position LIMIT {MOST_DOUBLES}
""")  # noqa: S608 - as above
