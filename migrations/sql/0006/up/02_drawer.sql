-- Opening, moving cash, counting. Locks: the drawer first, then the till's numbers; a sale goes the same way.

-- The day that takings of this moment belong to.
CREATE FUNCTION business_day(p_till_id bigint, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT ((p_at AT TIME ZONE t.time_zone) - t.day_starts_at::interval)::date FROM tills t WHERE t.id = p_till_id;
END;

CREATE FUNCTION staff_name(p_user_id bigint) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT trim(concat_ws(' ', u.first_name, u.last_name)) FROM users u WHERE u.id = p_user_id;
END;

-- Whoever does something with cash does it where they signed in.
CREATE FUNCTION require_place_at_till(p_till_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM require_role('clerk', 'manager');
    IF is_housekeeping() THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM places WHERE user_id = my_user_id() AND till_id = p_till_id) THEN
        RAISE EXCEPTION 'cash is moved at a till where somebody is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- A drawer is its opener's; everybody's when it was opened for all; a manager's always; else of whom a manager let in.
CREATE FUNCTION may_use_drawer(d cash_drawers) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN d.is_shared OR d.opened_by = my_user_id() OR my_role() = 'manager' OR is_housekeeping()
        OR EXISTS (SELECT 1 FROM drawer_users u WHERE u.drawer_id = d.id AND u.user_id = my_user_id());
END $$;

CREATE FUNCTION require_use_of_drawer(d cash_drawers) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT may_use_drawer(d) THEN
        PERFORM refuse(jsonb_build_object('refusal', 'drawer_not_yours', 'drawer', d.id,
            'opened_by', staff_name(d.opened_by)));
    END IF;
    IF d.closed_at IS NOT NULL THEN
        PERFORM refuse('{"refusal": "drawer_closed"}');
    END IF;
END $$;

-- Nothing more goes into a drawer that was counted, and cash goes only through the hands that may use it.
CREATE FUNCTION require_drawer_takes(d cash_drawers) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM require_use_of_drawer(d);
    IF d.counted_at IS NOT NULL THEN
        PERFORM refuse('{"refusal": "drawer_counted"}');
    END IF;
END $$;

-- As in revision 0005, for drawers that are somebody's and are counted. What is true of most sales is asked first.
CREATE OR REPLACE FUNCTION cash_drawer_for(p_till_id bigint, p_currency text, p_clerk_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    d cash_drawers;
BEGIN
    SELECT * INTO d FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL FOR SHARE;
    -- That the clerk named is who signed in is what the deed's evidence makes sure of.
    IF d.currency = p_currency AND d.counted_at IS NULL AND (d.is_shared OR d.opened_by = p_clerk_id) THEN
        RETURN d.id;
    END IF;
    IF d.id IS NULL OR d.currency <> p_currency THEN
        PERFORM refuse(jsonb_build_object('refusal', 'no_drawer', 'currency', p_currency, 'open', d.currency));
    END IF;
    PERFORM require_drawer_takes(d);
    RETURN d.id;
END $$;

-- The drawer, locked against sales and closings. At another till only for managers.
CREATE FUNCTION lock_drawer(p_drawer_id bigint, p_till_id bigint) RETURNS cash_drawers
LANGUAGE plpgsql AS $$
DECLARE
    d cash_drawers;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place_at_till(p_till_id);
    SELECT * INTO d FROM cash_drawers WHERE id = p_drawer_id FOR UPDATE;
    IF NOT FOUND OR d.till_id <> p_till_id AND my_role() = 'clerk' THEN
        PERFORM refuse('{"refusal": "drawer_closed"}');
    END IF;
    RETURN d;
END $$;

CREATE FUNCTION drawer_expected(d cash_drawers) RETURNS numeric
LANGUAGE sql STABLE
RETURN d.opening_float + (SELECT coalesce(sum(e.amount), 0) FROM drawer_entries e WHERE e.drawer_id = d.id);

-- Amounts that coins can make.
CREATE FUNCTION require_amount(p_amount numeric, p_currency text) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (p_amount >= 0 AND p_amount < 1000000000 AND p_amount = round(p_amount, minor_digits(p_currency))) IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "bad_amount"}');
    END IF;
END $$;

-- The sum of notes and coins, [{"piece": 50, "count": 3}, ...].
CREATE FUNCTION sum_of_pieces(p_pieces jsonb, p_currency text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    total numeric;
BEGIN
    IF (jsonb_typeof(p_pieces) = 'array' AND jsonb_array_length(p_pieces) <= 60) IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "bad_amount"}');
    END IF;
    SELECT coalesce(sum(p.piece * p.count), 0) INTO total
    FROM jsonb_to_recordset(p_pieces) AS p (piece numeric, count bigint);
    IF EXISTS (SELECT 1 FROM jsonb_to_recordset(p_pieces) AS p (piece numeric, count bigint)
               WHERE (p.piece > 0 AND p.count BETWEEN 0 AND 1000000) IS NOT TRUE) THEN
        PERFORM refuse('{"refusal": "bad_amount"}');
    END IF;
    PERFORM require_amount(total, p_currency);
    RETURN total;
END $$;

-- A count of either kind; false when this key gave it before.
CREATE FUNCTION write_count(p_key uuid, p_drawer_id bigint, p_kind text, p_amount numeric, p_pieces jsonb)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO drawer_counts (key, drawer_id, kind, amount, pieces, clerk_id)
    VALUES (p_key, p_drawer_id, p_kind, p_amount, p_pieces, my_user_id())
    ON CONFLICT (key) DO NOTHING;
    RETURN FOUND;
END $$;

-- Open a drawer with the float that lies in it. Without pieces the sum alone is given. Answers with the drawer.
CREATE FUNCTION open_drawer(
    p_key uuid, p_till_id bigint, p_currency text, p_float numeric, p_pieces jsonb, p_shared boolean
) RETURNS bigint
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    d cash_drawers;
    counted CONSTANT numeric := CASE WHEN p_pieces = '[]' THEN p_float ELSE sum_of_pieces(p_pieces, p_currency) END;
BEGIN
    PERFORM require_read_committed();
    PERFORM require_place_at_till(p_till_id);
    PERFORM require_amount(counted, p_currency);
    IF (p_currency ~ '^[A-Z]{3}$') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "bad_amount"}');
    END IF;
    INSERT INTO cash_drawers (key, till_id, opened_by, opening_float, currency, is_shared, business_day)
    VALUES (p_key, p_till_id, my_user_id(), counted, p_currency, p_shared, business_day(p_till_id, CURRENT_TIMESTAMP))
    ON CONFLICT DO NOTHING RETURNING * INTO d;
    IF NOT FOUND THEN
        SELECT * INTO d FROM cash_drawers WHERE key = p_key AND till_id = p_till_id AND opened_by = my_user_id();
        IF FOUND THEN
            RETURN d.id; -- the first try came through
        END IF;
        SELECT * INTO d FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL;
        PERFORM refuse(jsonb_build_object('refusal', 'drawer_open', 'opened_by', coalesce(staff_name(d.opened_by), '')));
    END IF;
    PERFORM write_count(p_key, d.id, 'opening', counted, p_pieces);
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'drawer_opened', 'drawer', d.id,
            jsonb_build_object('float', counted, 'currency', p_currency, 'shared', p_shared));
    RETURN d.id;
