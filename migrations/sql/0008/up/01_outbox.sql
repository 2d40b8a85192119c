-- E-mails leave through an outbox: a deed queues a row in its own transaction, and whichever program is open claims it,
-- writes it, sends it and settles it. So nothing is told of what was not done, and nothing done is left untold.

ALTER TABLE email_notifications
    ADD COLUMN key uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN language text NOT NULL DEFAULT '',
    ADD COLUMN facts jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN next_attempt_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN claim uuid,
    ADD COLUMN claimed_until timestamptz,
    ADD COLUMN claimed_by text NOT NULL DEFAULT '',
    ADD COLUMN failure text NOT NULL DEFAULT '',
    ADD COLUMN detail text NOT NULL DEFAULT '',
    ALTER COLUMN subject SET DEFAULT '',
    ALTER COLUMN body SET DEFAULT '',
    ADD CONSTRAINT email_notifications_key_key UNIQUE (key),
    ADD CONSTRAINT email_notifications_language_check CHECK (language ~ '^([a-z]{2})?$'),
    ADD CONSTRAINT email_notifications_failure_check CHECK (
        failure IN ('', 'address', 'message', 'sign_in', 'server', 'void')),
    ADD CONSTRAINT email_notifications_words_check CHECK (
        char_length(recipient) <= 320 AND char_length(detail) <= 500 AND char_length(subject) <= 500
        AND char_length(body) <= 20000),
    ADD CONSTRAINT email_notifications_claim_check CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    ADD CONSTRAINT email_notifications_sent_check CHECK (state <> 'sent' OR sent_at IS NOT NULL);
COMMENT ON COLUMN email_notifications.key IS 'Under which the deed queued it, and the Message-ID that it bears each time.';
COMMENT ON COLUMN email_notifications.language IS 'Of the customer; empty: the office''s.';
COMMENT ON COLUMN email_notifications.subject IS 'As it was sent; empty before.';
COMMENT ON COLUMN email_notifications.claim IS 'Whoever has it in hand, until claimed_until; then the next program takes it.';
DROP INDEX idx_email_notifications_queued;
CREATE INDEX idx_email_notifications_queued ON email_notifications (next_attempt_at) WHERE state = 'queued';

-- What queues --------------------------------------------------------------------------------------------------------

-- An address that can stand in a header and nowhere else: no white space, no control letter, no second line. Whether
-- somebody has it only their server knows.
CREATE FUNCTION is_address(typed text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN char_length(typed) <= 320 AND typed !~ '[[:cntrl:][:space:]<>,;"()\\]' AND typed ~ '^[^@]+@[^@]+$';

-- For deeds of the owner's, in their own transaction. A customer without an address that can be written to gets nothing,
-- and no deed fails for that. Returns the row's number, or NULL.
CREATE FUNCTION queue_mail(p_kind text, p_order_id bigint, p_waitlist_id bigint, p_user_id bigint, p_facts jsonb)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    address text := (SELECT trim(email) FROM users
                     WHERE id = p_user_id AND deleted_at IS NULL AND erased_at IS NULL);
    queued  bigint;
BEGIN
    IF is_address(address) THEN
        INSERT INTO email_notifications (user_id, order_id, waitlist_id, kind, recipient, facts)
        VALUES (p_user_id, p_order_id, p_waitlist_id, p_kind, address, p_facts) RETURNING id INTO queued;
    END IF;
    RETURN queued;
END $$;

-- The tickets of an order to its customer, or to an address that somebody gave at the counter. Done once for a key;
-- returns the address.
CREATE FUNCTION queue_order_mail(
    p_key uuid, p_order_id bigint, p_kind text, p_recipient text, p_language text, p_till_id bigint
) RETURNS text
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    bought  orders;
    address text := trim(coalesce(p_recipient, ''));
    queued  bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_role('clerk', 'manager');
    IF (p_kind IN ('order_confirmation', 'resend')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no e-mail of a counter is called %', p_kind USING ERRCODE = 'check_violation';
    END IF;
    IF p_till_id IS NULL AND NOT is_housekeeping() THEN
        RAISE EXCEPTION 'tickets are mailed from a till where somebody is signed in'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO bought FROM orders WHERE id = p_order_id;
    IF NOT FOUND THEN
        PERFORM refuse(jsonb_build_object('refusal', 'unknown_order', 'order', p_order_id::text));
    END IF;
    IF address = '' THEN
        address := coalesce((SELECT trim(email) FROM users
                             WHERE id = bought.user_id AND deleted_at IS NULL AND erased_at IS NULL), '');
    END IF;
    IF NOT is_address(address) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'bad_address', 'address', left(address, 320)));
    END IF;
    -- A deed under way with the same key is waited for.
    INSERT INTO idempotency_keys (key, deed, order_id) VALUES (p_key, 'resend', p_order_id) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN coalesce((SELECT recipient FROM email_notifications WHERE key = p_key), address);
    END IF;
    IF NOT EXISTS (SELECT 1 FROM tickets WHERE order_id = p_order_id AND status = 'valid') THEN
        PERFORM refuse(jsonb_build_object('refusal', 'nothing_to_send', 'order_number', bought.order_number));
    END IF;
    INSERT INTO email_notifications (key, user_id, order_id, kind, recipient, language)
    VALUES (p_key, CASE WHEN EXISTS (SELECT 1 FROM users WHERE id = bought.user_id AND erased_at IS NULL)
                        THEN bought.user_id END,
            p_order_id, p_kind, address, coalesce(p_language, ''))
    RETURNING id INTO queued;
    -- The address is personal: the evidence names the row that has it.
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'mailed', 'order', p_order_id,
            jsonb_build_object('email', queued, 'kind', p_kind, 'typed', trim(coalesce(p_recipient, '')) <> ''));
    RETURN address;
