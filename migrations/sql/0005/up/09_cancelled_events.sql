-- An event that does not take place. First nobody can buy any more; then order by order, so that whoever died goes on.

CREATE FUNCTION cancel_event(p_event_id bigint, p_reason text, p_till_id bigint) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '10s'
AS $$
DECLARE
    orders_ bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('manager');
    PERFORM require_place(p_till_id);
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM lock_event(p_event_id);
    IF NOT EXISTS (SELECT 1 FROM events WHERE id = p_event_id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_event', 'event', p_event_id::text));
    END IF;
    UPDATE events SET status = 'cancelled' WHERE id = p_event_id AND status <> 'cancelled';
    INSERT INTO event_cancellations (event_id, reason, manager_id) VALUES (p_event_id, trim(p_reason), my_user_id())
    ON CONFLICT DO NOTHING;
    INSERT INTO event_cancellation_orders (order_id, event_id)
    SELECT id, event_id FROM orders WHERE event_id = p_event_id AND status IN ('pending', 'paid')
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS orders_ = ROW_COUNT;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (my_user_id(), p_till_id, 'cancelled', 'event', p_event_id, jsonb_build_object('orders', orders_), trim(p_reason));
    RETURN orders_;
END $$;

-- The next order of a cancelled event that waits to be given back, for one program alone for two minutes; NULL when there
-- is none, and then the work is over for now. p_again: also those that failed.
CREATE FUNCTION next_cancelled_order(p_event_id bigint, p_again boolean) RETURNS json
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    item event_cancellation_orders;
BEGIN
    PERFORM require_role('manager');
    SELECT * INTO item FROM event_cancellation_orders
    WHERE event_id = p_event_id
      AND (state = 'waiting' AND (attempts = 0 OR changed_at < clock_timestamp() - interval '2 minutes')
           OR p_again AND state = 'failed' AND changed_at < clock_timestamp() - interval '5 seconds')
    ORDER BY order_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        UPDATE event_cancellations SET finished_at = CURRENT_TIMESTAMP
        WHERE event_id = p_event_id AND finished_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM event_cancellation_orders WHERE event_id = p_event_id AND state IN ('waiting', 'failed'));
        RETURN NULL;
    END IF;
    UPDATE event_cancellation_orders
    SET attempts = attempts + 1, changed_at = clock_timestamp(), state = 'waiting' WHERE order_id = item.order_id;
    RETURN (SELECT json_build_object('order_id', o.id, 'order_number', o.order_number, 'status', o.status,
            'tenders', coalesce((SELECT json_agg(DISTINCT p.tender) FROM payment_transactions p
                                 WHERE p.order_id = o.id AND p.kind = 'payment' AND p.amount > 0), '[]'))
            FROM orders o WHERE o.id = item.order_id);
END $$;

CREATE FUNCTION settle_cancelled_order(p_order_id bigint, p_state text, p_detail text) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM require_role('manager');
    IF p_state = 'refunded' AND EXISTS (SELECT 1 FROM orders WHERE id = p_order_id AND status IN ('pending', 'paid')) THEN
        RAISE EXCEPTION 'order % was not given back', p_order_id USING ERRCODE = 'check_violation';
    END IF;
    UPDATE event_cancellation_orders
    SET state = p_state, detail = left(coalesce(p_detail, ''), 500), changed_at = clock_timestamp()
    WHERE order_id = p_order_id AND state <> 'refunded';
END $$;
