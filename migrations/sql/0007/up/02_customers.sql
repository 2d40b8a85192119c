-- Customers at the counter: taken down once, named on an order, moved when somebody else comes for the tickets.

-- Take somebody down. An e-mail address belongs to one person: who has it already is found, not doubled; so is who
-- has the same name and telephone (equal values have equal fingerprints). Answers with the person's number.
CREATE FUNCTION add_customer(
    p_first_name text, p_last_name text, p_email text, p_phone text, p_till_id bigint
) RETURNS bigint
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    mail   CONSTANT text := nullif(trim(p_email), '');
    phone_ CONSTANT text := nullif(p_phone, '');
    known  users;
    new_id bigint;
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF (p_first_name || p_last_name ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "name_missing"}');
    END IF;
    IF mail IS NULL THEN
        SELECT * INTO known FROM users u
        WHERE split_part(u.phone, ':', 3) = split_part(phone_, ':', 3) AND u.phone IS NOT NULL
          AND fold_text(u.first_name || ' ' || u.last_name) = fold_text(trim(p_first_name) || ' ' || trim(p_last_name))
          AND u.role = 'customer' AND u.deleted_at IS NULL
        ORDER BY u.id LIMIT 1;
    ELSE
        INSERT INTO users (role, first_name, last_name, email, phone)
        VALUES ('customer', trim(p_first_name), trim(p_last_name), mail, phone_)
        ON CONFLICT (lower(email)) DO NOTHING RETURNING id INTO new_id;
        IF new_id IS NULL THEN
            SELECT * INTO known FROM users u WHERE lower(u.email) = lower(mail);
            IF known.role IS DISTINCT FROM 'customer' OR known.deleted_at IS NOT NULL THEN
                PERFORM refuse(jsonb_build_object('refusal', 'email_taken', 'email', mail));
            END IF;
        END IF;
    END IF;
    IF known.id IS NOT NULL THEN
        RETURN known.id;
    END IF;
    IF new_id IS NULL THEN
        INSERT INTO users (role, first_name, last_name, phone)
        VALUES ('customer', trim(p_first_name), trim(p_last_name), phone_) RETURNING id INTO new_id;
    END IF;
    -- The row's own evidence says that it was added; this one, at which till, where whoever adds it must stand.
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id)
    VALUES (my_user_id(), p_till_id, 'took_down', 'person', new_id);
    RETURN new_id;
END $$;

-- An order of this number, locked for a change at this till. Not found is refused.
CREATE FUNCTION order_to_change(p_order_id bigint) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    sought orders;
BEGIN
    PERFORM require_role('clerk', 'manager');
    SELECT * INTO sought FROM orders WHERE id = p_order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_order', 'order', coalesce(p_order_id::text, '')));
    END IF;
    RETURN sought;
END $$;

-- Put the order into somebody's name, or into nobody's; true when this key did it now, false when before.
CREATE FUNCTION set_order_customer(p_key uuid, p_order_id bigint, p_customer_id bigint, p_till_id bigint)
RETURNS boolean
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    moved orders;
BEGIN
    PERFORM require_read_committed();
    moved := order_to_change(p_order_id);
    -- A deed under way with the same key is waited for.
    INSERT INTO idempotency_keys (key, deed, order_id) VALUES (p_key, 'customer', p_order_id) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_customer_id IS NOT NULL THEN
        -- Shared with other orders of the same person, against being erased meanwhile.
        PERFORM 1 FROM users
        WHERE id = p_customer_id AND role = 'customer' AND deleted_at IS NULL AND erased_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_customer_id::text));
        END IF;
    END IF;
    UPDATE orders SET user_id = p_customer_id WHERE id = p_order_id;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'moved_name', 'order', p_order_id,
            jsonb_strip_nulls(jsonb_build_object('from', moved.user_id, 'to', p_customer_id)));
    PERFORM pg_notify('boxoffice', 'orders:' || moved.event_id);
    RETURN true;
END $$;

-- What the counter has to know of an order, sealed; empty for nothing.
CREATE FUNCTION set_order_notes(p_order_id bigint, p_notes text, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    noted orders;
BEGIN
    noted := order_to_change(p_order_id);
    UPDATE orders SET notes = nullif(p_notes, '') WHERE id = p_order_id;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id)
    VALUES (my_user_id(), p_till_id, 'noted', 'order', p_order_id);
    PERFORM pg_notify('boxoffice', 'orders:' || noted.event_id);
END $$;

-- Notes may say more of a person than the name does: they go with it.
CREATE FUNCTION forget_order_notes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET notes = NULL WHERE user_id = NEW.id AND notes IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER users_forget_order_notes AFTER UPDATE OF erased_at ON users
FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL)
EXECUTE FUNCTION forget_order_notes();
