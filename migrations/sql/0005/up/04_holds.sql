-- Tickets of a basket whose customer is paying, and of an order that is paid later.

-- Each of the tiers, alone and in order: what every deed does that takes stock or gives it back. The advisory lock lets
-- the waiting queue fairly, see sell_tickets().
CREATE FUNCTION lock_tiers(p_tier_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT DISTINCT unnest(p_tier_ids) AS tier_id ORDER BY tier_id LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('tier', one));
        PERFORM 1 FROM ticket_tiers WHERE id = one FOR NO KEY UPDATE;
    END LOOP;
END $$;

-- A basket is its clerk's. Others may see its key, and must neither empty nor sell it.
CREATE FUNCTION require_own_basket(p_basket_key uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_housekeeping() AND EXISTS (
        SELECT 1 FROM holds
        WHERE basket_key = p_basket_key AND ended_at IS NULL AND clerk_id IS DISTINCT FROM my_user_id()
    ) THEN
        RAISE EXCEPTION 'this basket holds its tickets for somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- Whoever gives tickets back goes the way of those who take them: a house that shares its capacity locks its tiers with
-- its event, and whoever came by the tiers alone would meet its sales from the other side.
CREATE FUNCTION lock_events_of(p_tier_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT DISTINCT event_id FROM ticket_tiers WHERE id = ANY (p_tier_ids) ORDER BY event_id LOOP
        PERFORM lock_event_for_sale(one);
    END LOOP;
END $$;

-- A deed of the counter happens at a till where its person is signed in.
CREATE FUNCTION require_place(p_till_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF NOT is_housekeeping()
        AND NOT EXISTS (SELECT 1 FROM places WHERE user_id = my_user_id() AND till_id = p_till_id) THEN
        RAISE EXCEPTION 'the counter''s deeds are done at a till where somebody is signed in'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- Hold the tickets of a basket for as long as its customer may take to pay: what it held before is replaced. Returns
-- until when. Refuses like the sale.
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

-- Give a basket more time, if it still holds its tickets. NULL when it does not.
CREATE FUNCTION extend_hold(p_basket_key uuid, p_seconds integer DEFAULT 600) RETURNS timestamptz
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

-- Give the tickets of a basket back; nothing happens when it holds none.
CREATE FUNCTION release_hold(p_basket_key uuid) RETURNS void
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

-- End what is over, whichever till it was: any program may come by and does. One at a time; who finds it busy has
-- nothing to do. Orders that were not paid in time expire with all their holds, and their codes may be used again; one
-- that was paid in part stays, for somebody has to decide about the money. Returns how many tickets came free.
CREATE FUNCTION expire_holds() RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    due       bigint[];
    tier_ids  bigint[];
    expired   bigint[];
    freed     bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    IF NOT pg_try_advisory_xact_lock(hashtextextended('expiring holds', 0)) THEN
        RETURN 0;
    END IF;
    WITH over AS (
        SELECT id, order_id FROM holds
        WHERE expires_at <= clock_timestamp() AND ended_at IS NULL AND kind IN ('basket', 'order')
          AND NOT EXISTS (SELECT 1 FROM payment_transactions p WHERE p.order_id = holds.order_id)
        ORDER BY expires_at LIMIT 500
    )
    SELECT array_agg(h.id), array_agg(DISTINCT h.tier_id) INTO due, tier_ids
    FROM holds h
    WHERE h.ended_at IS NULL AND (h.id IN (SELECT id FROM over) OR h.order_id IN (SELECT order_id FROM over));
    IF due IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM lock_events_of(tier_ids);
    PERFORM lock_tiers(tier_ids);
    PERFORM 1 FROM orders WHERE id IN (SELECT order_id FROM holds WHERE id = ANY (due)) ORDER BY id FOR NO KEY UPDATE;
    WITH ended AS (
        -- Looked at again behind the locks: somebody may have paid or extended meanwhile.
        UPDATE holds SET ended_at = CURRENT_TIMESTAMP
        WHERE id = ANY (due) AND ended_at IS NULL AND expires_at <= clock_timestamp()
          AND NOT EXISTS (SELECT 1 FROM payment_transactions p WHERE p.order_id = holds.order_id)
        RETURNING quantity, order_id
    ), lapsed AS (
        UPDATE orders SET status = 'expired'
        WHERE id IN (SELECT order_id FROM ended) AND status = 'pending' RETURNING id
    )
    SELECT (SELECT coalesce(sum(quantity), 0) FROM ended), (SELECT array_agg(id) FROM lapsed) INTO freed, expired;
    IF expired IS NOT NULL THEN
        UPDATE discounts d SET used = d.used - u.uses
        FROM (SELECT discount_id, count(*) AS uses FROM orders WHERE id = ANY (expired) GROUP BY discount_id) u
        WHERE d.id = u.discount_id;
    END IF;
    RETURN freed;
END $$;
