-- What is done about a person's data. Each deed leaves evidence, without the data.

CREATE FUNCTION customer(p_user_id bigint) RETURNS users
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    -- Against new waitlist places and orders of the same person, too, which hold the row's key.
    SELECT * INTO person FROM users WHERE id = p_user_id AND erased_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_user_id::text));
    END IF;
    IF person.role <> 'customer' OR person.database_role IS NOT NULL
        OR EXISTS (SELECT 1 FROM promoters p WHERE p.user_id = p_user_id) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'works_here', 'person', p_user_id));
    END IF;
    RETURN person;
END $$;

-- Whoever was erased comes back under no old number.
CREATE FUNCTION refuse_erased() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND erased_at IS NOT NULL) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', NEW.user_id::text));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER waitlist_of_somebody BEFORE INSERT OR UPDATE OF user_id ON waitlist
FOR EACH ROW EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER promoters_somebody BEFORE INSERT OR UPDATE OF user_id ON promoters
FOR EACH ROW EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER email_notifications_to_somebody BEFORE INSERT OR UPDATE OF user_id ON email_notifications
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION refuse_erased();

-- E-mails to somebody, whichever way they hang on the person.
CREATE FUNCTION emails_of(p_user_id bigint) RETURNS SETOF email_notifications
LANGUAGE sql STABLE AS $$
    SELECT m.* FROM email_notifications m
    WHERE m.user_id = p_user_id
       OR m.order_id IN (SELECT id FROM orders WHERE user_id = p_user_id)
       OR m.waitlist_id IN (SELECT id FROM waitlist WHERE user_id = p_user_id)
       OR lower(m.recipient) = (SELECT lower(email) FROM users WHERE id = p_user_id)
$$;

CREATE FUNCTION set_contact(p_user_id bigint, p_phone text, p_address text, p_notes text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_role('manager');
    PERFORM customer(p_user_id);
    UPDATE users SET phone = nullif(p_phone, ''), address = nullif(p_address, ''), notes = nullif(p_notes, '')
    WHERE id = p_user_id;
END $$;

-- Deleted people are not shown any more; for 90 days they can be brought back.
CREATE FUNCTION set_customer_deleted(p_user_id bigint, p_deleted boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_role('manager');
    PERFORM customer(p_user_id);
    UPDATE users SET deleted_at = CASE WHEN p_deleted THEN coalesce(deleted_at, now()) END, is_active = NOT p_deleted
    WHERE id = p_user_id;
END $$;

-- Everything that the office holds about somebody, sealed values as they are.
CREATE FUNCTION person_dossier(p_user_id bigint, p_reason text) RETURNS json
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

-- Drop the person and keep the money: orders, tickets and payments stay, and bear a number that is nobody's name.
CREATE FUNCTION forget_person(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET ended_at = now()
    WHERE ended_at IS NULL AND waitlist_id IN (SELECT id FROM waitlist WHERE user_id = p_user_id);
    DELETE FROM email_notifications WHERE id IN (SELECT id FROM emails_of(p_user_id));
    DELETE FROM waitlist WHERE user_id = p_user_id;
    UPDATE users SET email = NULL, first_name = '', last_name = '', phone = NULL, address = NULL, notes = NULL,
        password_hash = NULL, pin_hash = NULL, is_active = false, deleted_at = coalesce(deleted_at, now()), erased_at = now()
    WHERE id = p_user_id;
END $$;

CREATE FUNCTION erase_person(p_user_id bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
BEGIN
    PERFORM require_role('manager');
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM customer(p_user_id);
    PERFORM forget_person(p_user_id);
    INSERT INTO audit_logs (user_id, action, entity, entity_id, reason)
    VALUES (my_user_id(), 'erased', 'person', p_user_id, left(trim(p_reason), 500));
END $$;
