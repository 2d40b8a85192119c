-- Who is asking. A setting of the session can be forged by anyone, so everything here rests on session_user, the
-- role that the server itself let in.

ALTER TABLE users
    ADD COLUMN pin_hash text,
    ADD COLUMN last_sign_in_at timestamptz;
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

-- Signing in takes a place at a till. Managers may name a new till; everybody else stands at one that there is.
CREATE FUNCTION sign_in(p_till text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    me users;
    place tills;
BEGIN
    UPDATE users SET last_sign_in_at = CURRENT_TIMESTAMP
    WHERE database_role = session_user AND is_active RETURNING * INTO me;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'not_a_person', 'role', session_user));
    END IF;
    SELECT * INTO place FROM tills WHERE name = p_till;
    IF NOT FOUND AND me.role = 'manager' THEN
        INSERT INTO tills (name) VALUES (p_till) ON CONFLICT (name) DO NOTHING;
        SELECT * INTO place FROM tills WHERE name = p_till;
    END IF;
    IF place.is_active IS NOT TRUE AND me.role IN ('clerk', 'manager') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_till', 'till', p_till,
            'tills', coalesce((SELECT jsonb_agg(name ORDER BY name) FROM tills WHERE is_active), '[]')));
    END IF;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id)
    VALUES (me.id, place.id, 'signed_in', 'person', me.id);
    RETURN jsonb_build_object(
        'user_id', me.id, 'role', me.role, 'name', trim(me.first_name || ' ' || me.last_name),
        'till_id', place.id, 'promoter_id', (SELECT id FROM promoters WHERE user_id = me.id),
        'password_hash', me.password_hash, 'pin_hash', me.pin_hash);
END $$;

-- Passwords come as SCRAM verifiers that the client computes: the server, its logs and its statistics never see one.
CREATE FUNCTION require_verifier(p_verifier text) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_verifier !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/=]{16,}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier' USING ERRCODE = 'invalid_password';
    END IF;
END $$;

-- The row of a person; the functions below, which make the role, call it with the right to do so.
CREATE FUNCTION write_person(
    p_name text, p_role text, p_first_name text, p_last_name text, p_email text, p_password_hash text
) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO users (database_role, role, first_name, last_name, email, password_hash)
    VALUES (p_name, p_role, p_first_name, p_last_name, p_email, p_password_hash) RETURNING id;
END;

CREATE FUNCTION staff_role(p_user_id bigint) RETURNS users
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    SELECT * INTO person FROM users WHERE id = p_user_id AND database_role IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_person', 'person', p_user_id::text));
    END IF;
    RETURN person;
END $$;

-- One manager at least stays, or nobody could let anyone in again. The lock lets two managers not remove each other.
CREATE FUNCTION require_another_manager(p_user_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM users WHERE role = 'manager' AND database_role IS NOT NULL ORDER BY id FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM users WHERE role = 'manager' AND is_active AND database_role IS NOT NULL
                   AND id <> p_user_id) THEN
        PERFORM refuse('{"refusal": "last_manager"}');
    END IF;
END $$;

CREATE FUNCTION update_person(p_user_id bigint, p_role text, p_is_active boolean, p_password_hash text) RETURNS void
LANGUAGE plpgsql AS $$
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
    PERFORM require_verifier(p_verifier);
    IF p_name !~ '^[a-z0-9][a-z0-9._@+-]{1,61}$' OR p_name ~ '^(pg_|boxoffice_)'
        OR p_role NOT IN ('clerk', 'promoter', 'manager', 'door') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'bad_sign_in_name', 'name', p_name));
    END IF;
    BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 40 PASSWORD %L',
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
    IF p_role NOT IN ('clerk', 'promoter', 'manager', 'door') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_role', 'role', p_role));
    END IF;
    person := staff_role(p_user_id);
    PERFORM update_person(p_user_id, p_role, NULL, NULL);
    IF person.role = p_role THEN
        RETURN;
    END IF;
    EXECUTE format('REVOKE %I FROM %I', 'boxoffice_' || person.role, person.database_role);
    IF pg_has_role(person.database_role, 'boxoffice_' || person.role, 'MEMBER') THEN
        RAISE EXCEPTION 'an administrator of the server made % a %', person.database_role, person.role
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('GRANT %I TO %I', 'boxoffice_' || p_role, person.database_role);
END $$;

CREATE FUNCTION set_person_active(p_user_id bigint, p_is_active boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    person := staff_role(p_user_id);
    PERFORM update_person(p_user_id, NULL, p_is_active, NULL);
    EXECUTE format('ALTER ROLE %I %s', person.database_role, CASE WHEN p_is_active THEN 'LOGIN' ELSE 'NOLOGIN' END);
END $$;

-- Also for somebody whose password is known to others: whoever is in with the old one is out.
CREATE FUNCTION end_connections(p_user_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    person := staff_role(p_user_id);
    RETURN (SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid)) FROM pg_stat_activity a
            WHERE a.usename = person.database_role AND a.pid <> pg_backend_pid());
END $$;

-- First that nobody comes in, committed; then whoever is inside leaves.
CREATE PROCEDURE disable_person(p_user_id bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_person_active(p_user_id, false);
    COMMIT;
    PERFORM end_connections(p_user_id);
END $$;

CREATE FUNCTION reset_password(p_user_id bigint, p_verifier text, p_password_hash text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_role('manager');
    PERFORM require_verifier(p_verifier);
    person := staff_role(p_user_id);
    PERFORM update_person(p_user_id, NULL, NULL, p_password_hash);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', person.database_role, p_verifier);
END $$;

CREATE FUNCTION set_my_password(p_verifier text, p_password_hash text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person users;
BEGIN
    PERFORM require_verifier(p_verifier);
    person := staff_role(my_user_id());
    PERFORM update_person(person.id, NULL, NULL, p_password_hash);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', person.database_role, p_verifier);
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
