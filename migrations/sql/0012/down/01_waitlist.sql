DROP POLICY notices_of_own_lists ON email_notifications;
DROP POLICY own ON waitlist_calls;
DROP FUNCTION waitlist_story_of, waitlist_chance, require_own_entry;
DROP FUNCTION offer_followers, waitlist_history, waitlist_event_of;
CREATE OR REPLACE FUNCTION take_waitlist_position() RETURNS trigger
LANGUAGE plpgsql
SET lock_timeout = '3s'
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM pg_advisory_xact_lock(hashtextextended('waitlist', NEW.event_id));
    SELECT coalesce(max(position), 0) + 1 INTO NEW.position FROM waitlist WHERE event_id = NEW.event_id;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION serve_what_came_free() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
BEGIN
    PERFORM require_read_committed(); -- an older snapshot would not see who joined meanwhile
    IF TG_TABLE_NAME = 'events' THEN
        PERFORM cap_deadlines(NEW.id);
        PERFORM serve_waitlist(NEW.id, tiers_to_serve(NEW.id, NULL));
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sale_end_time IS DISTINCT FROM OLD.sale_end_time THEN
        PERFORM cap_deadlines(NEW.event_id);
    END IF;
    IF somebody_waits(NEW.event_id, ARRAY[NEW.id]) OR (SELECT capacity_shared FROM events WHERE id = NEW.event_id) THEN
        PERFORM serve_waitlist(NEW.event_id, tiers_to_serve(NEW.event_id, NEW.id));
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION seal_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    nth integer := 1;
BEGIN
    NEW.chain := session_user;
    WHILE NOT pg_try_advisory_xact_lock(hashtextextended('evidence ' || NEW.chain, 0)) LOOP
        nth := nth + 1;
        NEW.chain := session_user || ' ' || nth;
    END LOOP;
    UPDATE audit_chains c SET seq = c.seq + 1, hash = evidence_hash(c.hash, NEW)
    WHERE c.chain = NEW.chain
      AND (EXISTS (SELECT 1 FROM users u
                   WHERE u.id = NEW.user_id AND u.database_role = session_user AND u.is_active
                     AND (NEW.till_id IS NULL AND NEW.action <> 'sold'
                          OR EXISTS (SELECT 1 FROM places p WHERE p.user_id = u.id AND p.till_id = NEW.till_id)))
           OR is_housekeeping())
    RETURNING c.seq, c.hash INTO NEW.seq, NEW.hash;
    IF NOT FOUND THEN
        IF NOT is_housekeeping() AND (
            my_user_id() IS NULL OR NEW.user_id IS DISTINCT FROM my_user_id()
            OR NEW.till_id IS NULL AND NEW.action = 'sold'
            OR NEW.till_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM places WHERE user_id = NEW.user_id AND till_id = NEW.till_id)
        ) THEN
            RAISE EXCEPTION 'evidence bears the name of whoever is signed in, at a till where they signed in'
                USING ERRCODE = 'insufficient_privilege', TABLE = 'audit_logs', SCHEMA = 'public';
        END IF;
        INSERT INTO audit_chains (chain, seq, hash) VALUES (NEW.chain, 1, evidence_hash('', NEW))
        RETURNING seq, hash INTO NEW.seq, NEW.hash;
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION extend_hold(uuid, integer, text);
CREATE OR REPLACE FUNCTION offer_of_basket(p_event_id bigint, p_tier_ids bigint[], p_code text) RETURNS waitlist_offers
LANGUAGE plpgsql AS $$
DECLARE
    o waitlist_offers;
BEGIN
    SELECT * INTO o FROM waitlist_offers WHERE code = p_code FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_offer', 'code', coalesce(p_code, '')));
    ELSIF o.event_id <> p_event_id OR NOT o.tier_id = ANY (p_tier_ids) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'offer_of_other_tickets',
            'tier', (SELECT name FROM ticket_tiers WHERE id = o.tier_id)));
    END IF;
    PERFORM require_open_offer(o);
    RETURN o;
