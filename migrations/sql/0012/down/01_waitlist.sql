DROP FUNCTION offer_followers, waitlist_history, waitlist_event_of, waitlist_column_at;
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
DROP FUNCTION offer_of_basket;
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

DROP FUNCTION own_offer_of, is_in_other_basket, leave_baskets;
ALTER TABLE waitlist_offers
    DROP COLUMN basket_until, DROP COLUMN basket_clerk_id, DROP COLUMN basket_till_id;
