-- Who is who on the server. Roles belong to the whole server, so other box offices on it share these; a person may
-- connect to the database that he or she was invited to, and to no other.

DO $$
DECLARE
    role_name text;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'only a superuser can set up the rights of a box office'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOREACH role_name IN ARRAY ARRAY[
        'boxoffice_owner', 'boxoffice_roles', 'boxoffice_clerk', 'boxoffice_promoter', 'boxoffice_manager',
        'boxoffice_door', 'boxoffice_reporting'
    ] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database's box office has made it
        END;
        EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
    END LOOP;
END $$;

-- Makes the people's roles, by functions that only managers may call; nobody is a member of it.
ALTER ROLE boxoffice_roles CREATEROLE;
GRANT boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door, boxoffice_reporting, pg_signal_backend
    TO boxoffice_roles WITH ADMIN OPTION;

-- What belongs to the database itself is in no dump and in no template's copy: migrating sets it every time.
CREATE FUNCTION secure_database() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    -- One program at a time, as in migrations/env.py: two would get into each other's way in the catalogue.
    PERFORM pg_advisory_xact_lock(x'626F786F66666963'::bigint);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    -- Refreshing a materialised view without stopping its readers takes a temporary table of its owner's.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO boxoffice_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO boxoffice_roles WITH GRANT OPTION', current_database());
END $$;
SELECT secure_database();