END $$;

CREATE OR REPLACE FUNCTION redeem_offer(p_event_id bigint, p_tier_ids bigint[], p_code text, p_purchase_key uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    o CONSTANT waitlist_offers := offer_of_basket(p_event_id, p_tier_ids, p_code);
BEGIN
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id AND ended_at IS NULL;
    UPDATE waitlist_offers SET state = 'redeemed', ended_at = clock_timestamp(), purchase_key = p_purchase_key,
        basket_key = NULL WHERE id = o.id;
    UPDATE waitlist SET state = 'redeemed' WHERE id = o.waitlist_id;
    UPDATE email_notifications SET state = 'failed', failure = 'void' WHERE id = o.mail_id AND state = 'queued';
END $$;

CREATE OR REPLACE FUNCTION end_offer(o waitlist_offers, p_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id AND ended_at IS NULL;
    UPDATE waitlist_offers SET state = p_state, ended_at = clock_timestamp(), basket_key = NULL WHERE id = o.id;
    UPDATE waitlist SET state = p_state WHERE id = o.waitlist_id AND state = 'offered';
    UPDATE email_notifications SET state = 'failed', failure = 'void' WHERE id = o.mail_id AND state = 'queued';
END $$;

CREATE OR REPLACE FUNCTION hold_basket(
    p_basket_key uuid, p_event_id bigint, p_tier_ids bigint[], p_quantities bigint[], p_till_id bigint,
    p_seconds integer DEFAULT 600, p_offer text DEFAULT NULL
) RETURNS timestamptz
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    e        events;
    price    basket_price;
    o        waitlist_offers;
    -- By the clock: a transaction that was opened long ago would hold for longer than it may.
    expires  CONSTANT timestamptz := clock_timestamp() + make_interval(secs => least(greatest(p_seconds, 30), 3600));
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF p_basket_key IS NULL THEN
        RAISE EXCEPTION 'a basket needs its key' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_basket_key, 0));
    IF EXISTS (SELECT 1 FROM orders WHERE purchase_key = p_basket_key) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused',
            'order_number', (SELECT order_number FROM orders WHERE purchase_key = p_basket_key)));
    END IF;
    e := lock_event_for_sale(p_event_id);
    PERFORM require_own_basket(p_basket_key);
    PERFORM lock_tiers(p_tier_ids || (SELECT array_agg(tier_id) FROM holds
                                      WHERE basket_key = p_basket_key AND ended_at IS NULL));
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE basket_key = p_basket_key AND ended_at IS NULL;
    UPDATE waitlist_offers SET basket_key = NULL WHERE basket_key = p_basket_key;
    IF p_offer IS NOT NULL THEN
        o := offer_of_basket(p_event_id, p_tier_ids, p_offer);
        UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id;
    END IF;
    price := price_of(e, p_tier_ids, p_quantities, NULL, NULL);
    IF price.is_refused OR e.capacity_shared THEN
        PERFORM refuse_lines(e, price.lines);
    END IF;
    IF o.id IS NOT NULL THEN
        UPDATE holds SET ended_at = NULL WHERE id = o.hold_id;
        UPDATE waitlist_offers SET basket_key = p_basket_key WHERE id = o.id;
        IF o.expires_at < expires THEN
            PERFORM move_deadline(o, expires);
        END IF;
    END IF;
    INSERT INTO holds (tier_id, kind, quantity, owner, expires_at, basket_key, till_id, clerk_id)
    SELECT l.tier_id, 'basket', l.beyond, (SELECT name FROM tills WHERE id = p_till_id), expires, p_basket_key,
           p_till_id, my_user_id()
    FROM (SELECT k.tier_id, k.quantity - CASE WHEN k.tier_id = o.tier_id THEN o.quantity ELSE 0 END AS beyond
          FROM unnest(price.lines) k) l
    WHERE l.beyond > 0 ORDER BY l.tier_id;
    RETURN expires;
