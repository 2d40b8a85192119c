-- Back to a list where an offer is a word: what is offered now is free again.

DROP TRIGGER ticket_tiers_serve ON ticket_tiers;
DROP TRIGGER ticket_tiers_serve_new ON ticket_tiers;
DROP TRIGGER events_serve ON events;
DROP TRIGGER events_close_waitlist ON events;
DROP TRIGGER orders_bury_offer ON orders;
UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE kind = 'waitlist' AND ended_at IS NULL;

DROP FUNCTION hold_basket;
CREATE FUNCTION hold_basket(
    p_basket_key uuid, p_event_id bigint, p_tier_ids bigint[], p_quantities bigint[], p_till_id bigint,
    p_seconds integer DEFAULT 600
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
    price := price_of(e, p_tier_ids, p_quantities, NULL, NULL);
    IF price.is_refused OR e.capacity_shared THEN
        PERFORM refuse_lines(e, price.lines);
    END IF;
    INSERT INTO holds (tier_id, kind, quantity, owner, expires_at, basket_key, till_id, clerk_id)
    SELECT l.tier_id, 'basket', l.quantity, (SELECT name FROM tills WHERE id = p_till_id), expires, p_basket_key,
           p_till_id, my_user_id()
    FROM unnest(price.lines) l ORDER BY l.tier_id;
    RETURN expires;
END $$;

CREATE OR REPLACE FUNCTION extend_hold(p_basket_key uuid, p_seconds integer DEFAULT 600) RETURNS timestamptz
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    until CONSTANT timestamptz := clock_timestamp() + make_interval(secs => least(greatest(p_seconds, 30), 3600));
BEGIN
    PERFORM require_role('clerk', 'manager');
    UPDATE holds SET expires_at = until
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
    RETURN CASE WHEN FOUND THEN until END;
END $$;

CREATE OR REPLACE FUNCTION release_hold(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    tier_ids CONSTANT bigint[] := (SELECT array_agg(tier_id) FROM holds
                                   WHERE basket_key = p_basket_key AND ended_at IS NULL
                                     AND (clerk_id = my_user_id() OR is_housekeeping()));
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    PERFORM lock_events_of(tier_ids);
    PERFORM lock_tiers(tier_ids);
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
END $$;

CREATE OR REPLACE FUNCTION begin_terms(e events, p_purchase_key uuid, p_tier_ids bigint[], p_terms jsonb) RETURNS reduction_terms
LANGUAGE plpgsql AS $$
DECLARE
    terms reduction_terms;
BEGIN
    IF (p_terms ->> 'held')::boolean OR p_terms ? 'discount' THEN
        PERFORM lock_tiers(p_tier_ids);
    END IF;
    IF (p_terms ->> 'held')::boolean THEN
        PERFORM require_own_basket(p_purchase_key);
        UPDATE holds SET ended_at = CURRENT_TIMESTAMP
        WHERE basket_key = p_purchase_key AND ended_at IS NULL AND kind = 'basket';
    END IF;
    terms := terms_of(e.id, p_terms);
    IF terms.given IN ('reduced', 'complimentary') THEN
        IF (p_terms ->> 'reason' ~ '[[:alnum:]]') IS NOT TRUE THEN
            PERFORM refuse('{"refusal": "reason_missing"}');
        END IF;
        PERFORM require_override('reduce price', 'event', e.id);
    ELSIF terms.discount_id IS NOT NULL THEN
        -- Its row is locked from here on: the last use is given once. Looked at again, for whoever waited here.
        UPDATE discounts SET used = used + 1 WHERE id = terms.discount_id AND (max_uses IS NULL OR used < max_uses);
        IF NOT FOUND THEN
            PERFORM refuse(jsonb_build_object('refusal', 'discount_invalid', 'code', upper(trim(p_terms ->> 'discount')),
                'reason', 'used_up'));
        END IF;
    END IF;
    PERFORM require_sealed(p_terms ->> 'notes');
    IF p_terms ? 'customer' THEN
        PERFORM require_customer((p_terms ->> 'customer')::bigint);
    END IF;
    RETURN terms;
END $$;

CREATE OR REPLACE FUNCTION erase_person(p_user_id bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_role('manager');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM customer(p_user_id);
    PERFORM forget_person(p_user_id);
    INSERT INTO audit_logs (user_id, action, entity, entity_id, reason)
    VALUES (my_user_id(), 'erased', 'person', p_user_id, left(trim(p_reason), 500));
END $$;

CREATE OR REPLACE FUNCTION forget_person(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET ended_at = now()
    WHERE ended_at IS NULL AND waitlist_id IN (SELECT id FROM waitlist WHERE user_id = p_user_id);
    DELETE FROM email_notifications WHERE id IN (SELECT id FROM emails_of(p_user_id));
    DELETE FROM waitlist WHERE user_id = p_user_id;
    UPDATE users SET email = NULL, first_name = '', last_name = '', phone = NULL, address = NULL, notes = NULL,
        password_hash = NULL, pin_hash = NULL, is_active = false, deleted_at = coalesce(deleted_at, now()), erased_at = now()
    WHERE id = p_user_id;
END $$;

CREATE OR REPLACE FUNCTION sealed_column(p_column text, OUT table_name text, OUT column_name text) RETURNS record
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    SELECT c.home, c.word INTO table_name, column_name
    FROM (VALUES ('phone', 'users', 'phone'), ('address', 'users', 'address'), ('notes', 'users', 'notes'),
                 ('waitlist.phone', 'waitlist', 'phone'), ('reference', 'payment_transactions', 'reference'),
                 ('orders.notes', 'orders', 'notes'), ('card_payments.reference', 'card_payments', 'reference')
    ) AS c (name, home, word)
    WHERE c.name = p_column;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no sealed values are called %', p_column USING ERRCODE = 'check_violation';
    END IF;
END $$;

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
                'position', w.position, 'phone', w.phone, 'since', w.created_at, 'notified_at', w.notified_at) ORDER BY w.id)
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

ALTER FUNCTION take_waitlist_position RESET enable_seqscan;
DROP TRIGGER waitlist_keep_state ON waitlist;
DROP TRIGGER waitlist_tell_tills ON waitlist;
CREATE TRIGGER waitlist_tell_tills AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION tell_tills();
DROP TRIGGER waitlist_evidence ON waitlist;
CREATE TRIGGER waitlist_evidence AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION record_change('waitlist', 'phone');
DROP TRIGGER waitlist_calls_tell_tills ON waitlist_calls;
DROP INDEX idx_waitlist_order;
DROP FUNCTION after_quiet_hours, bury_offer, change_waitlist_entry, close_waitlist, decline_offer, end_offer,
    extend_offer, join_waitlist, joined_facts, keep_waitlist_state, lock_entry, lock_list, lock_lists_of, lock_offer, lock_waitlist,
    make_offer, merge_waitlist_entries, move_deadline, neglected_events, next_to_serve, tend_event, cap_deadlines, note_waitlist, offer_deadline,
    offer_of_basket, record_waitlist_call, redeem_offer, reopen_waitlist_entry, require_contact, require_open_offer,
    require_waiting, serve_waitlist, serve_what_came_free, set_waitlist_priority, somebody_waits, tell_of_waitlist,
    tend_waitlist, tiers_to_serve, tiers_wanted, waitlist_cutoff, waitlist_fit, waitlist_obstacle, waitlist_place,
    waitlist_story, waitlist_verdict,
    withdraw_waitlist_entry;
DROP TABLE waitlist_calls, waitlist_offers, waitlist_servings;
DELETE FROM overrides WHERE action = 'prioritise';
ALTER TABLE overrides
    DROP CONSTRAINT overrides_action_check,
    ADD CONSTRAINT overrides_action_check CHECK (action IN (
        'reprint again', 'refund', 'refund elsewhere', 'reduce price', 'use drawer', 'close drawer', 'take cash out'));
ALTER TABLE waitlist
    DROP COLUMN state, DROP COLUMN notes, DROP COLUMN merged_into, DROP COLUMN asked_at, DROP COLUMN changed_at;
ALTER TABLE events
    DROP COLUMN waitlist_offer_hours, DROP COLUMN waitlist_cutoff_minutes, DROP COLUMN waitlist_quiet_from,
    DROP COLUMN waitlist_quiet_until;
