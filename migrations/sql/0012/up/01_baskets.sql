-- An offer is in one basket at a time, and whose that is is known: nobody is charged for tickets that somebody else is
-- being charged for, and nobody lengthens or gives back what another clerk has in hand.

ALTER TABLE waitlist_offers
    ADD COLUMN basket_till_id bigint,
    ADD COLUMN basket_clerk_id bigint,
    ADD COLUMN basket_until timestamptz;
-- Baskets of the minutes before: their tickets stay held by the offer, and who goes on with one takes it anew.
UPDATE waitlist_offers SET basket_key = NULL WHERE basket_key IS NOT NULL;
ALTER TABLE waitlist_offers
    ADD CONSTRAINT waitlist_offers_basket_till_id_fkey FOREIGN KEY (basket_till_id)
        REFERENCES tills (id) ON DELETE RESTRICT,
    ADD CONSTRAINT waitlist_offers_basket_clerk_id_fkey FOREIGN KEY (basket_clerk_id)
        REFERENCES users (id) ON DELETE RESTRICT,
    ADD CONSTRAINT waitlist_offers_basket_check CHECK (
        (basket_key IS NULL) = (basket_until IS NULL) AND (basket_key IS NULL) = (basket_till_id IS NULL)
        AND (basket_key IS NOT NULL OR basket_clerk_id IS NULL));
COMMENT ON COLUMN waitlist_offers.basket_key IS 'Of the basket that it is being paid in, at basket_till_id until basket_until.';

-- Which serving came of which end: both happened in one transaction. 0: before this revision, or it serves nobody.
CREATE FUNCTION current_transaction_number() RETURNS bigint
LANGUAGE sql VOLATILE
RETURN pg_current_xact_id()::text::bigint;
ALTER TABLE waitlist_offers ADD COLUMN ended_in bigint NOT NULL DEFAULT 0;
ALTER TABLE waitlist_servings ADD COLUMN served_in bigint NOT NULL DEFAULT 0;
ALTER TABLE waitlist_servings ALTER COLUMN served_in SET DEFAULT current_transaction_number();

-- The offer that a basket of whoever asks is paid by.
CREATE FUNCTION own_offer_of(p_basket_key uuid) RETURNS SETOF waitlist_offers
LANGUAGE sql STABLE AS $$
    SELECT * FROM waitlist_offers
    WHERE basket_key = p_basket_key AND state = 'open'
      AND (basket_clerk_id IS NOT DISTINCT FROM my_user_id() OR is_housekeeping())
$$;