END $$;

CREATE OR REPLACE FUNCTION extend_hold(p_basket_key uuid, p_seconds integer DEFAULT 600) RETURNS timestamptz
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    until    CONSTANT timestamptz := clock_timestamp() + make_interval(secs => least(greatest(p_seconds, 30), 3600));
    o        waitlist_offers;
    is_held  boolean;
BEGIN
    PERFORM require_role('clerk', 'manager');
    UPDATE holds SET expires_at = until
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
    is_held := FOUND;
    SELECT * INTO o FROM waitlist_offers WHERE basket_key = p_basket_key AND state = 'open';
    IF FOUND THEN
        -- As every deed about an offer locks: its event and tier, the list, then itself.
        PERFORM lock_list(o.event_id, ARRAY[o.tier_id]);
    END IF;
    SELECT * INTO o FROM waitlist_offers WHERE basket_key = p_basket_key AND state = 'open' FOR NO KEY UPDATE;
    IF o.expires_at <= clock_timestamp() THEN
        RETURN NULL;
    ELSIF o.expires_at < until THEN
        PERFORM move_deadline(o, until);
    END IF;
    RETURN CASE WHEN is_held OR o.id IS NOT NULL THEN until END;
END $$;

CREATE OR REPLACE FUNCTION release_hold(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    tier_ids CONSTANT bigint[] := (SELECT array_agg(tier_id) FROM holds
                                   WHERE basket_key = p_basket_key AND ended_at IS NULL
                                     AND (clerk_id = my_user_id() OR is_housekeeping()))
                                  || ARRAY(SELECT tier_id FROM waitlist_offers WHERE basket_key = p_basket_key);
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    PERFORM lock_events_of(tier_ids);
    PERFORM lock_tiers(tier_ids);
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
    UPDATE waitlist_offers SET basket_key = NULL WHERE basket_key = p_basket_key;
END $$;

CREATE OR REPLACE FUNCTION decline_offer(p_offer_id bigint, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM end_offer(lock_offer(p_offer_id), 'declined');
END $$;

CREATE OR REPLACE FUNCTION record_waitlist_call(p_key uuid, p_offer_id bigint, p_outcome text, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF EXISTS (SELECT 1 FROM waitlist_calls WHERE key = p_key) THEN
        RETURN;
    END IF;
    PERFORM lock_offer(p_offer_id);
    INSERT INTO waitlist_calls (key, offer_id, outcome, till_id, clerk_id)
    VALUES (p_key, p_offer_id, p_outcome, p_till_id, my_user_id()) ON CONFLICT (key) DO NOTHING;
    IF FOUND AND p_outcome = 'declined' THEN
        PERFORM end_offer(o, 'declined') FROM waitlist_offers o WHERE o.id = p_offer_id;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION withdraw_waitlist_entry(p_entry_id bigint, p_reason text, p_till_id bigint) RETURNS void
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

CREATE OR REPLACE FUNCTION cap_deadlines(p_event_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    late record;
BEGIN
    FOR late IN
        SELECT o, waitlist_cutoff(t, e) AS cutoff
        FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id JOIN events e ON e.id = o.event_id
        WHERE o.event_id = p_event_id AND o.state = 'open' AND o.expires_at > waitlist_cutoff(t, e)
        ORDER BY o.id
    LOOP
        PERFORM move_deadline(late.o, late.cutoff);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION require_own_basket(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_housekeeping() AND EXISTS (
        SELECT 1 FROM holds
        WHERE basket_key = p_basket_key AND ended_at IS NULL AND clerk_id IS DISTINCT FROM my_user_id()
    ) THEN
        RAISE EXCEPTION 'this basket holds its tickets for somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

DROP FUNCTION own_offer_of, is_in_other_basket, leave_basket, lock_basket, refuse_other_basket, require_not_in_other_basket;
ALTER TABLE waitlist_servings DROP COLUMN served_in;
DROP FUNCTION current_transaction_number;
ALTER TABLE waitlist_offers
    DROP COLUMN ended_in, DROP COLUMN basket_until, DROP COLUMN basket_clerk_id, DROP COLUMN basket_till_id;
CREATE OR REPLACE FUNCTION person_dossier(p_user_id bigint, p_reason text) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    SELECT * INTO person FROM users WHERE id = p_user_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_user_id::text));
    END IF;
    INSERT INTO audit_logs (user_id, action, entity, entity_id, reason)
    VALUES (my_user_id(), 'exported', 'person', p_user_id, left(trim(p_reason), 500));
    RETURN json_build_object(
        'person', json_build_object('id', person.id, 'role', person.role, 'first_name', person.first_name,
            'last_name', person.last_name, 'email', person.email, 'phone', person.phone, 'address', person.address,
            'notes', person.notes, 'sign_in_name', person.database_role, 'has_password', person.password_hash IS NOT NULL,
            'is_active', person.is_active, 'since', person.created_at, 'deleted_at', person.deleted_at,
            'erased_at', person.erased_at, 'company', (SELECT company FROM promoters p WHERE p.user_id = person.id)),
        'orders', coalesce((
            SELECT json_agg(json_build_object(
                'order_number', o.order_number, 'event', e.title, 'starts_at', e.start_time, 'status', o.status,
                'total', round(o.total_amount, minor_digits(o.currency))::text, 'currency', o.currency, 'ordered_at', o.created_at,
                'notes', o.notes,
                'tickets', (SELECT json_agg(json_build_object('tier', t.name, 'code', k.ticket_code, 'status', k.status,
                                'used_at', k.used_at) ORDER BY k.id)
                            FROM tickets k JOIN ticket_tiers t ON t.id = k.tier_id WHERE k.order_id = o.id),
                'payments', (SELECT json_agg(json_build_object('kind', p.kind, 'tender', p.tender,
                                 'amount', round(p.amount, minor_digits(p.currency))::text, 'reference', p.reference, 'at', p.created_at) ORDER BY p.id)
                             FROM payment_transactions p WHERE p.order_id = o.id)
                ) ORDER BY o.id)
            FROM orders o JOIN events e ON e.id = o.event_id WHERE o.user_id = person.id), '[]'),
        'waitlist', coalesce((
            SELECT json_agg(json_build_object('event', e.title, 'tier', t.name, 'quantity', w.quantity,
                'position', w.position, 'phone', w.phone, 'notes', w.notes, 'state', w.state, 'since', w.created_at,
                'notified_at', w.notified_at) ORDER BY w.id)
            FROM waitlist w JOIN events e ON e.id = w.event_id LEFT JOIN ticket_tiers t ON t.id = w.tier_id
            WHERE w.user_id = person.id), '[]'),
        'emails', coalesce((
            SELECT json_agg(json_build_object('kind', m.kind, 'recipient', m.recipient, 'subject', m.subject,
                'body', m.body, 'state', m.state, 'at', m.created_at) ORDER BY m.id)
            FROM emails_of(person.id) m), '[]'),
        'evidence', coalesce((
            SELECT json_agg(json_build_object('at', l.at, 'by', l.database_role, 'action', l.action,
                'before', l.before, 'after', l.after, 'reason', l.reason) ORDER BY l.id)
            FROM audit_logs l WHERE l.entity = 'person' AND l.entity_id = person.id), '[]'),
        'deeds', (SELECT count(*) FROM audit_logs l WHERE l.user_id = person.id));
END $$;

CREATE OR REPLACE FUNCTION bury_offer() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE waitlist w SET state = 'returned'
    FROM waitlist_offers o
    WHERE o.purchase_key = NEW.purchase_key AND o.state = 'redeemed' AND w.id = o.waitlist_id AND w.state = 'redeemed';
    UPDATE waitlist_offers SET state = 'returned' WHERE purchase_key = NEW.purchase_key AND state = 'redeemed';
    RETURN NULL;
END $$;

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
