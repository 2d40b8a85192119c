-- Orders are found within 50 ms among a million (docs/decisions/0010-finding-orders.md says which index serves what).
-- The list is by time and number, newest first; a page continues where the last one ended.

CREATE INDEX idx_orders_created ON orders (created_at, id);
DROP INDEX idx_orders_till;
CREATE INDEX idx_orders_till ON orders (till_id, created_at, id);
CREATE INDEX idx_orders_clerk ON orders (clerk_id, created_at, id);
-- A sale at the counter is paid from the first moment: it costs nothing here.
CREATE INDEX idx_orders_not_paid ON orders (status, created_at, id) WHERE status <> 'paid';
-- Most sales at the counter name nobody; a search for a name steps over them.
CREATE INDEX idx_orders_named ON orders (created_at, id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_payment_transactions_tender ON payment_transactions (tender, order_id)
    WHERE tender NOT IN ('cash', 'card');

-- Names as they are searched. Evidence leaves a column of this name out, and nobody's statistics show it.
ALTER TABLE users
    ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (search_words(first_name || ' ' || last_name)) STORED;
ALTER TABLE users ALTER COLUMN search_vector SET STATISTICS 0;
CREATE INDEX idx_users_search ON users USING gin (search_vector);
CREATE INDEX idx_users_email_start ON users (lower(email) text_pattern_ops);

-- Names that are nearly what was typed: where the server offers pg_trgm. It gets a schema of its own, so that its
-- functions are nobody's but the owner's. Without it everything else goes on.
DO $$
DECLARE
    place text;
BEGIN
    IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm' AND installed_version IS NULL) THEN
        CREATE SCHEMA boxoffice_extensions;
        CREATE EXTENSION pg_trgm SCHEMA boxoffice_extensions;
    END IF;
    SELECT quote_ident(n.nspname) INTO place
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF place IS NULL THEN
        RAISE NOTICE 'this server has no pg_trgm: names are found as they are written only';
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO boxoffice_owner', place);
    EXECUTE format('CREATE INDEX idx_users_alike ON users'
        ' USING gin (fold_text((first_name || '' ''::text) || last_name) %s.gin_trgm_ops)', place);
    ALTER INDEX idx_users_alike ALTER COLUMN 1 SET STATISTICS 0;
END $$;

-- Whose names are like what was typed, the likest first. Nobody, where the server has no pg_trgm.
CREATE FUNCTION people_like(p_typed text, p_most integer) RETURNS TABLE (user_id bigint, likeness real)
LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.4
AS $$
DECLARE
    place CONSTANT text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                            JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
    wanted CONSTANT text := fold_text(left(p_typed, 100));
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF place IS NULL OR to_regclass('public.idx_users_alike') IS NULL OR char_length(wanted) < 4 THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT u.id, %1$s.word_similarity($1, fold_text((u.first_name || '' ''::text) || u.last_name))'
        ' FROM users u WHERE fold_text((u.first_name || '' ''::text) || u.last_name) OPERATOR(%1$s.%%>) $1'
        ' ORDER BY 2 DESC, 1 DESC LIMIT $2', place)
    USING wanted, least(p_most, 500);
END $$;
