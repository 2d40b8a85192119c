-- The sale. One statement from the till: lock, check, write and answer in one round trip, so that the tier is
-- locked for as short as the disk allows (docs/decisions/0002-the-form-of-the-sale.md has the figures).

-- The sale that was already made under this key, or a refusal when the key belongs to another basket.
CREATE FUNCTION replayed_sale(p_order_id bigint, tier_ids bigint[], quantities bigint[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT w.tier_id, sum(w.quantity) AS quantity
                       FROM unnest(tier_ids, quantities) AS w (tier_id, quantity) GROUP BY w.tier_id) wanted
        FULL JOIN (SELECT i.tier_id, sum(i.quantity) AS quantity
                   FROM order_items i WHERE i.order_id = p_order_id GROUP BY i.tier_id) made USING (tier_id)
        WHERE wanted.quantity IS DISTINCT FROM made.quantity
    ) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused',
            'order_number', (SELECT order_number FROM orders WHERE id = p_order_id)));
    END IF;
    RETURN order_facts(p_order_id) || '{"replayed": true}';
END $$;

-- Lock the event for a sale and return it: FOR SHARE keeps status, times, fees and quantities as they are until
-- the sale commits and lets other sales through; where tiers share the capacity, sales take turns instead.
CREATE FUNCTION lock_event_for_sale(p_event_id bigint) RETURNS events
LANGUAGE plpgsql AS $$
DECLARE
    e events;
    take_turns boolean;
BEGIN
    SELECT capacity_shared INTO take_turns FROM events WHERE id = p_event_id;
    IF take_turns THEN
        SELECT * INTO e FROM events WHERE id = p_event_id FOR NO KEY UPDATE;
    ELSE
        SELECT * INTO e FROM events WHERE id = p_event_id FOR SHARE;
    END IF;
    IF e.id IS NULL THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_event', 'event', p_event_id::text));
    END IF;
    IF e.capacity_shared <> take_turns THEN
        -- The promoter changed it in this very moment. Upgrading the lock could deadlock; the till tries again.
        RAISE EXCEPTION 'event % changed while it was being locked', p_event_id USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN e;
END $$;

CREATE FUNCTION sell_tickets(
    p_purchase_key uuid, p_event_id bigint,
    p_tier_ids bigint[], p_quantities bigint[], p_shown_prices numeric[], p_shown_total numeric,
    p_tender text, p_tendered numeric, p_reference text, p_till_id bigint, p_clerk_id bigint
) RETURNS jsonb
LANGUAGE plpgsql
SET lock_timeout = '3s'
-- The lengths of the arrays tempt the planner into planning every statement anew for each sale.
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    e          events;
    lines      priced_line[];
    sums       record;
    v_order    bigint;
    v_payment  bigint;
    facts      jsonb;
    line       priced_line;
