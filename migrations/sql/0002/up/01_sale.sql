-- The sale, so that a till that queued for a tier does not hold it while the disk writes
-- (docs/decisions/0002-the-form-of-the-sale.md has the figures). What it calls is in revision 0001.

DROP FUNCTION sell_tickets;

-- One statement from the till: lock, check, write and answer in one round trip, so that the tier is locked for as
-- short as can be. p_till_tells: the till tells the others itself. p_may_flush_later: whoever calls sees to it that
-- nothing is answered before the disk has it, as sell() does.
CREATE FUNCTION sell_tickets(
    p_purchase_key uuid, p_event_id bigint,
    p_tier_ids bigint[], p_quantities bigint[], p_shown_prices numeric[], p_shown_total numeric,
    p_tender text, p_tendered numeric, p_reference text, p_till_id bigint, p_clerk_id bigint,
    p_till_tells boolean DEFAULT false, p_may_flush_later boolean DEFAULT false
) RETURNS json
LANGUAGE plpgsql
SET lock_timeout = '3s'
-- The lengths of the arrays tempt the planner into planning every statement anew for each sale.
SET plan_cache_mode = force_generic_plan
-- A till that opens before the first sale plans its statements and foreign key checks for empty tables, and keeps
-- those plans: it would read all orders for every sale until the tables are first analysed.
SET enable_seqscan = off
AS $$
DECLARE
    e          events;
    o          orders;
    digits     integer;
    lines      priced_line[];
    line       priced_line;
    sums       record;
    names      record;
    tickets    json;
    facts      json;
    refused    boolean;
