-- The sale with everything that a counter asks of it. docs/decisions/0002-the-form-of-the-sale.md says why it has this form.

DROP PROCEDURE sell;
DROP FUNCTION sell_tickets, replayed_sale;

-- One payment among those of an order. The amount of the only one may be left open: then it is all of it.
CREATE TYPE tender_part AS (
    tender     text,
    amount     numeric,
    tendered   numeric,
    reference  text,
    gift_card  text,
    card_key   uuid
);

-- The sale that was already made under this key, or a refusal when the key belongs to another basket.
CREATE FUNCTION replayed_sale(p_order_id bigint, tier_ids bigint[], quantities bigint[], tenders text[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT w.tier_id, sum(w.quantity) AS quantity
                       FROM unnest(tier_ids, quantities) AS w (tier_id, quantity) GROUP BY w.tier_id) wanted
        FULL JOIN (SELECT i.tier_id, sum(i.quantity) AS quantity
                   FROM order_items i WHERE i.order_id = p_order_id GROUP BY i.tier_id) made USING (tier_id)
        WHERE wanted.quantity IS DISTINCT FROM made.quantity
    ) OR EXISTS (
        SELECT 1 FROM unnest(tenders) AS wanted
        WHERE NOT EXISTS (SELECT 1 FROM payment_transactions p
                          WHERE p.order_id = p_order_id AND p.kind = 'payment' AND p.tender = wanted)
    ) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'purchase_key_reused',
            'order_number', (SELECT order_number FROM orders WHERE id = p_order_id)));
    END IF;
    RETURN order_facts(p_order_id, true);
END $$;

