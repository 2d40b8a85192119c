-- What a range of a till's receipts took, and the closing that writes it down.

-- Everything of the receipts p_first to p_last, in one reading.
CREATE FUNCTION takings_of(p_till_id bigint, p_first bigint, p_last bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE
-- Ranges differ too much for one plan: ten receipts, or ten thousand.
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN (
    WITH receipt AS MATERIALIZED (
        SELECT r.number, r.kind, r.order_id, r.created_at FROM receipts r
        WHERE r.till_id = p_till_id AND r.number BETWEEN p_first AND p_last
    ), paid AS MATERIALIZED (
        SELECT p.kind, p.tender, p.currency, p.amount, p.order_id FROM payment_transactions p
        WHERE p.till_id = p_till_id AND p.receipt_number BETWEEN p_first AND p_last
    ), sold AS MATERIALIZED (
        -- An order counts with the receipt that made it paid, once: at its sale, or with its last payment. What an
        -- exchange takes is a sale, too, and what it gives back a correction.
        SELECT DISTINCT o.id, o.event_id, o.currency, o.tax_rate_percent AS rate, o.subtotal + o.service_fee AS net, o.tax,
               o.total_amount AS gross
        FROM receipt r JOIN orders o ON o.id = r.order_id
        WHERE r.kind = 'sale' AND o.paid_at <= r.created_at OR r.kind = 'payment' AND o.paid_at = r.created_at
    ), undone AS MATERIALIZED (
        SELECT c.id, o.event_id, c.currency, o.tax_rate_percent AS rate, c.subtotal + c.service_fee AS net, c.tax,
               c.total AS gross
        FROM corrections c JOIN orders o ON o.id = c.order_id
        WHERE c.till_id = p_till_id AND c.receipt_number BETWEEN p_first AND p_last
          AND o.paid_at IS NOT NULL -- a deposit that went back was no sale
    ), moved AS (
        SELECT event_id, currency, rate, net, tax, gross, 0 AS back FROM sold
        UNION ALL SELECT event_id, currency, rate, -net, -tax, -gross, gross FROM undone
    ), tickets AS (
        SELECT s.event_id, s.currency, sum(i.quantity) AS sold, 0 AS back
        FROM sold s JOIN order_items i ON i.order_id = s.id GROUP BY 1, 2
        UNION ALL
        SELECT u.event_id, u.currency, 0, count(*)
        FROM undone u JOIN correction_tickets k ON k.correction_id = u.id GROUP BY 1, 2
    ), by_event AS (
        SELECT event_id, currency, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross, sum(back) AS back
        FROM moved GROUP BY 1, 2
    )
    SELECT jsonb_build_object(
        'receipts', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'count', k.n) ORDER BY k.kind), '[]')
                     FROM (SELECT kind, count(*) AS n FROM receipt GROUP BY kind) k),
        'first_at', (SELECT min(created_at) FROM receipt),
        'last_at', (SELECT max(created_at) FROM receipt),
        'tenders', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.currency, t.tender), '[]') FROM (
            SELECT currency, tender,
                   count(*) FILTER (WHERE kind = 'payment') AS payments,
                   coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0) AS taken,
                   count(*) FILTER (WHERE kind = 'refund') AS refunds,
                   coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS given_back,
                   sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END) AS net
            FROM paid GROUP BY currency, tender) t),
        -- Money: not what gift cards paid or an exchange carried over.
        'currencies', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.currency), '[]') FROM (
            SELECT currency,
                   coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0) AS taken,
                   coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS given_back,
                   sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END) AS net,
                   coalesce(sum(amount) FILTER (WHERE kind = 'payment' AND order_id IS NULL), 0) AS gift_cards
            FROM paid WHERE tender NOT IN ('gift_card', 'exchange') GROUP BY currency) c),
        'taxes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.currency, x.rate), '[]') FROM (
            SELECT currency, rate, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
            FROM moved GROUP BY currency, rate) x),
        'events', (SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.title, y.event_id, y.currency), '[]') FROM (
            SELECT b.event_id, e.title, b.currency, b.gross, b.back,
                   coalesce(sum(k.sold), 0) AS tickets_sold, coalesce(sum(k.back), 0) AS tickets_back
            FROM by_event b JOIN events e ON e.id = b.event_id
            LEFT JOIN tickets k ON k.event_id = b.event_id AND k.currency = b.currency
            GROUP BY b.event_id, e.title, b.currency, b.gross, b.back) y)));
END $$;

