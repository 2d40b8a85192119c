-- What is said about an order beside it and on its tickets. Three small functions fix the words, so that a sale
-- can tell what it has just written (it still holds all of it in its hands) in the very form in which
-- order_facts() reads it again later. Amounts are text: JSON numbers are floats to most readers.

CREATE FUNCTION line_facts(tier_id bigint, tier text, quantity bigint, unit_price numeric) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('tier_id', tier_id, 'tier', tier, 'quantity', quantity, 'unit_price', unit_price::text);

CREATE FUNCTION ticket_facts(
    id bigint, code text, status text, number integer, tier text, price numeric, fee numeric, tax numeric,
    print_state text
) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object(
    'id', id, 'code', code, 'status', status, 'number', number, 'tier', tier, 'price', price::text,
    'fee', fee::text, 'tax', tax::text, 'print_state', print_state);

-- subtotal and fee as shown to the customer; o has them net of tax.
CREATE FUNCTION facts_of(
    o orders, e events, promoter text, till text, clerk text, subtotal numeric, fee numeric,
    tender text, tendered numeric, paid numeric, reference text, lines json, tickets json, replayed boolean
) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object(
    'order_id', o.id, 'order_number', o.order_number, 'status', o.status, 'sold_at', o.created_at,
    'currency', o.currency, 'total', o.total_amount::text, 'tax', o.tax::text,
    'subtotal', coalesce(subtotal, 0)::text, 'fee', coalesce(fee, 0)::text,
    'tax_rate_percent', o.tax_rate_percent::text, 'tax_inclusive', o.tax_inclusive,
    'till', coalesce(till, ''), 'clerk', coalesce(clerk, ''),
    'event', json_build_object('id', e.id, 'title', e.title, 'venue', e.venue, 'address', e.venue_address,
        'starts_at', e.start_time, 'doors_at', e.doors_open_time, 'time_zone', e.time_zone, 'promoter', promoter),
    'payment', CASE WHEN tender IS NOT NULL THEN json_build_object(
        'tender', tender, 'tendered', tendered::text, 'amount', paid::text, 'reference', reference) END,
    'lines', coalesce(lines, '[]'), 'tickets', coalesce(tickets, '[]'), 'replayed', replayed);

-- Superseded tickets are left out; the reprint that replaced them is here.
CREATE FUNCTION order_facts(p_order_id bigint, p_replayed boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE
SET enable_seqscan = off -- as sell_tickets()
AS $$
BEGIN RETURN (
    SELECT facts_of(o, e, p.company, till.name, clerk.first_name || ' ' || clerk.last_name,
        items.subtotal, items.fee, paid.tender, paid.tendered, paid.amount, paid.reference, items.lines,
        (SELECT json_agg(ticket_facts(k.id, k.ticket_code, k.status, k.number, t.name, k.price, k.service_fee, k.tax,
                    (SELECT j.state FROM print_jobs j WHERE j.ticket_id = k.id ORDER BY j.id DESC LIMIT 1))
                    ORDER BY k.number)
         FROM tickets k JOIN ticket_tiers t ON t.id = k.tier_id
         WHERE k.order_id = o.id AND k.status <> 'superseded'),
        p_replayed)
    FROM orders o
    JOIN events e ON e.id = o.event_id
    JOIN promoters p ON p.id = e.promoter_id
    LEFT JOIN tills till ON till.id = o.till_id
    LEFT JOIN users clerk ON clerk.id = o.clerk_id
    LEFT JOIN LATERAL (
        SELECT * FROM payment_transactions p WHERE p.order_id = o.id AND p.kind = 'payment' ORDER BY p.id LIMIT 1
    ) paid ON true
    CROSS JOIN LATERAL (
        SELECT sum(i.unit_price * i.quantity) AS subtotal, sum(i.service_fee) AS fee,
               json_agg(line_facts(i.tier_id, t.name, i.quantity, i.unit_price) ORDER BY i.id) AS lines
        FROM order_items i JOIN ticket_tiers t ON t.id = i.tier_id WHERE i.order_id = o.id
    ) items
    WHERE o.id = p_order_id
); END $$;
