-- Personal words are sealed by the program, with a key that this database never sees (boxoffice/sealing.py). What the
-- database does is to take nothing else, to find equal values by their fingerprints, and to know the keys by name.

CREATE TABLE sealing_keys (
    id          text        NOT NULL,
    is_current  boolean     NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    manager_id  bigint,
    CONSTRAINT sealing_keys_pkey PRIMARY KEY (id),
    CONSTRAINT sealing_keys_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT sealing_keys_id_check CHECK (id ~ '^[0-9a-f]{16}$')
);
CREATE UNIQUE INDEX sealing_keys_current_key ON sealing_keys (is_current) WHERE is_current;
COMMENT ON TABLE sealing_keys IS 'Names of the office''s keys. A name is a hash: it tells nothing of the key.';

CREATE FUNCTION is_sealed(stored text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN stored ~ '^bo1:[0-9a-f]{16}:[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{38,}$';

ALTER TABLE users
    ADD COLUMN address text,
    ADD COLUMN notes text,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN erased_at timestamptz,
    DROP CONSTRAINT users_words_check,
    ADD CONSTRAINT users_words_check CHECK (char_length(first_name) <= 120 AND char_length(last_name) <= 120),
    -- Not valid: what older programs wrote stands unsealed until the office has a key.
    ADD CONSTRAINT users_sealed_check CHECK (
        is_sealed(phone) AND is_sealed(address) AND is_sealed(notes)
        AND char_length(phone) <= 600 AND char_length(address) <= 4000 AND char_length(notes) <= 12000) NOT VALID;
COMMENT ON COLUMN users.deleted_at IS 'Deleted, and brought back at any time within 90 days; then retention erases the person.';
COMMENT ON COLUMN users.erased_at IS 'Nothing is left of the person but the number, which orders bear.';

ALTER TABLE waitlist ADD CONSTRAINT waitlist_sealed_check CHECK (is_sealed(phone) AND char_length(phone) <= 600) NOT VALID;

ALTER TABLE payment_transactions
    DROP CONSTRAINT payment_transactions_reference_check,
    ADD CONSTRAINT payment_transactions_reference_check CHECK (
        (reference = '' OR is_sealed(reference)) AND char_length(reference) <= 1500) NOT VALID;

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM users WHERE phone <> '')
        AND NOT EXISTS (SELECT 1 FROM waitlist WHERE phone <> '')
        AND NOT EXISTS (SELECT 1 FROM payment_transactions WHERE reference <> '') THEN
        ALTER TABLE users VALIDATE CONSTRAINT users_sealed_check;
        ALTER TABLE waitlist VALIDATE CONSTRAINT waitlist_sealed_check;
        ALTER TABLE payment_transactions VALIDATE CONSTRAINT payment_transactions_reference_check;
    END IF;
END $$;

CREATE INDEX idx_users_phone ON users (split_part(phone, ':', 3)) WHERE phone IS NOT NULL;
CREATE INDEX idx_users_address ON users (split_part(address, ':', 3)) WHERE address IS NOT NULL;
CREATE INDEX idx_users_notes ON users (split_part(notes, ':', 3)) WHERE notes IS NOT NULL;
CREATE INDEX idx_users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX idx_waitlist_phone ON waitlist (split_part(phone, ':', 3)) WHERE phone IS NOT NULL;
-- Sales for cash have none and leave it alone.
CREATE INDEX idx_payment_transactions_reference ON payment_transactions (split_part(reference, ':', 3))
    WHERE reference <> '';
CREATE INDEX idx_payment_transactions_created ON payment_transactions USING brin (created_at);

DROP TRIGGER users_evidence ON users;
CREATE TRIGGER users_evidence
AFTER INSERT OR DELETE OR UPDATE OF email, password_hash, pin_hash, role, first_name, last_name, phone, address, notes,
    database_role, is_active, deleted_at ON users
FOR EACH ROW EXECUTE FUNCTION record_change('person', 'password_hash,pin_hash,phone,address,notes');

-- A new key, current from now on. Older ones stay known: what they sealed is opened with them.
CREATE FUNCTION register_key(p_id text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_role('manager');
    -- One after the other: there is one current key.
    LOCK TABLE sealing_keys IN SHARE ROW EXCLUSIVE MODE;
    UPDATE sealing_keys SET is_current = false WHERE is_current AND id <> p_id;
    INSERT INTO sealing_keys (id, is_current, manager_id) VALUES (p_id, true, my_user_id());
    INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), 'made_key', 'office', 0, jsonb_build_object('key', p_id));
END $$;

-- The sealed values of one column that the current key has not made, in pages.
CREATE FUNCTION stale_values(p_column text, p_after bigint, p_size integer) RETURNS TABLE (id bigint, stored text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    pattern text := 'bo1:' || (SELECT k.id FROM sealing_keys k WHERE is_current) || ':%';
BEGIN
    PERFORM require_role('manager');
    RETURN QUERY EXECUTE format(
        'SELECT t.id, t.%2$I FROM %1$I t WHERE t.id > $1 AND t.%2$I <> '''' AND t.%2$I NOT LIKE $2 ORDER BY t.id LIMIT $3',
        CASE p_column WHEN 'waitlist.phone' THEN 'waitlist' WHEN 'reference' THEN 'payment_transactions' ELSE 'users' END,
        CASE p_column WHEN 'waitlist.phone' THEN 'phone' WHEN 'reference' THEN 'reference' WHEN 'phone' THEN 'phone'
                      WHEN 'address' THEN 'address' WHEN 'notes' THEN 'notes' END)
    USING p_after, pattern, p_size;
END $$;

-- Put tokens of the current key in the place of older ones, or of words that were never sealed. The words behind them
-- are the same, which nobody but the program can see: so it is a manager's deed, and evidence of it is kept.
CREATE FUNCTION reseal(p_column text, p_ids bigint[], p_before text[], p_after text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
    pattern text := 'bo1:' || (SELECT k.id FROM sealing_keys k WHERE is_current) || ':%';
BEGIN
    PERFORM require_role('manager');
    IF (SELECT bool_and(coalesce(token LIKE pattern AND is_sealed(token), false)) FROM unnest(p_after) AS token)
        IS NOT TRUE THEN
        RAISE EXCEPTION 'values are sealed with the current key' USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format(
        'UPDATE %1$I t SET %2$I = n.after FROM unnest($1, $2, $3) AS n (id, before, after)'
        ' WHERE t.id = n.id AND t.%2$I = n.before',
        CASE p_column WHEN 'waitlist.phone' THEN 'waitlist' WHEN 'reference' THEN 'payment_transactions' ELSE 'users' END,
        CASE p_column WHEN 'waitlist.phone' THEN 'phone' WHEN 'reference' THEN 'reference' WHEN 'phone' THEN 'phone'
                      WHEN 'address' THEN 'address' WHEN 'notes' THEN 'notes' END)
    USING p_ids, p_before, p_after;
    GET DIAGNOSTICS changed = ROW_COUNT;
    INSERT INTO audit_logs (user_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), 'resealed', 'office', 0, jsonb_build_object('column', p_column, 'rows', changed, 'ids', p_ids));
    RETURN changed;
END $$;