END $$;

-- Use somebody else's drawer from now on; a manager has to allow it.
CREATE FUNCTION join_drawer(p_drawer_id bigint, p_till_id bigint) RETURNS void
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    d CONSTANT cash_drawers := lock_drawer(p_drawer_id, p_till_id);
    leave_id bigint;
BEGIN
    IF d.closed_at IS NOT NULL THEN
        PERFORM refuse('{"refusal": "drawer_closed"}');
    END IF;
    IF may_use_drawer(d) THEN
        RETURN;
    END IF;
    leave_id := require_override('use drawer', 'drawer', d.id);
    INSERT INTO drawer_users (drawer_id, user_id, override_id) VALUES (d.id, my_user_id(), leave_id);
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'drawer_joined', 'drawer', d.id, jsonb_build_object('override', leave_id));
END $$;

-- Cash that comes or goes without a sale. Paying out takes a manager's leave. True when this key did it now.
CREATE FUNCTION move_cash(
    p_key uuid, p_drawer_id bigint, p_till_id bigint, p_kind text, p_amount numeric, p_reason text
) RETURNS boolean
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    d CONSTANT cash_drawers := lock_drawer(p_drawer_id, p_till_id);
    leave_id bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM drawer_entries WHERE key = p_key AND drawer_id = d.id) THEN
        RETURN false;
    END IF;
    IF (p_kind IN ('paid_in', 'paid_out', 'safe_drop')) IS NOT TRUE OR p_key IS NULL THEN
        RAISE EXCEPTION 'no such movement' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM require_amount(p_amount, d.currency);
    IF p_amount = 0 THEN
        PERFORM refuse('{"refusal": "bad_amount"}');
    END IF;
    IF (p_reason ~ '[[:alnum:]]') IS NOT TRUE THEN
        PERFORM refuse('{"refusal": "reason_missing"}');
    END IF;
    PERFORM require_drawer_takes(d);
    IF p_kind = 'paid_out' THEN
        leave_id := require_override('take cash out', 'drawer', d.id);
    END IF;
    INSERT INTO drawer_entries (key, drawer_id, kind, amount, reason, clerk_id)
    VALUES (p_key, d.id, p_kind, CASE p_kind WHEN 'paid_in' THEN p_amount ELSE -p_amount END, trim(p_reason), my_user_id());
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail, reason)
    VALUES (my_user_id(), p_till_id, p_kind, 'drawer', d.id,
            jsonb_strip_nulls(jsonb_build_object('amount', p_amount, 'currency', d.currency, 'override', leave_id)),
            trim(p_reason));
    RETURN true;
