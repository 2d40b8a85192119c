-- Joining the list, and what becomes of an entry. Every deed locks alike: the event's turn for sales, the tiers by number,
-- then the list; so whoever joins and whoever frees a seat meet at the tier, and one of them sees the other.

CREATE FUNCTION lock_list(p_event_id bigint, p_tier_ids bigint[]) RETURNS events
LANGUAGE plpgsql AS $$
DECLARE
    e events := lock_event_for_sale(p_event_id);
BEGIN
    PERFORM lock_tiers(p_tier_ids);
    PERFORM lock_waitlist(p_event_id);
    RETURN e;
END $$;

-- The tiers that an entry waits for: its own, or all of the event.
CREATE FUNCTION tiers_wanted(p_event_id bigint, p_tier_id bigint) RETURNS bigint[]
LANGUAGE sql STABLE
RETURN ARRAY(SELECT id FROM ticket_tiers WHERE event_id = p_event_id AND (p_tier_id IS NULL OR id = p_tier_id));

-- An entry with everything that it is changed with, locked.
CREATE FUNCTION lock_entry(p_entry_id bigint, p_more_tier_ids bigint[] DEFAULT '{}') RETURNS waitlist
LANGUAGE plpgsql AS $$
DECLARE
    w waitlist;
BEGIN
    SELECT * INTO w FROM waitlist WHERE id = p_entry_id;
    IF FOUND THEN
        PERFORM lock_event_for_sale(w.event_id); -- first of all: until then a tier may be added
        PERFORM lock_list(w.event_id, tiers_wanted(w.event_id, w.tier_id) || p_more_tier_ids
            || ARRAY(SELECT tier_id FROM waitlist_offers WHERE waitlist_id = w.id AND state = 'open'));
        SELECT * INTO w FROM waitlist WHERE id = p_entry_id FOR NO KEY UPDATE;
    END IF;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_entry', 'entry', coalesce(p_entry_id::text, '')));
    END IF;
    RETURN w;
END $$;

-- An offer that stands, locked with its entry and its tier.
CREATE FUNCTION lock_offer(p_offer_id bigint) RETURNS waitlist_offers
LANGUAGE plpgsql AS $$
DECLARE
    o waitlist_offers;
BEGIN
    SELECT * INTO o FROM waitlist_offers WHERE id = p_offer_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_entry', 'entry', coalesce(p_offer_id::text, '')));
    END IF;
    PERFORM lock_list(o.event_id, ARRAY[o.tier_id]);
    SELECT * INTO o FROM waitlist_offers WHERE id = p_offer_id FOR NO KEY UPDATE;
    PERFORM require_open_offer(o);
    RETURN o;
END $$;

-- An offer stands until its deadline, by the clock, whether or not somebody came by and ended it.
CREATE FUNCTION require_open_offer(o waitlist_offers) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF o.state <> 'open' OR o.expires_at <= clock_timestamp() THEN
        PERFORM refuse(jsonb_build_object('refusal', 'offer_over', 'until', coalesce(o.ended_at, o.expires_at),
            'state', CASE o.state WHEN 'open' THEN 'expired' ELSE o.state END));
    END IF;
END $$;