END $$;

-- An order of a known customer: its tickets, as soon as it is paid.
CREATE FUNCTION mail_paid_order() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_mail('order_confirmation', NEW.id, NULL, NEW.user_id, '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER orders_mailed_when_sold AFTER INSERT ON orders
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.status = 'paid') EXECUTE FUNCTION mail_paid_order();
CREATE TRIGGER orders_mailed_when_paid AFTER UPDATE OF status ON orders
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.status = 'paid' AND OLD.status IN ('pending', 'expired', 'cancelled'))
EXECUTE FUNCTION mail_paid_order();

-- What went back. An exchange is told by the new order; whoever's event is cancelled is told of both in one mail.
CREATE FUNCTION mail_refund() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_mail('refund', o.id, NULL, o.user_id,
        jsonb_build_object('total', NEW.total::text, 'retained', NEW.retained::text, 'currency', NEW.currency))
    FROM orders o
    WHERE o.id = NEW.order_id AND o.user_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM event_cancellation_orders c WHERE c.order_id = o.id);
    RETURN NULL;
END $$;
CREATE TRIGGER corrections_mailed AFTER INSERT ON corrections
FOR EACH ROW WHEN (NEW.kind IN ('refund', 'cancel')) EXECUTE FUNCTION mail_refund();

CREATE FUNCTION mail_cancelled_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_mail('event_cancelled', o.id, NULL, o.user_id,
        jsonb_build_object('outcome', NEW.state, 'currency', o.currency, 'total',
            (SELECT coalesce(sum(c.total), 0)::text FROM corrections c WHERE c.order_id = o.id)))
    FROM orders o
    WHERE o.id = NEW.order_id AND o.user_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM email_notifications m WHERE m.order_id = o.id AND m.kind = 'event_cancelled');
    RETURN NULL;
END $$;
CREATE TRIGGER event_cancellation_orders_mailed AFTER INSERT OR UPDATE OF state ON event_cancellation_orders
FOR EACH ROW WHEN (NEW.state <> 'waiting') EXECUTE FUNCTION mail_cancelled_event();

-- What sends ---------------------------------------------------------------------------------------------------------

-- Take the next mail in hand. Nobody else gets it before the lease is over, or ever if it is settled before. Kinds that
-- this program does not know are left to a newer one.
CREATE FUNCTION claim_mail(p_kinds text[], p_lease_seconds integer)
RETURNS TABLE (
    id bigint, key uuid, claim uuid, kind text, order_id bigint, waitlist_id bigint, user_id bigint, recipient text,
    language text, facts jsonb, attempts integer)
LANGUAGE plpgsql AS $$
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

-- Say what became of a mail in hand: sent; failed for good; or 'later', after a wait that doubles from half a minute to
-- four hours, until a mail has been tried for some four days. False when the lease ran out and somebody else has it.
CREATE FUNCTION settle_mail(
    p_id bigint, p_claim uuid, p_outcome text, p_failure text, p_detail text, p_subject text, p_body text
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF (p_outcome IN ('sent', 'later', 'failed')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no outcome of an e-mail is called %', p_outcome USING ERRCODE = 'check_violation';
    END IF;
    UPDATE email_notifications
    SET claim = NULL, claimed_until = NULL, claimed_by = session_user,
        failure = CASE WHEN p_outcome = 'sent' THEN '' ELSE p_failure END,
        detail = CASE WHEN p_outcome = 'sent' THEN '' ELSE left(p_detail, 500) END,
        subject = CASE WHEN p_outcome = 'sent' THEN left(p_subject, 500) ELSE subject END,
        body = CASE WHEN p_outcome = 'sent' THEN left(p_body, 20000) ELSE body END,
        sent_at = CASE WHEN p_outcome = 'sent' THEN clock_timestamp() END,
        state = CASE WHEN p_outcome = 'later' AND attempts < 32 THEN 'queued'
                     WHEN p_outcome = 'sent' THEN 'sent' ELSE 'failed' END,
        next_attempt_at = clock_timestamp() + least(interval '4 hours', interval '30 seconds' * 2 ^ least(attempts - 1, 10))
    WHERE id = p_id AND claim = p_claim AND state = 'queued';
    RETURN FOUND;
END $$;

-- A manager's: what failed, or waits, is tried again now. Returns how many.
CREATE FUNCTION retry_mail(p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    retried bigint[];
BEGIN
    PERFORM require_role('manager');
    WITH again AS (
        UPDATE email_notifications
        SET state = 'queued', attempts = 0, next_attempt_at = clock_timestamp()
        WHERE id = ANY (p_ids[:1000]) AND state IN ('failed', 'queued') AND claim IS NULL
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO retried FROM again;
    IF cardinality(retried) > 0 THEN
        INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
        VALUES (my_user_id(), 'mail_retried', 'office', 0, jsonb_build_object('emails', retried));
    END IF;
    RETURN cardinality(retried);
END $$;
