-- Why was I passed over? Nothing is guessed: what was free at a serving, less what went to those before this entry, is
-- what was left at its turn.

CREATE FUNCTION waitlist_verdict(
    quantity integer, all_together boolean, tickets_left integer, min_purchase integer, max_purchase integer,
    obstacle text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN obstacle = 'cut_off' THEN 'cut_off'
    WHEN obstacle <> '' THEN 'not_on_sale'
    WHEN tickets_left <= 0 THEN 'gone'
    WHEN waitlist_fit(quantity, all_together, tickets_left, min_purchase, max_purchase) > 0 THEN 'offered'
    WHEN all_together AND quantity > max_purchase THEN 'over_limit'
    WHEN all_together AND quantity > tickets_left THEN 'too_few'
    ELSE 'under_minimum'
END;

-- The newest servings of an entry's tiers since it wants what it wants and as long as it waited, and what came of each
-- for it.
CREATE FUNCTION waitlist_story(w waitlist, p_most integer) RETURNS TABLE (
    at timestamptz, tier_id bigint, tier text, verdict text, wanted integer, tickets_left integer, all_together boolean,
    tier_limit integer)
LANGUAGE sql STABLE AS $$
    WITH until AS (
        SELECT coalesce(min(v.created_at), CASE WHEN w.state = 'waiting' THEN 'infinity' ELSE w.changed_at END) AS at
        FROM waitlist_offers o JOIN waitlist_servings v ON v.serving_id = o.serving_id AND v.tier_id = o.tier_id
        WHERE o.waitlist_id = w.id AND v.created_at >= w.asked_at
    ), served AS (
        SELECT s.* FROM waitlist_servings s, until
        WHERE s.event_id = w.event_id AND s.created_at BETWEEN w.asked_at AND until.at
          AND s.tier_id IN (SELECT k.id FROM ticket_tiers k
                            WHERE k.event_id = w.event_id AND (w.tier_id IS NULL OR k.id = w.tier_id))
        ORDER BY s.created_at DESC LIMIT p_most
    )
    SELECT s.created_at, s.tier_id, t.name,
           CASE WHEN mine.id IS NOT NULL THEN 'offered' ELSE v.verdict END,
           w.quantity, greatest(turn.tickets_left, 0), w.all_together,
           CASE v.verdict WHEN 'over_limit' THEN s.max_purchase WHEN 'under_minimum' THEN s.min_purchase ELSE 0 END
    FROM served s JOIN ticket_tiers t ON t.id = s.tier_id
    CROSS JOIN LATERAL (
        SELECT least(s.available - coalesce(sum(o.quantity) FILTER (WHERE o.tier_id = s.tier_id), 0),
                     s.house_left - coalesce(sum(o.quantity), 0))::integer AS tickets_left
        FROM waitlist_offers o
        WHERE o.serving_id = s.serving_id AND (-o.priority, o.position) < (-w.priority, w.position)
    ) turn
    CROSS JOIN LATERAL (
        SELECT waitlist_verdict(w.quantity, w.all_together, turn.tickets_left, s.min_purchase, s.max_purchase, s.obstacle)
            AS verdict
    ) v
    LEFT JOIN waitlist_offers mine ON mine.serving_id = s.serving_id AND mine.waitlist_id = w.id
    WHERE mine.id IS NULL OR mine.tier_id = s.tier_id
    ORDER BY s.created_at DESC, s.tier_id
$$;
