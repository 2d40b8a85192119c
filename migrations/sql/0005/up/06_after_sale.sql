-- After the sale: giving back, exchanging, paying later. Every correction is new rows beside the old ones.

-- What each ticket of an order was worth to its customer, with its share of the order's total and tax: running sums, as
-- tickets_of() makes them, so that all tickets together come to the order's total in every mode of rounding.
CREATE FUNCTION ticket_worth(p_order_id bigint)
RETURNS TABLE (ticket_id bigint, tier_id bigint, status text, amount numeric, tax numeric)
LANGUAGE sql STABLE AS $$
    SELECT k.id, k.tier_id, k.status,
           CASE WHEN k.whole = 0 THEN 0 ELSE round(o.total_amount * k.upto / k.whole, minor_digits(o.currency))
               - round(o.total_amount * (k.upto - k.worth) / k.whole, minor_digits(o.currency)) END,
           k.tax
    FROM orders o CROSS JOIN LATERAL (
        SELECT t.id, t.tier_id, t.status, t.tax, t.price + t.service_fee AS worth,
               sum(t.price + t.service_fee) OVER (ORDER BY t.number ROWS UNBOUNDED PRECEDING) AS upto,
               sum(t.price + t.service_fee) OVER () AS whole
        FROM tickets t WHERE t.order_id = o.id AND t.status <> 'superseded'
    ) k
    WHERE o.id = p_order_id
$$;

