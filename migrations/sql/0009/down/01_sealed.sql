-- Back to what 0004 knew of: notes of orders and references of card payments stay sealed with the key they have.

CREATE OR REPLACE FUNCTION stale_values(p_column text, p_after bigint, p_size integer) RETURNS TABLE (id bigint, stored text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    pattern text := 'bo1:' || (SELECT k.id FROM sealing_keys k WHERE is_current) || ':%';
BEGIN
    PERFORM require_role('manager');
    RETURN QUERY EXECUTE format(
        'SELECT t.id, t.%2$I FROM %1$I t WHERE t.id > $1 AND t.%2$I <> '''' AND t.%2$I NOT LIKE $2 ORDER BY t.id LIMIT $3',
        CASE p_column WHEN 'waitlist.phone' THEN 'waitlist' WHEN 'reference' THEN 'payment_transactions' ELSE 'users' END,
        CASE p_column WHEN 'waitlist.phone' THEN 'phone' WHEN 'reference' THEN 'reference' WHEN 'phone' THEN 'phone'
                      WHEN 'address' THEN 'address' WHEN 'notes' THEN 'notes' END)
    USING p_after, pattern, p_size;
END $$;

CREATE OR REPLACE FUNCTION reseal(p_column text, p_ids bigint[], p_before text[], p_after text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
    pattern text := 'bo1:' || (SELECT k.id FROM sealing_keys k WHERE is_current) || ':%';
BEGIN
    PERFORM require_role('manager');
    IF (SELECT bool_and(coalesce(token LIKE pattern AND is_sealed(token), false)) FROM unnest(p_after) AS token)
        IS NOT TRUE THEN
        RAISE EXCEPTION 'values are sealed with the current key' USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format(
        'UPDATE %1$I t SET %2$I = n.after FROM unnest($1, $2, $3) AS n (id, before, after)'
        ' WHERE t.id = n.id AND t.%2$I = n.before',
        CASE p_column WHEN 'waitlist.phone' THEN 'waitlist' WHEN 'reference' THEN 'payment_transactions' ELSE 'users' END,
        CASE p_column WHEN 'waitlist.phone' THEN 'phone' WHEN 'reference' THEN 'reference' WHEN 'phone' THEN 'phone'
                      WHEN 'address' THEN 'address' WHEN 'notes' THEN 'notes' END)
    USING p_ids, p_before, p_after;
    GET DIAGNOSTICS changed = ROW_COUNT;
    INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), 'resealed', 'office', 0, jsonb_build_object('column', p_column, 'rows', changed, 'ids', p_ids));
    RETURN changed;
END $$;

CREATE OR REPLACE FUNCTION person_dossier(p_user_id bigint, p_reason text) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    SELECT * INTO person FROM users WHERE id = p_user_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_user_id::text));
    END IF;
    INSERT INTO audit_logs (user_id, action, entity, entity_id, reason)
    VALUES (my_user_id(), 'exported', 'person', p_user_id, left(trim(p_reason), 500));
    RETURN json_build_object(
        'person', json_build_object('id', person.id, 'role', person.role, 'first_name', person.first_name,
            'last_name', person.last_name, 'email', person.email, 'phone', person.phone, 'address', person.address,
            'notes', person.notes, 'sign_in_name', person.database_role, 'has_password', person.password_hash IS NOT NULL,
            'is_active', person.is_active, 'since', person.created_at, 'deleted_at', person.deleted_at,
            'erased_at', person.erased_at, 'company', (SELECT company FROM promoters p WHERE p.user_id = person.id)),
        'orders', coalesce((
            SELECT json_agg(json_build_object(
                'order_number', o.order_number, 'event', e.title, 'starts_at', e.start_time, 'status', o.status,
                'total', round(o.total_amount, minor_digits(o.currency))::text, 'currency', o.currency, 'ordered_at', o.created_at,
                'tickets', (SELECT json_agg(json_build_object('tier', t.name, 'code', k.ticket_code, 'status', k.status,
                                'used_at', k.used_at) ORDER BY k.id)
                            FROM tickets k JOIN ticket_tiers t ON t.id = k.tier_id WHERE k.order_id = o.id),
                'payments', (SELECT json_agg(json_build_object('kind', p.kind, 'tender', p.tender,
                                 'amount', round(p.amount, minor_digits(p.currency))::text, 'reference', p.reference, 'at', p.created_at) ORDER BY p.id)
                             FROM payment_transactions p WHERE p.order_id = o.id)
                ) ORDER BY o.id)
            FROM orders o JOIN events e ON e.id = o.event_id WHERE o.user_id = person.id), '[]'),
        'waitlist', coalesce((
            SELECT json_agg(json_build_object('event', e.title, 'tier', t.name, 'quantity', w.quantity,
                'position', w.position, 'phone', w.phone, 'since', w.created_at, 'notified_at', w.notified_at) ORDER BY w.id)
            FROM waitlist w JOIN events e ON e.id = w.event_id LEFT JOIN ticket_tiers t ON t.id = w.tier_id
            WHERE w.user_id = person.id), '[]'),
        'emails', coalesce((
            SELECT json_agg(json_build_object('kind', m.kind, 'recipient', m.recipient, 'subject', m.subject,
                'body', m.body, 'state', m.state, 'at', m.created_at) ORDER BY m.id)
            FROM emails_of(person.id) m), '[]'),
        'evidence', coalesce((
            SELECT json_agg(json_build_object('at', l.at, 'by', l.database_role, 'action', l.action,
                'before', l.before, 'after', l.after, 'reason', l.reason) ORDER BY l.id)
            FROM audit_logs l WHERE l.entity = 'person' AND l.entity_id = person.id), '[]'),
        'deeds', (SELECT count(*) FROM audit_logs l WHERE l.user_id = person.id));
END $$;

ALTER FUNCTION stale_values SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION reseal SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
DROP FUNCTION sealed_column;