-- Take the offers out of a basket that it is not bought by any more. What the basket lengthened past the cut-off ends with
-- it, and what it lengthened before stays. Their tiers are locked before.
CREATE FUNCTION leave_basket(p_basket_key uuid, p_kept_code text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    o       waitlist_offers;
    cutoff  timestamptz;
BEGIN
    FOR o IN
        SELECT f.* FROM waitlist_offers f JOIN own_offer_of(p_basket_key) mine USING (id)
        WHERE f.code IS DISTINCT FROM p_kept_code ORDER BY f.id FOR NO KEY UPDATE OF f
    LOOP
        UPDATE waitlist_offers SET basket_key = NULL, basket_till_id = NULL, basket_clerk_id = NULL, basket_until = NULL
        WHERE id = o.id;
        SELECT greatest(waitlist_cutoff(t, e), clock_timestamp()) INTO cutoff
        FROM ticket_tiers t JOIN events e ON e.id = t.event_id WHERE t.id = o.tier_id;
        IF o.expires_at > cutoff THEN
            PERFORM move_deadline(o, cutoff);
        END IF;
    END LOOP;
END $$;

-- Whether an offer is in the basket of somebody else, whatever key they come with; until its time is up.
CREATE FUNCTION is_in_other_basket(o waitlist_offers) RETURNS boolean
LANGUAGE sql STABLE
RETURN o.basket_key IS NOT NULL AND o.basket_until > clock_timestamp()
    AND o.basket_clerk_id IS DISTINCT FROM my_user_id() AND NOT is_housekeeping();

CREATE FUNCTION refuse_other_basket(o waitlist_offers) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(jsonb_build_object('refusal', 'offer_in_other_basket',
        'till', (SELECT name FROM tills WHERE id = o.basket_till_id), 'until', o.basket_until,
        'clerk', coalesce((SELECT trim(first_name || ' ' || last_name) FROM users WHERE id = o.basket_clerk_id), '')));
END $$;

-- As revision 0005 has it; a basket may hold nothing but an offer.
CREATE OR REPLACE FUNCTION require_own_basket(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_housekeeping() AND (EXISTS (
        SELECT 1 FROM holds
        WHERE basket_key = p_basket_key AND ended_at IS NULL AND clerk_id IS DISTINCT FROM my_user_id()
    ) OR EXISTS (
        SELECT 1 FROM waitlist_offers
        WHERE basket_key = p_basket_key AND basket_until > clock_timestamp()
          AND basket_clerk_id IS DISTINCT FROM my_user_id()
    )) THEN
        RAISE EXCEPTION 'this basket holds its tickets for somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- The offer that a basket of these tiers is bought by, locked; the tiers are locked before. Refuses one that does not
-- stand, is for something else, or is being paid by somebody else.
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
    IF is_in_other_basket(o) THEN
        PERFORM refuse_other_basket(o);
    END IF;
    RETURN o;
END $$;

-- As revision 0011 has it, out of the basket that it is in. Holding begins anew when a window was lost or a program ended,
-- and takes it along; of two windows of one clerk only the one that holds it sells.
CREATE OR REPLACE FUNCTION redeem_offer(p_event_id bigint, p_tier_ids bigint[], p_code text, p_purchase_key uuid)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    o CONSTANT waitlist_offers := offer_of_basket(p_event_id, p_tier_ids, p_code);
BEGIN
    PERFORM require_own_basket(p_purchase_key);
    IF o.basket_key <> p_purchase_key AND o.basket_until > clock_timestamp() THEN
        PERFORM refuse_other_basket(o);
    END IF;
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id AND ended_at IS NULL;
    UPDATE waitlist_offers SET state = 'redeemed', ended_at = clock_timestamp(), purchase_key = p_purchase_key,
        basket_key = NULL, basket_till_id = NULL, basket_clerk_id = NULL, basket_until = NULL WHERE id = o.id;
    UPDATE waitlist SET state = 'redeemed' WHERE id = o.waitlist_id;
    UPDATE email_notifications SET state = 'failed', failure = 'void' WHERE id = o.mail_id AND state = 'queued';
END $$;

-- As revision 0011 has it, out of the basket that it is in.
CREATE OR REPLACE FUNCTION end_offer(o waitlist_offers, p_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE id = o.hold_id AND ended_at IS NULL;
    UPDATE waitlist_offers SET state = p_state, ended_at = clock_timestamp(), ended_in = current_transaction_number(),
        basket_key = NULL, basket_till_id = NULL, basket_clerk_id = NULL, basket_until = NULL WHERE id = o.id;
    UPDATE waitlist SET state = p_state WHERE id = o.waitlist_id AND state = 'offered';
    UPDATE email_notifications SET state = 'failed', failure = 'void' WHERE id = o.mail_id AND state = 'queued';
END $$;

-- As revision 0011 has it, for the clerk at this till.
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
    tier_ids bigint[];
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
    tier_ids := p_tier_ids || (SELECT array_agg(tier_id) FROM holds WHERE basket_key = p_basket_key AND ended_at IS NULL)
        || ARRAY(SELECT tier_id FROM waitlist_offers WHERE basket_key = p_basket_key);
    PERFORM lock_events_of(tier_ids);
    e := lock_event_for_sale(p_event_id);
    PERFORM require_own_basket(p_basket_key);
    PERFORM lock_tiers(tier_ids);
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE basket_key = p_basket_key AND ended_at IS NULL;
    PERFORM leave_basket(p_basket_key, p_offer);
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
        UPDATE waitlist_offers SET basket_key = p_basket_key, basket_till_id = p_till_id,
            basket_clerk_id = my_user_id(), basket_until = expires WHERE id = o.id;
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

-- As revision 0011 has it, for whoever has the basket in hand. NULL, and nothing is lengthened, when what it held went back;
-- also when it was bought by an offer that it has not any more.
DROP FUNCTION extend_hold;
CREATE FUNCTION extend_hold(p_basket_key uuid, p_seconds integer DEFAULT 600, p_offer text DEFAULT NULL)
RETURNS timestamptz
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    until    CONSTANT timestamptz := clock_timestamp() + make_interval(secs => least(greatest(p_seconds, 30), 3600));
    o        waitlist_offers;
    is_held  boolean;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    -- As every deed locks: the events, the tiers, then what is held of them.
    PERFORM lock_basket(p_basket_key);
    SELECT f.* INTO o FROM waitlist_offers f JOIN own_offer_of(p_basket_key) mine USING (id) FOR NO KEY UPDATE OF f;
    IF o.expires_at <= clock_timestamp() OR o.code IS DISTINCT FROM coalesce(p_offer, o.code) THEN
        RETURN NULL;
    END IF;
    UPDATE holds SET expires_at = until
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
    is_held := FOUND;
    IF o.id IS NOT NULL THEN
        UPDATE waitlist_offers SET basket_until = until WHERE id = o.id;
        IF o.expires_at < until THEN
            PERFORM move_deadline(o, until);
        END IF;
    END IF;
    RETURN CASE WHEN is_held OR o.id IS NOT NULL THEN until END;
END $$;

-- The events and tiers of what a basket of whoever asks holds, and of its offer.
CREATE FUNCTION lock_basket(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    tier_ids CONSTANT bigint[] := (SELECT array_agg(tier_id) FROM holds
                                   WHERE basket_key = p_basket_key AND ended_at IS NULL
                                     AND (clerk_id = my_user_id() OR is_housekeeping()))
                                  || ARRAY(SELECT tier_id FROM own_offer_of(p_basket_key));
BEGIN
    PERFORM lock_events_of(tier_ids);
    PERFORM lock_tiers(tier_ids);
END $$;

-- As revision 0011 has it, for whoever has the basket in hand; its customer keeps the offer.
CREATE OR REPLACE FUNCTION release_hold(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    PERFORM lock_basket(p_basket_key);
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP
    WHERE basket_key = p_basket_key AND ended_at IS NULL AND kind = 'basket'
      AND (clerk_id = my_user_id() OR is_housekeeping());
    PERFORM leave_basket(p_basket_key);
END $$;

-- As revision 0011 has it; a basket that is being paid keeps its offer until its time is up.
CREATE OR REPLACE FUNCTION cap_deadlines(p_event_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    late record;
BEGIN
    FOR late IN
        SELECT o, greatest(waitlist_cutoff(t, e), o.basket_until) AS cutoff
        FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id JOIN events e ON e.id = o.event_id
        WHERE o.event_id = p_event_id AND o.state = 'open'
          AND o.expires_at > greatest(waitlist_cutoff(t, e), o.basket_until)
        ORDER BY o.id
    LOOP
        PERFORM move_deadline(late.o, late.cutoff);
    END LOOP;
END $$;

-- What a clerk may not take from somebody who is paying for it: a manager may.
CREATE FUNCTION require_not_in_other_basket(o waitlist_offers) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF is_in_other_basket(o) AND my_role() IS DISTINCT FROM 'manager' THEN
        PERFORM refuse_other_basket(o);
    END IF;
END $$;

-- As revision 0011 has them.
CREATE OR REPLACE FUNCTION decline_offer(p_offer_id bigint, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    o waitlist_offers;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    o := lock_offer(p_offer_id);
    PERFORM require_not_in_other_basket(o);
    PERFORM end_offer(o, 'declined');
END $$;

CREATE OR REPLACE FUNCTION record_waitlist_call(p_key uuid, p_offer_id bigint, p_outcome text, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    o waitlist_offers;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF EXISTS (SELECT 1 FROM waitlist_calls WHERE key = p_key) THEN
        RETURN;
    END IF;
    o := lock_offer(p_offer_id);
    IF p_outcome = 'declined' THEN
        PERFORM require_not_in_other_basket(o);
    END IF;
    INSERT INTO waitlist_calls (key, offer_id, outcome, till_id, clerk_id)
    VALUES (p_key, p_offer_id, p_outcome, p_till_id, my_user_id()) ON CONFLICT (key) DO NOTHING;
    IF FOUND AND p_outcome = 'declined' THEN
        PERFORM end_offer(o, 'declined');
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
    PERFORM require_not_in_other_basket(o), end_offer(o, 'withdrawn')
    FROM waitlist_offers o WHERE o.waitlist_id = w.id AND o.state = 'open';
    UPDATE waitlist SET state = 'withdrawn' WHERE id = w.id;
    PERFORM note_waitlist(w, 'withdrawn', p_reason, p_till_id);
END $$;