-- Whether somebody may undo this order: managers; a clerk what was sold at the same till since its drawer was opened;
-- everything else by a manager's leave.
CREATE FUNCTION require_refund_right(o orders, p_till_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF o.till_id = p_till_id AND EXISTS (
        SELECT 1 FROM cash_drawers d WHERE d.till_id = p_till_id AND d.closed_at IS NULL AND d.opened_at <= o.created_at
    ) THEN
        RETURN;
    END IF;
    PERFORM require_override('refund', 'order', o.id);
END $$;

-- The first of the orders that one was exchanged from; an order that was not exchanged is its own.
CREATE FUNCTION first_of_exchanges(p_order_id bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT id, exchanged_from FROM orders WHERE id = p_order_id
        UNION ALL
        SELECT o.id, o.exchanged_from FROM line l JOIN orders o ON o.id = l.exchanged_from
    )
    SELECT id FROM line WHERE exchanged_from IS NULL
$$;

-- The order with everything that it is made undone with, locked in the one order: event, the till's number, tiers, order,
-- tickets. Orders that came from one another by exchange share their money: they take turns by the first of them.
CREATE FUNCTION lock_order(p_order_id bigint, p_till_id bigint) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    o orders;
BEGIN
    SELECT * INTO o FROM orders WHERE id = p_order_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_order', 'order', p_order_id::text));
    END IF;
    PERFORM lock_event_for_sale(o.event_id);
    PERFORM lock_numbers(p_till_id);
    PERFORM lock_tiers((SELECT array_agg(tier_id) FROM order_items WHERE order_id = p_order_id));
    SELECT * INTO o FROM orders WHERE id = p_order_id FOR NO KEY UPDATE;
    IF o.exchanged_from IS NOT NULL THEN
        PERFORM 1 FROM orders WHERE id = first_of_exchanges(p_order_id) FOR NO KEY UPDATE;
    END IF;
    PERFORM 1 FROM tickets WHERE order_id = p_order_id ORDER BY id FOR NO KEY UPDATE;
    RETURN o;
END $$;

-- Where money of a refund goes: back by the payments that it came by, the order's own before others and the newest first,
-- each as far as it was not given back before. What an exchange brought came by the payments of the orders before it; so
-- nobody turns a card's money into cash by exchanging first.
CREATE FUNCTION original_tenders(p_order_id bigint, p_amount numeric)
RETURNS TABLE (tender text, gift_card_id bigint, amount numeric)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE family AS (
        SELECT first_of_exchanges(p_order_id) AS id
        UNION ALL
        SELECT o.id FROM family f JOIN orders o ON o.exchanged_from = f.id
    )
    SELECT q.tender, q.gift_card_id, least(q.left_over, p_amount - q.before)
    FROM (
        SELECT l.*, coalesce(sum(l.left_over) OVER (ORDER BY l.is_own DESC, l.newest DESC
                                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM (
            SELECT p.tender, CASE WHEN p.tender = 'gift_card' THEN p.gift_card_id END AS gift_card_id, max(p.id) AS newest,
                   bool_or(p.order_id = p_order_id AND p.kind = 'payment') AS is_own,
                   sum(CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END) AS left_over
            FROM family f JOIN payment_transactions p ON p.order_id = f.id
            WHERE p.tender <> 'exchange'
            GROUP BY 1, 2
        ) l WHERE l.left_over > 0
    ) q WHERE q.before < p_amount
$$;

-- A new gift card; its code is told once, by whoever made it.
CREATE FUNCTION new_gift_card(p_key uuid, p_currency text) RETURNS gift_cards
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO gift_cards (key, currency, balance) VALUES (p_key, p_currency, 0) RETURNING *;
END;

-- Write what goes back for a correction. p_exchange: so much of it stays with us, as payment for other tickets.
CREATE FUNCTION give_back(
    c corrections, p_exchange numeric, p_tender text, p_reference text, p_till_id bigint
) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    part         record;
    payment_id   bigint;
    card         gift_cards;
    told         json[] := '{}';
    new_code     text;
    given        numeric := 0;
    is_elsewhere CONSTANT boolean := p_tender IS NOT NULL;
BEGIN
    PERFORM require_sealed(p_reference);
    FOR part IN
        SELECT 'exchange' AS tender, NULL::bigint AS gift_card_id, p_exchange AS amount WHERE p_exchange > 0
        UNION ALL
        SELECT p_tender, NULL, c.total - p_exchange WHERE is_elsewhere AND c.total > p_exchange
        UNION ALL
        SELECT o.tender, o.gift_card_id, o.amount
        FROM original_tenders(c.order_id, c.total - p_exchange) o WHERE NOT is_elsewhere
    LOOP
        IF part.tender = 'gift_card' THEN
            IF part.gift_card_id IS NULL THEN
                card := new_gift_card(c.key, c.currency);
                new_code := card.code;
            ELSE
                SELECT * INTO card FROM gift_cards WHERE id = part.gift_card_id FOR NO KEY UPDATE;
            END IF;
            UPDATE gift_cards SET balance = balance + part.amount WHERE id = card.id;
        END IF;
        INSERT INTO payment_transactions (order_id, kind, tender, amount, currency, reference, till_id, clerk_id,
            correction_id, gift_card_id, receipt_number)
        VALUES (c.order_id, 'refund', part.tender, part.amount, c.currency,
            CASE WHEN part.tender IN ('card', 'other') THEN coalesce(p_reference, '') ELSE '' END, p_till_id,
            c.clerk_id, c.id, CASE WHEN part.tender = 'gift_card' THEN card.id END, c.receipt_number)
        RETURNING id INTO payment_id;
        IF part.tender = 'cash' THEN
            INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
            VALUES (cash_drawer_for(p_till_id, c.currency, c.clerk_id), 'refund', -part.amount, payment_id, c.clerk_id);
        ELSIF part.tender = 'gift_card' THEN
            INSERT INTO gift_card_entries (gift_card_id, kind, amount, payment_id, clerk_id)
            VALUES (card.id, 'refund', part.amount, payment_id, c.clerk_id);
        END IF;
        told := told || payment_facts(part.tender, -part.amount, NULL);
        given := given + part.amount;
    END LOOP;
    IF given <> c.total THEN
        RAISE EXCEPTION 'of % only % came in', c.total, given USING ERRCODE = 'data_exception';
    END IF;
    RETURN json_build_object('payments', array_to_json(told), 'gift_card', new_code);
END $$;

-- What a correction says on its receipt: the tickets that came back, and what its customer got.
CREATE FUNCTION correction_facts(c corrections, o orders, payments json) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object(
    'kind', 'refund', 'receipt_number', c.receipt_number, 'order_id', o.id, 'order_number', o.order_number,
    'sold_at', c.created_at, 'currency', o.currency, 'total', (-c.total)::text, 'tax', (-c.tax)::text,
    'retained', c.retained::text, 'reason', c.reason, 'tax_inclusive', o.tax_inclusive,
    'taxes', json_build_array(json_build_object('rate_percent', o.tax_rate_percent::text,
        'net', (-c.subtotal - c.service_fee)::text, 'tax', (-c.tax)::text)),
    'till', (SELECT name FROM tills WHERE id = c.till_id),
    'clerk', (SELECT trim(first_name || ' ' || last_name) FROM users WHERE id = c.clerk_id),
    'event', json_build_object('id', e.id, 'title', e.title, 'venue', e.venue, 'address', e.venue_address,
        'starts_at', e.start_time, 'time_zone', e.time_zone,
        'promoter', (SELECT company FROM promoters WHERE id = e.promoter_id)),
    'lines', (SELECT json_agg(json_build_object('tier_id', l.tier_id, 'tier', l.name, 'quantity', -l.quantity,
                    'unit_price', l.price::text, 'list_price', NULL))
              FROM (SELECT k.tier_id, t.name, k.price, count(*) AS quantity
                    FROM correction_tickets g JOIN tickets k ON k.id = g.ticket_id JOIN ticket_tiers t ON t.id = k.tier_id
                    WHERE g.correction_id = c.id GROUP BY k.tier_id, t.name, k.price ORDER BY 1) l),
    'payments', payments)
FROM events e WHERE e.id = o.event_id);

CREATE FUNCTION keep_correction_receipt(c corrections, facts json) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)
    VALUES (c.till_id, c.receipt_number, 'refund', c.order_id, c.clerk_id, c.currency, -coalesce((
        SELECT sum(p.amount) FROM payment_transactions p
        WHERE p.order_id = c.order_id AND p.correction_id = c.id AND p.tender NOT IN ('gift_card', 'exchange')), 0), facts);
END;

-- Make tickets of an order undone. Of a deed that came twice the first answer is told again.
-- p_retained: what is kept back of each ticket as a fee, at most its worth.
CREATE FUNCTION undo_tickets(
    p_key uuid, o orders, p_ticket_ids bigint[], p_kind text, p_retained numeric, p_exchange numeric, p_tender text,
    p_reference text, p_reason text, p_till_id bigint
) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    c        corrections;
    worth    record;
    n        bigint;
    bad      record;
    money    json;
    facts    json;
    digits   CONSTANT integer := minor_digits(o.currency);
    receipt  bigint;
    tier     record;
BEGIN
    SELECT * INTO bad FROM ticket_worth(o.id) w
    WHERE w.ticket_id = ANY (p_ticket_ids) AND (w.status NOT IN ('valid', 'used') OR w.status = 'used'
        AND my_role() IS DISTINCT FROM 'manager' AND NOT is_housekeeping()) LIMIT 1;
    IF FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'ticket_not_returnable', 'ticket', bad.ticket_id, 'status', bad.status));
    END IF;
    IF (p_retained >= 0 AND p_retained < 'Infinity' AND round(p_retained, digits) = p_retained) IS NOT TRUE THEN
        RAISE EXCEPTION 'what is retained is a sum of money' USING ERRCODE = 'check_violation';
    END IF;
    -- Each ticket's share of the tax goes with the share of its worth that goes back.
    SELECT count(*) AS tickets, sum(w.amount) AS amount, sum(w.amount - least(w.amount, p_retained)) AS back,
           sum(least(w.amount, p_retained)) AS retained,
           sum(CASE WHEN w.amount = 0 THEN 0
               ELSE round(w.tax * (w.amount - least(w.amount, p_retained)) / w.amount, digits) END) AS tax,
           sum(CASE WHEN w.amount = 0 THEN 0 ELSE round(k.service_fee * (w.amount - least(w.amount, p_retained)) / w.amount, digits)
               END) AS fee
    INTO worth
    FROM ticket_worth(o.id) w JOIN tickets k ON k.id = w.ticket_id WHERE w.ticket_id = ANY (p_ticket_ids);
    IF worth.tickets = 0 OR worth.tickets <> (SELECT count(DISTINCT id) FROM unnest(p_ticket_ids) AS id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_order', 'order', o.id::text));
    END IF;
    IF (p_exchange <= worth.back) IS NOT TRUE THEN
        RAISE EXCEPTION 'tickets of % pay for no more than that', worth.back USING ERRCODE = 'check_violation';
    END IF;
    receipt := take_number(p_till_id);
    -- Net of tax like an order's amounts: the fee's net part is estimated by its share, what remains is the tickets'.
    worth.fee := least(worth.back - worth.tax, CASE WHEN o.tax_inclusive
        THEN worth.fee - tax_of(worth.fee, o.tax_rate_percent, true, digits) ELSE worth.fee END);
    SELECT nextval(pg_get_serial_sequence('corrections', 'id')) INTO n;
    c := ROW(n, p_key, o.id, p_kind, o.currency, worth.back - worth.tax - worth.fee, worth.fee, worth.tax, worth.back,
        worth.retained, trim(p_reason), p_till_id, coalesce(my_user_id(), o.clerk_id), receipt, CURRENT_TIMESTAMP)::corrections;
    INSERT INTO corrections SELECT c.*;
    INSERT INTO correction_tickets (ticket_id, correction_id, amount, retained)
    SELECT w.ticket_id, c.id, w.amount - least(w.amount, p_retained), least(w.amount, p_retained)
    FROM ticket_worth(o.id) w WHERE w.ticket_id = ANY (p_ticket_ids);
    money := give_back(c, p_exchange, p_tender, p_reference, p_till_id);
    facts := correction_facts(c, o, money -> 'payments');
    PERFORM keep_correction_receipt(c, facts);

    UPDATE tickets SET status = CASE WHEN c.total > 0 THEN 'refunded' ELSE 'cancelled' END
    WHERE order_id = o.id AND id = ANY (p_ticket_ids);
    FOR tier IN SELECT tier_id, count(*) AS quantity FROM tickets WHERE id = ANY (p_ticket_ids) GROUP BY tier_id ORDER BY 1
    LOOP
        UPDATE ticket_tiers SET sold = sold - tier.quantity WHERE id = tier.tier_id;
    END LOOP;
    IF NOT EXISTS (SELECT 1 FROM tickets WHERE order_id = o.id AND status IN ('valid', 'used')) THEN
        UPDATE event_cancellation_orders SET state = 'refunded', detail = '', changed_at = CURRENT_TIMESTAMP
        WHERE order_id = o.id;
        UPDATE orders SET status = CASE WHEN EXISTS (
            SELECT 1 FROM corrections WHERE order_id = o.id AND total > 0) THEN 'refunded' ELSE 'cancelled' END
        WHERE id = o.id;
        UPDATE discounts SET used = used - 1 WHERE id = o.discount_id;
    END IF;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (c.clerk_id, p_till_id, CASE p_kind WHEN 'exchange' THEN 'exchanged' ELSE 'refunded' END, 'order', o.id,
            jsonb_build_object('tickets', to_jsonb(p_ticket_ids), 'total', c.total, 'retained', c.retained,
                'currency', c.currency, 'correction', c.id), c.reason);
    RETURN json_build_object('correction_id', c.id, 'receipt', facts, 'gift_card', money -> 'gift_card', 'replayed', false);
END $$;

-- The answer to a deed that was done before under this key. The code of a gift card is told again only to whoever made
-- it: others may read the keys of corrections.
CREATE FUNCTION replayed_correction(p_key uuid, p_order_id bigint) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c corrections;
BEGIN
    SELECT * INTO c FROM corrections WHERE key = p_key;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF c.order_id <> p_order_id THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused',
            'order_number', (SELECT order_number FROM orders WHERE id = c.order_id)));
    END IF;
    RETURN json_build_object('correction_id', c.id, 'replayed', true,
        'receipt', (SELECT facts FROM receipts r WHERE r.till_id = c.till_id AND r.number = c.receipt_number),
        'gift_card', CASE WHEN c.clerk_id = my_user_id() OR is_housekeeping()
            THEN (SELECT g.code FROM gift_cards g WHERE g.key = p_key) END);