BEGIN
    SELECT id INTO v_order FROM orders WHERE purchase_key = p_purchase_key;
    IF FOUND THEN
        RETURN replayed_sale(v_order, p_tier_ids, p_quantities);
    END IF;

    e := lock_event_for_sale(p_event_id);
    lines := price_lines(e, p_tier_ids, p_quantities, p_shown_prices);
    PERFORM refuse_lines(e, lines);
    SELECT * INTO sums FROM basket_totals(e, lines);
    IF p_shown_total <> sums.total THEN
        PERFORM refuse(jsonb_build_object('refusal', 'total_changed', 'shown', p_shown_total, 'now', sums.total,
            'currency', e.currency));
    END IF;
    IF p_tendered < sums.total THEN
        PERFORM refuse(jsonb_build_object('refusal', 'cash_too_little', 'total', sums.total,
            'tendered', p_tendered, 'currency', e.currency));
    END IF;

    INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount, tax_rate_percent,
                        tax_inclusive, purchase_key, till_id, clerk_id, paid_at)
    VALUES (e.id, 'paid', e.currency, sums.net_subtotal, sums.net_fee, sums.tax, sums.total, e.tax_rate_percent,
            e.tax_inclusive, p_purchase_key, p_till_id, p_clerk_id, CURRENT_TIMESTAMP)
    ON CONFLICT (purchase_key) DO NOTHING
    RETURNING id INTO v_order;
    IF NOT FOUND THEN
        -- The same key from another till, committed while this one waited for it.
        SELECT id INTO STRICT v_order FROM orders WHERE purchase_key = p_purchase_key;
        RETURN replayed_sale(v_order, p_tier_ids, p_quantities);
    END IF;

    INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax)
    SELECT v_order, l.tier_id, l.quantity, l.unit_price, l.unit_fee * l.quantity, l.line_tax FROM unnest(lines) l;
    PERFORM issue_tickets(e, v_order, lines, sums.subtotal + sums.fee, sums.tax);

    INSERT INTO payment_transactions (order_id, tender, amount, currency, tendered, reference, till_id, clerk_id)
    VALUES (v_order, p_tender, sums.total, e.currency, p_tendered, p_reference, p_till_id, p_clerk_id)
    RETURNING id INTO v_payment;
    IF p_tender = 'cash' THEN
        INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
        SELECT d.id, 'sale', sums.total, v_payment, p_clerk_id
        FROM cash_drawers d WHERE d.till_id = p_till_id AND d.closed_at IS NULL AND d.currency = e.currency;
    END IF;
    facts := order_facts(v_order);
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (p_clerk_id, p_till_id, 'sold', 'order', v_order,
            jsonb_build_object('total', sums.total, 'currency', e.currency, 'tender', p_tender));

    -- Last of all the lock that everybody waits for. In tier order, so that two baskets cannot deadlock; the
    -- condition is checked again by the server on the row as it stands once the lock is ours.
    FOREACH line IN ARRAY lines LOOP
        UPDATE ticket_tiers t SET sold = t.sold + line.quantity
        WHERE t.id = line.tier_id
          AND sale_refusal(t, e, line.quantity, line.shown_price, NULL, CURRENT_TIMESTAMP) IS NULL;
        IF NOT FOUND THEN
            PERFORM refuse_lines(e, price_lines(e, p_tier_ids, p_quantities, p_shown_prices));
            RAISE EXCEPTION 'tier % changed back while it was refused', line.tier_id
                USING ERRCODE = 'serialization_failure';
        END IF;
    END LOOP;
    RETURN facts;
END $$;

-- Speak for the first line that cannot be sold. Tiers may each have room while the house has not: then the sum
-- over the lines is refused.
CREATE FUNCTION refuse_lines(e events, lines priced_line[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    line    priced_line;
    t       ticket_tiers;
    wanted  bigint := 0;
BEGIN
    IF lines IS NULL THEN
        PERFORM refuse('{"refusal": "empty_basket"}');
    END IF;
    FOREACH line IN ARRAY lines LOOP
        wanted := wanted + line.quantity;
        IF line.refusal IS NOT NULL THEN
            SELECT * INTO t FROM ticket_tiers WHERE id = line.tier_id;
            PERFORM refuse(jsonb_build_object(
                'refusal', line.refusal, 'tier_id', line.tier_id, 'tier', coalesce(line.name, line.tier_id::text),
                'requested', line.quantity, 'limit', t.max_purchase, 'minimum', t.min_purchase,
                'reason', not_sellable(t, e, CURRENT_TIMESTAMP),
                'starts_at', t.sale_start_time, 'ended_at', t.sale_end_time,
                'available', tier_available(t, CASE WHEN e.capacity_shared THEN capacity_left(e) END),
                'held', t.reserved, 'shown', line.shown_price, 'now', t.price, 'currency', e.currency));
        END IF;
    END LOOP;
    IF e.capacity_shared AND wanted > capacity_left(e) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'sold_out', 'tier_id', line.tier_id, 'tier', line.name,
            'available', capacity_left(e), 'held', 0, 'requested', wanted));
    END IF;
END $$;

-- One row per ticket, numbered through the order. The order's tax is shared out by running sums, so that the
-- shares are whole minor units and add up to it.
CREATE FUNCTION issue_tickets(e events, p_order_id bigint, lines priced_line[], shown numeric, tax numeric) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax)
    SELECT p_order_id, k.tier_id, e.id, k.number, k.unit_price, k.unit_fee,
           CASE WHEN shown = 0 THEN 0 ELSE
               round(tax * k.upto / shown, minor_digits(e.currency))
               - round(tax * (k.upto - k.unit_price - k.unit_fee) / shown, minor_digits(e.currency)) END
    FROM (
        SELECT l.tier_id, l.unit_price, l.unit_fee,
               row_number() OVER w AS number, sum(l.unit_price + l.unit_fee) OVER w AS upto
        FROM unnest(lines) l CROSS JOIN LATERAL generate_series(1, l.quantity) AS nth
        WINDOW w AS (ORDER BY l.tier_id, nth ROWS UNBOUNDED PRECEDING)
    ) k;
END $$;
