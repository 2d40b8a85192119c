-- Who is asking. A setting of the session can be forged by anyone, so everything here rests on session_user, the
-- role that the server itself let in.

ALTER TABLE users
    ADD COLUMN pin_hash text,
    ADD CONSTRAINT users_hashes_check CHECK (password_hash ~ '^\$argon2id\$.{20,190}$' AND pin_hash ~ '^\$argon2id\$.{20,190}$'),
    ADD CONSTRAINT users_words_check CHECK (
        char_length(first_name) <= 120 AND char_length(last_name) <= 120 AND char_length(phone) <= 600);
COMMENT ON COLUMN users.password_hash IS 'argon2id, for the lock screen while the server is away; the server itself checks SCRAM.';
COMMENT ON COLUMN users.pin_hash IS 'argon2id of the PIN that unlocks a screen; it opens no connection.';

-- plpgsql, because these are asked in every policy and its plans are kept from one statement to the next.

-- The person whose role this session signed in with; NULL for nobody's role and for somebody who was disabled.
CREATE FUNCTION my_user_id() RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT id FROM users WHERE database_role = session_user AND is_active);
END $$;

CREATE FUNCTION my_role() RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT role FROM users WHERE database_role = session_user AND is_active);
END $$;

CREATE FUNCTION my_promoter_id() RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p.id FROM promoters p JOIN users u ON u.id = p.user_id
            WHERE u.database_role = session_user AND u.is_active AND u.role = 'promoter');
END $$;

-- The server's administrators look after the database; what they do is not held against the rules of the people.
CREATE FUNCTION is_housekeeping() RETURNS boolean
LANGUAGE sql STABLE
RETURN pg_has_role(session_user, 'boxoffice_owner', 'MEMBER');

CREATE FUNCTION require_role(VARIADIC p_roles text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF my_role() = ANY (p_roles) OR is_housekeeping() THEN
        RETURN;
    END IF;
    PERFORM refuse(jsonb_build_object('refusal', 'not_allowed', 'needs', to_jsonb(p_roles)));
END $$;

-- Where people signed in. A sale is booked at a till at which its clerk stood, not at any that he or she names.
CREATE TABLE places (
    user_id       bigint      NOT NULL,
    till_id       bigint      NOT NULL,
    signed_in_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT places_pkey PRIMARY KEY (user_id, till_id),
    CONSTRAINT places_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT places_till_id_fkey FOREIGN KEY (till_id) REFERENCES tills (id) ON DELETE CASCADE
);

-- Signing in takes a place at a till. Managers may name a new till; everybody else stands at one that there is.
CREATE FUNCTION sign_in(p_till text) RETURNS jsonb
LANGUAGE plpgsql
SET lock_timeout = '5s'
AS $$
DECLARE
    me users;
    place tills;
BEGIN
    SELECT * INTO me FROM users WHERE database_role = session_user AND is_active;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'not_a_person', 'role', session_user));
    END IF;
    SELECT * INTO place FROM tills WHERE name = p_till;
    IF NOT FOUND AND me.role = 'manager' THEN
        INSERT INTO tills (name) VALUES (p_till) ON CONFLICT (name) DO NOTHING;
        SELECT * INTO place FROM tills WHERE name = p_till;
    END IF;
    IF me.role = 'manager' AND NOT place.is_active THEN
        -- Or nobody could come in to put it back into use.
        UPDATE tills SET is_active = true WHERE id = place.id RETURNING * INTO place;
    END IF;
    IF place.is_active IS NOT TRUE AND me.role IN ('clerk', 'manager') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_till', 'till', p_till,
            'tills', coalesce((SELECT jsonb_agg(name ORDER BY name) FROM tills WHERE is_active), '[]')));
    END IF;
    INSERT INTO places (user_id, till_id) SELECT me.id, place.id WHERE place.is_active
    ON CONFLICT (user_id, till_id) DO UPDATE SET signed_in_at = CURRENT_TIMESTAMP;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id)
    VALUES (me.id, CASE WHEN place.is_active THEN place.id END, 'signed_in', 'person', me.id);
    RETURN jsonb_build_object(
        'user_id', me.id, 'role', me.role, 'name', trim(me.first_name || ' ' || me.last_name),
        'till_id', place.id, 'promoter_id', (SELECT id FROM promoters WHERE user_id = me.id),
        'password_hash', me.password_hash, 'pin_hash', me.pin_hash);