BEGIN
    PERFORM require_read_committed();
    IF p_purchase_key IS NULL THEN
        RAISE EXCEPTION 'a sale needs a purchase key' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- One key, one after the other: a retry that overtook its own first try would be told "sold out" by it.
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_purchase_key, 0));
    SELECT * INTO o FROM orders WHERE purchase_key = p_purchase_key;
    IF FOUND THEN
        -- The first try may not have come to the disk yet.
        PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
        RETURN replayed_sale(o.id, p_tier_ids, p_quantities, p_tender);
    END IF;

    e := lock_event_for_sale(p_event_id);
    IF e.capacity_shared THEN
        -- The whole house queues, one sale after the other.
        PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
    END IF;
    digits := minor_digits(e.currency);
    lines := price_lines(e, p_tier_ids, p_quantities, p_shown_prices);
    refused := lines IS NULL OR e.capacity_shared;
    FOREACH line IN ARRAY coalesce(lines, '{}') LOOP
        refused := refused OR line.refusal IS NOT NULL;
    END LOOP;
    IF refused THEN
        PERFORM refuse_lines(e, lines);
    END IF;
    sums := basket_totals(e, lines);
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
    RETURNING * INTO o;

    -- One statement for all that goes with the order; the tickets' tax is shared out by running sums, so that the
    -- shares are whole minor units and add up to the order's.
    WITH items AS (
        INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax)
        SELECT o.id, l.tier_id, l.quantity, l.unit_price, l.unit_fee * l.quantity, l.line_tax FROM unnest(lines) l
    ), issued AS (
        INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax)
        SELECT o.id, k.tier_id, e.id, k.number, k.unit_price, k.unit_fee,
               CASE WHEN sums.subtotal + sums.fee = 0 THEN 0 ELSE
                   round(sums.tax * k.upto / (sums.subtotal + sums.fee), digits)
                   - round(sums.tax * (k.upto - k.unit_price - k.unit_fee) / (sums.subtotal + sums.fee), digits) END
        FROM (
            SELECT l.tier_id, l.unit_price, l.unit_fee,
                   row_number() OVER w AS number, sum(l.unit_price + l.unit_fee) OVER w AS upto
            FROM unnest(lines) l CROSS JOIN LATERAL generate_series(1, l.quantity) AS nth
            WINDOW w AS (ORDER BY l.tier_id, nth ROWS UNBOUNDED PRECEDING)
        ) k
        RETURNING id, ticket_code, status, number, tier_id, price, service_fee, tickets.tax
    ), payment AS (
        INSERT INTO payment_transactions (order_id, tender, amount, currency, tendered, reference, till_id, clerk_id)
        VALUES (o.id, p_tender, sums.total, e.currency, p_tendered, p_reference, p_till_id, p_clerk_id)
        RETURNING id, tender, amount
    ), cash AS (
        INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
        SELECT d.id, 'sale', p.amount, p.id, p_clerk_id
        FROM payment p, cash_drawers d
        WHERE p.tender = 'cash' AND d.till_id = p_till_id AND d.closed_at IS NULL AND d.currency = e.currency
        FOR SHARE OF d -- whoever closes the drawer waits for this sale, and this sale for them
    ), evidence AS (
        INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
        VALUES (p_clerk_id, p_till_id, 'sold', 'order', o.id,
                jsonb_build_object('total', sums.total, 'currency', e.currency, 'tender', p_tender))
    )
    SELECT json_agg(ticket_facts(k.id, k.ticket_code, k.status, k.number, l.name, k.price, k.service_fee, k.tax, NULL)
                    ORDER BY k.number)
    INTO tickets FROM issued k JOIN unnest(lines) l ON l.tier_id = k.tier_id;

    SELECT (SELECT p.company FROM promoters p WHERE p.id = e.promoter_id) AS promoter,
           (SELECT t.name FROM tills t WHERE t.id = p_till_id) AS till,
           (SELECT c.first_name || ' ' || c.last_name FROM users c WHERE c.id = p_clerk_id) AS clerk INTO names;
    facts := facts_of(o, e, names.promoter, names.till, names.clerk, sums.subtotal, sums.fee, p_tender, p_tendered,
        sums.total, p_reference,
        (SELECT json_agg(line_facts(l.tier_id, l.name, l.quantity, l.unit_price)) FROM unnest(lines) l), tickets, false);

    IF p_till_tells THEN
        PERFORM set_config('boxoffice.till_tells', 'on', true);
    END IF;

    -- Last of all the lock that everybody waits for. In tier order, so that two baskets cannot deadlock; the
    -- condition is checked by the server on the row as it stands once the lock is ours. The advisory lock before
    -- it lets the tills queue fairly: in the queue of a row lock each waiter is woken twice and overtaken at will.
    FOREACH line IN ARRAY lines LOOP
        IF NOT pg_try_advisory_xact_lock(hashtextextended('tier', line.tier_id)) THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('tier', line.tier_id));
            PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
        END IF;
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

-- The sale as a till asks for it. A till that had to queue for its tier does not hold it while it waits for the
-- disk: it commits, lets the next one in, and answers when the disk (and a synchronous standby, where there is one)
-- has the sale, together with those behind it. Whoever needed not queue commits with the end of the statement, where
-- no statement_timeout can cut the wait short.
CREATE PROCEDURE sell(
    p_purchase_key uuid, p_event_id bigint,
    p_tier_ids bigint[], p_quantities bigint[], p_shown_prices numeric[], p_shown_total numeric,
    p_tender text, p_tendered numeric, p_reference text, p_till_id bigint, p_clerk_id bigint, INOUT facts json
)
LANGUAGE plpgsql AS $$
DECLARE
    usual CONSTANT text := current_setting('synchronous_commit');
BEGIN
    facts := sell_tickets(p_purchase_key, p_event_id, p_tier_ids, p_quantities, p_shown_prices, p_shown_total,
        p_tender, p_tendered, p_reference, p_till_id, p_clerk_id, p_till_tells => true, p_may_flush_later => true);
    IF current_setting('synchronous_commit') <> usual THEN
        COMMIT;
        -- A transaction of its own, which writes next to nothing and is waited for as usual.
        PERFORM pg_logical_emit_message(true, 'boxoffice', '');
    END IF;
END $$;
