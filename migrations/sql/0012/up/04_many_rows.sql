-- A deed with thousands of rows, such as an event that is cancelled while many wait: the end of a chain is one row, and each
-- change leaves a version of it that the next change has to walk past until the transaction is over. So a transaction goes on
-- with another chain after so many rows. Its count is of this transaction alone; whoever meddles with it by hand ends up with
-- more chains, and with nothing else.
CREATE OR REPLACE FUNCTION seal_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    told   CONSTANT text := current_setting('boxoffice.sealed', true);
    sealed CONSTANT integer := CASE WHEN told ~ '^[0-9]{1,7}$' THEN told::integer ELSE 0 END;
    nth    integer := 1 + sealed / 200;
BEGIN
    PERFORM set_config('boxoffice.sealed', (sealed + 1)::text, true);
    NEW.chain := CASE WHEN nth = 1 THEN session_user ELSE session_user || ' ' || nth END;
    WHILE NOT pg_try_advisory_xact_lock(hashtextextended('evidence ' || NEW.chain, 0)) LOOP
        nth := nth + 1;
        NEW.chain := session_user || ' ' || nth;
    END LOOP;
    UPDATE audit_chains c SET seq = c.seq + 1, hash = evidence_hash(c.hash, NEW)
    WHERE c.chain = NEW.chain
      AND (EXISTS (SELECT 1 FROM users u
                   WHERE u.id = NEW.user_id AND u.database_role = session_user AND u.is_active
                     AND (NEW.till_id IS NULL AND NEW.action <> 'sold'
                          OR EXISTS (SELECT 1 FROM places p WHERE p.user_id = u.id AND p.till_id = NEW.till_id)))
           OR is_housekeeping())
    RETURNING c.seq, c.hash INTO NEW.seq, NEW.hash;
    IF NOT FOUND THEN
        IF NOT is_housekeeping() AND (
            my_user_id() IS NULL OR NEW.user_id IS DISTINCT FROM my_user_id()
            OR NEW.till_id IS NULL AND NEW.action = 'sold'
            OR NEW.till_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM places WHERE user_id = NEW.user_id AND till_id = NEW.till_id)
        ) THEN
            RAISE EXCEPTION 'evidence bears the name of whoever is signed in, at a till where they signed in'
                USING ERRCODE = 'insufficient_privilege', TABLE = 'audit_logs', SCHEMA = 'public';
        END IF;
        INSERT INTO audit_chains (chain, seq, hash) VALUES (NEW.chain, 1, evidence_hash('', NEW))
        RETURNING seq, hash INTO NEW.seq, NEW.hash;
    END IF;
    RETURN NEW;
END $$;

-- As revision 0011 has it; the tiers of an event that was cancelled come by here once for each offer, and look among all who
-- waited.
CREATE OR REPLACE FUNCTION serve_what_came_free() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
BEGIN
    PERFORM require_read_committed(); -- an older snapshot would not see who joined meanwhile
    IF TG_TABLE_NAME = 'events' THEN
        PERFORM cap_deadlines(NEW.id);
        PERFORM serve_waitlist(NEW.id, tiers_to_serve(NEW.id, NULL));
        RETURN NULL;
    END IF;
    IF (SELECT status FROM events WHERE id = NEW.event_id) <> 'published' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sale_end_time IS DISTINCT FROM OLD.sale_end_time THEN
        PERFORM cap_deadlines(NEW.event_id);
    END IF;
    IF somebody_waits(NEW.event_id, ARRAY[NEW.id]) OR (SELECT capacity_shared FROM events WHERE id = NEW.event_id) THEN
        PERFORM serve_waitlist(NEW.event_id, tiers_to_serve(NEW.event_id, NEW.id));
    END IF;
    RETURN NULL;
END $$;