END $$;

-- Passwords come as SCRAM verifiers that the client computes: the server, its logs and its statistics never see one.
CREATE FUNCTION require_verifier(p_verifier text, p_password_hash text) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (p_verifier ~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/=]{16,100}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$')
        IS NOT TRUE OR (p_password_hash ~ '^\$argon2id\$.{20,190}$') IS NOT TRUE THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier and an argon2id hash'
            USING ERRCODE = 'invalid_password';
    END IF;
END $$;

-- Evidence of a deed that changes a role of the server, of which the tables may show nothing.
CREATE FUNCTION note_deed(p_action text, p_person bigint, p_detail jsonb) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_action, 'person', p_person, p_detail);
END;

-- The row of a person; the functions below, which make the role, call it with the right to do so.
CREATE FUNCTION write_person(
    p_name text, p_role text, p_first_name text, p_last_name text, p_email text, p_password_hash text
) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO users (database_role, role, first_name, last_name, email, password_hash)
    VALUES (p_name, p_role, p_first_name, p_last_name, p_email, p_password_hash) RETURNING id;
END;

-- Without a lock: whoever is to be shown out may be holding the row.
CREATE FUNCTION staff_role(p_user_id bigint) RETURNS users
LANGUAGE plpgsql STABLE AS $$
DECLARE
    person users;
BEGIN
    SELECT * INTO person FROM users WHERE id = p_user_id AND database_role IS NOT NULL;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_user_id::text));
    END IF;
    RETURN person;
END $$;

-- One manager at least stays, or nobody could let anyone in again. One such deed at a time, so that two managers
-- cannot remove each other; no row is locked for it, because anybody can hold a row.
CREATE FUNCTION require_another_manager(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('managers', 0));
    IF NOT EXISTS (SELECT 1 FROM users WHERE role = 'manager' AND is_active AND database_role IS NOT NULL
                   AND id <> p_user_id) THEN
        PERFORM refuse('{"refusal": "last_manager"}');
    END IF;
END $$;

CREATE FUNCTION update_person(p_user_id bigint, p_role text, p_is_active boolean, p_password_hash text) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '5s'
AS $$
BEGIN
    IF (SELECT role = 'manager' AND is_active FROM users WHERE id = p_user_id)
        AND (p_role <> 'manager' OR NOT p_is_active) THEN
        PERFORM require_another_manager(p_user_id);
    END IF;
    UPDATE users SET role = coalesce(p_role, role), is_active = coalesce(p_is_active, is_active),
        password_hash = coalesce(p_password_hash, password_hash),
        pin_hash = CASE WHEN p_password_hash IS NULL THEN pin_hash END
    WHERE id = p_user_id;
END $$;

-- The deeds below make and change server roles; they belong to boxoffice_roles, which may do that and little else.
CREATE FUNCTION invite_person(
    p_name text, p_verifier text, p_role text, p_first_name text, p_last_name text, p_email text,
    p_password_hash text
) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_role('manager');
    PERFORM require_verifier(p_verifier, p_password_hash);
    -- Words that mean something else where the server's administrators write names.
    IF (p_name ~ '^[a-z0-9][a-z0-9._@+-]{1,61}$') IS NOT TRUE OR p_name ~ '^(pg_|boxoffice_)'
        OR p_name IN ('public', 'none', 'all', 'user', 'current_user', 'session_user', 'current_role', 'replication')
        OR (p_role IN ('clerk', 'promoter', 'manager', 'door')) IS NOT TRUE THEN
        PERFORM refuse(jsonb_build_object('refusal', 'bad_sign_in_name', 'name', coalesce(p_name, '')));
    END IF;
    BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 24 PASSWORD %L',
            p_name, p_verifier);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        PERFORM refuse(jsonb_build_object('refusal', 'name_taken', 'name', p_name));
    END;
    EXECUTE format('GRANT %I TO %I', 'boxoffice_' || p_role, p_name);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), p_name);
    RETURN write_person(p_name, p_role, p_first_name, p_last_name, p_email, p_password_hash);