END $$;

-- Give tickets of an order back (none named: all that are left). Money goes back by the tenders that it came by, or by
-- p_tender with a manager's leave. p_kind 'correction' is the clerk's own slip, undone to be sold right.
CREATE FUNCTION refund_tickets(
    p_key uuid, p_order_id bigint, p_ticket_ids bigint[], p_retained numeric, p_tender text, p_reference text,
    p_reason text, p_till_id bigint, p_kind text DEFAULT 'refund'
) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    o     orders;
    done  json;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    ELSIF (p_kind IN ('refund', 'correction')) IS NOT TRUE OR p_tender NOT IN ('cash', 'card', 'other', 'gift_card') THEN
        RAISE EXCEPTION 'tickets are refunded by a tender of the counter' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    o := lock_order(p_order_id, p_till_id);
    done := replayed_correction(p_key, p_order_id);
    IF done IS NOT NULL THEN
        RETURN done;
    END IF;
    IF o.status NOT IN ('paid', 'refunded') OR o.paid_at IS NULL THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_returnable', 'status', o.status));
    END IF;
    PERFORM require_refund_right(o, p_till_id);
    IF p_tender IS NOT NULL THEN
        PERFORM require_override('refund elsewhere', 'order', o.id);
    END IF;
    RETURN undo_tickets(p_key, o, coalesce(p_ticket_ids, ARRAY(
        SELECT id FROM tickets WHERE order_id = o.id AND status IN ('valid', 'used') ORDER BY id)),
        p_kind, coalesce(p_retained, 0), 0, p_tender, p_reference, p_reason, p_till_id);