-- The drawer's part of a report; p_blind leaves out what should be in it.
CREATE FUNCTION drawer_totals(d cash_drawers, p_blind boolean) RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'currency', d.currency, 'opened_at', d.opened_at, 'opened_by', staff_name(d.opened_by),
        'counted_at', d.counted_at, 'counted_by', staff_name(d.counted_by), 'is_shared', d.is_shared,
        'opening_float', d.opening_float,
        'sales', CASE WHEN NOT p_blind THEN coalesce(sum(e.amount) FILTER (WHERE e.kind = 'sale'), 0) END,
        'refunds', CASE WHEN NOT p_blind THEN coalesce(sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0) END,
        'paid_in', coalesce(sum(e.amount) FILTER (WHERE e.kind = 'paid_in'), 0),
        'paid_out', coalesce(sum(e.amount) FILTER (WHERE e.kind = 'paid_out'), 0),
        'safe_drops', coalesce(sum(e.amount) FILTER (WHERE e.kind = 'safe_drop'), 0),
        'expected', CASE WHEN NOT p_blind THEN d.opening_float + coalesce(sum(e.amount), 0) END,
        'counted', d.counted,
        'variance', CASE WHEN NOT p_blind THEN d.counted - d.opening_float - coalesce(sum(e.amount), 0) END,
        'counts', (SELECT count(*) FROM drawer_counts c WHERE c.drawer_id = d.id AND c.kind = 'closing'),
        'pieces', (SELECT c.pieces FROM drawer_counts c WHERE c.drawer_id = d.id AND c.kind = 'closing'
                   ORDER BY c.id DESC LIMIT 1),
        'movements', coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'amount', e.amount, 'reason', e.reason,
                'at', e.created_at, 'by', coalesce(staff_name(e.clerk_id), '')) ORDER BY e.id)
            FILTER (WHERE e.kind IN ('paid_in', 'paid_out', 'safe_drop')), '[]'))
    FROM (SELECT 1) one LEFT JOIN drawer_entries e ON e.drawer_id = d.id;
END;

-- Where and when a report was made.
CREATE FUNCTION report_head(p_kind text, p_till_id bigint, p_first bigint, p_last bigint) RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT jsonb_build_object('version', 1, 'kind', p_kind, 'till', t.name, 'venue', t.venue, 'time_zone', t.time_zone,
        'first_receipt', p_first, 'last_receipt', p_last)
    FROM tills t WHERE t.id = p_till_id;
END;

-- The first receipt that no closing covers yet.
CREATE FUNCTION next_to_close(p_till_id bigint) RETURNS bigint
LANGUAGE sql STABLE
RETURN coalesce((SELECT c.last_receipt FROM closings c WHERE c.till_id = p_till_id ORDER BY c.number DESC LIMIT 1), 0) + 1;

-- A clerk who has yet to count is not told what should be there, nor what cash was taken.
CREATE FUNCTION is_blind(d cash_drawers) RETURNS boolean
LANGUAGE sql STABLE
RETURN d.id IS NOT NULL AND d.counted_at IS NULL AND NOT coalesce(my_role() = 'manager' OR is_housekeeping(), false);

