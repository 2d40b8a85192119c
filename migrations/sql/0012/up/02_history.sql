-- What happened with somebody who waits, for whoever is asked at the counter: nothing is written down for it, it is read
-- from the evidence, the offers, the letters and the calls.

-- What an entry looked like after a row of its evidence, in one column: the newest value up to it.
CREATE FUNCTION waitlist_column_at(p_entry_id bigint, p_audit_id bigint, p_column text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT l.after ->> p_column FROM audit_logs l
    WHERE l.entity = 'waitlist' AND l.entity_id = p_entry_id AND l.id <= p_audit_id
      AND (l.after ? p_column OR l.before ? p_column)
    ORDER BY l.id DESC LIMIT 1
$$;

-- What a row of evidence about an entry tells; NULL for what another row tells better: an offer by itself, a deed with a
-- reason by its note.
CREATE FUNCTION waitlist_event_of(l audit_logs) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
    WHEN l.action IN ('prioritised', 'withdrawn', 'reopened', 'merged') THEN l.action
    WHEN l.action = 'added' THEN 'joined'
    WHEN l.action <> 'changed' THEN NULL
    WHEN l.after ->> 'state' IN ('told', 'redeemed', 'declined', 'expired', 'returned', 'cancelled') THEN l.after ->> 'state'
    WHEN l.after ->> 'state' = 'waiting' AND l.after ? 'created_at' THEN 'joined' -- at the end again
    WHEN l.after ? 'state' THEN NULL
    WHEN l.after ?| ARRAY['quantity', 'all_together', 'tier_id'] OR l.before ? 'tier_id' THEN 'changed'
    WHEN l.after ? 'notification_expires_at' THEN 'extended'
END;

CREATE FUNCTION waitlist_history(p_entry_id bigint, p_most integer) RETURNS TABLE (
    at timestamptz, what text, by_whom text, till text, reason text, offer_id bigint, tier text, quantity integer,
    all_together boolean, priority integer, until timestamptz, outcome text, order_number text)
LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM require_role('clerk', 'manager');
    RETURN QUERY
    WITH offers AS (
        SELECT o.id, o.created_at, o.expires_at, o.quantity, o.mail_id, o.purchase_key, t.name AS tier,
               s.created_at AS served_at
        FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id
        JOIN waitlist_servings s ON s.serving_id = o.serving_id AND s.tier_id = o.tier_id
        WHERE o.waitlist_id = p_entry_id
    ), told AS (
        SELECT l.at, e.what, l.user_id, l.till_id, l.reason, NULL::bigint AS offer_id,
               (SELECT t.name FROM ticket_tiers t
                WHERE e.what IN ('joined', 'changed')
                  AND t.id = waitlist_column_at(p_entry_id, l.id, 'tier_id')::bigint) AS tier,
               CASE WHEN e.what IN ('joined', 'changed') THEN waitlist_column_at(p_entry_id, l.id, 'quantity')::integer
               END AS quantity,
               CASE WHEN e.what IN ('joined', 'changed')
                    THEN waitlist_column_at(p_entry_id, l.id, 'all_together')::boolean END AS all_together,
               CASE WHEN e.what = 'prioritised'
                    THEN waitlist_column_at(p_entry_id, l.id, 'priority')::integer END AS priority,
               CASE WHEN e.what = 'extended' THEN (l.after ->> 'notification_expires_at')::timestamptz END AS until,
               NULL::text AS outcome,
               CASE WHEN e.what = 'redeemed' THEN
                    (SELECT b.order_number FROM offers o JOIN orders b ON b.purchase_key = o.purchase_key
                     WHERE o.created_at <= l.at ORDER BY o.id DESC LIMIT 1) END AS order_number
        FROM audit_logs l CROSS JOIN LATERAL (SELECT waitlist_event_of(l) AS what) e
        WHERE l.entity = 'waitlist' AND l.entity_id = p_entry_id AND e.what IS NOT NULL
        UNION ALL
        -- As it was made: more time is told by itself.
        SELECT o.served_at, 'offered', NULL, NULL, '', o.id, o.tier, o.quantity, NULL, NULL,
               (SELECT (l.after ->> 'notification_expires_at')::timestamptz FROM audit_logs l
                WHERE l.entity = 'waitlist' AND l.entity_id = p_entry_id AND l.at >= o.served_at
                  AND l.after ->> 'state' = 'offered' ORDER BY l.id LIMIT 1), NULL, NULL
        FROM offers o
        UNION ALL
        SELECT coalesce(m.sent_at, m.created_at), CASE m.state WHEN 'sent' THEN 'mailed' ELSE 'mail_failed' END, NULL, NULL,
               '', o.id, o.tier, o.quantity, NULL, NULL, NULL, NULL, NULL
        FROM offers o JOIN email_notifications m ON m.id = o.mail_id
        WHERE m.state = 'sent' OR m.state = 'failed' AND m.failure <> 'void'
        UNION ALL
        SELECT c.created_at, 'called', c.clerk_id, c.till_id, '', o.id, o.tier, o.quantity, NULL, NULL, NULL, c.outcome, NULL
        FROM offers o JOIN waitlist_calls c ON c.offer_id = o.id
    )
    SELECT d.at, d.what, coalesce(trim(u.first_name || ' ' || u.last_name), ''), coalesce(k.name, ''),
           -- The program's own note of a merging is no reason.
           CASE WHEN d.what = 'merged' THEN '' ELSE d.reason END, d.offer_id, coalesce(d.tier, ''), coalesce(d.quantity, 0),
           coalesce(d.all_together, false), coalesce(d.priority, 0), d.until, d.outcome, coalesce(d.order_number, '')
    FROM told d
    -- Whose program it was that saw the time run out means nothing.
    LEFT JOIN users u ON u.id = d.user_id AND d.what <> 'expired'
    LEFT JOIN tills k ON k.id = d.till_id
    ORDER BY d.at DESC, d.what LIMIT p_most;
END $$;

-- To whom the tickets of an offer that came to nothing went: the offers of the first serving after its end.
CREATE FUNCTION offer_followers(p_offer_id bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT n.waitlist_id
    FROM waitlist_offers o
    CROSS JOIN LATERAL (
        SELECT s.serving_id FROM waitlist_servings s
        WHERE s.tier_id = o.tier_id AND s.event_id = o.event_id AND s.created_at >= o.ended_at
        ORDER BY s.created_at LIMIT 1) first
    -- Made by a transaction that was at work when it ended: a later one served what came free later.
    JOIN waitlist_offers n ON n.serving_id = first.serving_id AND n.created_at <= o.ended_at
    WHERE o.id = p_offer_id AND o.state IN ('declined', 'expired', 'withdrawn') AND n.waitlist_id IS NOT NULL
    ORDER BY n.id
$$;