END $$;

-- Other tickets for these: the new ones are taken first, then the old ones come back, and only the difference is paid or
-- given back, in one transaction.
CREATE FUNCTION exchange_tickets(
    p_key uuid, p_order_id bigint, p_ticket_ids bigint[], p_event_id bigint, p_tier_ids bigint[], p_quantities bigint[],
    p_shown_prices numeric[], p_shown_total numeric, p_split jsonb, p_reason text, p_till_id bigint
) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    o        orders;
    done     json;
    credit   numeric;
    price    basket_price;
    terms    jsonb;
    e        events;
    one      bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    SELECT * INTO o FROM orders WHERE id = p_order_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_order', 'order', p_order_id::text));
    END IF;
    -- Two exchanges the other way round would else wait for each other.
    FOR one IN SELECT DISTINCT unnest(ARRAY[o.event_id, p_event_id]) AS id ORDER BY id LOOP
        PERFORM lock_event_for_sale(one);
    END LOOP;
    PERFORM lock_numbers(p_till_id);
    PERFORM lock_tiers(p_tier_ids || (SELECT array_agg(tier_id) FROM order_items WHERE order_id = p_order_id));
    o := lock_order(p_order_id, p_till_id);
    done := replayed_correction(p_key, p_order_id);
    IF done IS NOT NULL THEN
        RETURN json_build_object('sale', (SELECT order_facts(n.id, true) FROM orders n WHERE n.purchase_key = p_key),
            'correction', done);
    END IF;
    IF o.status NOT IN ('paid', 'refunded') OR o.paid_at IS NULL THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_returnable', 'status', o.status));
    END IF;
    IF EXISTS (SELECT 1 FROM orders WHERE purchase_key = p_key) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused',
            'order_number', (SELECT order_number FROM orders WHERE purchase_key = p_key)));
    ELSIF EXISTS (SELECT 1 FROM jsonb_array_elements(coalesce(p_split, '[]')) s WHERE s ->> 'tender' = 'exchange') THEN
        -- What the tickets are worth is said here, by nobody else.
        RAISE EXCEPTION 'the difference of an exchange is paid with money' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM require_refund_right(o, p_till_id);
    SELECT sum(w.amount) INTO credit FROM ticket_worth(o.id) w WHERE w.ticket_id = ANY (p_ticket_ids);
    SELECT * INTO e FROM events WHERE id = p_event_id;
    price := price_of(e, p_tier_ids, p_quantities, NULL, NULL);
    IF e.currency <> o.currency THEN
        PERFORM refuse(jsonb_build_object('refusal', 'other_currency', 'currency', o.currency));
    END IF;
    INSERT INTO idempotency_keys (key, deed, order_id) VALUES (p_key, 'exchange', p_order_id);
    IF o.user_id IS NOT NULL THEN
        terms := jsonb_build_object('customer', o.user_id);
    END IF;
    done := sell_tickets(p_key, p_event_id, p_tier_ids, p_quantities, p_shown_prices, p_shown_total, NULL, NULL, '',
        p_till_id, coalesce(my_user_id(), o.clerk_id), terms,
        CASE WHEN least(credit, price.total) > 0 THEN
            jsonb_build_array(jsonb_build_object('tender', 'exchange', 'amount', least(credit, price.total)))
        ELSE '[]' END
        || CASE WHEN price.total > credit THEN open_amounts(p_split, price.total - credit) ELSE '[]' END);
    UPDATE orders SET exchanged_from = p_order_id WHERE purchase_key = p_key;
    RETURN json_build_object('sale', done, 'correction', undo_tickets(p_key, o, p_ticket_ids, 'exchange', 0,
        least(credit, price.total), NULL, '', p_reason, p_till_id));
