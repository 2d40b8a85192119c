-- Back to card payments that do not say what they were for.

DROP FUNCTION pin_card_payment;

-- Pin the amount that a terminal is about to be asked for. The same key pins it once.
CREATE FUNCTION pin_card_payment(
    p_key uuid, p_purchase_key uuid, p_kind text, p_amount numeric, p_currency text, p_gateway text, p_order_id bigint,
    p_till_id bigint
) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pinned card_payments;
BEGIN
    PERFORM require_place(p_till_id);
    INSERT INTO card_payments (key, purchase_key, kind, amount, currency, gateway, order_id, till_id, clerk_id)
    VALUES (p_key, p_purchase_key, p_kind, p_amount, p_currency, p_gateway, p_order_id, p_till_id, my_user_id())
    ON CONFLICT (key) DO NOTHING RETURNING * INTO pinned;
    IF NOT FOUND THEN
        SELECT * INTO pinned FROM card_payments WHERE key = p_key;
        IF (pinned.amount, pinned.currency, pinned.till_id) IS DISTINCT FROM (p_amount, p_currency, p_till_id) THEN
            PERFORM refuse(jsonb_build_object('refusal', 'card_payment_differs', 'state', pinned.state,
                'pinned', pinned.amount, 'wanted', p_amount, 'currency', pinned.currency));
        END IF;
    END IF;
    RETURN pinned.id;
END $$;

-- Say what became of a card payment. Approved money is never forgotten: it is booked in an order, or reversed.
CREATE OR REPLACE FUNCTION settle_card_payment(p_key uuid, p_state text, p_reference text, p_detail text, p_till_id bigint) RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
AS $$
DECLARE
    pinned card_payments;
BEGIN
    PERFORM require_place(p_till_id);
    SELECT * INTO pinned FROM card_payments WHERE key = p_key FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('{"refusal": "card_payment_differs", "state": "unknown"}');
    ELSIF pinned.state = p_state THEN
        RETURN pinned.state;
    ELSIF (CASE pinned.state WHEN 'pinned' THEN p_state IN ('approved', 'declined', 'unknown', 'reversed')
                             WHEN 'unknown' THEN p_state IN ('approved', 'declined', 'reversed')
                             WHEN 'approved' THEN p_state = 'reversed' ELSE false END) IS NOT TRUE THEN
        PERFORM refuse(jsonb_build_object('refusal', 'card_payment_differs', 'state', pinned.state,
            'pinned', pinned.amount, 'currency', pinned.currency));
    END IF;
    UPDATE card_payments SET state = p_state, changed_at = CURRENT_TIMESTAMP, detail = left(coalesce(p_detail, ''), 500),
        reference = CASE WHEN coalesce(p_reference, '') = '' THEN reference ELSE p_reference END
    WHERE id = pinned.id;
    RETURN p_state;
END $$;

ALTER TABLE card_payments DROP COLUMN basket;

CALL adopt_objects();
GRANT EXECUTE ON FUNCTION pin_card_payment TO boxoffice_clerk, boxoffice_manager;
