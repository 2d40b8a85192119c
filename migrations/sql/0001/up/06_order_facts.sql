-- What is said about an order beside it and on its tickets.

-- Everything that is said about an order beside it and on its tickets. Amounts are text: JSON numbers are floats
-- to most readers. Superseded tickets are left out; the reprint that replaced them is here.
CREATE FUNCTION order_facts(p_order_id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN (
    SELECT jsonb_build_object(
        'order_id', o.id, 'order_number', o.order_number, 'status', o.status, 'sold_at', o.created_at,
        'currency', o.currency, 'total', o.total_amount::text, 'tax', o.tax::text,
        'subtotal', coalesce(items.subtotal, 0)::text, 'fee', coalesce(items.fee, 0)::text,
        'tax_rate_percent', o.tax_rate_percent::text, 'tax_inclusive', o.tax_inclusive,
        'till', coalesce(till.name, ''), 'clerk', coalesce(clerk.first_name || ' ' || clerk.last_name, ''),
        'event', jsonb_build_object('id', e.id, 'title', e.title, 'venue', e.venue, 'address', e.venue_address,
            'starts_at', e.start_time, 'doors_at', e.doors_open_time, 'time_zone', e.time_zone,
            'promoter', promoter.company),
        'payment', (SELECT jsonb_build_object('tender', p.tender, 'tendered', p.tendered::text,
                        'amount', p.amount::text, 'reference', p.reference)
                    FROM payment_transactions p WHERE p.order_id = o.id AND p.kind = 'payment' ORDER BY p.id LIMIT 1),
        'lines', coalesce(items.lines, '[]'),
        'tickets', coalesce((SELECT jsonb_agg(jsonb_build_object('id', k.id, 'code', k.ticket_code, 'status', k.status,
                        'number', k.number, 'tier', t.name, 'price', k.price::text, 'fee', k.service_fee::text,
                        'tax', k.tax::text, 'print_state', (SELECT j.state FROM print_jobs j
                            WHERE j.ticket_id = k.id ORDER BY j.id DESC LIMIT 1)) ORDER BY k.number)
                    FROM tickets k JOIN ticket_tiers t ON t.id = k.tier_id
                    WHERE k.order_id = o.id AND k.status <> 'superseded'), '[]'))
    FROM orders o
    JOIN events e ON e.id = o.event_id
    JOIN promoters promoter ON promoter.id = e.promoter_id
    LEFT JOIN tills till ON till.id = o.till_id
    LEFT JOIN users clerk ON clerk.id = o.clerk_id
    CROSS JOIN LATERAL (
        SELECT sum(i.unit_price * i.quantity) AS subtotal, sum(i.service_fee) AS fee,
               jsonb_agg(jsonb_build_object('tier_id', i.tier_id, 'tier', t.name, 'quantity', i.quantity,
                   'unit_price', i.unit_price::text) ORDER BY i.id) AS lines
        FROM order_items i JOIN ticket_tiers t ON t.id = i.tier_id WHERE i.order_id = o.id
    ) items
    WHERE o.id = p_order_id
); END $$;