END $$;

CREATE FUNCTION set_person_role(p_user_id bigint, p_role text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    IF (p_role IN ('clerk', 'promoter', 'manager', 'door')) IS NOT TRUE THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_role', 'role', coalesce(p_role, '')));
    END IF;
    person := staff_role(p_user_id);
    IF person.role = p_role THEN
        RETURN;
    END IF;
    PERFORM update_person(p_user_id, p_role, NULL, NULL);
    EXECUTE format('REVOKE %I FROM %I', 'boxoffice_' || person.role, person.database_role);
    IF pg_has_role(person.database_role, 'boxoffice_' || person.role, 'MEMBER') THEN
        RAISE EXCEPTION 'an administrator of the server made % a %', person.database_role, person.role
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('GRANT %I TO %I', 'boxoffice_' || p_role, person.database_role);
END $$;

-- From now on nobody comes in under this name, or they do again. Touches no row, so that nothing can hold it up.
CREATE FUNCTION bar_person(p_user_id bigint, p_barred boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    IF p_barred IS NULL THEN
        RAISE EXCEPTION 'barred or not?' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    person := staff_role(p_user_id);
    IF p_barred AND person.role = 'manager' THEN
        PERFORM require_another_manager(p_user_id);
    END IF;
    IF (SELECT rolcanlogin FROM pg_roles WHERE rolname = person.database_role) <> p_barred THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER ROLE %I %s', person.database_role, CASE WHEN p_barred THEN 'NOLOGIN' ELSE 'LOGIN' END);
    PERFORM note_deed(CASE WHEN p_barred THEN 'barred' ELSE 'let_in' END, p_user_id, '{}');
END $$;

CREATE FUNCTION set_person_active(p_user_id bigint, p_is_active boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bar_person(p_user_id, NOT p_is_active);
    PERFORM update_person(p_user_id, NULL, p_is_active, NULL);
END $$;

-- Also for somebody whose password is known to others: whoever is in with the old one is out.
CREATE FUNCTION end_connections(p_user_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    person users;
    ended bigint;
BEGIN
    PERFORM require_role('manager');
    person := staff_role(p_user_id);
    SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid)) INTO ended FROM pg_stat_activity a
    WHERE a.usename = person.database_role AND a.pid <> pg_backend_pid();
    PERFORM note_deed('connections_ended', p_user_id, jsonb_build_object('connections', ended)) WHERE ended > 0;
    RETURN ended;
END $$;

-- First that nobody comes in, committed; then whoever is inside leaves, whatever they hold; then the row.
CREATE PROCEDURE disable_person(p_user_id bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bar_person(p_user_id, true);
    COMMIT;
    PERFORM end_connections(p_user_id);
    COMMIT;
    PERFORM set_person_active(p_user_id, false);
END $$;

CREATE FUNCTION reset_password(p_user_id bigint, p_verifier text, p_password_hash text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    PERFORM require_verifier(p_verifier, p_password_hash);
    person := staff_role(p_user_id);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', person.database_role, p_verifier);
    PERFORM note_deed('password_reset', p_user_id, '{}');
    PERFORM update_person(p_user_id, NULL, NULL, p_password_hash);
END $$;

CREATE FUNCTION set_my_password(p_verifier text, p_password_hash text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_verifier(p_verifier, p_password_hash);
    person := staff_role(my_user_id());
    EXECUTE format('ALTER ROLE %I PASSWORD %L', person.database_role, p_verifier);
    PERFORM note_deed('password_changed', person.id, '{}');
    PERFORM update_person(person.id, NULL, NULL, p_password_hash);
END $$;

CREATE FUNCTION set_my_pin(p_pin_hash text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    UPDATE users SET pin_hash = p_pin_hash WHERE id = my_user_id();
END;

-- Parameters change, and with them the hash of an unchanged password.
CREATE FUNCTION renew_my_hash(p_password_hash text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    UPDATE users SET password_hash = p_password_hash WHERE id = my_user_id();
END;
