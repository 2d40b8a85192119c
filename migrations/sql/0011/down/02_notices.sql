-- E-mails are claimed as revision 0008 has it.

CREATE OR REPLACE FUNCTION claim_mail(p_kinds text[], p_lease_seconds integer)
RETURNS TABLE (
    id bigint, key uuid, claim uuid, kind text, order_id bigint, waitlist_id bigint, user_id bigint, recipient text,
    language text, facts jsonb, attempts integer)
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM require_role('clerk', 'manager');
    RETURN QUERY
    UPDATE email_notifications m
    SET claim = gen_random_uuid(), claimed_by = session_user, attempts = m.attempts + 1,
        claimed_until = clock_timestamp() + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
    WHERE m.id = (
        SELECT q.id FROM email_notifications q
        WHERE q.state = 'queued' AND q.kind = ANY (p_kinds) AND q.next_attempt_at <= clock_timestamp()
          AND (q.claimed_until IS NULL OR q.claimed_until <= clock_timestamp())
        ORDER BY q.next_attempt_at, q.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING m.id, m.key, m.claim, m.kind, m.order_id, m.waitlist_id, m.user_id, m.recipient, m.language, m.facts,
        m.attempts;
END $$;