-- The till's next receipt number. Its row stays locked until the deed commits, so that there are no gaps and a closing
-- sees all receipts before its last.
CREATE FUNCTION next_receipt(p_till_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO till_numbers AS n (till_id, last_receipt) VALUES (p_till_id, 1)
    ON CONFLICT (till_id) DO UPDATE SET last_receipt = n.last_receipt + 1 RETURNING last_receipt INTO number;
    RETURN number;
END $$;

-- Keep the till's next number for this deed before it locks any tier: the drawer, then the number, then what is sold. The
-- plain sale has the tiers last of all, so whoever took them first would wait for it, and it for them.
CREATE FUNCTION lock_numbers(p_till_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL FOR SHARE;
    INSERT INTO till_numbers (till_id) VALUES (p_till_id) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM till_numbers WHERE till_id = p_till_id FOR NO KEY UPDATE;
END $$;

-- The same for deeds that may move cash later on: the drawer before the number, as the sale and the closing take them.
CREATE FUNCTION take_number(p_till_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL FOR SHARE;
    RETURN next_receipt(p_till_id);
END $$;

-- The payments of an amount that is due, checked: each a positive sum of whole minor units, together what is due (or
-- less, where that is allowed), cash covering its part.
CREATE FUNCTION tenders_for(p_due numeric, p_currency text, p_split jsonb, p_may_be_less boolean) RETURNS tender_part[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits  CONSTANT integer := minor_digits(p_currency);
    parts   tender_part[];
    part    tender_part;
    paid    numeric := 0;
BEGIN
    SELECT array_agg(ROW(s.tender, coalesce(s.amount, p_due), s.tendered, coalesce(s.reference, ''),
                         s.gift_card, s.card_key)::tender_part ORDER BY s.nth)
    INTO parts
    FROM ROWS FROM (jsonb_to_recordset(p_split) AS (
        tender text, amount numeric, tendered numeric, reference text, gift_card text, card_key uuid)
    ) WITH ORDINALITY AS s (tender, amount, tendered, reference, gift_card, card_key, nth);
    FOREACH part IN ARRAY coalesce(parts, '{}') LOOP
        IF (part.amount > 0 AND part.amount < 'NaN' AND round(part.amount, digits) = part.amount) IS NOT TRUE
            AND NOT (part.amount = 0 AND p_due = 0) THEN
            PERFORM refuse(jsonb_build_object('refusal', 'payments_differ', 'due', p_due, 'paid', part.amount,
                'currency', p_currency));
        END IF;
        IF part.tendered < part.amount THEN
            PERFORM refuse(jsonb_build_object('refusal', 'cash_too_little', 'total', part.amount,
                'tendered', part.tendered, 'currency', p_currency));
        END IF;
        paid := paid + part.amount;
    END LOOP;
    IF paid > p_due OR paid < p_due AND NOT p_may_be_less THEN
        PERFORM refuse(jsonb_build_object('refusal', 'payments_differ', 'due', p_due, 'paid', paid, 'currency', p_currency));
    END IF;
    RETURN parts;
END $$;

-- Take money off a gift card for one part of a payment; returns the card.
CREATE FUNCTION charge_gift_card(part tender_part, p_currency text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    card gift_cards;
BEGIN
    SELECT * INTO card FROM gift_cards WHERE code = part.gift_card FOR NO KEY UPDATE;
    IF NOT FOUND OR NOT card.is_active OR card.currency <> p_currency THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_gift_card', 'code', coalesce(part.gift_card, '')));
    ELSIF card.balance < part.amount THEN
        PERFORM refuse(jsonb_build_object('refusal', 'gift_card_too_little', 'balance', card.balance,
            'wanted', part.amount, 'currency', card.currency));
    END IF;
    UPDATE gift_cards SET balance = balance - part.amount WHERE id = card.id;
    RETURN card.id;
END $$;

-- Book a card payment that was pinned for this purchase: the terminal took exactly this amount.
CREATE FUNCTION book_card_payment(
    part tender_part, p_purchase_key uuid, p_order_id bigint, p_currency text, p_till_id bigint
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    pinned card_payments;
BEGIN
    SELECT * INTO pinned FROM card_payments WHERE key = part.card_key FOR NO KEY UPDATE;
    IF NOT FOUND OR part.tender IS DISTINCT FROM 'card' OR pinned.kind <> 'payment' OR pinned.state NOT IN ('pinned', 'unknown', 'approved')
        OR pinned.amount <> part.amount OR pinned.currency <> p_currency OR pinned.till_id <> p_till_id
        OR pinned.purchase_key IS DISTINCT FROM p_purchase_key THEN
        PERFORM refuse(jsonb_build_object('refusal', 'card_payment_differs', 'state', coalesce(pinned.state, 'unknown'),
            'pinned', pinned.amount, 'wanted', part.amount, 'currency', p_currency));
    END IF;
    UPDATE card_payments SET state = 'booked', order_id = p_order_id, changed_at = CURRENT_TIMESTAMP,
        reference = CASE WHEN part.reference = '' THEN reference ELSE part.reference END
    WHERE id = pinned.id;
    RETURN pinned.id;
END $$;

-- Write the payments of a deed: money, drawer, gift cards, card terminals.
CREATE FUNCTION take_payments(
    p_order_id bigint, p_bought_card_id bigint, parts tender_part[], p_currency text, p_purchase_key uuid,
    p_receipt_number bigint, p_till_id bigint, p_clerk_id bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    part        tender_part;
    payment_id  bigint;
    card_id     bigint;
    pinned_id   bigint;
BEGIN
    FOREACH part IN ARRAY coalesce(parts, '{}') LOOP
        PERFORM require_sealed(part.reference);
        card_id := CASE WHEN part.tender = 'gift_card' THEN charge_gift_card(part, p_currency) ELSE p_bought_card_id END;
        pinned_id := CASE WHEN part.card_key IS NOT NULL
            THEN book_card_payment(part, p_purchase_key, p_order_id, p_currency, p_till_id) END;
        INSERT INTO payment_transactions (order_id, tender, amount, currency, tendered, reference, till_id, clerk_id,
            gift_card_id, card_payment_id, receipt_number)
        VALUES (p_order_id, part.tender, part.amount, p_currency, part.tendered, part.reference, p_till_id, p_clerk_id,
            card_id, pinned_id, p_receipt_number)
        RETURNING id INTO payment_id;
        IF part.amount = 0 THEN
            CONTINUE; -- nothing moved, in no drawer and on no card
        ELSIF part.tender = 'cash' THEN
            INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
            VALUES (cash_drawer_for(p_till_id, p_currency, p_clerk_id), 'sale', part.amount, payment_id, p_clerk_id);
        ELSIF part.tender = 'gift_card' THEN
            INSERT INTO gift_card_entries (gift_card_id, kind, amount, payment_id, clerk_id)
            VALUES (card_id, 'redeem', -part.amount, payment_id, p_clerk_id);
        END IF;
    END LOOP;
END $$;

-- One statement from the till: lock, check, write and answer in one round trip, so that the tier is locked for as
-- short as can be. p_till_tells: the till tells the others itself. p_may_flush_later: whoever calls sees to it that
-- nothing is answered before the disk has it, as sell() does.
-- p_terms, NULL for most sales: customer, notes (sealed), discount or reduction (terms_of) with its reason, held (the
-- basket holds its tickets, see hold_basket), due_at (paid later: the order stays pending and holds its tickets until
-- then). p_split, NULL for most: the payments where there are several, or any by gift card or pinned card payment.
CREATE FUNCTION sell_tickets(
    p_purchase_key uuid, p_event_id bigint,
    p_tier_ids bigint[], p_quantities bigint[], p_shown_prices numeric[], p_shown_total numeric,
    p_tender text, p_tendered numeric, p_reference text, p_till_id bigint, p_clerk_id bigint,
    p_terms jsonb DEFAULT NULL, p_split jsonb DEFAULT NULL,
    p_till_tells boolean DEFAULT false, p_may_flush_later boolean DEFAULT false
) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
-- The lengths of the arrays tempt the planner into planning every statement anew for each sale.
SET plan_cache_mode = force_generic_plan
-- A till that opens before the first sale plans its statements and foreign key checks for empty tables, and keeps
-- those plans: it would read all orders for every sale until the tables are first analysed.
SET enable_seqscan = off
AS $$
DECLARE
    e           events;
    o           orders;
    sums        basket_price;
    terms       reduction_terms;
    parts       tender_part[];
    line        priced_line;
    receipt     bigint;
    drawer      bigint;
    facts       json;
    is_pending  CONSTANT boolean := coalesce(p_terms ? 'due_at', false);
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM require_read_committed();
    END IF;
    IF p_purchase_key IS NULL OR p_till_id IS NULL THEN
        RAISE EXCEPTION 'a sale needs a purchase key and a till' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- One key, one after the other: a retry that overtook its own first try would be told "sold out" by it.
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_purchase_key, 0));
    SELECT * INTO o FROM orders WHERE purchase_key = p_purchase_key;
    IF FOUND THEN
        -- The first try may not have come to the disk yet.
        PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
        RETURN replayed_sale(o.id, p_tier_ids, p_quantities, CASE WHEN is_pending THEN '{}' WHEN p_split IS NULL
            THEN ARRAY[p_tender] ELSE ARRAY(SELECT s ->> 'tender' FROM jsonb_array_elements(p_split) s) END);
    END IF;

    e := lock_event_for_sale(p_event_id);
    IF e.capacity_shared THEN
        -- The whole house queues, one sale after the other.
        PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
    END IF;
    IF (p_terms IS NOT NULL OR p_split IS NOT NULL) AND NOT is_pending THEN
        PERFORM lock_numbers(p_till_id);
    END IF;
    IF p_terms IS NOT NULL THEN
        terms := begin_terms(e, p_purchase_key, p_tier_ids, p_terms);
    END IF;
    sums := price_of(e, p_tier_ids, p_quantities, p_shown_prices, terms);
    IF sums.is_refused OR e.capacity_shared THEN
        PERFORM refuse_lines(e, sums.lines);
    END IF;
    IF p_shown_total <> sums.total THEN
        PERFORM refuse(jsonb_build_object('refusal', 'total_changed', 'shown', p_shown_total, 'now', sums.total,
            'currency', e.currency));
    END IF;
    IF p_split IS NULL AND p_tendered < sums.total THEN
        PERFORM refuse(jsonb_build_object('refusal', 'cash_too_little', 'total', sums.total,
            'tendered', p_tendered, 'currency', e.currency));
    END IF;
    IF is_pending THEN
        RETURN book_pending_order(e, sums, terms, p_purchase_key, p_terms, p_till_id, p_clerk_id);
    END IF;
    IF p_split IS NOT NULL THEN
        parts := tenders_for(sums.total, e.currency, p_split, false);
        PERFORM require_exchange(p_purchase_key, parts);
    ELSIF p_tender = 'cash' AND sums.total > 0 THEN
        drawer := cash_drawer_for(p_till_id, e.currency, p_clerk_id);
    ELSIF p_tender IN ('gift_card', 'exchange') THEN
        RAISE EXCEPTION 'these tenders are named in p_split' USING ERRCODE = 'check_violation';
    END IF;
    IF p_reference <> '' THEN
        PERFORM require_sealed(p_reference);
    END IF;
    IF p_split IS NULL THEN
        receipt := next_receipt(p_till_id);
    ELSE
        -- Gift cards come after the tiers, as where they are credited.
        PERFORM lock_tiers(p_tier_ids);
        receipt := take_number(p_till_id);
    END IF;

    INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount, tax_rate_percent,
                        tax_inclusive, tax_rounding, purchase_key, till_id, clerk_id, paid_at, user_id, notes,
                        discount_id)
    VALUES (e.id, 'paid', e.currency, sums.net_subtotal, sums.net_fee, sums.tax, sums.total, e.tax_rate_percent,
            e.tax_inclusive, e.tax_rounding, p_purchase_key, p_till_id, p_clerk_id, CURRENT_TIMESTAMP,
            (p_terms ->> 'customer')::bigint, p_terms ->> 'notes', terms.discount_id)
    RETURNING * INTO o;
    IF p_split IS NOT NULL THEN
        PERFORM take_payments(o.id, NULL, parts, e.currency, p_purchase_key, receipt, p_till_id, p_clerk_id);
    END IF;

    -- One statement for all that goes with the order.
    WITH items AS (
        INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax, list_price, reduction)
        SELECT o.id, l.tier_id, l.quantity, l.unit_price, l.unit_fee * l.quantity, l.line_tax,
               CASE WHEN l.reduction <> '' THEN l.list_price END, coalesce(l.reduction, '')
        FROM unnest(sums.lines) l
    ), issued AS (
        INSERT INTO tickets (order_id, tier_id, event_id, number, price, service_fee, tax)
        SELECT o.id, k.tier_id, e.id, k.number, k.price, k.fee, k.tax
        FROM tickets_of(sums.lines, sums.tax, sums.subtotal + sums.fee, minor_digits(e.currency)) k
        RETURNING id, ticket_code, status, number, tier_id, price, service_fee, tickets.tax
    ), payment AS (
        INSERT INTO payment_transactions (order_id, tender, amount, currency, tendered, reference, till_id, clerk_id,
            receipt_number)
        SELECT o.id, p_tender, sums.total, e.currency, p_tendered, p_reference, p_till_id, p_clerk_id, receipt
        WHERE p_split IS NULL
        RETURNING id, amount
    ), cash AS (
        INSERT INTO drawer_entries (drawer_id, kind, amount, payment_id, clerk_id)
        SELECT drawer, 'sale', p.amount, p.id, p_clerk_id FROM payment p WHERE drawer IS NOT NULL
    ), evidence AS (
        INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
        VALUES (p_clerk_id, p_till_id, 'sold', 'order', o.id,
                jsonb_build_object('total', sums.total, 'currency', e.currency, 'tender', coalesce(p_tender, 'split')),
                coalesce(p_terms ->> 'reason', ''))
    ), kept AS (
        INSERT INTO receipts (till_id, number, kind, order_id, clerk_id, currency, total, facts)
        SELECT p_till_id, receipt, 'sale', o.id, p_clerk_id, e.currency,
            sums.total - coalesce((SELECT sum(p.amount) FROM unnest(parts) p WHERE p.tender IN ('gift_card', 'exchange')), 0),
            sale_facts(o, e, receipt,
                (SELECT p.company FROM promoters p WHERE p.id = e.promoter_id),
                (SELECT t.name FROM tills t WHERE t.id = p_till_id),
                (SELECT c.first_name || ' ' || c.last_name FROM users c WHERE c.id = p_clerk_id),
                sums.subtotal, sums.fee,
                (SELECT json_agg(line_facts(l.tier_id, l.name, l.quantity, l.unit_price,
                            CASE WHEN l.reduction <> '' THEN l.list_price END)) FROM unnest(sums.lines) l),
                CASE WHEN p_split IS NULL THEN json_build_array(payment_facts(p_tender, sums.total, p_tendered))
                    ELSE (SELECT json_agg(payment_facts(p.tender, p.amount, p.tendered)) FROM unnest(parts) p) END,
                CASE WHEN terms.discount_id IS NOT NULL
                    THEN (SELECT d.code FROM discounts d WHERE d.id = terms.discount_id) END)
        RETURNING receipts.facts
    )
    SELECT json_build_object('sale', kept.facts, 'status', o.status, 'reference', p_reference,
        'tickets', (SELECT json_agg(ticket_facts(k.id, k.ticket_code, k.status, k.number, l.name, k.price,
                        k.service_fee, k.tax, NULL) ORDER BY k.number)
                    FROM issued k JOIN unnest(sums.lines) l ON l.tier_id = k.tier_id),
        'replayed', false)
    INTO facts FROM kept;

    IF p_till_tells THEN
        PERFORM set_config('boxoffice.till_tells', 'on', true);
    END IF;

    -- Last of all the lock that everybody waits for. In tier order, so that two baskets cannot deadlock; the
    -- condition is checked by the server on the row as it stands once the lock is ours. The advisory lock before
    -- it lets the tills queue fairly: in the queue of a row lock each waiter is woken twice and overtaken at will.
    FOREACH line IN ARRAY sums.lines LOOP
        IF NOT pg_try_advisory_xact_lock(hashtextextended('tier', line.tier_id)) THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('tier', line.tier_id));
            PERFORM set_config('synchronous_commit', 'off', true) WHERE p_may_flush_later;
        END IF;
        UPDATE ticket_tiers t SET sold = t.sold + line.quantity
        WHERE t.id = line.tier_id
          AND sale_refusal(t, e, line.quantity, line.shown_price, NULL, CURRENT_TIMESTAMP) IS NULL;
        IF NOT FOUND THEN
            PERFORM refuse_lines(e, (price_of(e, p_tier_ids, p_quantities, p_shown_prices, terms)).lines);
            RAISE EXCEPTION 'tier % changed back while it was refused', line.tier_id
                USING ERRCODE = 'serialization_failure';
        END IF;
    END LOOP;
    RETURN facts;
END $$;

-- What a sale with terms does first: give the held tickets into the sale, take one use of the code, ask who may reduce a
-- price. The tiers of a basket that held are locked from here on; its sale is one of many steps of that customer anyway.
CREATE FUNCTION begin_terms(e events, p_purchase_key uuid, p_tier_ids bigint[], p_terms jsonb) RETURNS reduction_terms
LANGUAGE plpgsql AS $$
DECLARE
    terms reduction_terms;
BEGIN
    IF (p_terms ->> 'held')::boolean OR p_terms ? 'discount' THEN
        PERFORM lock_tiers(p_tier_ids);
    END IF;
    IF (p_terms ->> 'held')::boolean THEN
        PERFORM require_own_basket(p_purchase_key);
        UPDATE holds SET ended_at = CURRENT_TIMESTAMP
        WHERE basket_key = p_purchase_key AND ended_at IS NULL AND kind = 'basket';
    END IF;
    terms := terms_of(e.id, p_terms);
    IF terms.given IN ('reduced', 'complimentary') THEN
        IF (p_terms ->> 'reason' ~ '[[:alnum:]]') IS NOT TRUE THEN
            PERFORM refuse('{"refusal": "reason_missing"}');
        END IF;
        PERFORM require_override('reduce price', 'event', e.id);
    ELSIF terms.discount_id IS NOT NULL THEN
        -- Its row is locked from here on: the last use is given once. Looked at again, for whoever waited here.
        UPDATE discounts SET used = used + 1 WHERE id = terms.discount_id AND (max_uses IS NULL OR used < max_uses);
        IF NOT FOUND THEN
            PERFORM refuse(jsonb_build_object('refusal', 'discount_invalid', 'code', upper(trim(p_terms ->> 'discount')),
                'reason', 'used_up'));
        END IF;
    END IF;
    PERFORM require_sealed(p_terms ->> 'notes');
    IF p_terms ? 'customer' THEN
        PERFORM require_customer((p_terms ->> 'customer')::bigint);
    END IF;
    RETURN terms;
END $$;

-- Somebody who may be named in an order: a customer who was not deleted.
CREATE FUNCTION require_customer(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM users WHERE id = p_user_id AND role = 'customer' AND deleted_at IS NULL AND erased_at IS NULL
    FOR KEY SHARE;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', coalesce(p_user_id::text, '')));
    END IF;
END $$;

-- The tender 'exchange' carries what tickets were worth that are given back in the same transaction; only
-- exchange_tickets() writes the row that is asked for here.
CREATE FUNCTION require_exchange(p_purchase_key uuid, parts tender_part[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(parts) p WHERE p.tender = 'exchange') AND NOT EXISTS (
        SELECT 1 FROM idempotency_keys k
        WHERE k.key = p_purchase_key AND k.deed = 'exchange' AND k.xmin = pg_current_xact_id()::xid
    ) THEN
        RAISE EXCEPTION 'only an exchange pays with tickets' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- An order that is paid later: no tickets yet, but held until it is due.
CREATE FUNCTION book_pending_order(
    e events, price basket_price, terms reduction_terms, p_purchase_key uuid, p_terms jsonb, p_till_id bigint,
    p_clerk_id bigint
) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    o    orders;
    due  CONSTANT timestamptz := (p_terms ->> 'due_at')::timestamptz;
BEGIN
    IF (due > CURRENT_TIMESTAMP AND due < CURRENT_TIMESTAMP + interval '1 year') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "due_date_past"}');
    ELSIF NOT p_terms ? 'customer' THEN
        PERFORM refuse('{"refusal": "customer_missing"}');
    END IF;
    INSERT INTO orders (event_id, status, currency, subtotal, service_fee, tax, total_amount, tax_rate_percent,
                        tax_inclusive, tax_rounding, purchase_key, till_id, clerk_id, user_id, notes, discount_id, due_at)
    VALUES (e.id, 'pending', e.currency, price.net_subtotal, price.net_fee, price.tax, price.total, e.tax_rate_percent,
            e.tax_inclusive, e.tax_rounding, p_purchase_key, p_till_id, p_clerk_id, (p_terms ->> 'customer')::bigint,
            p_terms ->> 'notes', terms.discount_id, due)
    RETURNING * INTO o;
    INSERT INTO order_items (order_id, tier_id, quantity, unit_price, service_fee, tax, list_price, reduction)
    SELECT o.id, l.tier_id, l.quantity, l.unit_price, l.unit_fee * l.quantity, l.line_tax,
           CASE WHEN l.reduction <> '' THEN l.list_price END, coalesce(l.reduction, '')
    FROM unnest(price.lines) l;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (p_clerk_id, p_till_id, 'ordered', 'order', o.id,
            jsonb_build_object('total', price.total, 'currency', e.currency, 'due_at', due),
            coalesce(p_terms ->> 'reason', ''));
    PERFORM hold_order(o);
    RETURN order_facts(o.id);
END $$;

-- Hold the tickets of a pending order until it is due. Refuses what is not there, on the locked rows.
CREATE FUNCTION hold_order(o orders) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item        record;
    t           ticket_tiers;
    house_left  integer;
BEGIN
    PERFORM lock_tiers((SELECT array_agg(tier_id) FROM order_items WHERE order_id = o.id));
    FOR item IN SELECT tier_id, sum(quantity) AS quantity FROM order_items WHERE order_id = o.id
                GROUP BY tier_id ORDER BY tier_id LOOP
        SELECT * INTO t FROM ticket_tiers WHERE id = item.tier_id;
        SELECT capacity_left(e) INTO house_left FROM events e WHERE e.id = o.event_id AND e.capacity_shared;
        IF item.quantity > tier_available(t, house_left) THEN
            PERFORM refuse(jsonb_build_object('refusal', 'sold_out', 'tier_id', t.id, 'tier', t.name,
                'available', tier_available(t, house_left), 'held', t.reserved,
                'requested', item.quantity));
        END IF;
        INSERT INTO holds (tier_id, kind, quantity, owner, expires_at, order_id, till_id, clerk_id)
        VALUES (item.tier_id, 'order', item.quantity, o.order_number, o.due_at, o.id, o.till_id, o.clerk_id);
    END LOOP;
END $$;

-- The sale as a till asks for it. A till that had to queue for its tier does not hold it while it waits for the
-- disk: it commits, lets the next one in, and answers when the disk (and a synchronous standby, where there is one)
-- has the sale, together with those behind it. Whoever needed not queue commits with the end of the statement, where
-- no statement_timeout can cut the wait short.
CREATE PROCEDURE sell(
    p_purchase_key uuid, p_event_id bigint,
    p_tier_ids bigint[], p_quantities bigint[], p_shown_prices numeric[], p_shown_total numeric,
    p_tender text, p_tendered numeric, p_reference text, p_till_id bigint, p_clerk_id bigint, INOUT facts json,
    p_terms jsonb DEFAULT NULL, p_split jsonb DEFAULT NULL
)
LANGUAGE plpgsql AS $$
DECLARE
    usual CONSTANT text := current_setting('synchronous_commit');
BEGIN
    facts := sell_tickets(p_purchase_key, p_event_id, p_tier_ids, p_quantities, p_shown_prices, p_shown_total,
        p_tender, p_tendered, p_reference, p_till_id, p_clerk_id, p_terms, p_split,
        p_till_tells => true, p_may_flush_later => true);
    IF current_setting('synchronous_commit') <> usual THEN
        COMMIT;
        -- A transaction of its own, which writes next to nothing and is waited for as usual.
        PERFORM pg_logical_emit_message(true, 'boxoffice', '');
    END IF;
END $$;