END $$;

-- Payments whose only amount was left open are of what is due.
CREATE FUNCTION open_amounts(p_split jsonb, p_due numeric) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_agg(CASE WHEN s ? 'amount' AND s -> 'amount' <> 'null' THEN s
    ELSE s || jsonb_build_object('amount', p_due) END), '[]') FROM jsonb_array_elements(coalesce(p_split, '[]')) s);

-- Whoever is told that a deed was done before must have asked for that very deed.
CREATE FUNCTION require_same_deed(p_key uuid, p_deed text, p_order_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE key = p_key AND deed = p_deed AND order_id = p_order_id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused', 'order_number', (
            SELECT o.order_number FROM idempotency_keys k JOIN orders o ON o.id = k.order_id WHERE k.key = p_key)));
    END IF;
END $$;

-- Pay an order that was to be paid later, in whole or in part. The last payment makes it paid and issues its tickets.
CREATE FUNCTION pay_order(p_key uuid, p_order_id bigint, p_split jsonb, p_till_id bigint) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    o        orders;
    e        events;
    due      numeric;
    parts    tender_part[];
    paid     numeric;
    receipt  bigint;
    me       bigint;
    lines    priced_line[];
    line     priced_line;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    o := lock_order(p_order_id, p_till_id);
    INSERT INTO idempotency_keys (key, deed, order_id) VALUES (p_key, 'payment', p_order_id) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM require_same_deed(p_key, 'payment', p_order_id);
        RETURN order_facts(p_order_id, true);
    END IF;
    IF o.status <> 'pending' THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_pending', 'status', o.status));
    END IF;
    SELECT * INTO e FROM events WHERE id = o.event_id;
    IF e.status <> 'published' THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_pending', 'status', 'cancelled'));
    END IF;
    due := o.total_amount - coalesce((SELECT sum(amount) FROM payment_transactions
                                      WHERE order_id = o.id AND kind = 'payment'), 0);
    parts := tenders_for(due, o.currency, p_split, true);
    PERFORM require_exchange(p_key, parts);
    IF parts IS NULL THEN
        PERFORM refuse(jsonb_build_object('refusal', 'payments_differ', 'due', due, 'paid', 0, 'currency', o.currency));
    END IF;
    SELECT sum(p.amount) INTO paid FROM unnest(parts) p;
    me := coalesce(my_user_id(), o.clerk_id);
    receipt := take_number(p_till_id);
    PERFORM take_payments(o.id, NULL, parts, o.currency, p_key, receipt, p_till_id, me);
    IF paid = due THEN
        UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE order_id = o.id AND ended_at IS NULL;
        SELECT array_agg(ROW(i.tier_id, NULL, i.quantity, NULL, i.unit_price, i.service_fee / i.quantity, i.tax, NULL,
                             i.list_price, i.reduction)::priced_line ORDER BY i.tier_id)
        INTO lines FROM order_items i WHERE i.order_id = o.id;
        INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax)
        SELECT o.id, k.tier_id, o.event_id, k.number, k.price, k.fee, k.tax
        FROM tickets_of(lines, o.tax, (SELECT sum(l.quantity * (l.unit_price + l.unit_fee)) FROM unnest(lines) l),
            minor_digits(o.currency)) k;
        FOREACH line IN ARRAY lines LOOP
            UPDATE ticket_tiers SET sold = sold + line.quantity WHERE id = line.tier_id;
        END LOOP;
        UPDATE orders SET status = 'paid', paid_at = CURRENT_TIMESTAMP WHERE id = o.id;
    END IF;
    INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)
    SELECT p_till_id, receipt, 'payment', o.id, me, o.currency,
        paid - coalesce((SELECT sum(p.amount) FROM unnest(parts) p WHERE p.tender = 'gift_card'), 0),
        (jsonb_set((order_facts(o.id) -> 'sale')::jsonb, '{kind}', '"payment"')
         || jsonb_build_object('receipt_number', receipt, 'sold_at', CURRENT_TIMESTAMP, 'due', (due - paid)::text,
            'paid', paid::text,
            'clerk', (SELECT trim(first_name || ' ' || last_name) FROM users WHERE id = me),
            'till', (SELECT name FROM tills WHERE id = p_till_id),
            'payments', (SELECT jsonb_agg(payment_facts(p.tender, p.amount, p.tendered)) FROM unnest(parts) p)))::json;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (me, p_till_id, 'paid', 'order', o.id,
            jsonb_build_object('paid', paid, 'due', due - paid, 'currency', o.currency));
    RETURN order_facts(o.id);
