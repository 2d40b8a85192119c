-- What was offered to somebody, and what came of calling them, is handed out with the rest.

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
                'notes', o.notes,
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
                'position', w.position, 'phone', w.phone, 'notes', w.notes, 'state', w.state, 'since', w.created_at,
                'notified_at', w.notified_at,
                'offers', (SELECT json_agg(json_build_object('tier', k.name, 'quantity', f.quantity, 'code', f.code,
                               'at', f.created_at, 'until', f.expires_at, 'status', f.state) ORDER BY f.id)
                           FROM waitlist_offers f JOIN ticket_tiers k ON k.id = f.tier_id WHERE f.waitlist_id = w.id),
                'calls', (SELECT json_agg(json_build_object('at', c.created_at, 'outcome', c.outcome) ORDER BY c.id)
                          FROM waitlist_offers f JOIN waitlist_calls c ON c.offer_id = f.id WHERE f.waitlist_id = w.id)
                ) ORDER BY w.id)
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
