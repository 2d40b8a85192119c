-- How long records are kept: the client's description of the database, "Data Retention Policy". Evidence and payments
-- seven years, e-mails one, deleted people ninety days.

-- Append-only, but for the deeds that the owner's own functions do: what has been kept long enough goes, and one column
-- may change that is no part of what happened. Arguments: kept for how long (''); column of time; column that may change.
CREATE FUNCTION guard_record() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'boxoffice_owner' THEN
        IF TG_OP = 'DELETE' AND TG_ARGV[0] <> ''
            AND (to_jsonb(OLD) ->> TG_ARGV[1])::timestamptz < now() - TG_ARGV[0]::interval THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND TG_ARGV[2] <> '' AND to_jsonb(OLD) - TG_ARGV[2] = to_jsonb(NEW) - TG_ARGV[2] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME, SCHEMA = 'public';
END $$;

DROP TRIGGER audit_logs_append_only ON audit_logs;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
FOR EACH ROW EXECUTE FUNCTION guard_record('7 years', 'at', '');
CREATE TRIGGER audit_logs_untruncated BEFORE TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();

DROP TRIGGER payment_transactions_append_only ON payment_transactions;
CREATE TRIGGER payment_transactions_append_only BEFORE UPDATE OR DELETE ON payment_transactions
FOR EACH ROW EXECUTE FUNCTION guard_record('7 years', 'created_at', 'reference');
CREATE TRIGGER payment_transactions_untruncated BEFORE TRUNCATE ON payment_transactions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();

DROP TRIGGER drawer_entries_append_only ON drawer_entries;
CREATE TRIGGER drawer_entries_append_only BEFORE UPDATE OR DELETE ON drawer_entries
FOR EACH ROW EXECUTE FUNCTION guard_record('', '', 'payment_id');
CREATE TRIGGER drawer_entries_untruncated BEFORE TRUNCATE ON drawer_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();

-- What has been kept for longer than it should be. Of each chain of evidence only its oldest rows, up to the first that
-- stays: a chain is cut at its beginning, never in the middle.
CREATE FUNCTION retired_evidence() RETURNS TABLE (chain text, last_seq bigint)
LANGUAGE sql STABLE AS $$
    SELECT l.chain, max(l.seq)
    FROM audit_logs l
    WHERE l.at < now() - interval '7 years'
      AND l.seq < coalesce((SELECT min(k.seq) FROM audit_logs k
                            WHERE k.chain = l.chain AND k.at >= now() - interval '7 years'), l.seq + 1)
    GROUP BY l.chain
$$;

CREATE FUNCTION due_records() RETURNS TABLE (what text, kept text, due bigint, oldest timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT 'audit', '7 years', count(*), min(l.at)
    FROM audit_logs l JOIN retired_evidence() r ON r.chain = l.chain AND l.seq <= r.last_seq
    UNION ALL
    SELECT 'emails', '1 year', count(*), min(created_at)
    FROM email_notifications WHERE created_at < now() - interval '1 year'
    UNION ALL
    SELECT 'deleted_people', '90 days', count(*), min(deleted_at)
    FROM users u WHERE deleted_at < now() - interval '90 days'
      AND NOT EXISTS (SELECT 1 FROM promoters p WHERE p.user_id = u.id)
      AND (erased_at IS NULL OR NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id))
    UNION ALL
    SELECT 'payments', '7 years', count(*), min(created_at)
    FROM payment_transactions WHERE created_at < now() - interval '7 years'
$$;

-- Remove what is due, or with p_dry_run only say what that is. Answers in both cases with the same report. Of a deleted
-- person who has orders the name goes and the money stays; of one who has none the row goes too.
CREATE FUNCTION apply_retention(p_dry_run boolean)
RETURNS TABLE (what text, kept text, due bigint, oldest timestamptz)
LANGUAGE plpgsql
SET lock_timeout = '3s'
SET timezone = 'UTC' -- or a cut-off would lie an hour or a day elsewhere by whoever asks
AS $$
DECLARE
    report jsonb;
    gone   record;
BEGIN
    PERFORM require_role('manager');
    IF NOT p_dry_run THEN
        -- Two managers at once would each report what only one of them removed.
        PERFORM pg_advisory_xact_lock(hashtextextended('retention', 0));
    END IF;
    SELECT jsonb_agg(to_jsonb(d)) INTO report FROM due_records() d;
    IF NOT p_dry_run THEN
        FOR gone IN SELECT * FROM retired_evidence() LOOP
            -- As seal_evidence() does: sales turn to another chain meanwhile.
            PERFORM pg_advisory_xact_lock(hashtextextended('evidence ' || gone.chain, 0));
            UPDATE audit_chains c SET first_seq = l.seq, first_hash = l.hash
            FROM audit_logs l WHERE c.chain = gone.chain AND l.chain = gone.chain AND l.seq = gone.last_seq;
            DELETE FROM audit_logs l WHERE l.chain = gone.chain AND l.seq <= gone.last_seq;
        END LOOP;
        DELETE FROM email_notifications WHERE created_at < now() - interval '1 year';
        -- Locked, so that somebody who is being brought back at this moment stays.
        PERFORM forget_person(due_person.id) FROM (
            SELECT u.id FROM users u
            WHERE u.deleted_at < now() - interval '90 days' AND u.erased_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM promoters p WHERE p.user_id = u.id)
            ORDER BY u.id FOR UPDATE
        ) due_person;
        DELETE FROM users u
        WHERE u.deleted_at < now() - interval '90 days' AND u.erased_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)
          AND NOT EXISTS (SELECT 1 FROM promoters p WHERE p.user_id = u.id);
        UPDATE drawer_entries SET payment_id = NULL
        WHERE payment_id IN (SELECT id FROM payment_transactions WHERE created_at < now() - interval '7 years');
        DELETE FROM payment_transactions WHERE created_at < now() - interval '7 years';
        INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
        VALUES (my_user_id(), 'retired', 'office', 0, jsonb_build_object('removed', report));
    END IF;
    RETURN QUERY SELECT r.what, r.kept, r.due, r.oldest
    FROM jsonb_to_recordset(report) AS r (what text, kept text, due bigint, oldest timestamptz);
END $$;
