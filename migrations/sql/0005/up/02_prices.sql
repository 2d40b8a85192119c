-- What a basket costs: one arithmetic for the price that is shown, for the sale and for an order to be paid later.

DROP FUNCTION price_basket, refuse_lines, basket_totals, price_lines;
ALTER TYPE priced_line ADD ATTRIBUTE list_price numeric, ADD ATTRIBUTE reduction text;

-- What makes a basket cheaper: one code, or a reduction that somebody with the right to it gives.
CREATE TYPE reduction_terms AS (
    discount_id    bigint,
    tier_id        bigint,
    kind           text,
    value          numeric,
    given          text
);
COMMENT ON COLUMN reduction_terms.given IS 'discount, reduced (kind percent) or complimentary.';

-- A ticket's price under these terms, in whole minor units.
CREATE FUNCTION reduced_price(price numeric, of_tier_id bigint, terms reduction_terms, digits integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN terms.given IS NULL OR terms.tier_id <> of_tier_id THEN price
    WHEN terms.given = 'complimentary' THEN 0
    WHEN terms.kind = 'percent' THEN round(price * (100 - terms.value) / 100, digits)
    ELSE round(greatest(0, price - terms.value), digits)
END;

CREATE TYPE basket_price AS (
    lines         priced_line[],
    subtotal      numeric,
    fee           numeric,
    tax           numeric,
    total         numeric,
    net_subtotal  numeric,
    net_fee       numeric,
    is_refused    boolean
);
COMMENT ON COLUMN basket_price.subtotal IS 'As shown to the customer, like fee and total; net_subtotal and net_fee are what orders store.';

-- The lines of a basket at today's prices, in tier order, each with the reason why it cannot be sold, and what they
-- come to. The fee is per ticket, so that single tickets can be given back with theirs; a free ticket bears none.
-- Three ways to round tax (events.tax_rounding). line: the tax is the sum of the lines' rounded taxes. sum_by_net: it is
-- rounded once, over the sum of the rounded nets, and the total follows. sum_by_net_keep_gross: the total stays as shown
-- and its tax is rounded once.
-- Statement by statement, because every sale comes by here and one large statement is set up for longer than it runs.
CREATE FUNCTION price_of(
    e events, tier_ids bigint[], quantities bigint[], shown_prices numeric[], terms reduction_terms
) RETURNS basket_price
LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits      CONSTANT integer := minor_digits(e.currency);
    event_left  integer;
    t           ticket_tiers;
    line        priced_line;
    price       basket_price;
    taxes       numeric := 0;
BEGIN
    IF e.capacity_shared THEN
        event_left := capacity_left(e);
    END IF;
    price.subtotal := 0;
    price.fee := 0;
    price.is_refused := false;
    FOR line.tier_id, line.quantity, line.shown_price IN
        SELECT u.tier_id, sum(u.quantity)::bigint, min(u.shown_price)
        FROM unnest(tier_ids, quantities, shown_prices) AS u (tier_id, quantity, shown_price)
        GROUP BY u.tier_id ORDER BY u.tier_id
    LOOP
        SELECT * INTO t FROM ticket_tiers WHERE id = line.tier_id AND event_id = e.id;
        line.name := t.name;
        line.list_price := t.price;
        line.unit_price := t.price;
        line.reduction := '';
        IF terms.given IS NOT NULL THEN
            line.unit_price := reduced_price(t.price, line.tier_id, terms, digits);
            IF line.unit_price < t.price THEN
                line.reduction := terms.given;
            END IF;
        END IF;
        line.unit_fee := CASE WHEN line.unit_price = 0 THEN 0
            ELSE round(e.service_fee_per_ticket + line.unit_price * e.service_fee_percent / 100, digits) END;
        line.line_tax := tax_of(line.unit_price * line.quantity, e.tax_rate_percent, e.tax_inclusive, digits);
        line.refusal := sale_refusal(t, e, line.quantity, line.shown_price, event_left, CURRENT_TIMESTAMP);
        price.lines := price.lines || line;
        IF line.refusal IS NOT NULL THEN
            price.is_refused := true;
        END IF;
        price.subtotal := price.subtotal + line.unit_price * line.quantity;
        price.fee := price.fee + line.unit_fee * line.quantity;
        taxes := taxes + line.line_tax;
    END LOOP;

    IF price.lines IS NULL THEN
        price.is_refused := true;
    END IF;
    price.tax := tax_of(price.fee, e.tax_rate_percent, e.tax_inclusive, digits);
    IF e.tax_inclusive THEN
        price.net_subtotal := price.subtotal - taxes;
        price.net_fee := price.fee - price.tax;
    ELSE
        price.net_subtotal := price.subtotal;
        price.net_fee := price.fee;
    END IF;
    price.tax := price.tax + taxes;
    price.total := price.net_subtotal + price.net_fee + price.tax;
    IF e.tax_rounding = 'sum_by_net' THEN
        price.tax := tax_of(price.net_subtotal + price.net_fee, e.tax_rate_percent, false, digits);
        price.total := price.net_subtotal + price.net_fee + price.tax;
    ELSIF e.tax_rounding = 'sum_by_net_keep_gross' THEN
        price.tax := tax_of(price.total, e.tax_rate_percent, true, digits);
        price.net_subtotal := price.total - price.tax - price.net_fee;
    END IF;
    RETURN price;
END $$;

-- The terms that a code gives for this event now; refuses one that gives none.
CREATE FUNCTION discount_terms(p_event_id bigint, p_code text) RETURNS reduction_terms
LANGUAGE plpgsql STABLE AS $$
DECLARE
    d discounts;
BEGIN
    SELECT * INTO d FROM discounts WHERE event_id = p_event_id AND code = upper(trim(p_code));
    IF NOT FOUND OR NOT d.is_active OR CURRENT_TIMESTAMP < d.starts_at OR CURRENT_TIMESTAMP >= d.ends_at
        OR d.used >= d.max_uses THEN
        PERFORM refuse(jsonb_build_object('refusal', 'discount_invalid', 'code', upper(trim(p_code)),
            'reason', CASE WHEN d.id IS NULL OR NOT d.is_active THEN 'unknown'
                           WHEN d.used >= d.max_uses THEN 'used_up'
                           WHEN CURRENT_TIMESTAMP < d.starts_at THEN 'not_yet' ELSE 'ended' END));
    END IF;
    RETURN ROW(d.id, d.tier_id, d.kind, d.value, 'discount')::reduction_terms;
END $$;

-- The terms of a basket as a till names them: {"discount": code} or {"reduction": "reduced", "percent": 20} or
-- {"reduction": "complimentary"}. Whether somebody may give a reduction is asked when it is sold.
CREATE FUNCTION terms_of(p_event_id bigint, p_terms jsonb) RETURNS reduction_terms
LANGUAGE plpgsql STABLE AS $$
DECLARE
    percent numeric;
BEGIN
    IF p_terms ? 'discount' THEN
        RETURN discount_terms(p_event_id, p_terms ->> 'discount');
    ELSIF p_terms ->> 'reduction' = 'complimentary' THEN
        RETURN ROW(NULL, NULL, 'percent', 100, 'complimentary')::reduction_terms;
    ELSIF p_terms ? 'reduction' THEN
        percent := (p_terms ->> 'percent')::numeric;
        IF (percent > 0 AND percent <= 100) IS NOT TRUE THEN
            RAISE EXCEPTION 'a reduction is a percentage' USING ERRCODE = 'check_violation';
        END IF;
        RETURN ROW(NULL, NULL, 'percent', percent, 'reduced')::reduction_terms;
    END IF;
    RETURN NULL;
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

-- The price of a basket before it is sold; the same arithmetic that the sale uses.
CREATE FUNCTION price_basket(
    p_event_id bigint, p_tier_ids bigint[], p_quantities bigint[], p_terms jsonb DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    e      events;
    price  basket_price;
    line   priced_line;
BEGIN
    SELECT * INTO e FROM events WHERE id = p_event_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_event', 'event', p_event_id::text));
    END IF;
    price := price_of(e, p_tier_ids, p_quantities, NULL, CASE WHEN p_terms IS NOT NULL THEN terms_of(e.id, p_terms) END);
    FOREACH line IN ARRAY coalesce(price.lines, '{}') LOOP
        IF line.name IS NULL THEN
            PERFORM refuse(jsonb_build_object('refusal', 'unknown_tier', 'tier', line.tier_id::text));
        END IF;
    END LOOP;
    RETURN jsonb_build_object(
        'currency', e.currency, 'subtotal', price.subtotal::text, 'fee', price.fee::text, 'tax', price.tax::text,
        'total', price.total::text, 'tax_rate_percent', e.tax_rate_percent::text, 'tax_inclusive', e.tax_inclusive,
        'lines', coalesce((SELECT jsonb_agg(line_facts(l.tier_id, l.name, l.quantity, l.unit_price,
                CASE WHEN l.reduction <> '' THEN l.list_price END)) FROM unnest(price.lines) l), '[]'));
END $$;

-- The tickets of priced lines, which come to `shown` as shown, each with its place and its share of the order's tax. The
-- shares come from running sums, so that they are whole minor units and add up to the order's.
CREATE FUNCTION tickets_of(lines priced_line[], order_tax numeric, shown numeric, digits integer)
RETURNS TABLE (tier_id bigint, number bigint, price numeric, fee numeric, tax numeric)
LANGUAGE sql STABLE AS $$
    SELECT k.tier_id, k.number, k.unit_price, k.unit_fee,
           CASE WHEN shown = 0 THEN 0 ELSE
               round(order_tax * k.upto / shown, digits)
               - round(order_tax * (k.upto - k.unit_price - k.unit_fee) / shown, digits) END
    FROM (
        SELECT l.tier_id, l.unit_price, l.unit_fee,
               row_number() OVER w AS number, sum(l.unit_price + l.unit_fee) OVER w AS upto
        FROM unnest(lines) l CROSS JOIN LATERAL generate_series(1, l.quantity) AS nth
        WINDOW w AS (ORDER BY l.tier_id, nth ROWS UNBOUNDED PRECEDING)
    ) k
$$;