END $$;

-- What lies in the drawer, piece by piece, told before anybody is told what should. Closes it to cash; it may be counted
-- again until it is signed off.
CREATE FUNCTION count_drawer(p_key uuid, p_drawer_id bigint, p_till_id bigint, p_pieces jsonb) RETURNS boolean
LANGUAGE plpgsql
SET lock_timeout = '3s'
AS $$
DECLARE
    d CONSTANT cash_drawers := lock_drawer(p_drawer_id, p_till_id);
    total CONSTANT numeric := sum_of_pieces(p_pieces, d.currency);
BEGIN
    IF EXISTS (SELECT 1 FROM drawer_counts WHERE key = p_key AND drawer_id = d.id) THEN
        RETURN false;
    END IF;
    PERFORM require_use_of_drawer(d);
    PERFORM write_count(p_key, d.id, 'closing', total, p_pieces);
    UPDATE cash_drawers SET counted = total, counted_at = clock_timestamp(), counted_by = my_user_id() WHERE id = d.id;
    INSERT INTO audit_logs (user_id, till_id, action, entity, entity_id, detail)
    VALUES (my_user_id(), p_till_id, 'drawer_counted', 'drawer', d.id,
            jsonb_build_object('counted', total, 'expected', drawer_expected(d), 'currency', d.currency));
    RETURN true;
END $$;

CREATE FUNCTION tell_of_drawer() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('boxoffice', 'drawers:');
    RETURN NULL;
END $$;
CREATE TRIGGER cash_drawers_tell_tills AFTER INSERT OR UPDATE ON cash_drawers
FOR EACH STATEMENT EXECUTE FUNCTION tell_of_drawer();
CREATE TRIGGER drawer_users_tell_tills AFTER INSERT ON drawer_users
FOR EACH STATEMENT EXECUTE FUNCTION tell_of_drawer();
CREATE TRIGGER drawer_entries_tell_tills AFTER INSERT ON drawer_entries
FOR EACH ROW WHEN (NEW.payment_id IS NULL) EXECUTE FUNCTION tell_of_drawer();
