-- What happened with somebody who waits, for whoever is asked at the counter: nothing is written down for it, it is read
-- from the evidence, the offers, the letters and the calls.

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
    WHEN l.after ->> 'state' = 'waiting' AND l.before ->> 'state' = 'redeemed' THEN 'returned' -- a slip at the counter
    WHEN l.after ? 'state' THEN NULL
    WHEN l.after ?| ARRAY['quantity', 'all_together', 'tier_id'] OR l.before ? 'tier_id' THEN 'changed'
    WHEN l.after ? 'notification_expires_at' THEN 'deadline_moved'
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
    -- Of somebody who was erased nothing is told, though the evidence is kept.
    IF NOT EXISTS (SELECT 1 FROM waitlist WHERE id = p_entry_id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_entry', 'entry', coalesce(p_entry_id::text, '')));
    END IF;
    RETURN QUERY
    WITH offers AS (
        SELECT o.id, o.created_at, o.expires_at, o.quantity, o.mail_id, o.purchase_key, t.name AS tier,
               s.created_at AS served_at
        FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id
        JOIN waitlist_servings s ON s.serving_id = o.serving_id AND s.tier_id = o.tier_id
        WHERE o.waitlist_id = p_entry_id
    ), evidence AS (
        -- Only what differs is written down: how often a column was by then tells which rows have its value of then.
        SELECT l, l.id, count(*) FILTER (WHERE l.after ? 'tier_id' OR l.before ? 'tier_id') OVER so_far AS tiers,
               count(*) FILTER (WHERE l.after ? 'quantity') OVER so_far AS quantities,
               count(*) FILTER (WHERE l.after ? 'all_together') OVER so_far AS togethers,
               count(*) FILTER (WHERE l.after ? 'priority') OVER so_far AS priorities
        FROM audit_logs l WHERE l.entity = 'waitlist' AND l.entity_id = p_entry_id
        WINDOW so_far AS (ORDER BY l.id)
    ), known AS (
        SELECT (v.l).*, waitlist_event_of(v.l) AS what,
               (first_value((v.l).after ->> 'tier_id') OVER (PARTITION BY v.tiers ORDER BY v.id))::bigint AS tier_then,
               (first_value((v.l).after ->> 'quantity') OVER (PARTITION BY v.quantities ORDER BY v.id))::integer AS wanted,
               (first_value((v.l).after ->> 'all_together') OVER (PARTITION BY v.togethers ORDER BY v.id))::boolean AS together,
               (first_value((v.l).after ->> 'priority') OVER (PARTITION BY v.priorities ORDER BY v.id))::integer AS rank_then
        FROM evidence v
    ), told AS (
        SELECT l.at, l.what, l.user_id, l.till_id, l.reason, NULL::bigint AS offer_id,
               CASE WHEN l.what IN ('joined', 'changed') THEN (SELECT t.name FROM ticket_tiers t WHERE t.id = l.tier_then) END
                   AS tier,
               CASE WHEN l.what IN ('joined', 'changed') THEN l.wanted END AS quantity,
               CASE WHEN l.what IN ('joined', 'changed') THEN l.together END AS all_together,
               CASE WHEN l.what = 'prioritised' THEN l.rank_then END AS priority,
               CASE WHEN l.what = 'deadline_moved' THEN (l.after ->> 'notification_expires_at')::timestamptz END AS until,
               NULL::text AS outcome,
               CASE WHEN l.what = 'redeemed' THEN
                    (SELECT b.order_number FROM offers o JOIN orders b ON b.purchase_key = o.purchase_key
                     WHERE o.created_at <= l.at ORDER BY o.id DESC LIMIT 1) END AS order_number
        FROM known l WHERE l.what IS NOT NULL
        UNION ALL
        SELECT l.at, 'absorbed', l.user_id, l.till_id, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM audit_logs l
        WHERE l.entity = 'waitlist' AND l.action = 'merged'
          AND l.entity_id IN (SELECT m.id FROM waitlist m WHERE m.merged_into = p_entry_id)
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
    -- Whose program it was that saw the time of an offer or an order run out means nothing.
    LEFT JOIN users u ON u.id = d.user_id AND d.what NOT IN ('expired', 'returned')
    LEFT JOIN tills k ON k.id = d.till_id
    ORDER BY d.at DESC, d.what LIMIT p_most;
END $$;

-- To whom the tickets of an offer that came to nothing went, with those of others that ended together with it.
CREATE FUNCTION offer_followers(p_offer_id bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT n.waitlist_id
    FROM waitlist_offers o
    JOIN waitlist_servings s ON s.event_id = o.event_id AND s.created_at >= o.ended_at AND s.served_in = o.ended_in
    JOIN waitlist_offers n ON n.serving_id = s.serving_id AND n.tier_id = s.tier_id
    WHERE o.id = p_offer_id AND o.ended_in > 0 AND n.waitlist_id IS NOT NULL
    ORDER BY n.id
$$;
