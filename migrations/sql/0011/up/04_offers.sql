-- What becomes of an offer: bought, declined, given more time, over.

CREATE FUNCTION decline_offer(p_offer_id bigint, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM end_offer(lock_offer(p_offer_id), 'declined');
END $$;

-- Let an offer stand for so many hours from now on, at most until nothing is offered any more. Returns until when.
CREATE FUNCTION extend_offer(p_offer_id bigint, p_hours integer, p_till_id bigint) RETURNS timestamptz
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    o      waitlist_offers;
    until  timestamptz;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    o := lock_offer(p_offer_id);
    SELECT least(waitlist_cutoff(t, e), clock_timestamp() + make_interval(hours => least(greatest(p_hours, 1), 336)))
    INTO until FROM ticket_tiers t JOIN events e ON e.id = t.event_id WHERE t.id = o.tier_id;
    IF until > o.expires_at THEN
        PERFORM move_deadline(o, until);
    END IF;
    RETURN greatest(until, o.expires_at);
END $$;

CREATE FUNCTION move_deadline(o waitlist_offers, p_until timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET expires_at = p_until WHERE id = o.hold_id;
    UPDATE waitlist_offers SET expires_at = p_until WHERE id = o.id;
    UPDATE waitlist SET notification_expires_at = p_until WHERE id = o.waitlist_id;
    UPDATE email_notifications SET facts = jsonb_set(facts, '{until}', to_jsonb(p_until))
    WHERE id = o.mail_id AND state = 'queued';
END $$;

-- What came of a call about an offer; whoever does not want it declines it by phone. Done once for a key.
CREATE FUNCTION record_waitlist_call(p_key uuid, p_offer_id bigint, p_outcome text, p_till_id bigint) RETURNS void
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

-- The offer that a basket of these tiers is bought by, locked; the tiers are locked before. Refuses one that does not
-- stand or is for something else.
CREATE FUNCTION offer_of_basket(p_event_id bigint, p_tier_ids bigint[], p_code text) RETURNS waitlist_offers
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

-- Give the tickets of an offer into the sale that is being made: its transaction takes them out of the stock again. What
-- was offered beyond that is free at its end.
CREATE FUNCTION redeem_offer(p_event_id bigint, p_tier_ids bigint[], p_code text, p_purchase_key uuid) RETURNS void
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

-- What a sale with terms does first, as revision 0005 has it, and the offer that it redeems.
CREATE OR REPLACE FUNCTION begin_terms(e events, p_purchase_key uuid, p_tier_ids bigint[], p_terms jsonb)
RETURNS reduction_terms
LANGUAGE plpgsql AS $$
DECLARE
    terms reduction_terms;
BEGIN
    IF (p_terms ->> 'held')::boolean OR p_terms ? 'discount' OR p_terms ? 'offer' THEN
        PERFORM lock_tiers(p_tier_ids);
    END IF;
    IF p_terms ? 'offer' THEN
        PERFORM redeem_offer(e.id, p_tier_ids, p_terms ->> 'offer', p_purchase_key);
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

-- Hold a basket as revision 0005 does. Tickets that are offered to its customer are held already: they stay held by their
-- offer, for at least as long as the basket is, and only what the basket has beyond them is held anew.
DROP FUNCTION hold_basket;
CREATE FUNCTION hold_basket(
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

-- As revision 0005 has it, and the offer that the basket is bought by.
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

-- As revision 0005 has it; a basket that is given up leaves its customer the offer.
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

-- What is over, of any till: any open program comes by and does. One at a time; who finds it busy has nothing to do. One
-- event a time: ends its offers whose time is up, and serves whom nobody has served because it was the clock that made it
-- possible, or hand-written SQL. An event that somebody keeps locked is left for the next time, and the next one is tended.
-- Returns how many offers it ended and made; whoever asks again until 0 has done it all.
CREATE FUNCTION tend_waitlist() RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '500ms'
AS $$
DECLARE
    event  bigint;
    done   integer;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    IF NOT pg_try_advisory_xact_lock(hashtextextended('tending waitlist', 0)) THEN
        RETURN 0;
    END IF;
    UPDATE waitlist SET state = 'expired' WHERE id IN (
        SELECT id FROM waitlist WHERE state = 'told' AND notification_expires_at <= clock_timestamp()
        FOR NO KEY UPDATE SKIP LOCKED);
    FOR event IN
        (SELECT event_id FROM waitlist_offers
         WHERE state = 'open' AND expires_at <= clock_timestamp() GROUP BY event_id ORDER BY min(expires_at) LIMIT 20)
        UNION ALL
        SELECT neglected_events()
    LOOP
        BEGIN
            done := tend_event(event);
            IF done > 0 THEN
                RETURN done;
            END IF;
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
    END LOOP;
    RETURN 0;
END $$;

CREATE FUNCTION tend_event(p_event_id bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    tier_ids  CONSTANT bigint[] := ARRAY(SELECT id FROM ticket_tiers WHERE event_id = p_event_id);
    ended     integer := 0;
    o         waitlist_offers;
BEGIN
    PERFORM lock_list(p_event_id, tier_ids);
    FOR o IN SELECT * FROM waitlist_offers
             WHERE event_id = p_event_id AND state = 'open' AND expires_at <= clock_timestamp()
             ORDER BY id FOR NO KEY UPDATE
    LOOP
        PERFORM end_offer(o, 'expired');
        ended := ended + 1;
    END LOOP;
    IF ended > 0 THEN
        RETURN ended; -- what they held is served as everything that comes free
    END IF;
    RETURN serve_waitlist(p_event_id, tier_ids);
END $$;

-- Events where somebody waits whom something fits that is free: a sale began meanwhile, or a row was written by hand.
CREATE FUNCTION neglected_events() RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT e.id
    FROM events e JOIN ticket_tiers t ON t.event_id = e.id
    CROSS JOIN LATERAL (SELECT tier_available(t, CASE WHEN e.capacity_shared THEN capacity_left(e) END) AS tickets_left) a
    WHERE e.status = 'published' AND e.start_time > clock_timestamp() AND t.quantity > t.sold + t.reserved
      AND a.tickets_left > 0 AND waitlist_obstacle(t, e, clock_timestamp()) = '' AND somebody_waits(e.id, ARRAY[t.id])
      AND EXISTS (
          SELECT 1 FROM waitlist w
          WHERE w.event_id = e.id AND NOT w.notified AND (w.tier_id = t.id OR w.tier_id IS NULL)
            AND waitlist_fit(w.quantity, w.all_together, a.tickets_left, t.min_purchase, t.max_purchase) > 0)
    LIMIT 20
$$;

-- Tickets that were bought by an offer and come back: the offer is dead, and the next one is served.
CREATE FUNCTION bury_offer() RETURNS trigger
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
CREATE TRIGGER orders_bury_offer AFTER UPDATE OF status ON orders
FOR EACH ROW WHEN (NEW.status IN ('refunded', 'cancelled', 'expired') AND OLD.status IN ('paid', 'pending'))
EXECUTE FUNCTION bury_offer();

-- An event that does not take place: nobody waits for it any more, nothing is held for anybody, and whoever can be written
-- to is told; who has an order for it as well is told by that.
CREATE FUNCTION close_waitlist() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM lock_tiers(ARRAY(SELECT id FROM ticket_tiers WHERE event_id = NEW.id));
    PERFORM lock_waitlist(NEW.id);
    PERFORM queue_mail('waitlist_cancelled', NULL, w.id, w.user_id, jsonb_build_object(
        'event', jsonb_build_object('title', NEW.title, 'venue', NEW.venue, 'address', NEW.venue_address,
            'starts_at', NEW.start_time, 'time_zone', NEW.time_zone)))
    FROM (SELECT DISTINCT ON (user_id) id, user_id FROM waitlist
          WHERE event_id = NEW.id AND state IN ('waiting', 'told', 'offered')
          ORDER BY user_id, id) w
    WHERE NOT EXISTS (SELECT 1 FROM orders b
                      WHERE b.event_id = NEW.id AND b.user_id = w.user_id AND b.status IN ('pending', 'paid'));
    PERFORM end_offer(o, 'cancelled') FROM waitlist_offers o WHERE o.event_id = NEW.id AND o.state = 'open';
    UPDATE waitlist SET state = 'cancelled' WHERE event_id = NEW.id AND state IN ('waiting', 'told', 'offered');
    RETURN NULL;
END $$;
CREATE TRIGGER events_close_waitlist AFTER UPDATE OF status ON events
FOR EACH ROW WHEN (NEW.status = 'cancelled' AND OLD.status <> 'cancelled')
EXECUTE FUNCTION close_waitlist();

-- Every list that somebody stands on, before their own row: whoever serves comes the same way, from the tier to the person,
-- and nobody is being served who is about to go.
CREATE FUNCTION lock_lists_of(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    event bigint;
BEGIN
    FOR event IN SELECT DISTINCT w.event_id FROM waitlist w WHERE w.user_id = p_user_id ORDER BY w.event_id LOOP
        PERFORM lock_list(event, ARRAY(SELECT id FROM ticket_tiers WHERE event_id = event));
    END LOOP;
END $$;

-- Drop the person and keep the money, as revision 0004 has it; what is offered to them goes to the next.
CREATE OR REPLACE FUNCTION forget_person(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_lists_of(p_user_id);
    PERFORM end_offer(f, 'withdrawn') FROM waitlist_offers f JOIN waitlist w ON w.id = f.waitlist_id
    WHERE w.user_id = p_user_id AND f.state = 'open';
    UPDATE holds SET ended_at = now()
    WHERE ended_at IS NULL AND waitlist_id IN (SELECT id FROM waitlist WHERE user_id = p_user_id);
    DELETE FROM email_notifications WHERE id IN (SELECT id FROM emails_of(p_user_id));
    DELETE FROM waitlist WHERE user_id = p_user_id;
    UPDATE users SET email = NULL, first_name = '', last_name = '', phone = NULL, address = NULL, notes = NULL,
        password_hash = NULL, pin_hash = NULL, is_active = false, deleted_at = coalesce(deleted_at, now()), erased_at = now()
    WHERE id = p_user_id;
END $$;

-- As revision 0004 has it, from the lists on.
CREATE OR REPLACE FUNCTION erase_person(p_user_id bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_role('manager');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM lock_lists_of(p_user_id);
    PERFORM customer(p_user_id);
    PERFORM forget_person(p_user_id);
    INSERT INTO audit_logs (user_id, action, entity, entity_id, reason)
    VALUES (my_user_id(), 'erased', 'person', p_user_id, left(trim(p_reason), 500));
END $$;
