-- Evidence: who (the role that the server let in), at which till, from where, when, what, before and after, why.
-- Each row carries the hash of its chain up to itself, so that a row that was changed or removed is found. Each person
-- has chains of their own, one more whenever all of them are in use: nobody ever waits for another to commit.

CREATE TABLE audit_chains (
    chain  text   NOT NULL,
    seq    bigint NOT NULL DEFAULT 0,
    hash   bytea  NOT NULL DEFAULT '',
    -- Where the chain begins after its oldest rows were retired.
    first_seq   bigint NOT NULL DEFAULT 0,
    first_hash  bytea  NOT NULL DEFAULT '',
    CONSTRAINT audit_chains_pkey PRIMARY KEY (chain)
) WITH (fillfactor = 50);
COMMENT ON TABLE audit_chains IS 'The end of every chain of evidence: a missing last row is noticed by it.';

ALTER TABLE audit_logs
    ADD COLUMN client inet DEFAULT inet_client_addr(),
    ADD COLUMN before jsonb,
    ADD COLUMN after jsonb,
    ADD COLUMN chain text,
    ADD COLUMN seq bigint,
    ADD COLUMN hash bytea,
    ADD CONSTRAINT audit_logs_reason_check CHECK (char_length(reason) <= 500);

-- Fields end with a character that none but the last can hold: JSON escapes it. Times and addresses are written in the
-- same way whatever the session's settings are.
CREATE FUNCTION evidence_hash(previous bytea, r audit_logs) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(previous || convert_to(concat(
    r.id, E'\x1F', extract(epoch FROM r.at), E'\x1F', r.database_role, E'\x1F', host(r.client), E'\x1F',
    r.user_id, E'\x1F', r.till_id, E'\x1F', r.action, E'\x1F', r.entity, E'\x1F', r.entity_id, E'\x1F', r.detail, E'\x1F', r.before, E'\x1F',
    r.after, E'\x1F', r.reason), 'UTF8'));

-- Nobody does anything in somebody else's name: every deed leaves evidence, and evidence bears the name of whoever is
-- signed in, at a till where they signed in. One statement for all of it, because every sale comes by here.
CREATE FUNCTION seal_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    nth integer := 1;
BEGIN
    NEW.chain := session_user;
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

-- What was there before this revision becomes the first chain, in the order in which it was written.
ALTER TABLE audit_logs DISABLE TRIGGER audit_logs_append_only;
DO $$
DECLARE
    r audit_logs;
    n bigint := 0;
    last bytea := '';
BEGIN
    FOR r IN SELECT * FROM audit_logs ORDER BY id LOOP
        n := n + 1;
        last := evidence_hash(last, r);
        UPDATE audit_logs SET chain = 'before chains', seq = n, hash = last WHERE id = r.id;
    END LOOP;
    INSERT INTO audit_chains (chain, seq, hash) SELECT 'before chains', n, last WHERE n > 0;
END $$;
ALTER TABLE audit_logs ENABLE TRIGGER audit_logs_append_only;

ALTER TABLE audit_logs
    ALTER COLUMN chain SET NOT NULL,
    ALTER COLUMN seq SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL;
-- Rows come in order of time: a range of days is found by a few pages' worth of index.
CREATE INDEX idx_audit_logs_at ON audit_logs USING brin (at);

CREATE TRIGGER audit_logs_seal BEFORE INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION seal_evidence();

-- What a change looked like: only the columns that differ. Personal columns are named, their values are not kept, for
-- evidence outlives the person's wish to be forgotten.
CREATE FUNCTION record_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    subject  CONSTANT text := TG_ARGV[0];
    personal text[] := string_to_array(TG_ARGV[1], ',');
    old_row  jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'search_vector' - 'updated_at' END;
    new_row  jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'search_vector' - 'updated_at' END;
    this_row CONSTANT jsonb := coalesce(new_row, old_row);
    was      jsonb;
    is_now   jsonb;
BEGIN
    IF subject = 'person' AND this_row ->> 'role' = 'customer' THEN
        personal := personal || ARRAY['email', 'first_name', 'last_name'];
    END IF;
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (personal) THEN '"…"' ELSE b.value END)
        FILTER (WHERE old_row IS NOT NULL AND b.value <> 'null'),
        jsonb_object_agg(key, CASE WHEN key = ANY (personal) THEN '"…"' ELSE a.value END)
        FILTER (WHERE new_row IS NOT NULL AND a.value <> 'null')
    INTO was, is_now
    FROM jsonb_each(coalesce(old_row, '{}')) b FULL JOIN jsonb_each(coalesce(new_row, '{}')) a USING (key)
    WHERE TG_OP <> 'UPDATE' OR a.value IS DISTINCT FROM b.value;
    IF TG_OP = 'UPDATE' AND old_row = new_row THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_logs (user_id, action, entity, entity_id, before, after)
    VALUES (my_user_id(),
            CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END,
            subject, (this_row ->> 'id')::bigint, was, is_now);
    RETURN NULL;
END $$;

CREATE TRIGGER users_evidence
AFTER INSERT OR DELETE OR UPDATE OF email, password_hash, pin_hash, role, first_name, last_name, phone, database_role,
    is_active ON users
FOR EACH ROW EXECUTE FUNCTION record_change('person', 'password_hash,pin_hash,phone');
CREATE TRIGGER promoters_evidence AFTER INSERT OR UPDATE OR DELETE ON promoters
FOR EACH ROW EXECUTE FUNCTION record_change('promoter', '');
CREATE TRIGGER events_evidence AFTER INSERT OR UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION record_change('event', '');
-- Not sold and reserved: those move with sales and holds, which have evidence of their own.
CREATE TRIGGER ticket_tiers_evidence
AFTER INSERT OR DELETE OR UPDATE OF name, description, price, quantity, min_purchase, max_purchase, sale_start_time,
    sale_end_time, is_active, position ON ticket_tiers
FOR EACH ROW EXECUTE FUNCTION record_change('tier', '');
CREATE TRIGGER tills_evidence AFTER INSERT OR UPDATE OR DELETE ON tills
FOR EACH ROW EXECUTE FUNCTION record_change('till', '');
CREATE TRIGGER holds_evidence AFTER INSERT OR UPDATE OR DELETE ON holds
FOR EACH ROW EXECUTE FUNCTION record_change('hold', '');
CREATE TRIGGER waitlist_evidence AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION record_change('waitlist', 'phone');
CREATE TRIGGER orders_evidence AFTER UPDATE OR DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION record_change('order', '');
CREATE TRIGGER tickets_evidence AFTER UPDATE OF status, price, order_id, tier_id, ticket_code ON tickets
FOR EACH ROW WHEN (NEW.status <> 'superseded' OR OLD.status <> 'valid')
EXECUTE FUNCTION record_change('ticket', '');
CREATE TRIGGER tickets_removed AFTER DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION record_change('ticket', '');
CREATE TRIGGER cash_drawers_evidence AFTER INSERT OR UPDATE OR DELETE ON cash_drawers
FOR EACH ROW EXECUTE FUNCTION record_change('drawer', '');