END $$;

-- Give up an order that was to be paid later: its tickets are free again, and what was paid of it goes back.
CREATE FUNCTION cancel_order(p_key uuid, p_order_id bigint, p_reference text, p_reason text, p_till_id bigint) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    o       orders;
    c       corrections;
    paid    numeric;
    money   json;
    receipt bigint;
    n       bigint;
    facts   json;
    done    json;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    o := lock_order(p_order_id, p_till_id);
    done := replayed_correction(p_key, p_order_id);
    IF done IS NOT NULL THEN
        RETURN done;
    END IF;
    IF o.status NOT IN ('pending', 'expired') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_pending', 'status', o.status));
    END IF;
    SELECT coalesce(sum(amount), 0) INTO paid FROM payment_transactions WHERE order_id = o.id AND kind = 'payment';
    IF paid > 0 THEN
        PERFORM require_refund_right(o, p_till_id);
    END IF;
    UPDATE holds SET ended_at = CURRENT_TIMESTAMP WHERE order_id = o.id AND ended_at IS NULL;
    UPDATE orders SET status = 'cancelled' WHERE id = o.id;
    IF o.status = 'pending' THEN -- one that expired gave its use back then
        UPDATE discounts SET used = used - 1 WHERE id = o.discount_id;
    END IF;
    receipt := take_number(p_till_id);
    n := nextval(pg_get_serial_sequence('corrections', 'id'));
    c := ROW(n, p_key, o.id, 'cancel', o.currency, paid, 0, 0, paid, 0, trim(p_reason), p_till_id,
        coalesce(my_user_id(), o.clerk_id), receipt, CURRENT_TIMESTAMP)::corrections;
    INSERT INTO corrections SELECT c.*;
    money := give_back(c, 0, NULL, p_reference, p_till_id);
    facts := correction_facts(c, o, money -> 'payments');
    PERFORM keep_correction_receipt(c, facts);
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (c.clerk_id, p_till_id, 'cancelled', 'order', o.id,
            jsonb_build_object('total', paid, 'currency', o.currency, 'correction', c.id), c.reason);
    RETURN json_build_object('correction_id', c.id, 'receipt', facts, 'gift_card', money -> 'gift_card', 'replayed', false);
