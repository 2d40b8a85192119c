-- What a basket costs: one arithmetic for the price that is shown and for the sale.

CREATE TYPE priced_line AS (
    tier_id      bigint,
    name         text,
    quantity     bigint,
    shown_price  numeric,
    unit_price   numeric,
    unit_fee     numeric,
    line_tax     numeric,
    refusal      text
);

-- The lines of a basket at today's prices, in tier order, each with the reason why it cannot be sold.
-- The fee is per ticket, so that single tickets can be given back with theirs; a free ticket bears none.
CREATE FUNCTION price_lines(
    e events, tier_ids bigint[], quantities bigint[], shown_prices numeric[]
) RETURNS priced_line[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits CONSTANT integer := minor_digits(e.currency);
    event_left integer;
BEGIN
    IF e.capacity_shared THEN
        event_left := capacity_left(e);
    END IF;
    RETURN (
        SELECT array_agg(ROW(
            w.tier_id, t.name, w.quantity, w.shown_price, t.price,
            CASE WHEN t.price = 0 THEN 0
                ELSE round(e.service_fee_per_ticket + t.price * e.service_fee_percent / 100, digits) END,
            tax_of(t.price * w.quantity, e.tax_rate_percent, e.tax_inclusive, digits),
            sale_refusal(t, e, w.quantity, w.shown_price, event_left, CURRENT_TIMESTAMP)
        )::priced_line ORDER BY w.tier_id)
        FROM (SELECT u.tier_id, sum(u.quantity)::bigint AS quantity, min(u.shown_price) AS shown_price
              FROM unnest(tier_ids, quantities, shown_prices) AS u (tier_id, quantity, shown_price)
              GROUP BY u.tier_id) w
        LEFT JOIN ticket_tiers t ON t.id = w.tier_id AND t.event_id = e.id
    );
END $$;

-- What priced lines come to. subtotal, fee and total are as shown; net_subtotal and net_fee are what orders store.
CREATE FUNCTION basket_totals(
    e events, lines priced_line[],
    OUT subtotal numeric, OUT fee numeric, OUT tax numeric, OUT total numeric,
    OUT net_subtotal numeric, OUT net_fee numeric
)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits CONSTANT integer := minor_digits(e.currency);
    line priced_line;
    line_taxes numeric := 0;
    fee_tax numeric;
BEGIN
    subtotal := 0;
    fee := 0;
    FOREACH line IN ARRAY coalesce(lines, '{}') LOOP
        subtotal := subtotal + line.unit_price * line.quantity;
        fee := fee + line.unit_fee * line.quantity;
        line_taxes := line_taxes + line.line_tax;
    END LOOP;
    fee_tax := tax_of(fee, e.tax_rate_percent, e.tax_inclusive, digits);
    tax := line_taxes + fee_tax;
    IF e.tax_inclusive THEN
        total := subtotal + fee;
        net_subtotal := subtotal - line_taxes;
        net_fee := fee - fee_tax;
    ELSE
        total := subtotal + fee + tax;
        net_subtotal := subtotal;
        net_fee := fee;
    END IF;
END $$;

-- The price of a basket before it is sold; the same arithmetic that the sale uses.
CREATE FUNCTION price_basket(p_event_id bigint, p_tier_ids bigint[], p_quantities bigint[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    e      events;
    lines  priced_line[];
    line   priced_line;
    sums   record;
BEGIN
    SELECT * INTO e FROM events WHERE id = p_event_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_event', 'event', p_event_id::text));
    END IF;
    lines := price_lines(e, p_tier_ids, p_quantities, NULL);
    FOREACH line IN ARRAY coalesce(lines, '{}') LOOP
        IF line.name IS NULL THEN
            PERFORM refuse(jsonb_build_object('refusal', 'unknown_tier', 'tier', line.tier_id::text));
        END IF;
    END LOOP;
    SELECT * INTO sums FROM basket_totals(e, lines);
    RETURN jsonb_build_object(
        'currency', e.currency, 'subtotal', sums.subtotal::text, 'fee', sums.fee::text, 'tax', sums.tax::text,
        'total', sums.total::text, 'tax_rate_percent', e.tax_rate_percent::text, 'tax_inclusive', e.tax_inclusive,
        'lines', coalesce((SELECT jsonb_agg(line_facts(l.tier_id, l.name, l.quantity, l.unit_price))
            FROM unnest(lines) l), '[]'));
END $$;