CREATE FUNCTION without_cash(p_takings jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN p_takings - 'currencies' || jsonb_build_object('tenders', (
    SELECT coalesce(jsonb_agg(t.tender ORDER BY t.nth), '[]')
    FROM jsonb_array_elements(p_takings -> 'tenders') WITH ORDINALITY AS t (tender, nth)
    WHERE t.tender ->> 'tender' <> 'cash'));

-- How the till stands, at any time; changes nothing.
CREATE FUNCTION x_report(p_till_id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    d cash_drawers;
    first_open CONSTANT bigint := next_to_close(p_till_id);
    last_given CONSTANT bigint :=
        coalesce((SELECT last_receipt FROM till_numbers WHERE till_id = p_till_id), 0);
    taken jsonb;
BEGIN
    PERFORM require_role('clerk', 'manager');
    SELECT * INTO d FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL;
    taken := takings_of(p_till_id, first_open, last_given);
    IF is_blind(d) THEN
        taken := without_cash(taken);
    END IF;
    RETURN report_head('X', p_till_id, first_open, last_given) || taken || jsonb_build_object(
        'made_at', clock_timestamp(), 'made_by', staff_name(my_user_id()), 'is_blind', is_blind(d),
        'business_day', business_day(p_till_id, clock_timestamp()),
        'drawer', CASE WHEN d.id IS NOT NULL THEN drawer_totals(d, is_blind(d)) END);
END $$;

-- A manager signs a counted drawer off: everything that this till took since its last closing goes into the next one.
-- The till's numbers stay locked until it is committed, and every deed with money holds them until it is: so whatever has
-- a number up to the last one is here, and whatever comes later has a higher one. Answers with the closing, the same one
-- when the drawer was signed off already.
CREATE FUNCTION sign_off_drawer(p_drawer_id bigint, p_till_id bigint) RETURNS bigint
LANGUAGE plpgsql
SET lock_timeout = '5s'
AS $$
DECLARE
    d        cash_drawers := lock_drawer(p_drawer_id, p_till_id);
    numbers  till_numbers;
    leave_id bigint;
    signer   bigint;
    first_open bigint;
    totals   jsonb;
    made     bigint;
    day      CONSTANT date := coalesce(d.business_day, business_day(d.till_id, d.opened_at));
BEGIN
    SELECT id INTO made FROM closings WHERE drawer_id = d.id;
    IF FOUND THEN
        RETURN made;
    END IF;
    IF d.counted_at IS NULL THEN
        PERFORM refuse('{"refusal": "drawer_not_counted"}');
    END IF;
    leave_id := require_override('close drawer', 'drawer', d.id);
    signer := coalesce((SELECT manager_id FROM overrides WHERE id = leave_id), my_user_id(), d.counted_by);

    INSERT INTO till_numbers (till_id) VALUES (d.till_id) ON CONFLICT DO NOTHING;
    SELECT * INTO numbers FROM till_numbers WHERE till_id = d.till_id FOR UPDATE;
    first_open := next_to_close(d.till_id);
    UPDATE till_numbers SET last_closing = last_closing + 1 WHERE till_id = d.till_id;
    UPDATE cash_drawers SET closed_at = clock_timestamp() WHERE id = d.id RETURNING * INTO d;
    totals := report_head('Z', d.till_id, first_open, numbers.last_receipt)
        || takings_of(d.till_id, first_open, numbers.last_receipt)
        || jsonb_build_object('number', numbers.last_closing + 1, 'business_day', day,
            'made_at', d.closed_at, 'made_by', staff_name(signer), 'is_blind', false,
            'drawer', drawer_totals(d, false));
    INSERT INTO closings (drawer_id, till_id, number, closed_by, closed_at, expected, counted, totals, business_day,
                          first_receipt, last_receipt)
    VALUES (d.id, d.till_id, numbers.last_closing + 1, signer, d.closed_at,
            (totals -> 'drawer' ->> 'expected')::numeric, d.counted, totals, day, first_open, numbers.last_receipt)
    RETURNING id INTO made;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'drawer_closed', 'drawer', d.id, jsonb_strip_nulls(jsonb_build_object(
        'closing', numbers.last_closing + 1, 'expected', totals -> 'drawer' -> 'expected', 'counted', d.counted,
        'variance', totals -> 'drawer' -> 'variance', 'override', leave_id)));
    RETURN made;
END $$;

-- All that the Till screen shows, in one reading.
CREATE FUNCTION till_state(p_till_id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    d cash_drawers;
    t tills;
    today date;
    taken jsonb;
BEGIN
    PERFORM require_role('clerk', 'manager');
    SELECT * INTO t FROM tills WHERE id = p_till_id;
    SELECT * INTO d FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL;
    today := business_day(p_till_id, clock_timestamp());
    taken := jsonb_build_object('tenders', (
        SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.currency, p.tender), '[]') FROM (
            SELECT currency, tender, count(*) AS payments,
                   sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END) AS net
            FROM payment_transactions
            WHERE till_id = p_till_id AND receipt_number >= (
                    SELECT coalesce(max(c.last_receipt), 0) + 1 FROM closings c
                    WHERE c.till_id = p_till_id AND c.business_day < today)
              AND created_at >= (today + t.day_starts_at) AT TIME ZONE t.time_zone
            GROUP BY currency, tender) p));
    IF is_blind(d) THEN
        taken := without_cash(taken);
    END IF;
    RETURN jsonb_build_object(
        'business_day', today, 'time_zone', t.time_zone, 'tenders', taken -> 'tenders', 'is_blind', is_blind(d),
        'currency', coalesce(
            (SELECT currency FROM cash_drawers WHERE till_id = p_till_id ORDER BY id DESC LIMIT 1),
            (SELECT currency FROM events WHERE status <> 'draft' ORDER BY id DESC LIMIT 1), 'EUR'),
        'drawer', CASE WHEN d.id IS NOT NULL THEN drawer_totals(d, is_blind(d))
            || jsonb_build_object('id', d.id, 'may_use', may_use_drawer(d), 'business_day', d.business_day) END,
        'closings', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.number DESC), '[]') FROM (
            SELECT k.id, k.number, k.business_day, k.closed_at, k.expected, k.counted, w.currency,
                   staff_name(k.closed_by) AS closed_by, k.first_receipt, k.last_receipt
            FROM closings k JOIN cash_drawers w ON w.id = k.drawer_id
            WHERE k.till_id = p_till_id ORDER BY k.number DESC LIMIT 30) c),
        'elsewhere', CASE WHEN my_role() = 'manager' OR is_housekeeping() THEN (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'till', i.name, 'opened_by', staff_name(o.opened_by),
                'opened_at', o.opened_at, 'counted_at', o.counted_at, 'counted', o.counted, 'currency', o.currency,
                'expected', drawer_expected(o)) ORDER BY i.name), '[]')
            FROM cash_drawers o JOIN tills i ON i.id = o.till_id
            WHERE o.closed_at IS NULL AND o.till_id <> p_till_id) ELSE '[]' END);
END $$;
