-- What is said about an order. The receipt's document is made once, with the sale, and kept as it was; the same words are
-- made of an order's rows when it is asked for later. Amounts are text: JSON numbers are floats to most readers.

DROP FUNCTION order_facts, facts_of, line_facts;

CREATE FUNCTION line_facts(tier_id bigint, tier text, quantity bigint, unit_price numeric, list_price numeric) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('tier_id', tier_id, 'tier', tier, 'quantity', quantity, 'unit_price', unit_price::text,
    'list_price', list_price::text);

CREATE FUNCTION payment_facts(tender text, amount numeric, tendered numeric) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('tender', tender, 'amount', amount::text, 'tendered', tendered::text);

-- subtotal and fee as shown to the customer; o has them net of tax.
CREATE FUNCTION sale_facts(
    o orders, e events, receipt_number bigint, promoter text, till text, clerk text, subtotal numeric, fee numeric,
    lines json, payments json, discount_code text
) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object(
    'kind', 'sale', 'receipt_number', receipt_number, 'order_id', o.id, 'order_number', o.order_number,
    'sold_at', o.created_at, 'currency', o.currency, 'total', o.total_amount::text, 'tax', o.tax::text,
    'subtotal', coalesce(subtotal, 0)::text, 'fee', coalesce(fee, 0)::text, 'tax_inclusive', o.tax_inclusive,
    'taxes', json_build_array(json_build_object('rate_percent', o.tax_rate_percent::text,
        'net', (o.subtotal + o.service_fee)::text, 'tax', o.tax::text)),
    'till', coalesce(till, ''), 'clerk', coalesce(clerk, ''),
    'event', json_build_object('id', e.id, 'title', e.title, 'venue', e.venue, 'address', e.venue_address,
        'starts_at', e.start_time, 'doors_at', e.doors_open_time, 'time_zone', e.time_zone, 'promoter', promoter),
    'discount_code', discount_code, 'lines', coalesce(lines, '[]'), 'payments', coalesce(payments, '[]'));

-- Superseded tickets are left out; the reprint that replaced them is here.
CREATE FUNCTION order_facts(p_order_id bigint, p_replayed boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE
SET enable_seqscan = off -- as sell_tickets()
AS $$
BEGIN RETURN (
    SELECT json_build_object(
        'sale', sale_facts(o, e, receipt.number, p.company, till.name, clerk.first_name || ' ' || clerk.last_name,
            items.subtotal, items.fee, items.lines,
            (SELECT json_agg(payment_facts(y.tender, y.amount, y.tendered) ORDER BY y.id)
             FROM payment_transactions y WHERE y.order_id = o.id AND y.kind = 'payment'), d.code),
        'status', o.status, 'due_at', o.due_at,
        'reference', (SELECT y.reference FROM payment_transactions y
                      WHERE y.order_id = o.id AND y.kind = 'payment' AND y.reference <> '' ORDER BY y.id LIMIT 1),
        'refunded', (SELECT sum(c.total)::text FROM corrections c WHERE c.order_id = o.id),
        'tickets', coalesce((
            SELECT json_agg(ticket_facts(k.id, k.ticket_code, k.status, k.number, t.name, k.price, k.service_fee, k.tax,
                    (SELECT j.state FROM print_jobs j WHERE j.ticket_id = k.id ORDER BY j.id DESC LIMIT 1))
                    ORDER BY k.number)
            FROM tickets k JOIN ticket_tiers t ON t.id = k.tier_id
            WHERE k.order_id = o.id AND k.status <> 'superseded'), '[]'),
        'replayed', p_replayed)
    FROM orders o
    JOIN events e ON e.id = o.event_id
    JOIN promoters p ON p.id = e.promoter_id
    LEFT JOIN tills till ON till.id = o.till_id
    LEFT JOIN users clerk ON clerk.id = o.clerk_id
    LEFT JOIN discounts d ON d.id = o.discount_id
    LEFT JOIN LATERAL (
        SELECT r.number FROM receipts r WHERE r.order_id = o.id AND r.kind = 'sale' ORDER BY r.number LIMIT 1
    ) receipt ON true
    CROSS JOIN LATERAL (
        SELECT sum(i.unit_price * i.quantity) AS subtotal, sum(i.service_fee) AS fee,
               json_agg(line_facts(i.tier_id, t.name, i.quantity, i.unit_price, i.list_price) ORDER BY i.id) AS lines
        FROM order_items i JOIN ticket_tiers t ON t.id = i.tier_id WHERE i.order_id = o.id
    ) items
    WHERE o.id = p_order_id
); END $$;
