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
CREATE INDEX idx_orders_user_created ON orders (user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_payment_transactions_tender ON payment_transactions (tender, order_id)
    WHERE tender NOT IN ('cash', 'card');

-- Names as they are searched. Evidence leaves a column of this name out, and nobody's statistics show it.
ALTER TABLE users
    ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (search_words(first_name || ' ' || last_name)) STORED;
ALTER TABLE users ALTER COLUMN search_vector SET STATISTICS 0;
CREATE INDEX idx_users_search ON users USING gin (search_vector);
CREATE INDEX idx_users_email_start ON users (lower(email) text_pattern_ops);

-- Whom the counter may choose among; customers are many.
CREATE INDEX idx_users_staff ON users (role) WHERE role <> 'customer';

-- session_user is a name, which is compared by bytes: the column's own unique index, in the database's collation, does not
-- fit that, and every deed would read all people to learn who asks.
CREATE INDEX idx_users_database_role ON users (database_role COLLATE "C") WHERE database_role IS NOT NULL;

-- Every word that stands in a name, once: names nearly like what was typed are looked for among these, because a
-- hundred thousand people share a few thousand words. Nobody reads it but the functions below.
CREATE TABLE name_words (
    word text NOT NULL,
    CONSTRAINT name_words_pkey PRIMARY KEY (word)
);

CREATE FUNCTION words_of(p_text text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT word
    FROM regexp_split_to_table(fold_text(p_text), '[\s!-/:-@\[-`{-~\u00A0-\u00BF\u2000-\u206F]+') AS word
    WHERE word <> ''
$$;

-- Words come with a name and go with the last person who bears them.
CREATE FUNCTION keep_name_words() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO name_words (word)
        SELECT w FROM words_of(NEW.first_name || ' ' || NEW.last_name) w
        WHERE NOT EXISTS (SELECT 1 FROM name_words n WHERE n.word = w) ORDER BY w
        ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM name_words n
        WHERE n.word IN (SELECT words_of(OLD.first_name || ' ' || OLD.last_name))
          AND NOT EXISTS (SELECT 1 FROM users u WHERE u.search_vector @@ quote_literal(n.word)::tsquery);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_name_words AFTER INSERT OR DELETE OR UPDATE OF first_name, last_name ON users
FOR EACH ROW EXECUTE FUNCTION keep_name_words();
INSERT INTO name_words (word) SELECT DISTINCT w FROM users CROSS JOIN LATERAL words_of(first_name || ' ' || last_name) w;

-- pg_trgm, where the server offers it. It gets a schema of its own, so that its functions are nobody's but the owner's.
-- Without it everything else goes on.
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
    EXECUTE format('CREATE INDEX idx_name_words_alike ON name_words USING gin (word %s.gin_trgm_ops)', place);
END $$;

-- A question for names that are nearly what was typed, each word of it by the few likest there are. NULL where nothing
-- is like it, or the server has no pg_trgm.
CREATE FUNCTION names_like(p_typed text) RETURNS tsquery
LANGUAGE plpgsql STABLE
SET pg_trgm.similarity_threshold = 0.3
AS $$
DECLARE
    place CONSTANT text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                            JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
    typed text;
    alike text;
    whole text;
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF place IS NULL THEN
        RETURN NULL;
    END IF;
    FOR typed IN SELECT w FROM words_of(left(p_typed, 100)) w LIMIT 5 LOOP
        EXECUTE format(
            'SELECT string_agg(quote_literal(likest.word), '' | '') FROM ('
            ' SELECT word FROM name_words WHERE word OPERATOR(%1$s.%%) $1'
            ' ORDER BY %1$s.similarity(word, $1) DESC, word LIMIT 12) likest', place)
        INTO alike USING typed;
        IF alike IS NULL THEN
            RETURN NULL;
        END IF;
        whole := concat_ws(' & ', whole, '(' || alike || ')');
    END LOOP;
    RETURN whole::tsquery;
END $$;
