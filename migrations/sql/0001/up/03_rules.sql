-- The rules of the trade, each in one place. Lists, the basket's price and the sale all ask these functions.

-- Decimals of a currency's minor unit (ISO 4217).
CREATE FUNCTION minor_digits(currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV',
                      'XAF', 'XOF', 'XPF') THEN 0
    WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
    ELSE 2
END;

-- Tax inside (inclusive) or on top of an amount, rounded half-up to the currency's minor unit.
CREATE FUNCTION tax_of(amount numeric, rate_percent numeric, inclusive boolean, digits integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN inclusive THEN round(amount * rate_percent / (100 + rate_percent), digits)
    ELSE round(amount * rate_percent / 100, digits)
END;

-- Why nothing of this tier is sold at this moment, however much is left; NULL when it is on sale.
-- An event sells until it ends, because people come late; without a known end until it starts.
CREATE FUNCTION not_sellable(t ticket_tiers, e events, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN e.status = 'draft' THEN 'event_draft'
    WHEN e.status = 'cancelled' THEN 'event_cancelled'
    WHEN e.status = 'completed' OR at >= coalesce(e.end_time, e.start_time) THEN 'event_past'
    WHEN e.status <> 'published' THEN 'event_closed'
    WHEN NOT t.is_active THEN 'inactive'
    WHEN at < t.sale_start_time THEN 'not_yet'
    WHEN at > t.sale_end_time THEN 'ended'
END;

-- Tickets that the event's capacity still leaves over all its tiers; NULL when there is no such limit.
CREATE FUNCTION capacity_left(e events) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN e.capacity - (SELECT coalesce(sum(t.sold + t.reserved), 0)::integer FROM ticket_tiers t WHERE t.event_id = e.id);

-- Tickets of a tier that could be sold, given what the capacity leaves (NULL: no limit).
CREATE FUNCTION tier_available(t ticket_tiers, event_left integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0, least(t.quantity - t.sold - t.reserved, event_left));

-- What can be bought of an event now, over its tiers. on_sale_from is set while all of them are still to come.
CREATE FUNCTION event_availability(e events) RETURNS TABLE (
    offered integer, sold integer, available integer, waiting integer, on_sale_from timestamptz,
    min_price numeric, max_price numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT least(coalesce(sum(t.quantity) FILTER (WHERE t.is_active), 0)::integer, e.capacity),
           coalesce(sum(t.sold), 0)::integer,
           greatest(0, least(
               coalesce(sum(tier_available(t, NULL)) FILTER (
                   WHERE not_sellable(t, e, CURRENT_TIMESTAMP) IS NULL), 0)::integer,
               e.capacity - coalesce(sum(t.sold + t.reserved), 0)::integer)),
           (SELECT count(*)::integer FROM waitlist w WHERE w.event_id = e.id AND NOT w.notified),
           CASE WHEN bool_and(coalesce(t.sale_start_time > CURRENT_TIMESTAMP, false)) FILTER (WHERE t.is_active)
                THEN min(t.sale_start_time) FILTER (WHERE t.is_active) END,
           min(t.price), max(t.price)
    FROM ticket_tiers t WHERE t.event_id = e.id
$$;

-- What a clerk typed as a query: every word as the beginning of a word. NULL when there is no word in it.
CREATE FUNCTION event_search(typed text) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery
    FROM regexp_split_to_table(fold_text(typed), '[\s!-/:-@\[-`{-~\u00A0-\u00BF\u2000-\u206F]+') AS word
    WHERE word <> ''
);

-- Why so many tickets of this tier cannot be sold at the price that was shown; NULL when they can. The sale asks
-- it twice: before it writes, and again on the locked row, in the UPDATE that takes the stock.
CREATE FUNCTION sale_refusal(
    t ticket_tiers, e events, wanted bigint, shown_price numeric, event_left integer, at timestamptz
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN t.id IS NULL THEN 'unknown_tier'
    WHEN wanted < 1 THEN 'bad_quantity'
    WHEN not_sellable(t, e, at) IS NOT NULL THEN 'not_sellable'
    WHEN wanted > t.max_purchase THEN 'over_limit'
    WHEN wanted < t.min_purchase THEN 'under_minimum'
    WHEN wanted > tier_available(t, event_left) THEN 'sold_out'
    WHEN shown_price <> t.price THEN 'price_changed'
END;

-- Raise a refusal: SQLSTATE BX001 marks it, MESSAGE names it, DETAIL carries the facts for storage/faults.py.
CREATE FUNCTION refuse(facts jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'BX001', MESSAGE = facts ->> 'refusal', DETAIL = facts::text;
END $$;

-- A ticket code: eleven random letters of Crockford's base 32 (55 bits of the server's strong randomness) and a
-- Luhn mod 32 check letter. Byte 6 of a random UUID carries its version, so the letters come from the others.
CREATE FUNCTION new_ticket_code() RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    alphabet CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    random_bytes CONSTANT bytea := uuid_send(gen_random_uuid());
    code text := '';
    total integer := 0;
    letter integer;
BEGIN
    FOR place IN 1 .. 11 LOOP
        letter := get_byte(random_bytes, CASE WHEN place < 7 THEN place - 1 ELSE place END) & 31;
        code := code || substr(alphabet, letter + 1, 1);
        -- Places 11, 9, 7 ... are doubled, counted from the check letter.
        total := total + CASE WHEN place % 2 = 1 THEN (2 * letter) / 32 + (2 * letter) % 32 ELSE letter END;
    END LOOP;
    RETURN code || substr(alphabet, (32 - total % 32) % 32 + 1, 1);
END $$;

ALTER TABLE tickets ALTER COLUMN ticket_code SET DEFAULT new_ticket_code();