-- End an offer in this way; its tickets are free, and served to the next at the end of the transaction.
CREATE FUNCTION end_offer(o waitlist_offers, p_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id AND ended_at IS NULL;
    UPDATE waitlist_offers SET state = p_state, ended_at = clock_timestamp(), basket_key = NULL WHERE id = o.id;
    UPDATE waitlist SET state = p_state WHERE id = o.waitlist_id AND state = 'offered';
    UPDATE email_notifications SET state = 'failed', failure = 'void' WHERE id = o.mail_id AND state = 'queued';
END $$;

-- The place of an entry among those who are after the same tickets and have not got them; NULL when it is closed.
CREATE FUNCTION waitlist_place(w waitlist) RETURNS integer
LANGUAGE sql STABLE
RETURN CASE WHEN w.state IN ('waiting', 'told', 'offered') THEN 1 + (
    SELECT count(*)::integer FROM waitlist b
    WHERE b.event_id = w.event_id AND b.state IN ('waiting', 'told', 'offered')
      AND (w.tier_id IS NULL OR b.tier_id IS NULL OR b.tier_id = w.tier_id)
      AND (-b.priority, b.position) < (-w.priority, w.position)) END;

CREATE FUNCTION joined_facts(p_entry_id bigint, p_is_new boolean) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('entry_id', w.id, 'is_new', p_is_new, 'state', w.state, 'place', waitlist_place(w))
        FROM waitlist w WHERE w.id = p_entry_id);

