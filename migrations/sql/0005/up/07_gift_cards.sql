-- Gift cards: sold for any tender but themselves, redeemed as a tender, credited by refunds.

CREATE FUNCTION issue_gift_card(p_key uuid, p_amount numeric, p_currency text, p_split jsonb, p_till_id bigint) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    card     gift_cards;
    parts    tender_part[];
    receipt  bigint;
    me       CONSTANT bigint := my_user_id();
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place(p_till_id);
    PERFORM pg_advisory_xact_lock(hashtextextended('sale ' || p_key, 0));
    SELECT * INTO card FROM gift_cards WHERE key = p_key;
    IF FOUND THEN
        -- A refund's card bears the key of its correction, which the whole counter may read.
        IF NOT is_housekeeping() AND NOT EXISTS (
            SELECT 1 FROM gift_card_entries WHERE gift_card_id = card.id AND kind = 'issue' AND clerk_id = me
        ) THEN
            RAISE EXCEPTION 'the code of a gift card is told to whoever sold it' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN json_build_object('code', card.code, 'balance', card.balance::text, 'currency', card.currency,
            'replayed', true);
    END IF;
    IF (p_amount > 0 AND p_amount <= 10000000 AND p_currency ~ '^[A-Z]{3}$') IS NOT TRUE THEN
        RAISE EXCEPTION 'a gift card is of an amount' USING ERRCODE = 'check_violation';
    END IF;
    parts := tenders_for(p_amount, p_currency, p_split, false);
    IF EXISTS (SELECT 1 FROM unnest(parts) p WHERE p.tender NOT IN ('cash', 'card', 'other')) THEN
        RAISE EXCEPTION 'a gift card is paid for with money' USING ERRCODE = 'check_violation';
    END IF;
    card := new_gift_card(p_key, p_currency);
    receipt := take_number(p_till_id);
    PERFORM take_payments(NULL, card.id, parts, p_currency, p_key, receipt, p_till_id, me);
    UPDATE gift_cards SET balance = p_amount WHERE id = card.id;
    INSERT INTO gift_card_entries (gift_card_id, kind, amount, clerk_id) VALUES (card.id, 'issue', p_amount, me);
    INSERT INTO receipts (till_id, number, kind, clerk_id, currency, total, facts)
    VALUES (p_till_id, receipt, 'gift_card', me, p_currency, p_amount, json_build_object(
        'kind', 'gift_card', 'receipt_number', receipt, 'sold_at', CURRENT_TIMESTAMP, 'currency', p_currency,
        'total', p_amount::text,
        'till', (SELECT name FROM tills WHERE id = p_till_id),
        'clerk', (SELECT trim(first_name || ' ' || last_name) FROM users WHERE id = me),
        'payments', (SELECT json_agg(payment_facts(p.tender, p.amount, p.tendered)) FROM unnest(parts) p)));
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (me, p_till_id, 'sold', 'gift_card', card.id, jsonb_build_object('total', p_amount, 'currency', p_currency));
    RETURN json_build_object('code', card.code, 'balance', p_amount::text, 'currency', p_currency, 'replayed', false);
END $$;

-- What is left on a card, for whoever shows it. The code is typed or scanned; nobody can list codes.
CREATE FUNCTION gift_card_balance(p_code text) RETURNS json
LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    card gift_cards;
BEGIN
    PERFORM require_role('clerk', 'manager');
    SELECT * INTO card FROM gift_cards WHERE code = p_code;
    IF NOT FOUND OR NOT card.is_active THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_gift_card', 'code', coalesce(p_code, '')));
    END IF;
    RETURN json_build_object('code', card.code, 'balance', card.balance::text, 'currency', card.currency);
END $$;
