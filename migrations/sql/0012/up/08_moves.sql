-- As revision 0011 has it; a move to a tier that somebody waited for before is refused only while they still do.
CREATE OR REPLACE FUNCTION change_waitlist_entry(
    p_entry_id bigint, p_tier_id bigint, p_quantity integer, p_all_together boolean, p_phone text, p_notes text,
    p_till_id bigint
) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    w       waitlist;
    before  waitlist;
    wanted  bigint[];
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM require_sealed(p_notes);
    wanted := (SELECT tiers_wanted(event_id, p_tier_id) FROM waitlist WHERE id = p_entry_id);
    w := lock_entry(p_entry_id, wanted);
    PERFORM require_contact(w.user_id, coalesce(p_phone, w.phone));
    IF w.state <> 'waiting' THEN
        PERFORM refuse(jsonb_build_object('refusal', 'entry_closed', 'state', w.state));
    ELSIF cardinality(wanted) = 0 THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_tier', 'tier', coalesce(p_tier_id::text, '')));
    END IF;
    SELECT * INTO before FROM waitlist
    WHERE event_id = w.event_id AND user_id = w.user_id AND id <> w.id AND tier_id IS NOT DISTINCT FROM p_tier_id
    FOR NO KEY UPDATE;
    IF before.state IN ('waiting', 'told', 'offered') THEN
        PERFORM refuse('{"refusal": "already_waiting"}');
    END IF;
    PERFORM require_waiting((SELECT e FROM events e WHERE e.id = w.event_id), wanted, p_quantity, p_all_together);
    IF before.id IS NOT NULL THEN
        -- Who stood there once has a row of that tier, and it goes on with the place of this one.
        UPDATE waitlist SET state = 'merged', merged_into = before.id, position = before.position WHERE id = w.id;
        UPDATE waitlist SET state = 'waiting', merged_into = NULL, notified_at = NULL, notification_expires_at = NULL,
            quantity = p_quantity, all_together = p_all_together, position = w.position, priority = w.priority,
            created_at = w.created_at, phone = CASE WHEN p_phone IS NULL THEN w.phone ELSE nullif(p_phone, '') END,
            notes = CASE WHEN p_notes IS NULL THEN w.notes ELSE nullif(p_notes, '') END
        WHERE id = before.id;
        RETURN joined_facts(before.id, false);
    END IF;
    UPDATE waitlist SET tier_id = p_tier_id, quantity = p_quantity, all_together = p_all_together,
        phone = CASE WHEN p_phone IS NULL THEN phone ELSE nullif(p_phone, '') END,
        notes = CASE WHEN p_notes IS NULL THEN notes ELSE nullif(p_notes, '') END
    WHERE id = w.id;
    RETURN joined_facts(w.id, false);
END $$;