-- Whether so many of these tiers can be waited for: they are on sale, one order may hold so many, and nobody has to wait.
CREATE FUNCTION require_waiting(e events, p_tier_ids bigint[], p_quantity integer, p_all_together boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    t      ticket_tiers;
    bad    ticket_tiers;
    most   integer := 0;
    house  CONSTANT integer := CASE WHEN e.capacity_shared THEN capacity_left(e) END;
    now_   CONSTANT timestamptz := clock_timestamp();
BEGIN
    FOR t IN SELECT k.* FROM ticket_tiers k WHERE k.id = ANY (p_tier_ids) ORDER BY k.position, k.id LOOP
        IF waitlist_obstacle(t, e, now_) <> '' THEN
            bad := coalesce(bad, t);
            CONTINUE;
        END IF;
        most := greatest(most, t.max_purchase);
        IF waitlist_fit(p_quantity, p_all_together, tier_available(t, house), t.min_purchase, t.max_purchase) > 0 THEN
            PERFORM refuse(jsonb_build_object('refusal', 'still_available', 'tier', t.name,
                'available', tier_available(t, house)));
        END IF;
    END LOOP;
    IF most = 0 AND not_sellable(bad, e, now_) IS NOT NULL THEN
        PERFORM refuse(jsonb_build_object('refusal', 'not_sellable', 'tier_id', bad.id, 'tier', bad.name,
            'reason', not_sellable(bad, e, now_), 'starts_at', bad.sale_start_time, 'ended_at', bad.sale_end_time));
    ELSIF most = 0 THEN
        PERFORM refuse(jsonb_build_object('refusal', 'waitlist_closed', 'since', waitlist_cutoff(bad, e)));
    END IF;
    IF (p_quantity BETWEEN 1 AND least(most, 20)) IS NOT TRUE THEN
        PERFORM refuse(jsonb_build_object('refusal', 'waitlist_limit', 'limit', least(most, 20)));
    END IF;
END $$;

-- Somebody who waits has to be told: by e-mail, or by a phone of theirs or one that was given for this.
CREATE FUNCTION require_contact(p_user_id bigint, p_phone text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_sealed(p_phone);
    IF coalesce(p_phone, '') = '' AND NOT EXISTS (
        SELECT 1 FROM users WHERE id = p_user_id AND (phone IS NOT NULL OR is_address(trim(email)))
    ) THEN
        PERFORM refuse('{"refusal": "contact_missing"}');
    END IF;
END $$;

-- Put somebody on an event's list, for a tier or for any (NULL). Whoever stands there already gets what they want now, at
-- their old place; whoever stood there once begins at the end again.
CREATE FUNCTION join_waitlist(
    p_event_id bigint, p_tier_id bigint, p_user_id bigint, p_quantity integer, p_all_together boolean, p_phone text,
    p_notes text, p_till_id bigint
) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    e       events;
    w       waitlist;
    wanted  bigint[];
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM require_customer(p_user_id);
    PERFORM require_contact(p_user_id, p_phone);
    PERFORM require_sealed(p_notes);
    PERFORM lock_event_for_sale(p_event_id);
    wanted := tiers_wanted(p_event_id, p_tier_id);
    e := lock_list(p_event_id, wanted);
    IF cardinality(wanted) = 0 THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_tier', 'tier', coalesce(p_tier_id::text, '')));
    END IF;
    SELECT * INTO w FROM waitlist
    WHERE event_id = p_event_id AND user_id = p_user_id AND tier_id IS NOT DISTINCT FROM p_tier_id FOR NO KEY UPDATE;
    IF w.state = 'offered' THEN
        RETURN joined_facts(w.id, false);
    END IF;
    PERFORM require_waiting(e, wanted, p_quantity, p_all_together);
    IF w.id IS NULL THEN
        INSERT INTO waitlist (event_id, user_id, tier_id, position, quantity, all_together, phone, notes)
        VALUES (p_event_id, p_user_id, p_tier_id, 1, p_quantity, p_all_together, nullif(p_phone, ''), nullif(p_notes, ''))
        RETURNING * INTO w;
        RETURN joined_facts(w.id, true);
    END IF;
    UPDATE waitlist SET quantity = p_quantity, all_together = p_all_together,
        phone = coalesce(nullif(p_phone, ''), phone), notes = coalesce(nullif(p_notes, ''), notes)
    WHERE id = w.id AND state = 'waiting';
    IF FOUND THEN
        RETURN joined_facts(w.id, false);
    END IF;
    UPDATE waitlist SET quantity = p_quantity, all_together = p_all_together, phone = nullif(p_phone, ''),
        notes = nullif(p_notes, ''), state = 'waiting', priority = 0, created_at = clock_timestamp(), merged_into = NULL,
        notified_at = NULL, notification_expires_at = NULL,
        position = (SELECT max(position) + 1 FROM waitlist WHERE event_id = p_event_id)
    WHERE id = w.id;
    RETURN joined_facts(w.id, true);
END $$;

-- What somebody who waits wants from now on, at the old place. Another tier is a move. NULL leaves phone or notes alone.
CREATE FUNCTION change_waitlist_entry(
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
    ELSIF EXISTS (SELECT 1 FROM waitlist WHERE event_id = w.event_id AND user_id = w.user_id AND id <> w.id
                  AND tier_id IS NOT DISTINCT FROM p_tier_id) THEN
        PERFORM refuse('{"refusal": "already_waiting"}');
    END IF;
    PERFORM require_waiting((SELECT e FROM events e WHERE e.id = w.event_id), wanted, p_quantity, p_all_together);
    UPDATE waitlist SET tier_id = p_tier_id, quantity = p_quantity, all_together = p_all_together,
        phone = CASE WHEN p_phone IS NULL THEN phone ELSE nullif(p_phone, '') END,
        notes = CASE WHEN p_notes IS NULL THEN notes ELSE nullif(p_notes, '') END
    WHERE id = w.id;
    RETURN joined_facts(w.id, false);
END $$;

-- Let somebody wait before others, or as everybody does (0): a manager's right, or by leave of one, and of the promoter
-- whose event it is; with a reason.
CREATE FUNCTION set_waitlist_priority(p_entry_id bigint, p_priority integer, p_reason text, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    w waitlist;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager', 'promoter');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    w := lock_entry(p_entry_id);
    IF my_role() = 'promoter' THEN
        PERFORM require_own_event(w.event_id);
    ELSE
        PERFORM require_place(p_till_id);
        PERFORM require_override('prioritise', 'event', w.event_id);
    END IF;
    IF w.state <> 'waiting' THEN
        PERFORM refuse(jsonb_build_object('refusal', 'entry_closed', 'state', w.state));
    END IF;
    UPDATE waitlist SET priority = least(greatest(p_priority, -100), 100) WHERE id = w.id;
    PERFORM note_waitlist(w, 'prioritised', p_reason, p_till_id);
END $$;

-- What was done with an entry, and why; what it looked like before and after is recorded by itself.
CREATE FUNCTION note_waitlist(w waitlist, p_action text, p_reason text, p_till_id bigint) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (my_user_id(), p_till_id, p_action, 'waitlist', w.id, jsonb_build_object('event', w.event_id, 'was', w.state),
            left(trim(p_reason), 500));
END;

-- Take somebody off the list, with the offer that they hold.
CREATE FUNCTION withdraw_waitlist_entry(p_entry_id bigint, p_reason text, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    w waitlist;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    w := lock_entry(p_entry_id);
    IF w.state NOT IN ('waiting', 'told', 'offered') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'entry_closed', 'state', w.state));
    END IF;
    PERFORM end_offer(o, 'withdrawn') FROM waitlist_offers o WHERE o.waitlist_id = w.id AND o.state = 'open';
    UPDATE waitlist SET state = 'withdrawn' WHERE id = w.id;
    PERFORM note_waitlist(w, 'withdrawn', p_reason, p_till_id);
END $$;

-- Let somebody wait again at the old place whose offer came to nothing; served at once if something is there.
CREATE FUNCTION reopen_waitlist_entry(p_entry_id bigint, p_reason text, p_till_id bigint) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    w waitlist;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    w := lock_entry(p_entry_id);
    IF w.state NOT IN ('told', 'declined', 'expired', 'withdrawn', 'returned', 'merged') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'entry_closed', 'state', w.state));
    END IF;
    UPDATE waitlist SET state = 'waiting', notified_at = NULL, notification_expires_at = NULL, merged_into = NULL
    WHERE id = w.id;
    PERFORM note_waitlist(w, 'reopened', p_reason, p_till_id);
    PERFORM serve_waitlist(w.event_id, tiers_wanted(w.event_id, w.tier_id));
    RETURN joined_facts(w.id, false);
END $$;

-- Of two open entries of one person make one: with the better place, the higher priority and the larger number. The
-- second one must not hold an offer. Two records of one person are a manager's to see: else a friend would be moved up.
CREATE FUNCTION merge_waitlist_entries(p_kept_id bigint, p_other_id bigint, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    kept   waitlist;
    other  waitlist;
    event  bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    SELECT w.event_id INTO event FROM waitlist w WHERE w.id = p_kept_id;
    IF event IS NULL OR p_kept_id = p_other_id OR NOT EXISTS (
        SELECT 1 FROM waitlist w WHERE w.id = p_other_id AND w.event_id = event) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_entry', 'entry', coalesce(p_other_id::text, '')));
    END IF;
    PERFORM lock_list(event, ARRAY(SELECT id FROM ticket_tiers WHERE event_id = event));
    SELECT * INTO kept FROM waitlist WHERE id = p_kept_id FOR NO KEY UPDATE;
    SELECT * INTO other FROM waitlist WHERE id = p_other_id FOR NO KEY UPDATE;
    IF kept.state NOT IN ('waiting', 'offered') OR other.state <> 'waiting' THEN
        PERFORM refuse(jsonb_build_object('refusal', 'entry_closed',
            'state', CASE WHEN other.state <> 'waiting' THEN other.state ELSE kept.state END));
    END IF;
    IF kept.user_id <> other.user_id THEN
        PERFORM require_override('prioritise', 'event', event);
    END IF;
    UPDATE waitlist SET state = 'merged', merged_into = kept.id, position = greatest(kept.position, other.position)
    WHERE id = other.id;
    UPDATE waitlist SET position = least(kept.position, other.position),
        priority = greatest(kept.priority, other.priority), quantity = greatest(kept.quantity, other.quantity),
        phone = coalesce(kept.phone, other.phone), notes = coalesce(kept.notes, other.notes)
    WHERE id = kept.id;
    PERFORM note_waitlist(other, 'merged', 'into ' || kept.id, p_till_id);
    PERFORM serve_waitlist(event, tiers_wanted(event, kept.tier_id));
END $$;