END $$;

-- Take up again an order that expired or was cancelled unpaid, if its tickets are still there.
CREATE FUNCTION reactivate_order(p_key uuid, p_order_id bigint, p_due_at timestamptz, p_till_id bigint) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
DECLARE
    o orders;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    o := lock_order(p_order_id, p_till_id);
    INSERT INTO idempotency_keys (key, deed, order_id) VALUES (p_key, 'reactivate', p_order_id) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM require_same_deed(p_key, 'reactivate', p_order_id);
        RETURN order_facts(p_order_id, true);
    END IF;
    IF o.status NOT IN ('expired', 'cancelled') OR o.paid_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM payment_transactions WHERE order_id = o.id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_pending', 'status', o.status));
    ELSIF (p_due_at > CURRENT_TIMESTAMP AND p_due_at < CURRENT_TIMESTAMP + interval '1 year') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "due_date_past"}');
    ELSIF EXISTS (SELECT 1 FROM events WHERE id = o.event_id AND status <> 'published') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'order_not_pending', 'status', 'cancelled'));
    END IF;
    UPDATE orders SET status = 'pending', due_at = p_due_at WHERE id = o.id RETURNING * INTO o;
    IF o.discount_id IS NOT NULL THEN
        UPDATE discounts SET used = used + 1 WHERE id = o.discount_id AND (max_uses IS NULL OR used < max_uses);
        IF NOT FOUND THEN
            PERFORM refuse(jsonb_build_object('refusal', 'discount_invalid', 'reason', 'used_up',
                'code', (SELECT code FROM discounts WHERE id = o.discount_id)));
        END IF;
    END IF;
    PERFORM hold_order(o);
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (coalesce(my_user_id(), o.clerk_id), p_till_id, 'reactivated', 'order', o.id,
            jsonb_build_object('due_at', p_due_at));
    RETURN order_facts(o.id);
END $$;
