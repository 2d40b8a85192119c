-- A promoter's own lists: who waits and why, not how they are reached, nor with which code their tickets are had.

CREATE FUNCTION require_own_entry(p_entry_id bigint) RETURNS waitlist
LANGUAGE plpgsql STABLE AS $$
DECLARE
    w waitlist;
BEGIN
    PERFORM require_role('clerk', 'manager', 'promoter');
    SELECT * INTO w FROM waitlist WHERE id = p_entry_id;
    IF NOT FOUND OR my_role() = 'promoter' AND NOT EXISTS (
        SELECT 1 FROM events e WHERE e.id = w.event_id AND e.promoter_id = my_promoter_id()) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_entry', 'entry', coalesce(p_entry_id::text, '')));
    END IF;
    RETURN w;
END $$;

-- The story of one entry, for whoever may read it.
CREATE FUNCTION waitlist_story_of(p_entry_id bigint, p_most integer) RETURNS TABLE (
    at timestamptz, tier_id bigint, tier text, verdict text, wanted integer, tickets_left integer, all_together boolean,
    tier_limit integer)
LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM waitlist_story(require_own_entry(p_entry_id), p_most);
END $$;

-- How likely tickets are: what came back of past events of the same promoter, as a share of what was sold of each. Slips that
-- were corrected at once are none.
CREATE FUNCTION waitlist_chance(p_entry_id bigint, p_most_events integer) RETURNS TABLE (
    ahead bigint, past bigint, enough bigint)
LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me         CONSTANT waitlist := require_own_entry(p_entry_id);
    before_me  bigint;
    sold_now   bigint;
BEGIN
    SELECT coalesce(sum(b.quantity), 0) + me.quantity INTO before_me FROM waitlist b
    WHERE b.event_id = me.event_id AND b.state = 'waiting' AND b.id <> me.id
      AND (me.tier_id IS NULL OR b.tier_id IS NULL OR b.tier_id = me.tier_id)
      AND (-b.priority, b.position) < (-me.priority, me.position);
    SELECT coalesce(sum(t.sold), 0) INTO sold_now FROM ticket_tiers t
    WHERE t.event_id = me.event_id AND (me.tier_id IS NULL OR t.id = me.tier_id);
    RETURN QUERY
    WITH past AS (
        SELECT e.id FROM events e JOIN events mine ON mine.id = me.event_id
        WHERE e.promoter_id = mine.promoter_id AND e.start_time < now() AND e.status IN ('published', 'completed')
        ORDER BY e.start_time DESC LIMIT p_most_events
    ), shares AS (
        SELECT p.id, (SELECT count(*) FROM tickets k JOIN correction_tickets g ON g.ticket_id = k.id
                      JOIN corrections c ON c.id = g.correction_id
                      WHERE k.event_id = p.id AND c.kind <> 'correction') AS back,
               (SELECT count(*) FROM tickets k WHERE k.event_id = p.id AND k.status <> 'superseded') AS issued
        FROM past p
    )
    SELECT before_me, count(*) FILTER (WHERE s.issued > 0),
           count(*) FILTER (WHERE s.issued > 0 AND s.back * sold_now >= before_me * s.issued)
    FROM shares s;
END $$;

CREATE POLICY notices_of_own_lists ON email_notifications FOR SELECT TO boxoffice_promoter
    USING (waitlist_id IN (SELECT w.id FROM waitlist w));
CREATE POLICY own ON waitlist_calls FOR SELECT TO boxoffice_promoter
    USING (offer_id IN (SELECT o.id FROM waitlist_offers o));
